#include "notary/seal_reasons.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sealedger::notary {

namespace {

constexpr CheckResult kPass = CheckResult::kPass;
constexpr CheckResult kFail = CheckResult::kFail;
constexpr CheckResult kNotChecked = CheckResult::kNotChecked;

constexpr KnownReason kKnownReasons[] = {
    {"format", kPass, "well_formed"},
    {"format", kFail, "malformed"},
    {"seal_signature", kPass, "signed_by_maker"},
    {"seal_signature", kFail, "foreign_algorithm"},
    {"seal_signature", kFail, "malformed_value"},
    {"seal_signature", kFail, "malformed_certificate"},
    {"seal_signature", kFail, "wrong_curve"},
    {"seal_signature", kFail, "wrong_signature"},
    {"maker_certificate", kPass, "trusted"},
    {"maker_certificate", kFail, "malformed_certificate"},
    {"maker_certificate", kFail, "wrong_curve"},
    {"maker_certificate", kFail, "unknown_issuer"},
    {"maker_certificate", kFail, "wrong_signature"},
    {"maker_certificate", kFail, "wrong_use"},
    {"maker_certificate", kFail, "not_yet_valid"},
    {"maker_certificate", kFail, "expired"},
    {"maker_certificate", kNotChecked, "no_ca"},
    {"seal_validity", kPass, "within_validity"},
    {"seal_validity", kFail, "not_yet_valid"},
    {"seal_validity", kFail, "expired"},
    {"seal_validity", kNotChecked, "no_signing_time"},
    {"signature", kPass, "signed_by_signer"},
    {"signature", kFail, "foreign_algorithm"},
    {"signature", kFail, "malformed_value"},
    {"signature", kFail, "malformed_certificate"},
    {"signature", kFail, "wrong_curve"},
    {"signature", kFail, "wrong_signature"},
    {"signer_listed", kPass, "listed"},
    {"signer_listed", kPass, "digest_listed"},
    {"signer_listed", kFail, "not_listed"},
    {"signer_certificate", kPass, "trusted"},
    {"signer_certificate", kFail, "malformed_certificate"},
    {"signer_certificate", kFail, "wrong_curve"},
    {"signer_certificate", kFail, "unknown_issuer"},
    {"signer_certificate", kFail, "wrong_signature"},
    {"signer_certificate", kFail, "wrong_use"},
    {"signer_certificate", kFail, "not_yet_valid"},
    {"signer_certificate", kFail, "expired"},
    {"signer_certificate", kNotChecked, "no_ca"},
    {"signer_certificate", kNotChecked, "no_signing_time"},
    {"data_hash", kPass, "same"},
    {"data_hash", kFail, "differs"},
    {"data_hash", kFail, "wrong_length"},
    {"data_hash", kNotChecked, "no_protected_bytes"},
    {"time_stamp", kPass, "stamped"},
    {"time_stamp", kFail, "malformed_token"},
    {"time_stamp", kFail, "wrong_imprint"},
    {"time_stamp", kFail, "unknown_issuer"},
    {"time_stamp", kFail, "not_yet_valid"},
    {"time_stamp", kFail, "expired"},
    {"time_stamp", kFail, "wrong_use"},
    {"time_stamp", kFail, "wrong_signature"},
    {"time_stamp", kNotChecked, "sm2_token"},
    {"time_stamp", kNotChecked, "foreign_digest"},
    {"time_stamp", kNotChecked, "no_tsa_ca"},
    {"register_status", kNotChecked, "offline"},
};

constexpr KnownReason kSealedReasons[] = {
    {"seal_validity", kFail, "claimed_in_future"},
    {"seal_signature", kNotChecked, "bytes_withheld"},
    {"seal_signature", kNotChecked, "signature_not_read"},
    {"maker_certificate", kNotChecked, "bytes_withheld"},
    {"maker_certificate", kNotChecked, "signature_not_read"},
    {"seal_validity", kNotChecked, "bytes_withheld"},
    {"seal_validity", kNotChecked, "signature_not_read"},
    {"signature", kNotChecked, "bytes_withheld"},
    {"signature", kNotChecked, "signature_not_read"},
    {"signer_listed", kNotChecked, "bytes_withheld"},
    {"signer_listed", kNotChecked, "signature_not_read"},
    {"signer_certificate", kNotChecked, "bytes_withheld"},
    {"signer_certificate", kNotChecked, "signature_not_read"},
    {"data_hash", kNotChecked, "bytes_withheld"},
    {"data_hash", kNotChecked, "signature_not_read"},
    {"seal_signature", kFail, "not_the_issued_seal"},
    {"seal_signature", kFail, "malformed"},
    {"maker_certificate", kFail, "unneeded_certificate"},
    {"signature", kFail, "malformed"},
    {"signature", kFail, "not_the_recorded_signature"},
    {"signature", kFail, "other_claimed_time"},
    {"signer_listed", kFail, "not_the_recorded_signer"},
    {"signer_certificate", kFail, "unneeded_certificate"},
    {"register_status", kPass, "active"},
    {"register_status", kPass, "active_then"},
    {"register_status", kFail, "not_registered"},
    {"register_status", kFail, "not_issued_then"},
    {"register_status", kFail, "not_active_then"},
    {"register_status", kFail, "revoked_before_signing_reported_later"},
    {"register_status", kNotChecked, "no_signing_time"},
    {"register_status", kNotChecked, "chain_not_checked"},
    {"custody", kPass, "custodian"},
    {"custody", kPass, "authorized"},
    {"custody", kPass, "made_elsewhere"},
    {"custody", kFail, "not_authorized"},
    {"custody", kNotChecked, "chain_not_checked"},
    {"signed_checkpoint", kPass, "consistent"},
    {"signed_checkpoint", kFail, "not_in_signature"},
    {"signed_checkpoint", kFail, "other_log"},
    {"signed_checkpoint", kFail, "not_below_entry"},
    {"signed_checkpoint", kFail, "wrong_path"},
    {"signed_checkpoint", kNotChecked, "not_included"},
    {"signed_checkpoint", kNotChecked, "no_checkpoint"},
};

}  // namespace

std::span<const KnownReason> KnownSealReasons() { return kKnownReasons; }

std::span<const KnownReason> KnownSealedReasons() { return kSealedReasons; }

Check ConcludeSealCheck(std::string_view id, std::string_view reason,
                        SealEvidence evidence, bool required) {
  const bool of_file =
      std::any_of(std::begin(kKnownReasons), std::end(kKnownReasons),
                  [&](const KnownReason& row) {
                    return row.id == id && row.reason == reason;
                  });
  const std::span<const KnownReason> table =
      of_file ? KnownSealReasons() : KnownSealedReasons();
  return Conclude(table, id, reason, std::move(evidence), required);
}

void AddSealWarning(SealEvidence* evidence, std::string_view word) {
  std::string& words = (*evidence)["warnings"];
  if (!words.empty()) words += ", ";
  words += word;
}

}  // namespace sealedger::notary
