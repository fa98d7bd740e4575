// sealedger eseal show|verify: electronic seals and signatures of anybody's
// making, offline.

#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "notary/certificate.h"
#include "notary/eseal_verify.h"
#include "notary/text.h"
#include "tools/commands.h"
#include "tools/files.h"
#include "tools/seal_sheet.h"
#include "tools/verdict_output.h"

namespace sealedger::tools {

namespace {

using ledger::Code;
using ledger::MakeError;

constexpr size_t kMaxFile = notary::kMaxSealSignature + 1;
constexpr size_t kMaxPemFile = 1 << 20;
constexpr size_t kMaxProtected = 256 << 20;

struct VerifyOptions {
  std::string file;
  std::optional<std::string> protected_file;
  std::vector<std::string> cas;
  std::vector<std::string> tsa_cas;
  std::optional<std::string> at;
  Telling telling;
};

// All of it: a file that was read in part would be judged as another one.
Result<std::string> ReadWhole(const std::string& path, size_t max_bytes) {
  auto content = ReadAtMost(path, max_bytes + 1);
  if (content && content->size() > max_bytes) {
    return MakeError(
        Code::kIo, "too-large",
        path + " has more than " + std::to_string(max_bytes) + " bytes");
  }
  return content;
}

// DER of the certificates in these files, each with one or several.
Result<std::vector<std::string>> ReadCas(
    const std::vector<std::string>& paths) {
  std::vector<std::string> cas;
  for (const std::string& path : paths) {
    const auto pem = ReadWhole(path, kMaxPemFile);
    if (!pem) return pem.error();
    auto read = notary::ReadCertificatesPem(*pem);
    if (!read) {
      return MakeError(read.error().code, read.error().name,
                       path + ": " + read.error().detail);
    }
    cas.insert(cas.end(), read->begin(), read->end());
  }
  return cas;
}

// A time as it is spelled everywhere, or without its milliseconds.
std::optional<int64_t> ReadMoment(const std::string& text) {
  auto time_ms = notary::ParseTime(text);
  if (!time_ms && text.ends_with('Z')) {
    time_ms = notary::ParseTime(text.substr(0, text.size() - 1) + ".000Z");
  }
  if (!time_ms) return std::nullopt;
  return *time_ms / 1000;
}

bool IsWellFormed(const notary::Verdict& verdict) {
  const notary::Check* format = verdict.Find("format");
  return format != nullptr && format->result == notary::CheckResult::kPass;
}

Exit RunShow(const std::string& file, Output& output) {
  const auto bytes = ReadAtMost(file, kMaxFile);
  if (!bytes) return output.Fail(bytes.error());
  const auto sheet = SealSheet(*bytes);
  if (!sheet) return output.Fail(sheet.error(), Exit::kFailed);
  PrintSheet(*sheet, output);
  output.Value(*sheet);
  return Exit::kPassed;
}

Exit RunVerify(const VerifyOptions& options, Output& output) {
  if (options.cas.empty()) {
    return output.Usage("give the seals' authority with --ca");
  }
  if (const auto refused = RefuseTelling(options.telling, output)) {
    return *refused;
  }
  notary::SealQuestion question;
  if (options.at) {
    question.at_s = ReadMoment(*options.at);
    if (!question.at_s) {
      return output.Usage("--at is written 2027-01-31T00:00:00.000Z");
    }
  }
  auto cas = ReadCas(options.cas);
  auto tsa_cas = ReadCas(options.tsa_cas);
  for (const auto* read : {&cas, &tsa_cas}) {
    if (*read) continue;
    return output.Fail(read->error(), read->error().code == Code::kIo
                                          ? Exit::kNotDone
                                          : Exit::kUsage);
  }
  const auto bytes = ReadAtMost(options.file, kMaxFile);
  if (!bytes) return output.Fail(bytes.error());

  // Without what is protected first: a file that is no seal has failed,
  // whatever else was given.
  const notary::SealTrust trust{*std::move(cas), *std::move(tsa_cas)};
  const auto now_s = static_cast<int64_t>(std::time(nullptr));
  notary::Verdict verdict =
      notary::VerifySealFile(*bytes, trust, question, now_s);
  if (options.protected_file && IsWellFormed(verdict)) {
    if (verdict.Find("data_hash") == nullptr) {
      return output.Usage(
          "a seal by itself protects no bytes: leave --protected out");
    }
    auto content = ReadWhole(*options.protected_file, kMaxProtected);
    if (!content) return output.Fail(content.error());
    question.protected_bytes = *std::move(content);
    verdict = notary::VerifySealFile(*bytes, trust, question, now_s);
  }
  PrintVerdict(verdict, options.telling, output);
  return ExitOf(verdict);
}

void AddShow(Command& eseal) {
  Command& show = eseal.Sub("show", "Show what a seal or signature file holds",
                            "sealedger eseal show signature.dat");
  show.Explain(
      "Nothing is checked but the format: what is shown is what the file "
      "says.");
  const auto file = std::make_shared<std::string>();
  show.Positional("FILE", file.get(), "an SESeal or SES_Signature, in DER");
  show.Run([file](Output& output) { return RunShow(*file, output); });
}

void AddSealVerify(Command& eseal) {
  Command& verify =
      eseal.Sub("verify", "Check a seal or a seal signature offline",
                "sealedger eseal verify signature.dat --protected "
                "Signature.xml --ca seal-ca.pem");
  verify.Explain(
      "A signature is judged at the time that it states, and a seal now; "
      "either at another time with --at. Ends with 0 (passed), 1 (failed) or 4 "
      "(indeterminate: a required check could not be made). The "
      "authorities in --ca and --tsa-ca are what all rests on: take them from "
      "somebody you trust. Revocations and registers are not asked for.");
  const auto options = std::make_shared<VerifyOptions>();
  verify.Positional("FILE", &options->file,
                    "an SESeal or SES_Signature, in DER");
  verify.Optional("--protected", "FILE", &options->protected_file,
                  "what the signature is over: in an OFD its Signature.xml");
  verify.List("--ca", "PEM", &options->cas,
              "trusted for the certificates of maker and signer; at least "
              "one, and each file may hold several");
  verify.List("--tsa-ca", "PEM", &options->tsa_cas, "trusted for time stamps");
  verify.Optional("--at", "TIME", &options->at,
                  "judge this moment, e.g. 2027-01-31T00:00:00.000Z");
  AddTelling(verify, &options->telling);
  verify.Run([options](Output& output) { return RunVerify(*options, output); });
}

}  // namespace

void AddEseal(Command& program) {
  Command& eseal =
      program.Sub("eseal", "Show and check electronic seals and signatures",
                  "sealedger eseal show seal.esl");
  AddShow(eseal);
  AddSealVerify(eseal);
}

}  // namespace sealedger::tools
