#include "tools/unpack.h"

#include <iterator>
#include <optional>
#include <utility>

#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "ledger/tlog_proof.h"
#include "notary/bundle.h"
#include "notary/entry.h"
#include "tools/unpack_part.h"
#include "tools/unpack_request.h"
#include "tools/unpack_seal.h"

namespace sealedger::tools {

using ledger::ToHex;

namespace {

// Commands hold no text of the bundle, which may be an attacker's: whoever
// pastes them runs these alone.
constexpr std::string_view kLeafAndSignature = R"(
## The leaf hash

The ledger's leaf is SHA-256 of a zero byte and the entry (RFC 6962):

```sh
{ printf '\000'; cat entry.json; } | sha256sum
```

prints `@LEAF@`.

## The checkpoint's signature, with OpenSSL 3

`VKEY` is the ledger's verifier key. Take it from somebody you trust, not from
whoever handed you these files.

```sh
VKEY='NAME+HASH+KEY'
sed '1,/^$/d' entry.tlog-proof > checkpoint
sed '/^$/,$d' checkpoint > checkpoint.txt
grep -m 1 -F "— $(head -n 1 checkpoint) " checkpoint | cut -d ' ' -f 3 |
  base64 -d | tail -c 64 > checkpoint.sig
{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'
  printf '%s' "${VKEY#*+*+}" | base64 -d | tail -c 32; } > log.der
openssl pkeyutl -verify -pubin -keyform DER -inkey log.der -rawin \
  -in checkpoint.txt -sigfile checkpoint.sig
```

prints `Signature Verified Successfully`.

## Signature and inclusion, with torchwood

The proof without its first line is what `spicy` of filippo.io/torchwood reads
(Go 1.24 or newer):

```sh
sed 1d entry.tlog-proof > entry.json.spicy
go run filippo.io/torchwood/cmd/spicy@v0.9.0 -verify "$VKEY" entry.json
```

prints `Spicy signature(s) verified!`.

## Signature and inclusion, with Go's own transparency log code

golang.org/x/mod is what the go command itself checks its checksum database
with. In an empty folder, save this as `main.go`:

```go
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	return value
}

func main() {
	entry := must(os.ReadFile(os.Args[1]))
	text := string(must(os.ReadFile(os.Args[2])))
	head, checkpoint, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	var index int64
	must(fmt.Sscanf(lines[1], "index %d", &index))
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash := must(base64.StdEncoding.DecodeString(line))
		proof = append(proof, tlog.Hash(hash))
	}
	key := must(note.NewVerifier(os.Args[3]))
	opened := must(note.Open([]byte(checkpoint), note.VerifierList(key)))
	tree := strings.Split(opened.Text, "\n")
	var size int64
	must(fmt.Sscanf(tree[1], "%d", &size))
	root := must(tlog.ParseHash(tree[2]))
	err := tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entry))
	must(0, err)
	fmt.Printf("entry %d is in the tree of %d entries of %s\n",
		index, size, tree[0])
}
```

and run, with the paths of the two files:

```sh
go mod init check && go get golang.org/x/mod@v0.34.0
go run . entry.json entry.tlog-proof "$VKEY"
```

It prints `entry @INDEX@ is in the tree of @SIZE@ entries of @ORIGIN@`.
)";

constexpr std::string_view kWhatThisShows = R"(
## What this shows

That the ledger's key signed a tree that holds this entry, byte for byte. The
entry's `time` and `by` are what the ledger's operator states@BY@.
)";

void ReplaceAll(std::string* text, std::string_view mark,
                std::string_view value) {
  for (size_t at = text->find(mark); at != std::string::npos;
       at = text->find(mark, at + value.size())) {
    text->replace(at, mark.size(), value);
  }
}

// How to compare a file at hand with digests in the entry.
std::string CompareSection(const std::string& file,
                           const std::optional<ledger::Hash>& sha256,
                           const std::optional<ledger::Hash>& sm3) {
  std::string section;
  if (sha256) {
    section += "\n" + CommandBlock("sha256sum " + file + "\n", ToHex(*sha256));
  }
  if (sm3) {
    section +=
        "\n" + CommandBlock("openssl dgst -sm3 " + file + "\n", ToHex(*sm3));
  }
  return section;
}

std::string SealedSection(const notary::DocumentSealed& sealed) {
  std::string section =
      "\n## What was sealed\n\n`entry.json` names by its digests what the "
      "signature is over. With your copy as\n`protected`:\n" +
      CompareSection("protected", sealed.protected_bytes.sha256,
                     sealed.protected_bytes.sm3);
  if (!sealed.document) return section;
  return section +
         "\nAnd the document before it was sealed. With your copy as "
         "`document`:\n" +
         CompareSection("document", sealed.document->sha256,
                        sealed.document->sm3);
}

// How to compare a document with the entry; empty for entries of none.
std::string DocumentSection(const notary::Entry& entry) {
  if (const auto* sealed = std::get_if<notary::DocumentSealed>(&entry.body)) {
    return SealedSection(*sealed);
  }
  const auto* evidence = std::get_if<notary::EvidenceRecorded>(&entry.body);
  if (evidence == nullptr) return "";
  return "\n## The document\n\n`entry.json` names the document by its digests. "
         "With your copy as `document`:\n" +
         CompareSection("document", evidence->document.sha256,
                        evidence->document.sm3);
}

struct Contents {
  std::string document;  // its section
  UnpackedPart seal;
  UnpackedPart request;
};

// Of a subject that is no entry of ours there is nothing more to say.
Contents ContentsOf(const notary::Bundle& bundle) {
  const auto entry = notary::ParseEntry(bundle.entries.front().entry);
  if (!entry) return {};
  return {DocumentSection(*entry), UnpackSeal(bundle, *entry),
          UnpackRequest(bundle, *entry)};
}

std::string Readme(const notary::BundledEntry& subject,
                   const ledger::Checkpoint& checkpoint,
                   const Contents& contents) {
  std::string text =
      "# Entry @INDEX@ of @ORIGIN@\n\n"
      "- `entry.json`: the entry, exactly as the ledger holds it\n"
      "- `entry.tlog-proof`: proof that the tree of @SIZE@ entries holds it, "
      "and the\n  signed checkpoint of that tree\n";
  text += contents.seal.list + contents.request.list + contents.document;
  text += kLeafAndSignature;
  text += contents.seal.sections + contents.request.sections;
  text += kWhatThisShows;
  ReplaceAll(&text, "@BY@",
             contents.request.files.empty()
                 ? ""
                 : ";\nby whom, the request shows as well");
  ReplaceAll(&text, "@INDEX@", std::to_string(subject.index));
  ReplaceAll(&text, "@SIZE@", std::to_string(checkpoint.head.size));
  ReplaceAll(&text, "@LEAF@", ToHex(ledger::LeafHash(subject.entry)));
  ReplaceAll(&text, "@ORIGIN@", checkpoint.origin);
  return text;
}

void Append(std::vector<UnpackedFile> more, std::vector<UnpackedFile>* files) {
  files->insert(files->end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
}

}  // namespace

ledger::Result<std::vector<UnpackedFile>> UnpackBundle(
    std::string_view bundle_text) {
  const auto bundle = notary::ParseBundle(bundle_text);
  if (!bundle) return bundle.error();
  const notary::BundledEntry& subject = bundle->entries.front();
  const auto note = ledger::ParseNote(bundle->checkpoint);
  if (!note) return note.error();
  const auto checkpoint = ledger::ParseCheckpoint(note->text);
  if (!checkpoint) return checkpoint.error();
  const ledger::TlogProof proof{std::nullopt, subject.index, subject.path,
                                bundle->checkpoint};
  Contents contents = ContentsOf(*bundle);
  UnpackedFile readme{"README.md", Readme(subject, *checkpoint, contents)};
  std::vector<UnpackedFile> files = {
      {"entry.json", subject.entry},
      {"entry.tlog-proof", ledger::FormatTlogProof(proof)}};
  Append(std::move(contents.seal.files), &files);
  Append(std::move(contents.request.files), &files);
  files.push_back(std::move(readme));
  return files;
}

}  // namespace sealedger::tools
