#include "tools/bench_http.h"

#include <algorithm>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/tile.h"
#include "ledger/tlog_proof.h"
#include "notary/canonical_json.h"
#include "notary/disclosure.h"
#include "notary/entry.h"
#include "tools/http_client.h"
#include "tools/receipt_check.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::MakeError;
using ledger::Result;

namespace {

// One answer in so many is kept, and at most so many of a round.
constexpr uint64_t kSampleEvery = 97;
constexpr size_t kSample = 32;

ledger::Error Wrong(std::string_view what) {
  return MakeError(Code::kVerificationFailed, "wrong-answer",
                   "an answer is wrong: " + std::string(what));
}

std::string GetRequest(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
}

Result<void> VerifyDisclosures(const std::string& body) {
  const auto json = notary::ParseJson(body);
  const notary::Json* entry_text = json ? json->Find("entry") : nullptr;
  const notary::Json* list = json ? json->Find("disclosures") : nullptr;
  if (entry_text == nullptr || entry_text->if_string() == nullptr ||
      list == nullptr || list->if_array() == nullptr) {
    return Wrong("a receipt lacks a member");
  }
  const auto entry = notary::ParseEntry(*entry_text->if_string());
  if (!entry || entry->sd.size() != 2 ||
      list->if_array()->size() != entry->sd.size()) {
    return Wrong("private fields are missing");
  }
  for (size_t i = 0; i < entry->sd.size(); ++i) {
    const std::string* disclosure = (*list->if_array())[i].if_string();
    if (disclosure == nullptr ||
        ledger::EncodeBase64Url(notary::DisclosureDigest(*disclosure).view()) !=
            entry->sd[i]) {
      return Wrong("a private field is not the entry's");
    }
  }
  return {};
}

}  // namespace

double QuantileOf(std::vector<float> samples, double quantile) {
  if (samples.empty()) return 0;
  const size_t rank = std::min(
      samples.size() - 1,
      static_cast<size_t>(quantile * static_cast<double>(samples.size())));
  const auto at = samples.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(samples.begin(), at, samples.end());
  return *at;
}

std::string_view BenchSource::Next(size_t connection) {
  if (connection >= asked_.size()) asked_.resize(connection + 1);
  asked_[connection] = Pick();
  return RequestFor(asked_[connection]);
}

void BenchSource::Answered(size_t connection, int status, std::string_view body,
                           std::chrono::nanoseconds latency) {
  ++answers_;
  latencies_.push_back(static_cast<float>(latency.count()) / 1000);
  if (status != status_) {
    ++wrong_;
    return;
  }
  // The first of a round too, so that a short one has a sample.
  if ((sample_.empty() || answers_ % kSampleEvery == 0) &&
      sample_.size() < kSample) {
    sample_.emplace_back(asked_[connection], body);
  }
}

Result<uint64_t> BenchSource::VerifySample() {
  const auto sample = std::exchange(sample_, {});
  latencies_.clear();
  if (wrong_ > 0) {
    return Wrong(std::to_string(wrong_) + " have not the status " +
                 std::to_string(status_));
  }
  if (sample.empty()) return Wrong("there is none");
  for (const auto& [number, body] : sample) {
    if (Result<void> holds = Verify(number, body); !holds) {
      return std::move(holds).error();
    }
  }
  return sample.size();
}

HttpRound BenchSource::Round(const LoadFigures& figures) const {
  return {figures.rate(), QuantileOf(latencies_, 0.5),
          QuantileOf(latencies_, 0.99)};
}

std::string_view HealthSource::RequestFor(uint64_t) {
  static const std::string request = GetRequest("/healthz");
  return request;
}

Result<void> HealthSource::Verify(uint64_t, const std::string&) { return {}; }

EvidenceSource::EvidenceSource(const std::string& token,
                               const ledger::VerifierKey& vkey, uint64_t first,
                               PrivateFields fields)
    : BenchSource(201),
      vkey_(vkey),
      fields_(fields),
      request_("/v1/evidence", token, fields),
      next_(first) {}

std::string_view EvidenceSource::RequestFor(uint64_t number) {
  return request_.For(number);
}

Result<void> EvidenceSource::Verify(uint64_t number, const std::string& body) {
  const auto index = CheckReceipt(body, BenchDigests(number), vkey_);
  if (!index) return Wrong(index.error().detail);
  if (fields_ == PrivateFields::kTwo) return VerifyDisclosures(body);
  return {};
}

ControlSource::ControlSource(size_t answer_bytes)
    : BenchSource(201),
      answer_bytes_(answer_bytes),
      request_("/", "none", PrivateFields::kNone) {}

std::string_view ControlSource::RequestFor(uint64_t number) {
  return request_.For(number);
}

Result<void> ControlSource::Verify(uint64_t, const std::string& body) {
  if (body.size() == answer_bytes_) return {};
  return Wrong("the control server's has another size");
}

EntrySource::EntrySource(const ledger::VerifierKey& vkey, uint64_t size,
                         uint64_t seed)
    : BenchSource(200), vkey_(vkey), random_(seed), index_(0, size - 1) {}

uint64_t EntrySource::Pick() { return index_(random_); }

std::string_view EntrySource::RequestFor(uint64_t number) {
  request_ = GetRequest("/v1/entries/" + std::to_string(number));
  return request_;
}

Result<void> EntrySource::Verify(uint64_t number, const std::string& body) {
  const auto leaf = VerifyEntryAnswer(body, number, vkey_);
  if (!leaf) return leaf.error();
  return {};
}

TileSource::TileSource(const std::string& url, const ledger::VerifierKey& vkey,
                       uint64_t size, uint64_t seed)
    : BenchSource(200),
      url_(url),
      vkey_(vkey),
      random_(seed),
      tile_(0, size / ledger::kTileWidth - 1) {
  CHECK(size >= ledger::kTileWidth);
}

uint64_t TileSource::Pick() { return tile_(random_); }

std::string_view TileSource::RequestFor(uint64_t number) {
  ledger::TileId tile;
  tile.index = number;
  request_ = GetRequest("/" + ledger::FormatTilePath(tile));
  return request_;
}

Result<void> TileSource::Verify(uint64_t number, const std::string& body) {
  const auto hashes =
      ledger::DecodeTile(body, static_cast<uint32_t>(ledger::kTileWidth));
  if (!hashes) return Wrong("a tile cannot be read");
  const uint64_t at = random_() % ledger::kTileWidth;
  const uint64_t index = number * ledger::kTileWidth + at;
  auto client = HttpClient::Open(url_, std::nullopt);
  if (!client) return client.error();
  const auto entry = client->Get("/v1/entries/" + std::to_string(index));
  if (!entry) return entry.error();
  const auto leaf = VerifyEntryAnswer(*entry, index, vkey_);
  if (!leaf) return leaf.error();
  if ((*hashes)[at] != *leaf) return Wrong("a tile has another leaf hash");
  return {};
}

Result<ledger::Hash> VerifyEntryAnswer(std::string_view body, uint64_t index,
                                       const ledger::VerifierKey& vkey) {
  const auto json = notary::ParseJson(body);
  const notary::Json* entry = json ? json->Find("entry") : nullptr;
  const notary::Json* proof = json ? json->Find("proof") : nullptr;
  if (entry == nullptr || entry->if_string() == nullptr || proof == nullptr ||
      proof->if_string() == nullptr) {
    return Wrong("a receipt lacks a member");
  }
  const auto parsed = ledger::ParseTlogProof(*proof->if_string());
  if (!parsed || parsed->index != index) {
    return Wrong("a proof is of another entry");
  }
  const ledger::Hash leaf = ledger::LeafHash(*entry->if_string());
  if (!ledger::VerifyTlogProof(*parsed, leaf, {&vkey, 1})) {
    return Wrong("a proof does not hold");
  }
  return leaf;
}

Result<HttpRound> RunRound(uint16_t port, size_t connections,
                           std::chrono::nanoseconds duration,
                           BenchSource& source, uint64_t* verified) {
  auto client = LoadClient::Connect(port, connections);
  if (!client) return std::move(client).error();
  LoadOptions options;
  options.duration = duration;
  const auto figures = (*client)->Run(options, source);
  if (!figures) return figures.error();
  const HttpRound round = source.Round(*figures);
  const auto sample = source.VerifySample();
  if (!sample) return sample.error();
  *verified += *sample;
  return round;
}

}  // namespace sealedger::tools
