#include <cstdint>
#include <vector>

#include "ledger/encoding.h"
#include "notary/certificate.h"
#include "notary/seal.h"
#include "notary/seal_maker.h"
#include "notary/sealing.h"
#include "tests/notary/request_story.h"
#include "tests/notary/request_story_parts.h"

namespace sealedger::testing {
namespace {

const notary::SealAuthority& Authority() {
  const auto copy = [](const notary::Sm2Key& key) {
    return Taken(notary::Sm2Key::FromEncryptedPem(
        key.EncryptedPem("passphrase", 1), "passphrase"));
  };
  static const notary::SealAuthority authority{{Shop().root().certificate},
                                               copy(Shop().root().key),
                                               Shop().maker().certificate,
                                               copy(Shop().maker().key),
                                               "passphrase"};
  return authority;
}

Json Picture() {
  return ObjectOf(
      {{"type", "png"}, {"base64", kPng}, {"width_mm", 40}, {"height_mm", 41}});
}

std::string PathOf(const char* code, const char* what) {
  return std::string("/v1/seals/") + code + "/" + what;
}

}  // namespace

std::string GivenSeal(notary::SealInfo info) {
  info.es_id = "X-1";
  return Shop().Seal2020(info);
}

void RequestStory::Issue(const std::string& name, const Json& body) {
  notary::SealFileMade made;
  const auto admit = [&](const notary::Caller& caller) {
    const auto seal = Taken(notary::ReadRequestedSeal(body));
    const std::string& code = seal.request.code;
    const auto ground =
        Taken(notary::FindSealGround(seal.request, read(), time_ms()));
    std::vector<notary::Check> checks;
    made = Taken(seal.design ? notary::MakeSeal(Authority(), seal_keys_, code,
                                                ground, *seal.design, time_ms())
                             : notary::AdoptSeal(Authority(), code, seal.seseal,
                                                 time_ms(), &checks));
    return notary::AdmitSeal(caller, seal.request, made.facts, *this);
  };
  SentRequest& sent = Post(name, "bureau", "/v1/seals", body, admit);
  sent.disclosures = made.facts.name;
  sent.file = notary::BundledSeal{made.seseal, std::nullopt};
}

void RequestStory::AddSeals() {
  Issue("seal by design", ObjectOf({{"application", "a-1"},
                                    {"code", kCustodySeal},
                                    {"name", "合同专用章"},
                                    {"picture", Picture()},
                                    {"valid_from", "2026-01-01T00:00:00.123Z"},
                                    {"valid_to", "2029-01-01T00:00:00.456Z"},
                                    {"physical_code", "3501000000117"},
                                    {"custodian", "guard"}}));
  const Json::Array signers = {
      notary::CertificatePem(Shop().signer().certificate),
      notary::CertificatePem(Shop().stranger().certificate)};
  Issue("seal for signers",
        ObjectOf({{"application", "a-2"},
                  {"code", kSignersSeal},
                  {"name", "合同专用章2"},
                  {"picture", Picture()},
                  {"valid_from", "2026-01-01T00:00:00.000Z"},
                  {"valid_to", "2029-01-01T00:00:00.000Z"},
                  {"signers", signers}}));
  Issue("seal as given",
        ObjectOf({{"application", "a-3"},
                  {"code", kGivenSeal},
                  {"seseal", ledger::EncodeBase64(GivenSeal(Shop().Info()))},
                  {"custodian", "guard"}}));
}

void RequestStory::Happen(const char* event, const char* reason) {
  Json body = EventOf(event);
  if (reason != nullptr) {
    body.Add("reason", reason);
    body.Add("effective_at", Lately());
  }
  Post(std::string("seal ") + event, "bureau", PathOf(kCustodySeal, "events"),
       body, [&](const auto& caller) {
         return notary::AdmitSealEvent(
             caller, Taken(notary::PrepareSealEvent(kCustodySeal, body)),
             notary::RouteSettings(), *this);
       });
}

void RequestStory::AddLife() {
  Happen("filed");
  Happen("activated");
  Happen("suspended", "review");
  Happen("resumed", "error");
  Happen("lost", "stolen");
  Happen("found", "found");
  const std::string path = PathOf(kCustodySeal, "authorizations");
  const Json body =
      ObjectOf({{"party", "acme"}, {"until", "2028-01-01T00:00:00.000Z"}});
  Post("authorization", "guard", path, body, [&](const auto& caller) {
    return notary::AdmitAuthorization(
        caller, Taken(notary::PrepareAuthorization(kCustodySeal, body)), *this);
  });
  Send("deauthorization", "guard", "DELETE", path + "/acme", "",
       [&](const auto& caller) {
         return notary::AdmitAuthorization(
             caller,
             Taken(notary::PrepareDeauthorization(kCustodySeal, "acme")),
             *this);
       });
}

void RequestStory::Seal(const std::string& name, const std::string& path,
                        const Json& body, const std::string& signature,
                        notary::DocumentSealed entry) {
  notary::Members members(body, "");
  entry.protected_bytes = notary::ReadProtected(members, "protected");
  entry.document = notary::ReadDocument(members, "document");
  entry.seal_code = kCustodySeal;
  entry.signature_sm3 = ledger::Sm3Of(signature);
  entry.claimed_ms = kSigningTime * 1000;
  SentRequest& sent = Post(name, "guard", path, body, [&](const auto& caller) {
    const auto prepared = Taken(
        notary::PrepareSealing(caller, entry, {}, INT64_MAX, std::nullopt));
    return notary::AdmitSealing(caller, prepared, *this);
  });
  sent.file = notary::BundledSeal{std::nullopt, signature};
}

void RequestStory::AddSignatures() {
  const Json digests = ObjectOf({{"sm3", Sm3Hex(kProtectedBytes)},
                                 {"sha256", Sha256Hex(kProtectedBytes)}});
  const std::string signature = Shop().Signature2020(
      {.seal = *requests_.at("seal by design").file->seseal,
       .property_info = kPropertyInfo});
  notary::DocumentSealed here;
  here.made_here = true;
  here.checkpoint_size = 5;
  notary::DocumentSealed elsewhere;
  elsewhere.verdicts = {{"signature", "pass"}};
  Seal("signature in custody", PathOf(kCustodySeal, "signatures"),
       ObjectOf({{"protected", digests},
                 {"property_info", kPropertyInfo},
                 {"document", DocumentOf("before")},
                 {"time_stamp", false}}),
       signature, here);
  Seal("signature as given", "/v1/seal-signatures",
       ObjectOf({{"signature", ledger::EncodeBase64(signature)},
                 {"protected", digests},
                 {"document", DocumentOf("before")}}),
       signature, elsewhere);
}

}  // namespace sealedger::testing
