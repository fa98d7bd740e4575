#include "api/auth.h"

#include <algorithm>
#include <utility>

#include "api/inputs.h"

namespace sealedger::api {

namespace {

constexpr std::string_view kScheme = "Bearer ";
constexpr std::string_view kPrefix = "slg_";
constexpr size_t kMaxToken = 128;

Error WrongToken() {
  return MakeError(Code::kUnauthenticated, "wrong-token",
                   "the token is not one of this service, or has expired");
}

}  // namespace

Result<std::optional<std::string_view>> ReadBearerToken(
    const Headers& headers) {
  const size_t count = CountHeaders(headers, "Authorization");
  if (count == 0) return std::optional<std::string_view>();
  std::string_view value = *FindHeader(headers, "Authorization");
  if (count > 1 || value.size() < kScheme.size() ||
      !EqualNames(value.substr(0, kScheme.size()), kScheme)) {
    return WrongToken();
  }
  value.remove_prefix(kScheme.size());
  if (!value.starts_with(kPrefix) || value.size() > kMaxToken ||
      std::any_of(value.begin(), value.end(),
                  [](char c) { return c <= 0x20 || c >= 0x7f; })) {
    return WrongToken();
  }
  return std::optional<std::string_view>(value);
}

Result<std::optional<notary::Caller>> FindCaller(const notary::Notary& notary,
                                                 const Request& request) {
  Result<std::optional<std::string_view>> token =
      ReadBearerToken(request.headers);
  if (!token) return std::move(token).error();
  if (!*token) return std::optional<notary::Caller>();
  Result<notary::Caller> caller = notary.Authenticate(**token);
  if (!caller) return std::move(caller).error();
  return std::optional<notary::Caller>(std::move(*caller));
}

Result<notary::Caller> RequireCaller(const notary::Notary& notary,
                                     const Request& request) {
  Result<std::optional<notary::Caller>> caller = FindCaller(notary, request);
  if (!caller) return std::move(caller).error();
  if (!*caller) {
    return MakeError(Code::kUnauthenticated, "token-required",
                     "this needs the header Authorization: Bearer TOKEN");
  }
  return std::move(**caller);
}

Result<notary::WriteContext> ReadWriteContext(const notary::Notary& notary,
                                              const Request& request) {
  Result<notary::Caller> caller = RequireCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Result<std::optional<std::string>> key = ReadIdempotencyKey(request.headers);
  if (!key) return std::move(key).error();
  notary::WriteContext context;
  context.caller = std::move(*caller);
  context.raw = {request.method, request.target, request.body,
                 &request.headers};
  context.idempotency_key = std::move(*key);
  Result<void> taken = notary.TakeSignature(&context);
  if (!taken) return std::move(taken).error();
  return context;
}

}  // namespace sealedger::api
