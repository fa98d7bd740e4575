// Signature bases: the text that a party's key signs of a request (RFC 9421
// §2.5), and of which the entry keeps the SHA-256.
//
//   "@method": POST
//   "@path": /v1/evidence
//   "content-digest": sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
//   "idempotency-key": k-1
//   "@signature-params": ("@method" "@path" "content-digest" "idempotency-key")
//       ;created=1790000000;keyid="acme";tag="sealedger"
//
// The last line is one line; LF stands between lines, none at the end. The four
// components are covered in this order. The three parameters come in any order,
// each once. `alg` is not among them: the registered key says what it is for.
//
// The RFC lets a verifier write anew what was signed with other white space. A
// base is kept and shown here, so it has one spelling, RFC 8941 §4.1's, and
// every other one is refused.
//
// Thread rule: values; pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/hash.h"
#include "ledger/result.h"

namespace sealedger::notary {

using ledger::Result;

// No base of members in their bounds is longer.
inline constexpr size_t kMaxRequestBase = 2048;
inline constexpr size_t kMaxSignedMethod = 16;
inline constexpr size_t kMaxSignedPath = 1024;
// An Idempotency-Key without the quotes that may stand around it.
inline constexpr size_t kMaxSignedKey = 255;
inline constexpr std::string_view kRequestTag = "sealedger";
// How far `created` may be from the time at which the request is judged.
inline constexpr int64_t kCreatedWindowS = 300;

enum class SignatureParameter { kCreated, kKeyid, kTag };

struct RequestBase {
  std::string method;  // as sent: upper-case letters
  // As sent, without a query, before percent-decoding (RFC 9421 §2.2.6): it
  // begins with '/', and is of visible ASCII.
  std::string path;
  ledger::Hash content_sha256;  // of the body as sent
  // The header's value as sent: visible ASCII, with the quotes if there were.
  std::string idempotency_key;
  int64_t created_s = 0;  // of 1970; 0 to 999,999,999,999,999 (RFC 8941 §3.3.1)
  std::string keyid;      // the id of a party
  // Each once.
  std::array<SignatureParameter, 3> order = {SignatureParameter::kCreated,
                                             SignatureParameter::kKeyid,
                                             SignatureParameter::kTag};

  bool operator==(const RequestBase&) const = default;
};

// kMalformed "request-base"; the detail says which part is not as above.
Result<RequestBase> ParseRequestBase(std::string_view base);
// CHECK-fails on a base that ParseRequestBase would refuse.
std::string FormatRequestBase(const RequestBase& base);

// What stands behind the names of the lines.
struct RequestBaseLines {
  std::string_view method;
  std::string_view path;
  std::string_view content_digest;
  std::string_view idempotency_key;
  std::string_view signature_params;
};
// The text of these lines, whatever they hold; ParseRequestBase judges it. A
// line end inside makes a line too many, so that none stands in for another.
std::string JoinRequestBase(const RequestBaseLines& lines);

// Content-Digest (RFC 9530 §2) in the one form that is taken, SHA-256 alone:
// sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
std::string FormatContentDigest(const ledger::Hash& sha256);
std::optional<ledger::Hash> ParseContentDigest(std::string_view value);

// kUnauthenticated "signature-old" and "signature-early" where a base was
// created more than kCreatedWindowS before or after `now_ms` (milliseconds of
// 1970, not negative). For whoever lets a request in; one that was let in does
// not grow old.
Result<void> CheckCreated(int64_t created_s, int64_t now_ms);

}  // namespace sealedger::notary
