#include "tools/control_server.h"

#include <atomic>
#include <utility>

#include "api/problem.h"
#include "ledger/encoding.h"
#include "ledger/leveldb_store.h"
#include "notary/notary.h"

namespace sealedger::tools {

using ledger::Result;

class ControlServer::Bodies : public api::Handler {
 public:
  Bodies(std::unique_ptr<ledger::Store> store, size_t answer_bytes)
      : store_(std::move(store)), answer_(answer_bytes, 'a') {}

  size_t BodyLimit(const api::Request&) const override { return api::kMaxBody; }

  api::Response Handle(const api::Request& request) override {
    std::string key;
    ledger::AppendBigEndian64(&key, next_.fetch_add(1));
    ledger::WriteBatch batch;
    batch.Put(key, request.body);
    const Result<void> written =
        store_->Write(batch, ledger::Store::Durability::kSynced);
    if (!written) return api::ProblemResponse(written.error());
    written_.fetch_add(1);
    api::Response response;
    response.status = 201;
    response.content_type = "application/json";
    response.body = answer_;
    return response;
  }

  void Finished(const api::Exchange&) override {}

  uint64_t written() const { return written_; }

 private:
  const std::unique_ptr<ledger::Store> store_;
  const std::string answer_;
  std::atomic<uint64_t> next_{0};
  std::atomic<uint64_t> written_{0};
};

Result<std::unique_ptr<ControlServer>> ControlServer::Start(
    const std::string& folder, size_t answer_bytes) {
  ledger::LevelDbOptions options = notary::LedgerStoreOptions();
  options.create_if_missing = true;
  auto store = ledger::OpenLevelDb(folder, options);
  if (!store) return std::move(store).error();
  std::unique_ptr<ControlServer> control(new ControlServer());
  control->bodies_ = std::make_shared<Bodies>(*std::move(store), answer_bytes);
  api::ServerOptions serving;
  serving.listen = "127.0.0.1:0";
  auto server = api::Server::Start(serving, control->bodies_);
  if (!server) return std::move(server).error();
  control->server_ = *std::move(server);
  return control;
}

ControlServer::~ControlServer() = default;

uint16_t ControlServer::port() const { return server_->port(); }
uint64_t ControlServer::written() const { return bodies_->written(); }

}  // namespace sealedger::tools
