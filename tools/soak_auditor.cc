#include "tools/soak_auditor.h"

#include <algorithm>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/proof.h"
#include "ledger/tile.h"
#include "ledger/tlog_proof.h"
#include "notary/canonical_json.h"
#include "tools/bench_document.h"
#include "tools/bench_http.h"
#include "tools/receipt_check.h"

namespace sealedger::tools {

using ledger::Result;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds kPause{20};
constexpr std::chrono::seconds kBetweenCheckpoints{1};
constexpr std::chrono::seconds kBetweenErasures{5};

// Of those that came with receipts; those of each second are all kept.
constexpr size_t kMaxCheckpoints = 10000;
constexpr size_t kMaxTiles = 1024;

// Subtrees of a tree of `size` leaves, from the tiles that a service hands out.
class FetchedTiles : public ledger::HashReader {
 public:
  FetchedTiles(HttpClient& client, uint64_t size)
      : client_(client), size_(size) {}

  Result<std::vector<ledger::Hash>> Read(
      std::span<const ledger::Subtree> wanted) override {
    std::vector<ledger::Hash> hashes;
    for (const ledger::Subtree& subtree : wanted) {
      const uint32_t within = subtree.height % ledger::kTileHeight;
      const uint64_t first = subtree.position << within;
      const auto nodes = Fetch(subtree.height / ledger::kTileHeight,
                               first / ledger::kTileWidth);
      if (!nodes) return nodes.error();
      hashes.push_back(
          (*nodes)->Node(within, (first % ledger::kTileWidth) >> within));
    }
    return hashes;
  }

 private:
  Result<std::shared_ptr<const ledger::TileNodes>> Fetch(uint32_t level,
                                                         uint64_t index) {
    ledger::TileId tile;
    tile.level = level;
    tile.index = index;
    const uint64_t left =
        ledger::HashesAtLevel(level, size_) - index * ledger::kTileWidth;
    tile.width = static_cast<uint32_t>(std::min(left, ledger::kTileWidth));
    if (const auto found = tiles_.find({level, index}); found != tiles_.end()) {
      return found->second;
    }
    const auto bytes = client_.Get("/" + ledger::FormatTilePath(tile));
    if (!bytes) return bytes.error();
    const auto hashes = ledger::DecodeTile(*bytes, tile.width);
    if (!hashes) return hashes.error();
    if (tiles_.size() >= kMaxTiles) tiles_.clear();
    auto nodes = std::make_shared<const ledger::TileNodes>(
        ledger::TileNodes::FromHashes(*hashes));
    tiles_.emplace(std::pair(level, index), nodes);
    return nodes;
  }

  HttpClient& client_;
  const uint64_t size_;
  // By level and index: the width is that of the tree.
  std::map<std::pair<uint32_t, uint64_t>,
           std::shared_ptr<const ledger::TileNodes>>
      tiles_;
};

// nullptr where it is not there or another kind of value.
const std::string* TextOf(const notary::Json& json, std::string_view name) {
  const notary::Json* member = json.Find(name);
  return member != nullptr ? member->if_string() : nullptr;
}

}  // namespace

SoakAuditor::SoakAuditor(HttpClient client, const ledger::VerifierKey& vkey,
                         uint64_t seed, SoakMemory& memory,
                         SoakSamples& samples, SoakFindings& findings)
    : vkey_(vkey),
      memory_(memory),
      samples_(samples),
      findings_(findings),
      client_(std::move(client)),
      random_(seed) {}

Result<std::unique_ptr<SoakAuditor>> SoakAuditor::Start(
    const std::string& url, const std::string& token,
    const ledger::VerifierKey& vkey, uint64_t seed, SoakMemory& memory,
    SoakSamples& samples, SoakFindings& findings) {
  auto client = HttpClient::Open(url, token);
  if (!client) return std::move(client).error();
  std::unique_ptr<SoakAuditor> auditor(new SoakAuditor(
      *std::move(client), vkey, seed, memory, samples, findings));
  auditor->thread_ = std::thread([raw = auditor.get()] { raw->Run(); });
  return auditor;
}

SoakAuditor::~SoakAuditor() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void SoakAuditor::Run() {
  auto next_checkpoint = steady_clock::now();
  auto next_erasure = next_checkpoint + kBetweenErasures;
  while (!stopping_) {
    while (const auto sample = samples_.Take()) {
      VerifySample(*sample);
      if (stopping_) return;
    }
    ReadAgain();
    const auto now = steady_clock::now();
    if (now >= next_checkpoint) {
      FetchCheckpoint();
      next_checkpoint = now + kBetweenCheckpoints;
    }
    if (now >= next_erasure) {
      EraseOne();
      next_erasure = now + kBetweenErasures;
    }
    // The pace: an auditor in a hurry would be load itself.
    std::this_thread::sleep_for(kPause);
  }
}

void SoakAuditor::Finish() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  while (const auto sample = samples_.Take()) VerifySample(*sample);
  FetchCheckpoint();
  if (checkpoints_.empty()) return findings_.Wrong("no checkpoint was seen");
  const auto newest = *checkpoints_.rbegin();
  FetchedTiles tiles(client_, newest.first);
  for (const auto& [size, root] : checkpoints_) {
    ProveConsistent({size, root}, {newest.first, newest.second}, tiles);
  }
}

void SoakAuditor::VerifySample(const SoakSample& sample) {
  if (sample.kind == SoakSample::Kind::kBatch) {
    VerifyBatch(sample);
  } else {
    VerifyReceipt(sample);
  }
}

void SoakAuditor::VerifyReceipt(const SoakSample& sample) {
  const auto index =
      CheckReceipt(sample.body, BenchDigests(sample.document), vkey_);
  if (!index) return findings_.Wrong("a receipt: " + index.error().detail);
  findings_.Verified();
  // CheckReceipt has read both.
  const auto json = notary::ParseJson(sample.body);
  if (checkpoints_.size() >= kMaxCheckpoints) return;
  SeeCheckpoint(ledger::ParseTlogProof(*TextOf(*json, "proof"))->checkpoint);
}

void SoakAuditor::VerifyBatch(const SoakSample& sample) {
  const auto json = notary::ParseJson(sample.body);
  const std::string* note = json ? TextOf(*json, "checkpoint") : nullptr;
  const notary::Json* list = json ? json->Find("receipts") : nullptr;
  if (note == nullptr || list == nullptr || list->if_array() == nullptr ||
      list->if_array()->size() != kSoakBatchItems) {
    return findings_.Wrong("a batch's answer is not whole");
  }
  const auto checkpoint = ledger::VerifyCheckpoint(*note, {&vkey_, 1});
  if (!checkpoint) return findings_.Wrong("a batch's checkpoint");
  uint64_t document = sample.document;
  for (const notary::Json& receipt : *list->if_array()) {
    const notary::Json* index = receipt.Find("index");
    const std::string* entry = TextOf(receipt, "entry");
    const notary::Json* path = receipt.Find("path");
    if (index == nullptr || index->if_integer() == nullptr ||
        entry == nullptr || path == nullptr || path->if_array() == nullptr) {
      return findings_.Wrong("a batch's receipt lacks a member");
    }
    std::vector<ledger::Hash> hashes;
    for (const notary::Json& text : *path->if_array()) {
      const auto hash = text.if_string() != nullptr
                            ? ledger::HashFromBase64(*text.if_string())
                            : std::nullopt;
      if (!hash) return findings_.Wrong("a batch's path");
      hashes.push_back(*hash);
    }
    const auto at = static_cast<uint64_t>(*index->if_integer());
    const ledger::Hash leaf = ledger::LeafHash(*entry);
    const std::string sha256 = ledger::ToHex(BenchDigests(document).sha256);
    if (!ledger::VerifyInclusion(at, checkpoint->head().size, leaf, hashes,
                                 checkpoint->head().root) ||
        entry->find(sha256) == std::string::npos) {
      return findings_.Wrong("a batch's receipt does not hold");
    }
    memory_.Add({at, document++, leaf});
  }
  findings_.Verified();
  SeeCheckpoint(*note);
}

void SoakAuditor::ReadAgain() {
  const auto known = memory_.Pick();
  if (!known) return;
  const std::string name = "entry " + std::to_string(known->index);
  const auto body = client_.Get("/v1/entries/" + std::to_string(known->index));
  if (!body) {
    if (body.error().code == ledger::Code::kNotFound) findings_.Lost(name);
    return;
  }
  const auto leaf = VerifyEntryAnswer(*body, known->index, vkey_);
  if (!leaf) return findings_.Wrong(name + ": " + leaf.error().detail);
  if (*leaf != known->leaf_hash) return findings_.Lost(name + " has changed");
  findings_.Verified();
}

void SoakAuditor::SeeCheckpoint(const std::string& note) {
  const auto checkpoint = ledger::VerifyCheckpoint(note, {&vkey_, 1});
  if (!checkpoint) return findings_.Wrong("a checkpoint does not verify");
  const ledger::TreeHead& head = checkpoint->head();
  const auto [found, fresh] = checkpoints_.emplace(head.size, head.root);
  if (!fresh && found->second != head.root) {
    findings_.Wrong("two roots of size " + std::to_string(head.size));
  }
}

void SoakAuditor::FetchCheckpoint() {
  const auto note = client_.Get("/checkpoint");
  if (!note) return;
  SeeCheckpoint(*note);
  if (checkpoints_.size() < 2) return;
  const auto newest = *checkpoints_.rbegin();
  auto older = checkpoints_.begin();
  std::advance(older, static_cast<std::ptrdiff_t>(random_() %
                                                  (checkpoints_.size() - 1)));
  FetchedTiles tiles(client_, newest.first);
  ProveConsistent({older->first, older->second}, {newest.first, newest.second},
                  tiles);
}

void SoakAuditor::ProveConsistent(const ledger::TreeHead& from,
                                  const ledger::TreeHead& to,
                                  ledger::HashReader& tiles) {
  const auto path = ledger::ProveConsistency(from.size, to.size, tiles);
  const std::string name =
      "sizes " + std::to_string(from.size) + " and " + std::to_string(to.size);
  if (!path) {
    return findings_.Wrong(name + ": no tiles: " + path.error().detail);
  }
  if (!ledger::VerifyConsistency(from.size, to.size, from.root, to.root,
                                 *path)) {
    return findings_.Wrong(name + " are not of one tree");
  }
  findings_.Verified();
}

void SoakAuditor::EraseOne() {
  const auto entry = memory_.TakeErasable();
  if (!entry) return;
  const std::string path = "/v1/entries/" + std::to_string(entry->index);
  HttpClient::Request request;
  request.method = "POST";
  request.path = path + "/erasure";
  request.body = "{\"reason\":\"person_request\"}";
  const auto answer = client_.Send(request);
  if (!answer) return findings_.Wrong("an erasure: " + answer.error().detail);
  if (answer->status == 503) return;
  if (!answer->ok()) {
    return findings_.Wrong("an erasure: " + ProblemOf(*answer).detail);
  }
  ++erasures_;
  const auto body = client_.Get(path);
  if (!body) return findings_.Wrong("after an erasure: " + body.error().detail);
  if (body->find("\"disclosures\":[],") == std::string::npos) {
    return findings_.Wrong("private fields are there after their erasure");
  }
  findings_.Verified();
}

}  // namespace sealedger::tools
