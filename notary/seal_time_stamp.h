// Time stamp tokens (RFC 3161) over signature values, judged offline against
// authorities that the caller trusts beforehand. The chain of certificates is
// judged at the token's own time (genTime).
//
// OpenSSL 3.0 verifies no token that is signed with SM2, and calls good ones
// bad: such a token is told apart, and is neither good nor bad here.
//
// What is judged holds for what the authority signed. Parts of a token are
// under no signature (CMS version, digest algorithms, the signer's issuer):
// whoever keeps a token on record keeps a digest of the whole.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sealedger::notary {

enum class TokenState {
  kGood,
  kMalformed,      // no token, or one with something after it
  kSm2Signed,      // not judged further
  kForeignDigest,  // imprint or signature over another digest than SHA-256,
                   // SHA-384, SHA-512, SM3
  kWrongImprint,   // it is over other octets
  kNoAuthority,    // none is trusted: signature and chain were not judged
  kUnknownIssuer,  // no chain to one of the trusted, or no certificate
  kNotYetValid,    // at genTime, the signer's certificate or an issuer's
  kExpired,
  kWrongUse,  // the certificate is not for time stamps alone
  kWrongSignature,
};

// As the token states them.
struct TokenFacts {
  std::string authority;     // subject of the signer's certificate; empty where
                             // the token holds none
  std::string digest;        // "SM3"; an OID where it is none of the four
  int64_t time_ms = 0;       // genTime, a part of a millisecond counted as one
  uint64_t tolerance_s = 0;  // accuracy, rounded up
};

struct JudgedToken {
  TokenState state = TokenState::kMalformed;
  // Absent where it is malformed, or of GM/T 0010, which is not read.
  std::optional<TokenFacts> facts;
};

// `token`: a ContentInfo with nothing after it. `stamped`: the octets that it
// is to be over. `authorities`: DER, roots or not.
JudgedToken JudgeTimeStamp(std::string_view token, std::string_view stamped,
                           std::span<const std::string> authorities);

}  // namespace sealedger::notary
