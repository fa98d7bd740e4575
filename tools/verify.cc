// sealedger verify: checks an evidence bundle offline.

#include <memory>
#include <utility>

#include "notary/verify.h"
#include "tools/commands.h"
#include "tools/file_digests.h"
#include "tools/files.h"
#include "tools/verdict_output.h"

namespace sealedger::tools {

namespace {

struct VerifyOptions {
  std::string bundle;
  std::optional<std::string> document;
  std::optional<std::string> trust;
  std::optional<std::string> vkey;
  Telling telling;
};

Result<notary::Trust> TrustOf(const VerifyOptions& options) {
  if (options.trust) return notary::ReadTrustFile(*options.trust);
  auto key = ledger::ParseVerifierKey(*options.vkey);
  if (!key) return std::move(key).error();
  notary::Trust trust;
  trust.logs.push_back(std::move(*key));
  return trust;
}

bool IsAboutDocument(std::string_view kind) {
  return kind == notary::kEvidenceRecorded || kind == notary::kDocumentSealed;
}

// What a bad bundle fails, whatever is said about the document.
bool IsNoBundle(const notary::Verdict& verdict) {
  for (const char* id : {"format", "entry"}) {
    const notary::Check* check = verdict.Find(id);
    if (check != nullptr && check->result == notary::CheckResult::kFail) {
      return true;
    }
  }
  return false;
}

Exit RunVerify(const VerifyOptions& options, Output& output) {
  if (options.trust.has_value() == options.vkey.has_value()) {
    return output.Usage("give either --trust or --vkey");
  }
  if (const auto refused = RefuseTelling(options.telling, output)) {
    return *refused;
  }
  const auto trust = TrustOf(options);
  if (!trust) {
    return output.Fail(trust.error(), trust.error().code == ledger::Code::kIo
                                          ? Exit::kNotDone
                                          : Exit::kUsage);
  }
  const auto bundle = ReadAtMost(options.bundle, notary::kMaxBundleSize + 1);
  if (!bundle) return output.Fail(bundle.error());

  // Without the document first: a bundle that is none has failed, whatever
  // else was given.
  notary::Verdict verdict = notary::VerifyBundle(*bundle, *trust, {});
  if (options.document && !IsNoBundle(verdict)) {
    const auto kind = notary::SubjectKind(*bundle);
    if (!kind || !IsAboutDocument(*kind)) {
      return output.Usage("an entry of the kind " + kind.value_or("?") +
                          " is not about a document: leave --document out");
    }
    const auto digests = HashFile(*options.document);
    if (!digests) return output.Fail(digests.error());
    verdict =
        notary::VerifyBundle(*bundle, *trust, {digests->sha256, digests->sm3});
  }
  PrintVerdict(verdict, options.telling, output);
  return ExitOf(verdict);
}

}  // namespace

void AddVerify(Command& program) {
  Command& verify = program.Sub(
      "verify", "Check an evidence bundle offline",
      "sealedger verify evidence.json --document contract.pdf --trust "
      "trust.toml");
  verify.Explain(
      "Ends with 0 (passed), 1 (failed) or 4 (indeterminate: a required check "
      "could not be made, such as that of a document that was not given). The "
      "key in --vkey or --trust is what all rests on: take it from somebody "
      "you trust.");
  const auto options = std::make_shared<VerifyOptions>();
  verify.Positional("BUNDLE", &options->bundle, "a sealedger-bundle/1");
  verify.Optional("--document", "FILE", &options->document,
                  "the document that the entry is about; of a sealed one as it "
                  "was before, or what the signature is over");
  verify.Optional("--trust", "FILE", &options->trust,
                  "trust.toml: keys accepted beforehand");
  verify.Optional("--vkey", "VKEY", &options->vkey,
                  "the ledger's key itself, instead of --trust");
  AddTelling(verify, &options->telling);
  verify.Run([options](Output& output) { return RunVerify(*options, output); });
}

}  // namespace sealedger::tools
