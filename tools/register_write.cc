#include "tools/register_write.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "ledger/encoding.h"
#include "notary/text.h"
#include "tools/receipt_check.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::MakeError;

namespace {

constexpr size_t kMaxKey = 255;
constexpr size_t kRandomKeyBytes = 16;

bool IsUtf8(const Json& value) {
  if (const std::string* text = value.if_string()) {
    return ledger::IsUtf8(*text);
  }
  if (const Json::Array* array = value.if_array()) {
    return std::all_of(array->begin(), array->end(),
                       [](const Json& item) { return IsUtf8(item); });
  }
  const Json::Object* object = value.if_object();
  return object == nullptr ||
         std::all_of(object->begin(), object->end(), [](const auto& member) {
           return ledger::IsUtf8(member.first) && IsUtf8(member.second);
         });
}

Result<std::string> KeyOf(const WriteOptions& options) {
  if (!options.key) {
    return ledger::EncodeHex(ledger::RandomBytes(kRandomKeyBytes));
  }
  const bool visible = std::all_of(options.key->begin(), options.key->end(),
                                   [](char c) { return c > 0x20 && c < 0x7f; });
  if (visible && !options.key->empty() && options.key->size() <= kMaxKey) {
    return *options.key;
  }
  return WrongUse("--key is 1 to 255 visible characters");
}

// What an entry of the register is about, as the API names it.
Json::Member SubjectOf(const notary::Entry& entry) {
  if (const auto* body = std::get_if<notary::OrganizationEntry>(&entry.body)) {
    return {"uscc", body->uscc};
  }
  if (const auto* body = std::get_if<notary::ApplicationEntry>(&entry.body)) {
    return {"id", body->application.id};
  }
  if (const auto* body = std::get_if<notary::SealEventEntry>(&entry.body)) {
    return {"code", body->seal_code};
  }
  if (const auto* body = std::get_if<notary::SealAuthorization>(&entry.body)) {
    return {"code", body->seal_code};
  }
  if (const auto* body = std::get_if<notary::DocumentSealed>(&entry.body)) {
    return {"code", body->seal_code};
  }
  const auto* issued = std::get_if<notary::SealIssued>(&entry.body);
  CHECK(issued != nullptr);
  return {"code", issued->seal.code};
}

// The member `also` of a receipt; empty where it is absent or no such list.
Json::Array AlsoOf(const Json& receipt) {
  const Json* also = receipt.Find("also");
  const Json::Array* indices = also ? also->if_array() : nullptr;
  if (indices == nullptr) return {};
  const bool numbers =
      std::all_of(indices->begin(), indices->end(),
                  [](const Json& index) { return index.if_integer(); });
  return numbers ? *indices : Json::Array();
}

// A line for each check, with what the service says of it.
void TellCheck(const Json& check, Output& output) {
  std::string line;
  for (const std::string_view name : {"result", "id", "reason"}) {
    const Json* member = check.Find(name);
    const std::string* text = member ? member->if_string() : nullptr;
    if (text == nullptr || text->empty()) continue;
    line += (line.empty() ? "" : "  ") + *text;
  }
  output.Line(Printable(line));
}

// The member `checks` of an answer; nullptr where it has no such list.
const Json* ChecksOf(const Json& answer) {
  const Json* checks = answer.Find("checks");
  return checks != nullptr && checks->if_array() ? checks : nullptr;
}

void Tell(const ReceivedEntry& received, const Json& answer, const Write& write,
          Output& output) {
  const std::string_view kind = notary::KindOf(received.entry);
  const Json::Member subject = SubjectOf(received.entry);
  const Json::Array also = AlsoOf(answer);
  const Json* checks = ChecksOf(answer);
  output.Line(std::to_string(received.index) + "  " + std::string(kind) + "  " +
              *subject.second.if_string());
  std::string others;
  for (const Json& index : also) others += " " + notary::WriteJson(index);
  if (!others.empty()) output.Line("also" + others);

  Json value(Json::Object{});
  if (!also.empty()) value.Add("also", also);
  if (checks != nullptr) {
    for (const Json& check : *checks->if_array()) TellCheck(check, output);
    value.Add("checks", *checks);
  }
  value.Add(subject.first, subject.second);
  if (write.file) {
    output.Line("made " + Printable(*write.file));
    value.Add("file", Printable(*write.file));
  }
  value.Add("index", received.index);
  value.Add("kind", kind);
  output.Value(value);
}

Exit TellRefusal(const HttpAnswer& answer, Output& output) {
  const ledger::Error problem = ProblemOf(answer);
  const auto json = notary::ParseJson(answer.body);
  const Json* checks = json ? ChecksOf(*json) : nullptr;
  if (checks == nullptr) return output.Fail(problem);
  for (const Json& check : *checks->if_array()) TellCheck(check, output);
  return output.Fail(problem, Exit::kFailed, {{"checks", *checks}});
}

Exit ExitOfWrite(const ledger::Error& error) {
  return error.name == "bad-receipt" ? Exit::kFailed : ExitOf(error);
}

// The receipt, checked, and what came with it, kept.
Exit Take(const HttpAnswer& answer, const Write& write,
          const std::optional<ledger::VerifierKey>& vkey, Output& output) {
  const auto received = CheckReceipt(answer.body, vkey);
  if (!received) {
    return output.Fail(received.error(), ExitOfWrite(received.error()));
  }
  const auto json = notary::ParseJson(answer.body);
  CHECK(json);
  if (!write.fits(received->entry, *json)) {
    return output.Fail(BadReceipt("its entry is not what was asked for"),
                       Exit::kFailed);
  }
  if (write.keep) {
    if (const auto kept = write.keep(*json); !kept) {
      output.Note("sealedger: entry " + std::to_string(received->index) +
                  " was made, and stays");
      return output.Fail(kept.error(), Exit::kNotDone,
                         {{"index", received->index}});
    }
  }
  Tell(*received, *json, write, output);
  return Exit::kPassed;
}

}  // namespace

ledger::Error WrongUse(std::string_view detail) {
  return MakeError(Code::kInvalidArgument, "usage", detail);
}

void AddWriteOptions(Command& command, WriteOptions* options) {
  AddServerOptions(command, &options->access);
  command.Optional("--key", "KEY", &options->key,
                   "the same call with the same key makes one entry, however "
                   "often it is made (else random)");
  command.Optional("--vkey", "VKEY", &options->vkey,
                   "the ledger's key, to check who signed");
}

Exit RunWrite(const WriteOptions& options, const Write& write, Output& output) {
  if (!IsUtf8(write.body)) return output.Usage("a text is not UTF-8");
  std::optional<ledger::VerifierKey> vkey;
  if (options.vkey) {
    auto key = ledger::ParseVerifierKey(*options.vkey);
    if (!key) return output.Fail(key.error(), Exit::kUsage);
    vkey = std::move(*key);
  }
  auto key = KeyOf(options);
  if (!key) return output.Fail(key.error(), Exit::kUsage);
  auto client = Connect(options.access, Need::kToken);
  if (!client) return output.Fail(client.error(), ExitOf(client.error()));

  HttpClient::Request request;
  request.method = write.method;
  request.path = write.path;
  request.body = notary::WriteJson(write.body);
  request.idempotency_key = *std::move(key);
  const auto answer = SendUntilDecided(*client, request);
  if (!answer) return output.Fail(answer.error());
  if (!answer->ok()) return TellRefusal(*answer, output);
  return Take(*answer, write, vkey, output);
}

Result<std::optional<int64_t>> ReadMoment(
    std::string_view option, const std::optional<std::string>& text) {
  if (!text) return std::optional<int64_t>();
  auto time_ms = notary::ParseTime(*text);
  if (!time_ms && text->ends_with('Z')) {
    time_ms = notary::ParseTime(text->substr(0, text->size() - 1) + ".000Z");
  }
  if (time_ms) return time_ms;
  return WrongUse(std::string(option) + " is written 2027-01-31T00:00:00.000Z");
}

void AddIfGiven(std::string_view name, const std::optional<std::string>& text,
                Json* body) {
  if (text) body->Add(name, *text);
}

void AddMoment(std::string_view name, const std::optional<int64_t>& time_ms,
               Json* body) {
  if (time_ms) body->Add(name, notary::FormatTime(*time_ms));
}

}  // namespace sealedger::tools
