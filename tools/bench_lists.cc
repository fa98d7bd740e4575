#include "tools/bench_lists.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <random>
#include <thread>
#include <utility>

#include "ledger/checkpoint.h"
#include "ledger/encoding.h"
#include "notary/data_dir.h"
#include "notary/disclosure.h"
#include "notary/index.h"
#include "notary/private_store.h"
#include "tools/bench_http.h"
#include "tools/bench_ledger.h"
#include "tools/bench_seals.h"
#include "tools/http_client.h"
#include "tools/progress.h"
#include "tools/served_ledger.h"
#include "version.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::MakeError;
using ledger::Result;
using notary::Json;

namespace {

constexpr size_t kPageItems = 100;
// After ledger.created and the operator's own entry.
constexpr uint64_t kFirstOrganization = 2;
constexpr double kMicroseconds = 1e6;
constexpr size_t kNamesAtOnce = 4096;

struct Question {
  const char* id;
  const char* what;
  // The filter for the list whose first seal is number n, and how far apart the
  // seals are that it finds.
  std::string (*filter)(uint64_t n);
  uint64_t step;
  bool of_one_organization = false;
};

constexpr Question kQuestions[] = {
    {"all", "all seals", [](uint64_t) { return std::string(); }, 1},
    {"uscc", "by organisation",
     [](uint64_t n) { return "&uscc=" + BenchUscc(n / kSealsEach); }, 1, true},
    {"division", "by division",
     [](uint64_t n) { return "&division=" + BenchDivision(n); },
     kBenchDivisions},
    {"status", "by status",
     [](uint64_t) { return std::string("&status=issued"); }, 1},
    {"type", "by type", [](uint64_t n) { return "&type=" + BenchSealType(n); },
     5},
};

ledger::Error Wrong(std::string_view what) {
  return MakeError(Code::kVerificationFailed, "wrong-answer",
                   "a list of seals is wrong: " + std::string(what));
}

// GET /v1/seals by one question, from a place at random.
class SealListSource : public BenchSource {
 public:
  SealListSource(const Question& question, const std::string& token,
                 const ledger::VerifierKey& vkey, uint64_t seals,
                 uint64_t first_seal, bool named, uint64_t seed)
      : BenchSource(200),
        question_(question),
        head_(" HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token +
              "\r\n\r\n"),
        vkey_(vkey),
        first_seal_(first_seal),
        named_(named),
        random_(seed),
        // Twice a page before the end: statutory seals are in between.
        number_(1, seals - 1 - 2 * kPageItems * question.step) {}

 private:
  uint64_t Pick() override {
    for (;;) {
      const uint64_t n = number_(random_);
      const uint64_t of_its_own = n % kSealsEach;
      // Statutory seals are too rare for a page of them.
      if (of_its_own == 0) continue;
      if (question_.of_one_organization && of_its_own + kPageItems > kSealsEach)
        continue;
      return n;
    }
  }

  std::string_view RequestFor(uint64_t number) override {
    request_ = "GET /v1/seals?cursor=" + std::to_string(first_seal_ + number) +
               question_.filter(number) + head_;
    return request_;
  }

  Result<void> Verify(uint64_t number, const std::string& body) override {
    const auto json = notary::ParseJson(body);
    const Json* items = json ? json->Find("items") : nullptr;
    const Json* checkpoint = json ? json->Find("checkpoint") : nullptr;
    if (items == nullptr || items->if_array() == nullptr ||
        checkpoint == nullptr || checkpoint->if_string() == nullptr) {
      return Wrong("it lacks a member");
    }
    if (!ledger::VerifyCheckpoint(*checkpoint->if_string(), {&vkey_, 1})) {
      return Wrong("its checkpoint does not verify");
    }
    if (items->if_array()->size() != kPageItems) return Wrong("its length");
    uint64_t expected = number;
    for (const Json& item : *items->if_array()) {
      while (question_.filter(expected) != question_.filter(number)) ++expected;
      const Json* code = item.Find("code");
      const Json* name = item.Find("name");
      if (code == nullptr || code->if_string() == nullptr ||
          *code->if_string() != BenchSealCode(expected) ||
          (name != nullptr) != named_) {
        return Wrong("seal number " + std::to_string(expected) +
                     " is not where it should be");
      }
      ++expected;
    }
    return {};
  }

  const Question& question_;
  const std::string head_;
  const ledger::VerifierKey vkey_;
  const uint64_t first_seal_;
  const bool named_;
  std::mt19937_64 random_;
  std::uniform_int_distribution<uint64_t> number_;
  std::string request_;
};

Result<ledger::Admission> Admit(std::vector<notary::Entry> entries,
                                const ledger::AdmitView& view) {
  ledger::Admission admission;
  for (notary::Entry& entry : entries) {
    entry.time_ms = view.time_ms();
    admission.entries.push_back({notary::FormatEntry(entry), ""});
  }
  return admission;
}

class ListsRun {
 public:
  explicit ListsRun(const BenchPlan& plan)
      : plan_(plan),
        organizations_((plan.entries + kSealsEach - 1) / kSealsEach),
        first_seal_(kFirstOrganization + organizations_) {}

  Result<BenchReport> Measure() {
    Result<void> done = Fill();
    if (done)
      done = Settle(notary::DataPaths(data_dir_).views,
                    notary::ViewsStoreOptions());
    if (done) done = Ask(false);
    if (done) done = PutNames();
    if (done)
      done = Settle(notary::DataPaths(data_dir_).private_blobs,
                    notary::PrivateStoreOptions());
    if (done) done = Ask(true);
    if (!done) return std::move(done).error();
    report_.setting = {
        {"version", std::string(kVersion)},
        {"seals", FormatAmount(plan_.entries, Unit::kCount) + " of " +
                      FormatAmount(organizations_, Unit::kCount) +
                      " organisations, without files; the stores compacted "
                      "before"},
        {"processors", std::to_string(std::thread::hardware_concurrency())},
        {"rounds",
         std::to_string(plan_.rounds) + ", the two sides of a ratio in turn"},
        {"HTTP", std::to_string(plan_.connections) +
                     " keep-alive connections on loopback; the client runs on "
                     "the same processors"},
    };
    return report_;
  }

 private:
  void Say(const std::string& text) const {
    if (plan_.say) plan_.say(text);
  }

  Result<void> Fill() {
    Say("filling a ledger with " + FormatAmount(plan_.entries, Unit::kCount) +
        " seals");
    auto made =
        notary::InitDataDir(data_dir_, "bench.example.com/seals", std::nullopt);
    if (!made) return std::move(made).error();
    auto ledger = BenchLedger::Open(data_dir_);
    if (!ledger) return std::move(ledger).error();
    const BenchLedger::Supply organizations = [](uint64_t first, uint64_t end) {
      std::vector<notary::Entry> entries;
      for (uint64_t i = first; i < end; ++i) {
        entries.push_back(BenchOrganization(i - kFirstOrganization));
      }
      return Result<ledger::Admit>(
          [entries = std::move(entries)](ledger::AdmitView& view) {
            return Admit(entries, view);
          });
    };
    Result<void> filled = (*ledger)->FillWith(first_seal_, 1, organizations);
    if (!filled) return filled;
    return (*ledger)->FillWith(
        first_seal_ + plan_.entries, 1, [this](uint64_t first, uint64_t end) {
          std::vector<notary::Entry> entries;
          for (uint64_t i = first; i < end; ++i) {
            const uint64_t n = i - first_seal_;
            entries.push_back(
                BenchSeal(n, kFirstOrganization + n / kSealsEach));
          }
          return Result<ledger::Admit>(
              [entries = std::move(entries)](ledger::AdmitView& view) {
                return Admit(entries, view);
              });
        });
  }

  // A register grows over years: what LevelDB would have sorted by then.
  Result<void> Settle(const std::string& folder,
                      const ledger::LevelDbOptions& options) const {
    Say("compacting " + folder);
    auto store = ledger::OpenLevelDb(folder, options);
    if (!store) return std::move(store).error();
    return (*store)->Compact("", "\xff");
  }

  Result<void> PutNames() const {
    Say("giving the seals their names");
    auto names =
        notary::PrivateStore::Open(notary::DataPaths(data_dir_).private_blobs);
    if (!names) return std::move(names).error();
    for (uint64_t n = 0; n < plan_.entries;) {
      std::vector<std::string> blobs;
      std::vector<ledger::Hash> digests;
      for (; n < plan_.entries && blobs.size() < kNamesAtOnce; ++n) {
        blobs.push_back(BenchSealName(n));
        digests.push_back(notary::DisclosureDigest(blobs.back()));
      }
      Result<void> put = (*names)->Put(blobs, first_seal_ + plan_.entries);
      if (!put) return put;
      (*names)->Settle(digests);
    }
    return {};
  }

  Result<std::string> RegulatorToken(const std::string& url) {
    auto admin =
        notary::ReadSecretFile(notary::DataPaths(data_dir_).admin_token);
    if (!admin) return admin;
    while (admin->ends_with('\n')) admin->pop_back();
    auto client = HttpClient::Open(url, *admin);
    if (!client) return std::move(client).error();
    HttpClient::Request request;
    request.method = "POST";
    request.path = "/v1/tokens";
    request.body = R"({"party":"operator","role":"regulator"})";
    const auto answer = client->Send(request);
    if (!answer) return answer.error();
    if (!answer->ok()) return ProblemOf(*answer);
    const auto json = notary::ParseJson(answer->body);
    const Json* token = json ? json->Find("token") : nullptr;
    if (token == nullptr || token->if_string() == nullptr) {
      return Wrong("a token that was made is not told");
    }
    return *token->if_string();
  }

  Result<double> Time(uint16_t port, BenchSource& source) {
    const auto round = RunRound(port, plan_.connections, plan_.round, source,
                                &report_.verified);
    if (!round) return round.error();
    return kMicroseconds / round->rate;
  }

  Result<void> Ask(bool named) {
    Say("asking for lists over HTTP, " + std::to_string(plan_.connections) +
        " connections");
    const auto vkey = notary::ReadVkey(notary::DataPaths(data_dir_));
    if (!vkey) return vkey.error();
    auto served = ServedLedger::Start(data_dir_, "/dev/null");
    if (!served) return std::move(served).error();
    const auto token = RegulatorToken((*served)->url());
    if (!token) return token.error();
    HealthSource health;
    std::vector<std::unique_ptr<SealListSource>> sources;
    std::vector<BenchRow> rows;
    for (const Question& question : kQuestions) {
      sources.push_back(std::make_unique<SealListSource>(
          question, *token, *vkey, plan_.entries, first_seal_, named,
          plan_.seed));
      BenchRow row;
      row.id = (named ? "named-seals-" : "seals-") + std::string(question.id);
      row.what = std::string("GET /v1/seals, a page of 100, ") + question.what +
                 (named ? ", each with its name" : "");
      row.unit = "µs each";
      row.against = "GET /healthz";
      // Names are private fields, each read from a store of its own.
      if (!named) row.budget = Budget{Budget::Kind::kAtMost, 20};
      rows.push_back(std::move(row));
    }
    for (size_t round = 0; round < plan_.rounds; ++round) {
      for (size_t i = 0; i < sources.size(); ++i) {
        const auto bare = Time((*served)->port(), health);
        if (!bare) return bare.error();
        const auto page = Time((*served)->port(), *sources[i]);
        if (!page) return page.error();
        rows[i].reference.push_back(*bare);
        rows[i].measured.push_back(*page);
      }
    }
    std::move(rows.begin(), rows.end(), std::back_inserter(report_.rows));
    return (*served)->Stop();
  }

  const BenchPlan& plan_;
  const uint64_t organizations_;
  const uint64_t first_seal_;
  const std::string data_dir_ = plan_.dir + "/seals";
  BenchReport report_;
};

}  // namespace

Result<BenchReport> RunBenchLists(const BenchPlan& plan) {
  if (plan.entries < kMinBenchSeals || plan.entries > kMaxBenchSeals ||
      plan.rounds == 0 || plan.connections == 0) {
    return MakeError(Code::kInvalidArgument, "usage",
                     "a bench of lists has 10,000 to 90,000,000 seals, at "
                     "least one round and one connection");
  }
  return ListsRun(plan).Measure();
}

}  // namespace sealedger::tools
