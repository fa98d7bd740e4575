#include "ledger/note.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "ledger/encoding.h"
#include "tests/support/aborts.h"
#include "tests/support/files.h"

namespace sealedger::ledger {
namespace {

using testing::Aborts;
using testing::ReadFile;
using testing::VectorPath;

constexpr std::string_view kDash = "\u2014 ";

Ed25519Key KeyOfSeed(char seed) {
  return Ed25519Key::FromSeed(std::string(32, seed)).value();
}

VerifierKey VectorKey(std::string_view name) {
  std::string line = ReadFile(VectorPath(name));
  REQUIRE(line.ends_with('\n'));
  line.pop_back();
  return ParseVerifierKey(line).value();
}

std::string Line(std::string_view name, std::string_view base64) {
  std::string line(kDash);
  line += name;
  line += ' ';
  line += base64;
  return line + '\n';
}

const std::string kGoodLine = Line("seal.example.com", "AAAAAAA=");

void CheckRefused(const std::string& bytes) {
  CAPTURE(bytes);
  const auto note = ParseNote(bytes);
  REQUIRE_FALSE(note);
  CHECK(note.error().code == Code::kMalformed);
}

// A note of `text` signed by the keys of these seeds under the names "key-N".
Note SignedBy(const std::string& text, const std::vector<char>& seeds) {
  Note note{text, {}};
  for (const char seed : seeds) {
    note.signatures.push_back(
        SignNote(text, "key-" + std::to_string(seed), KeyOfSeed(seed)).value());
  }
  return note;
}

VerifierKey VerifierOfSeed(char seed) {
  return MakeVerifierKey("key-" + std::to_string(seed),
                         KeyOfSeed(seed).public_key());
}

void CheckNotVerified(const Note& note, std::span<const VerifierKey> known) {
  const auto verified = VerifyNote(note, known);
  REQUIRE_FALSE(verified);
  CHECK(verified.error().code == Code::kVerificationFailed);
}

TEST_CASE("the example of the signed-note specification verifies") {
  const std::string bytes = ReadFile(VectorPath("c2sp_example.note"));
  const VerifierKey key = VectorKey("c2sp_example.vkey");
  CHECK(key.name == "example.com/foo");
  CHECK(key.key_id == 0x530d903a);
  const auto note = ParseNote(bytes);
  REQUIRE(note);
  CHECK(note->text == "This is an example message.\n");
  CHECK(FormatNote(*note) == bytes);
  const auto verified = VerifyNote(*note, std::vector{key});
  REQUIRE(verified);
  CHECK(verified->text() == note->text);
  CHECK(verified->signed_by() == std::vector{key});
}

TEST_CASE("verifier keys of the vectors are read and written again") {
  for (const char* name : {"c2sp_example.vkey", "log.vkey"}) {
    CHECK(FormatVerifierKey(VectorKey(name)) + '\n' ==
          ReadFile(VectorPath(name)));
  }
  // Of the seed that the log's vectors were made with.
  CHECK(MakeVerifierKey("seal.example.com/ledger",
                        KeyOfSeed('\x01').public_key()) ==
        VectorKey("log.vkey"));
}

TEST_CASE("a verifier key whose base64 has a '+' is read") {
  const std::string vkey =
      "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6";
  const auto key = ParseVerifierKey(vkey);
  REQUIRE(key);
  CHECK(key->name == "TEST");
  CHECK(FormatVerifierKey(*key) == vkey);
}

TEST_CASE("a verifier key in another spelling or of another type is refused") {
  const std::string base64 = "AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
  const std::string name = "seal.example.com/ledger";
  REQUIRE(ParseVerifierKey(name + "+51e7b236+" + base64));
  for (const std::string& vkey :
       {std::string(), name, name + "+51e7b236", name + "+51e7b236+",
        "+51e7b236+" + base64, name + "+51E7B236+" + base64,
        name + "+51e7b237+" + base64, name + "+051e7b236+" + base64,
        name + "+1e7b236+" + base64, name + "++" + base64,
        "other.example.com+51e7b236+" + base64,
        name + "+51e7b236+" + base64 + "\n", name + "+51e7b236+" + base64 + "=",
        name + "+51e7b236+" + base64.substr(0, 40),
        name + "+51e7b236+" + base64 + "AAAA",
        "seal example.com+51e7b236+" + base64,
        // A witness's key, type 04.
        std::string("witness.example.com/w1+745fb5e8+"
                    "BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU")}) {
    CAPTURE(vkey);
    const auto key = ParseVerifierKey(vkey);
    REQUIRE_FALSE(key);
    CHECK(key.error().code == Code::kMalformed);
  }
}

TEST_CASE("a key name has no space, '+' or control character") {
  for (const char* name :
       {"a", "seal.example.com/ledger", "电子印章", "a\u2014b", "\u00e4",
        "a=b&c", "a\x7f", "\u200b", "\u00a1"}) {
    CAPTURE(name);
    CHECK(IsKeyName(name));
  }
  for (const char* name :
       {"",       " ",       "a b",    "a+b",    "+",      "a\tb",
        "a\nb",   "a\rb",    "a\x1f",  "\x0b",   "\u0085", "a\u00a0b",
        "\u1680", "\u2000",  "\u2001", "\u2002", "\u2003", "\u2004",
        "\u2005", "\u2006",  "\u2007", "\u2008", "\u2009", "\u200a",
        "\u2028", "\u2029",  "\u202f", "\u205f", "\u3000", "印\u3000章",
        "\xff",   "\xc0\xa0"}) {
    CAPTURE(name);
    CHECK_FALSE(IsKeyName(name));
  }
  CHECK_FALSE(IsKeyName(std::string_view("a\0b", 3)));
}

TEST_CASE("notes of all shapes are written as they were read") {
  for (const std::string& text :
       {std::string("seal\n"), std::string("\n"), std::string("a\n\nb\n"),
        std::string("a\n\n\n"), "a\n\n" + kGoodLine + "\n" + kGoodLine,
        std::string("电子印章\n")}) {
    for (const std::string& lines :
         {kGoodLine, kGoodLine + kGoodLine,
          Line("a", "AAAAAAA=") + Line("印章", EncodeBase64("long signature")),
          Line("b", EncodeBase64(std::string(3000, '\xfa')))}) {
      const std::string bytes = text + '\n' + lines;
      CAPTURE(bytes);
      const auto note = ParseNote(bytes);
      REQUIRE(note);
      CHECK(note->text == text);
      CHECK(FormatNote(*note) == bytes);
    }
  }
}

TEST_CASE("the last empty line divides the text from the signatures") {
  const auto note =
      ParseNote("text\n\n" + kGoodLine + "\n" + Line("b", "AAAAAQI="));
  REQUIRE(note);
  CHECK(note->text == "text\n\n" + kGoodLine);
  CHECK(note->signatures == std::vector<NoteSignature>{{"b", 1, "\x02"}});
}

TEST_CASE("one malformed signature line spoils the note") {
  REQUIRE(ParseNote("seal\n\n" + kGoodLine));
  const std::string bad_lines[] = {
      "seal.example.com AAAAAAA=\n",
      "- seal.example.com AAAAAAA=\n",
      "\u2014seal.example.com AAAAAAA=\n",
      "\u2013 seal.example.com AAAAAAA=\n",
      " " + kGoodLine,
      Line("", "AAAAAAA="),
      Line("seal+example.com", "AAAAAAA="),
      Line("seal\u00a0example.com", "AAAAAAA="),
      Line("seal\u3000example.com", "AAAAAAA="),
      Line(" seal.example.com", "AAAAAAA="),
      Line("seal.example.com", " AAAAAAA="),
      Line("seal.example.com", "AAAAAAA= "),
      Line("seal.example.com", "AAAAAAA= x"),
      Line("seal.example.com", ""),
      std::string(kDash) + "seal.example.com\n",
      // Four bytes, the key ID alone; and fewer.
      Line("seal.example.com", "AAAAAA=="),
      Line("seal.example.com", "AAAA"),
      Line("seal.example.com", "AA=="),
      // Base64 without padding, with stray bits, of the other alphabet.
      Line("seal.example.com", "AAAAAAA"),
      Line("seal.example.com", "AAAAAAB="),
      Line("seal.example.com", "AAAA-AA="),
      Line("seal.example.com", "AAAAAAA=="),
      Line("seal.example.com", "AAAA!AA="),
  };
  for (const std::string& bad : bad_lines) {
    CheckRefused("seal\n\n" + bad);
    CheckRefused("seal\n\n" + bad + kGoodLine);
    CheckRefused("seal\n\n" + kGoodLine + bad);
  }
}

TEST_CASE("a note without its parts is refused") {
  for (const std::string& bytes :
       {std::string(), std::string("\n"), std::string("\n\n"),
        std::string("seal\n"), std::string("seal\n\n"), "seal\n" + kGoodLine,
        kGoodLine, "\n" + kGoodLine, "seal\n\n" + kGoodLine + "\n",
        "seal\n\n" + kGoodLine.substr(0, kGoodLine.size() - 1),
        "seal\n\n" + kGoodLine + "x"}) {
    CheckRefused(bytes);
  }
}

TEST_CASE("control characters and bytes that are no UTF-8 are refused") {
  for (int c = 0; c < 0x20; ++c) {
    if (c == '\n') continue;
    const std::string control(1, static_cast<char>(c));
    CheckRefused("se" + control + "al\n\n" + kGoodLine);
    CheckRefused("seal" + control + "\n\n" + kGoodLine);
    CheckRefused("seal\n\n" + kGoodLine.substr(0, kGoodLine.size() - 1) +
                 control + "\n");
  }
  CheckRefused("seal\xff\n\n" + kGoodLine);
  CheckRefused("seal\xed\xa0\x80\n\n" + kGoodLine);
  CHECK(ParseNote("seal\x7f\n\n" + kGoodLine));
}

TEST_CASE("a note has at most 100 signatures and a million bytes") {
  std::string bytes = "seal\n\n";
  for (int i = 0; i < 100; ++i) bytes += kGoodLine;
  const auto note = ParseNote(bytes);
  REQUIRE(note);
  CHECK(note->signatures.size() == 100);
  CheckRefused(bytes + kGoodLine);

  const std::string end = "\n\n" + kGoodLine;
  CHECK(ParseNote(std::string(kMaxNoteSize - end.size(), 'x') + end));
  const auto too_long =
      ParseNote(std::string(kMaxNoteSize - end.size() + 1, 'x') + end);
  REQUIRE_FALSE(too_long);
  CHECK(too_long.error().code == Code::kMalformed);
}

TEST_CASE("a signed note is read and verified by each of its keys") {
  const Note note = SignedBy("seal\n", {1, 2});
  const auto parsed = ParseNote(FormatNote(note));
  REQUIRE(parsed);
  CHECK(parsed->text == note.text);
  CHECK(parsed->signatures == note.signatures);
  const std::vector known = {VerifierOfSeed(2), VerifierOfSeed(1)};
  const auto verified = VerifyNote(*parsed, known);
  REQUIRE(verified);
  // In the order of the note's lines.
  CHECK(verified->signed_by() ==
        std::vector{VerifierOfSeed(1), VerifierOfSeed(2)});
}

TEST_CASE("signatures of unknown keys are passed over") {
  Note note = SignedBy("seal\n", {1, 2});
  const std::vector known = {VerifierOfSeed(2)};
  CHECK(VerifyNote(note, known).value().signed_by() == known);
  // Of a known name and another key ID, and the reverse.
  note.signatures[0].name = known[0].name;
  note.signatures[0].signature = "of another type";
  CHECK(VerifyNote(note, known).value().signed_by() == known);
  note.signatures[0].name = "key-3";
  note.signatures[0].key_id = known[0].key_id;
  CHECK(VerifyNote(note, known).value().signed_by() == known);
}

TEST_CASE("a note that no known key has signed is refused") {
  const Note note = SignedBy("seal\n", {1, 2});
  CheckNotVerified(note, {});
  CheckNotVerified(note, std::vector{VerifierOfSeed(3)});
}

TEST_CASE("a wrong signature of a known key spoils the note") {
  Note note = SignedBy("seal\n", {1, 2});
  const std::vector known = {VerifierOfSeed(1), VerifierOfSeed(2)};
  note.signatures[1].signature[0] ^= 1;
  CheckNotVerified(note, known);
  note.signatures[1].signature.resize(1);
  CheckNotVerified(note, known);
  CHECK(VerifyNote(note, std::vector{VerifierOfSeed(1)}));
}

TEST_CASE("a signature is over the text to its last byte") {
  const std::vector known = {VerifierOfSeed(1)};
  Note note = SignedBy("seal\n", {1});
  note.text = "seal\n\n";
  CheckNotVerified(note, known);
  note.text = "Seal\n";
  CheckNotVerified(note, known);
  note.text = "seal\n";
  CHECK(VerifyNote(note, known));
}

TEST_CASE("a second line by the same key is ignored") {
  Note note = SignedBy("seal\n", {1, 1});
  note.signatures[1].signature[0] ^= 1;
  const std::vector known = {VerifierOfSeed(1), VerifierOfSeed(1)};
  const auto verified = VerifyNote(note, known);
  REQUIRE(verified);
  CHECK(verified->signed_by() == std::vector{VerifierOfSeed(1)});
  std::swap(note.signatures[0], note.signatures[1]);
  CheckNotVerified(note, known);
}

TEST_CASE("what cannot be written as a note is our own bug") {
  const Note good = SignedBy("seal\n", {1});
  CHECK(Aborts([&] { FormatNote({"seal", good.signatures}); }));
  CHECK(Aborts([&] { FormatNote({"seal\n", {}}); }));
  CHECK(Aborts([] { (void)SignNote("seal", "a", KeyOfSeed(1)); }));
  CHECK(Aborts([] { (void)SignNote("seal\n", "a b", KeyOfSeed(1)); }));
  CHECK(Aborts([] { MakeVerifierKey("a+b", std::string(32, 'x')); }));
  CHECK(Aborts([] { MakeVerifierKey("a", std::string(31, 'x')); }));
}

}  // namespace
}  // namespace sealedger::ledger
