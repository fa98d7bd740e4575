// Time stamp tokens (RFC 3161) for tests, written element by element, so that
// each can have one fault.
//
// Thread rule: immutable after construction; safe for concurrent use.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sealedger::testing {

struct TokenOrder {
  std::string stamped;                  // what the imprint is of
  std::string digest = "SHA-256";       // "SHA-1", "SHA-512", "SM3"
  std::string time = "20260302083005";  // genTime without its Z
  std::optional<int64_t> accuracy_s;
  std::optional<int64_t> accuracy_ms = std::nullopt;  // beside accuracy_s
  // Of the signature, where it is not the key's own; of P-256 alone.
  std::string signature_digest{};
  // GM/T 0010's OID in the place of that of CMS.
  bool of_gm = false;
  bool with_certificate = true;
};

// A time stamp authority with a root of its own.
class TokenAuthority {
 public:
  enum class Key { kP256, kSm2 };
  struct Making {
    Key key = Key::kP256;
    // Roots of one name and different keys could not be told apart.
    std::string root_name = "Sample Time Root";
    bool for_time_stamps = true;  // the extended key usage, critical
    // An authority between it and the root, whose certificate tokens carry.
    bool with_intermediate = false;
    // UTCTime, of the authority's certificate; the root is valid for ever.
    std::string from = "250101000000Z";
    std::string to = "300101000000Z";
  };

  TokenAuthority() : TokenAuthority(Making()) {}
  explicit TokenAuthority(const Making& making);
  ~TokenAuthority();

  // DER.
  const std::string& root() const;
  const std::string& certificate() const;
  std::string Token(const TokenOrder& order) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sealedger::testing
