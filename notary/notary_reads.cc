#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/tile.h"
#include "notary/disclosure.h"
#include "notary/json_members.h"
#include "notary/notary.h"
#include "notary/notary_parts.h"
#include "notary/party.h"
#include "notary/state.h"
#include "notary/text.h"
#include "notary/verify.h"
#include "version.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;
using ledger::PublishedPtr;

// A chain may be longer than any answer should be.
constexpr size_t kMaxRelated = 1000;

bool Speaks(const Entry& entry, const DocumentDigest& digest) {
  const bool sha256 = digest.algorithm == DocumentDigest::Algorithm::kSha256;
  const auto is = [&](const std::optional<Hash>& by_sha256,
                      const std::optional<Hash>& by_sm3) {
    return (sha256 ? by_sha256 : by_sm3) == digest.hash;
  };
  if (const auto* evidence = std::get_if<EvidenceRecorded>(&entry.body)) {
    return is(evidence->document.sha256, evidence->document.sm3);
  }
  const auto* sealed = std::get_if<DocumentSealed>(&entry.body);
  if (sealed == nullptr) return false;
  return is(sealed->protected_bytes.sha256, sealed->protected_bytes.sm3) ||
         (sealed->document &&
          is(sealed->document->sha256, sealed->document->sm3));
}

Json::Array IndicesJson(const std::vector<uint64_t>& indices) {
  return Json::Array(indices.begin(), indices.end());
}

std::optional<Hash> ReadDigest(Members& members, std::string_view name) {
  const std::string* text = members.OptionalString(name);
  if (text == nullptr) return std::nullopt;
  const std::optional<Hash> hash = ledger::HashFromHex(*text);
  if (!hash) {
    members.Fail(name, Code::kInvalidArgument, "bad-digest",
                 "a digest is 64 lower-case hex digits");
  }
  return hash;
}

}  // namespace

Error NoSuchEntry() {
  return MakeError(Code::kNotFound, "no-such-entry",
                   "the ledger has no entry of this index");
}

Result<uint64_t> ReadCursor(const std::optional<std::string>& cursor) {
  if (!cursor) return uint64_t{0};
  const std::optional<uint64_t> begin =
      ledger::ParseDecimal(*cursor, ledger::kMaxTreeSize);
  if (begin) return *begin;
  return MakeError(Code::kInvalidArgument, "bad-cursor",
                   "the cursor is not one that a list gave");
}

Result<uint64_t> FirstNotBefore(const ledger::Ledger& ledger, int64_t time_ms,
                                const ledger::Published& published) {
  uint64_t low = 0;
  uint64_t high = published.head.size;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    Result<std::string> text = ledger.ReadEntry(middle, published);
    if (!text) return std::move(text).error();
    Result<Entry> entry = ParseEntry(*text);
    if (!entry) return std::move(entry).error();
    if (entry->time_ms < time_ms) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

Result<void> Notary::Parts::MayRead(const Caller* caller) const {
  if (caller != nullptr || !settings.server.read_needs_token) return {};
  return MakeError(Code::kUnauthenticated, "token-required",
                   "this ledger is read with a token");
}

Result<std::vector<std::string>> Notary::Parts::DisclosuresFor(
    const Caller* caller, const Entry& entry) const {
  std::vector<std::string> disclosures;
  if (caller == nullptr || !OwnsPrivate(*caller, entry)) return disclosures;
  for (const std::string& line : entry.sd) {
    const std::optional<std::string> digest = ledger::DecodeBase64Url(line);
    CHECK(digest.has_value());
    Result<std::optional<std::string>> blob =
        private_store->Get(*ledger::HashFromBytes(*digest));
    if (!blob) return std::move(blob).error();
    if (blob->has_value()) disclosures.push_back(std::move(**blob));
  }
  return disclosures;
}

Result<Index::Reading> Notary::Parts::ReadRows() const {
  return views->Read(ledger->published()->head.size, kIndexWait);
}

Result<EntrySide> Notary::Parts::ReadSide(
    uint64_t index, const ledger::Published& published) const {
  Result<std::optional<std::string>> text = ledger->ReadSide(index, published);
  if (!text) return std::move(text).error();
  if (!text->has_value()) return EntrySide{};
  return ParseSide(**text);
}

Result<Caller> Notary::Authenticate(std::string_view token) const {
  return parts_->tokens->Authenticate(token, NowMs());
}

Result<Receipt> Notary::Parts::ReadReceipt(
    const Caller* caller, uint64_t index, const PublishedPtr& published) const {
  Result<std::string> text = ledger->ReadEntry(index, *published);
  if (!text) return std::move(text).error();
  Result<Entry> entry = ParseEntry(*text);
  if (!entry) return std::move(entry).error();
  Result<std::vector<std::string>> disclosures = DisclosuresFor(caller, *entry);
  if (!disclosures) return std::move(disclosures).error();
  const Hash leaf_hash = ledger::LeafHash(*text);
  Result<Receipt> receipt =
      MakeReceipt(index, *std::move(text), leaf_hash, KindOf(*entry),
                  *std::move(disclosures), published);
  if (!receipt) return receipt;
  Result<void> run = AddRun(*published, &*receipt);
  if (!run) return std::move(run).error();
  return receipt;
}

Result<void> Notary::Parts::AddRun(const ledger::Published& published,
                                   Receipt* receipt) const {
  // Only requests to the register make several entries that are one thing.
  if (!IsRegisterKind(receipt->kind)) return {};
  Result<EntrySide> side = ReadSide(receipt->index, published);
  if (!side) return std::move(side).error();
  if (!side->run) return {};
  for (uint64_t i = 0; i < side->run->count; ++i) {
    const uint64_t other = side->run->first + i;
    if (other != receipt->index) receipt->also.push_back(other);
  }
  return {};
}

Result<Receipt> Notary::ReadEntry(const Caller* caller, uint64_t index) const {
  if (Result<void> may = parts_->MayRead(caller); !may) {
    return std::move(may).error();
  }
  return parts_->ReadReceipt(caller, index, parts_->ledger->published());
}

Result<Receipt> Notary::Parts::ListItem(const Caller* caller, uint64_t index,
                                        const ledger::Published& published,
                                        Entry* parsed) const {
  Result<std::string> text = ledger->ReadEntry(index, published);
  if (!text) return std::move(text).error();
  Result<Entry> entry = ParseEntry(*text);
  if (!entry) return std::move(entry).error();
  Result<std::vector<std::string>> disclosures = DisclosuresFor(caller, *entry);
  if (!disclosures) return std::move(disclosures).error();
  Receipt receipt;
  receipt.index = index;
  receipt.kind = KindOf(*entry);
  receipt.leaf_hash = ledger::LeafHash(*text);
  receipt.entry = *std::move(text);
  receipt.disclosures = *std::move(disclosures);
  Result<void> run = AddRun(published, &receipt);
  if (!run) return std::move(run).error();
  *parsed = *std::move(entry);
  return receipt;
}

Result<std::vector<uint64_t>> Notary::Parts::Candidates(
    const EntryFilter& filter, const Index::Range& range) const {
  if (filter.chain) {
    Result<std::vector<uint64_t>> links = views->ByChain(*filter.chain, range);
    if (links && *filter.chain >= range.begin && *filter.chain < range.end) {
      links->insert(links->begin(), *filter.chain);
      if (links->size() > range.limit) links->pop_back();
    }
    return links;
  }
  if (filter.by && filter.kind) {
    return views->ByPartyAndKind(*filter.by, *filter.kind, range);
  }
  if (filter.by) return views->ByParty(*filter.by, range);
  if (filter.kind) return views->ByKind(*filter.kind, range);
  std::vector<uint64_t> all;
  for (uint64_t i = range.begin; i < range.end && all.size() < range.limit;
       ++i) {
    all.push_back(i);
  }
  return all;
}

Result<ReceiptList> Notary::ListEntries(const Caller* caller,
                                        const EntryFilter& filter) const {
  if (Result<void> may = parts_->MayRead(caller); !may) {
    return std::move(may).error();
  }
  if (filter.kind && !IsKind(*filter.kind)) {
    return MakeError(Code::kInvalidArgument, "bad-kind",
                     "there is no kind of this name");
  }
  Result<uint64_t> begin = ReadCursor(filter.cursor);
  if (!begin) return std::move(begin).error();
  const PublishedPtr published = parts_->ledger->published();
  if (filter.kind || filter.by || filter.chain) {
    Result<void> reached =
        parts_->views->WaitFor(published->head.size, kIndexWait);
    if (!reached) return std::move(reached).error();
  }
  Index::Range range{*begin, published->head.size, filter.limit + 1};
  if (filter.from_ms) {
    Result<uint64_t> from =
        FirstNotBefore(*parts_->ledger, *filter.from_ms, *published);
    if (!from) return std::move(from).error();
    range.begin = std::max(range.begin, *from);
  }
  if (filter.to_ms) {
    Result<uint64_t> to =
        FirstNotBefore(*parts_->ledger, *filter.to_ms, *published);
    if (!to) return std::move(to).error();
    range.end = std::min(range.end, *to);
  }
  ReceiptList list;
  list.checkpoint = published->note;
  Result<std::vector<uint64_t>> found = parts_->Candidates(filter, range);
  if (!found) return std::move(found).error();
  for (const uint64_t index : *found) {
    if (list.items.size() == filter.limit) {
      list.next = std::to_string(index);
      break;
    }
    Entry entry;
    Result<Receipt> item = parts_->ListItem(caller, index, *published, &entry);
    if (!item) return std::move(item).error();
    // A chain's links are all of one kind and party; its root says which.
    if ((filter.by && entry.by != *filter.by) ||
        (filter.kind && item->kind != *filter.kind)) {
      continue;
    }
    list.items.push_back(*std::move(item));
  }
  return list;
}

Result<void> Notary::Parts::AddRelated(uint64_t index, const Entry& entry,
                                       const ledger::Published& published,
                                       std::set<uint64_t>* related) const {
  std::set<uint64_t> roots{index};
  const auto* evidence = std::get_if<EvidenceRecorded>(&entry.body);
  if (evidence != nullptr && evidence->chain) {
    roots.insert(evidence->chain->root);
  }
  for (const uint64_t root : roots) {
    if (related->size() > kMaxRelated) break;
    Result<std::vector<uint64_t>> links =
        views->ByChain(root, {0, published.head.size, kMaxRelated});
    if (!links) return std::move(links).error();
    related->insert(links->begin(), links->end());
    related->insert(root);
    Result<std::optional<uint64_t>> seal = SealOf(root, published);
    if (!seal) return std::move(seal).error();
    if (*seal) related->insert(**seal);
  }
  return {};
}

Result<std::optional<uint64_t>> Notary::Parts::SealOf(
    uint64_t index, const ledger::Published& published) const {
  Result<std::string> text = ledger->ReadEntry(index, published);
  if (!text) return std::move(text).error();
  Result<Entry> entry = ParseEntry(*text);
  if (!entry) return std::move(entry).error();
  const auto* sealed = std::get_if<DocumentSealed>(&entry->body);
  if (sealed == nullptr) return std::optional<uint64_t>();
  Result<std::optional<SealRecord>> seal =
      ReadSealRecord(PresentState(), sealed->seal_code);
  if (!seal) return std::move(seal).error();
  if (!seal->has_value()) return CorruptState("sseal/" + sealed->seal_code);
  return std::optional<uint64_t>((*seal)->issued);
}

Result<ReceiptList> Notary::FindDocument(
    const Caller* caller, const DocumentDigest& digest,
    const std::optional<std::string>& cursor) const {
  if (Result<void> may = parts_->MayRead(caller); !may) {
    return std::move(may).error();
  }
  Result<uint64_t> begin = ReadCursor(cursor);
  if (!begin) return std::move(begin).error();
  const PublishedPtr published = parts_->ledger->published();
  const uint64_t size = published->head.size;
  Result<void> reached = parts_->views->WaitFor(size, kIndexWait);
  if (!reached) return std::move(reached).error();
  const size_t limit = EntryFilter{}.limit;
  const Index::Range range{*begin, size, limit + 1};
  Result<std::vector<uint64_t>> found =
      digest.algorithm == DocumentDigest::Algorithm::kSha256
          ? parts_->views->ByDocumentSha256(digest.hash, range)
          : parts_->views->ByDocumentSm3(digest.hash, range);
  if (!found) return std::move(found).error();
  ReceiptList list;
  list.checkpoint = published->note;
  std::set<uint64_t> related;
  for (const uint64_t index : *found) {
    if (list.items.size() == limit) {
      list.next = std::to_string(index);
      break;
    }
    Entry entry;
    Result<Receipt> item = parts_->ListItem(caller, index, *published, &entry);
    if (!item) return std::move(item).error();
    if (!Speaks(entry, digest)) continue;
    list.items.push_back(*std::move(item));
    Result<void> told = parts_->AddRelated(index, entry, *published, &related);
    if (!told) return std::move(told).error();
  }
  for (const Receipt& item : list.items) related.erase(item.index);
  list.related.emplace(related.begin(), related.end());
  if (list.related->size() > kMaxRelated) list.related->resize(kMaxRelated);
  return list;
}

Result<Json> Notary::ReadParty(const Caller* caller,
                               const std::string& id) const {
  if (caller == nullptr) {
    return MakeError(Code::kUnauthenticated, "token-required",
                     "a party is shown to token holders alone");
  }
  if (caller->party != id) {
    Result<void> may = RequireRole(*caller, {Role::kAdmin, Role::kRegulator});
    if (!may) return std::move(may).error();
  }
  const PublishedPtr published = parts_->ledger->published();
  Result<std::optional<PartyState>> state = ReadPartyState(
      [this](std::string_view key) { return parts_->ledger->Get(key); }, id);
  if (!state) return std::move(state).error();
  std::optional<uint64_t> next;
  if (state->has_value()) next = (*state)->entry;
  std::optional<PartyEntry> newest;
  std::vector<uint64_t> entries;
  while (next) {
    const uint64_t index = *next;
    // State is written with the commit and published a moment later: what is
    // not published yet is read through, to what it names as previous.
    Result<std::optional<std::string>> text =
        parts_->ledger->Get(ledger::EntryKey(index));
    if (!text) return std::move(text).error();
    if (!text->has_value()) return NoSuchEntry();
    Result<Entry> entry = ParseEntry(**text);
    if (!entry) return std::move(entry).error();
    const PartyEntry& party = std::get<PartyEntry>(entry->body);
    next = party.previous;
    if (index >= published->head.size) continue;
    if (!newest) newest = party;
    entries.push_back(index);
  }
  if (!newest) {
    return MakeError(Code::kNotFound, "no-such-party",
                     "no party of this id is registered");
  }
  std::reverse(entries.begin(), entries.end());
  Json json{Json::Object{}};
  json.Add("checkpoint", published->note);
  json.Add("entries", IndicesJson(entries));
  AddPartyMembers(*newest, &json);
  return json;
}

Json Notary::Status() const {
  const PublishedPtr published = parts_->ledger->published();
  Json json{Json::Object{}};
  json.Add("anchors", Json::Array{});
  json.Add("indexed", std::min(parts_->views->folded(), published->head.size));
  json.Add("origin", parts_->vkey.name);
  json.Add("root", ToHex(published->head.root));
  json.Add("size", published->head.size);
  json.Add("time", FormatTime(published->time_ms));
  json.Add("version", kVersion);
  json.Add("vkey", ledger::FormatVerifierKey(parts_->vkey));
  return json;
}

Json Notary::Me(const Caller& caller) const {
  Json limits{Json::Object{}};
  limits.Add("batch_items", 10000);
  limits.Add("body_bytes", 1 << 20);
  limits.Add("entry_bytes", static_cast<uint64_t>(ledger::kMaxEntrySize));
  limits.Add("large_body_bytes", 16 << 20);
  limits.Add("private_fields", static_cast<uint64_t>(kMaxPrivateFields));
  Json json{Json::Object{}};
  json.Add("limits", std::move(limits));
  json.Add("party", caller.party);
  json.Add("role", RoleName(caller.role));
  json.Add("time", FormatTime(NowMs()));
  return json;
}

Result<Json> Notary::Verify(const Json& body) const {
  Members request(body, "");
  const Json& bundle = request.Value("bundle");
  DocumentAtHand document;
  if (const Json* value = request.OptionalValue("document")) {
    Members members(*value, "/document");
    document.sha256 = ReadDigest(members, "sha256");
    document.sm3 = ReadDigest(members, "sm3");
    if (!members.Finish()) request.Fail(members.error());
  }
  if (!request.Finish()) return request.error();
  Trust trust;
  std::error_code failed;
  if (std::filesystem::exists(parts_->paths.trust, failed) || failed) {
    Result<Trust> file = ReadTrustFile(parts_->paths.trust);
    // The operator's file: whoever asks can do nothing about it.
    if (!file) {
      return MakeError(Code::kIo, "bad-trust-file", file.error().detail);
    }
    trust = *std::move(file);
  }
  if (std::find(trust.logs.begin(), trust.logs.end(), parts_->vkey) ==
      trust.logs.end()) {
    trust.logs.push_back(parts_->vkey);
  }
  return VerdictJson(VerifyBundle(WriteJson(bundle), trust, document));
}

std::string Notary::Checkpoint() const {
  return parts_->ledger->published()->note;
}

Result<std::string> Notary::ReadTile(const Caller* caller,
                                     std::string_view path) const {
  const std::optional<ledger::TileId> tile = ledger::ParseTilePath(path);
  if (!tile) {
    return MakeError(Code::kNotFound, "no-such-tile", "the path names no tile");
  }
  if (tile->kind == ledger::TileId::Kind::kEntries) {
    Result<void> may = parts_->MayRead(caller);
    if (!may) return std::move(may).error();
  }
  return parts_->ledger->ReadTile(*tile, parts_->ledger->published());
}

}  // namespace sealedger::notary
