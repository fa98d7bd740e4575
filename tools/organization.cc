// sealedger organization establish|event|show: whom seals are issued to.

#include <memory>
#include <utility>

#include "notary/codes.h"
#include "tools/commands.h"
#include "tools/register_read.h"
#include "tools/register_write.h"

namespace sealedger::tools {

namespace {

using notary::OrganizationEvent;

constexpr std::string_view kPath = "/v1/organizations";
constexpr std::string_view kNoUscc =
    "USCC is a unified social credit code of 18 characters, the last of them "
    "its check character";

struct EventOptions {
  WriteOptions write;
  std::string uscc;
  std::string event;  // of `event` alone
  std::optional<std::string> name;
  std::optional<std::string> effective_at;
};

// Whether the entry says this of the organisation. The name of an individual
// business stands in none.
bool Says(const notary::Entry& entry, OrganizationEvent event,
          const EventOptions& options, std::optional<int64_t> effective_ms) {
  const auto* body = std::get_if<notary::OrganizationEntry>(&entry.body);
  const std::optional<std::string> name =
      notary::IsIndividualBusiness(options.uscc) ? std::nullopt : options.name;
  return body != nullptr && body->event == event &&
         body->uscc == options.uscc && body->name == name &&
         body->effective_ms == effective_ms;
}

Exit RunEvent(const EventOptions& options, OrganizationEvent event,
              Output& output) {
  if (!notary::IsUscc(options.uscc)) return output.Usage(kNoUscc);
  const auto effective_ms = ReadMoment("--effective-at", options.effective_at);
  if (!effective_ms) return output.Fail(effective_ms.error(), Exit::kUsage);
  Write write;
  write.path = kPath;
  write.body = Json::Object{};
  if (event == OrganizationEvent::kEstablished) {
    write.body.Add("uscc", options.uscc);
  } else {
    write.path += "/" + options.uscc + "/events";
    write.body.Add("event", notary::OrganizationEventName(event));
  }
  AddIfGiven("name", options.name, &write.body);
  AddMoment("effective_at", *effective_ms, &write.body);
  write.fits = [&](const notary::Entry& entry, const Json&) {
    return Says(entry, event, options, *effective_ms);
  };
  return RunWrite(options.write, write, output);
}

Exit RunNamedEvent(const EventOptions& options, Output& output) {
  const auto event = notary::ParseOrganizationEvent(options.event);
  if (!event || *event == OrganizationEvent::kEstablished) {
    return output.Usage("EVENT is altered or terminated");
  }
  if ((*event == OrganizationEvent::kAltered) != options.name.has_value()) {
    return output.Usage("--name goes with altered, and with nothing else");
  }
  return RunEvent(options, *event, output);
}

struct ShowOptions {
  ServerAccess access;
  std::string uscc;
};

Exit RunShow(const ShowOptions& options, Output& output) {
  if (!notary::IsUscc(options.uscc)) return output.Usage(kNoUscc);
  auto client = Connect(options.access, Need::kNoToken);
  if (!client) return output.Fail(client.error(), ExitOf(client.error()));
  const auto answer =
      GetObject(*client, Query(std::string(kPath) + "/" + options.uscc));
  if (!answer) return output.Fail(answer.error());
  TellAnswer(*answer, output);
  return Exit::kPassed;
}

void AddEffectiveAt(Command& command, EventOptions* options) {
  command.Optional("--effective-at", "TIME", &options->effective_at,
                   "since when (else when it is entered), e.g. "
                   "2027-01-31T00:00:00.000Z");
}

void AddEstablish(Command& organization) {
  Command& establish = organization.Sub(
      "establish", "Enter an organisation in the register",
      "sealedger organization establish 91350100M000100Y43 --name "
      "示例科技有限公司");
  establish.Explain(
      "The name is public for ever, but that of an individual business (its "
      "code begins with 92), which is kept apart and can be erased.");
  const auto options = std::make_shared<EventOptions>();
  const auto name = std::make_shared<std::string>();
  establish.Positional("USCC", &options->uscc, "unified social credit code");
  establish.Required("--name", "NAME", name.get(), "the name, as registered");
  AddEffectiveAt(establish, options.get());
  AddWriteOptions(establish, &options->write);
  establish.Run([options, name](Output& output) {
    options->name = *name;
    return RunEvent(*options, OrganizationEvent::kEstablished, output);
  });
}

void AddEvent(Command& organization) {
  Command& event = organization.Sub(
      "event", "Enter a change of name, or the end, of an organisation",
      "sealedger organization event 91350100M000100Y43 terminated");
  event.Explain(
      "`terminated` cancels every live seal of the organisation; their "
      "entries follow its own. After a change of name, seals are to be "
      "replaced.");
  const auto options = std::make_shared<EventOptions>();
  event.Positional("USCC", &options->uscc, "unified social credit code");
  event.Positional("EVENT", &options->event, "altered or terminated");
  event.Optional("--name", "NAME", &options->name, "the new name (altered)");
  AddEffectiveAt(event, options.get());
  AddWriteOptions(event, &options->write);
  event.Run(
      [options](Output& output) { return RunNamedEvent(*options, output); });
}

void AddShow(Command& organization) {
  Command& show =
      organization.Sub("show", "Show an organisation as the register has it",
                       "sealedger organization show 91350100M000100Y43");
  const auto options = std::make_shared<ShowOptions>();
  show.Positional("USCC", &options->uscc, "unified social credit code");
  AddServerOptions(show, &options->access);
  show.Run([options](Output& output) { return RunShow(*options, output); });
}

}  // namespace

void AddOrganization(Command& program) {
  Command& organization =
      program.Sub("organization", "Organisations in the register of seals",
                  "sealedger organization show 91350100M000100Y43");
  AddEstablish(organization);
  AddEvent(organization);
  AddShow(organization);
}

}  // namespace sealedger::tools
