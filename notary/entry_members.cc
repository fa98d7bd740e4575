#include "notary/entry_members.h"

namespace sealedger::notary {

namespace {

using ledger::Code;
using ledger::Hash;

// 9999-12-31T23:59:59.999Z, the last time that has a spelling.
constexpr int64_t kMaxTime = 253'402'300'799'999;

Hash DigestOf(Members& members, std::string_view name,
              const std::string& text) {
  const std::optional<Hash> hash = ledger::HashFromHex(text);
  if (!hash) {
    members.Fail(name, Code::kInvalidArgument, "bad-digest",
                 "a digest is 64 lower-case hexadecimal characters");
  }
  return hash.value_or(Hash{});
}

}  // namespace

Error BadEntry(std::string_view detail, std::string_view field) {
  return ledger::MakeError(Code::kMalformed, "entry", detail, field);
}

bool IsTime(int64_t time_ms) { return time_ms >= 0 && time_ms <= kMaxTime; }

void TakeFault(Members& parent, Members& child) {
  if (!child.Finish()) parent.Fail(child.error());
}

std::optional<std::string> TextOf(const std::string* text) {
  return text == nullptr ? std::nullopt : std::optional<std::string>(*text);
}

Hash ReadDigest(Members& members, std::string_view name) {
  return DigestOf(members, name, members.String(name));
}

std::vector<Hash> ReadDigests(Members& members, std::string_view name) {
  std::vector<Hash> digests;
  for (const Json& value : members.Array(name)) {
    const std::string* text = value.if_string();
    digests.push_back(
        DigestOf(members, name, text == nullptr ? std::string() : *text));
  }
  return digests;
}

bool ReadMadeHere(Members& members) {
  const std::string& made = members.String("made");
  if (made != kMadeHere && made != kMadeElsewhere) {
    members.Fail("made", Code::kMalformed, "entry", "not where it was made");
  }
  return made == kMadeHere;
}

bool ReadTrue(Members& members, std::string_view name) {
  const std::optional<bool> value = members.OptionalBool(name);
  if (value == false) {
    members.Fail(name, Code::kMalformed, "entry", "what is not so is left out");
  }
  return value == true;
}

}  // namespace sealedger::notary
