#include "notary/requested_entry.h"

#include <variant>

#include "ledger/check.h"
#include "notary/application.h"
#include "notary/disclosure.h"
#include "notary/eseal.h"
#include "notary/eseal_verify.h"
#include "notary/evidence.h"
#include "notary/organization.h"
#include "notary/party.h"
#include "notary/seal.h"
#include "notary/seal_maker.h"
#include "notary/sealing.h"

namespace sealedger::notary {
namespace {

Error Differs(std::string_view place) {
  return ledger::MakeError(ledger::Code::kVerificationFailed,
                           "entry-says-otherwise",
                           "the entry says otherwise than the request", place);
}

// Of disclosures that were made a moment ago.
PrivateFields FieldsOf(const std::vector<std::string>& disclosures) {
  PrivateFields fields;
  for (const std::string& text : disclosures) {
    Result<Disclosure> disclosure = DecodeDisclosure(text);
    CHECK(disclosure);
    fields.emplace_back(std::move(disclosure->name),
                        std::move(disclosure->value));
  }
  return fields;
}

template <typename Body>
const Body* FindBody(uint64_t index, const StatedEntry& stated) {
  const auto found = stated.others.find(index);
  if (found == stated.others.end()) return nullptr;
  return std::get_if<Body>(&found->second->body);
}

// One function for each kind, `of` being the entry's body.

Result<RequestedEntry> Read(const LedgerCreated&, const Json&,
                            const StatedEntry&) {
  // No request makes a ledger.
  return Differs(kWholeBody);
}

Result<RequestedEntry> Read(const EvidenceRecorded& of, const Json& body,
                            const StatedEntry&) {
  Result<EvidenceRequest> request = ReadEvidenceRequest(body, "");
  if (!request) return std::move(request).error();
  EvidenceRecorded asked;
  asked.document = std::move(request->document);
  asked.label = std::move(request->label);
  if (request->chain) {
    const uint64_t root = request->chain->root;
    const uint64_t previous = of.chain ? of.chain->previous : root;
    asked.chain = ChainLink{root, request->chain->after.value_or(previous)};
  }
  return RequestedEntry{std::move(asked), std::move(request->fields)};
}

Result<RequestedEntry> ReadChange(const PartyEntry& of, const Json& body,
                                  const StatedEntry& stated) {
  Result<PartyChange> change = ReadPartyChange(of.id, body);
  if (!change) return std::move(change).error();
  const auto* before = FindBody<PartyEntry>(*of.previous, stated);
  if (before == nullptr || before->id != of.id) return Differs("/previous");
  PartyEntry asked = *before;
  asked.changed = true;
  asked.previous = of.previous;
  if (change->name) asked.name = std::move(change->name);
  if (change->key) asked.key = std::move(change->key);
  if (change->signed_only) asked.signed_only = *change->signed_only;
  return RequestedEntry{std::move(asked), {}};
}

Result<RequestedEntry> Read(const PartyEntry& of, const Json& body,
                            const StatedEntry& stated) {
  if (of.changed) return ReadChange(of, body, stated);
  Result<PreparedParty> prepared =
      PrepareParty(Caller{stated.entry.by, Role::kAdmin}, body);
  if (!prepared) return std::move(prepared).error();
  return RequestedEntry{std::move(prepared->party),
                        FieldsOf(prepared->disclosures)};
}

Result<RequestedEntry> Read(const DisclosureErased& of, const Json& body,
                            const StatedEntry&) {
  Result<std::string> reason = ReadErasureReason(body);
  if (!reason) return std::move(reason).error();
  return RequestedEntry{DisclosureErased{of.index, *std::move(reason)}, {}};
}

Result<RequestedEntry> Read(const OrganizationEntry& of, const Json& body,
                            const StatedEntry&) {
  Result<PreparedOrganization> prepared =
      of.event == OrganizationEvent::kEstablished
          ? PrepareOrganization(body)
          : PrepareOrganizationEvent(of.uscc, body);
  if (!prepared) return std::move(prepared).error();
  prepared->entry.previous = of.previous;
  return RequestedEntry{std::move(prepared->entry),
                        FieldsOf(prepared->disclosures)};
}

Result<RequestedEntry> Read(const ApplicationEntry& of, const Json& body,
                            const StatedEntry& stated) {
  Result<PreparedApplication> prepared =
      of.previous ? PrepareApplicationEvent(of.application.id, body)
                  : PrepareApplication(body);
  if (!prepared) return std::move(prepared).error();
  ApplicationEntry& asked = prepared->entry;
  if (of.previous) {
    const auto* before = FindBody<ApplicationEntry>(*of.previous, stated);
    if (before == nullptr || before->application.id != of.application.id) {
      return Differs("/previous");
    }
    asked.application = before->application;
  } else if (body.Find("id") == nullptr) {
    asked.application.id = of.application.id;
  }
  asked.previous = of.previous;
  return RequestedEntry{std::move(asked), FieldsOf(prepared->disclosures)};
}

// Whoever submitted the application that the entry at `approved` belongs to;
// nullopt where its entries do not lead to the first.
std::optional<std::string> FindSubmitter(uint64_t approved,
                                         const StatedEntry& stated) {
  uint64_t at = approved;
  while (const auto* step = FindBody<ApplicationEntry>(at, stated)) {
    if (!step->previous) return stated.others.at(at)->by;
    if (*step->previous >= at) return std::nullopt;
    at = *step->previous;
  }
  return std::nullopt;
}

// Holds the file that a bundle shows to what was asked for; an entry tells
// nothing of it but a digest.
Result<void> CompareDesign(const SealDesign& design, const std::string& code,
                           const std::string& seseal) {
  const Result<Seal> seal = DecodeSeal(seseal);
  if (!seal) return Differs("/picture");
  const SealInfo& info = seal->info;
  if (info.es_id != code) return Differs("/code");
  if (info.name != design.name) return Differs("/name");
  if (info.picture != design.picture) return Differs("/picture");
  if (info.valid_from_s != design.valid_from_ms / kSecondMs) {
    return Differs("/valid_from");
  }
  if (info.valid_to_s != design.valid_to_ms / kSecondMs) {
    return Differs("/valid_to");
  }
  if (!design.signers.empty() && info.certificates != design.signers) {
    return Differs("/signers");
  }
  return {};
}

// Each of the next two fills in what the body says of the file, and gives the
// name in it.
Result<std::string> TakeDesign(const SealDesign& design,
                               const StatedEntry& stated, SealIssued* asked) {
  asked->made_here = true;
  asked->seal.valid_from_ms = design.valid_from_ms;
  asked->seal.valid_to_ms = design.valid_to_ms;
  if (!design.signers.empty()) {
    asked->signers_sha256.clear();
    for (const std::string& signer : design.signers) {
      asked->signers_sha256.push_back(ledger::Sha256Of(signer));
    }
  } else if (asked->signers_sha256.size() != 1) {
    // Without signers there is one key, in custody.
    return Differs("/signers_sha256");
  }
  if (stated.file && stated.file->seseal) {
    Result<void> same =
        CompareDesign(design, asked->seal.code, *stated.file->seseal);
    if (!same) return std::move(same).error();
  }
  return design.name;
}

Result<std::string> TakeFile(const std::string& seseal, SealIssued* asked) {
  Result<Seal> seal = DecodeSeal(seseal);
  if (!seal) return Differs("/seseal");
  MadeSeal facts = FactsOf(seseal, *seal);
  // Compared here, since a file may tell times that an entry could not.
  if (facts.valid_from_ms != asked->seal.valid_from_ms) {
    return Differs("/seal/valid_from");
  }
  if (facts.valid_to_ms != asked->seal.valid_to_ms) {
    return Differs("/seal/valid_to");
  }
  asked->made_here = false;
  asked->seseal_sm3 = facts.seseal_sm3;
  asked->maker_sha256 = facts.maker_sha256;
  asked->signers_sha256 = std::move(facts.signers_sha256);
  return std::move(seal->info.name);
}

Result<RequestedEntry> Read(const SealIssued& of, const Json& body,
                            const StatedEntry& stated) {
  Result<RequestedSeal> request = ReadRequestedSeal(body);
  if (!request) return std::move(request).error();
  const SealRequest& seal = request->request;
  const auto* approved = FindBody<ApplicationEntry>(of.application, stated);
  if (approved == nullptr || approved->application.id != seal.application) {
    return Differs("/application");
  }
  std::optional<std::string> custodian =
      seal.custodian ? seal.custodian : FindSubmitter(of.application, stated);
  if (!custodian) return Differs("/custodian");
  SealIssued asked = of;
  asked.seal.code = seal.code;
  asked.seal.physical_code = seal.physical_code;
  asked.custodian = *std::move(custodian);
  Result<std::string> name = request->design
                                 ? TakeDesign(*request->design, stated, &asked)
                                 : TakeFile(request->seseal, &asked);
  if (!name) return std::move(name).error();
  return RequestedEntry{std::move(asked), {{"name", *std::move(name)}}};
}

Result<RequestedEntry> Read(const SealEventEntry& of, const Json& body,
                            const StatedEntry&) {
  Result<SealEventEntry> asked = PrepareSealEvent(of.seal_code, body);
  if (!asked) return std::move(asked).error();
  asked->late = of.late;
  asked->previous = of.previous;
  return RequestedEntry{*std::move(asked), {}};
}

Result<RequestedEntry> Read(const SealAuthorization& of, const Json& body,
                            const StatedEntry&) {
  Result<SealAuthorization> asked = PrepareAuthorization(of.seal_code, body);
  if (!asked) return std::move(asked).error();
  asked->previous = of.previous;
  return RequestedEntry{*std::move(asked), {}};
}

// DELETE has no body: the path says it all.
Result<RequestedEntry> ReadDeauthorization(const SealAuthorization& of,
                                           std::string_view body) {
  if (!body.empty()) return Differs(kWholeBody);
  Result<SealAuthorization> asked =
      PrepareDeauthorization(of.seal_code, of.party);
  if (!asked) return std::move(asked).error();
  asked->previous = of.previous;
  return RequestedEntry{*std::move(asked), {}};
}

Result<RequestedEntry> ReadSealing(const DocumentSealed& of, const Json& body,
                                   const StatedEntry& stated) {
  Result<SealingRequest> request = ReadSealingRequest(body);
  if (!request) return std::move(request).error();
  if (stated.file && stated.file->signature) {
    const Result<SealSignatureFrame> signature =
        DecodeSealSignatureFrame(*stated.file->signature);
    if (!signature || signature->property_info != request->property_info) {
      return Differs("/property_info");
    }
  }
  DocumentSealed asked = of;
  asked.protected_bytes = request->protected_bytes;
  asked.document = std::move(request->document);
  return RequestedEntry{std::move(asked), {}};
}

Result<RequestedEntry> Read(const DocumentSealed& of, const Json& body,
                            const StatedEntry& stated) {
  if (of.made_here) return ReadSealing(of, body, stated);
  Result<GivenSignature> given = ReadGivenSignature(body);
  if (!given) return std::move(given).error();
  DocumentSealed asked = of;
  asked.protected_bytes = given->protected_bytes;
  asked.document = std::move(given->document);
  asked.signature_sm3 = ledger::Sm3Of(given->signature);
  return RequestedEntry{std::move(asked), {}};
}

}  // namespace

std::optional<uint64_t> RequestStandsOn(const Entry& entry) {
  if (const auto* party = std::get_if<PartyEntry>(&entry.body)) {
    return party->previous;
  }
  if (const auto* step = std::get_if<ApplicationEntry>(&entry.body)) {
    return step->previous;
  }
  const auto* issued = std::get_if<SealIssued>(&entry.body);
  if (issued == nullptr) return std::nullopt;
  return issued->application;
}

Result<RequestedEntry> ReadRequestedEntry(std::string_view body,
                                          const StatedEntry& stated) {
  const auto* authorization =
      std::get_if<SealAuthorization>(&stated.entry.body);
  if (authorization != nullptr && !authorization->granted) {
    return ReadDeauthorization(*authorization, body);
  }
  const Result<Json> json = ParseJson(body);
  if (!json) return json.error();
  return std::visit([&](const auto& of) { return Read(of, *json, stated); },
                    stated.entry.body);
}

}  // namespace sealedger::notary
