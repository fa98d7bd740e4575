#include "notary/request_members.h"

#include <utility>

#include "notary/codes.h"
#include "notary/disclosure.h"
#include "notary/text.h"

namespace sealedger::notary {

using ledger::Code;

std::string ReadUscc(Members& request, std::string_view name) {
  const std::string& uscc = request.String(name);
  if (request.ok() && !IsUscc(uscc)) {
    request.Fail(name, Code::kInvalidArgument, "bad-uscc",
                 "a unified social credit code has 18 characters, the last of "
                 "them a check character");
  }
  return uscc;
}

std::string ReadName(Members& request, std::string_view name) {
  const std::string& text = request.String(name);
  if (request.ok()) {
    Result<void> fits = CheckName(text, request.PointerTo(name));
    if (!fits) request.Fail(std::move(fits).error());
  }
  return text;
}

namespace {

int64_t TimeOf(Members& request, std::string_view name,
               const std::string& text) {
  const std::optional<int64_t> time = ParseTime(text);
  if (request.ok() && !time) {
    request.Fail(name, Code::kInvalidArgument, "bad-time",
                 "a time is written 2026-11-22T09:30:00.123Z");
  }
  return time.value_or(0);
}

}  // namespace

int64_t ReadTime(Members& request, std::string_view name) {
  return TimeOf(request, name, request.String(name));
}

std::optional<int64_t> ReadOptionalTime(Members& request,
                                        std::string_view name) {
  const std::string* text = request.OptionalString(name);
  if (text == nullptr) return std::nullopt;
  return TimeOf(request, name, *text);
}

std::optional<ledger::Hash> ReadOptionalDigest(Members& request,
                                               std::string_view name) {
  const std::string* text = request.OptionalString(name);
  if (text == nullptr) return std::nullopt;
  const std::optional<ledger::Hash> hash = ledger::HashFromHex(*text);
  if (!hash) {
    request.Fail(name, Code::kInvalidArgument, "bad-digest",
                 "a digest is 64 lower-case hexadecimal characters");
  }
  return hash;
}

std::vector<std::string> ReadPrivate(Members& request) {
  const Json* fields = request.OptionalValue("private");
  if (fields == nullptr) return {};
  auto read = ReadPrivateFields(*fields, request.PointerTo("private"));
  if (read) return MakeDisclosures(*read);
  request.Fail(std::move(read).error());
  return {};
}

}  // namespace sealedger::notary
