#include "tests/fuzz/support/fuzzed_service.h"

#include <unistd.h>

#include <algorithm>
#include <set>
#include <utility>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/leveldb_store.h"
#include "ledger/memory_store.h"
#include "notary/data_dir.h"
#include "notary/disclosure.h"
#include "notary/replay.h"
#include "notary/settings.h"
#include "tests/fuzz/support/memory_stream.h"
#include "tests/fuzz/support/register_model.h"
#include "tests/fuzz/support/wire_answers.h"

namespace sealedger::fuzzing {

namespace {

namespace fs = std::filesystem;

constexpr uint64_t kManyEntries = 700;
constexpr size_t kManyTokens = 150;
// A seal is cancelled where nobody claims it for ten years, the longest that
// the setting takes, and its maker's certificate lasts no longer.
constexpr uint64_t kUnclaimedDays = 3650;
constexpr int64_t kOldMs = int64_t{3000} * 24 * 3600 * 1000;
constexpr const char* kProxy = "10.9.8.7";

fs::path NewFolder() {
  std::error_code error;
  std::string path = fs::is_directory("/dev/shm", error) ? "/dev/shm" : "/tmp";
  path += "/sealedger-fuzz-XXXXXX";
  CHECK(::mkdtemp(path.data()) != nullptr);
  return path;
}

std::unique_ptr<ledger::Store> OpenStore(const std::string& path) {
  return ledger::OpenLevelDb(path, {}).value();
}

}  // namespace

FuzzedService::FuzzedService(bool read_needs_token)
    : base_(NewFolder()), dir_(NewFolder()) {
  CHECK(notary::InitDataDir(base_, "seal.example.com/fuzz", std::nullopt));
  settings_ = notary::ReadSettings(base_ / "sealedger.toml", base_).value();
  settings_.guard.path.clear();
  settings_.ledger.gather_us = 0;
  settings_.server.read_needs_token = read_needs_token;
  settings_.routes.public_security.unclaimed_days = kUnclaimedDays;
  settings_.routes.agency.unclaimed_days = kUnclaimedDays;
  settings_.routes.platform.unclaimed_days = kUnclaimedDays;
  settings_.routes.platform.filing = true;
  vkey_ = notary::ReadVkey(notary::DataPaths(base_)).value();
  // A moment after the first entries, which the system's clock has timed.
  clock_.SetBy(ledger::SystemClock().WallMs() + 1000 - clock_.WallMs());
  Prepare();
}

FuzzedService::~FuzzedService() {
  Close();
  std::error_code ignored;
  fs::remove_all(base_, ignored);
  fs::remove_all(dir_, ignored);
}

// Gives the folder `base_` its parties and tokens.
void FuzzedService::Prepare() {
  std::swap(base_, dir_);
  model_ = std::make_unique<LedgerModel>();
  Open();
  const notary::Caller admin{std::string(notary::kOperator),
                             notary::Role::kAdmin};
  for (const uint64_t index : {uint64_t{0}, uint64_t{1}}) {
    model_->Add(notary_->ReadEntry(&admin, index).value().entry, {});
  }
  std::string secret =
      notary::ReadFile(notary::DataPaths(dir_).admin_token).value();
  secret.pop_back();
  tokens_.push_back(secret);
  const notary::Json list = notary_->ListTokens(admin, std::nullopt).value();
  const std::string id =
      *list.Find("items")->if_array()->at(0).Find("id")->if_string();
  model_->AddToken({id, secret, admin.party, admin.role, std::nullopt});
  const auto post = [&](std::string_view target, const std::string& body) {
    Serve("POST " + std::string(target) +
              " HTTP/1.1\r\nAuthorization: Bearer " + secret +
              "\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n" + body,
          {});
    CHECK(exchanges_.at(0).response.status == 201);
  };
  for (const auto& [party, role] :
       {std::pair<std::string, std::string>{"acme", "platform"},
        {"bravo", "platform"},
        {"clerk", "issuer"},
        {"court", "regulator"},
        {"person", "applicant"}}) {
    post("/v1/parties", R"({"id":")" + party + R"(","role":")" + role + "\"}");
    post("/v1/tokens",
         R"({"party":")" + party + R"(","role":")" + role + "\"}");
    tokens_.push_back(model_->tokens_made().back().secret);
  }
  first_model_ = *model_;
  first_ms_ = clock_.WallMs();
  Close();
  std::swap(base_, dir_);
  Renew();
}

void FuzzedService::Open() {
  notary::NotaryOptions options;
  options.data_dir = dir_;
  options.settings = settings_;
  options.accept_clock = true;
  options.clock = &clock_;
  notary_ = notary::Notary::Open(options).value();
  service_ = std::make_unique<api::Service>(*notary_);
  judge_ = std::make_unique<AnswerJudge>(*model_, vkey_, settings_);
}

void FuzzedService::Close() {
  judge_.reset();
  service_.reset();
  notary_.reset();
}

void FuzzedService::Renew() {
  if (notary_ != nullptr) {
    Close();
    JudgeFiles();
  }
  clock_.SetBy(first_ms_ - clock_.WallMs());
  fs::remove_all(dir_);
  fs::copy(base_, dir_, fs::copy_options::recursive);
  model_ = std::make_unique<LedgerModel>(first_model_);
  Open();
}

void FuzzedService::Restart() {
  Close();
  JudgeFiles();
  Open();
}

bool FuzzedService::IsWorn() {
  const auto party = model_->FindParty(notary::kOperator);
  const auto organizations = RegisterModel(*model_).organizations;
  const bool all_ended =
      !organizations.empty() &&
      std::all_of(organizations.begin(), organizations.end(),
                  [](const auto& item) { return item.second.terminated; });
  const bool all_can_call =
      std::all_of(tokens_.begin(), tokens_.end(), [&](const auto& secret) {
        return model_->Authenticate(secret, clock_.WallMs()).has_value();
      });
  return model_->size() > kManyEntries || !all_can_call ||
         clock_.WallMs() - first_ms_ > kOldMs || all_ended ||
         model_->tokens().size() > kManyTokens || party->newest.signed_only;
}

std::string FuzzedService::BundleOf(uint64_t index) const {
  const notary::Caller admin{std::string(notary::kOperator),
                             notary::Role::kAdmin};
  return notary_->ReadBundle(&admin, index, true).value();
}

void FuzzedService::Serve(const std::string& bytes, const Wire& wire) {
  exchanges_.clear();
  note_before_ = notary_->Checkpoint();
  size_before_ = notary_->Figures().size;
  MemoryStream stream(bytes, wire.step, wire.writes);
  api::ConnectionOptions options;
  options.trusted_proxies = {kProxy};
  api::ServerLoad load;
  api::ServeConnection(stream, wire.peer, options, load, *this);
  CHECK(load.large_bodies == 0);
  CHECK(load.unknown_large_bodies == 0);

  for (const JudgedExchange& exchange : exchanges_) judge_->Judge(exchange);
  if (stream.gone()) return;
  std::vector<std::string> methods;
  for (const JudgedExchange& exchange : exchanges_) {
    methods.push_back(exchange.request.method);
  }
  const std::vector<WireAnswer> answers = ReadAnswers(stream.output(), methods);
  for (size_t i = 0; i < answers.size(); ++i) {
    CHECK(answers[i].status == exchanges_[i].response.status);
    CHECK(answers[i].body ==
          (methods[i] == "HEAD" ? "" : exchanges_[i].response.body));
  }
}

size_t FuzzedService::BodyLimit(const api::Request& head) const {
  return service_->BodyLimit(head);
}

ledger::Result<bool> FuzzedService::KnowsSender(
    const api::Request& head) const {
  return service_->KnowsSender(head);
}

api::Response FuzzedService::Handle(const api::Request& request) {
  return service_->Handle(request);
}

void FuzzedService::Finished(const api::Exchange& exchange) {
  service_->Finished(exchange);
  JudgedExchange judged;
  judged.request = exchange.request;
  judged.response = exchange.response;
  if (judged.response.stream) {
    CHECK(judged.response.stream([&judged](std::string_view piece) {
      judged.response.body += piece;
      return true;
    }));
  }
  judged.note_before = std::exchange(note_before_, notary_->Checkpoint());
  judged.note_after = note_before_;
  const notary::Caller admin{std::string(notary::kOperator),
                             notary::Role::kAdmin};
  const uint64_t size = notary_->Figures().size;
  for (uint64_t i = std::exchange(size_before_, size); i < size; ++i) {
    judged.added.push_back(notary_->ReadEntry(&admin, i).value().entry);
  }
  judged.now_ms = clock_.WallMs();
  exchanges_.push_back(std::move(judged));
}

// What no answer shows: the state and the indexes are those that the entries
// make, and the private fields kept are those of the entries, erased ones not.
void FuzzedService::JudgeFiles() const {
  const notary::DataPaths paths(dir_);
  const auto ledger = OpenStore(paths.ledger);
  const auto views = OpenStore(paths.views);
  ledger::MemoryStore scratch;
  const auto report =
      notary::Replay(*ledger, views.get(), scratch, nullptr).value();
  for (const auto* problems : {&report.problems, &report.ledger.problems}) {
    for (const std::string& problem : *problems) {
      std::fprintf(stderr, "fsck: %s\n", problem.c_str());
    }
    CHECK(problems->empty());
  }
  CHECK(report.ledger.head.size == model_->size());
  CHECK(report.ledger.head.root == model_->Root());
  JudgePrivateFiles();
  JudgeKeys();
}

void FuzzedService::JudgePrivateFiles() const {
  std::set<std::string> due;
  for (uint64_t i = 0; i < model_->size(); ++i) {
    if (model_->erased.count(i) != 0) continue;
    const auto& disclosures = model_->items()[i].disclosures;
    due.insert(disclosures.begin(), disclosures.end());
    const auto file = model_->seal_files.find(i);
    if (file != model_->seal_files.end()) due.insert(file->second);
  }
  const auto blobs = OpenStore(notary::DataPaths(dir_).private_blobs);
  for (const std::string& blob : due) {
    const ledger::Hash digest = ledger::Sha256Of(blob);
    CHECK(blobs->Get("b" + std::string(digest.view())).value() == blob);
  }
  size_t found = 0;
  CHECK(ledger::Scan(*blobs, "", "\xff", [&found](auto, auto) {
    ++found;
    return true;
  }));
  CHECK(found == due.size());
}

// One for each seal that was made without signers of its own, and no other:
// those of requests that were refused are gone.
void FuzzedService::JudgeKeys() const {
  const fs::path folder = notary::DataPaths(dir_).seal_keys;
  std::set<std::string> found;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const std::string name = entry.path().filename();
    CHECK(found.insert(name.substr(0, name.find('-'))).second);
  }
  CHECK(found == model_->keys_in_custody);
}

}  // namespace sealedger::fuzzing
