#include "notary/state.h"

#include "notary/json_members.h"
#include "notary/register_rules.h"

namespace sealedger::notary {
namespace {

Result<std::optional<uint64_t>> ReadIndexMember(const ReadState& read,
                                                const std::string& key,
                                                std::string_view member) {
  Result<std::optional<Json>> value = ReadStateValue(read, key);
  if (!value) return std::move(value).error();
  if (!value->has_value()) return std::optional<uint64_t>();
  Members members(**value, "");
  const uint64_t index = members.Integer(member);
  if (!members.Finish()) return CorruptState(key);
  return std::optional<uint64_t>(index);
}

std::string IndexValue(std::string_view member, uint64_t index) {
  Json value{Json::Object{}};
  value.Add(member, index);
  return WriteJson(value);
}

std::string PartyValue(const PartyEntry& party, uint64_t index) {
  Json value{Json::Object{}};
  value.Add("entry", index);
  value.Add("role", RoleName(party.role));
  if (party.signed_only) value.Add("signed_only", true);
  return WriteJson(value);
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
  Result<std::optional<Json>> value = ReadStateValue(read, key);
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

Error CorruptState(std::string_view key) {
  return ledger::MakeError(
      ledger::Code::kCorruption, "state-corrupt",
      "the state under " + std::string(key) + " cannot be read");
}

Result<std::optional<Json>> ReadStateValue(const ReadState& read,
                                           std::string_view key) {
  Result<std::optional<std::string>> text = read(key);
  if (!text) return std::move(text).error();
  if (!text->has_value()) return std::optional<Json>();
  Result<Json> value = ParseJson(**text);
  if (!value) return CorruptState(key);
  return std::optional<Json>(*std::move(value));
}

Result<std::optional<std::string>> StateFold::Get(std::string_view key) const {
  const auto found = changed_.find(key);
  if (found != changed_.end()) return found->second;
  return read_(key);
}

void StateFold::Put(std::string key, std::string value) {
  changed_.insert_or_assign(std::move(key), std::move(value));
}

void StateFold::Delete(std::string key) {
  changed_.insert_or_assign(std::move(key), std::nullopt);
}

std::vector<ledger::KeyWrite> StateFold::Take() {
  std::vector<ledger::KeyWrite> writes;
  writes.reserve(changed_.size());
  for (auto& [key, value] : changed_) {
    writes.push_back({key, std::move(value)});
  }
  changed_.clear();
  return writes;
}

Result<void> FoldEntry(const Entry& entry, uint64_t index, StateFold* state) {
  if (const auto* party = std::get_if<PartyEntry>(&entry.body)) {
    state->Put(PartyStateKey(party->id), PartyValue(*party, index));
  } else if (const auto* evidence =
                 std::get_if<EvidenceRecorded>(&entry.body)) {
    if (!evidence->chain) return {};
    state->Put(ChainStateKey(evidence->chain->root), IndexValue("tail", index));
  } else if (const auto* erased = std::get_if<DisclosureErased>(&entry.body)) {
    state->Put(ErasedStateKey(erased->index), IndexValue("entry", index));
  }
  return FoldRegister(entry, index, state);
}

}  // namespace sealedger::notary
