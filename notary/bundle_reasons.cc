#include "notary/bundle_reasons.h"

#include <utility>

namespace sealedger::notary {
namespace {

constexpr CheckResult kPass = CheckResult::kPass;
constexpr CheckResult kFail = CheckResult::kFail;
constexpr CheckResult kNotChecked = CheckResult::kNotChecked;

constexpr KnownReason kKnownReasons[] = {
    {"format", kPass, "well_formed"},
    {"format", kFail, "malformed"},
    {"format", kFail, "not_supported_yet"},
    {"entry", kPass, "canonical"},
    {"entry", kFail, "not_an_entry"},
    {"entry", kFail, "unsupported_kind"},
    {"entry", kFail, "unneeded_entry"},
    {"entry", kFail, "unneeded_part"},
    {"inclusion", kPass, "leads_to_root"},
    {"inclusion", kFail, "not_below_size"},
    {"inclusion", kFail, "wrong_path"},
    {"inclusion", kNotChecked, "no_checkpoint"},
    {"checkpoint_signature", kPass, "signed_by_log"},
    {"checkpoint_signature", kFail, "not_a_checkpoint"},
    {"checkpoint_signature", kFail, "unknown_log"},
    {"checkpoint_signature", kFail, "foreign_signature"},
    {"checkpoint_signature", kFail, "doubled_signature"},
    {"checkpoint_signature", kFail, "wrong_signature"},
    {"party", kPass, "registered"},
    {"party", kPass, "nothing_to_check"},
    {"party", kFail, "no_party_entry"},
    {"party", kFail, "party_entry_missing"},
    {"party", kFail, "not_that_party"},
    {"party", kFail, "not_falling"},
    {"party", kNotChecked, "entry_not_read"},
    {"disclosures", kPass, "listed"},
    {"disclosures", kPass, "nothing_to_check"},
    {"disclosures", kFail, "not_a_disclosure"},
    {"disclosures", kFail, "not_listed"},
    {"disclosures", kFail, "out_of_order"},
    {"disclosures", kFail, "named_twice"},
    {"disclosures", kNotChecked, "entry_not_read"},
    {"consistency", kPass, "nothing_to_check"},
    {"document", kPass, "same"},
    {"document", kFail, "differs"},
    {"document", kNotChecked, "no_document"},
    {"document", kNotChecked, "sm3_not_in_entry"},
    {"document", kNotChecked, "sha256_not_in_entry"},
    {"document", kNotChecked, "kind_has_no_document"},
    {"document", kNotChecked, "entry_not_read"},
    {"chain", kPass, "leads_to_chain_root"},
    {"chain", kPass, "nothing_to_check"},
    {"chain", kFail, "link_missing"},
    {"chain", kFail, "not_that_chain"},
    {"chain", kFail, "not_falling"},
    {"chain", kNotChecked, "chain_not_included"},
    {"chain", kNotChecked, "entry_not_read"},
    {"register_chain", kPass, "leads_to_first"},
    {"register_chain", kFail, "link_missing"},
    {"register_chain", kFail, "not_falling"},
    {"register_chain", kFail, "not_newest_then"},
    {"register_chain", kFail, "against_the_rules"},
    {"register_chain", kNotChecked, "entry_not_read"},
    {"requested_by", kPass, "signed_by_party"},
    {"requested_by", kFail, "malformed"},
    {"requested_by", kFail, "not_the_recorded_request"},
    {"requested_by", kFail, "another_party"},
    {"requested_by", kFail, "no_key"},
    {"requested_by", kFail, "wrong_signature"},
    {"requested_by", kFail, "other_body"},
    {"requested_by", kFail, "not_at_that_time"},
    {"requested_by", kFail, "entry_missing"},
    {"requested_by", kFail, "entry_says_otherwise"},
    {"requested_by", kNotChecked, "bytes_withheld"},
    {"requested_by", kNotChecked, "entry_not_read"},
};

}  // namespace

std::span<const KnownReason> KnownReasons() { return kKnownReasons; }

Check ConcludeBundleCheck(std::string_view id, std::string_view reason,
                          std::map<std::string, std::string> evidence) {
  return Conclude(kKnownReasons, id, reason, std::move(evidence),
                  id != "chain");
}

}  // namespace sealedger::notary
