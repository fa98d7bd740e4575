// Whether an entry says what the request says that made it.
//
// Held to each other are the method, the path, every member of the body that
// an entry of its kind states, and the private fields. What no entry states is
// compared with the seal or the signature where the bundle shows it (name,
// picture, signers, property_info), or not at all (`replaces`, `time_stamp`):
// what those make are entries of their own.
//
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "notary/requested_entry.h"

namespace sealedger::notary {

struct SaidRequest {
  std::string_view method;
  std::string_view path;  // as sent
  std::string_view body;  // as sent
};

// The place of the first difference:
//   "@method", "@path"   another route, or its path in another spelling than
//                        the plain one: the ids in it need no percent-encoding
//   "/document/sha256"   a member of the entry, or of the body where the entry
//                        has none of it, or the service takes no such body
//   "@body"              the body as a whole
//   "/private"           another field, one more or one less in the body than
//                        are disclosed, or than the entry has digests of
// nullopt where there is none.
//
// That the disclosures are the entry's is the check `disclosures`; that the
// others are what they are for, `party` and `register_chain`.
std::optional<std::string> FindDifference(const SaidRequest& said,
                                          const StatedEntry& stated);

}  // namespace sealedger::notary
