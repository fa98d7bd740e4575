// The whole service on a folder of its own: notary, routes, sockets.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/server.h"
#include "notary/canonical_json.h"
#include "notary/notary.h"
#include "tests/api/raw_client.h"
#include "tests/support/files.h"

namespace sealedger::testing {

class TestService {
 public:
  // With the parties acme and other (platform), clerk (issuer), court
  // (regulator), each with a token.
  explicit TestService(
      const std::function<void(notary::NotaryOptions*, api::ServerOptions*)>&
          change = {});

  uint16_t port() const { return server_->port(); }
  notary::Notary& notary() { return *notary_; }
  api::Server& server() { return *server_; }

  std::string Token(const std::string& party) const;
  // The call with that party's token, or none. The answer must be one that
  // api/openapi.yaml lists (REQUIRE).
  Answer As(const std::string& party, Call call) const;
  Answer Get(const std::string& target, const std::string& party = {}) const;
  Answer Post(const std::string& target, const std::string& body,
              const std::string& party = {},
              const std::optional<std::string>& key = std::nullopt) const;

  uint64_t size() const;
  // Ends the service and gives all lines that it logged. The last call.
  std::string Logged();
  std::string folder() const { return dir_.path().string(); }

 private:
  std::string MakeToken(const std::string& party, const std::string& role);

  TempDir dir_;
  std::unique_ptr<notary::Notary> notary_;
  std::unique_ptr<api::Server> server_;
  std::map<std::string, std::string> tokens_;
};

std::string Evidence(const std::string& document, const std::string& more = "");
// The member of an answer's JSON object (REQUIRE that it is there).
notary::Json Member(const Answer& answer, const std::string& name);
uint64_t IndexOf(const Answer& receipt);

}  // namespace sealedger::testing
