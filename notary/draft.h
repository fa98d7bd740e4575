// Draft: an entry's text with holes for what is known only when it is
// sequenced. Everything else is written before the request queues, so that
// nothing is serialised in the sequencer.
//
//   {"by":"acme","by_entry":□,"document":{…},"kind":"…","time":□,"v":1}
//
// Thread rule: immutable; safe for concurrent use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "notary/canonical_json.h"

namespace sealedger::notary {

class Draft {
 public:
  enum class Hole { kTime, kByEntry, kRegister, kChainPrevious };

  struct HoleAt {
    std::string_view pointer;  // "/time", "/chain/previous"
    Hole hole;
  };

  struct Values {
    std::string_view time;  // as FormatTime gives it
    uint64_t by_entry = 0;
    uint64_t register_entry = 0;
    uint64_t chain_previous = 0;
  };

  // `members` lacks the members that the holes stand for; the objects that
  // hold them are there.
  Draft(const Json& members, const std::vector<HoleAt>& holes);

  std::string Fill(const Values& values) const;
  // No Fill is longer.
  size_t max_size() const;

 private:
  struct Cut {
    size_t offset;  // into text_
    Hole hole;
  };

  void Write(const Json& value, const std::string& pointer,
             const std::vector<HoleAt>& holes);

  std::string text_;
  std::vector<Cut> cuts_;
};

}  // namespace sealedger::notary
