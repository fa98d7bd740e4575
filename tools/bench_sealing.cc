#include "tools/bench_sealing.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "ledger/check.h"
#include "notary/canonical_json.h"
#include "notary/checkpoint_extension.h"
#include "notary/data_dir.h"
#include "notary/eseal.h"
#include "notary/notary.h"
#include "notary/private_store.h"
#include "notary/seal_authority.h"
#include "notary/seal_keys.h"
#include "notary/seal_signer.h"
#include "notary/signature_judge.h"
#include "tools/bench_custody.h"
#include "tools/bench_http.h"
#include "tools/bench_ledger.h"
#include "tools/bench_signatures.h"
#include "tools/call_rate.h"
#include "tools/open_notary.h"
#include "tools/progress.h"
#include "tools/served_ledger.h"
#include "tools/sm2_speed.h"
#include "version.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::MakeError;
using ledger::Result;
using notary::Json;

namespace {

// Signatures made elsewhere that are entered over and over: nothing of one is
// kept that would make it cheaper the next time.
constexpr uint64_t kGiven = 128;
constexpr uint64_t kStored = 1024;  // whose disk is measured
constexpr size_t kSample = 16;      // of each row in a round
constexpr uint64_t kSampleEvery = 17;

ledger::Error Wrong(std::string_view what) {
  return MakeError(Code::kVerificationFailed, "wrong-answer",
                   "what was measured is wrong: " + std::string(what));
}

// What many callers made, one in so many of it.
template <typename T>
class Sample {
 public:
  void Offer(uint64_t n, const T& made) {
    if (n % kSampleEvery != 0) return;
    const std::lock_guard<std::mutex> lock(mu_);
    if (kept_.size() < kSample) kept_.emplace_back(n, made);
  }
  const std::vector<std::pair<uint64_t, T>>& kept() const { return kept_; }

 private:
  std::mutex mu_;
  std::vector<std::pair<uint64_t, T>> kept_;
};

std::string ReceiptText(const notary::Recorded& recorded) {
  std::string text;
  notary::AppendReceipt(&text, recorded.receipt);
  return text;
}

class SealingRun {
 public:
  SealingRun(const BenchPlan& plan, BenchCustody custody,
             ledger::VerifierKey vkey)
      : plan_(plan),
        custody_(std::move(custody)),
        check_(custody_, std::move(vkey)),
        processors_(std::max(1U, std::thread::hardware_concurrency())) {}

  Result<BenchReport> Measure() {
    using Step = Result<void> (SealingRun::*)();
    for (const Step step :
         {&SealingRun::OpenSigner, &SealingRun::MakeGiven,
          &SealingRun::MeasureParts, &SealingRun::MeasureInProcess,
          &SealingRun::MeasureHttp, &SealingRun::MeasureStored}) {
      if (Result<void> done = (this->*step)(); !done) {
        return std::move(done).error();
      }
    }
    report_.setting = {
        {"version", std::string(kVersion)},
        {"seal", FormatAmount(custody_.seseal.size(), Unit::kCount) +
                     " bytes, its key in custody"},
        {"processors", std::to_string(processors_)},
        {"rounds",
         std::to_string(plan_.rounds) + ", the two sides of a ratio in turn"},
        {"callers", std::to_string(plan_.connections) +
                        " in process; over HTTP as many keep-alive "
                        "connections on loopback, whose client runs on the "
                        "same processors"},
    };
    return report_;
  }

 private:
  void Say(const std::string& text) const {
    if (plan_.say) plan_.say(text);
  }

  BenchRow Row(std::string id, std::string what, bool signs,
               std::optional<double> at_least) const {
    BenchRow row;
    row.id = std::move(id);
    row.what = std::move(what);
    row.unit = "signatures/s";
    row.against = signs ? "EVP_DigestSign alone, on all processors"
                        : "EVP_DigestVerify alone, on all processors";
    if (at_least) row.budget = Budget{Budget::Kind::kAtLeast, *at_least};
    return row;
  }

  // One round of a row: what it is held against, then the thing itself.
  Result<void> Round(bool signs, BenchRow* row,
                     const std::function<Result<double>()>& measure) {
    const auto bare =
        signs ? speed_.Sign(plan_.round) : speed_.Verify(plan_.round);
    if (!bare) return bare.error();
    const auto measured = measure();
    if (!measured) return measured.error();
    row->reference.push_back(*bare);
    row->measured.push_back(*measured);
    return {};
  }

  Result<double> OverHttp(uint16_t port, BenchSource& source) {
    const auto round = RunRound(port, plan_.connections, plan_.round, source,
                                &report_.verified);
    if (!round) return round.error();
    return round->rate;
  }

  Result<void> OpenSigner() {
    const auto settings = ReadSettingsOf(custody_.data_dir, std::nullopt);
    if (!settings) return settings.error();
    auto authority = notary::ReadSealAuthority(settings->seals);
    if (!authority) return std::move(authority).error();
    keys_ = notary::OpenSealKeyFolder(
        notary::DataPaths(custody_.data_dir).seal_keys, authority->passphrase);
    auto signer =
        notary::MakeSealSigner(custody_.seseal, custody_.code, *keys_);
    if (!signer) return std::move(signer).error();
    signer_ = *std::move(signer);
    judge_ = std::make_unique<notary::SignatureJudge>(
        notary::SealTrust{authority->cas, {}});
    return {};
  }

  Result<std::string> Sign(uint64_t n, int64_t time_s) const {
    notary::SignatureRequest request;
    request.time_s = time_s;
    request.data_hash = ledger::Sm3Of(BenchProtected(n));
    request.property_info = "Signature.xml";
    auto made = signer_->Sign(request);
    if (!made) return std::move(made).error();
    return std::move(made->bytes);
  }

  Result<void> MakeGiven() {
    auto notary = OpenNotary(custody_.data_dir);
    if (!notary) return std::move(notary).error();
    // The second after the one in which the seal became active.
    const int64_t time_s = (*notary)->NowMs() / 1000 + 1;
    (*notary)->Stop();
    std::this_thread::sleep_for(std::chrono::seconds(2));
    for (uint64_t n = 0; n < kGiven; ++n) {
      auto signature = Sign(n, time_s);
      if (!signature) return std::move(signature).error();
      bodies_.push_back(*notary::ParseJson(BenchGiven(n, *signature)));
      given_.push_back(*std::move(signature));
    }
    return {};
  }

  Result<double> SignAlone() {
    Sample<std::string> sample;
    std::atomic<uint64_t> next{0};
    auto rate = CallRate(processors_, plan_.round, [&](size_t) -> Result<void> {
      const uint64_t n = next++;
      auto signature = Sign(n, 1'800'000'000);
      if (!signature) return std::move(signature).error();
      sample.Offer(n, *signature);
      return {};
    });
    if (!rate) return rate;
    for (const auto& [n, signature] : sample.kept()) {
      Result<void> holds = check_.Holds(n, signature);
      if (!holds) return std::move(holds).error();
      ++report_.verified;
    }
    return rate;
  }

  // As of a signature that has come in: read, its seal found, the full list.
  Result<void> Judge(const std::string& bytes, int64_t now_ms,
                     std::span<const notary::ChainEntry> chain) const {
    const auto frame = notary::DecodeSealSignatureFrame(bytes);
    if (!frame) return Wrong("a signature cannot be read");
    const auto seal = judge_->seals().Find(
        std::string_view(bytes).substr(frame->seal_offset, frame->seal_size));
    if (seal == nullptr) return Wrong("a seal is not known");
    const ledger::Hash sm3 = seal->SignatureSm3(bytes, *frame);
    notary::ProtectedDigests digests;
    std::copy(frame->data_hash.begin(), frame->data_hash.end(),
              digests.sm3.bytes.begin());
    const auto judged = judge_->Judge({bytes, *frame, *seal, sm3}, digests,
                                      now_ms, chain, chain.back().index + 1);
    if (judged.refusal) return Wrong("a good signature is refused");
    return {};
  }

  Result<double> JudgeAlone() {
    std::vector<notary::ChainEntry> chain;
    for (const auto& [index, entry] : custody_.history) {
      chain.push_back({index, &entry});
    }
    const int64_t now_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now().time_since_epoch())
            .count();
    std::atomic<uint64_t> next{0};
    return CallRate(processors_, plan_.round, [&](size_t) {
      return Judge(given_[next++ % given_.size()], now_ms, chain);
    });
  }

  // What this program adds to the SM2 operations, without a ledger.
  Result<void> MeasureParts() {
    Say("making and judging signatures, without a ledger");
    BenchRow signing =
        Row("signing", "a signature made with a seal in custody", true, 0.85);
    BenchRow judging =
        Row("judging", "a signature judged, all checks, of a seal seen before",
            false, 0.85);
    const auto known = judge_->seals().Read(custody_.seseal);
    if (!known) return known.error();
    for (size_t round = 0; round < plan_.rounds; ++round) {
      Result<void> done = Round(true, &signing, [&] { return SignAlone(); });
      if (!done) return done;
      done = Round(false, &judging, [&] { return JudgeAlone(); });
      if (!done) return done;
    }
    report_.rows.push_back(std::move(signing));
    report_.rows.push_back(std::move(judging));
    return {};
  }

  Result<double> SealInProcess(notary::Notary& notary) {
    const notary::WriteContext context = ContextOf(custody_.custodian);
    Sample<std::pair<std::string, std::string>> sample;
    std::atomic<uint64_t> next{0};
    auto rate =
        CallRate(plan_.connections, plan_.round, [&](size_t) -> Result<void> {
          const uint64_t n = next++;
          const auto order = notary::ParseJson(BenchOrder(n));
          CHECK(order);
          auto issued = notary.SignWithSeal(context, custody_.code, *order);
          if (!issued) return std::move(issued).error();
          if (!issued->signature) return Wrong("a signature is not released");
          sample.Offer(n, {*issued->signature, ReceiptText(issued->recorded)});
          return {};
        });
    if (!rate) return rate;
    for (const auto& [n, made] : sample.kept()) {
      Result<void> holds = check_.Holds(n, made.first);
      if (holds) holds = check_.Entered(made.second, made.first);
      if (!holds) return std::move(holds).error();
      ++report_.verified;
    }
    return rate;
  }

  Result<double> RegisterInProcess(notary::Notary& notary) {
    const notary::WriteContext context = ContextOf(custody_.custodian);
    Sample<std::string> sample;
    std::atomic<uint64_t> next{0};
    auto rate =
        CallRate(plan_.connections, plan_.round, [&](size_t) -> Result<void> {
          const uint64_t n = next++;
          std::vector<notary::Check> checks;
          auto recorded = notary.RegisterSignature(
              context, bodies_[n % bodies_.size()], &checks);
          if (!recorded) return std::move(recorded).error();
          sample.Offer(n, ReceiptText(*recorded));
          return {};
        });
    if (!rate) return rate;
    for (const auto& [n, receipt] : sample.kept()) {
      Result<void> holds = check_.Entered(receipt, given_[n % given_.size()]);
      if (!holds) return std::move(holds).error();
      ++report_.verified;
    }
    return rate;
  }

  Result<void> MeasureInProcess() {
    Say("sealing and registering in process");
    auto notary = OpenNotary(custody_.data_dir);
    if (!notary) return std::move(notary).error();
    BenchRow sealing =
        Row("sealing", "a document sealed in custody and entered, in process",
            true, {});
    BenchRow registering = Row(
        "registering",
        "a signature made elsewhere judged and entered, in process", false, {});
    for (size_t round = 0; round < plan_.rounds; ++round) {
      Result<void> done =
          Round(true, &sealing, [&] { return SealInProcess(**notary); });
      if (!done) return done;
      done = Round(false, &registering,
                   [&] { return RegisterInProcess(**notary); });
      if (!done) return done;
    }
    (*notary)->Stop();
    report_.rows.push_back(std::move(sealing));
    report_.rows.push_back(std::move(registering));
    return {};
  }

  Result<void> MeasureHttp() {
    Say("sealing and registering over HTTP");
    auto served = ServedLedger::Start(custody_.data_dir, "/dev/null");
    if (!served) return std::move(served).error();
    BenchRow sealing =
        Row("sealing-http", "POST /v1/seals/{code}/signatures", true, 0.7);
    BenchRow registering =
        Row("registering-http", "POST /v1/seal-signatures", false, {});
    OrderSource orders(custody_, check_);
    GivenSource given(custody_, check_, given_);
    for (size_t round = 0; round < plan_.rounds; ++round) {
      Result<void> done = Round(
          true, &sealing, [&] { return OverHttp((*served)->port(), orders); });
      if (!done) return done;
      done = Round(false, &registering,
                   [&] { return OverHttp((*served)->port(), given); });
      if (!done) return done;
    }
    report_.rows.push_back(std::move(sealing));
    report_.rows.push_back(std::move(registering));
    return (*served)->Stop();
  }

  // A store of its own, with nothing but what is kept of signatures.
  Result<void> MeasureStored() {
    Say("storing signatures");
    const std::string folder = plan_.dir + "/stored";
    uint64_t blobs_bytes = 0;
    {
      auto store = notary::PrivateStore::Open(folder);
      if (!store) return std::move(store).error();
      std::vector<std::string> blobs;
      std::vector<ledger::Hash> digests;
      for (uint64_t n = 0; n < kStored; ++n) {
        notary::SignatureRequest request;
        request.data_hash = ledger::Sm3Of(BenchProtected(n));
        request.property_info = "/Doc_0/Signs/Sign_0/Signature.xml";
        request.extensions = {
            {notary::SealSettings().checkpoint_oid, false,
             notary::EncodeCheckpointExtension(
                 {check_.vkey().name, uint64_t{1} << 40, request.data_hash})}};
        auto made = signer_->Sign(request);
        if (!made) return std::move(made).error();
        digests.push_back(ledger::Sha256Of(made->stored));
        blobs_bytes += made->stored.size();
        blobs.push_back(std::move(made->stored));
      }
      Result<void> put = (*store)->Put(blobs, 1);
      if (!put) return put;
      (*store)->Settle(digests);
    }
    const auto disk = CompactedBytes(folder, notary::PrivateStoreOptions());
    if (!disk) return disk.error();
    if (*disk < blobs_bytes) return Wrong("a signature is not on disk");
    BenchRow row;
    row.id = "stored-signature";
    row.what =
        "disk for a signature, beyond its certificate and the seal kept once";
    row.unit = "bytes";
    row.measured = {static_cast<double>(*disk) / kStored -
                    static_cast<double>(signer_->facts().certificate.size())};
    row.budget = Budget{Budget::Kind::kAtMost, 1300};
    report_.rows.push_back(std::move(row));
    return {};
  }

  const BenchPlan& plan_;
  const BenchCustody custody_;
  const SealingCheck check_;
  const unsigned processors_;
  const Sm2Speed speed_;
  std::unique_ptr<notary::SealKeys> keys_;
  std::shared_ptr<const notary::SealSigner> signer_;
  std::unique_ptr<notary::SignatureJudge> judge_;
  std::vector<std::string> given_;  // SES_Signatures of documents 0 and on
  std::vector<Json> bodies_;        // that enter them
  BenchReport report_;
};

}  // namespace

Result<BenchReport> RunBenchSealing(const BenchPlan& plan) {
  if (plan.rounds == 0 || plan.connections == 0) {
    return MakeError(Code::kInvalidArgument, "usage",
                     "a bench of sealing has at least one round and one "
                     "connection");
  }
  if (plan.say) plan.say("issuing a seal");
  auto custody = MakeBenchCustody(plan.dir + "/sealing");
  if (!custody) return std::move(custody).error();
  auto vkey = notary::ReadVkey(notary::DataPaths(custody->data_dir));
  if (!vkey) return std::move(vkey).error();
  return SealingRun(plan, *std::move(custody), *std::move(vkey)).Measure();
}

}  // namespace sealedger::tools
