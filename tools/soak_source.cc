#include "tools/soak_source.h"

#include <utility>

#include "ledger/encoding.h"
#include "ledger/tile.h"

namespace sealedger::tools {

namespace {

constexpr size_t kMaxWaiting = 256;
// One receipt in so many is verified whole, at once; all are remembered.
constexpr uint64_t kSampleEvery = 200;

// What follows `name` up to `end`; empty where it is not there.
std::string_view Between(std::string_view text, std::string_view name,
                         char end) {
  const size_t at = text.find(name);
  if (at == std::string_view::npos) return {};
  const size_t begin = at + name.size();
  return text.substr(begin, text.find(end, begin) - begin);
}

}  // namespace

void SoakSamples::Offer(SoakSample sample) {
  const std::lock_guard<std::mutex> lock(mu_);
  if (waiting_.size() < kMaxWaiting) waiting_.push_back(std::move(sample));
}

std::optional<SoakSample> SoakSamples::Take() {
  const std::lock_guard<std::mutex> lock(mu_);
  if (waiting_.empty()) return std::nullopt;
  SoakSample sample = std::move(waiting_.front());
  waiting_.pop_front();
  return sample;
}

SoakSource::SoakSource(const std::string& token, uint64_t first_document,
                       uint64_t seed, SoakMemory& memory, SoakSamples& samples,
                       SoakFindings& findings)
    : token_(token),
      memory_(memory),
      samples_(samples),
      findings_(findings),
      random_(seed),
      evidence_("/v1/evidence", token, PrivateFields::kNone),
      with_private_("/v1/evidence", token, PrivateFields::kTwo),
      next_document_(first_document) {}

SoakSource::Kind SoakSource::Draw() {
  struct Share {
    Kind kind;
    uint64_t of_thousand;
  };
  static constexpr Share kShares[] = {
      {Kind::kEvidence, 600}, {Kind::kEntry, 230},   {Kind::kTile, 60},
      {Kind::kPrivate, 40},   {Kind::kDocument, 40}, {Kind::kCheckpoint, 20},
      {Kind::kList, 6},       {Kind::kBatch, 4},
  };
  uint64_t drawn = random_() % 1000;
  for (const Share& share : kShares) {
    if (drawn < share.of_thousand) return share.kind;
    drawn -= share.of_thousand;
  }
  return Kind::kEvidence;
}

std::string_view SoakSource::Get(const std::string& path) {
  request_ = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  return request_;
}

std::string_view SoakSource::Batch(uint64_t first) {
  std::string body = "{\"items\":[";
  for (uint64_t i = 0; i < kSoakBatchItems; ++i) {
    if (i > 0) body.push_back(',');
    body += BenchBody(first + i, PrivateFields::kNone);
  }
  body += "]}";
  request_ =
      "POST /v1/evidence/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: "
      "Bearer " +
      token_ + "\r\nContent-Type: application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  return request_;
}

std::string_view SoakSource::Next(size_t connection) {
  if (connection >= asked_.size()) asked_.resize(connection + 1);
  Asked& asked = asked_[connection];
  asked.kind = Draw();
  if (asked.kind == Kind::kEntry || asked.kind == Kind::kDocument ||
      asked.kind == Kind::kTile) {
    const auto known = memory_.Pick();
    // Nothing was acknowledged yet.
    if (known) {
      asked.known = *known;
    } else {
      asked.kind = Kind::kCheckpoint;
    }
  }
  switch (asked.kind) {
    case Kind::kEvidence:
      asked.document = next_document_++;
      return evidence_.For(asked.document);
    case Kind::kPrivate:
      asked.document = next_document_++;
      return with_private_.For(asked.document);
    case Kind::kBatch:
      asked.document =
          std::exchange(next_document_, next_document_ + kSoakBatchItems);
      return Batch(asked.document);
    case Kind::kEntry:
      return Get("/v1/entries/" + std::to_string(asked.known.index));
    case Kind::kTile: {
      ledger::TileId tile;
      tile.index = asked.known.index / ledger::kTileWidth;
      tile.width =
          static_cast<uint32_t>(asked.known.index % ledger::kTileWidth) + 1;
      return Get("/" + ledger::FormatTilePath(tile));
    }
    case Kind::kDocument:
      return Get("/v1/documents/" +
                 ledger::ToHex(BenchDigests(asked.known.document).sha256));
    case Kind::kList:
      return Get("/v1/entries?kind=evidence.recorded&by=operator");
    case Kind::kCheckpoint:
      break;
  }
  return Get("/checkpoint");
}

void SoakSource::Answered(size_t connection, int status, std::string_view body,
                          std::chrono::nanoseconds latency) {
  const Asked& asked = asked_[connection];
  ++figures_.answers;
  if (asked.kind == Kind::kEvidence) {
    figures_.append_us.push_back(static_cast<float>(latency.count()) / 1000);
  }
  if (status == 503) {
    ++figures_.unavailable;
    return;
  }
  const bool writes = asked.kind == Kind::kEvidence ||
                      asked.kind == Kind::kPrivate ||
                      asked.kind == Kind::kBatch;
  if (status != (writes ? 201 : 200)) {
    const std::string what = "status " + std::to_string(status) + ": " +
                             std::string(body.substr(0, 200));
    if (asked.kind == Kind::kEntry && status == 404) {
      findings_.Lost("entry " + std::to_string(asked.known.index) + ": " +
                     what);
    } else {
      findings_.Wrong(what);
    }
    return;
  }
  Check(asked, body);
}

void SoakSource::Check(const Asked& asked, std::string_view body) {
  switch (asked.kind) {
    case Kind::kEvidence:
    case Kind::kPrivate:
      return Remember(asked, body);
    case Kind::kBatch:
      return samples_.Offer(
          {SoakSample::Kind::kBatch, asked.document, std::string(body)});
    case Kind::kEntry:
    case Kind::kDocument:
      return CheckKnown(asked, body);
    case Kind::kTile: {
      const size_t width = asked.known.index % ledger::kTileWidth + 1;
      if (body.size() != width * ledger::kHashSize ||
          !body.ends_with(asked.known.leaf_hash.view())) {
        findings_.Wrong("a tile lacks the leaf hash of entry " +
                        std::to_string(asked.known.index));
      }
      return;
    }
    case Kind::kList:
      if (!body.starts_with("{\"checkpoint\":")) findings_.Wrong("a list");
      return;
    case Kind::kCheckpoint:
      return;
  }
}

void SoakSource::Remember(const Asked& asked, std::string_view body) {
  // The entry's own text has its quotation marks escaped: what is found are
  // the receipt's members.
  const auto index = ledger::ParseDecimal(Between(body, ",\"index\":", ','));
  const auto leaf =
      ledger::HashFromHex(Between(body, ",\"leaf_hash\":\"", '"'));
  if (!index || !leaf) return findings_.Wrong("a receipt lacks a member");
  const Acknowledged entry{*index, asked.document, *leaf};
  memory_.Add(entry);
  if (asked.kind == Kind::kPrivate) memory_.AddErasable(entry);
  if (++receipts_ % kSampleEvery == 1) {
    samples_.Offer(
        {SoakSample::Kind::kReceipt, asked.document, std::string(body)});
  }
}

void SoakSource::CheckKnown(const Asked& asked, std::string_view body) {
  const std::string index =
      ",\"index\":" + std::to_string(asked.known.index) + ",";
  const std::string leaf =
      ",\"leaf_hash\":\"" + ledger::ToHex(asked.known.leaf_hash) + "\"";
  if (body.find(index) == std::string_view::npos ||
      body.find(leaf) == std::string_view::npos) {
    findings_.Lost("entry " + std::to_string(asked.known.index) +
                   " is not what was acknowledged");
  }
}

SoakFigures SoakSource::TakeFigures() { return std::exchange(figures_, {}); }

}  // namespace sealedger::tools
