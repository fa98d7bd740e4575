#include "api/request_head.h"

#include <doctest/doctest.h>

#include <string>

namespace sealedger::api {
namespace {

std::string Head(const std::string& line, const std::string& headers) {
  return line + "\r\n" + headers + "\r\n";
}

std::string Refusal(const std::string& text) {
  const Result<RequestHead> head = ParseRequestHead(text);
  return head ? "" : head.error().name;
}

TEST_CASE("a head is read as it was sent") {
  const Result<RequestHead> head = ParseRequestHead(
      Head("POST /v1/a%2Fb?x=1&y=%41 HTTP/1.1",
           "Host: h\r\nContent-Length: 12\r\nIdempotency-Key:  k%2D1 \t\r\n"
           "Connection: keep-alive, Close\r\nX-Empty:\r\nExpect: "
           "100-Continue\r\n"));
  REQUIRE(head);
  const Request& request = head->request;
  CHECK(request.method == "POST");
  CHECK(request.target == "/v1/a%2Fb?x=1&y=%41");
  CHECK(request.path == "/v1/a%2Fb");
  CHECK(request.query == Query{{"x", "1"}, {"y", "A"}});
  CHECK(*FindHeader(request.headers, "idempotency-key") == "k%2D1");
  CHECK(FindHeader(request.headers, "x-empty")->empty());
  CHECK(head->content_length == 12);
  CHECK_FALSE(head->keep_alive);
  CHECK(head->expects_continue);
}

TEST_CASE("a connection stays in 1.1 and ends in 1.0, unless said otherwise") {
  const auto keeps = [](const std::string& version, const std::string& header) {
    return ParseRequestHead(Head("GET / " + version, header))->keep_alive;
  };
  CHECK(keeps("HTTP/1.1", ""));
  CHECK_FALSE(keeps("HTTP/1.0", ""));
  CHECK(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n"));
  CHECK_FALSE(keeps("HTTP/1.1", "Connection: close\r\n"));
}

TEST_CASE("what is not a request line is refused") {
  for (const char* line :
       {"", " ", "GET", "GET /", "GET / HTTP/1.1 x", "GET  / HTTP/1.1",
        " GET / HTTP/1.1", "GET / HTTP/2.0", "GET / http/1.1", "G(T / HTTP/1.1",
        "GET http://h/ HTTP/1.1", "GET * HTTP/1.1", "GET /a#b HTTP/1.1",
        "GET /a b HTTP/1.1", "GET / HTTP/1.1\rx"}) {
    CAPTURE(line);
    CHECK(Refusal(Head(line, "")) == "bad-request");
  }
  CHECK(Refusal("GET / HTTP/1.1\n\n") == "bad-request");
  CHECK(Refusal("GET / HTTP/1.1\r\nA: b\n\r\n") == "bad-request");
}

TEST_CASE("what is not a header line is refused") {
  for (const char* line :
       {"no colon", ": no name", "Name : v", " Folded: v", "\tgoes on",
        "N@me: v", "N\xc3\xa4me: v", "A: b\rc"}) {
    CAPTURE(line);
    CHECK(Refusal(Head("GET / HTTP/1.1", std::string(line) + "\r\n")) ==
          "bad-request");
  }
}

TEST_CASE("control characters are refused, raw and percent-encoded") {
  for (const char* value : {"a\x01z", "a\x7fz", "a\x1fz", "a%00z",
                            "a%0D%0ASet-Cookie: x", "a%7f"}) {
    CAPTURE(value);
    CHECK(Refusal(Head("GET / HTTP/1.1", "X-Note: " + std::string(value) +
                                             "\r\n")) == "control-character");
  }
  CHECK(Refusal(Head("GET / HTTP/1.1", "X-Note: a\tb\r\n")).empty());
  CHECK(Refusal(Head("GET / HTTP/1.1", std::string("X-Note: a\0b\r\n", 13))) ==
        "control-character");
  for (const char* target : {"/a\x01", "/a%0a", "/a?b=%7F", "/%1b[0m", "/\t"}) {
    CAPTURE(target);
    CHECK(Refusal(Head("GET " + std::string(target) + " HTTP/1.1", "")) ==
          "control-character");
  }
}

TEST_CASE("a body's length is stated once, in decimal") {
  const auto post = [](const std::string& headers) {
    return Refusal(Head("POST / HTTP/1.1", headers));
  };
  CHECK(post("Content-Length: 0\r\n").empty());
  CHECK(post("Content-Length: 5\r\nContent-Length: 5\r\n").empty());
  CHECK(post("") == "length-required");
  CHECK(Refusal(Head("PUT / HTTP/1.1", "")) == "length-required");
  CHECK(Refusal(Head("DELETE / HTTP/1.1", "")).empty());
  for (const char* length : {"", "-1", "+5", "0x5", "5, 5", "05", "5 5", "1e3",
                             "18446744073709551616"}) {
    CAPTURE(length);
    CHECK(post("Content-Length: " + std::string(length) + "\r\n") ==
          "bad-content-length");
  }
  CHECK(post("Content-Length: 5\r\nContent-Length: 6\r\n") ==
        "bad-content-length");
}

TEST_CASE("any transfer encoding is refused, before all else") {
  for (const char* value : {"chunked", "identity", "", "gzip, chunked"}) {
    CAPTURE(value);
    CHECK(Refusal(Head("POST /%zz HTTP/1.1",
                       "transfer-encoding: " + std::string(value) +
                           "\r\nContent-Length: x\r\n")) == "chunked-body");
  }
}

TEST_CASE("64 headers are taken and 65 are not") {
  std::string headers;
  for (int i = 0; i < 64; ++i) headers += "X-" + std::to_string(i) + ": v\r\n";
  CHECK(Refusal(Head("GET / HTTP/1.1", headers)).empty());
  CHECK(Refusal(Head("GET / HTTP/1.1", headers + "X-Last: v\r\n")) ==
        "too-many-headers");
}

TEST_CASE("a long target and a long head are told apart") {
  const std::string path = "/" + std::string(kMaxTarget - 1, 'a');
  CHECK(Refusal(Head("GET " + path + " HTTP/1.1", "")).empty());
  CHECK(Refusal(Head("GET " + path + "a HTTP/1.1", "")) == "target-too-long");
  CHECK(OversizedHead(std::string(kMaxHead, 'a')).name == "target-too-long");
  CHECK(OversizedHead("GET / HTTP/1.1\r\nX: " + std::string(kMaxHead, 'a'))
            .name == "headers-too-large");
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 70; ++i) many += "X: v\r\n";
  CHECK(OversizedHead(many).name == "too-many-headers");
}

TEST_CASE("malformed percent-encoding is refused in path and query") {
  for (const char* target : {"/%", "/%2", "/%zz", "/a?b=%", "/a?%g1=b"}) {
    CAPTURE(target);
    CHECK(Refusal(Head("GET " + std::string(target) + " HTTP/1.1", "")) ==
          "bad-percent-encoding");
  }
}

TEST_CASE("the end of a head is found wherever reading paused") {
  const std::string text = "GET / HTTP/1.1\r\nA: b\r\n\r\nbody";
  const size_t end = text.size() - 4;
  for (size_t size = 0; size <= text.size(); ++size) {
    CAPTURE(size);
    CHECK(FindHeadEnd(text.substr(0, size)) ==
          (size < end ? std::string_view::npos : end));
  }
  CHECK(FindHeadEnd("GET /\n\nx") == 7);
  CHECK(FindHeadEnd("a\n\r\nx") == 4);
}

}  // namespace
}  // namespace sealedger::api
