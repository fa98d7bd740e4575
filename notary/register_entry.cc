#include "notary/register_entry.h"

#include <algorithm>
#include <utility>

#include "notary/codes.h"
#include "notary/entry_members.h"
#include "notary/request_members.h"
#include "notary/text.h"

namespace sealedger::notary {

namespace {

using ledger::Code;

// True for what must be there and is not, or is there and must not be.
bool IsMisplaced(bool there, bool allowed, bool due) {
  return there ? !allowed : due;
}

Result<void> CheckEffective(std::optional<int64_t> effective_ms) {
  if (effective_ms && !IsTime(*effective_ms)) {
    return BadEntry("the time has no spelling", "/effective_at");
  }
  return {};
}

// The first that is of no known kind, or of the kind of one before it.
std::optional<size_t> FindBadMaterial(const std::vector<Material>& materials) {
  for (size_t i = 0; i < materials.size(); ++i) {
    const auto end = materials.begin() + static_cast<std::ptrdiff_t>(i);
    const bool doubled =
        std::any_of(materials.begin(), end, [&](const Material& before) {
          return before.kind == materials[i].kind;
        });
    if (doubled || !IsMaterialKind(materials[i].kind)) return i;
  }
  return std::nullopt;
}

std::string MaterialPointer(std::string_view list, size_t place) {
  return std::string(list) + "/" + std::to_string(place);
}

Result<void> CheckMaterials(const std::vector<Material>& materials) {
  if (materials.size() > kMaxMaterials) {
    return BadEntry("too many materials", "/materials");
  }
  if (const auto place = FindBadMaterial(materials)) {
    return BadEntry("not a kind of material, or one twice",
                    MaterialPointer("/materials", *place) + "/kind");
  }
  return {};
}

// A type of seal and its number; `parent` is the pointer to the object that
// holds them.
Result<void> CheckType(const std::string& type, std::string_view type_name,
                       std::optional<uint64_t> ordinal,
                       const std::string& parent) {
  if (!IsSealType(type)) {
    return BadEntry("not a type of seal", parent + PointerToken(type_name));
  }
  if (!FitsOrdinal(type, ordinal)) {
    return BadEntry(
        "a statutory-name seal has no number, every other one of 1 to 9,999",
        parent + "/ordinal");
  }
  return {};
}

Result<void> CheckSubject(const ApplicationSubject& subject) {
  if (!IsId(subject.id)) return BadEntry("not an id", "/application/id");
  if (!IsUscc(subject.uscc)) {
    return BadEntry("not a unified social credit code", "/application/uscc");
  }
  return CheckType(subject.seal_type, "seal_type", subject.ordinal,
                   "/application");
}

Result<void> CheckSeal(const SealFacts& seal) {
  if (!IsSealCode(seal.code)) return BadEntry("not a seal code", "/seal/code");
  if (!IsUscc(seal.uscc)) {
    return BadEntry("not a unified social credit code", "/seal/uscc");
  }
  if (auto type = CheckType(seal.type, "type", seal.ordinal, "/seal"); !type) {
    return type;
  }
  if (seal.physical_code && !IsPhysicalCode(*seal.physical_code)) {
    return BadEntry("not a physical seal's code", "/seal/physical_code");
  }
  if (!IsTime(seal.valid_from_ms)) {
    return BadEntry("the time has no spelling", "/seal/valid_from");
  }
  if (!IsTime(seal.valid_to_ms) || seal.valid_to_ms <= seal.valid_from_ms) {
    return BadEntry("the validity does not end after it begins",
                    "/seal/valid_to");
  }
  return {};
}

ApplicationSubject ReadSubject(Members& members) {
  Members application = members.Object("application");
  ApplicationSubject subject;
  subject.id = application.String("id");
  const auto route = ParseRoute(application.String("route"));
  if (!route) {
    application.Fail("route", Code::kMalformed, "entry", "not a route");
  }
  subject.route = route.value_or(Route::kPublicSecurity);
  subject.uscc = application.String("uscc");
  subject.seal_type = application.String("seal_type");
  subject.ordinal = application.OptionalInteger("ordinal");
  if (const std::string* channel = application.OptionalString("channel")) {
    subject.channel = ParseChannel(*channel);
    if (!subject.channel) {
      application.Fail("channel", Code::kMalformed, "entry", "not a channel");
    }
  }
  TakeFault(members, application);
  return subject;
}

SealFacts ReadSeal(Members& members) {
  Members seal = members.Object("seal");
  SealFacts facts;
  facts.code = seal.String("code");
  facts.uscc = seal.String("uscc");
  facts.type = seal.String("type");
  facts.ordinal = seal.OptionalInteger("ordinal");
  facts.physical_code = TextOf(seal.OptionalString("physical_code"));
  facts.valid_from_ms = ReadTime(seal, "valid_from");
  facts.valid_to_ms = ReadTime(seal, "valid_to");
  TakeFault(members, seal);
  return facts;
}

Json SubjectJson(const ApplicationSubject& subject) {
  Json json{Json::Object{}};
  json.Add("id", subject.id);
  json.Add("route", RouteName(subject.route));
  json.Add("uscc", subject.uscc);
  json.Add("seal_type", subject.seal_type);
  if (subject.ordinal) json.Add("ordinal", *subject.ordinal);
  if (subject.channel) json.Add("channel", ChannelName(*subject.channel));
  return json;
}

Json MaterialsJson(const std::vector<Material>& materials) {
  Json::Array array;
  for (const Material& material : materials) {
    Json json{Json::Object{}};
    json.Add("kind", material.kind);
    json.Add("sha256", ledger::ToHex(material.sha256));
    array.push_back(std::move(json));
  }
  return array;
}

Json SealJson(const SealFacts& seal) {
  Json json{Json::Object{}};
  json.Add("code", seal.code);
  json.Add("uscc", seal.uscc);
  json.Add("type", seal.type);
  if (seal.ordinal) json.Add("ordinal", *seal.ordinal);
  if (seal.physical_code) json.Add("physical_code", *seal.physical_code);
  json.Add("valid_from", FormatTime(seal.valid_from_ms));
  json.Add("valid_to", FormatTime(seal.valid_to_ms));
  return json;
}

}  // namespace

std::string_view KindOf(const OrganizationEntry& entry) {
  return KindOf(entry.event);
}

std::string_view KindOf(const ApplicationEntry& entry) {
  return KindOf(entry.state);
}

std::string_view KindOf(const SealIssued&) { return kSealIssued; }

std::string_view KindOf(const SealEventEntry& entry) {
  return KindOf(entry.event);
}

Result<void> CheckBody(const OrganizationEntry& entry) {
  if (!IsUscc(entry.uscc)) {
    return BadEntry("not a unified social credit code", "/organization/uscc");
  }
  const bool named = entry.event != OrganizationEvent::kTerminated &&
                     !IsIndividualBusiness(entry.uscc);
  if (entry.name.has_value() != named) {
    return BadEntry(
        "the name of a legal person stands here while it lives, that of an "
        "individual business never",
        "/organization/name");
  }
  if (named) {
    if (auto name = CheckName(*entry.name, "/organization/name"); !name) {
      return BadEntry(name.error().detail, name.error().field);
    }
  }
  const bool first = entry.event == OrganizationEvent::kEstablished;
  if (entry.previous.has_value() == first) {
    return BadEntry("organization.established alone has no entry before it",
                    "/previous");
  }
  return CheckEffective(entry.effective_ms);
}

Result<void> CheckBody(const ApplicationEntry& entry) {
  if (auto subject = CheckSubject(entry.application); !subject) return subject;
  const bool submitted = entry.state == ApplicationState::kSubmitted;
  if (!submitted && !entry.previous) {
    return BadEntry("only application.submitted may have no entry before it",
                    "/previous");
  }
  // Submitted again, it may add to what the first entry has.
  const bool first = !entry.previous;
  if (IsMisplaced(!entry.materials.empty(), submitted, first)) {
    return BadEntry(
        "an application begins with materials, and has them only "
        "where it is submitted",
        "/materials");
  }
  if (IsMisplaced(entry.declaration.has_value(), submitted, first)) {
    return BadEntry(
        "an application begins with a declaration, and has one "
        "only where it is submitted",
        "/declaration");
  }
  const bool fee_due = entry.state == ApplicationState::kFeeDue;
  if (entry.fee_fen.has_value() != fee_due ||
      (fee_due && (*entry.fee_fen == 0 || *entry.fee_fen > kMaxFeeFen))) {
    return BadEntry("application.fee_due alone has a fee, of 1 to 10^12 fen",
                    "/fee_fen");
  }
  return CheckMaterials(entry.materials);
}

Result<void> CheckBody(const SealIssued& entry) {
  if (auto seal = CheckSeal(entry.seal); !seal) return seal;
  if (!IsId(entry.custodian)) return BadEntry("not an id", "/custodian");
  if (entry.signers_sha256.size() > kMaxSigners) {
    return BadEntry("too many signers", "/signers_sha256");
  }
  return {};
}

Result<void> CheckBody(const SealEventEntry& entry) {
  if (!IsSealCode(entry.seal_code)) {
    return BadEntry("not a seal code", "/seal_code");
  }
  const bool cancelled = entry.event == SealEvent::kCancelled;
  if (entry.reason ? !IsSealReason(entry.event, *entry.reason) : cancelled) {
    return BadEntry("not a reason of this event", "/reason");
  }
  if (entry.late && entry.event != SealEvent::kFiled) {
    return BadEntry("only a filing is late", "/late");
  }
  if (entry.replaced_by.has_value() != (entry.reason == kReplaced)) {
    return BadEntry("a seal that is replaced, and no other, has a successor",
                    "/replaced_by");
  }
  if (entry.replaced_by && (!IsSealCode(*entry.replaced_by) ||
                            *entry.replaced_by == entry.seal_code)) {
    return BadEntry("not the code of another seal", "/replaced_by");
  }
  return CheckEffective(entry.effective_ms);
}

OrganizationEntry ReadOrganizationEntry(Members& members,
                                        std::string_view kind) {
  const auto event = ParseOrganizationEvent(LastWord(kind));
  CHECK(event);
  OrganizationEntry entry;
  entry.event = *event;
  Members organization = members.Object("organization");
  entry.uscc = organization.String("uscc");
  entry.name = TextOf(organization.OptionalString("name"));
  TakeFault(members, organization);
  entry.effective_ms = ReadOptionalTime(members, "effective_at");
  entry.previous = members.OptionalInteger("previous");
  return entry;
}

ApplicationEntry ReadApplicationEntry(Members& members, std::string_view kind) {
  const auto state = ParseApplicationState(LastWord(kind));
  CHECK(state);
  ApplicationEntry entry;
  entry.state = *state;
  entry.application = ReadSubject(members);
  entry.materials = ReadMaterials(members, "materials");
  if (entry.materials.empty() && members.Has("materials")) {
    members.Fail("materials", Code::kMalformed, "entry",
                 "what is absent is left out, not written as an empty list");
  }
  entry.declaration = ReadDeclaration(members, "declaration");
  entry.fee_fen = members.OptionalInteger("fee_fen");
  entry.previous = members.OptionalInteger("previous");
  return entry;
}

SealIssued ReadSealIssued(Members& members) {
  SealIssued entry;
  entry.seal = ReadSeal(members);
  entry.application = members.Integer("application");
  entry.organization = members.Integer("organization");
  entry.custodian = members.String("custodian");
  entry.made_here = ReadMadeHere(members);
  entry.seseal_sm3 = ReadDigest(members, "seseal_sm3");
  entry.maker_sha256 = ReadDigest(members, "maker_sha256");
  entry.signers_sha256 = ReadDigests(members, "signers_sha256");
  return entry;
}

SealEventEntry ReadSealEventEntry(Members& members, std::string_view kind) {
  const auto event = ParseSealEvent(LastWord(kind));
  CHECK(event);
  SealEventEntry entry;
  entry.event = *event;
  entry.seal_code = members.String("seal_code");
  entry.reason = TextOf(members.OptionalString("reason"));
  entry.effective_ms = ReadOptionalTime(members, "effective_at");
  entry.late = ReadTrue(members, "late");
  entry.replaced_by = TextOf(members.OptionalString("replaced_by"));
  entry.previous = members.Integer("previous");
  return entry;
}

void AddBody(Json& json, const OrganizationEntry& entry) {
  Json organization{Json::Object{}};
  organization.Add("uscc", entry.uscc);
  if (entry.name) organization.Add("name", *entry.name);
  json.Add("organization", std::move(organization));
  if (entry.effective_ms) {
    json.Add("effective_at", FormatTime(*entry.effective_ms));
  }
  if (entry.previous) json.Add("previous", *entry.previous);
}

void AddBody(Json& json, const ApplicationEntry& entry) {
  json.Add("application", SubjectJson(entry.application));
  if (!entry.materials.empty()) {
    json.Add("materials", MaterialsJson(entry.materials));
  }
  if (entry.declaration) {
    Json declaration{Json::Object{}};
    declaration.Add("sha256", ledger::ToHex(*entry.declaration));
    json.Add("declaration", std::move(declaration));
  }
  if (entry.fee_fen) json.Add("fee_fen", *entry.fee_fen);
  if (entry.previous) json.Add("previous", *entry.previous);
}

void AddBody(Json& json, const SealIssued& entry) {
  json.Add("seal", SealJson(entry.seal));
  json.Add("application", entry.application);
  json.Add("organization", entry.organization);
  json.Add("custodian", entry.custodian);
  json.Add("made", entry.made_here ? kMadeHere : kMadeElsewhere);
  json.Add("seseal_sm3", ledger::ToHex(entry.seseal_sm3));
  json.Add("maker_sha256", ledger::ToHex(entry.maker_sha256));
  Json::Array signers;
  for (const Hash& signer : entry.signers_sha256) {
    signers.emplace_back(ledger::ToHex(signer));
  }
  json.Add("signers_sha256", std::move(signers));
}

void AddBody(Json& json, const SealEventEntry& entry) {
  json.Add("seal_code", entry.seal_code);
  if (entry.reason) json.Add("reason", *entry.reason);
  if (entry.effective_ms) {
    json.Add("effective_at", FormatTime(*entry.effective_ms));
  }
  if (entry.late) json.Add("late", true);
  if (entry.replaced_by) json.Add("replaced_by", *entry.replaced_by);
  json.Add("previous", entry.previous);
}

std::vector<Material> ReadMaterials(Members& parent, std::string_view name) {
  std::vector<Material> materials;
  const Json::Array* array = parent.OptionalArray(name);
  if (array == nullptr) return materials;
  if (array->size() > kMaxMaterials) {
    parent.Fail(name, Code::kInvalidArgument, "bad-material",
                "there are at most 16 materials");
    return materials;
  }
  const std::string list = parent.PointerTo(name);
  for (const Json& value : *array) {
    Members members(value, MaterialPointer(list, materials.size()));
    Material material;
    material.kind = members.String("kind");
    material.sha256 = ReadDigest(members, "sha256");
    TakeFault(parent, members);
    materials.push_back(std::move(material));
  }
  if (const auto place = FindBadMaterial(materials)) {
    parent.Fail(ledger::MakeError(Code::kInvalidArgument, "bad-material",
                                  "not a kind of material, or one twice",
                                  MaterialPointer(list, *place) + "/kind"));
  }
  return materials;
}

std::optional<Hash> ReadDeclaration(Members& parent, std::string_view name) {
  std::optional<Members> members = parent.OptionalObject(name);
  if (!members) return std::nullopt;
  const Hash sha256 = ReadDigest(*members, "sha256");
  TakeFault(parent, *members);
  return sha256;
}

}  // namespace sealedger::notary
