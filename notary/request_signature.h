// Signed requests: HTTP Message Signatures (RFC 9421) over the covered parts
// that request_base.h names, with the body under its Content-Digest (RFC 9530).
//
//   POST /v1/evidence HTTP/1.1
//   Content-Digest: sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
//   Idempotency-Key: k-1
//   Signature-Input: sig1=("@method" "@path" "content-digest"
//       "idempotency-key");created=1790000000;keyid="acme";tag="sealedger"
//   Signature: sig1=:QyHyh8XINnJMjR333gurNUZ6atxHbMar6GvW3fhvp8FekjR3lrXacZ12o
//       yBRt0R2Vgy43f+tV6I5uMmOEBZQDQ==:
//
// Each header is one line. Signature-Input and Signature hold one label each,
// the same one, which means nothing. Not covered are the host, every other
// header, and a query: a target that has one is refused.
//
// ReadSignedRequest judges the form, and the digest of the body. Whether keyid
// is the caller, whether the signature is by the key that is registered for it
// (VerifyRequestSignature), and whether it is fresh (CheckCreated), is judged
// by those who know the caller, the key and the time.
//
// Thread rule: values; pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/result.h"
#include "notary/entry.h"

namespace sealedger::notary {

using ledger::Result;

inline constexpr size_t kMaxSignedBody = size_t{64} << 10;
inline constexpr size_t kRequestSignatureSize = 64;

// What the service keeps of a signed request, and a bundle shows.
struct SignedRequest {
  std::string base;       // ParseRequestBase takes it
  std::string signature;  // kRequestSignatureSize octets
  std::string body;       // its SHA-256 stands in the base

  bool operator==(const SignedRequest&) const = default;
};

// Names in either case, in the order in which they were sent; values as sent,
// without the white space around them.
using RequestHeaders = std::vector<std::pair<std::string, std::string>>;

// nullopt where there is neither Signature nor Signature-Input. `target` as in
// the request line, in origin form; `body` as sent, before any decoding. Of
// these errors the first that applies, kUnauthenticated where nothing else is
// said:
//   signed-body-too-large   kInvalidArgument: above kMaxSignedBody
//   signature-malformed     one header of the two without the other, or either
//                           twice; not one label, the same in both; a signature
//                           of another size
//   signature-key-required  no Idempotency-Key
//   signature-digest        no Content-Digest, or not one sha-256 in padded
//                           base64, or that of another body. (Twice, or with
//                           other digests beside it: signature-malformed.)
//   signature-malformed     other components or parameters than those of
//                           request_base.h, another tag, another spelling; a
//                           query; Idempotency-Key twice, or out of bounds
Result<std::optional<SignedRequest>> ReadSignedRequest(
    std::string_view method, std::string_view target,
    const RequestHeaders& headers, std::string_view body);

// True where the octets are the key's signature of the base:
//   ed25519   RFC 9421 §3.3.6
//   p256      r ‖ s of ECDSA with SHA-256, never DER (§3.3.4)
//   sm2       r ‖ s of SM2 with SM3 under the user ID of sm2.h. The RFC's
//             register has no algorithm for it: programs of both sides are to
//             agree on this one.
// False for every other key and form.
//
// Who has a P-256 signature has a second one without the key: n - s in the
// place of s. Low values of s are not demanded, since signers that are in use
// make both. So an entry holds the digest of the base, which is one, and not of
// the signature.
bool VerifyRequestSignature(const PartyKey& key, std::string_view base,
                            std::string_view signature);

}  // namespace sealedger::notary
