#include "notary/notary.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "ledger/tlog_proof.h"
#include "notary/json_members.h"
#include "notary/verify.h"
#include "tests/notary/sample_service.h"
#include "tests/support/manual_clock.h"

namespace sealedger::notary {
namespace {

using namespace sample;

TEST_CASE("evidence is answered with a proof that holds") {
  Service service;
  const auto recorded = service.Record(
      kAcme, EvidenceText("a", ",\"label\":\"c-1\",\"private\":{\"n\":\"x\"}"));
  REQUIRE(recorded.has_value());
  const Receipt& receipt = recorded->receipt;
  CHECK(!recorded->replayed);
  CHECK(receipt.index == 4);
  CHECK(receipt.kind == "evidence.recorded");
  REQUIRE(receipt.disclosures.size() == 1);
  const auto proof = ledger::ParseTlogProof(*receipt.proof);
  REQUIRE(proof.has_value());
  const std::vector<ledger::VerifierKey> known{
      *ReadVkey(DataPaths(service.path()))};
  CHECK(ledger::VerifyTlogProof(*proof, ledger::LeafHash(receipt.entry), known)
            .has_value());
  const auto entry = ParseEntry(receipt.entry);
  REQUIRE(entry.has_value());
  CHECK(entry->by == "acme");
  CHECK(entry->by_entry == 2);
  CHECK(entry->sd.size() == 1);
  service.CheckReplayClean();
}

TEST_CASE("disclosures are seen by their owner and the administrator alone") {
  Service service;
  const uint64_t index =
      service.Record(kAcme, EvidenceText("a", ",\"private\":{\"n\":\"x\"}"))
          ->receipt.index;
  const auto seen = [&](const Caller* caller) {
    return service->ReadEntry(caller, index)->disclosures.size();
  };
  CHECK(seen(&kAcme) == 1);
  CHECK(seen(&kAdminCaller) == 1);
  CHECK(seen(&kOther) == 0);
  CHECK(seen(nullptr) == 0);
}

TEST_CASE("a regulator's token owns nothing of the operator who holds it") {
  Service service;
  const auto recorded = service.Record(
      kAdminCaller, EvidenceText("a", ",\"private\":{\"n\":\"x\"}"));
  REQUIRE(recorded.has_value());
  const uint64_t index = recorded->receipt.index;
  const Caller regulator{std::string(kOperator), Role::kRegulator};
  CHECK(service->ReadEntry(&regulator, index)->disclosures.empty());
  const std::string body = "{\"reason\":\"mistake\"}";
  CHECK(service
            ->EraseDisclosures(Service::Context(regulator, body), index,
                               Parsed(body))
            .error()
            .name == "not-owner");
  CHECK(service->ReadEntry(&kAdminCaller, index)->disclosures.size() == 1);
}

TEST_CASE("the same key and request give the same entry, another body 409") {
  Service service;
  const std::string body = EvidenceText("a", ",\"private\":{\"n\":\"x\"}");
  const auto first = service.Record(kAcme, body, "k");
  const auto second = service.Record(kAcme, body, "k");
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  CHECK(second->replayed);
  CHECK(second->receipt.index == first->receipt.index);
  CHECK(second->receipt.entry == first->receipt.entry);
  CHECK(second->receipt.disclosures == first->receipt.disclosures);
  CHECK(service.Record(kAcme, EvidenceText("b"), "k").error().name ==
        "idempotency-key-reused");
  // Scoped by party, and kept over a restart.
  CHECK(!service.Record(kOther, body, "k")->replayed);
  service.Open();
  CHECK(service.Record(kAcme, body, "k")->receipt.index ==
        first->receipt.index);
  service.CheckReplayClean();
}

TEST_CASE("twelve requests at once with one key make one entry") {
  Service service;
  const uint64_t before = SizeOf(*service);
  const std::string body = EvidenceText("a");
  std::atomic<int> fresh{0};
  std::atomic<uint64_t> sum{0};
  std::vector<WriteContext> contexts;
  for (int i = 0; i < 12; ++i) {
    contexts.push_back(Service::Context(kAcme, body, "same"));
  }
  std::vector<std::thread> callers;
  for (int i = 0; i < 12; ++i) {
    callers.emplace_back([&, i] {
      const auto done = service->RecordEvidence(
          contexts[static_cast<size_t>(i)], Parsed(body));
      if (!done) return;
      if (!done->replayed) ++fresh;
      sum += done->receipt.index;
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(fresh == 1);
  CHECK(sum == 12 * before);
  CHECK(SizeOf(*service) == before + 1);
}

TEST_CASE("idempotency records of two generations ago are dropped") {
  Service service;
  testing::ManualClock clock;
  const auto with_clock = [&](NotaryOptions* options) {
    options->clock = &clock;
    options->accept_clock = true;
    options->settings.clock_max_gap_ms = 400 * kDayMs;
    options->settings.idempotency_keep_days = 1;
  };
  clock.SetBy(service->NowMs() + 1000 - clock.WallMs());
  service.Open(with_clock);
  const std::string body = EvidenceText("a");
  REQUIRE(service.Record(kAcme, body, "k").has_value());
  clock.Advance(kDayMs);
  CHECK(service.Record(kAcme, body, "k")->replayed);
  clock.Advance(2 * kDayMs);
  CHECK(!service.Record(kAcme, body, "k")->replayed);
  // The new record's commit swept the old one.
  service.Close();
  auto store = ledger::OpenLevelDb(service.path() + "/ledger", {});
  REQUIRE(store.has_value());
  int records = 0;
  REQUIRE(
      ledger::Scan(**store, "i", "j", [&](std::string_view, std::string_view) {
        ++records;
        return true;
      }).has_value());
  CHECK(records == 1);
}

TEST_CASE("chains hang together and refuse what does not") {
  Service service;
  const uint64_t root = service.Record(kAcme, EvidenceText("a"))->receipt.index;
  const auto link = [&](const Caller& caller, const std::string& chain) {
    return service.Record(caller, EvidenceText("b", ",\"chain\":" + chain));
  };
  const std::string r = std::to_string(root);
  const auto first = link(kAcme, r);
  REQUIRE(first.has_value());
  const auto chain_of = [](const Result<Recorded>& recorded) {
    const auto entry = ParseEntry(recorded->receipt.entry);
    return *std::get<EvidenceRecorded>(entry->body).chain;
  };
  CHECK(chain_of(first) == ChainLink{root, root});
  const uint64_t one = first->receipt.index;
  const auto second =
      link(kAcme, "{\"root\":" + r + ",\"after\":" + std::to_string(one) + "}");
  REQUIRE(second.has_value());
  CHECK(chain_of(second) == ChainLink{root, one});
  const uint64_t before = SizeOf(*service);
  CHECK(link(kAcme, "{\"root\":" + r + ",\"after\":" + r + "}").error().name ==
        "chain-out-of-order");
  CHECK(link(kOther, r).error().name == "wrong-chain-root");
  CHECK(link(kAcme, "0").error().name == "wrong-chain-root");
  CHECK(link(kAcme, "9999").error().name == "unknown-reference");
  CHECK(link(kAcme, "{\"root\":" + r + ",\"x\":1}").error().name ==
        "unknown-member");
  CHECK(SizeOf(*service) == before);

  EntryFilter filter;
  filter.chain = root;
  const auto listed = service->ListEntries(nullptr, filter);
  REQUIRE(listed.has_value());
  REQUIRE(listed->items.size() == 3);
  CHECK(listed->items[0].index == root);
  CHECK(listed->items[2].index == second->receipt.index);

  const auto bundle = service->ReadBundle(nullptr, second->receipt.index, true);
  REQUIRE(bundle.has_value());
  Trust trust;
  trust.logs.push_back(*ReadVkey(DataPaths(service.path())));
  const Verdict verdict =
      VerifyBundle(*bundle, trust, {ledger::Sha256Of("b"), std::nullopt});
  CHECK(verdict.overall() == Overall::kPassed);
  REQUIRE(verdict.Find("chain") != nullptr);
  CHECK(verdict.Find("chain")->result == CheckResult::kPass);
  service.CheckReplayClean();
}

TEST_CASE("a chain that is too long for a bundle is refused whole") {
  Service service;
  const auto root = service.Record(kAcme, EvidenceText("root"));
  REQUIRE(root.has_value());
  const std::string link =
      EvidenceText("link", ",\"chain\":" + std::to_string(root->receipt.index));
  std::string body = "{\"items\":[" + link;
  for (int i = 1; i < 8000; ++i) body += "," + link;
  body += "]}";
  const auto batch =
      service->RecordEvidenceBatch(Service::Context(kAcme, body), Parsed(body));
  REQUIRE(batch.has_value());
  const uint64_t last = batch->receipts.back().index;
  CHECK(service->ReadBundle(nullptr, last, false).has_value());
  const auto whole = service->ReadBundle(nullptr, last, true);
  REQUIRE(!whole.has_value());
  CHECK(whole.error().name == "bundle-too-large");
}

TEST_CASE("a batch is whole: all in one commit or none") {
  Service service;
  const uint64_t root = service.Record(kAcme, EvidenceText("a"))->receipt.index;
  const std::string r = std::to_string(root);
  const auto batch = [&](const std::string& items) {
    const std::string body = "{\"items\":[" + items + "]}";
    return service->RecordEvidenceBatch(Service::Context(kAcme, body),
                                        Parsed(body));
  };
  const auto done = batch(EvidenceText("b", ",\"chain\":" + r) + "," +
                          EvidenceText("c", ",\"chain\":" + r) + "," +
                          EvidenceText("d", ",\"private\":{\"n\":\"x\"}"));
  REQUIRE(done.has_value());
  REQUIRE(done->receipts.size() == 3);
  const std::vector<ledger::VerifierKey> known{
      *ReadVkey(DataPaths(service.path()))};
  const auto checkpoint = ledger::VerifyCheckpoint(done->checkpoint, known);
  REQUIRE(checkpoint.has_value());
  for (const BatchReceipt& receipt : done->receipts) {
    CHECK(ledger::VerifyInclusion(receipt.index, checkpoint->head().size,
                                  receipt.leaf_hash, receipt.path,
                                  checkpoint->head().root)
              .has_value());
  }
  CHECK(std::get<EvidenceRecorded>(ParseEntry(done->receipts[1].entry)->body)
            .chain->previous == done->receipts[0].index);
  CHECK(done->receipts[2].disclosures.size() == 1);

  const uint64_t before = SizeOf(*service);
  const auto refused =
      batch(EvidenceText("e") + "," +
            EvidenceText("f", ",\"chain\":" + std::to_string(before)));
  CHECK(refused.error().name == "unknown-reference");
  CHECK(refused.error().field == "/items/1/chain");
  CHECK(batch("").error().name == "batch-size");
  CHECK(SizeOf(*service) == before);
  service.CheckReplayClean();
}

TEST_CASE("roles are kept") {
  Service service;
  const Caller applicant{"acme", Role::kApplicant};
  const Caller regulator{std::string(kOperator), Role::kRegulator};
  const uint64_t before = SizeOf(*service);
  CHECK(service.Record(applicant, EvidenceText("a")).error().name ==
        "wrong-role");
  CHECK(service.Record(regulator, EvidenceText("a")).error().name ==
        "wrong-role");
  CHECK(service
            ->RegisterParty(Service::Context(kAcme, ""),
                            Parsed("{\"id\":\"x\",\"role\":\"platform\"}"))
            .error()
            .name == "wrong-role");
  CHECK(service->CreateToken(kAcme, Parsed("{}")).error().name == "wrong-role");
  CHECK(service->ReadParty(&kOther, "acme").error().name == "wrong-role");
  CHECK(service->ReadParty(&kAcme, "acme").has_value());
  CHECK(service.Record({"nobody", Role::kPlatform}, EvidenceText("a"))
            .error()
            .name == "unknown-party");
  CHECK(SizeOf(*service) == before);
}

TEST_CASE("parties change by entries that name the one before") {
  Service service;
  const auto change = [&](const std::string& id, const std::string& body) {
    return service->ChangeParty(Service::Context(kAdminCaller, body), id,
                                Parsed(body));
  };
  const auto changed =
      change("acme", "{\"event\":\"changed\",\"name\":\"Acme\"}");
  REQUIRE(changed.has_value());
  const auto entry = ParseEntry(changed->receipt.entry);
  const auto& party = std::get<PartyEntry>(entry->body);
  CHECK(party.previous == 2);
  CHECK(party.name == "Acme");
  CHECK(change("acme", "{\"event\":\"changed\",\"name\":\"Acme\"}")
            .error()
            .name == "nothing-changed");
  CHECK(change("acme", "{\"event\":\"changed\"}").error().name ==
        "nothing-changed");
  CHECK(
      change("nobody", "{\"event\":\"changed\",\"name\":\"A\"}").error().name ==
      "no-such-party");
  CHECK(change("acme", "{\"event\":\"changed\",\"signed_only\":true}")
            .error()
            .name == "key-missing");
  const std::string pem =
      "-----BEGIN PUBLIC KEY-----\\n"
      "MCowBQYDK2VwAyEA7UkoxijRwsbq6QM4kFmVYSlZJzpcY/k2NsFGFKyHN9E=\\n"
      "-----END PUBLIC KEY-----\\n";
  CHECK(change("acme", "{\"event\":\"changed\",\"key\":\"" + pem +
                           "\",\"signed_only\":true}")
            .has_value());
  CHECK(change("acme", "{\"event\":\"gone\"}").error().name == "bad-event");
  CHECK(service.Record(kAcme, EvidenceText("a")).error().name ==
        "signature-required");
  const auto open =
      change("acme", "{\"event\":\"changed\",\"signed_only\":false}");
  REQUIRE(open.has_value());
  const auto next = service.Record(kAcme, EvidenceText("a"));
  CHECK(ParseEntry(next->receipt.entry)->by_entry == open->receipt.index);
  const auto shown = service->ReadParty(&kAdminCaller, "acme");
  REQUIRE(shown.has_value());
  CHECK(WriteJson(*shown->Find("entries")) ==
        "[2," + std::to_string(changed->receipt.index) + "," +
            std::to_string(changed->receipt.index + 1) + "," +
            std::to_string(open->receipt.index) + "]");
  CHECK(service
            ->RegisterParty(Service::Context(kAdminCaller, ""),
                            Parsed("{\"id\":\"acme\",\"role\":\"platform\"}"))
            .error()
            .name == "party-exists");
  service.CheckReplayClean();
}

TEST_CASE("tokens open and close, and the last administrator stays") {
  Service service;
  const auto create = [&](const std::string& body) {
    return service->CreateToken(kAdminCaller, Parsed(body));
  };
  const auto token =
      create("{\"party\":\"acme\",\"role\":\"platform\",\"label\":\"ci\"}");
  REQUIRE(token.has_value());
  CHECK(token->secret.starts_with("slg_"));
  const auto caller = service->Authenticate(token->secret);
  REQUIRE(caller.has_value());
  CHECK(caller->party == "acme");
  CHECK(service->Authenticate("slg_x").error().name == "wrong-token");
  CHECK(create("{\"party\":\"acme\",\"role\":\"admin\"}").error().name ==
        "wrong-role-for-party");
  CHECK(create("{\"party\":\"nobody\",\"role\":\"platform\"}").error().name ==
        "unknown-party");
  service.Open();
  CHECK(service->Authenticate(token->secret).has_value());
  REQUIRE(service->DeleteToken(kAdminCaller, token->id).has_value());
  CHECK(!service->Authenticate(token->secret).has_value());
  CHECK(service->DeleteToken(kAdminCaller, token->id).error().name ==
        "no-such-token");
  const auto listed = service->ListTokens(kAdminCaller, std::nullopt);
  REQUIRE(listed.has_value());
  const Json::Array& items = *listed->Find("items")->if_array();
  REQUIRE(items.size() == 1);
  // One that expires leaves nobody behind.
  REQUIRE(
      service
          ->CreateToken(kAdminCaller, Parsed("{\"party\":\"operator\",\"role\":"
                                             "\"admin\",\"expires\":"
                                             "\"2999-01-01T00:00:00.000Z\"}"))
          .has_value());
  CHECK(service->DeleteToken(kAdminCaller, *items[0].Find("id")->if_string())
            .error()
            .name == "last-admin-token");
}

TEST_CASE("an erasure leaves proofs and no private field") {
  Service service;
  const std::string body =
      EvidenceText("a", ",\"private\":{\"signatory\":\"somebody\"}");
  const auto recorded = service.Record(kAcme, body, "k");
  const uint64_t index = recorded->receipt.index;
  const auto erase = [&](const Caller& caller, uint64_t which) {
    return service->EraseDisclosures(Service::Context(caller, ""), which,
                                     Parsed("{\"reason\":\"mistake\"}"));
  };
  CHECK(erase(kOther, index).error().name == "not-owner");
  CHECK(erase(kAcme, 9999).error().name == "no-such-entry");
  CHECK(erase(kAdminCaller, 0).error().name == "nothing-to-erase");
  CHECK(service
            ->EraseDisclosures(Service::Context(kAcme, ""), index,
                               Parsed("{\"reason\":\"whim\"}"))
            .error()
            .name == "bad-reason");
  CHECK(service->ReadEntry(&kAcme, index)->disclosures.size() == 1);
  const auto erased = erase(kAcme, index);
  REQUIRE(erased.has_value());
  CHECK(erased->receipt.kind == "disclosure.erased");
  CHECK(service->ReadEntry(&kAcme, index)->disclosures.empty());
  CHECK(erase(kAcme, index).error().name == "already-erased");
  const auto replayed = service.Record(kAcme, body, "k");
  CHECK(replayed->receipt.index == index);
  CHECK(replayed->receipt.disclosures.empty());
  const auto bundle = service->ReadBundle(&kAcme, index, false);
  Trust trust;
  trust.logs.push_back(*ReadVkey(DataPaths(service.path())));
  CHECK(VerifyBundle(*bundle, trust, {ledger::Sha256Of("a"), std::nullopt})
            .overall() == Overall::kPassed);
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(service.path())) {
    if (!file.is_regular_file()) continue;
    CHECK(testing::ReadFile(file.path())
              .find(recorded->receipt.disclosures[0].substr(0, 32)) ==
          std::string::npos);
  }
  service.CheckReplayClean();
}

TEST_CASE("lists page, filter and stay right while the ledger grows") {
  Service service;
  for (int i = 0; i < 5; ++i) {
    REQUIRE(service.Record(i % 2 == 0 ? kAcme : kOther, EvidenceText("x"))
                .has_value());
  }
  const auto indices = [](const ReceiptList& list) {
    std::vector<uint64_t> found;
    for (const Receipt& item : list.items) found.push_back(item.index);
    return found;
  };
  EntryFilter filter;
  filter.limit = 2;
  filter.by = "acme";
  auto page = service->ListEntries(nullptr, filter);
  REQUIRE(page.has_value());
  CHECK(indices(*page) == std::vector<uint64_t>{4, 6});
  CHECK(!page->items[0].proof.has_value());
  REQUIRE(page->next.has_value());
  REQUIRE(service.Record(kAcme, EvidenceText("y")).has_value());
  filter.cursor = page->next;
  page = service->ListEntries(nullptr, filter);
  CHECK(indices(*page) == std::vector<uint64_t>{8, 9});
  CHECK(!page->next.has_value());

  EntryFilter kinds;
  kinds.kind = "party.registered";
  CHECK(indices(*service->ListEntries(nullptr, kinds)) ==
        std::vector<uint64_t>{1, 2, 3});
  kinds.by = "acme";
  CHECK(service->ListEntries(nullptr, kinds)->items.empty());
  kinds.kind = "no.such";
  CHECK(service->ListEntries(nullptr, kinds).error().name == "bad-kind");
  filter.cursor = "x";
  CHECK(service->ListEntries(nullptr, filter).error().name == "bad-cursor");

  EntryFilter times;
  times.from_ms = service->NowMs() + 1000;
  CHECK(service->ListEntries(nullptr, times)->items.empty());
  times.from_ms = 0;
  times.to_ms = service->NowMs() + 1000;
  CHECK(service->ListEntries(nullptr, times)->items.size() == 10);

  const auto document = service->FindDocument(
      nullptr, {DocumentDigest::Algorithm::kSha256, ledger::Sha256Of("x")},
      std::nullopt);
  REQUIRE(document.has_value());
  CHECK(document->items.size() == 5);
  CHECK(document->related->empty());
}

TEST_CASE("a closed ledger is read with a token alone") {
  Service service;
  service.Open([](NotaryOptions* options) {
    options->settings.server.read_needs_token = true;
  });
  CHECK(service->ReadEntry(nullptr, 0).error().name == "token-required");
  CHECK(service->ReadBundle(nullptr, 0, false).error().name ==
        "token-required");
  CHECK(service->ListEntries(nullptr, {}).error().name == "token-required");
  CHECK(service->ReadTile(nullptr, "tile/entries/000.p/1").error().name ==
        "token-required");
  CHECK(service->ReadTile(nullptr, "tile/0/000.p/1").has_value());
  CHECK(service->ReadEntry(&kOther, 0).has_value());
}

}  // namespace
}  // namespace sealedger::notary
