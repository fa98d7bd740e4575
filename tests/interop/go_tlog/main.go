// Go_tlog checks trees that interop_export_tree wrote with Go's own
// implementation of the tree (golang.org/x/mod/sumdb/tlog) and of signed notes
// (golang.org/x/mod/sumdb/note). What it must accept, it accepts; with one bit
// flipped it must refuse it.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8
const tileWidth = 1 << tileHeight

// Counts of what was checked: a run that checks nothing must not pass.
var counts struct {
	trees, inclusion, consistency, hashes, refused int
}

func main() {
	if len(os.Args) != 2 {
		fail(errors.New("usage: go_tlog FOLDER"))
	}
	folder := os.Args[1]
	sizes, err := numbersIn(folder)
	if err != nil {
		fail(err)
	}
	verifiers, origin, err := readKey(filepath.Join(folder, "vkey"))
	if err != nil {
		fail(err)
	}
	files := map[string][]byte{}
	for _, size := range sizes {
		t := &tree{
			folder:    folder,
			size:      size,
			verifiers: verifiers,
			origin:    origin,
			random:    rand.New(rand.NewSource(size)),
			files:     files,
		}
		if err := t.check(); err != nil {
			fail(fmt.Errorf("size %d: %w", size, err))
		}
	}
	fmt.Printf("%d trees, %d inclusion proofs, %d consistency proofs, "+
		"%d hashes from tiles; %d forgeries refused\n", counts.trees,
		counts.inclusion, counts.consistency, counts.hashes, counts.refused)
	if counts.trees < 1000 || counts.inclusion < 10000 ||
		counts.consistency < 10000 || counts.refused < 10000 {
		fail(errors.New("too little was checked"))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "go_tlog:", err)
	os.Exit(1)
}

// numbersIn lists the names in a folder that are numbers, rising.
func numbersIn(folder string) ([]int64, error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var numbers []int64
	for _, file := range files {
		n, err := strconv.ParseInt(file.Name(), 10, 64)
		if err == nil {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

func readKey(path string) (note.Verifiers, string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, "", err
	}
	verifier, err := note.NewVerifier(strings.TrimSuffix(string(text), "\n"))
	if err != nil {
		return nil, "", err
	}
	return note.VerifierList(verifier), verifier.Name(), nil
}

// A tree as it was exported.
type tree struct {
	folder    string
	size      int64
	verifiers note.Verifiers
	origin    string
	random    *rand.Rand

	files      map[string][]byte // of all trees, read so far
	checkpoint []byte
	entries    [][]byte
	// Of Go's own making, from the entries.
	stored storage
	root   tlog.Hash
}

// storage holds all hashes of a tree in the order of tlog.StoredHashIndex.
type storage []tlog.Hash

func (s storage) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(s)) {
			return nil, errors.New("a hash outside of the tree was read")
		}
		hashes[i] = s[index]
	}
	return hashes, nil
}

func (t *tree) check() error {
	for _, step := range []func() error{
		t.readEntries, t.computeTree, t.checkCheckpoint, t.checkTiles,
		t.checkInclusion, t.checkConsistency,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	counts.trees++
	return nil
}

// c2spPath is the path of a tile as C2SP tlog-tiles has it: tlog.Tile.Path
// puts the height before the level.
func c2spPath(level string, n int64, width int) string {
	index := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		index = fmt.Sprintf("x%03d/%s", n%1000, index)
	}
	path := "tile/" + level + "/" + index
	if width != tileWidth {
		path += ".p/" + strconv.Itoa(width)
	}
	return path
}

func (t *tree) readFile(path string) ([]byte, error) {
	if data, ok := t.files[path]; ok {
		return data, nil
	}
	data, err := os.ReadFile(filepath.Join(t.folder, filepath.FromSlash(path)))
	if err == nil {
		t.files[path] = data
	}
	return data, err
}

func (t *tree) readEntries() error {
	for n := int64(0); n*tileWidth < t.size; n++ {
		width := int(min(t.size-n*tileWidth, tileWidth))
		bundle, err := t.readFile(c2spPath("entries", n, width))
		if err != nil {
			return err
		}
		for range width {
			if len(bundle) < 2 {
				return fmt.Errorf("bundle %d lacks entries", n)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			if len(bundle) < 2+length {
				return fmt.Errorf("bundle %d ends inside an entry", n)
			}
			t.entries = append(t.entries, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
		if len(bundle) != 0 {
			return fmt.Errorf("bundle %d goes on after its entries", n)
		}
	}
	return nil
}

func (t *tree) computeTree() error {
	for i, entry := range t.entries {
		hashes, err := tlog.StoredHashes(int64(i), entry, t.stored)
		if err != nil {
			return err
		}
		t.stored = append(t.stored, hashes...)
	}
	root, err := tlog.TreeHash(t.size, t.stored)
	if err != nil {
		return err
	}
	t.root = root
	return nil
}

// openCheckpoint gives size and root of a checkpoint of this log.
func (t *tree) openCheckpoint(checkpoint []byte) (tlog.Tree, error) {
	opened, err := note.Open(checkpoint, t.verifiers)
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != t.origin || lines[3] != "" {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, err
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

func (t *tree) checkCheckpoint() error {
	checkpoint, err := t.readFile(t.ownFile("checkpoint"))
	if err != nil {
		return err
	}
	t.checkpoint = checkpoint
	head, err := t.openCheckpoint(checkpoint)
	if err != nil {
		return err
	}
	if head.N != t.size || head.Hash != t.root {
		return fmt.Errorf("the checkpoint says size %d, root %v; Go computes %v",
			head.N, head.Hash, t.root)
	}
	// The last character before the padding has bits that Go does not look at.
	end := len(checkpoint) - len("w=\n")
	bits := []int{t.random.Intn(8 * end)}
	if t.size == 1000 {
		bits = bits[:0]
		for bit := range 8 * end {
			bits = append(bits, bit)
		}
	}
	for _, bit := range bits {
		if _, err := t.openCheckpoint(flip(checkpoint, bit)); err == nil {
			return fmt.Errorf("bit %d of the checkpoint may be flipped", bit)
		}
		counts.refused++
	}
	return nil
}

// flip is a copy of data with one bit flipped.
func flip(data []byte, bit int) []byte {
	flipped := slices.Clone(data)
	flipped[bit/8] ^= 1 << (bit % 8)
	return flipped
}

// tileReader reads our tiles for tlog, and can flip a bit of one of them.
type tileReader struct {
	tree      *tree
	forged    tlog.Tile
	forgedBit int
	// Tiles asked for, and by SaveTiles those that Go found authentic.
	read, saved map[tlog.Tile]bool
}

func newTileReader(t *tree) *tileReader {
	return &tileReader{tree: t, read: map[tlog.Tile]bool{},
		saved: map[tlog.Tile]bool{}}
}

func (r *tileReader) Height() int { return tileHeight }

func (r *tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := r.tree.readFile(
			c2spPath(strconv.Itoa(tile.L), tile.N, tile.W))
		if err != nil {
			return nil, err
		}
		if tile == r.forged {
			data = flip(data, r.forgedBit)
		}
		r.read[tile] = true
		all = append(all, data)
	}
	return all, nil
}

func (r *tileReader) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for _, tile := range tiles {
		r.saved[tile] = true
	}
}

// hashReader is Go's reader over our tiles, which authenticates them against
// the root.
func (t *tree) hashReader(r *tileReader) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: t.size, Hash: t.root}, r)
}

// someIndexes are stored hash indexes of all leaves of a small tree, of some of
// a large one, and of nodes above them.
func (t *tree) someIndexes() []int64 {
	var indexes []int64
	step := t.size/1001 + 1
	for i := int64(0); i < t.size; i += step {
		indexes = append(indexes, tlog.StoredHashIndex(0, i))
	}
	for level := 1; t.size>>level > 0; level++ {
		indexes = append(indexes, tlog.StoredHashIndex(level, 0),
			tlog.StoredHashIndex(level, t.size>>level-1))
	}
	return indexes
}

func (t *tree) checkTiles() error {
	if t.size == 0 {
		return nil
	}
	indexes := t.someIndexes()
	reader := newTileReader(t)
	got, err := t.hashReader(reader).ReadHashes(indexes)
	if err != nil {
		return err
	}
	want, err := t.stored.ReadHashes(indexes)
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return errors.New("a tile holds another hash than Go computes")
	}
	counts.hashes += len(got)
	for tile := range reader.read {
		if !reader.saved[tile] {
			return fmt.Errorf("Go did not authenticate %v", tile)
		}
		forger := newTileReader(t)
		forger.forged = tile
		forger.forgedBit = t.random.Intn(8 * tile.W * tlog.HashSize)
		// A hash of the tile, below which no other tile is needed.
		index := tlog.StoredHashIndex(tile.L*tileHeight, tile.N*tileWidth)
		if _, err := t.hashReader(forger).ReadHashes([]int64{index}); err == nil {
			return fmt.Errorf("bit %d of %v may be flipped",
				forger.forgedBit, tile)
		}
		if !forger.read[tile] {
			return fmt.Errorf("the forged %v was not read", tile)
		}
		counts.refused++
	}
	return nil
}

// parseHashes reads base64 hashes, one a line.
func parseHashes(text string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for text != "" {
		line, rest, found := strings.Cut(text, "\n")
		if !found {
			return nil, errors.New("the last hash has no newline")
		}
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
		text = rest
	}
	return hashes, nil
}

// ownFile is the path of a file that this tree shares with no other.
func (t *tree) ownFile(name string) string {
	return strconv.FormatInt(t.size, 10) + "/" + name
}

// checkProofs calls check for each proof of a file.
func (t *tree) checkProofs(name string,
	check func(number int64, proof string) error) error {
	data, err := t.readFile(t.ownFile(name))
	if err != nil {
		return err
	}
	for text := string(data); text != ""; {
		var number int64
		var length int
		line, rest, _ := strings.Cut(text, "\n")
		if _, err := fmt.Sscanf(line, "%d %d", &number, &length); err != nil {
			return err
		}
		if err := check(number, rest[:length]); err != nil {
			return fmt.Errorf("%s %d: %w", name, number, err)
		}
		text = rest[length:]
	}
	return nil
}

func (t *tree) checkInclusion() error {
	return t.checkProofs("inclusion", t.checkInclusionOf)
}

func (t *tree) checkInclusionOf(index int64, text string) error {
	head := fmt.Sprintf("c2sp.org/tlog-proof@v1\nindex %d\n", index)
	rest, found := strings.CutPrefix(text, head)
	if !found {
		return errors.New("not a tlog proof of this index")
	}
	rest, found = strings.CutSuffix(rest, "\n"+string(t.checkpoint))
	if !found {
		return errors.New("the proof does not end in the checkpoint")
	}
	hashes, err := parseHashes(rest)
	if err != nil {
		return err
	}
	proof := tlog.RecordProof(hashes)
	check := func(p tlog.RecordProof, entry []byte) error {
		return tlog.CheckRecord(p, t.size, t.root, index, tlog.RecordHash(entry))
	}
	entry := t.entries[index]
	if err := check(proof, entry); err != nil {
		return err
	}
	goProof, err := tlog.ProveRecord(t.size, index, t.hashReader(newTileReader(t)))
	if err != nil {
		return err
	}
	if !slices.Equal(proof, goProof) {
		return errors.New("Go makes another proof from our tiles")
	}
	for i := range proof {
		if check(t.forgeHash(proof, i), entry) == nil {
			return fmt.Errorf("hash %d of the proof may be changed", i)
		}
		counts.refused++
	}
	if len(entry) > 0 {
		forged := flip(entry, t.random.Intn(8*len(entry)))
		if check(proof, forged) == nil {
			return errors.New("the entry may be changed")
		}
		counts.refused++
	}
	counts.inclusion++
	return nil
}

// forgeHash is a copy of hashes with one bit of one of them flipped.
func (t *tree) forgeHash(hashes []tlog.Hash, i int) []tlog.Hash {
	forged := slices.Clone(hashes)
	copy(forged[i][:], flip(forged[i][:], t.random.Intn(8*tlog.HashSize)))
	return forged
}

func (t *tree) checkConsistency() error {
	return t.checkProofs("consistency", t.checkConsistencyWith)
}

func (t *tree) checkConsistencyWith(oldSize int64, text string) error {
	hashes, err := parseHashes(text)
	if err != nil {
		return err
	}
	proof := tlog.TreeProof(hashes)
	oldRoot, err := tlog.TreeHash(oldSize, t.stored)
	if err != nil {
		return err
	}
	check := func(p tlog.TreeProof) error {
		return tlog.CheckTree(p, t.size, t.root, oldSize, oldRoot)
	}
	if err := check(proof); err != nil {
		return err
	}
	goProof, err := tlog.ProveTree(t.size, oldSize, t.hashReader(newTileReader(t)))
	if err != nil {
		return err
	}
	if !slices.Equal(proof, goProof) {
		return errors.New("Go makes another proof from our tiles")
	}
	for i := range proof {
		if check(t.forgeHash(proof, i)) == nil {
			return fmt.Errorf("hash %d of the proof may be changed", i)
		}
		counts.refused++
	}
	counts.consistency++
	return nil
}
