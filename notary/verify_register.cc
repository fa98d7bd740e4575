#include "notary/verify_register.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "notary/bundle_reasons.h"
#include "notary/register_chain.h"

namespace sealedger::notary {
namespace {

using Evidence = std::map<std::string, std::string>;
using Others = std::map<uint64_t, const Entry*>;

Check Conclude(std::string_view reason, Evidence evidence = {}) {
  return ConcludeBundleCheck("register_chain", reason, std::move(evidence));
}

std::string ListOf(const Others& entries) {
  std::string list;
  for (const auto& [index, entry] : entries) {
    if (!list.empty()) list += ", ";
    list += std::to_string(index);
  }
  return list;
}

class Walk {
 public:
  Walk(uint64_t index, const Entry& subject, const Others& others)
      : index_(index),
        subject_(subject),
        sealed_(std::get_if<DocumentSealed>(&subject.body)),
        others_(others) {}

  RegisterWalk Run() {
    RegisterWalk walk;
    std::optional<Check> fault = Collect();
    for (const auto& [index, entry] : stands_) walk.used.insert(index);
    walk.check = fault ? *std::move(fault) : Judge(&walk.seal_chain);
    return walk;
  }

 private:
  void Follow(uint64_t from, const Entry& entry) {
    for (uint64_t to : RegisterLinks(entry)) links_.emplace_back(from, to);
  }

  // What the register has learned of the seal until now.
  void BeginAtNewestOfSeal() {
    for (auto it = others_.rbegin(); it != others_.rend(); ++it) {
      if (it->second == nullptr ||
          SealCodeOf(*it->second) != sealed_->seal_code) {
        continue;
      }
      stands_.emplace(it->first, it->second);
      Follow(it->first, *it->second);
      return;
    }
  }

  std::optional<Check> Collect() {
    Follow(index_, subject_);
    if (sealed_ != nullptr) BeginAtNewestOfSeal();
    while (!links_.empty()) {
      const auto [from, to] = links_.back();
      links_.pop_back();
      const Evidence evidence = {{"from", std::to_string(from)},
                                 {"index", std::to_string(to)}};
      if (to >= from) return Conclude("not_falling", evidence);
      if (stands_.contains(to)) continue;
      const auto found = others_.find(to);
      if (found == others_.end()) return Conclude("link_missing", evidence);
      if (found->second == nullptr) return Conclude("entry_not_read");
      stands_.emplace(to, found->second);
      Follow(to, *found->second);
    }
    return std::nullopt;
  }

  Check Judge(std::vector<ChainEntry>* seal_chain) const {
    Others judged = stands_;
    // What a sealed document asks of its seal has checks of its own.
    if (sealed_ == nullptr) judged.emplace(index_, &subject_);
    if (const auto fault = FindRegisterFault(judged)) {
      return Conclude("against_the_rules",
                      {{"index", std::to_string(fault->index)},
                       {"rule", fault->error.name},
                       {"detail", fault->error.detail}});
    }
    if (sealed_ != nullptr) {
      std::vector<ChainEntry> chain = ChainOfSeal();
      if (!NamesNewest(chain)) {
        return Conclude("not_newest_then",
                        {{"index", std::to_string(sealed_->register_entry)}});
      }
      *seal_chain = std::move(chain);
    }
    return Conclude("leads_to_first", {{"entries", ListOf(judged)}});
  }

  std::vector<ChainEntry> ChainOfSeal() const {
    std::vector<ChainEntry> chain;
    for (const auto& [index, entry] : stands_) {
      if (SealCodeOf(*entry) == sealed_->seal_code) {
        chain.push_back({index, entry});
      }
    }
    return chain;
  }

  // The commit named the newest entry that the seal had then.
  bool NamesNewest(const std::vector<ChainEntry>& chain) const {
    const auto named =
        std::find_if(chain.begin(), chain.end(), [&](const ChainEntry& link) {
          return link.index == sealed_->register_entry;
        });
    if (named == chain.end()) return false;
    const auto next = named + 1;
    return next == chain.end() || next->index > index_;
  }

  const uint64_t index_;
  const Entry& subject_;
  const DocumentSealed* const sealed_;  // the subject's body, if it is one
  const Others& others_;
  std::vector<std::pair<uint64_t, uint64_t>> links_;  // from, to
  Others stands_;
};

}  // namespace

RegisterWalk WalkRegister(uint64_t subject_index, const Entry& subject,
                          const std::map<uint64_t, const Entry*>& others) {
  return Walk(subject_index, subject, others).Run();
}

}  // namespace sealedger::notary
