// sealedger seal …: seals in the register, and in use.

#include <memory>
#include <utility>

#include "notary/codes.h"
#include "notary/text.h"
#include "tools/commands.h"
#include "tools/register_read.h"
#include "tools/register_write.h"
#include "tools/seal_authorize.h"
#include "tools/seal_issue.h"
#include "tools/seal_use.h"

namespace sealedger::tools {

namespace {

constexpr std::string_view kPath = "/v1/seals";
constexpr std::string_view kNoCode = "CODE is a seal's code: 13 or 14 digits";

std::string PathOf(const std::string& code, std::string_view what) {
  return std::string(kPath) + "/" + code + std::string(what);
}

struct EventOptions {
  WriteOptions write;
  std::string code;
  std::string event;
  std::optional<std::string> reason;
  std::optional<std::string> effective_at;
};

Exit RunEvent(const EventOptions& options, Output& output) {
  if (!notary::IsSealCode(options.code)) return output.Usage(kNoCode);
  const auto event = notary::ParseSealEvent(options.event);
  if (!event) {
    return output.Usage(
        "EVENT is filed, activated, suspended, resumed, lost, found or "
        "cancelled");
  }
  if (options.reason && !notary::IsSealReason(*event, *options.reason)) {
    return output.Usage("--reason is no reason for " + options.event +
                        "; --help names them");
  }
  const auto effective_ms = ReadMoment("--effective-at", options.effective_at);
  if (!effective_ms) return output.Fail(effective_ms.error(), Exit::kUsage);
  Write write;
  write.path = PathOf(options.code, "/events");
  write.body = Json::Object{{"event", options.event}};
  AddIfGiven("reason", options.reason, &write.body);
  AddMoment("effective_at", *effective_ms, &write.body);
  write.fits = [&](const notary::Entry& entry, const Json&) {
    const auto* body = std::get_if<notary::SealEventEntry>(&entry.body);
    return body != nullptr && body->event == *event &&
           body->seal_code == options.code && body->reason == options.reason &&
           body->effective_ms == *effective_ms;
  };
  return RunWrite(options.write, write, output);
}

struct StatusOptions {
  ServerAccess access;
  std::string code;
  std::optional<std::string> at;
  std::optional<uint64_t> size;
};

Exit RunStatus(const StatusOptions& options, Output& output) {
  if (!notary::IsSealCode(options.code)) return output.Usage(kNoCode);
  const auto at_ms = ReadMoment("--at", options.at);
  if (!at_ms) return output.Fail(at_ms.error(), Exit::kUsage);
  auto client = Connect(options.access, Need::kNoToken);
  if (!client) return output.Fail(client.error(), ExitOf(client.error()));
  Query query(PathOf(options.code, "/status"));
  query.AddMoment("at", *at_ms);
  query.Add("size", options.size);
  const auto answer = GetObject(*client, query);
  if (!answer) return output.Fail(answer.error());
  TellAnswer(*answer, output);
  return Exit::kPassed;
}

struct HistoryOptions {
  ServerAccess access;
  std::string code;
};

// "21  2026-11-22T09:30:21.123Z  seal.cancelled  by police  reason lost"
std::string HistoryLine(const Json& item) {
  std::string line = WordOf(item, "index");
  const auto entry = notary::ParseJson(TextOf(item, "entry"));
  if (!entry) return Printable(line + "  " + TextOf(item, "kind"));
  line += "  " + TextOf(*entry, "time") + "  " + TextOf(*entry, "kind") +
          "  by " + TextOf(*entry, "by");
  for (const std::string_view name :
       {"reason", "effective_at", "late", "replaced_by", "party", "until"}) {
    if (entry->Find(name) == nullptr) continue;
    line += "  " + std::string(name) + " " + WordOf(*entry, name);
  }
  return Printable(line);
}

Exit RunHistory(const HistoryOptions& options, Output& output) {
  if (!notary::IsSealCode(options.code)) return output.Usage(kNoCode);
  auto client = Connect(options.access, Need::kNoToken);
  if (!client) return output.Fail(client.error(), ExitOf(client.error()));
  Json::Array all;
  const auto read = ForEachItem(
      *client, Query(PathOf(options.code, "/history")), [&](const Json& item) {
        output.Line(HistoryLine(item));
        all.push_back(item);
      });
  if (!read) return output.Fail(read.error());
  output.Value(Json(std::move(all)));
  return Exit::kPassed;
}

struct ListOptions {
  ServerAccess access;
  std::optional<std::string> uscc;
  std::optional<std::string> type;
  std::optional<std::string> status;
  std::optional<std::string> division;
  std::optional<std::string> issued_from;
  std::optional<std::string> issued_to;
  bool csv = false;
};

Result<Query> ListQuery(const ListOptions& options) {
  if (options.uscc && !notary::IsUscc(*options.uscc)) {
    return WrongUse("--uscc is a unified social credit code");
  }
  if (options.type && !notary::IsSealType(*options.type)) {
    return WrongUse("--type is 01, 02, 03, 04, 05 or 99");
  }
  if (options.division && !notary::IsDivision(*options.division)) {
    return WrongUse("--division is six digits");
  }
  const auto from_ms = ReadMoment("--issued-from", options.issued_from);
  if (!from_ms) return from_ms.error();
  const auto to_ms = ReadMoment("--issued-to", options.issued_to);
  if (!to_ms) return to_ms.error();
  Query query{std::string(kPath)};
  query.Add("uscc", options.uscc);
  query.Add("type", options.type);
  query.Add("status", options.status);
  query.Add("division", options.division);
  query.AddMoment("issued_from", *from_ms);
  query.AddMoment("issued_to", *to_ms);
  return query;
}

std::string SealLine(const Json& item) {
  std::string place = TextOf(item, "type");
  if (item.Find("ordinal") != nullptr) place += "/" + WordOf(item, "ordinal");
  std::string status = TextOf(item, "status");
  const Json* expired = item.Find("expired");
  if (expired != nullptr && expired->if_bool() && *expired->if_bool()) {
    status += " (expired)";
  }
  return Printable(TextOf(item, "code") + "  " + status + "  " + place + "  " +
                   TextOf(item, "uscc") + "  " + TextOf(item, "name"));
}

Exit RunList(const ListOptions& options, Output& output) {
  if (options.csv && output.json()) {
    return output.Usage("--csv and --json exclude each other");
  }
  const auto query = ListQuery(options);
  if (!query) return output.Fail(query.error(), Exit::kUsage);
  auto client = Connect(options.access, Need::kToken);
  if (!client) return output.Fail(client.error(), ExitOf(client.error()));
  Json::Array all;
  const auto read = options.csv
                        ? ForEachCsvLine(*client, *query,
                                         [&](std::string_view line) {
                                           // RFC 4180 ends lines with CR LF.
                                           output.Line(Printable(line) + "\r");
                                         })
                        : ForEachItem(*client, *query, [&](const Json& item) {
                            output.Line(SealLine(item));
                            all.push_back(item);
                          });
  if (!read) return output.Fail(read.error());
  output.Value(Json(std::move(all)));
  return Exit::kPassed;
}

void AddEvent(Command& seal) {
  Command& event = seal.Sub("event", "Enter what became of a seal",
                            "sealedger seal event 35010000000117 suspended "
                            "--reason key_suspected");
  event.Explain(
      "Events: filed, activated, suspended, resumed, lost, found, cancelled. "
      "Reasons: of suspended and resumed owner_request, ordered, "
      "key_suspected, review, error; of lost lost, stolen, key_compromised; of "
      "found found, error; of cancelled, where one must be given, renamed, "
      "dissolved, licence_revoked, bankrupt, split, merged, lost, "
      "key_compromised, owner_request, ordered. A cancelled seal stays so.");
  const auto options = std::make_shared<EventOptions>();
  event.Positional("CODE", &options->code, "the seal's code");
  event.Positional("EVENT", &options->event, "what became of it");
  event.Optional("--reason", "REASON", &options->reason, "one of those below");
  event.Optional("--effective-at", "TIME", &options->effective_at,
                 "since when (else when it is entered), e.g. "
                 "2027-01-31T00:00:00.000Z");
  AddWriteOptions(event, &options->write);
  event.Run([options](Output& output) { return RunEvent(*options, output); });
}

void AddStatus(Command& seal) {
  Command& status = seal.Sub(
      "status", "Ask what state a seal is in, or was in",
      "sealedger seal status 35010000000117 --at 2026-12-01T00:00:00Z");
  status.Explain(
      "Two questions in one: the state that was effective at a time (--at, "
      "else now), as it was known when the ledger had so many entries "
      "(--size, else all).");
  const auto options = std::make_shared<StatusOptions>();
  status.Positional("CODE", &options->code, "the seal's code");
  status.Optional("--at", "TIME", &options->at, "effective then");
  status.Number("--size", "N", &options->size, "known by the first N entries");
  AddServerOptions(status, &options->access);
  status.Run([options](Output& output) { return RunStatus(*options, output); });
}

void AddHistory(Command& seal) {
  Command& history =
      seal.Sub("history", "List a seal's entries, the oldest first",
               "sealedger seal history 35010000000117");
  const auto options = std::make_shared<HistoryOptions>();
  history.Positional("CODE", &options->code, "the seal's code");
  AddServerOptions(history, &options->access);
  history.Run(
      [options](Output& output) { return RunHistory(*options, output); });
}

void AddList(Command& seal) {
  Command& list =
      seal.Sub("list", "List seals: a platform's own, or all",
               "sealedger seal list --division 350100 --csv > seals.csv");
  const auto options = std::make_shared<ListOptions>();
  list.Optional("--uscc", "USCC", &options->uscc, "of this organisation alone");
  list.Optional("--type", "TYPE", &options->type, "of this type alone");
  list.Choice("--status",
              {"issued", "filed", "active", "suspended", "lost", "cancelled"},
              &options->status, "in this state alone");
  list.Optional("--division", "DIGITS", &options->division,
                "with codes of this administrative division alone");
  list.Optional("--issued-from", "TIME", &options->issued_from,
                "issued then or later");
  list.Optional("--issued-to", "TIME", &options->issued_to, "issued before");
  list.Flag("--csv", &options->csv, "as a table for other programs (RFC 4180)");
  AddServerOptions(list, &options->access);
  list.Run([options](Output& output) { return RunList(*options, output); });
}

}  // namespace

void AddSeal(Command& program) {
  Command& seal = program.Sub("seal", "Seals in the register",
                              "sealedger seal status 35010000000117");
  AddSealIssue(seal);
  AddEvent(seal);
  AddStatus(seal);
  AddHistory(seal);
  AddList(seal);
  AddSealUse(seal);
  AddSealAuthorize(seal);
}

}  // namespace sealedger::tools
