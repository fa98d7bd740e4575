#include "notary/verify_request.h"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "notary/bundle_reasons.h"
#include "notary/request_base.h"
#include "notary/requested_entry.h"
#include "notary/text.h"
#include "tests/notary/other_values.h"
#include "tests/notary/request_story.h"

namespace sealedger::notary {
namespace {

using testing::OtherValue;
using testing::SentRequest;
using testing::Story;

// A request and its entry in a bundle, as they are or with changes.
struct Case {
  explicit Case(const std::string& name)
      : sent(Story().requests().at(name)),
        entry(Story().EntryOf(sent)),
        others(Story().Before(sent.index)) {
    bundle.entries.emplace_back();
    bundle.entries[0].index = sent.index;
    bundle.entries[0].disclosures = sent.disclosures;
    bundle.request = sent.signed_request;
    bundle.seal = sent.file;
  }

  // As if it had been another one, which its party signed.
  void SignAgain(const std::string& method, const std::string& path,
                 const std::string& body) {
    SignAt(entry.time_ms, method, path, body);
  }
  void SignAt(int64_t time_ms, const std::string& method,
              const std::string& path, const std::string& body) {
    bundle.request = Story().Sign(sent.by, method, path, body, time_ms);
    Record();
  }
  // As the entry that says what the bundle shows.
  void Record() { entry.request = ledger::Sha256Of(bundle.request->base); }

  Check Verify() const { return CheckRequestedBy({bundle, entry, others}); }
  std::string Reason() const { return Verify().reason; }

  SentRequest sent;
  Entry entry;
  std::map<uint64_t, const Entry*> others;
  Bundle bundle;
};

void Replace(std::string* text, const std::string& what,
             const std::string& by) {
  const size_t at = text->find(what);
  REQUIRE(at != std::string::npos);
  text->replace(at, what.size(), by);
}

TEST_CASE("a signed request of each kind and of each key is its party's") {
  std::set<std::string> algorithms;
  for (const auto& request : Story().requests()) {
    const std::string& name = request.first;
    const SentRequest& sent = request.second;
    CAPTURE(name);
    const Case whole(name);
    const Check check = whole.Verify();
    CHECK(check.id == "requested_by");
    CHECK(check.result == CheckResult::kPass);
    CHECK(check.reason == "signed_by_party");
    CHECK(check.required);
    const int64_t created_ms = whole.entry.time_ms / 1000 * 1000;
    const std::map<std::string, std::string> evidence = {
        {"party", sent.by},
        {"index", std::to_string(*whole.entry.by_entry)},
        {"alg", Story().KeyOf(sent.by).party_key().alg},
        {"created", FormatTime(created_ms)},
        {"method", sent.method},
        {"path", sent.path}};
    CHECK(check.evidence == evidence);
    algorithms.insert(check.evidence.at("alg"));
  }
  CHECK(algorithms == std::set<std::string>{"ed25519", "p256", "sm2"});
}

TEST_CASE("an entry that says otherwise than its signed request is refused") {
  for (const OtherValue& other : testing::AllOtherValues()) {
    CAPTURE(other.request);
    CAPTURE(other.member);
    Case changed(other.request);
    const Json body = testing::WithMember(*ParseJson(changed.sent.body),
                                          other.member, other.value);
    changed.SignAgain(changed.sent.method, changed.sent.path, WriteJson(body));
    const Check check = changed.Verify();
    CHECK(check.result == CheckResult::kFail);
    CHECK(check.reason == "entry_says_otherwise");
    REQUIRE(check.evidence.contains("at"));
    CHECK(check.evidence.at("at") == other.place);
  }
}

TEST_CASE("an entry by another route than the signed one is refused") {
  Case other("evidence");
  other.SignAgain("POST", "/v1/evidence/batch", other.sent.body);
  CHECK(other.Reason() == "entry_says_otherwise");
  CHECK(other.Verify().evidence.at("at") == "@path");
  CHECK(other.Verify().evidence.at("path") == "/v1/evidence/batch");
  other.SignAgain("PUT", "/v1/evidence", other.sent.body);
  CHECK(other.Verify().evidence.at("at") == "@method");
}

TEST_CASE("a bundle without the request decides nothing") {
  Case withheld("evidence");
  withheld.bundle.request.reset();
  const Check check = withheld.Verify();
  CHECK(check.result == CheckResult::kNotChecked);
  CHECK(check.reason == "bytes_withheld");
  CHECK(check.required);
}

TEST_CASE("a base that is none is malformed, and so is a body too large") {
  for (const char* base : {"", "\"@method\": POST\n"}) {
    Case malformed("evidence");
    malformed.bundle.request->base = base;
    malformed.Record();
    CHECK(malformed.Reason() == "malformed");
    CHECK_FALSE(malformed.Verify().evidence.at("detail").empty());
  }
  Case spaced("evidence");
  Replace(&spaced.bundle.request->base, "POST", "POST ");
  spaced.Record();
  CHECK(spaced.Reason() == "malformed");

  Case large("evidence");
  const std::string spaces(kMaxSignedBody - large.sent.body.size(), ' ');
  large.SignAgain("POST", "/v1/evidence", large.sent.body + spaces);
  CHECK(large.Reason() == "signed_by_party");
  large.bundle.request->body += " ";
  CHECK(large.Reason() == "malformed");
}

TEST_CASE("a request that the entry does not name is another one") {
  Case other("evidence");
  Replace(&other.bundle.request->base, "k-1", "k-2");
  const Check check = other.Verify();
  CHECK(check.result == CheckResult::kFail);
  CHECK(check.reason == "not_the_recorded_request");
  CHECK(check.evidence.at("recorded") == ledger::ToHex(*other.entry.request));
  CHECK(check.evidence.at("given") ==
        ledger::ToHex(ledger::Sha256Of(other.bundle.request->base)));
}

TEST_CASE("a request of another party is refused") {
  Case other("evidence");
  Replace(&other.bundle.request->base, "keyid=\"acme\"", "keyid=\"guard\"");
  other.Record();
  CHECK(other.Reason() == "another_party");
  CHECK(other.Verify().evidence.at("party") == "acme");
  CHECK(other.Verify().evidence.at("keyid") == "guard");
}

TEST_CASE("a body of another digest than the signed one is refused") {
  Case other("evidence");
  Replace(&other.bundle.request->body, "2026-0117", "2026-0118");
  CHECK(other.Reason() == "other_body");
  CHECK(other.Verify().evidence.at("given") ==
        ledger::ToHex(ledger::Sha256Of(other.bundle.request->body)));
  Case none("evidence");
  none.bundle.request->body.clear();
  CHECK(none.Reason() == "other_body");
}

TEST_CASE("without the party's entry the signature is not checked") {
  const auto without = [](const std::function<void(Case*)>& change) {
    Case changed("evidence");
    change(&changed);
    const Check check = changed.Verify();
    CHECK(check.result == CheckResult::kNotChecked);
    CHECK(check.required);
    return check.reason;
  };
  CHECK(without([](Case* c) { c->others.clear(); }) == "entry_not_read");
  // Another party's, and one of another kind.
  CHECK(without([](Case* c) { c->entry.by_entry = 2; }) == "entry_not_read");
  CHECK(without([](Case* c) { c->entry.by_entry = 0; }) == "entry_not_read");
}

TEST_CASE("without the entry that a request stands on it proves nothing") {
  size_t standing = 0;
  for (const auto& request : Story().requests()) {
    CAPTURE(request.first);
    Case without(request.first);
    const std::optional<uint64_t> index = RequestStandsOn(without.entry);
    if (!index) continue;
    ++standing;
    // The party's own is looked for as such.
    if (*index == *without.entry.by_entry) continue;
    without.others.erase(*index);
    const Check check = without.Verify();
    CHECK(check.result == CheckResult::kFail);
    CHECK(check.reason == "entry_missing");
    CHECK(check.evidence.at("index") == std::to_string(*index));
    // It is in the bundle, and was not read.
    without.bundle.entries.emplace_back();
    without.bundle.entries[1].index = *index;
    CHECK(without.Verify().result == CheckResult::kNotChecked);
    CHECK(without.Reason() == "entry_not_read");
  }
  CHECK(standing > 5);
}

TEST_CASE("a party without a key signed nothing") {
  Case keyless("evidence");
  Entry party = *keyless.others.at(*keyless.entry.by_entry);
  std::get<PartyEntry>(party.body).key.reset();
  keyless.others[*keyless.entry.by_entry] = &party;
  CHECK(keyless.Reason() == "no_key");
  CHECK(keyless.Verify().result == CheckResult::kFail);

  Case nobody("evidence");
  nobody.entry.by_entry.reset();
  CHECK(nobody.Reason() == "no_key");
}

TEST_CASE("a signature by another key, or of other bytes, is wrong") {
  for (const char* name : {"party", "organization", "evidence"}) {
    CAPTURE(name);
    for (const size_t at : {0, 31, 32, 63}) {
      Case flipped(name);
      flipped.bundle.request->signature[at] ^= 1;
      CHECK(flipped.Reason() == "wrong_signature");
    }
    for (const size_t size : {0, 63, 65}) {
      Case sized(name);
      sized.bundle.request->signature.resize(size, '\1');
      CHECK(sized.Reason() == "wrong_signature");
    }
    Case other(name);
    other.bundle.request->signature =
        Story()
            .Sign("guard", "POST", other.sent.path, other.sent.body,
                  other.entry.time_ms)
            .signature;
    CHECK(other.Reason() == "wrong_signature");
    // Signed, but not this.
    Case resigned(name);
    Replace(&resigned.bundle.request->base, "k-1", "k-2");
    resigned.Record();
    CHECK(resigned.Reason() == "wrong_signature");
  }
  // The key that the party had, or has now, and not the one of `by_entry`.
  Case before("evidence");
  Entry party = *before.others.at(*before.entry.by_entry);
  std::get<PartyEntry>(party.body).key = Story().KeyOf("guard").party_key();
  before.others[*before.entry.by_entry] = &party;
  CHECK(before.Reason() == "wrong_signature");
}

TEST_CASE("a request is not older or newer than 300 seconds at its entry") {
  const auto at = [](int64_t shift_ms) {
    Case moved("evidence");
    // It was created in a full second.
    moved.entry.time_ms = moved.entry.time_ms / 1000 * 1000 + shift_ms;
    return moved.Reason();
  };
  CHECK(at(300'000) == "signed_by_party");
  CHECK(at(300'001) == "not_at_that_time");
  CHECK(at(-300'000) == "signed_by_party");
  CHECK(at(-300'001) == "not_at_that_time");

  Case old("evidence");
  old.entry.time_ms += 400'000;
  const Check check = old.Verify();
  CHECK(check.result == CheckResult::kFail);
  CHECK(check.evidence.at("time") == FormatTime(old.entry.time_ms));
  CHECK(check.evidence.contains("created"));
}

TEST_CASE("times at the ends of what has a spelling are told") {
  constexpr int64_t kLastMs = 253'402'300'799'999;
  Case last("evidence");
  last.entry.time_ms = kLastMs;
  last.SignAt(kLastMs + 200'000, "POST", last.sent.path, last.sent.body);
  CHECK(last.Reason() == "signed_by_party");
  CHECK(last.Verify().evidence.at("created") == "253402300999");
  last.SignAt(999'999'999'999'999'000, "POST", last.sent.path, last.sent.body);
  CHECK(last.Reason() == "not_at_that_time");
  CHECK(last.Verify().evidence.at("created") == "999999999999999");
  Case first("evidence");
  first.entry.time_ms = 0;
  first.SignAt(0, "POST", first.sent.path, first.sent.body);
  CHECK(first.Reason() == "signed_by_party");
}

TEST_CASE("of several faults the first is told") {
  Case faulty("evidence");
  faulty.others.clear();
  faulty.bundle.request->signature.clear();
  faulty.entry.time_ms += 400'000;
  CHECK(faulty.Reason() == "entry_not_read");
  faulty.bundle.request->body += " ";
  CHECK(faulty.Reason() == "other_body");
  faulty.entry.by = "guard";
  CHECK(faulty.Reason() == "another_party");
  faulty.entry.request = ledger::Sha256Of("other");
  CHECK(faulty.Reason() == "not_the_recorded_request");
  faulty.bundle.request->base += " ";
  CHECK(faulty.Reason() == "malformed");
}

}  // namespace
}  // namespace sealedger::notary
