// The entry that a request asks for: its body read by the functions with which
// the service reads it, so that no body means two things.
//
// Some of an entry the commit fills in. That is taken as the entry has it, and
// is not this file's to judge: `previous`, the root's link before, `late`. What
// a change leaves as it was, a party's name or what an application is for, is
// taken from the entry before.
//
// Thread rule: values; pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "notary/bundle.h"
#include "notary/entry.h"

namespace sealedger::notary {

// An entry, and what a bundle shows beside it.
struct StatedEntry {
  const Entry& entry;
  const std::vector<std::string>& disclosures;  // of its private fields
  // The entries that it stands on, by their index.
  const std::map<uint64_t, const Entry*>& others;
  const std::optional<BundledSeal>& file;
};

// Names and values.
using PrivateFields = std::vector<std::pair<std::string, std::string>>;

struct RequestedEntry {
  decltype(Entry::body) body;
  PrivateFields fields;
};

// Index of the entry, beside the party's own, without which a request cannot be
// held against its entry: before a change of a party or a step of an
// application, and the application of a seal.
std::optional<uint64_t> RequestStandsOn(const Entry& entry);

// Stands in Error::field for a body that is wrong as a whole.
inline constexpr std::string_view kWholeBody = "@body";

// What a request with this body asks for, sent to the route that makes entries
// of this kind. An error's `field` is a place in the body: it is not one that
// the service takes, or the file, which no entry shows, is otherwise there, or
// the entry of RequestStandsOn is not among the others.
Result<RequestedEntry> ReadRequestedEntry(std::string_view body,
                                          const StatedEntry& stated);

}  // namespace sealedger::notary
