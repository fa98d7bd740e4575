// The check `requested_by` of a bundle: the party of the entry signed the
// request that made it, and the entry says what that request says. So "by whom"
// does not rest on the operator's word.
//
// His word remains that the party had no newer key than that of `by_entry`, and
// that he entered the request once. A change of a party and a step of an
// application tell the whole as it is from there on: they are held to the
// request and to the entry before, which the bundle has.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <map>

#include "notary/bundle.h"
#include "notary/entry.h"
#include "notary/verdict.h"

namespace sealedger::notary {

struct RequestedSubject {
  const Bundle& bundle;
  const Entry& entry;  // its `request` is there
  // The other entries of the bundle that could be read, by index.
  const std::map<uint64_t, const Entry*>& others;
};

// The key is that of the entry that `by_entry` names. `bytes_withheld` where
// the bundle has no request: the check is required, so that it decides nothing
// else.
Check CheckRequestedBy(const RequestedSubject& subject);

}  // namespace sealedger::notary
