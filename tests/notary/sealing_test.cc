#include "notary/sealing.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

#include "ledger/encoding.h"
#include "notary/party.h"
#include "notary/side.h"
#include "tests/notary/folded_register.h"

namespace sealedger::notary {
namespace {

using sample::FoldedRegister;

constexpr char kCode[] = "35010000000001";
const std::string kDigest(64, 'a');

// A commit on a register in memory.
class View : public ledger::AdmitView {
 public:
  explicit View(const FoldedRegister& reg) : reg_(reg) {}

  Result<std::optional<std::string>> State(std::string_view key) override {
    return reg_.read()(key);
  }
  Result<std::string> Entry(uint64_t) override {
    return ledger::MakeError(ledger::Code::kNotFound, "no-such-entry", "none");
  }
  uint64_t next_index() const override { return reg_.next; }
  uint64_t commit_begin() const override { return reg_.next; }
  int64_t time_ms() const override { return reg_.time_ms; }

 private:
  const FoldedRegister& reg_;
};

void AddParty(FoldedRegister* reg, const std::string& id, Role role) {
  PartyEntry party;
  party.id = id;
  party.role = role;
  REQUIRE(reg->Add(party) == "");
}

// With the platforms acme and bravo, the issuer clerk, and an active seal in
// acme's custody.
FoldedRegister WithSeal() {
  FoldedRegister reg;
  AddParty(&reg, "acme", Role::kPlatform);
  AddParty(&reg, "bravo", Role::kPlatform);
  AddParty(&reg, "clerk", Role::kIssuer);
  REQUIRE(reg.Organization(OrganizationEvent::kEstablished) == "");
  reg.Approve("a");
  REQUIRE(reg.Issue("a", kCode) == "");
  REQUIRE(reg.Event(kCode, SealEvent::kFiled) == "");
  REQUIRE(reg.Event(kCode, SealEvent::kActivated) == "");
  return reg;
}

const Caller kAcme{"acme", Role::kPlatform};
const Caller kBravo{"bravo", Role::kPlatform};

DocumentSealed SealedHere() {
  DocumentSealed entry;
  entry.made_here = true;
  entry.protected_bytes = {ledger::Sm3Of("protected"),
                           ledger::Sha256Of("protected")};
  entry.seal_code = kCode;
  entry.signature_sm3 = ledger::Sm3Of("signature");
  entry.signer_sha256 = ledger::Sha256Of("signer");
  entry.claimed_ms = sample::kStart;
  entry.checkpoint_size = 3;
  return entry;
}

PreparedSealing Prepared(const Caller& caller, const DocumentSealed& entry,
                         int64_t good_until_ms = sample::kStart + 1000,
                         std::optional<uint64_t> judged_at = std::nullopt) {
  auto prepared = PrepareSealing(caller, entry, ledger::Sha256Of("blob"),
                                 good_until_ms, judged_at);
  REQUIRE(prepared.has_value());
  return *std::move(prepared);
}

template <typename T>
std::string NameOf(const Result<T>& result) {
  return result ? "" : result.error().name;
}

TEST_CASE("a sealed document is entered as it was prepared") {
  const FoldedRegister reg = WithSeal();
  View view(reg);
  const auto admission =
      AdmitSealing(kAcme, Prepared(kAcme, SealedHere()), view);
  REQUIRE(admission.has_value());
  REQUIRE(admission->entries.size() == 1);
  const auto entry = ParseEntry(admission->entries[0].bytes);
  REQUIRE(entry.has_value());
  DocumentSealed expected = SealedHere();
  expected.register_entry = (*ReadSealRecord(reg.read(), kCode))->entry;
  CHECK(std::get<DocumentSealed>(entry->body) == expected);
  CHECK(entry->by == "acme");
  CHECK(entry->by_entry == 2);
  CHECK(entry->time_ms == sample::kStart);
  CHECK(!entry->request);
  const auto side = ParseSide(admission->entries[0].side);
  REQUIRE(side.has_value());
  CHECK(side->blobs == std::vector<Hash>{ledger::Sha256Of("blob")});
}

TEST_CASE("the commit decides by the register as it is then") {
  FoldedRegister reg = WithSeal();
  const PreparedSealing mine = Prepared(kAcme, SealedHere());
  const PreparedSealing theirs = Prepared(kBravo, SealedHere());
  const auto admit = [&reg](const Caller& caller, const PreparedSealing& made) {
    View view(reg);
    return NameOf(AdmitSealing(caller, made, view));
  };
  CHECK(admit(kAcme, mine) == "");
  CHECK(admit(kBravo, theirs) == "not-custodian");
  CHECK(reg.Authorize(kCode, "bravo", true) == "");
  CHECK(admit(kBravo, theirs) == "");
  CHECK(reg.Authorize(kCode, "bravo", false) == "");
  CHECK(admit(kBravo, theirs) == "not-custodian");
  CHECK(reg.Event(kCode, SealEvent::kSuspended) == "");
  CHECK(admit(kAcme, mine) == "seal-not-usable");
  CHECK(admit({"nobody", Role::kPlatform}, mine) == "unknown-party");
}

TEST_CASE("what a signature was judged by must still be so") {
  FoldedRegister reg = WithSeal();
  const uint64_t newest = (*ReadSealRecord(reg.read(), kCode))->entry;
  DocumentSealed elsewhere = SealedHere();
  elsewhere.made_here = false;
  elsewhere.checkpoint_size.reset();
  elsewhere.verdicts = {{"signature", "pass"}};
  const PreparedSealing made =
      Prepared(kBravo, elsewhere, sample::kStart + 10, newest);
  const auto admit = [&] {
    View view(reg);
    return NameOf(AdmitSealing(kBravo, made, view));
  };
  CHECK(admit() == "");
  reg.time_ms += 10;
  CHECK(admit() == "");
  reg.time_ms += 1;
  CHECK(admit() == "seal-changed");
  reg.time_ms = sample::kStart;
  CHECK(reg.Event(kCode, SealEvent::kSuspended) == "");
  CHECK(admit() == "seal-changed");
}

TEST_CASE("a signed request is named in the entry that it makes") {
  const FoldedRegister reg = WithSeal();
  Caller caller = kAcme;
  caller.signature =
      RequestMark{ledger::Sha256Of("base"), 2, sample::kStart / 1000};
  View view(reg);
  const auto admission =
      AdmitSealing(caller, Prepared(caller, SealedHere()), view);
  REQUIRE(admission.has_value());
  CHECK(ParseEntry(admission->entries[0].bytes)->request ==
        ledger::Sha256Of("base"));
  caller.signature->by_entry = 1;
  CHECK(NameOf(AdmitSealing(caller, Prepared(caller, SealedHere()), view)) ==
        "signature-key-changed");
  caller.signature->by_entry = 2;
  caller.signature->created_s -= 301;
  CHECK(NameOf(AdmitSealing(caller, Prepared(caller, SealedHere()), view)) ==
        "signature-old");
}

TEST_CASE("a custodian authorises platforms alone") {
  const FoldedRegister reg = WithSeal();
  View view(reg);
  const auto admit = [&](const Caller& caller, const std::string& body) {
    const auto prepared = PrepareAuthorization(kCode, *ParseJson(body));
    if (!prepared) return prepared.error().name;
    return NameOf(AdmitAuthorization(caller, *prepared, view));
  };
  CHECK(admit(kAcme, "{\"party\":\"bravo\"}") == "");
  CHECK(admit(kAcme, "{\"party\":\"clerk\"}") == "not-a-platform");
  CHECK(admit(kAcme, "{\"party\":\"nobody\"}") == "unknown-reference");
  CHECK(admit(kAcme, "{\"party\":\"No Id\"}") == "bad-id");
  CHECK(admit(kAcme, "{\"party\":\"bravo\",\"until\":\"soon\"}") == "bad-time");
  CHECK(admit(kAcme, "{\"party\":\"bravo\",\"more\":1}") == "unknown-member");
  // Whoever is not the custodian learns nothing of parties.
  CHECK(admit(kBravo, "{\"party\":\"nobody\"}") == "not-custodian");
  CHECK(NameOf(PrepareAuthorization("1", *ParseJson("{\"party\":\"b\"}"))) ==
        "no-such-seal");
  CHECK(NameOf(PrepareDeauthorization(kCode, "No Id")) ==
        "no-such-authorization");
}

TEST_CASE("a request for a signature is read strictly") {
  const auto read = [](const std::string& members) {
    return NameOf(ReadSealingRequest(*ParseJson(
        "{\"protected\":{\"sm3\":\"" + kDigest + "\"}" + members + "}")));
  };
  const std::string info = ",\"property_info\":\"/Doc_0/Signs/Sign_0\"";
  CHECK(read(info) == "");
  CHECK(read(info + ",\"time_stamp\":true") == "");
  CHECK(read(info + ",\"document\":{\"sha256\":\"" + kDigest + "\"}") == "");
  CHECK(read("") == "invalid-request");
  CHECK(read(",\"property_info\":\"\"") == "bad-property-info");
  CHECK(read(",\"property_info\":\"合同\"") == "bad-property-info");
  CHECK(read(",\"property_info\":\"a\\u0007\"") == "bad-property-info");
  CHECK(read(",\"property_info\":\"" + std::string(1024, 'x') + "\"") == "");
  CHECK(read(",\"property_info\":\"" + std::string(1025, 'x') + "\"") ==
        "bad-property-info");
  CHECK(read(info + ",\"time_stamp\":1") == "invalid-request");
  CHECK(read(info + ",\"label\":\"x\"") == "unknown-member");
  CHECK(NameOf(ReadSealingRequest(*ParseJson("{\"protected\":{\"sha256\":\"" +
                                             kDigest + "\"}" + info + "}"))) ==
        "invalid-request");
  CHECK(NameOf(ReadGivenSignature(
            *ParseJson("{\"protected\":{\"sm3\":\"" + kDigest +
                       "\"},\"signature\":\"not base64\"}"))) == "bad-base64");
}

}  // namespace
}  // namespace sealedger::notary
