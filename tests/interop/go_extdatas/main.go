// Go_extdatas reads the checkpoint that an electronic seal signature
// (SES_Signature of GB/T 38540) of ours names in its extDatas, with Go's own
// encoding/asn1:
//
//	go_extdatas FILE.dat...
//
// Beside each file lies FILE.txt with what it must name, a line each: the OID
// of the extension, origin, size and root of the checkpoint.
package main

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

type signature struct {
	ToSign      asn1.RawValue
	Certificate []byte
	Algorithm   asn1.ObjectIdentifier
	Value       asn1.BitString
}

type toSign struct {
	Version      int
	Seal         asn1.RawValue
	Time         time.Time `asn1:"generalized"`
	DataHash     asn1.BitString
	PropertyInfo string      `asn1:"ia5"`
	Extensions   []extension `asn1:"explicit,tag:0"`
}

type extension struct {
	ID       asn1.ObjectIdentifier
	Critical bool
	Value    []byte
}

type checkpoint struct {
	Origin string `asn1:"utf8"`
	Size   int64
	Root   []byte
}

// unmarshal reads one value that nothing follows.
func unmarshal(der []byte, value any) error {
	rest, err := asn1.Unmarshal(der, value)
	if err != nil {
		return err
	}
	if len(rest) != 0 {
		return errors.New("bytes after the end")
	}
	return nil
}

// readExtension gives the OID of the one extension, and the checkpoint in it.
func readExtension(der []byte) (string, checkpoint, error) {
	var read checkpoint
	var whole signature
	if err := unmarshal(der, &whole); err != nil {
		return "", read, err
	}
	var signed toSign
	if err := unmarshal(whole.ToSign.FullBytes, &signed); err != nil {
		return "", read, err
	}
	if len(signed.Extensions) != 1 || signed.Extensions[0].Critical {
		return "", read, errors.New("not one extension, or a critical one")
	}
	value := signed.Extensions[0].Value
	if err := unmarshal(value, &read); err != nil {
		return "", read, err
	}
	again, err := asn1.Marshal(read)
	if err != nil {
		return "", read, err
	}
	if !bytes.Equal(again, value) {
		return "", read, errors.New("Go writes the checkpoint otherwise")
	}
	return signed.Extensions[0].ID.String(), read, nil
}

func check(path string) error {
	der, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(strings.TrimSuffix(path, ".dat") + ".txt")
	if err != nil {
		return err
	}
	oid, read, err := readExtension(der)
	if err != nil {
		return err
	}
	got := fmt.Sprintf("%s\n%s\n%d\n%s\n", oid, read.Origin, read.Size,
		hex.EncodeToString(read.Root))
	if got != string(text) {
		return fmt.Errorf("Go reads\n%s, not\n%s", got, text)
	}
	return nil
}

func main() {
	paths := os.Args[1:]
	for _, path := range paths {
		if err := check(path); err != nil {
			fmt.Fprintf(os.Stderr, "go_extdatas: %s: %v\n", path, err)
			os.Exit(1)
		}
	}
	fmt.Printf("%d checkpoints read from signatures\n", len(paths))
	// A run that checks nothing must not pass.
	if len(paths) < 64 {
		fmt.Fprintln(os.Stderr, "go_extdatas: too little was checked")
		os.Exit(1)
	}
}
