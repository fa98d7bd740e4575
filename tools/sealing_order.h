// What is asked for by `seal sign` and `seal register`, and whether an entry
// and a signature are that: what a signer checks before he hands either on.
//
// Thread rule: values; pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "notary/canonical_json.h"
#include "notary/entry.h"
#include "tools/file_digests.h"

namespace sealedger::tools {

struct SealingOrder {
  struct ToMake {
    std::string seal_code;
    std::string property_info;  // printable ASCII, 1 to 1,024 bytes
  };

  FileDigests protected_bytes;          // of what the signature is over
  std::optional<FileDigests> document;  // of the file before it was sealed
  std::optional<ToMake> to_make;        // absent: the signature is there
};

// The members of the request: protected, document?, property_info?.
notary::Json RequestOf(const SealingOrder& order);

// Whether the entry is a document.sealed of these digests; of one that is to be
// made, made by the service, with that seal.
bool IsAsOrdered(const notary::Entry& entry, const SealingOrder& order);

// Whether a document.sealed is about this signature, SM3 of the whole, and the
// signature itself is of the entry's seal, signer, time and digest, and of the
// order's property info. False for an entry of another kind, and for what is
// no signature.
bool IsSignatureOf(const notary::Entry& entry, const SealingOrder& order,
                   std::string_view signature);

// What an SES_Signature may say of the bytes that it is over.
bool IsPropertyInfo(std::string_view text);
// The last part of the path, where it may be said; else "signature".
std::string UsualPropertyInfo(const std::string& path);

}  // namespace sealedger::tools
