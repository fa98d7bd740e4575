// /metrics, the table of docs/operators.md, and the checks of /readyz.
#include "api/metrics.h"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

#include "ledger/leveldb_store.h"
#include "tests/api/test_service.h"
#include "tests/support/files.h"

namespace sealedger::api {
namespace {

using sealedger::testing::Answer;
using sealedger::testing::Evidence;
using sealedger::testing::TestService;

std::string Docs() {
  const auto root = sealedger::testing::VectorPath("x")
                        .parent_path()
                        .parent_path()
                        .parent_path();
  return sealedger::testing::ReadFile(root / "docs/operators.md");
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// | `sealedger_tree_size` | gauge | | … |  →  name, "gauge "
std::map<std::string, std::string> Documented() {
  std::map<std::string, std::string> rows;
  for (const std::string& line : Lines(Docs())) {
    if (!line.starts_with("| `sealedger_")) continue;
    const size_t name_end = line.find('`', 3);
    const size_t type = name_end + 4;
    const size_t labels = line.find(" | ", type) + 3;
    const size_t labels_end = line.find(" | ", labels);
    CHECK(rows.emplace(line.substr(3, name_end - 3),
                       line.substr(type, line.find(' ', type) - type) + " " +
                           line.substr(labels, labels_end - labels))
              .second);
  }
  return rows;
}

// The label names of `name{a="…",b="…"} 1`, without the buckets' own, as the
// table spells them.
std::string LabelsOf(const std::string& sample) {
  std::string labels;
  const size_t open = sample.find('{');
  if (open == std::string::npos) return "none";
  for (size_t at = open; sample[at] != '}';) {
    const size_t equals = sample.find('=', at);
    const std::string name = sample.substr(at + 1, equals - at - 1);
    if (name != "le") {
      labels += (labels.empty() ? "`" : ", `") + name + "`";
    }
    at = sample.find('"', equals + 2) + 1;
  }
  return labels.empty() ? "none" : labels;
}

std::map<std::string, std::string> Served(const std::string& figures) {
  std::map<std::string, std::string> types;
  std::map<std::string, std::string> rows;
  std::string family;
  for (const std::string& line : Lines(figures)) {
    if (line.starts_with("# TYPE ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      types[family] = line.substr(line.rfind(' ') + 1);
    } else if (!line.starts_with("#")) {
      CAPTURE(line);
      CHECK(line.starts_with(family));
      rows[family] = types[family] + " " + LabelsOf(line);
    }
  }
  return rows;
}

double ValueOf(const std::string& figures, const std::string& sample) {
  const size_t at = figures.find("\n" + sample + " ");
  CAPTURE(sample);
  REQUIRE(at != std::string::npos);
  return std::stod(figures.substr(at + sample.size() + 2));
}

TEST_CASE("the operators' table and what is served are the same") {
  TestService service;
  CHECK(service.Post("/v1/evidence", Evidence("m"), "acme").status == 201);
  CHECK(service.Get("/v1/entries/99").status == 404);
  std::string figures;
  // An answer is counted once it was sent: a client may be quicker.
  do {
    figures = service.Get("/metrics").body;
  } while (figures.find("problem=\"no-such-entry\"") == std::string::npos);
  CHECK(Served(figures) == Documented());
}

TEST_CASE("every commit is counted with what it did") {
  TestService service;
  const auto commits = [&] {
    return ValueOf(service.Get("/metrics").body,
                   "sealedger_commit_entries_count");
  };
  // Figures follow the answer.
  const auto await = [&](double count) {
    while (commits() < count) {
    }
    CHECK(commits() == count);
  };
  const double before =
      ValueOf(service.Get("/metrics").body, "sealedger_commits_total");
  await(before);
  std::string items;
  for (int i = 0; i < 100; ++i) {
    items += (i == 0 ? "" : ",") + Evidence(std::to_string(i));
  }
  CHECK(
      service.Post("/v1/evidence/batch", R"({"items":[)" + items + "]}", "acme")
          .status == 201);
  await(before + 1);
  const std::string figures = service.Get("/metrics").body;
  CHECK(ValueOf(figures, "sealedger_commit_entries_bucket{le=\"64\"}") ==
        before);
  CHECK(ValueOf(figures, "sealedger_commit_entries_bucket{le=\"128\"}") ==
        before + 1);
  CHECK(ValueOf(figures, "sealedger_store_write_duration_seconds_count") ==
        before + 1);
  CHECK(ValueOf(figures, "sealedger_tree_size") ==
        static_cast<double>(service.size()));
  CHECK(ValueOf(figures, "sealedger_process_anonymous_memory_bytes") > 1e6);
  CHECK(ValueOf(figures, "sealedger_process_open_files") > 10);
  CHECK(ValueOf(figures, "sealedger_connections{state=\"active\"}") >= 1);
}

TEST_CASE("readiness has its line for each check, and each can fail") {
  const std::vector<std::string> checks = {
      "sequencer", "clock", "private", "index", "guard", "disk", "log"};
  TestService service;
  std::string expected;
  for (const std::string& check : checks) expected += check + " ok\n";
  CHECK(service.Get("/readyz?verbose").body == expected + "ready\n");
  const std::string docs = Docs();
  for (const std::string& check : checks) {
    CAPTURE(check);
    CHECK(docs.find("| `" + check + "` | ") != std::string::npos);
    CHECK(ValueOf(service.Get("/metrics").body,
                  "sealedger_ready{check=\"" + check + "\"}") == 1);
  }
}

TEST_CASE("a disk that is nearly full is told, to others without the how") {
  TestService service([](notary::NotaryOptions* options, ServerOptions* http) {
    options->settings.disk_min_free_mib = 1000000000;
    http->trusted_proxies = {"127.0.0.1"};
  });
  const Answer near = service.Get("/readyz?verbose");
  CHECK(near.status == 503);
  CHECK(near.body.find("disk failed: disk-low: less is free than") !=
        std::string::npos);
  CHECK(near.body.find("\nlog ok\n") != std::string::npos);
  const Answer far =
      service.As("", {.target = "/readyz?verbose",
                      .headers = {{"X-Forwarded-For", "198.51.100.7"}}});
  CHECK(far.body.find("\ndisk failed: disk-low\n") != std::string::npos);
  // It is told once to the log, too, whoever asks or not.
  const std::string log = service.Logged();
  const std::string event =
      R"("event":"check_failed","check":"disk","name":"disk-low")";
  CHECK(log.find(event) != std::string::npos);
  CHECK(log.find(event) == log.rfind(event));
}

TEST_CASE("a log that nobody can read is told") {
  TestService service([](notary::NotaryOptions*, ServerOptions* options) {
    options->log_file = "/dev/full";
  });
  Answer ready;
  do {
    ready = service.Get("/readyz?verbose");
  } while (ready.body.find("\nlog ok\n") != std::string::npos);
  CHECK(ready.status == 503);
  CHECK(ready.body.find("\nlog failed: cannot-log: ") != std::string::npos);
}

}  // namespace
}  // namespace sealedger::api
