// Every route once as it is meant, over sockets, on a real ledger.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/encoding.h"
#include "ledger/tlog_proof.h"
#include "notary/canonical_json.h"
#include "tests/api/test_service.h"

namespace sealedger::api {
namespace {

using sealedger::testing::Answer;
using sealedger::testing::Call;
using sealedger::testing::Evidence;
using sealedger::testing::IndexOf;
using sealedger::testing::Member;
using sealedger::testing::TestService;

std::string DocumentPath(const std::string& document) {
  return "/v1/documents/" + ledger::ToHex(ledger::Sha256Of(document));
}

TEST_CASE("a deposit is answered with its receipt and can be read again") {
  TestService service;
  const Answer made =
      service.Post("/v1/evidence", Evidence("a", R"(,"label":"no 1")"), "acme");
  REQUIRE(made.status == 201);
  const std::string path = "/v1/entries/" + std::to_string(IndexOf(made));
  CHECK(made.Header("Location") == path);
  CHECK(made.Header("Content-Type") == "application/json");
  CHECK(made.Header("Cache-Control") == "no-store");
  CHECK(made.Header("Idempotency-Replayed").empty());
  CHECK(notary::IsCanonicalJson(made.body));
  CHECK(ledger::ParseTlogProof(*Member(made, "proof").if_string()));

  CHECK(Member(service.Get(path), "entry") == Member(made, "entry"));
  CHECK(Member(service.Get(DocumentPath("a")), "items").if_array()->size() ==
        1);
  CHECK(
      Member(service.Get("/v1/entries?kind=evidence.recorded&by=acme"), "items")
          .if_array()
          ->size() == 1);

  const Answer bundle = service.Get(path + "/bundle?chain=full");
  REQUIRE(bundle.status == 200);
  const Answer verdict = service.Post(
      "/v1/verify", "{\"bundle\":" + bundle.body +
                        ",\"document\":{\"sha256\":\"" +
                        ledger::ToHex(ledger::Sha256Of("a")) + "\"}}");
  CHECK(*Member(verdict, "overall").if_string() == "passed");
}

TEST_CASE("a batch comes back in chunks, every receipt in it") {
  TestService service;
  std::string items;
  for (int i = 0; i < 1000; ++i) {
    items += (i == 0 ? "" : ",") + Evidence(std::to_string(i));
  }
  const uint64_t before = service.size();
  const Answer answer =
      service.Post("/v1/evidence/batch", "{\"items\":[" + items + "]}", "acme");
  REQUIRE(answer.status == 201);
  CHECK(answer.chunked);
  CHECK(notary::IsCanonicalJson(answer.body));
  CHECK(Member(answer, "receipts").if_array()->size() == 1000);
  CHECK(ledger::ParseNote(*Member(answer, "checkpoint").if_string()));
  CHECK(service.size() == before + 1000);
}

TEST_CASE("a batch of more than 1 MiB is taken, and only where it may be") {
  TestService service;
  std::string items;
  for (int i = 0; i < 10000; ++i) {
    items += (i == 0 ? "" : ",") +
             Evidence(std::to_string(i), R"(,"label":"of a large batch")");
  }
  const std::string body = "{\"items\":[" + items + "]}";
  REQUIRE(body.size() > kMaxBody);
  CHECK(service.Post("/v1/evidence", body, "acme").status == 413);
  const Answer answer = service.Post("/v1/evidence/batch", body, "acme");
  CHECK(answer.status == 201);
}

TEST_CASE("a key makes one entry, whoever asks how often") {
  TestService service;
  const uint64_t before = service.size();
  const std::string body = Evidence("once", R"(,"private":{"name":"张三"})");
  std::vector<Answer> answers(12);
  std::vector<std::thread> threads;
  for (Answer& answer : answers) {
    threads.emplace_back([&service, &body, &answer] {
      answer = sealedger::testing::Send(
          service.port(),
          {.method = "POST",
           .target = "/v1/evidence",
           .headers = {{"Authorization", "Bearer " + service.Token("acme")},
                       {"Idempotency-Key", "\"k-1\""}},
           .body = body});
    });
  }
  for (std::thread& thread : threads) thread.join();
  int replayed = 0;
  for (const Answer& answer : answers) {
    REQUIRE(answer.status == 201);
    CHECK(IndexOf(answer) == before);
    CHECK(Member(answer, "entry") == Member(answers[0], "entry"));
    CHECK(Member(answer, "disclosures") == Member(answers[0], "disclosures"));
    if (answer.Header("Idempotency-Replayed") == "true") ++replayed;
  }
  CHECK(replayed == 11);
  CHECK(service.size() == before + 1);
  // Quotes are no part of it; another party's key is another key.
  CHECK(service.Post("/v1/evidence", body, "acme", "k-1").status == 201);
  CHECK(service.size() == before + 1);
  CHECK(service.Post("/v1/evidence", body, "other", "k-1").status == 201);
  CHECK(service.size() == before + 2);
}

TEST_CASE("private fields are for their owner, until they are erased") {
  TestService service;
  const Answer made = service.Post(
      "/v1/evidence", Evidence("p", R"(,"private":{"name":"张三"})"), "acme");
  REQUIRE(made.status == 201);
  const std::string path = "/v1/entries/" + std::to_string(IndexOf(made));
  CHECK(made.body.find("张三") == std::string::npos);
  const auto disclosed = [&](const std::string& party) {
    return Member(service.Get(path, party), "disclosures").if_array()->size();
  };
  CHECK(disclosed("acme") == 1);
  CHECK(disclosed("operator") == 1);
  CHECK(disclosed("") == 0);
  CHECK(disclosed("other") == 0);
  CHECK(disclosed("court") == 0);

  const std::string reason = R"({"reason":"person_request"})";
  CHECK(service.Post(path + "/erasure", reason, "other").status == 403);
  CHECK(service.Post(path + "/erasure", reason, "acme").status == 201);
  CHECK(disclosed("acme") == 0);
  CHECK(service.Post(path + "/erasure", reason, "acme").Problem() ==
        "already-erased");
  CHECK(service.Get(path + "/bundle", "acme").status == 200);
}

TEST_CASE("a party and its tokens live and end") {
  TestService service;
  const Answer party = service.Get("/v1/parties/acme", "acme");
  CHECK(party.status == 200);
  CHECK(service.Get("/v1/parties/acme", "other").status == 403);
  CHECK(service.Get("/v1/parties/acme").status == 401);
  CHECK(service.Get("/v1/parties/nobody", "operator").Problem() ==
        "no-such-party");
  CHECK(service
            .Post("/v1/parties/acme/events",
                  R"({"event":"changed","name":"Acme Ltd"})", "operator")
            .status == 201);
  CHECK(
      service
          .Post("/v1/parties", R"({"id":"acme","role":"platform"})", "operator")
          .Problem() == "party-exists");

  const Answer token = service.Post(
      "/v1/tokens", R"({"party":"acme","role":"platform"})", "operator");
  REQUIRE(token.status == 201);
  const std::string secret = *Member(token, "token").if_string();
  const std::string id = *Member(token, "id").if_string();
  const Call me{.target = "/v1/me",
                .headers = {{"Authorization", "Bearer " + secret}}};
  CHECK(*Member(service.As("", me), "party").if_string() == "acme");
  CHECK(service.Get("/v1/tokens", "court").body.find(id) != std::string::npos);
  CHECK(service.Get("/v1/tokens", "court").body.find(secret) ==
        std::string::npos);
  const Call removal{.method = "DELETE", .target = "/v1/tokens/" + id};
  CHECK(service.As("acme", removal).status == 403);
  const Answer removed = service.As("operator", removal);
  CHECK(removed.status == 204);
  CHECK(removed.body.empty());
  CHECK(service.As("", me).Problem() == "wrong-token");
  CHECK(service.As("operator", removal).Problem() == "no-such-token");
}

TEST_CASE("tiles are served at every width, and what is none is 404") {
  TestService service;
  const uint64_t size = service.size();
  const std::string entries = "/tile/entries/000.p/";
  for (uint64_t width = 1; width <= size; ++width) {
    const Answer tile = service.Get("/tile/0/000.p/" + std::to_string(width));
    CHECK(tile.status == 200);
    CHECK(tile.body.size() == 32 * width);
    CHECK(tile.Header("Content-Type") == "application/octet-stream");
    CHECK(tile.Header("Cache-Control").find("immutable") != std::string::npos);
    CHECK(service.Get(entries + std::to_string(width)).status == 200);
  }
  for (const std::string& path :
       {"/tile/0/000.p/" + std::to_string(size + 1),
        std::string("/tile/0/000"),
        std::string("/tile/0/000.p/0"),
        std::string("/tile/0/000.p/256"),
        std::string("/tile/0/000.p/01"),
        std::string("/tile/0/0"),
        std::string("/tile/0/x000/005"),
        std::string("/tile/00/000"),
        std::string("/tile/64/000"),
        std::string("/tile/0/001"),
        std::string("/tile/"),
        std::string("/tile//"),
        std::string("/tile/0"),
        std::string("/tile/0/00%30.p/1"),
        std::string("/tile/../checkpoint"),
        std::string("/tile/0/x999/x999/x999/x999/x999/x999/x999/999"),
        std::string("/tile/-1/000"),
        std::string("/tile/entries/"),
        "/tile/0/" + std::string(4000, '9'),
        std::string("/tile/0/%ff%fe")}) {
    CAPTURE(path);
    CHECK(service.Get(path).status == 404);
  }
}

TEST_CASE("the checkpoint is the note itself, cached for a second") {
  TestService service;
  const Answer answer = service.Get("/checkpoint");
  CHECK(answer.status == 200);
  CHECK(answer.body == service.notary().Checkpoint());
  CHECK(answer.Header("Content-Type") == "text/plain; charset=utf-8");
  CHECK(answer.Header("Cache-Control") == "public, max-age=1");
}

TEST_CASE("operators see status, health, readiness and figures") {
  const std::string kOneDeposit =
      "sealedger_http_requests_total{route=\"/v1/evidence\",status=\"201\"} 1";
  TestService service;
  CHECK(Member(service.Get("/v1/status"), "origin") ==
        notary::Json("example.com/log"));
  CHECK(service.Get("/healthz").body == "ok\n");
  CHECK(service.Get("/readyz").body == "ready\n");
  CHECK(service.Get("/readyz?verbose").body.find("sequencer ok") !=
        std::string::npos);
  service.Post("/v1/evidence", Evidence("m"), "acme");
  // An answer is counted once it was sent: a client may be quicker.
  std::string figures;
  for (int i = 0; i < 1000; ++i) {
    figures = service.Get("/metrics").body;
    if (figures.find(kOneDeposit) != std::string::npos) break;
  }
  CHECK(figures.find(kOneDeposit) != std::string::npos);
  CHECK(figures.find("sealedger_tree_size " + std::to_string(service.size())) !=
        std::string::npos);
  for (const char* name :
       {"sealedger_indexed_size", "sealedger_sequencer_queue",
        "sealedger_commits_total", "sealedger_entries_total"}) {
    CAPTURE(name);
    CHECK(figures.find(std::string("\n") + name + " ") != std::string::npos);
  }
}

TEST_CASE("a service that cannot write is not ready and says when to ask") {
  const auto faults = std::make_shared<ledger::StoreFaults>();
  TestService service([&](notary::NotaryOptions* options, ServerOptions*) {
    options->ledger_faults = faults;
  });
  faults->countdown = 1;
  for (const char* problem : {"outcome-unknown", "sequencer-stopped"}) {
    const Answer refused = service.Post("/v1/evidence", Evidence("x"), "acme");
    CHECK(refused.status == 503);
    CHECK(refused.Problem() == problem);
    CHECK_FALSE(refused.Header("Retry-After").empty());
  }
  const Answer ready = service.Get("/readyz?verbose");
  CHECK(ready.status == 503);
  CHECK_FALSE(ready.Header("Retry-After").empty());
  CHECK(ready.body.find("sequencer failed: ") != std::string::npos);
  CHECK(ready.body.ends_with("not ready\n"));
  CHECK(service.Get("/checkpoint").status == 200);
}

TEST_CASE("figures are for this machine, whoever a proxy speaks for") {
  TestService service([](notary::NotaryOptions*, ServerOptions* options) {
    options->trusted_proxies = {"127.0.0.1"};
  });
  const Answer answer = service.As(
      "",
      {.target = "/metrics", .headers = {{"X-Forwarded-For", "198.51.100.1"}}});
  CHECK(answer.status == 403);
  CHECK(answer.Problem() == "loopback-only");
}

TEST_CASE("with read = token the public sees heads and hashes alone") {
  TestService service([](notary::NotaryOptions* options, ServerOptions*) {
    options->settings.server.read_needs_token = true;
  });
  for (const std::string& path :
       {std::string("/v1/entries"), std::string("/v1/entries/0"),
        std::string("/v1/entries/0/bundle"), DocumentPath("a"),
        std::string("/tile/entries/000.p/1")}) {
    CAPTURE(path);
    CHECK(service.Get(path).Problem() == "token-required");
    const Answer answer = service.Get(path, "court");
    CHECK(answer.status == 200);
    CHECK(answer.Header("Cache-Control").find("public") == std::string::npos);
  }
  CHECK(service.Get("/checkpoint").status == 200);
  CHECK(service.Get("/tile/0/000.p/1").status == 200);
}

TEST_CASE("HEAD is answered wherever GET is") {
  TestService service;
  for (const char* path : {"/checkpoint", "/v1/entries/0", "/v1/status",
                           "/tile/0/000.p/1", "/healthz", "/openapi.yaml"}) {
    CAPTURE(path);
    const Answer head = service.As("", {.method = "HEAD", .target = path});
    const Answer get = service.Get(path);
    CHECK(head.status == 200);
    CHECK(head.Header("Content-Length") == std::to_string(get.body.size()));
    CHECK(head.Header("Content-Type") == get.Header("Content-Type"));
  }
}

TEST_CASE("the log has a line for each answer and none of what was private") {
  TestService service;
  const std::string secret = service.Token("acme");
  service.Post("/v1/evidence",
               Evidence("l", R"(,"label":"L-17","private":{"name":"王五"})"),
               "acme", "key-of-mine");
  service.Get("/v1/entries?by=acme&cursor=private-cursor");
  service.Get("/no/such/" + secret);
  service.As("", {.method = "SLG_METHOD", .target = "/checkpoint"});
  service.As("", {.target = "/v1/me",
                  .headers = {{"Authorization", "Bearer slg_wrongtoken"}}});
  const std::string log = service.Logged();
  size_t lines = 0;
  for (size_t begin = 0; begin < log.size();) {
    const size_t end = log.find('\n', begin);
    const std::string line = log.substr(begin, end - begin);
    CAPTURE(line);
    const ledger::Result<notary::Json> json = notary::ParseJson(line);
    REQUIRE(json);
    for (const char* name :
         {"time", "request_id", "status", "duration_us", "bytes"}) {
      CHECK(json->Find(name) != nullptr);
    }
    ++lines;
    begin = end + 1;
  }
  CHECK(lines == 13);
  CHECK(log.find("\"path\":\"/v1/entries\"") != std::string::npos);
  for (const std::string& word :
       {secret, std::string("slg_"), std::string("L-17"), std::string("王五"),
        std::string("key-of-mine"), std::string("private-cursor"),
        std::string("SLG_METHOD"), ledger::ToHex(ledger::Sha256Of("l"))}) {
    CAPTURE(word);
    CHECK(log.find(word) == std::string::npos);
  }
}

}  // namespace
}  // namespace sealedger::api
