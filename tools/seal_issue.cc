#include "tools/seal_issue.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/codes.h"
#include "notary/eseal.h"
#include "notary/png.h"
#include "notary/text.h"
#include "tools/files.h"
#include "tools/register_read.h"
#include "tools/register_write.h"

namespace sealedger::tools {

namespace {

constexpr uint64_t kUsualWidthMm = 40;
constexpr size_t kMaxPem = 64 << 10;

struct IssueOptions {
  WriteOptions write;
  std::string application;
  std::string code;
  std::optional<std::string> name;
  std::optional<std::string> picture;
  std::optional<uint64_t> width_mm;
  std::optional<uint64_t> height_mm;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::vector<std::string> signers;
  std::optional<std::string> seseal;
  std::optional<std::string> physical_code;
  std::optional<std::string> custodian;
  std::optional<std::string> replaces;
  std::optional<std::string> output;
};

// A seal that is to be made, or one that is made, as the entry will state it.
struct Order {
  Json body;
  std::optional<int64_t> valid_from_ms;  // of one that is to be made
  std::optional<int64_t> valid_to_ms;
  std::optional<std::string> seseal;  // of one that is made
};

// The codes and ids that any request for a seal has.
Result<Json> CommonMembers(const IssueOptions& options) {
  for (const auto& [option, id] :
       {std::pair("--application", std::optional(options.application)),
        std::pair("--custodian", options.custodian)}) {
    if (id && !notary::IsId(*id)) {
      return WrongUse(std::string(option) + " is [a-z0-9][a-z0-9._-]{0,63}");
    }
  }
  for (const auto& [option, code] :
       {std::pair("--code", std::optional(options.code)),
        std::pair("--replaces", options.replaces)}) {
    if (code && !notary::IsSealCode(*code)) {
      return WrongUse(std::string(option) + " is 13 or 14 digits");
    }
  }
  Json body(Json::Object{});
  body.Add("application", options.application);
  body.Add("code", options.code);
  AddIfGiven("custodian", options.custodian, &body);
  AddIfGiven("physical_code", options.physical_code, &body);
  AddIfGiven("replaces", options.replaces, &body);
  return body;
}

uint64_t InProportion(uint64_t side_mm, uint32_t side, uint32_t other_side) {
  return std::max<uint64_t>((side_mm * other_side + side / 2) / side, 1);
}

// {type, base64, width_mm, height_mm}. A side that is not given follows from
// the picture's own.
Result<Json> PictureMember(const IssueOptions& options) {
  const auto bytes = ReadAtMost(*options.picture, notary::kMaxPicture + 1);
  if (!bytes) return bytes.error();
  const auto size = notary::CheckPng(*bytes);
  if (!size) return size.error();
  uint64_t width_mm = options.width_mm.value_or(kUsualWidthMm);
  if (!options.width_mm && options.height_mm) {
    width_mm = InProportion(*options.height_mm, size->height, size->width);
  }
  const uint64_t height_mm = options.height_mm.value_or(
      InProportion(width_mm, size->width, size->height));
  return Json(Json::Object{{"type", "png"},
                           {"base64", ledger::EncodeBase64(*bytes)},
                           {"width_mm", width_mm},
                           {"height_mm", height_mm}});
}

Result<Json> SignersMember(const std::vector<std::string>& paths) {
  Json::Array signers;
  for (const std::string& path : paths) {
    const auto pem = ReadAtMost(path, kMaxPem);
    if (!pem) return pem.error();
    signers.push_back(*pem);
  }
  return Json(std::move(signers));
}

Result<Order> OrderToMake(const IssueOptions& options, Json body) {
  if (!options.name || !options.picture || !options.from || !options.to) {
    return WrongUse(
        "give --name, --picture, --from and --to, or a seal that is made with "
        "--seseal");
  }
  constexpr uint64_t kMaxSideMm = 1000;
  if (options.width_mm > kMaxSideMm || options.height_mm > kMaxSideMm ||
      options.width_mm == uint64_t{0} || options.height_mm == uint64_t{0}) {
    return WrongUse("--width and --height are 1 to 1000 mm");
  }
  const auto from_ms = ReadMoment("--from", options.from);
  if (!from_ms) return from_ms.error();
  const auto to_ms = ReadMoment("--to", options.to);
  if (!to_ms) return to_ms.error();
  auto picture = PictureMember(options);
  if (!picture) return std::move(picture).error();
  body.Add("name", *options.name);
  body.Add("picture", *std::move(picture));
  AddMoment("valid_from", *from_ms, &body);
  AddMoment("valid_to", *to_ms, &body);
  if (!options.signers.empty()) {
    auto signers = SignersMember(options.signers);
    if (!signers) return std::move(signers).error();
    body.Add("signers", *std::move(signers));
  }
  return Order{std::move(body), *from_ms, *to_ms, std::nullopt};
}

Result<Order> OrderToTake(const IssueOptions& options, Json body) {
  if (options.name || options.picture || options.width_mm ||
      options.height_mm || options.from || options.to ||
      !options.signers.empty()) {
    return WrongUse(
        "a seal that is made has its name, picture, times and signers in "
        "--seseal");
  }
  // One byte more than any seal has: the service then says what is wrong.
  auto seseal = ReadAtMost(*options.seseal, notary::kMaxSealFile + 1);
  if (!seseal) return std::move(seseal).error();
  body.Add("seseal", ledger::EncodeBase64(*seseal));
  return Order{std::move(body), std::nullopt, std::nullopt, *std::move(seseal)};
}

Result<Order> OrderOf(const IssueOptions& options) {
  auto body = CommonMembers(options);
  if (!body) return std::move(body).error();
  return options.seseal ? OrderToTake(options, *std::move(body))
                        : OrderToMake(options, *std::move(body));
}

bool Says(const notary::SealIssued& entry, const IssueOptions& options,
          const Order& order) {
  return entry.seal.code == options.code &&
         entry.seal.physical_code == options.physical_code &&
         entry.seal.valid_from_ms ==
             order.valid_from_ms.value_or(entry.seal.valid_from_ms) &&
         entry.seal.valid_to_ms ==
             order.valid_to_ms.value_or(entry.seal.valid_to_ms) &&
         entry.made_here == !order.seseal &&
         entry.custodian == options.custodian.value_or(entry.custodian);
}

// The file that the answer brought; nothing where it brought none.
std::optional<std::string> SesealOf(const Json& answer) {
  return ledger::DecodeBase64(TextOf(answer, "seseal"));
}

Exit RunIssue(const IssueOptions& options, Output& output) {
  auto order = OrderOf(options);
  if (!order) return output.Fail(order.error(), ExitOf(order.error()));
  Write write;
  write.path = "/v1/seals";
  write.body = std::move(order->body);
  write.fits = [&](const notary::Entry& entry, const Json& answer) {
    const auto* issued = std::get_if<notary::SealIssued>(&entry.body);
    const auto seseal = SesealOf(answer);
    return issued != nullptr && Says(*issued, options, *order) && seseal &&
           issued->seseal_sm3 == ledger::Sm3Of(*seseal) &&
           seseal == order->seseal.value_or(*seseal);
  };
  if (options.output) {
    write.keep = [&](const Json& answer) {
      return ReplaceFile(*options.output, *SesealOf(answer), kSecretMode);
    };
  }
  return RunWrite(options.write, write, output);
}

}  // namespace

void AddSealIssue(Command& seal) {
  Command& issue = seal.Sub(
      "issue", "Issue a seal on an approved application",
      "sealedger seal issue --application a-2026-0117 --code 35010000000117 "
      "--name 示例科技有限公司 --picture seal.png --from 2026-12-01T00:00:00Z "
      "--to 2029-11-30T23:59:59Z --custodian acme -o seal.esl");
  issue.Explain(
      "The seal is made by the service, with a key in its custody or for "
      "signers who keep their own (--signer); or it was made elsewhere "
      "(--seseal) and is taken if it passes its checks: a refusal tells them "
      "and ends with 1. The receipt is checked, and that the file is the one "
      "that its entry names. A call that is repeated with the same --key "
      "brings the same file.");
  const auto options = std::make_shared<IssueOptions>();
  issue.Required("--application", "ID", &options->application,
                 "the approved application; it allows one seal");
  issue.Required("--code", "CODE", &options->code,
                 "the seal's code: 13 or 14 digits, never used before");
  issue.Optional("--name", "TEXT", &options->name, "the seal's name");
  issue.Optional("--picture", "FILE", &options->picture, "its picture, a PNG");
  issue.Number("--width", "MM", &options->width_mm, "its width (40)");
  issue.Number("--height", "MM", &options->height_mm,
               "its height (as the picture has it)");
  issue.Optional("--from", "TIME", &options->from,
                 "valid from, e.g. 2027-01-31T00:00:00Z");
  issue.Optional("--to", "TIME", &options->to, "valid to");
  issue.List("--signer", "PEM", &options->signers,
             "certificate of a signer; may be given more than once");
  issue.Optional("--seseal", "FILE", &options->seseal,
                 "a seal that was made elsewhere (SESeal, DER)");
  issue.Optional("--physical-code", "CODE", &options->physical_code,
                 "the code of the physical seal that it belongs to");
  issue.Optional("--custodian", "PARTY", &options->custodian,
                 "the platform that keeps it (else the one that applied)");
  issue.Optional("--replaces", "CODE", &options->replaces,
                 "the organisation's seal that this one follows; it is "
                 "cancelled in the same commit");
  issue.Optional("-o,--output", "FILE", &options->output,
                 "where the seal's file goes, readable for you alone");
  AddWriteOptions(issue, &options->write);
  issue.Run([options](Output& output) { return RunIssue(*options, output); });
}

}  // namespace sealedger::tools
