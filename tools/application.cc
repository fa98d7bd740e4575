// sealedger application submit|event|show|list: seals applied for, and each
// application's way.

#include <algorithm>
#include <memory>
#include <utility>

#include "notary/codes.h"
#include "notary/text.h"
#include "tools/commands.h"
#include "tools/file_digests.h"
#include "tools/register_read.h"
#include "tools/register_write.h"

namespace sealedger::tools {

namespace {

using notary::ApplicationState;

constexpr std::string_view kPath = "/v1/applications";
constexpr std::string_view kNoId = "ID is [a-z0-9][a-z0-9._-]{0,63}";

// The files that an application rests on.
struct PaperOptions {
  std::vector<std::string> materials;  // KIND=FILE
  std::optional<std::string> declaration;
};

// What leaves this machine of them.
struct PaperDigests {
  std::vector<notary::Material> materials;  // by kind
  std::optional<notary::Hash> declaration;
};

Result<PaperDigests> HashPapers(const PaperOptions& options) {
  PaperDigests papers;
  for (const std::string& material : options.materials) {
    const size_t equals = material.find('=');
    const std::string kind = material.substr(0, equals);
    if (equals == std::string::npos || !notary::IsMaterialKind(kind)) {
      return WrongUse(
          "--material is written KIND=FILE; --help names the kinds");
    }
    const auto digests = HashFile(material.substr(equals + 1));
    if (!digests) return digests.error();
    papers.materials.push_back({kind, digests->sha256});
  }
  std::sort(papers.materials.begin(), papers.materials.end(),
            [](const auto& a, const auto& b) { return a.kind < b.kind; });
  if (options.declaration) {
    const auto digests = HashFile(*options.declaration);
    if (!digests) return digests.error();
    papers.declaration = digests->sha256;
  }
  return papers;
}

void AddPaperMembers(const PaperDigests& papers, Json* body) {
  if (!papers.materials.empty()) {
    Json::Array materials;
    for (const auto& [kind, sha256] : papers.materials) {
      materials.push_back(
          Json::Object{{"kind", kind}, {"sha256", ledger::ToHex(sha256)}});
    }
    body->Add("materials", std::move(materials));
  }
  if (papers.declaration) {
    body->Add("declaration",
              Json::Object{{"sha256", ledger::ToHex(*papers.declaration)}});
  }
}

bool Holds(const notary::ApplicationEntry& entry, const PaperDigests& papers) {
  std::vector<notary::Material> materials = entry.materials;
  std::sort(materials.begin(), materials.end(),
            [](const auto& a, const auto& b) { return a.kind < b.kind; });
  return materials == papers.materials &&
         entry.declaration == papers.declaration;
}

struct SubmitOptions {
  WriteOptions write;
  std::optional<std::string> route;
  std::string uscc;
  std::string seal_type;
  std::optional<uint64_t> ordinal;
  std::optional<std::string> channel;
  std::optional<std::string> id;
  PaperOptions papers;
};

// What is applied for, as the line says it; without an id where it gives none.
Result<notary::ApplicationSubject> SubjectOf(const SubmitOptions& options) {
  notary::ApplicationSubject subject;
  if (!options.route) return WrongUse("--route is required");
  const auto route = notary::ParseRoute(*options.route);
  CHECK(route.has_value());
  subject.route = *route;
  subject.uscc = options.uscc;
  if (!notary::IsUscc(subject.uscc)) {
    return WrongUse("--uscc is a unified social credit code");
  }
  subject.seal_type = options.seal_type;
  if (!notary::IsSealType(subject.seal_type)) {
    return WrongUse("--seal-type is 01, 02, 03, 04, 05 or 99");
  }
  subject.ordinal = options.ordinal;
  if (!notary::FitsOrdinal(subject.seal_type, subject.ordinal)) {
    return WrongUse(
        "a statutory-name seal (01) has no --ordinal, every other seal one of "
        "1 to 9999");
  }
  if (options.channel) {
    subject.channel = notary::ParseChannel(*options.channel);
    CHECK(subject.channel.has_value());
  }
  if (options.id && !notary::IsId(*options.id)) return WrongUse(kNoId);
  subject.id = options.id.value_or("");
  return subject;
}

Json SubjectBody(const notary::ApplicationSubject& subject) {
  Json body(Json::Object{});
  if (!subject.id.empty()) body.Add("id", subject.id);
  body.Add("route", notary::RouteName(subject.route));
  body.Add("uscc", subject.uscc);
  body.Add("seal_type", subject.seal_type);
  if (subject.ordinal) body.Add("ordinal", *subject.ordinal);
  if (subject.channel) {
    body.Add("channel", notary::ChannelName(*subject.channel));
  }
  return body;
}

Exit RunSubmit(const SubmitOptions& options, Output& output) {
  const auto subject = SubjectOf(options);
  if (!subject) return output.Fail(subject.error(), Exit::kUsage);
  const auto papers = HashPapers(options.papers);
  if (!papers) return output.Fail(papers.error(), ExitOf(papers.error()));
  Write write;
  write.path = kPath;
  write.body = SubjectBody(*subject);
  AddPaperMembers(*papers, &write.body);
  write.fits = [&](const notary::Entry& entry, const Json&) {
    const auto* body = std::get_if<notary::ApplicationEntry>(&entry.body);
    if (body == nullptr || body->state != ApplicationState::kSubmitted) {
      return false;
    }
    notary::ApplicationSubject entered = body->application;
    if (subject->id.empty()) entered.id.clear();
    return entered == *subject && Holds(*body, *papers);
  };
  return RunWrite(options.write, write, output);
}

struct EventOptions {
  WriteOptions write;
  std::string id;
  std::string event;
  std::optional<uint64_t> fee_fen;
  PaperOptions papers;
};

std::optional<std::string_view> RefuseEvent(const EventOptions& options,
                                            ApplicationState event) {
  if ((event == ApplicationState::kFeeDue) != options.fee_fen.has_value()) {
    return "--fee goes with fee_due, and with nothing else";
  }
  if (options.fee_fen > notary::kMaxFeeFen) return "--fee is too much";
  const bool papers =
      !options.papers.materials.empty() || options.papers.declaration;
  if (papers && event != ApplicationState::kSubmitted) {
    return "--material and --declaration go with submitted alone";
  }
  return std::nullopt;
}

Exit RunEvent(const EventOptions& options, Output& output) {
  if (!notary::IsId(options.id)) return output.Usage(kNoId);
  const auto event = notary::ParseApplicationState(options.event);
  if (!event) {
    return output.Usage("EVENT is a step of applications; --help names them");
  }
  if (const auto refusal = RefuseEvent(options, *event)) {
    return output.Usage(*refusal);
  }
  const auto papers = HashPapers(options.papers);
  if (!papers) return output.Fail(papers.error(), ExitOf(papers.error()));
  Write write;
  write.path = std::string(kPath) + "/" + options.id + "/events";
  write.body = Json::Object{{"event", options.event}};
  if (options.fee_fen) write.body.Add("fee_fen", *options.fee_fen);
  AddPaperMembers(*papers, &write.body);
  write.fits = [&](const notary::Entry& entry, const Json&) {
    const auto* body = std::get_if<notary::ApplicationEntry>(&entry.body);
    return body != nullptr && body->state == *event &&
           body->application.id == options.id &&
           body->fee_fen == options.fee_fen && Holds(*body, *papers);
  };
  return RunWrite(options.write, write, output);
}

struct ShowOptions {
  ServerAccess access;
  std::string id;
};

Exit RunShow(const ShowOptions& options, Output& output) {
  if (!notary::IsId(options.id)) return output.Usage(kNoId);
  auto client = Connect(options.access, Need::kToken);
  if (!client) return output.Fail(client.error(), ExitOf(client.error()));
  const auto answer =
      GetObject(*client, Query(std::string(kPath) + "/" + options.id));
  if (!answer) return output.Fail(answer.error());
  TellAnswer(*answer, output);
  return Exit::kPassed;
}

struct ListOptions {
  ServerAccess access;
  std::optional<std::string> state;
  std::optional<std::string> route;
  std::optional<std::string> uscc;
};

std::string ApplicationLine(const Json& item) {
  std::string place = TextOf(item, "seal_type");
  if (item.Find("ordinal") != nullptr) place += "/" + WordOf(item, "ordinal");
  return Printable(TextOf(item, "id") + "  " + TextOf(item, "state") + "  " +
                   TextOf(item, "route") + "  " + place + "  " +
                   TextOf(item, "uscc") + "  by " + TextOf(item, "by"));
}

Exit RunList(const ListOptions& options, Output& output) {
  if (options.state && !notary::ParseApplicationState(*options.state)) {
    return output.Usage("--state is a state of applications");
  }
  if (options.uscc && !notary::IsUscc(*options.uscc)) {
    return output.Usage("--uscc is a unified social credit code");
  }
  auto client = Connect(options.access, Need::kToken);
  if (!client) return output.Fail(client.error(), ExitOf(client.error()));
  Query query{std::string(kPath)};
  query.Add("state", options.state);
  query.Add("route", options.route);
  query.Add("uscc", options.uscc);
  Json::Array all;
  const auto read = ForEachItem(*client, query, [&](const Json& item) {
    output.Line(ApplicationLine(item));
    all.push_back(item);
  });
  if (!read) return output.Fail(read.error());
  output.Value(Json(std::move(all)));
  return Exit::kPassed;
}

void AddPaperOptions(Command& command, PaperOptions* papers) {
  command.List("--material", "KIND=FILE", &papers->materials,
               "a material; may be given more than once");
  command.Optional("--declaration", "FILE", &papers->declaration,
                   "the declaration that the materials are authentic");
}

void AddRoute(Command& command, std::optional<std::string>* route,
              const std::string& help) {
  command.Choice("--route", {"public_security", "agency", "platform"}, route,
                 help);
}

void AddSubmit(Command& application) {
  Command& submit = application.Sub(
      "submit", "Apply for a seal",
      "sealedger application submit --route public_security --uscc "
      "91350100M000100Y43 --seal-type 01 --material "
      "business_license=licence.pdf --material legal_representative_id=id.pdf "
      "--material power_of_attorney=power.pdf --declaration declaration.pdf");
  submit.Explain(
      "Only digests leave this machine: keep the files. Every route asks for "
      "business_license, legal_representative_id and power_of_attorney; agency "
      "also for existing_seal_impression and agent_id, platform for "
      "authorization_letter.");
  const auto options = std::make_shared<SubmitOptions>();
  AddRoute(submit, &options->route, "the way to the seal");
  submit.Required("--uscc", "USCC", &options->uscc,
                  "for whom: unified social credit code");
  submit.Required("--seal-type", "TYPE", &options->seal_type,
                  "01 statutory name, 02 finance, 03 invoice, 04 contract, 05 "
                  "legal representative's name, 99 other");
  submit.Number("--ordinal", "N", &options->ordinal,
                "which of its type: 1 to 9999, none for 01");
  submit.Choice("--channel", {"online", "shop"}, &options->channel,
                "how it was handed in");
  submit.Optional("--id", "ID", &options->id,
                  "an id of your own (else random): [a-z0-9][a-z0-9._-]{0,63}");
  AddPaperOptions(submit, &options->papers);
  AddWriteOptions(submit, &options->write);
  submit.Run([options](Output& output) { return RunSubmit(*options, output); });
}

void AddEvent(Command& application) {
  Command& event =
      application.Sub("event", "Take an application one step on",
                      "sealedger application event a-2026-0117 fee_due --fee "
                      "12000");
  event.Explain(
      "Steps: materials_accepted, or returned and then submitted again; "
      "public_security: originals_checked; agency: fee_due, fee_paid; "
      "platform: identity_verified, authorized; then approved. withdrawn and "
      "rejected end it before. Whoever submitted it submits it again and "
      "withdraws it, and takes no other step.");
  const auto options = std::make_shared<EventOptions>();
  event.Positional("ID", &options->id, "the application's id");
  event.Positional("EVENT", &options->event, "the step");
  event.Number("--fee", "FEN", &options->fee_fen, "in fen (fee_due)");
  AddPaperOptions(event, &options->papers);
  AddWriteOptions(event, &options->write);
  event.Run([options](Output& output) { return RunEvent(*options, output); });
}

void AddShow(Command& application) {
  Command& show = application.Sub("show", "Show an application",
                                  "sealedger application show a-2026-0117");
  const auto options = std::make_shared<ShowOptions>();
  show.Positional("ID", &options->id, "the application's id");
  AddServerOptions(show, &options->access);
  show.Run([options](Output& output) { return RunShow(*options, output); });
}

void AddList(Command& application) {
  Command& list = application.Sub(
      "list", "List applications: a platform's or an applicant's own, or all",
      "sealedger application list --state approved");
  const auto options = std::make_shared<ListOptions>();
  list.Optional("--state", "STATE", &options->state, "in this state alone");
  AddRoute(list, &options->route, "on this route alone");
  list.Optional("--uscc", "USCC", &options->uscc,
                "for this organisation alone");
  AddServerOptions(list, &options->access);
  list.Run([options](Output& output) { return RunList(*options, output); });
}

}  // namespace

void AddApplication(Command& program) {
  Command& application = program.Sub("application", "Applications for seals",
                                     "sealedger application show a-2026-0117");
  AddSubmit(application);
  AddEvent(application);
  AddShow(application);
  AddList(application);
}

}  // namespace sealedger::tools
