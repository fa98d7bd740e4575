// HTTP on one connection: what is understood of its bytes does not depend on
// how they come, every body is as long as its head says, the answers are whole
// and in order, and every log line is one JSON object.
//
// The first byte chooses the size of the pieces.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/connection.h"
#include "api/log.h"
#include "api/problem.h"
#include "ledger/check.h"
#include "ledger/encoding.h"
#include "notary/canonical_json.h"
#include "tests/fuzz/support/memory_stream.h"
#include "tests/fuzz/support/wire_answers.h"

namespace {

using namespace sealedger;
using fuzzing::MemoryStream;

// Answers with what it was asked; "/s…" in chunks, "/n…" with nothing.
class EchoHandler : public api::Handler {
 public:
  size_t BodyLimit(const api::Request& head) const override {
    return head.path.starts_with("/large") ? api::kMaxLargeBody : 300;
  }

  api::Response Handle(const api::Request& request) override {
    const std::string* length =
        api::FindHeader(request.headers, "Content-Length");
    CHECK(request.body.size() ==
          (length == nullptr ? 0 : ledger::ParseDecimal(*length).value()));
    CHECK(request.body.size() <= BodyLimit(request));
    CHECK(!request.request_id.empty() && !request.client_address.empty());
    api::Response response;
    response.content_type = "text/plain";
    response.route = "/{path...}";
    const std::string text = request.method + " " + request.target + " " +
                             request.body + " " + request.client_address;
    if (request.path.starts_with("/s")) {
      response.stream = [text](const api::Sink& sink) {
        return sink(text.substr(0, 7)) && sink("") && sink(text);
      };
    } else if (request.path.starts_with("/n")) {
      response.status = 204;
    } else {
      response.body = text;
    }
    return response;
  }

  void Finished(const api::Exchange& exchange) override {
    methods.push_back(exchange.request.method);
    seen.push_back(exchange.request.method + " " + exchange.request.target +
                   "\n" + exchange.request.body + "\n" +
                   std::to_string(exchange.response.status));
    const std::string line = api::FormatLogLine(exchange, 1795339800123);
    CHECK(notary::ParseJson(line).has_value());
    CHECK(line.find('\n') == std::string::npos);
    // Bytes behind it would be a body to one reader and the next request to
    // another: what is refused depends on whether they came already.
    depends |=
        exchange.request.method == "DELETE" &&
        api::FindHeader(exchange.request.headers, "Content-Length") == nullptr;
  }

  std::vector<std::string> methods;
  std::vector<std::string> seen;
  bool depends = false;
};

EchoHandler Serve(std::string_view bytes, size_t step) {
  EchoHandler handler;
  MemoryStream stream(std::string(bytes), step);
  api::ServerLoad load;
  api::ConnectionOptions options;
  options.trusted_proxies = {"192.0.2.1"};
  api::ServeConnection(stream, "192.0.2.1", options, load, handler);
  CHECK(load.large_bodies == 0);
  CHECK(load.unknown_large_bodies == 0);
  fuzzing::ReadAnswers(stream.output(), handler.methods);
  return handler;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1,
                               size - 1);
  const EchoHandler whole = Serve(bytes, SIZE_MAX);
  const EchoHandler pieces = Serve(bytes, 1 + data[0] % 64u);
  if (!whole.depends && !pieces.depends) CHECK(whole.seen == pieces.seen);
  return 0;
}
