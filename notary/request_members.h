// Members that several requests share, each read with its own refusal.
//
// Thread rule: as Members.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "notary/json_members.h"

namespace sealedger::notary {

// [bad-uscc]
std::string ReadUscc(Members& request, std::string_view name);
// [those of CheckName in text.h]
std::string ReadName(Members& request, std::string_view name);
// "2026-11-22T09:30:00.123Z" [bad-time]
int64_t ReadTime(Members& request, std::string_view name);
std::optional<int64_t> ReadOptionalTime(Members& request,
                                        std::string_view name);
// SHA-256 in hex [bad-digest]
std::optional<ledger::Hash> ReadOptionalDigest(Members& request,
                                               std::string_view name);
// `private`, as disclosures with fresh salts; empty where it is absent
// [those of ReadPrivateFields in disclosure.h].
std::vector<std::string> ReadPrivate(Members& request);

}  // namespace sealedger::notary
