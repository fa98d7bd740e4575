#include "tools/seal_authorize.h"

#include <memory>

#include "notary/codes.h"
#include "notary/text.h"
#include "tools/register_write.h"

namespace sealedger::tools {

namespace {

struct AuthorizeOptions {
  WriteOptions write;
  std::string code;
  std::string party;
  std::optional<std::string> until;
};

Exit RunAuthorization(const AuthorizeOptions& options, bool granted,
                      Output& output) {
  if (!notary::IsSealCode(options.code)) {
    return output.Usage("CODE is a seal's code: 13 or 14 digits");
  }
  if (!notary::IsId(options.party)) {
    return output.Usage("PARTY is [a-z0-9][a-z0-9._-]{0,63}");
  }
  const auto until_ms = ReadMoment("--until", options.until);
  if (!until_ms) return output.Fail(until_ms.error(), Exit::kUsage);
  Write write;
  write.path = "/v1/seals/" + options.code + "/authorizations";
  if (granted) {
    write.body = Json::Object{{"party", options.party}};
    AddMoment("until", *until_ms, &write.body);
  } else {
    write.method = "DELETE";
    write.path += "/" + options.party;
  }
  write.fits = [&](const notary::Entry& entry, const Json&) {
    const auto* body = std::get_if<notary::SealAuthorization>(&entry.body);
    return body != nullptr && body->granted == granted &&
           body->seal_code == options.code && body->party == options.party &&
           body->until_ms == *until_ms;
  };
  return RunWrite(options.write, write, output);
}

void AddAuthorize(Command& seal) {
  Command& authorize =
      seal.Sub("authorize", "Let another platform sign with a seal",
               "sealedger seal authorize 35010000000117 bravo --until "
               "2027-01-31T00:00:00Z");
  authorize.Explain(
      "The seal's custodian alone does this. It is public for ever, with both "
      "parties' ids, and part of the seal's history. Given again with another "
      "time it holds until that one.");
  const auto options = std::make_shared<AuthorizeOptions>();
  authorize.Positional("CODE", &options->code, "the seal's code");
  authorize.Positional("PARTY", &options->party,
                       "who may sign, a party of the role platform");
  authorize.Optional("--until", "TIME", &options->until,
                     "the first moment without it, e.g. 2027-01-31T00:00:00Z "
                     "(else until it is taken back)");
  AddWriteOptions(authorize, &options->write);
  authorize.Run([options](Output& output) {
    return RunAuthorization(*options, true, output);
  });
}

void AddDeauthorize(Command& seal) {
  Command& deauthorize =
      seal.Sub("deauthorize", "Take back that a platform may sign with a seal",
               "sealedger seal deauthorize 35010000000117 bravo");
  deauthorize.Explain("What the party signed before stays as good as it is.");
  const auto options = std::make_shared<AuthorizeOptions>();
  deauthorize.Positional("CODE", &options->code, "the seal's code");
  deauthorize.Positional("PARTY", &options->party, "who may sign no longer");
  AddWriteOptions(deauthorize, &options->write);
  deauthorize.Run([options](Output& output) {
    return RunAuthorization(*options, false, output);
  });
}

}  // namespace

void AddSealAuthorize(Command& seal) {
  AddAuthorize(seal);
  AddDeauthorize(seal);
}

}  // namespace sealedger::tools
