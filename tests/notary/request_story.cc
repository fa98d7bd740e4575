#include "tests/notary/request_story.h"

#include <doctest/doctest.h>

#include "notary/application.h"
#include "notary/evidence.h"
#include "notary/organization.h"
#include "notary/party.h"
#include "notary/text.h"
#include "tests/notary/request_story_parts.h"
#include "tests/notary/sample_ledger.h"

namespace sealedger::testing {
namespace {

Json Materials(notary::Route route) {
  Json::Array list;
  for (const std::string_view kind : notary::MaterialsOf(route)) {
    list.push_back(ObjectOf({{"kind", kind}, {"sha256", Sha256Hex(kind)}}));
  }
  return list;
}

Json Declaration() { return ObjectOf({{"sha256", Sha256Hex("declaration")}}); }

}  // namespace

RequestStory::RequestStory()
    : keys_{{"operator", RequestKey(RequestKey::Kind::kEd25519)},
            {"bureau", RequestKey(RequestKey::Kind::kP256)},
            {"acme", RequestKey(RequestKey::Kind::kSm2)},
            {"guard", RequestKey(RequestKey::Kind::kSm2)}} {
  AddByHand("operator", std::nullopt, SampleCreated());
  AddByHand("operator", std::nullopt,
            PartyOf("operator", notary::Role::kAdmin));
  notary::PartyEntry keyed = PartyOf("operator", notary::Role::kAdmin, 1);
  keyed.key = KeyOf("operator").party_key();
  AddByHand("operator", 1, keyed);
  AddParties();
  AddOrganizations();
  AddApplications();
  AddSeals();
  AddLife();
  AddSignatures();
  AddEvidence();
  AddEnds();
}

std::map<uint64_t, const notary::Entry*> RequestStory::Before(
    uint64_t index) const {
  std::map<uint64_t, const notary::Entry*> others;
  for (uint64_t i = 0; i < index; ++i) others[i] = &entries_[i];
  return others;
}

notary::SignedRequest RequestStory::Sign(const std::string& by,
                                         const std::string& method,
                                         const std::string& path,
                                         const std::string& body,
                                         int64_t time_ms) const {
  const auto headers =
      SignRequest(KeyOf(by), method, path, body, "k-1", by, time_ms / 1000);
  const auto read = notary::ReadSignedRequest(method, path, headers, body);
  REQUIRE((read && *read));
  return **read;
}

ledger::Result<std::optional<std::string>> RequestStory::State(
    std::string_view key) {
  const auto found = state_.find(key);
  if (found == state_.end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

ledger::Result<std::string> RequestStory::Entry(uint64_t index) {
  return notary::FormatEntry(entries_.at(index));
}

int64_t RequestStory::time_ms() const {
  return kSigningTime * 1000 + static_cast<int64_t>(entries_.size()) * 1000 +
         123;
}

std::string RequestStory::Lately() const {
  return notary::FormatTime(time_ms() - 500);
}

notary::ReadState RequestStory::read() {
  return [this](std::string_view key) { return State(key); };
}

void RequestStory::Write(const std::vector<ledger::KeyWrite>& writes) {
  for (const ledger::KeyWrite& write : writes) {
    if (write.value) {
      state_.insert_or_assign(write.key, *write.value);
    } else {
      state_.erase(write.key);
    }
  }
}

void RequestStory::AddByHand(const std::string& by,
                             std::optional<uint64_t> by_entry,
                             decltype(notary::Entry::body) body,
                             std::optional<ledger::Hash> request) {
  notary::Entry entry;
  entry.time_ms = time_ms();
  entry.by = by;
  entry.by_entry = by_entry;
  entry.request = request;
  entry.body = std::move(body);
  notary::StateFold fold(read());
  REQUIRE(notary::FoldEntry(entry, entries_.size(), &fold));
  Write(fold.Take());
  entries_.push_back(std::move(entry));
}

SentRequest& RequestStory::Send(const std::string& name, const std::string& by,
                                const std::string& method,
                                const std::string& path,
                                const std::string& body, const Admit& admit) {
  SentRequest sent{by, method, path, body, {}, 0, {}, std::nullopt};
  sent.signed_request = Sign(by, method, path, body, time_ms());
  const auto party = notary::ReadPartyState(read(), by);
  REQUIRE((party && *party));
  const notary::Caller caller{by,
                              (*party)->role,
                              {{ledger::Sha256Of(sent.signed_request.base),
                                (*party)->entry, time_ms() / 1000}}};
  CAPTURE(name);
  const ledger::Admission admission = Taken(admit(caller));
  for (const ledger::NewEntry& entry : admission.entries) {
    entries_.push_back(Taken(notary::ParseEntry(entry.bytes)));
  }
  Write(admission.state);
  sent.index = entries_.size() - 1;
  return requests_[name] = std::move(sent);
}

SentRequest& RequestStory::Post(const std::string& name, const std::string& by,
                                const std::string& path, const Json& body,
                                const Admit& admit) {
  return Send(name, by, "POST", path, notary::WriteJson(body), admit);
}

void RequestStory::Register(const std::string& name, const Json& body) {
  std::vector<std::string> disclosures;
  SentRequest& sent =
      Post(name, "operator", "/v1/parties", body, [&](const auto& caller) {
        const auto prepared = Taken(notary::PrepareParty(caller, body));
        disclosures = prepared.disclosures;
        return notary::AdmitParty(caller, prepared, *this);
      });
  sent.disclosures = disclosures;
}

void RequestStory::Change(const std::string& name, const std::string& id,
                          const Json& body) {
  Post(name, "operator", "/v1/parties/" + id + "/events", body,
       [&](const auto& caller) {
         return notary::AdmitPartyChange(
             caller, Taken(notary::ReadPartyChange(id, body)), *this);
       });
}

void RequestStory::AddParties() {
  const auto party = [&](const char* id, const char* role) {
    return ObjectOf(
        {{"id", id}, {"role", role}, {"key", KeyOf(id).public_pem()}});
  };
  Json bureau = party("bureau", "issuer");
  bureau.Add("name", "Example Bureau");
  bureau.Add("private", ObjectOf({{"contact", "张三"}, {"desk", "7"}}));
  Register("party", bureau);
  Register("party without key",
           ObjectOf({{"id", "acme"}, {"role", "platform"}}));
  Register("guard", party("guard", "platform"));
  Change("party changed", "acme",
         ObjectOf({{"event", "changed"},
                   {"name", "Acme Contracts Ltd."},
                   {"key", KeyOf("acme").public_pem()},
                   {"signed_only", true}}));
  Change("own party changed", "operator",
         ObjectOf({{"event", "changed"}, {"name", "Example Operator"}}));
}

void RequestStory::Organize(const std::string& name, const std::string& uscc,
                            const Json& body) {
  const bool first = body.Find("event") == nullptr;
  const std::string path = "/v1/organizations";
  std::vector<std::string> disclosures;
  SentRequest& sent =
      Post(name, "bureau", first ? path : path + "/" + uscc + "/events", body,
           [&](const auto& caller) {
             const auto prepared =
                 Taken(first ? notary::PrepareOrganization(body)
                             : notary::PrepareOrganizationEvent(uscc, body));
             disclosures = prepared.disclosures;
             return notary::AdmitOrganization(caller, prepared, *this);
           });
  sent.disclosures = disclosures;
}

void RequestStory::AddOrganizations() {
  Organize("organization", kOurUscc,
           ObjectOf({{"uscc", kOurUscc},
                     {"name", "Example Ltd."},
                     {"effective_at", Lately()}}));
  Organize("individual business", kIndividualUscc,
           ObjectOf({{"uscc", kIndividualUscc}, {"name", "张三小吃店"}}));
  Organize("organization altered", kOurUscc,
           ObjectOf({{"event", "altered"},
                     {"name", "New Example Ltd."},
                     {"effective_at", Lately()}}));
}

void RequestStory::Apply(const std::string& name, const std::string& by,
                         const std::string& id, const Json& body) {
  const bool first = body.Find("event") == nullptr;
  const std::string path = "/v1/applications";
  std::vector<std::string> disclosures;
  SentRequest& sent = Post(
      name, by, first ? path : path + "/" + id + "/events", body,
      [&](const auto& caller) {
        const auto prepared =
            Taken(first ? notary::PrepareApplication(body)
                        : notary::PrepareApplicationEvent(id, body));
        disclosures = prepared.disclosures;
        return first ? notary::AdmitApplication(caller, prepared, *this)
                     : notary::AdmitApplicationEvent(
                           caller, prepared, notary::RouteSettings(), *this);
      });
  sent.disclosures = disclosures;
}

void RequestStory::ApplyForMore(int ordinal) {
  const std::string id = "a-" + std::to_string(ordinal);
  Apply(id, "acme", id,
        ObjectOf({{"id", id},
                  {"route", "public_security"},
                  {"uscc", kOurUscc},
                  {"seal_type", "04"},
                  {"ordinal", ordinal},
                  {"materials", Materials(notary::Route::kPublicSecurity)},
                  {"declaration", Declaration()}}));
  for (const char* step :
       {"materials_accepted", "originals_checked", "approved"}) {
    Apply(id + " " + step, "bureau", id, EventOf(step));
  }
}

void RequestStory::AddApplications() {
  Apply("application", "acme", "a-1",
        ObjectOf({{"id", "a-1"},
                  {"route", "agency"},
                  {"uscc", kOurUscc},
                  {"seal_type", "04"},
                  {"ordinal", 1},
                  {"channel", "shop"},
                  {"materials", Materials(notary::Route::kAgency)},
                  {"declaration", Declaration()},
                  {"private", ObjectOf({{"agent", "李四"}})}}));
  Json returned = EventOf("returned");
  returned.Add("private", ObjectOf({{"note", "not legible"}}));
  Apply("application returned", "bureau", "a-1", returned);
  Json again = EventOf("submitted");
  again.Add("materials",
            Json::Array{ObjectOf(
                {{"kind", "agent_id"}, {"sha256", Sha256Hex("legible")}})});
  again.Add("declaration", Declaration());
  Apply("application again", "acme", "a-1", again);
  Apply("application accepted", "bureau", "a-1", EventOf("materials_accepted"));
  Json fee = EventOf("fee_due");
  fee.Add("fee_fen", 30'000);
  Apply("application fee", "bureau", "a-1", fee);
  Apply("application paid", "bureau", "a-1", EventOf("fee_paid"));
  Apply("application approved", "bureau", "a-1", EventOf("approved"));
  ApplyForMore(2);
  ApplyForMore(3);
  Apply("application without id", "acme", "",
        ObjectOf({{"route", "public_security"},
                  {"uscc", kOurUscc},
                  {"seal_type", "01"},
                  {"materials", Materials(notary::Route::kPublicSecurity)},
                  {"declaration", Declaration()}}));
}

uint64_t RequestStory::Record(const std::string& name, const Json& body) {
  std::vector<std::string> disclosures;
  SentRequest& sent =
      Post(name, "acme", "/v1/evidence", body, [&](const auto& caller) {
        const auto prepared = Taken(notary::PrepareEvidence(caller, body, ""));
        disclosures = prepared.disclosures;
        return notary::AdmitEvidence(caller, {&prepared, 1}, *this);
      });
  sent.disclosures = disclosures;
  return sent.index;
}

// The service admits an erasure where it erases.
void RequestStory::Erase(uint64_t index) {
  const std::string path = "/v1/entries/" + std::to_string(index) + "/erasure";
  const std::string body =
      notary::WriteJson(ObjectOf({{"reason", "court_order"}}));
  SentRequest erasure{"acme", "POST", path, body, {}, 0, {}, std::nullopt};
  erasure.signed_request = Sign("acme", "POST", path, body, time_ms());
  erasure.index = entries_.size();
  AddByHand("acme", entries_[index].by_entry,
            notary::DisclosureErased{index, "court_order"},
            ledger::Sha256Of(erasure.signed_request.base));
  requests_["erasure"] = std::move(erasure);
}

void RequestStory::AddEvidence() {
  const uint64_t root = Record(
      "evidence", ObjectOf({{"document", DocumentOf("first")},
                            {"label", "2026-0117"},
                            {"private", ObjectOf({{"signatory", "张三"},
                                                  {"reviewer", "李四"}})}}));
  const uint64_t link = Record(
      "link", ObjectOf({{"document", DocumentOf("second")}, {"chain", root}}));
  Record("link after",
         ObjectOf({{"document", DocumentOf("third")},
                   {"chain", ObjectOf({{"root", root}, {"after", link}})}}));
  Erase(root);
}

void RequestStory::AddEnds() {
  Happen("cancelled", "ordered");
  Organize("organization terminated", kIndividualUscc,
           ObjectOf({{"event", "terminated"}, {"effective_at", Lately()}}));
}

const RequestStory& Story() {
  static const RequestStory story;
  return story;
}

}  // namespace sealedger::testing
