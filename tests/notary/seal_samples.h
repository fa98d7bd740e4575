// Electronic seals and signatures for tests, good ones and bad ones with one
// fault each, made without any file.
//
// Keys, serial numbers and SM2 signatures are new in every workshop; all that
// tests look at (names, times, lists, faults) is the same in every run.
//
//   SealWorkshop shop;
//   for (const SealSample& sample : shop.BadSignatures()) …
//
// Thread rule: immutable after construction; safe for concurrent use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "notary/eseal.h"
#include "notary/sm2.h"

namespace sealedger::testing {

// Times in seconds of 1970. A signature is judged at the time it claims, a seal
// at kSigningTime; both with kProtectedBytes and the workshop's root as the one
// trusted certificate.
inline constexpr int64_t kRootFrom = 1577836800;         // 2020-01-01
inline constexpr int64_t kRootTo = 2493072000;           // 2049-01-01
inline constexpr int64_t kCertificateFrom = 1735689600;  // 2025-01-01
inline constexpr int64_t kCertificateTo = 1893456000;    // 2030-01-01
inline constexpr int64_t kSealFrom = 1748736000;         // 2025-06-01
inline constexpr int64_t kSealTo = 1843430400;           // 2028-06-01
inline constexpr int64_t kSigningTime = 1772440200;      // 2026-03-02T08:30:00Z
inline constexpr std::string_view kProtectedBytes =
    "Contract no. 2026-0117\nAcme Contracts Ltd. and Bravo Ltd. agree.\n";
inline constexpr std::string_view kOtherBytes =
    "Contract no. 2026-0118\nAcme Contracts Ltd. and Bravo Ltd. agree.\n";

struct SealSample {
  std::string name;   // "r is n"
  std::string bytes;  // SESeal, or SES_Signature
  // Ids of the checks (notary/eseal_verify.h) that must fail; those that depend
  // on nothing else pass. Empty: none fails.
  std::vector<std::string> fails{};
  // Decoding notes exactly these, seal first (notary/eseal.h).
  std::vector<std::string> warnings{};
  // The signature value is not in its DER spelling, or its algorithm's OID is
  // not the usual one: the check that it belongs to passes with a warning.
  bool odd_value = false;
};

struct SealPerson {
  notary::Sm2Key key;
  std::string certificate;  // DER
};

// The element of a DER text at `path`: positions from the outermost inwards.
std::string DerPartAt(std::string_view der, const std::vector<size_t>& path);
// The text with that element replaced, the lengths around it put right.
std::string WithDerPart(std::string_view der, const std::vector<size_t>& path,
                        std::string_view by);
std::string DerUtcTimeOf(int64_t unix_s);

class SealWorkshop {
 public:
  SealWorkshop();

  // Its certificate is signed by itself.
  const SealPerson& root() const { return root_; }
  const SealPerson& maker() const { return maker_; }
  const SealPerson& signer() const { return signer_; }
  // Issued by the same root, and in no seal's list.
  const SealPerson& stranger() const { return stranger_; }

  // A new key with a certificate of the root's.
  SealPerson Issue(std::string_view common_name, int64_t from_s,
                   int64_t to_s) const;

  // The signer listed by his certificate; all valid.
  notary::SealInfo Info() const;
  // The signer, and another one, listed by digests.
  notary::SealInfo InfoWithDigests() const;
  // Info with two extensions, one of them critical.
  notary::SealInfo InfoWithExtensions() const;

  // DER of SES_SealInfo as GM/T 0031-2014 has it.
  static std::string SealInfo2014(const notary::SealInfo& info);

  // Seals by the workshop's maker, or by another one.
  std::string Seal2014(const notary::SealInfo& info) const;
  std::string Seal2020(const notary::SealInfo& info) const;
  std::string Seal2020By(const SealPerson& maker,
                         const notary::SealInfo& info) const;
  // `time_stamp` is put in as it is: no token is made here.
  std::string Seal2025(const notary::SealInfo& info,
                       std::string_view time_stamp) const;

  // What a signature is made of.
  struct Signing {
    std::string seal{};  // SESeal; empty: one of Info() in the form due
    int64_t time_s = kSigningTime;
    std::string protected_bytes{kProtectedBytes};
    std::string property_info = "/Doc_0/Signs/Sign_0/Signature.xml";
    std::vector<notary::SealExtension> extensions{};  // not in 2014
    const SealPerson* by = nullptr;                   // nullptr: the signer
    std::optional<std::string> time_stamp{};          // not in 2014
    // 2014: what stands in timeInfo instead of a DER UTCTime.
    std::optional<std::string> time_info{};
  };
  std::string Signature2014(const Signing& signing) const;
  std::string Signature2020(const Signing& signing) const;

  // Samples that pass, of every form (but for a seal of 2025 with a time
  // stamp, see above), and samples of one named fault each. A good file of the
  // other kind is among the latter.
  std::vector<SealSample> GoodSeals() const;
  std::vector<SealSample> BadSeals() const;
  std::vector<SealSample> GoodSignatures() const;
  std::vector<SealSample> BadSignatures() const;

 private:
  SealPerson root_;
  SealPerson maker_;
  SealPerson signer_;
  SealPerson stranger_;
};

}  // namespace sealedger::testing
