#include "notary/state.h"

#include "notary/json_members.h"

namespace sealedger::notary {
namespace {

Error CorruptState(std::string_view key) {
  return ledger::MakeError(
      ledger::Code::kCorruption, "state-corrupt",
      "the state under " + std::string(key) + " cannot be read");
}

// The parsed value under a key; null Json where there is none.
Result<std::optional<Json>> ReadValue(const ReadState& read,
                                      std::string_view key) {
  Result<std::optional<std::string>> text = read(key);
  if (!text) return std::move(text).error();
  if (!text->has_value()) return std::optional<Json>();
  Result<Json> value = ParseJson(**text);
  if (!value) return CorruptState(key);
  return std::optional<Json>(*std::move(value));
}

Result<std::optional<uint64_t>> ReadIndexMember(const ReadState& read,
                                                const std::string& key,
                                                std::string_view member) {
  Result<std::optional<Json>> value = ReadValue(read, key);
  if (!value) return std::move(value).error();
  if (!value->has_value()) return std::optional<uint64_t>();
  Members members(**value, "");
  const uint64_t index = members.Integer(member);
  if (!members.Finish()) return CorruptState(key);
  return std::optional<uint64_t>(index);
}

ledger::KeyWrite IndexWrite(std::string key, std::string_view member,
                            uint64_t index) {
  Json value{Json::Object{}};
  value.Add(member, index);
  return {std::move(key), WriteJson(value)};
}

}  // namespace

std::string PartyStateKey(std::string_view id) {
  return std::string(kStatePrefix) + "party/" + std::string(id);
}

std::string ChainStateKey(uint64_t root) {
  return std::string(kStatePrefix) + "chain/" + std::to_string(root);
}

std::string ErasedStateKey(uint64_t index) {
  return std::string(kStatePrefix) + "erased/" + std::to_string(index);
}

Result<std::optional<PartyState>> ReadPartyState(const ReadState& read,
                                                 std::string_view id) {
  const std::string key = PartyStateKey(id);
  Result<std::optional<Json>> value = ReadValue(read, key);
  if (!value) return std::move(value).error();
  if (!value->has_value()) return std::optional<PartyState>();
  Members members(**value, "");
  PartyState state;
  state.entry = members.Integer("entry");
  const std::optional<Role> role = ParseRole(members.String("role"));
  state.signed_only = members.OptionalBool("signed_only").value_or(false);
  if (!members.Finish() || !role) return CorruptState(key);
  state.role = *role;
  return std::optional<PartyState>(state);
}

Result<std::optional<uint64_t>> ReadChainTail(const ReadState& read,
                                              uint64_t root) {
  return ReadIndexMember(read, ChainStateKey(root), "tail");
}

Result<std::optional<uint64_t>> ReadErasure(const ReadState& read,
                                            uint64_t index) {
  return ReadIndexMember(read, ErasedStateKey(index), "entry");
}

void FoldEntry(const Entry& entry, uint64_t index,
               std::vector<ledger::KeyWrite>* writes) {
  if (const auto* party = std::get_if<PartyEntry>(&entry.body)) {
    Json value{Json::Object{}};
    value.Add("entry", index);
    value.Add("role", RoleName(party->role));
    if (party->signed_only) value.Add("signed_only", true);
    writes->push_back({PartyStateKey(party->id), WriteJson(value)});
  } else if (const auto* evidence =
                 std::get_if<EvidenceRecorded>(&entry.body)) {
    if (!evidence->chain) return;
    writes->push_back(
        IndexWrite(ChainStateKey(evidence->chain->root), "tail", index));
  } else if (const auto* erased = std::get_if<DisclosureErased>(&entry.body)) {
    writes->push_back(
        IndexWrite(ErasedStateKey(erased->index), "entry", index));
  }
}

}  // namespace sealedger::notary
