// sealedger-bundle/1: one JSON file with everything that checking one entry
// offline needs, and nothing that is not checked (notary/FORMAT.md).
//
//   {"format":"sealedger-bundle/1",
//    "entries":[{"index":7,"entry":"{\"by\":…}","path":["…"],
//                "disclosures":["…"]}, {"index":2,…}],
//    "checkpoint":"example.com/log\n12\n…",
//    "seal":{"signature":"MIID…"},               where bytes may be seen:
//    "certificates":["MIIC…"],                   of seals and signatures,
//    "signed_checkpoint":{"consistency":["…"]},
//    "request":{"base":"…","signature":"…","body":"{…}"}}   of signed requests
//
// The subject comes first, then the entries that its checks need, rising, none
// twice. Order of JSON members and white space mean nothing; all else is
// strict. Members of later kinds (anchors, beacons, time_stamps) are known to
// the reader and refused as not supported yet.
//
// Thread rule: values; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/hash.h"
#include "ledger/result.h"
#include "notary/canonical_json.h"
#include "notary/request_signature.h"

namespace sealedger::notary {

inline constexpr std::string_view kBundleFormat = "sealedger-bundle/1";
inline constexpr size_t kMaxBundleSize = 16 << 20;

struct BundledEntry {
  uint64_t index = 0;
  std::string entry;  // exact text
  std::vector<ledger::Hash> path;
  std::vector<std::string> disclosures;  // absent in JSON when empty

  bool operator==(const BundledEntry&) const = default;
};

// The file that the subject is about: one of the two.
struct BundledSeal {
  std::optional<std::string> seseal;     // of seal.issued
  std::optional<std::string> signature;  // of document.sealed, with its seal

  bool operator==(const BundledSeal&) const = default;
};

struct Bundle {
  std::vector<BundledEntry> entries;  // at least the subject
  std::string checkpoint;             // note
  std::optional<BundledSeal> seal;
  // DER; between those in the seal and what the verifier trusts; absent in JSON
  // when empty.
  std::vector<std::string> certificates;
  // From the tree that the signature names to the checkpoint's.
  std::optional<std::vector<ledger::Hash>> signed_checkpoint;
  std::optional<SignedRequest> request;

  bool operator==(const Bundle&) const = default;
};

Json BundleJson(const Bundle& bundle);
std::string FormatBundle(const Bundle& bundle);

// Shape alone: what the members mean is VerifyBundle's (verify.h). kMalformed:
// "not-supported-yet" for a member of a later kind, "format" for all else;
// `detail` and `field` say what and where.
Result<Bundle> ParseBundle(std::string_view text);

}  // namespace sealedger::notary
