#include "tools/load_client.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "api/server.h"

namespace sealedger::tools {
namespace {

using std::chrono::milliseconds;

// More than the client reads at once.
constexpr size_t kChunk = 600000;

// A POST has its own body as the answer, /chunks one in pieces, all else 404.
class Echo : public api::Handler {
 public:
  size_t BodyLimit(const api::Request&) const override {
    return api::kMaxLargeBody;
  }
  ledger::Result<bool> KnowsSender(const api::Request&) const override {
    return true;
  }
  api::Response Handle(const api::Request& request) override {
    api::Response response;
    response.content_type = "text/plain";
    if (request.path == "/chunks") {
      response.stream = [](const api::Sink& sink) {
        return sink("one ") && sink(std::string(kChunk, 'x')) && sink(" two");
      };
    } else if (request.method == "POST") {
      response.status = 201;
      response.body = request.body;
    } else {
      response.status = 404;
    }
    return response;
  }
  void Finished(const api::Exchange&) override {}
};

class Source : public LoadSource {
 public:
  explicit Source(std::vector<std::string> requests)
      : requests_(std::move(requests)) {}
  std::string_view Next(size_t connection) override {
    asked[connection] = next_++ % requests_.size();
    ++used[connection];
    return requests_[asked[connection]];
  }
  void Answered(size_t connection, int status, std::string_view body,
                std::chrono::nanoseconds latency) override {
    CHECK(latency.count() > 0);
    answers[asked[connection]].emplace_back(status, body);
    ++count;
    if (stop_at != 0 && count >= stop_at) client->Stop();
  }

  std::map<size_t, size_t> asked;  // by connection
  std::map<size_t, size_t> used;   // requests of each connection
  std::map<size_t, std::vector<std::pair<int, std::string>>> answers;
  size_t count = 0;
  size_t stop_at = 0;
  LoadClient* client = nullptr;

 private:
  const std::vector<std::string> requests_;
  size_t next_ = 0;
};

std::string Post(const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::unique_ptr<api::Server> StartEcho() {
  api::ServerOptions options;
  options.listen = "127.0.0.1:0";
  auto server = api::Server::Start(options, std::make_shared<Echo>());
  REQUIRE(server.has_value());
  return *std::move(server);
}

TEST_CASE("every request has its own answer, whole, whatever its size") {
  const auto server = StartEcho();
  // The last is more than a socket takes at once, either way.
  const std::vector<std::string> bodies = {"", "a", std::string(70000, 'b'),
                                           std::string(8 << 20, 'c')};
  std::vector<std::string> requests;
  for (const std::string& body : bodies) requests.push_back(Post(body));
  requests.push_back("GET /chunks HTTP/1.1\r\nHost: a\r\n\r\n");
  requests.push_back("GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
  Source source(requests);
  auto client = LoadClient::Connect(server->port(), 4);
  REQUIRE(client.has_value());
  source.client = client->get();
  source.stop_at = 24;
  LoadOptions options;
  options.duration = std::chrono::minutes(1);
  const auto figures = (*client)->Run(options, source);
  REQUIRE(figures.has_value());
  CHECK(figures->answers == source.count);
  CHECK(source.count >= 24);
  CHECK(figures->rate() > 0);
  REQUIRE(source.answers.size() == requests.size());
  for (const auto& [number, answers] : source.answers) {
    for (const auto& [status, body] : answers) {
      if (number < bodies.size()) {
        CHECK(status == 201);
        CHECK(body == bodies[number]);
      } else if (number == bodies.size()) {
        CHECK(status == 200);
        CHECK(body == "one " + std::string(kChunk, 'x') + " two");
      } else {
        CHECK(status == 404);
      }
    }
  }
}

TEST_CASE("a paced client sends no more than its rate") {
  const auto server = StartEcho();
  Source source({Post("a")});
  auto client = LoadClient::Connect(server->port(), 4);
  REQUIRE(client.has_value());
  LoadOptions options;
  options.duration = milliseconds(200);
  options.rate = 100;
  const auto figures = (*client)->Run(options, source);
  REQUIRE(figures.has_value());
  CHECK(figures->answers >= 1);
  CHECK(figures->answers <= 21);
}

// A server closes one that is passed over for long.
TEST_CASE("a paced client uses each connection in its turn") {
  const auto server = StartEcho();
  Source source({Post("a")});
  auto client = LoadClient::Connect(server->port(), 8);
  REQUIRE(client.has_value());
  LoadOptions options;
  options.duration = milliseconds(500);
  options.rate = 100;
  const auto figures = (*client)->Run(options, source);
  REQUIRE(figures.has_value());
  REQUIRE(source.used.size() == 8);
  for (const auto& used : source.used) {
    CAPTURE(used.first);
    CHECK(used.second + 1 >= figures->answers / 8);
  }
}

TEST_CASE("a service that is not there or goes away is an error") {
  auto server = StartEcho();
  const uint16_t port = server->port();
  auto client = LoadClient::Connect(port, 2);
  REQUIRE(client.has_value());
  server.reset();
  Source source({Post("a")});
  LoadOptions options;
  const auto figures = (*client)->Run(options, source);
  REQUIRE(!figures.has_value());
  CHECK(figures.error().name == "no-answer");
  const auto again = LoadClient::Connect(port, 2);
  REQUIRE(!again.has_value());
  CHECK(again.error().name == "no-connection");
}

}  // namespace
}  // namespace sealedger::tools
