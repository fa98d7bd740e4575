#include "notary/idempotency.h"

#include <initializer_list>
#include <utility>

#include "ledger/encoding.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

constexpr size_t kNameSize = 16;
constexpr size_t kRecordSize = 32 + 8 + 4 + 4;
constexpr size_t kSweepAtOnce = 256;

std::string Mac(std::string_view secret,
                std::initializer_list<std::string_view> parts) {
  std::string message;
  for (std::string_view part : parts) {
    ledger::AppendBigEndian64(&message, part.size());
    message += part;
  }
  return std::string(ledger::HmacSha256(secret, message).view());
}

std::string RecordKey(uint32_t generation, std::string_view name) {
  std::string key = "i";
  ledger::AppendBigEndian32(&key, generation);
  key += name;
  return key;
}

}  // namespace

IdempotencyKeys::IdempotencyKeys(std::string secret, int64_t keep_ms,
                                 const ledger::Ledger& ledger)
    : secret_(std::move(secret)), keep_ms_(keep_ms), ledger_(ledger) {}

IdempotencyKeys::Ticket::Ticket(IdempotencyKeys* keys, std::string name,
                                std::string request)
    : keys_(keys), name_(std::move(name)), request_(std::move(request)) {}

IdempotencyKeys::Ticket::Ticket(Ticket&& other) noexcept
    : keys_(std::exchange(other.keys_, nullptr)),
      name_(std::move(other.name_)),
      request_(std::move(other.request_)),
      replay_(other.replay_) {}

IdempotencyKeys::Ticket::~Ticket() {
  if (keys_ == nullptr) return;
  {
    const std::lock_guard<std::mutex> lock(keys_->mu_);
    keys_->in_flight_.erase(name_);
  }
  keys_->released_.notify_all();
}

ledger::KeyWrite IdempotencyKeys::Ticket::Record(const EntryRun& run,
                                                 int64_t commit_ms) const {
  std::string value = request_;
  ledger::AppendBigEndian64(&value, run.first);
  ledger::AppendBigEndian32(&value, run.count);
  ledger::AppendBigEndian32(&value, run.subject);
  return {RecordKey(keys_->Generation(commit_ms), name_), std::move(value)};
}

uint32_t IdempotencyKeys::Generation(int64_t ms) const {
  return static_cast<uint32_t>(ms / keep_ms_);
}

Result<IdempotencyKeys::Ticket> IdempotencyKeys::Begin(
    std::string_view party, std::string_view key, std::string_view method,
    std::string_view target, std::string_view body, int64_t now_ms) {
  std::string name = Mac(secret_, {"key", party, key});
  name.resize(kNameSize);
  {
    std::unique_lock<std::mutex> lock(mu_);
    released_.wait(lock, [&] { return in_flight_.count(name) == 0; });
    in_flight_.insert(name);
  }
  Ticket ticket(this, std::move(name),
                Mac(secret_, {"request", method, target, body}));
  Result<std::optional<EntryRun>> found = Find(ticket, now_ms);
  if (!found) return std::move(found).error();
  ticket.replay_ = *found;
  return ticket;
}

Result<std::optional<EntryRun>> IdempotencyKeys::Find(const Ticket& ticket,
                                                      int64_t now_ms) {
  const uint32_t generation = Generation(now_ms);
  // The commit's time may be a moment after `now`, over a generation's edge.
  for (int64_t g = int64_t{generation} + 1; g >= int64_t{generation} - 1; --g) {
    if (g < 0) break;
    Result<std::optional<std::string>> record =
        ledger_.Get(RecordKey(static_cast<uint32_t>(g), ticket.name_));
    if (!record) return std::move(record).error();
    if (!record->has_value()) continue;
    const std::string_view bytes = **record;
    if (bytes.size() != kRecordSize) {
      return MakeError(Code::kCorruption, "ledger-corrupt",
                       "an idempotency record cannot be read");
    }
    if (!ledger::EqualSecrets(bytes.substr(0, 32), ticket.request_)) {
      return MakeError(Code::kConflict, "idempotency-key-reused",
                       "this Idempotency-Key stood for another request");
    }
    const EntryRun run{ledger::ReadBigEndian64(bytes.substr(32)),
                       ledger::ReadBigEndian32(bytes.substr(40)),
                       ledger::ReadBigEndian32(bytes.substr(44))};
    // Written, and then the guard or the signature failed: nobody has seen
    // these entries, and opening the ledger again finds out what is there.
    const uint64_t seen = ledger_.published()->head.size;
    if (run.count > seen || run.first > seen - run.count) {
      return MakeError(Code::kUnavailable, "outcome-unknown",
                       "the request was written and not published; send it "
                       "again after a restart");
    }
    return std::optional<EntryRun>(run);
  }
  return std::optional<EntryRun>();
}

void IdempotencyKeys::SweepOld(int64_t commit_ms,
                               std::vector<ledger::KeyWrite>* writes) {
  const uint32_t generation = Generation(commit_ms);
  if (generation == 0 || swept_generation_ == generation) return;
  if (swept_ms_ == commit_ms) return;
  swept_ms_ = commit_ms;
  size_t found = 0;
  const Result<void> scanned =
      ledger::Scan(ledger_.store(), "i", RecordKey(generation - 1, ""),
                   [&](std::string_view key, std::string_view) {
                     writes->push_back({std::string(key), std::nullopt});
                     return ++found < kSweepAtOnce;
                   });
  // A scan that failed is tried again at the next commit.
  if (scanned && found < kSweepAtOnce) swept_generation_ = generation;
}

}  // namespace sealedger::notary
