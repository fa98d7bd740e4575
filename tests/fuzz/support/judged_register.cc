// AnswerJudge, what requests make in the register.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "ledger/encoding.h"
#include "notary/codes.h"
#include "notary/eseal.h"
#include "notary/eseal_verify.h"
#include "notary/text.h"
#include "tests/fuzz/support/answer_judge.h"
#include "tests/fuzz/support/holds.h"

namespace sealedger::fuzzing {

namespace {

using notary::Json;

constexpr int64_t kHourMs = int64_t{3600} * 1000;

// The steps of each route in their order, and what it asks for.
struct RouteRules {
  std::string_view route;
  std::string_view steps;
  std::string_view materials;
};
constexpr RouteRules kRoutes[] = {
    {"public_security",
     " submitted materials_accepted originals_checked approved ",
     "business_license legal_representative_id power_of_attorney"},
    {"agency", " submitted materials_accepted fee_due fee_paid approved ",
     "business_license legal_representative_id power_of_attorney "
     "existing_seal_impression agent_id"},
    {"platform",
     " submitted materials_accepted identity_verified authorized approved ",
     "business_license legal_representative_id power_of_attorney "
     "authorization_letter"},
};

const RouteRules& RulesOf(notary::Route route) {
  return *std::find_if(std::begin(kRoutes), std::end(kRoutes),
                       [route](const RouteRules& rules) {
                         return rules.route == notary::RouteName(route);
                       });
}

bool MayFollow(const RouteRules& rules, const std::string& from,
               const std::string& to) {
  if (from == "approved" || from == "withdrawn" || from == "rejected") {
    return false;
  }
  if (to == "withdrawn" || to == "rejected") return true;
  if (from == "returned") return to == "submitted";
  if (to == "returned") return from == "submitted";
  return rules.steps.find(" " + from + " " + to + " ") != std::string::npos;
}

// "issued>filed" and so on, by event.
bool MayHappen(std::string_view event, const std::string& from) {
  constexpr std::pair<std::string_view, std::string_view> kFrom[] = {
      {"filed", "issued"},
      {"activated", "filed"},
      {"suspended", "active"},
      {"resumed", "suspended"},
      {"lost", "active suspended"},
      {"found", "lost"},
      {"cancelled", "issued filed active suspended lost"},
  };
  for (const auto& [name, states] : kFrom) {
    if (name == event) return states.find(from) != std::string_view::npos;
  }
  return false;
}

bool IsOf(const Json& sent, std::string_view name,
          const std::optional<std::string>& value) {
  const Json* member = sent.Find(name);
  if (member == nullptr) return !value;
  return member->if_string() != nullptr && value == *member->if_string();
}

}  // namespace

void AnswerJudge::JudgeRefusal(std::string_view name) const {
  const auto code_in_body = [&](std::string_view member) {
    return TextIn(Sent(), member);
  };
  const RegisterModel known(model_);
  if (name == "organization-exists") {
    HOLDS(known.organizations.count(code_in_body("uscc")) == 1);
  } else if (name == "no-such-organization") {
    HOLDS(known.organizations.count(PathSegment(2)) == 0);
  } else if (name == "application-exists") {
    HOLDS(known.applications.count(code_in_body("id")) == 1);
  } else if (name == "seal-code-used") {
    // Or the file of a seal that is there.
    HOLDS(known.seals.count(code_in_body("code")) == 1 ||
          Sent().Find("seseal") != nullptr);
  }
}

void AnswerJudge::JudgeRegisterEntry(const RegisterModel& before,
                                     const Json& sent, uint64_t index) {
  const std::string_view route = exchange_->response.route;
  if (route.starts_with("/v1/organizations")) {
    JudgeOrganizationEntry(before, sent, index);
  } else if (route == "/v1/applications") {
    JudgeApplicationEntry(before, sent, index);
  } else if (route == "/v1/applications/{id}/events") {
    JudgeApplicationStep(before, sent, index);
  } else if (route == "/v1/seals") {
    JudgeIssuedSeal(before, sent, index);
  } else {
    HOLDS(route == "/v1/seals/{code}/events");
    JudgeSealEvent(before, sent, index);
  }
}

std::optional<Json> AnswerJudge::PrivateFieldsOf(const Json& sent,
                                                 uint64_t index) const {
  const auto& body = model_.items()[index].entry.body;
  if (std::holds_alternative<notary::SealIssued>(body)) {
    const auto seal = notary::DecodeSeal(model_.seal_files.at(index));
    return Json(Json::Object{{"name", seal.value().info.name}});
  }
  const auto* organization = std::get_if<notary::OrganizationEntry>(&body);
  const Json* name = sent.Find("name");
  if (organization != nullptr && name != nullptr &&
      organization->uscc.starts_with("92")) {
    return Json(Json::Object{{"name", *name}});
  }
  const Json* fields = sent.Find("private");
  return fields == nullptr ? std::nullopt : std::optional<Json>(*fields);
}

void AnswerJudge::JudgeEffective(const Json& sent, uint64_t index,
                                 int64_t last_ms) const {
  const notary::Entry& entry = model_.items()[index].entry;
  const int64_t effective_ms = EffectiveOf(entry);
  if (sent.Find("effective_at") != nullptr) {
    HOLDS(notary::FormatTime(effective_ms) == TextIn(sent, "effective_at"));
  } else {
    HOLDS(effective_ms == entry.time_ms);
  }
  HOLDS(effective_ms <= entry.time_ms && effective_ms >= last_ms);
}

void AnswerJudge::JudgeCancelled(const RegisterModel& before, uint64_t index,
                                 std::string_view reason) const {
  const auto& event =
      std::get<notary::SealEventEntry>(model_.items()[index].entry.body);
  HOLDS(event.event == notary::SealEvent::kCancelled);
  HOLDS(event.reason == reason);
  HOLDS(!event.effective_ms);
  const RegisterModel::Seal& seal = before.seals.at(event.seal_code);
  HOLDS(seal.IsLive(exchange_->now_ms));
  HOLDS(event.previous == seal.entries.back());
  JudgeAuthor(index, caller_->party);
}

void AnswerJudge::JudgeOrganizationEntry(const RegisterModel& before,
                                         const Json& sent,
                                         uint64_t index) const {
  const LedgerModel::Item& item = model_.items()[index];
  const auto& made = std::get<notary::OrganizationEntry>(item.entry.body);
  int64_t last_ms = 0;
  if (exchange_->response.route == "/v1/organizations") {
    HOLDS(made.event == notary::OrganizationEvent::kEstablished);
    HOLDS(made.uscc == TextIn(sent, "uscc"));
    HOLDS(before.organizations.count(made.uscc) == 0);
  } else {
    HOLDS(made.uscc == PathSegment(2));
    HOLDS(notary::OrganizationEventName(made.event) == TextIn(sent, "event"));
    HOLDS(made.event != notary::OrganizationEvent::kEstablished);
    const auto& known = before.organizations.at(made.uscc);
    HOLDS(!known.terminated);
    HOLDS(made.previous == known.entries.back());
    HOLDS(!made.name || made.name != known.name);
    last_ms = known.effective_ms;
  }
  if (!made.uscc.starts_with("92")) HOLDS(IsOf(sent, "name", made.name));
  JudgeEffective(sent, index, last_ms);
  std::set<std::string> due;
  if (made.event == notary::OrganizationEvent::kTerminated) {
    for (const auto& [code, seal] : before.seals) {
      if (seal.facts.uscc == made.uscc && seal.IsLive(exchange_->now_ms)) {
        due.insert(code);
      }
    }
  }
  for (const uint64_t other : item.also) {
    HOLDS(other > index);
    JudgeCancelled(before, other, "dissolved");
    const auto& event =
        std::get<notary::SealEventEntry>(model_.items()[other].entry.body);
    HOLDS(due.erase(event.seal_code) == 1);
  }
  HOLDS(due.empty());
}

void AnswerJudge::JudgeApplicationEntry(const RegisterModel& before,
                                        const Json& sent,
                                        uint64_t index) const {
  const LedgerModel::Item& item = model_.items()[index];
  const auto& made = std::get<notary::ApplicationEntry>(item.entry.body);
  const notary::ApplicationSubject& subject = made.application;
  HOLDS(made.state == notary::ApplicationState::kSubmitted);
  HOLDS(!made.previous && item.also.empty());
  HOLDS(before.applications.count(subject.id) == 0);
  if (sent.Find("id") != nullptr) HOLDS(subject.id == TextIn(sent, "id"));
  HOLDS(notary::RouteName(subject.route) == TextIn(sent, "route"));
  HOLDS(subject.uscc == TextIn(sent, "uscc"));
  HOLDS(subject.seal_type == TextIn(sent, "seal_type"));
  HOLDS(subject.ordinal.has_value() == (sent.Find("ordinal") != nullptr));
  HOLDS(subject.ordinal.has_value() == (subject.seal_type != "01"));
  if (subject.ordinal) HOLDS(*subject.ordinal == IndexIn(sent, "ordinal"));
  HOLDS(subject.channel.has_value() == (sent.Find("channel") != nullptr));
  HOLDS(!before.organizations.at(subject.uscc).terminated);
  std::string materials(RulesOf(subject.route).materials);
  for (const notary::Material& material : made.materials) {
    const size_t at = materials.find(material.kind);
    if (at != std::string::npos) materials.erase(at, material.kind.size());
  }
  HOLDS(materials.find_first_not_of(' ') == std::string::npos);
  HOLDS(ToHex(made.declaration.value()) ==
        TextIn(Member(sent, "declaration"), "sha256"));
}

void AnswerJudge::JudgeApplicationStep(const RegisterModel& before,
                                       const Json& sent, uint64_t index) const {
  const LedgerModel::Item& item = model_.items()[index];
  const auto& made = std::get<notary::ApplicationEntry>(item.entry.body);
  HOLDS(made.application.id == PathSegment(2));
  const auto& known = before.applications.at(made.application.id);
  HOLDS(made.application == known.subject);
  HOLDS(made.previous == known.entries.back());
  const std::string to(notary::ApplicationStateName(made.state));
  HOLDS(to == TextIn(sent, "event"));
  const RouteRules& rules = RulesOf(known.subject.route);
  HOLDS(MayFollow(rules, known.state, to));
  const bool own = caller_->party == known.by;
  if (to == "submitted" || to == "withdrawn") {
    HOLDS(own);
  } else {
    HOLDS(!own);
    HOLDS(caller_->role == notary::Role::kAdmin ||
          caller_->role == notary::Role::kIssuer);
  }
  if (to == "submitted") {
    HOLDS(!before.organizations.at(known.subject.uscc).terminated);
  }
  HOLDS(made.fee_fen.has_value() == (to == "fee_due"));
  if (made.fee_fen) HOLDS(*made.fee_fen == IndexIn(sent, "fee_fen"));
  const bool approves =
      settings_.routes.of(known.subject.route).filing &&
      known.by != notary::kOperator &&
      rules.steps.find(" " + to + " approved ") != std::string::npos;
  HOLDS(item.also == (approves ? std::vector<uint64_t>{index + 1}
                               : std::vector<uint64_t>()));
  if (!approves) return;
  const auto& approved =
      std::get<notary::ApplicationEntry>(model_.items()[index + 1].entry.body);
  HOLDS(approved.state == notary::ApplicationState::kApproved);
  HOLDS(approved.application == known.subject);
  HOLDS(approved.previous == index);
  JudgeAuthor(index + 1, notary::kOperator);
}

void AnswerJudge::JudgeIssuedSeal(const RegisterModel& before, const Json& sent,
                                  uint64_t index) {
  const LedgerModel::Item& item = model_.items()[index];
  const auto& made = std::get<notary::SealIssued>(item.entry.body);
  const auto& applied = before.applications.at(TextIn(sent, "application"));
  HOLDS(made.application == applied.approval && !applied.used);
  HOLDS(made.seal.uscc == applied.subject.uscc);
  HOLDS(made.seal.type == applied.subject.seal_type);
  HOLDS(made.seal.ordinal == applied.subject.ordinal);
  const auto& organization = before.organizations.at(made.seal.uscc);
  HOLDS(!organization.terminated);
  HOLDS(made.organization == organization.entries.back());
  HOLDS(made.seal.code == TextIn(sent, "code"));
  HOLDS(before.seals.count(made.seal.code) == 0);
  HOLDS(IsOf(sent, "physical_code", made.seal.physical_code));
  HOLDS(made.custodian == (sent.Find("custodian") != nullptr
                               ? TextIn(sent, "custodian")
                               : applied.by));
  const auto custodian = model_.FindParty(made.custodian);
  HOLDS(custodian && custodian->newest.role == notary::Role::kPlatform);
  HOLDS(made.made_here == (sent.Find("seseal") == nullptr));
  HOLDS(made.seal.valid_to_ms >= exchange_->now_ms);
  JudgePlaceOfSeal(before, sent, index);
  const auto file = ledger::DecodeBase64(TextIn(Answered(), "seseal"));
  HOLDS(file.has_value());
  model_.seal_files[index] = *file;
  if (made.made_here && sent.Find("signers") == nullptr) {
    model_.keys_in_custody.insert(made.seal.code);
  }
  JudgeSealFileMade(sent, index);
}

// No other live seal has its place or its physical seal, but for the one that
// it replaces.
void AnswerJudge::JudgePlaceOfSeal(const RegisterModel& before,
                                   const Json& sent, uint64_t index) const {
  const LedgerModel::Item& item = model_.items()[index];
  const auto& made = std::get<notary::SealIssued>(item.entry.body);
  const Json* replaces = sent.Find("replaces");
  for (const auto& [code, seal] : before.seals) {
    const bool replaced = replaces != nullptr && *replaces->if_string() == code;
    if (replaced || !seal.IsLive(exchange_->now_ms)) continue;
    HOLDS(seal.facts.uscc != made.seal.uscc ||
          seal.facts.type != made.seal.type ||
          seal.facts.ordinal != made.seal.ordinal);
    HOLDS(!made.seal.physical_code ||
          seal.facts.physical_code != made.seal.physical_code);
  }
  if (replaces == nullptr) {
    HOLDS(item.also.empty());
    return;
  }
  HOLDS(item.also == std::vector<uint64_t>{index - 1});
  JudgeCancelled(before, index - 1, "replaced");
  const auto& event =
      std::get<notary::SealEventEntry>(model_.items()[index - 1].entry.body);
  HOLDS(event.seal_code == *replaces->if_string());
  HOLDS(event.replaced_by == made.seal.code);
  HOLDS(before.seals.at(event.seal_code).facts.uscc == made.seal.uscc);
}

void AnswerJudge::JudgeSealFileMade(const Json& sent, uint64_t index) const {
  const auto& made =
      std::get<notary::SealIssued>(model_.items()[index].entry.body);
  const std::string& file = model_.seal_files.at(index);
  HOLDS(made.seseal_sm3 == ledger::Sm3Of(file));
  const auto seal = notary::DecodeSeal(file);
  HOLDS(seal.has_value());
  HOLDS(made.maker_sha256 == ledger::Sha256Of(seal->maker_certificate));
  HOLDS(made.signers_sha256.size() == seal->info.certificates.size());
  HOLDS(seal->info.valid_from_s == made.seal.valid_from_ms / 1000);
  HOLDS(seal->info.valid_to_s == made.seal.valid_to_ms / 1000);
  // From its first moment on it passes, for anybody.
  const int64_t at_s =
      std::max(exchange_->now_ms / 1000, seal->info.valid_from_s);
  const notary::Verdict verdict =
      notary::VerifySealFile(file, {seal_cas_, {}}, {}, at_s);
  HOLDS(verdict.overall() == notary::Overall::kPassed);
  if (!made.made_here) {
    HOLDS(ledger::EncodeBase64(file) == TextIn(sent, "seseal"));
    HOLDS(made.seal.valid_from_ms == seal->info.valid_from_s * 1000);
    HOLDS(made.seal.valid_to_ms == seal->info.valid_to_s * 1000);
    return;
  }
  HOLDS(seal->info.es_id == made.seal.code);
  HOLDS(seal->info.name == TextIn(sent, "name"));
  const Json& picture = Member(sent, "picture");
  HOLDS(ledger::EncodeBase64(seal->info.picture.data) ==
        TextIn(picture, "base64"));
  HOLDS(notary::ParseTime(TextIn(sent, "valid_from")) ==
        made.seal.valid_from_ms);
  HOLDS(notary::ParseTime(TextIn(sent, "valid_to")) == made.seal.valid_to_ms);
}

void AnswerJudge::JudgeSealEvent(const RegisterModel& before, const Json& sent,
                                 uint64_t index) const {
  const LedgerModel::Item& item = model_.items()[index];
  const auto& made = std::get<notary::SealEventEntry>(item.entry.body);
  HOLDS(item.also.empty());
  HOLDS(made.seal_code == PathSegment(2));
  const RegisterModel::Seal& seal = before.seals.at(made.seal_code);
  HOLDS(made.previous == seal.entries.back());
  const std::string_view event = notary::SealEventName(made.event);
  HOLDS(event == TextIn(sent, "event"));
  HOLDS(MayHappen(event, seal.status));
  HOLDS(IsOf(sent, "reason", made.reason));
  HOLDS(made.reason != "replaced" && made.reason != "unclaimed");
  JudgeEffective(sent, index, seal.effective_ms);
  if (caller_->role == notary::Role::kPlatform) {
    HOLDS(event == "lost" || event == "suspended");
    HOLDS(caller_->party == seal.custodian);
  }
  const auto limit =
      static_cast<int64_t>(settings_.routes.of(seal.route).filing_hours);
  HOLDS(made.late ==
        (event == "filed" &&
         EffectiveOf(item.entry) - seal.issued_ms > limit * kHourMs));
}

}  // namespace sealedger::fuzzing
