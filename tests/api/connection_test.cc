// HTTP/1.1 over a stream that lives in memory: what a connection does with
// bytes, however they come.
#include "api/connection.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <string>
#include <vector>

#include "api/problem.h"
#include "api/request_head.h"

namespace sealedger::api {
namespace {

// Gives the client's bytes in pieces of `step` and keeps the server's.
class MemoryStream : public ByteStream {
 public:
  MemoryStream(std::string input, size_t step)
      : input_(std::move(input)), step_(step) {}

  Wait AwaitBytes(SteadyTime) override {
    return at_ < input_.size() ? Wait::kReady : Wait::kClosed;
  }
  size_t Read(char* to, size_t size, SteadyTime) override {
    const size_t count = std::min({size, step_, input_.size() - at_});
    std::memcpy(to, input_.data() + at_, count);
    at_ += count;
    return count;
  }
  bool Write(std::string_view bytes, SteadyTime) override {
    if (writes_left_ == 0) return false;
    --writes_left_;
    output_ += bytes;
    return true;
  }
  void FinishWriting() override { finished_ = true; }

  std::string input_;
  size_t step_;
  size_t at_ = 0;
  size_t writes_left_ = SIZE_MAX;
  std::string output_;
  bool finished_ = false;
};

class EchoHandler : public Handler {
 public:
  size_t BodyLimit(const Request& head) const override {
    return head.path == "/large" ? kMaxLargeBody : kMaxBody;
  }
  Result<bool> KnowsSender(const Request& head) const override {
    if (head.target == "/large?refused") {
      return MakeError(Code::kUnauthenticated, "wrong-token", "");
    }
    return head.target == "/large?known";
  }
  Response Handle(const Request& request) override {
    seen_.push_back(request.method + " " + request.target + " " + request.body);
    Response response;
    response.content_type = "text/plain";
    if (request.path == "/stream") {
      response.stream = [](const Sink& sink) {
        return sink("one") && sink("") && sink(std::string(20, 'x'));
      };
    } else if (request.path == "/broken-stream") {
      response.stream = [](const Sink& sink) { return sink("one") && false; };
    } else if (request.path == "/none") {
      response.status = 204;
      response.content_type.clear();
    } else if (request.path == "/big") {
      response.body = std::string(200000, 'b');
    } else {
      response.body = seen_.back();
    }
    return response;
  }
  void Finished(const Exchange& exchange) override {
    statuses_.push_back(exchange.response.status);
  }

  std::vector<std::string> seen_;
  std::vector<int> statuses_;
};

struct Session {
  explicit Session(const std::string& input, size_t step = 100000)
      : stream(input, step) {
    ServeConnection(stream, "192.0.2.1", options, load, handler);
  }
  size_t Count(std::string_view text) const {
    size_t count = 0;
    for (size_t at = stream.output_.find(text); at != std::string::npos;
         at = stream.output_.find(text, at + 1)) {
      ++count;
    }
    return count;
  }

  MemoryStream stream;
  ConnectionOptions options;
  ServerLoad load;
  EchoHandler handler;
};

const std::string kPost =
    "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
const std::string kGet = "GET /b?c=d HTTP/1.1\r\nHost: h\r\n\r\n";

TEST_CASE("requests that come together are answered in order") {
  const std::string input = kPost + "\r\n" + kGet + kPost;
  for (const size_t step : {1u, 2u, 3u, 7u, 50u, 1000u}) {
    CAPTURE(step);
    const Session session(input, step);
    CHECK(session.handler.seen_ == std::vector<std::string>{"POST /a hello",
                                                            "GET /b?c=d ",
                                                            "POST /a hello"});
    CHECK(session.Count("HTTP/1.1 200 OK\r\n") == 3);
  }
}

TEST_CASE("a refused request ends the connection, and its body is no request") {
  const std::string smuggled = "GET /admin HTTP/1.1\r\nHost: h\r\n\r\n";
  for (const std::string& head :
       {std::string("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        std::string("POST /a HTTP/1.1\r\nContent-Length: 0\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n"),
        std::string("POST /a HTTP/1.1\r\nContent-Length: 1\r\n"
                    "Content-Length: 2\r\n\r\n"),
        std::string("POST /a HTTP/1.1\r\n\r\n"),
        std::string("POST /a HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n"),
        std::string("nonsense\r\n\r\n"),
        std::string("GET /%0a HTTP/1.1\r\n\r\n")}) {
    CAPTURE(head);
    const Session session(head + smuggled);
    CHECK(session.handler.seen_.empty());
    CHECK(session.handler.statuses_.size() == 1);
    CHECK(session.Count("Connection: close\r\n") == 1);
    CHECK(session.stream.finished_);
  }
}

TEST_CASE("without Content-Length a DELETE has no body, however bytes come") {
  const std::string input = "DELETE /a HTTP/1.1\r\n\r\n" + kGet;
  for (const size_t step : {size_t{1}, input.size()}) {
    const Session session(input, step);
    CHECK(session.handler.seen_ ==
          std::vector<std::string>{"DELETE /a ", "GET /b?c=d "});
  }
}

TEST_CASE("an answered error leaves the connection open") {
  const Session session("DELETE /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nxx" +
                        kGet);
  CHECK(session.handler.seen_.size() == 2);
}

TEST_CASE("a body counts as many bytes as were announced") {
  CHECK(Session("POST /a HTTP/1.1\r\nContent-Length: 9\r\n\r\nshort")
            .handler.statuses_.empty());
  const std::string full(kMaxBody, 'f');
  const Session session("POST /a HTTP/1.1\r\nContent-Length: 1048576\r\n\r\n" +
                        full);
  REQUIRE(session.handler.seen_.size() == 1);
  CHECK(session.handler.seen_[0] == "POST /a " + full);
}

TEST_CASE("a head over 32 KiB is refused before its end has come") {
  const Session session("GET / HTTP/1.1\r\nX: " + std::string(1 << 20, 'a'));
  CHECK(session.handler.statuses_ == std::vector<int>{431});
  // Read for a while, not kept: the answer would be lost else.
  CHECK(session.stream.at_ == session.stream.input_.size());
}

TEST_CASE("a stream of pieces goes in chunks, to HTTP/1.0 until the end") {
  const Session modern("GET /stream HTTP/1.1\r\n\r\n" + kGet);
  CHECK(modern.Count("Transfer-Encoding: chunked\r\n") == 1);
  CHECK(modern.Count("\r\n\r\n3\r\none\r\n14\r\n" + std::string(20, 'x') +
                     "\r\n0\r\n\r\nHTTP/1.1 200 OK") == 1);
  const Session old("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" +
                    kGet);
  CHECK(old.Count("chunked") == 0);
  CHECK(old.stream.output_.ends_with("\r\n\r\none" + std::string(20, 'x')));
  CHECK(old.handler.seen_.size() == 1);
}

TEST_CASE("a stream that fails is cut and never looks whole") {
  const Session session("GET /broken-stream HTTP/1.1\r\n\r\n" + kGet);
  CHECK(session.stream.output_.ends_with("3\r\none\r\n"));
  CHECK(session.handler.seen_.size() == 1);
}

TEST_CASE("HEAD has the headers of GET and no body") {
  for (const char* path : {"/a", "/stream", "/big"}) {
    CAPTURE(path);
    const Session session("HEAD " + std::string(path) +
                          " HTTP/1.1\r\nConnection: close\r\n\r\n");
    CHECK(session.stream.output_.ends_with("\r\n\r\n"));
    CHECK(session.Count("\r\n\r\n") == 1);
  }
  CHECK(Session("HEAD /big HTTP/1.1\r\n\r\n")
            .Count("Content-Length: 200000\r\n") == 1);
}

TEST_CASE("204 has no length and no body") {
  const Session session("GET /none HTTP/1.1\r\n\r\n");
  CHECK(session.Count("Content-Length") == 0);
  CHECK(session.Count("Content-Type") == 0);
}

TEST_CASE("whoever waits for 100 gets it, where the body is wanted") {
  const std::string headers =
      "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n";
  const Session wanted("POST /a HTTP/1.1\r\n" + headers + "hello", 61);
  CHECK(wanted.stream.output_.starts_with("HTTP/1.1 100 Continue\r\n\r\n"));
  CHECK(wanted.handler.seen_.size() == 1);
  const Session refused(
      "POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: "
      "2000000\r\n\r\n");
  CHECK(refused.Count("100 Continue") == 0);
  CHECK(refused.handler.statuses_ == std::vector<int>{413});
}

TEST_CASE("a client that takes no answer does not stop the server") {
  for (size_t writes = 0; writes < 4; ++writes) {
    CAPTURE(writes);
    MemoryStream stream("GET /stream HTTP/1.1\r\n\r\n" + kGet, 1000);
    stream.writes_left_ = writes;
    ConnectionOptions options;
    ServerLoad load;
    EchoHandler handler;
    ServeConnection(stream, "192.0.2.1", options, load, handler);
    CHECK(handler.seen_.size() == 1);
    CHECK(handler.statuses_.size() == 1);
  }
}

std::string LargePost(const std::string& query, const std::string& body) {
  return "POST /large" + query +
         " HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n" + body;
}

TEST_CASE("large bodies are taken a few at once, unknown senders apart") {
  ConnectionOptions options;
  const std::string body(kMaxBody + 1, 'x');
  for (const bool known : {true, false}) {
    ServerLoad load;
    std::atomic<size_t>& mine =
        known ? load.large_bodies : load.unknown_large_bodies;
    std::atomic<size_t>& others =
        known ? load.unknown_large_bodies : load.large_bodies;
    const size_t most = known ? kMaxLargeBodies : kMaxUnknownLargeBodies;
    MemoryStream stream(LargePost(known ? "?known" : "", body), 100000);
    EchoHandler handler;
    mine = most;
    ServeConnection(stream, "192.0.2.1", options, load, handler);
    CHECK(handler.statuses_ == std::vector<int>{503});
    CHECK(stream.output_.find("Retry-After: ") != std::string::npos);
    CHECK(mine == most);
    mine = most - 1;
    others = 100;
    stream.at_ = 0;
    ServeConnection(stream, "192.0.2.1", options, load, handler);
    CHECK(handler.statuses_ == std::vector<int>{503, 200});
    CHECK(mine == most - 1);
  }
}

TEST_CASE("a large body whose sender is refused is not read") {
  MemoryStream stream(LargePost("?refused", ""), 100000);
  ConnectionOptions options;
  ServerLoad load;
  EchoHandler handler;
  ServeConnection(stream, "192.0.2.1", options, load, handler);
  CHECK(handler.statuses_ == std::vector<int>{401});
  CHECK(handler.seen_.empty());
  CHECK(load.large_bodies == 0);
  CHECK(load.unknown_large_bodies == 0);
}

TEST_CASE("any cut and any flipped byte of a session ends well") {
  const std::string input = kPost + kGet + kPost;
  for (size_t at = 0; at < input.size(); ++at) {
    const Session cut(input.substr(0, at));
    CHECK(cut.handler.seen_.size() <= 2);
    for (const char byte : {'\0', '\r', '\n', ' ', '%', '\xff'}) {
      std::string changed = input;
      changed[at] = byte;
      const Session flipped(changed);
      CHECK(flipped.handler.statuses_.size() <= 4);
    }
  }
}

}  // namespace
}  // namespace sealedger::api
