// The digests by which entries and requests speak of a document.
//
// Thread rule: values; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/hash.h"
#include "notary/canonical_json.h"
#include "notary/json_members.h"

namespace sealedger::notary {

struct DocumentDigests {
  ledger::Hash sha256;
  std::optional<ledger::Hash> sm3;
  std::optional<uint64_t> size;
  std::optional<std::string> media_type;

  bool operator==(const DocumentDigests&) const = default;
};

// The member `document` of entries and requests. Refusals besides those of
// json_members.h: bad-digest, bad-media-type.
DocumentDigests ReadDocument(Members& parent, std::string_view name);
Json DocumentJson(const DocumentDigests& document);

}  // namespace sealedger::notary
