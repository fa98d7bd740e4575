#include "notary/request_base.h"

#include <algorithm>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::Error;

constexpr std::array<std::string_view, 5> kNames = {
    R"("@method": )", R"("@path": )", R"("content-digest": )",
    R"("idempotency-key": )", R"("@signature-params": )"};
constexpr std::string_view kCovered =
    R"(("@method" "@path" "content-digest" "idempotency-key"))";

constexpr std::string_view kDigestStart = "sha-256=:";
constexpr std::string_view kDigestEnd = ":";

constexpr std::string_view kCreated = ";created=";
constexpr std::string_view kKeyid = ";keyid=";
constexpr std::string_view kTag = ";tag=";
constexpr int64_t kMaxCreated = 999'999'999'999'999;

Error BadBase(std::string_view detail) {
  return ledger::MakeError(Code::kMalformed, "request-base", detail);
}

bool IsVisible(char c) { return c > 0x20 && c < 0x7f; }

bool IsMethod(std::string_view method) {
  return !method.empty() && method.size() <= kMaxSignedMethod &&
         std::all_of(method.begin(), method.end(),
                     [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool IsPath(std::string_view path) {
  return path.starts_with('/') && path.size() <= kMaxSignedPath &&
         std::all_of(path.begin(), path.end(), [](char c) {
           return IsVisible(c) && c != '?' && c != '#';
         });
}

// What the service takes as a key, with quotes around it or without.
bool IsKeyValue(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  return !value.empty() && value.size() <= kMaxSignedKey &&
         std::all_of(value.begin(), value.end(), IsVisible);
}

bool IsOrder(std::array<SignatureParameter, 3> order) {
  std::sort(order.begin(), order.end());
  return order == RequestBase().order;
}

Result<void> CheckMembers(const RequestBase& base) {
  if (!IsMethod(base.method)) return BadBase("the method is none");
  if (!IsPath(base.path)) {
    return BadBase("the path is no path without a query");
  }
  if (!IsKeyValue(base.idempotency_key)) {
    return BadBase("the idempotency key is not 1 to 255 visible characters");
  }
  if (base.created_s < 0 || base.created_s > kMaxCreated) {
    return BadBase("created is no number of seconds");
  }
  if (!IsId(base.keyid)) return BadBase("keyid is not the id of a party");
  if (!IsOrder(base.order)) {
    return BadBase("created, keyid and tag are due, each once");
  }
  return {};
}

// The text between double quotes. An id and the tag need no escapes, and so
// have no other spelling.
std::optional<std::string_view> Unquote(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') {
    return std::nullopt;
  }
  return value.substr(1, value.size() - 2);
}

// One parameter with its ';' from the front of `rest`.
Result<SignatureParameter> TakeParameter(std::string_view* rest,
                                         RequestBase* base) {
  if (rest->empty()) return BadBase("created, keyid and tag are due");
  const std::string_view text = rest->substr(0, rest->find(';', 1));
  rest->remove_prefix(text.size());
  if (text.starts_with(kCreated)) {
    const auto created =
        ledger::ParseDecimal(text.substr(kCreated.size()), kMaxCreated);
    if (!created) return BadBase("created is no number of seconds");
    base->created_s = static_cast<int64_t>(*created);
    return SignatureParameter::kCreated;
  }
  if (text.starts_with(kKeyid)) {
    const auto keyid = Unquote(text.substr(kKeyid.size()));
    if (!keyid) return BadBase("keyid is not text in quotes");
    base->keyid = *keyid;
    return SignatureParameter::kKeyid;
  }
  if (text.starts_with(kTag)) {
    if (Unquote(text.substr(kTag.size())) != kRequestTag) {
      return BadBase("the tag is not \"sealedger\"");
    }
    return SignatureParameter::kTag;
  }
  return BadBase("there is a parameter other than created, keyid and tag");
}

// The covered components and their parameters.
Result<void> ReadSignatureParams(std::string_view text, RequestBase* base) {
  if (!text.starts_with(kCovered)) {
    return BadBase(
        "not \"@method\" \"@path\" \"content-digest\" \"idempotency-key\" are "
        "covered, in this order and spelling");
  }
  text.remove_prefix(kCovered.size());
  for (SignatureParameter& next : base->order) {
    const Result<SignatureParameter> taken = TakeParameter(&text, base);
    if (!taken) return taken.error();
    next = *taken;
  }
  if (!text.empty()) return BadBase("something stands after the parameters");
  return {};
}

std::string FormatSignatureParams(const RequestBase& base) {
  std::string text(kCovered);
  for (const SignatureParameter parameter : base.order) {
    switch (parameter) {
      case SignatureParameter::kCreated:
        text.append(kCreated).append(std::to_string(base.created_s));
        break;
      case SignatureParameter::kKeyid:
        text.append(kKeyid).append("\"" + base.keyid + "\"");
        break;
      case SignatureParameter::kTag:
        text.append(kTag).append("\"").append(kRequestTag).append("\"");
        break;
    }
  }
  return text;
}

// False unless there are five lines with their names.
bool SplitLines(std::string_view base,
                std::array<std::string_view, kNames.size()>* values) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    const bool last = i + 1 == kNames.size();
    const size_t end = base.find('\n');
    if ((end == std::string_view::npos) != last) return false;
    const std::string_view line = base.substr(0, end);
    if (!line.starts_with(kNames[i])) return false;
    (*values)[i] = line.substr(kNames[i].size());
    if (!last) base.remove_prefix(end + 1);
  }
  return true;
}

}  // namespace

Result<RequestBase> ParseRequestBase(std::string_view base) {
  if (base.size() > kMaxRequestBase) return BadBase("the base is too long");
  std::array<std::string_view, kNames.size()> values;
  if (!SplitLines(base, &values)) {
    return BadBase("not the five lines of a signature base");
  }
  RequestBase read;
  read.method = values[0];
  read.path = values[1];
  const auto digest = ParseContentDigest(values[2]);
  if (!digest) return BadBase("content-digest is not one SHA-256 digest");
  read.content_sha256 = *digest;
  read.idempotency_key = values[3];
  if (Result<void> params = ReadSignatureParams(values[4], &read); !params) {
    return std::move(params).error();
  }
  if (Result<void> checked = CheckMembers(read); !checked) {
    return std::move(checked).error();
  }
  if (FormatRequestBase(read) != base) {
    return BadBase("the base has another spelling");
  }
  return read;
}

std::string FormatRequestBase(const RequestBase& base) {
  CHECK(CheckMembers(base));
  const std::string digest = FormatContentDigest(base.content_sha256);
  const std::string params = FormatSignatureParams(base);
  return JoinRequestBase(
      {base.method, base.path, digest, base.idempotency_key, params});
}

std::string JoinRequestBase(const RequestBaseLines& lines) {
  const std::array<std::string_view, kNames.size()> values = {
      lines.method, lines.path, lines.content_digest, lines.idempotency_key,
      lines.signature_params};
  std::string text;
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (i > 0) text += '\n';
    text.append(kNames[i]).append(values[i]);
  }
  return text;
}

std::string FormatContentDigest(const ledger::Hash& sha256) {
  std::string value(kDigestStart);
  value.append(ledger::ToBase64(sha256)).append(kDigestEnd);
  return value;
}

std::optional<ledger::Hash> ParseContentDigest(std::string_view value) {
  if (!value.starts_with(kDigestStart)) return std::nullopt;
  value.remove_prefix(kDigestStart.size());
  if (!value.ends_with(kDigestEnd)) return std::nullopt;
  value.remove_suffix(kDigestEnd.size());
  return ledger::HashFromBase64(value);
}

Result<void> CheckCreated(int64_t created_s, int64_t now_ms) {
  CHECK(now_ms >= 0);
  CHECK(created_s >= 0 && created_s <= kMaxCreated);
  const int64_t age_ms = now_ms - created_s * 1000;
  if (age_ms > kCreatedWindowS * 1000) {
    return ledger::MakeError(
        Code::kUnauthenticated, "signature-old",
        "the request was signed more than 300 seconds ago");
  }
  if (age_ms < -kCreatedWindowS * 1000) {
    return ledger::MakeError(
        Code::kUnauthenticated, "signature-early",
        "the request was signed more than 300 seconds from now");
  }
  return {};
}

}  // namespace sealedger::notary
