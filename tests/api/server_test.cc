// The server over real sockets: what clients may do to it.
#include "api/server.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/problem.h"
#include "tests/api/raw_client.h"

namespace sealedger::api {
namespace {

using sealedger::testing::Answer;
using sealedger::testing::Call;
using sealedger::testing::RawClient;
using sealedger::testing::Send;
using sealedger::testing::SendRaw;

// Answers with what it saw; /wait answers once the gate is open.
class GateHandler : public Handler {
 public:
  size_t BodyLimit(const Request&) const override { return kMaxBody; }
  Response Handle(const Request& request) override {
    if (request.path == "/throw") throw std::bad_alloc();
    if (request.path == "/wait") {
      std::unique_lock<std::mutex> lock(mu_);
      ++waiting_;
      changed_.notify_all();
      changed_.wait(lock, [&] { return open_; });
    }
    Response response;
    response.body = request.client_address + " " + request.body;
    return response;
  }
  void Finished(const Exchange&) override {}

  void AwaitWaiting(int count) {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }
  void Open() {
    const std::lock_guard<std::mutex> lock(mu_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

ServerOptions TestOptions() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.threads = 8;
  return options;
}

struct Running {
  explicit Running(const ServerOptions& options = TestOptions())
      : handler(std::make_shared<GateHandler>()) {
    Result<std::unique_ptr<Server>> started = Server::Start(options, handler);
    REQUIRE(started);
    server = std::move(*started);
  }
  uint16_t port() const { return server->port(); }

  std::shared_ptr<GateHandler> handler;
  std::unique_ptr<Server> server;
};

std::string StartError(const ServerOptions& options) {
  Result<std::unique_ptr<Server>> started =
      Server::Start(options, std::make_shared<GateHandler>());
  return started ? "" : started.error().name;
}

TEST_CASE("where to listen is HOST:PORT") {
  CHECK(ParseListenAddress("127.0.0.1:8080")->port == 8080);
  CHECK(ParseListenAddress("[::1]:0")->host == "::1");
  CHECK(ParseListenAddress("ledger.example.com:443")->host ==
        "ledger.example.com");
  for (const char* bad : {"", "8080", ":8080", "::1:80", "h:", "h:65536",
                          "h:-1", "h:080", "[::1]", "[]:80"}) {
    CAPTURE(bad);
    CHECK_FALSE(ParseListenAddress(bad));
  }
}

TEST_CASE("off loopback nothing is served without TLS, unless asked for") {
  ServerOptions options = TestOptions();
  for (const char* listen : {"0.0.0.0:0", "[::]:0", "example.com:0"}) {
    CAPTURE(listen);
    options.listen = listen;
    CHECK(StartError(options) == "tls-required");
  }
  options.listen = "0.0.0.0:0";
  options.insecure = true;
  CHECK(StartError(options).empty());
}

TEST_CASE("options that cannot be met are refused at the start") {
  ServerOptions options = TestOptions();
  options.listen = "nowhere";
  CHECK(StartError(options) == "bad-listen-address");
  options = TestOptions();
  options.trusted_proxies = {"localhost"};
  CHECK(StartError(options) == "bad-proxy-address");
  options = TestOptions();
  options.tls_cert = "/dev/null";
  CHECK(StartError(options) == "bad-tls-files");
  options.tls_key = "/dev/null";
  CHECK(StartError(options) == "bad-tls-files");
}

TEST_CASE("a second server on the same port is refused") {
  const Running running;
  ServerOptions options = TestOptions();
  options.listen = "127.0.0.1:" + std::to_string(running.port());
  CHECK(StartError(options) == "cannot-listen");
}

TEST_CASE("every answer has a request id of its own") {
  const Running running;
  RawClient client(running.port());
  std::string last;
  for (int i = 0; i < 3; ++i) {
    client.Send("GET / HTTP/1.1\r\nRequest-Id: mine\r\n\r\n");
    const std::string id = client.Read()->Header("Request-Id");
    CHECK(id.size() == 16);
    CHECK(id != last);
    last = id;
  }
  CHECK(
      SendRaw(running.port(), "nonsense\r\n\r\n").Header("Request-Id").size() ==
      16);
}

TEST_CASE("behind a trusted proxy the client is the one it names") {
  ServerOptions options = TestOptions();
  options.trusted_proxies = {"127.0.0.1"};
  const Running running(options);
  const Answer answer =
      Send(running.port(), {.headers = {{"X-Forwarded-For", "198.51.100.7"},
                                        {"Request-Id", "edge-1"}}});
  CHECK(answer.body == "198.51.100.7 ");
  CHECK(answer.Header("Request-Id") == "edge-1");
  const Running direct;
  CHECK(Send(direct.port(), {.headers = {{"X-Forwarded-For", "198.51.100.7"}}})
            .body == "127.0.0.1 ");
}

TEST_CASE(
    "what is wrong with a request has a problem and a status of its own") {
  const Running running;
  struct Case {
    std::string bytes;
    int status;
    std::string problem;
  };
  std::string headers;
  for (int i = 0; i < 65; ++i) headers += "X-" + std::to_string(i) + ": v\r\n";
  const std::vector<Case> cases = {
      {"POST / HTTP/1.1\r\nTransfer-Encoding: "
       "chunked\r\n\r\n5\r\nhello\r\n0\r\n"
       "\r\n",
       411, "chunked-body"},
      {"POST / HTTP/1.1\r\n\r\nhello", 411, "length-required"},
      {"GET / HTTP/1.1\r\n" + headers + "\r\n", 431, "too-many-headers"},
      {"GET / HTTP/1.1\r\nX: " + std::string(40000, 'x') + "\r\n\r\n", 431,
       "headers-too-large"},
      {"GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n", 414,
       "target-too-long"},
      {"GET /" + std::string(1 << 20, 'x'), 414, "target-too-long"},
      {"GET / HTTP/1.1\r\nX: a\x01\r\n\r\n", 400, "control-character"},
      {"GET / HTTP/1.1\r\nX: a%0d%0ab\r\n\r\n", 400, "control-character"},
      {"GET /a%00b HTTP/1.1\r\n\r\n", 400, "control-character"},
      {"GET /%zz HTTP/1.1\r\n\r\n", 400, "bad-percent-encoding"},
      {"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400,
       "bad-content-length"},
      {"POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n", 413, "too-large"},
      {"POST / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n", 413,
       "too-large"},
      {"GET / HTTP/1.1\n\n", 400, "bad-request"},
      {"\x16\x03\x01\x02\r\n\r\n", 400, "bad-request"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "bad-request"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.bytes.substr(0, 80));
    const Answer answer = SendRaw(running.port(), c.bytes);
    CHECK(answer.status == c.status);
    CHECK(answer.Problem() == c.problem);
    CHECK(answer.Header("Connection") == "close");
    CHECK(answer.Header("Request-Id").size() == 16);
    CHECK(Send(running.port(), {}).status == 200);
  }
}

TEST_CASE("a flood of headers is answered while it is still coming") {
  const Running running;
  std::string flood = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 200000; ++i) {
    flood += "X-" + std::to_string(i) + ": 0123456789\r\n";
  }
  const Answer answer = SendRaw(running.port(), flood + "\r\n");
  CHECK(answer.status == 431);
  CHECK(answer.Problem() == "too-many-headers");
  CHECK(Send(running.port(), {}).status == 200);
}

TEST_CASE(
    "a body that is refused may still be under way when the answer comes") {
  const Running running;
  const Answer answer =
      Send(running.port(),
           {.method = "POST", .body = std::string(size_t{8} << 20, 'x')});
  CHECK(answer.status == 413);
}

TEST_CASE("slow clients are cut off and take nobody else's thread for ever") {
  ServerOptions options = TestOptions();
  options.threads = 2;
  options.read_timeout = std::chrono::seconds(1);
  options.keep_alive = std::chrono::seconds(1);
  const Running running(options);
  const std::vector<std::string> halves = {
      "", "GET / HT", "GET / HTTP/1.1\r\nHost: h\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf"};
  std::vector<RawClient> slow;
  for (const std::string& half : halves) {
    slow.emplace_back(running.port());
    REQUIRE(slow.back().Send(half));
  }
  // More of them than threads: this one is answered once they were cut.
  CHECK(Send(running.port(), {}).status == 200);
  for (RawClient& client : slow) CHECK(client.AtEnd());
}

TEST_CASE("a client that drips bytes is cut at the same time") {
  ServerOptions options = TestOptions();
  options.read_timeout = std::chrono::seconds(1);
  const Running running(options);
  const auto begin = std::chrono::steady_clock::now();
  RawClient header(running.port());
  RawClient body(running.port());
  header.Send("GET / HTTP/1.1\r\nX: ");
  body.Send("POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n");
  // Each byte alone would restart a time-out between two reads.
  int dripped = 0;
  while (!header.AwaitAny(25) || !body.AwaitAny(25)) {
    header.Send("x");
    body.Send("x");
    ++dripped;
    REQUIRE(std::chrono::steady_clock::now() - begin <
            std::chrono::seconds(30));
  }
  CHECK(dripped > 5);
  CHECK(header.AtEnd());
  CHECK(body.AtEnd());
}

TEST_CASE("idle connections make room for those that wait") {
  ServerOptions options = TestOptions();
  options.threads = 2;
  options.keep_alive = std::chrono::seconds(3600);
  const Running running(options);
  std::vector<RawClient> idle;
  for (int i = 0; i < 6; ++i) {
    idle.emplace_back(running.port());
    idle.back().Send("GET / HTTP/1.1\r\n\r\n");
    CHECK(idle.back().Read()->status == 200);
  }
  CHECK(Send(running.port(), {}).status == 200);
}

TEST_CASE("an exception ends one request and not the server") {
  const Running running;
  CHECK(Send(running.port(), {.target = "/throw"}).Problem() == "internal");
  CHECK(Send(running.port(), {}).status == 200);
}

TEST_CASE("a stopping server answers what it had accepted") {
  Running running;
  std::vector<RawClient> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back(running.port());
    clients.back().Send("GET /wait HTTP/1.1\r\n\r\n");
  }
  running.handler->AwaitWaiting(4);
  RawClient idle(running.port());
  idle.Send("GET / HTTP/1.1\r\n\r\n");
  CHECK(idle.Read()->status == 200);

  std::thread stopper([&] { running.server->Stop(); });
  // The idle one is let go first; then the server no longer takes anybody.
  CHECK(idle.AtEnd());
  running.handler->Open();
  stopper.join();
  for (RawClient& client : clients) {
    const std::optional<Answer> answer = client.Read();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->Header("Connection") == "close");
    CHECK(client.AtEnd());
  }
  CHECK_THROWS(RawClient(running.port()));
  running.server->Stop();
}

TEST_CASE("many clients at once are all answered") {
  ServerOptions options = TestOptions();
  options.threads = 4;
  const Running running(options);
  std::vector<std::thread> threads;
  std::atomic<int> answered{0};
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 5; ++j) {
        const Answer answer =
            Send(running.port(), {.method = "POST",
                                  .headers = {{"Connection", "close"}},
                                  .body = std::to_string(j)});
        if (answer.body == "127.0.0.1 " + std::to_string(j)) ++answered;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(answered == 64 * 5);
}

}  // namespace
}  // namespace sealedger::api
