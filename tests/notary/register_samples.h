// One entry of each kind of the register, with every member that the kind may
// have.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/hash.h"
#include "notary/entry.h"
#include "notary/register_entry.h"
#include "tests/notary/sample_ledger.h"

namespace sealedger::testing {

inline constexpr std::string_view kSampleUscc = "91350100M000100Y43";
inline constexpr std::string_view kSampleIndividual = "92350100MA0000001L";
inline constexpr std::string_view kSampleSealCode = "35010000000117";

// An entry that has every member that its kind may have, and the paths of
// those that it may lack.
struct RegisterSample {
  notary::Entry entry;
  std::vector<std::string> optional;

  std::string text() const { return notary::FormatEntry(entry); }
  bool may_lack(const std::string& path) const {
    return std::find(optional.begin(), optional.end(), path) != optional.end();
  }
};

inline RegisterSample RegisterSampleOf(decltype(notary::Entry::body) body,
                                       std::vector<std::string> optional) {
  RegisterSample sample{EntryAt(40, "bureau", 12, std::move(body)),
                        std::move(optional)};
  sample.entry.sd = DigestsOf(SampleDisclosures('a'));
  sample.entry.request = ledger::Sha256Of("signature base");
  sample.optional.insert(sample.optional.end(), {"_sd", "request"});
  return sample;
}

inline notary::OrganizationEntry SampleOrganization(
    notary::OrganizationEvent event) {
  notary::OrganizationEntry entry;
  entry.event = event;
  entry.uscc = kSampleUscc;
  if (event != notary::OrganizationEvent::kTerminated) {
    entry.name = "示例科技有限公司";
  }
  entry.effective_ms = 1'795'300'000'000;
  if (event != notary::OrganizationEvent::kEstablished) entry.previous = 13;
  return entry;
}

inline notary::ApplicationEntry SampleApplication(
    notary::ApplicationState state) {
  notary::ApplicationEntry entry;
  entry.state = state;
  entry.application = {.id = "a-1",
                       .route = notary::Route::kAgency,
                       .uscc = std::string(kSampleUscc),
                       .seal_type = "02",
                       .ordinal = 1,
                       .channel = notary::Channel::kShop};
  entry.previous = 16;
  if (state == notary::ApplicationState::kFeeDue) entry.fee_fen = 30'000;
  if (state != notary::ApplicationState::kSubmitted) return entry;
  entry.materials = {{"business_license", ledger::Sha256Of("a")},
                     {"agent_id", ledger::Sha256Of("b")}};
  entry.declaration = ledger::Sha256Of("c");
  return entry;
}

inline notary::SealIssued SampleSeal() {
  return {.seal = {.code = std::string(kSampleSealCode),
                   .uscc = std::string(kSampleUscc),
                   .type = "02",
                   .ordinal = 1,
                   .physical_code = "3501000000117",
                   .valid_from_ms = 1'795'339'800'000,
                   .valid_to_ms = 1'890'034'199'999},
          .application = 19,
          .organization = 13,
          .custodian = "acme",
          .made_here = false,
          .seseal_sm3 = ledger::Sm3Of("seal"),
          .maker_sha256 = ledger::Sha256Of("maker"),
          .signers_sha256 = {ledger::Sha256Of("a"), ledger::Sha256Of("b")}};
}

inline notary::SealEventEntry SampleSealEvent(notary::SealEvent event) {
  notary::SealEventEntry entry;
  entry.event = event;
  entry.seal_code = kSampleSealCode;
  entry.effective_ms = 1'795'300'000'000;
  entry.late = event == notary::SealEvent::kFiled;
  entry.previous = 20;
  for (const char* reason : {"owner_request", "lost", "found", "replaced"}) {
    // The last one of the event: `replaced` of cancelled, which has more.
    if (notary::IsSealReason(event, reason)) entry.reason = reason;
  }
  if (event == notary::SealEvent::kCancelled)
    entry.replaced_by = "3501000000018";
  return entry;
}

// One of each kind of the register.
inline std::vector<RegisterSample> RegisterSamples() {
  std::vector<RegisterSample> samples;
  for (int i = 0; i < 3; ++i) {
    samples.push_back(RegisterSampleOf(
        SampleOrganization(static_cast<notary::OrganizationEvent>(i)),
        {"effective_at"}));
  }
  for (int i = 0; i < 11; ++i) {
    samples.push_back(RegisterSampleOf(
        SampleApplication(static_cast<notary::ApplicationState>(i)),
        {"application/channel"}));
  }
  // Without `previous` it is the first of its application.
  auto& submitted = samples[3].optional;
  submitted.insert(submitted.end(), {"materials", "declaration", "previous"});
  samples.push_back(RegisterSampleOf(SampleSeal(), {"seal/physical_code"}));
  for (int i = 0; i < 7; ++i) {
    const auto event = static_cast<notary::SealEvent>(i);
    samples.push_back(
        RegisterSampleOf(SampleSealEvent(event), {"effective_at"}));
    auto& optional = samples.back().optional;
    if (event == notary::SealEvent::kFiled) optional.emplace_back("late");
    if (event != notary::SealEvent::kCancelled &&
        SampleSealEvent(event).reason) {
      optional.emplace_back("reason");
    }
  }
  return samples;
}

// The text of the sample of that kind.
inline std::string RegisterText(std::string_view kind) {
  for (const RegisterSample& sample : RegisterSamples()) {
    if (notary::KindOf(sample.entry) == kind) return sample.text();
  }
  FAIL("no sample of this kind");
  return "";
}

}  // namespace sealedger::testing
