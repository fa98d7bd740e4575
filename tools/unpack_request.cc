#include "tools/unpack_request.h"

#include <string_view>
#include <variant>

#include "ledger/hash.h"
#include "ledger/tlog_proof.h"

namespace sealedger::tools {

namespace {

using ledger::ToHex;

// The entry that `by_entry` names, where the bundle has it.
const notary::BundledEntry* FindParty(const notary::Bundle& bundle,
                                      const notary::Entry& subject) {
  for (const notary::BundledEntry& entry : bundle.entries) {
    if (entry.index == subject.by_entry) return &entry;
  }
  return nullptr;
}

constexpr std::string_view kTakeKey =
    "grep -o '\"spki\":\"[^\"]*\"' party.json | cut -d '\"' -f 4 |\n"
    "  base64 -d > party-key.der\n";
constexpr std::string_view kVerify =
    "openssl pkeyutl -verify -pubin -keyform DER -inkey party-key.der "
    "-rawin \\\n  -in request.base -sigfile ";

// The commands for a key of that kind; empty for a kind that is not ours.
std::string VerifyCommands(const std::string& alg) {
  const std::string begin(kTakeKey);
  const std::string verify(kVerify);
  if (alg == "ed25519") return begin + verify + "request.signature\n";
  const std::string in_der =
      begin + RawToDerCommands("request.signature", "request.sig") + verify +
      "request.sig";
  if (alg == "p256") return in_der + " -digest sha256\n";
  if (alg == "sm2") {
    return in_der + " -digest sm3 \\\n  -pkeyopt distid:1234567812345678\n";
  }
  return "";
}

// The signature of the base by the key in party.json.
std::string KeySection(const notary::BundledEntry& party) {
  const auto entry = notary::ParseEntry(party.entry);
  const auto* body =
      entry ? std::get_if<notary::PartyEntry>(&entry->body) : nullptr;
  if (body == nullptr || !body->key) return "";
  const std::string commands = VerifyCommands(body->key->alg);
  if (commands.empty()) return "";
  return "\nThe party's key stands in its entry, `party.json`, which is "
         "checked with\n`party.tlog-proof` as `entry.json` is with its own "
         "proof:\n\n" +
         CommandBlock(commands, "Signature Verified Successfully");
}

constexpr std::string_view kBody =
    "grep -c -F \\\n"
    "  \"sha-256=:$(openssl dgst -sha256 -binary request.body | base64):\" \\\n"
    "  request.base\n";

}  // namespace

UnpackedPart UnpackRequest(const notary::Bundle& bundle,
                           const notary::Entry& subject) {
  if (!bundle.request) return {};
  UnpackedPart part;
  part.files = {{"request.base", bundle.request->base},
                {"request.signature", bundle.request->signature},
                {"request.body", bundle.request->body}};
  part.list =
      "- `request.base`: what the party signed of its request (RFC 9421)\n"
      "- `request.signature`: its signature\n"
      "- `request.body`: the body, as it was sent\n";
  part.sections = "\n## The request\n";
  if (subject.request) {
    part.sections +=
        "\n`entry.json` names what was signed by its SHA-256:\n\n" +
        CommandBlock("sha256sum request.base\n", ToHex(*subject.request));
  }
  part.sections += "\nThe digest of the body stands in what was signed:\n\n" +
                   CommandBlock(std::string(kBody), "1");
  const notary::BundledEntry* party = FindParty(bundle, subject);
  if (party == nullptr) return part;
  part.files.push_back({"party.json", party->entry});
  part.files.push_back(
      {"party.tlog-proof",
       ledger::FormatTlogProof(
           {std::nullopt, party->index, party->path, bundle.checkpoint})});
  part.list +=
      "- `party.json`, `party.tlog-proof`: the entry that names the party's "
      "key, and its\n  proof\n";
  part.sections += KeySection(*party);
  return part;
}

}  // namespace sealedger::tools
