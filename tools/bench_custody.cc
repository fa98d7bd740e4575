#include "tools/bench_custody.h"

#include <chrono>
#include <functional>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/canonical_json.h"
#include "notary/data_dir.h"
#include "notary/png.h"
#include "notary/text.h"
#include "tools/bench_document.h"
#include "tools/bench_seals.h"
#include "tools/open_notary.h"

namespace sealedger::tools {

using ledger::Result;
using notary::Json;
using notary::Notary;

namespace {

constexpr uint64_t kSeal = 4;  // of type 99, the fourth of its organisation
constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
constexpr const char* kPlatform = "platform";
// Grey that does not compress: a seal of some 42 kB.
constexpr uint32_t kPictureWidth = 256;
constexpr uint32_t kPictureHeight = 160;

std::string Picture() {
  std::string grey;
  while (grey.size() < size_t{kPictureWidth} * kPictureHeight) {
    grey.append(
        ledger::Sha256Of("picture " + std::to_string(grey.size())).view());
  }
  return notary::EncodeGreyPng(kPictureWidth, kPictureHeight, grey);
}

Json Material(std::string_view kind) {
  Json material((Json::Object()));
  material.Add("kind", kind);
  material.Add("sha256", ledger::EncodeHex(ledger::Sha256Of(kind).view()));
  return material;
}

Json Event(std::string_view event) {
  return Json(Json::Object{{"event", Json(event)}});
}

Json Application() {
  Json declaration((Json::Object()));
  declaration.Add("sha256",
                  ledger::EncodeHex(ledger::Sha256Of("declaration").view()));
  Json::Array materials;
  for (const char* kind : {"business_license", "legal_representative_id",
                           "power_of_attorney", "authorization_letter"}) {
    materials.push_back(Material(kind));
  }
  Json body((Json::Object()));
  body.Add("route", "platform");
  body.Add("uscc", BenchUscc(0));
  body.Add("seal_type", BenchSealType(kSeal));
  body.Add("ordinal", 1);
  body.Add("materials", std::move(materials));
  body.Add("declaration", std::move(declaration));
  return body;
}

Json Design(const std::string& application, int64_t now_ms) {
  Json picture((Json::Object()));
  picture.Add("type", "png");
  picture.Add("base64", ledger::EncodeBase64(Picture()));
  picture.Add("width_mm", 40);
  picture.Add("height_mm", 40);
  Json body((Json::Object()));
  body.Add("application", application);
  body.Add("code", BenchSealCode(kSeal));
  body.Add("name", "示例科技有限公司合同专用章");
  body.Add("picture", std::move(picture));
  body.Add("valid_from", notary::FormatTime(now_ms - kDayMs));
  body.Add("valid_to", notary::FormatTime(now_ms + 365 * kDayMs));
  return body;
}

// Steps one after another, the first refusal of which is kept.
class Steps {
 public:
  explicit Steps(Notary& notary) : notary_(notary) {}

  using Step = std::function<Result<notary::Recorded>(Notary&)>;
  // The entry that it made, as JSON; null after a refusal.
  Json Take(const Step& step) {
    if (!outcome_) return {};
    Result<notary::Recorded> recorded = step(notary_);
    Result<Json> entry = recorded ? notary::ParseJson(recorded->receipt.entry)
                                  : Result<Json>(std::move(recorded).error());
    if (entry) return *std::move(entry);
    outcome_ = std::move(entry).error();
    return {};
  }
  const Result<void>& outcome() const { return outcome_; }

 private:
  Notary& notary_;
  Result<void> outcome_;
};

Json Digests(std::string_view bytes) {
  Json digests((Json::Object()));
  digests.Add("sm3", ledger::EncodeHex(ledger::Sm3Of(bytes).view()));
  digests.Add("sha256", ledger::EncodeHex(ledger::Sha256Of(bytes).view()));
  return digests;
}

Json Order(uint64_t n) {
  const FileDigests document = BenchDigests(n);
  Json digests((Json::Object()));
  digests.Add("sha256", ledger::EncodeHex(document.sha256.view()));
  digests.Add("sm3", ledger::EncodeHex(document.sm3.view()));
  Json body((Json::Object()));
  body.Add("protected", Digests(BenchProtected(n)));
  body.Add("document", std::move(digests));
  return body;
}

}  // namespace

Result<BenchCustody> MakeBenchCustody(const std::string& data_dir) {
  auto made =
      notary::InitDataDir(data_dir, "bench.example.com/sealing", std::nullopt);
  if (!made) return std::move(made).error();
  auto notary = OpenNotary(data_dir);
  if (!notary) return std::move(notary).error();
  BenchCustody custody;
  custody.data_dir = data_dir;
  custody.code = BenchSealCode(kSeal);
  custody.custodian = {kPlatform, notary::Role::kPlatform};
  const auto office = ContextOf(BenchCaller());
  const auto platform = ContextOf(custody.custodian);

  Steps steps(**notary);
  steps.Take([&](Notary& to) {
    return to.RegisterParty(
        office, Json(Json::Object{{"id", kPlatform}, {"role", "platform"}}));
  });
  steps.Take([&](Notary& to) {
    return to.RegisterOrganization(
        office, Json(Json::Object{{"uscc", BenchUscc(0)},
                                  {"name", "示例科技有限公司"}}));
  });
  const Json submitted = steps.Take([&](Notary& to) {
    return to.SubmitApplication(platform, Application());
  });
  const Json* application = submitted.Find("application");
  const Json* id = application != nullptr ? application->Find("id") : nullptr;
  const std::string application_id =
      id != nullptr && id->if_string() != nullptr ? *id->if_string() : "";
  for (const char* event :
       {"materials_accepted", "identity_verified", "authorized", "approved"}) {
    steps.Take([&](Notary& to) {
      return to.RecordApplicationEvent(office, application_id, Event(event));
    });
  }
  steps.Take([&](Notary& to) -> Result<notary::Recorded> {
    std::vector<notary::Check> checks;
    auto issued =
        to.IssueSeal(office, Design(application_id, to.NowMs()), &checks);
    if (!issued) return std::move(issued).error();
    custody.seseal = issued->seseal.value_or("");
    return std::move(issued->recorded);
  });
  for (const char* event : {"filed", "activated"}) {
    steps.Take([&](Notary& to) {
      return to.RecordSealEvent(office, custody.code, Event(event));
    });
  }
  if (!steps.outcome()) return steps.outcome().error();
  auto token = (*notary)->CreateToken(
      BenchCaller(),
      Json(Json::Object{{"party", kPlatform}, {"role", "platform"}}));
  if (!token) return std::move(token).error();
  custody.token = std::move(token->secret);
  const auto caller = BenchCaller();
  const auto history = (*notary)->SealHistory(&caller, custody.code);
  if (!history) return history.error();
  for (const notary::Receipt& item : history->items) {
    auto entry = notary::ParseEntry(item.entry);
    if (!entry) return std::move(entry).error();
    custody.history.emplace_back(item.index, *std::move(entry));
  }
  (*notary)->Stop();
  return custody;
}

notary::WriteContext ContextOf(const notary::Caller& caller) {
  notary::WriteContext context;
  context.caller = caller;
  return context;
}

std::string BenchProtected(uint64_t n) {
  return "<Signature><Reference SM3=\"" +
         ledger::EncodeHex(BenchDigests(n).sm3.view()) + "\"/></Signature>\n";
}

std::string BenchOrder(uint64_t n) {
  Json body = Order(n);
  body.Add("property_info", "Signature.xml");
  return notary::WriteJson(body);
}

std::string BenchGiven(uint64_t n, std::string_view signature) {
  Json body = Order(n);
  body.Add("signature", ledger::EncodeBase64(signature));
  return notary::WriteJson(body);
}

}  // namespace sealedger::tools
