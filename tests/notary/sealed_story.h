// A sealed document from its seal's application on, and bundles of it: the
// ledger of a RegisterStory, with a seal and signatures of the SealWorkshop.
//
//   4 organization.established     5 to 8 application.*
//   9 seal.issued   10 seal.filed  11 seal.activated
//  12 document.sealed              and what a test adds
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "notary/certificate.h"
#include "notary/checkpoint_extension.h"
#include "notary/verify.h"
#include "tests/notary/register_story.h"
#include "tests/notary/sample_ledger.h"
#include "tests/notary/seal_cases.h"

namespace sealedger::testing {

inline constexpr const char* kSealedCode = "3501000000001";
inline constexpr uint64_t kSealedIndex = 12;

struct SealedOptions {
  bool made_here = true;
  std::string by = "acme";
  // Of made elsewhere alone: seconds before the entry at which it was claimed
  // to be made.
  int64_t claimed_before_s = 0;
};

class SealedStory {
 public:
  explicit SealedStory(SealedOptions options = {})
      : options_(std::move(options)) {
    story_.Establish(kStoryUscc, "Example Ltd.");
    story_.Issue(kSealedCode, kStoryUscc, "01", std::nullopt, "acme",
                 ledger::Sm3Of(Seseal()));
    story_.Happen(kSealedCode, notary::SealEvent::kFiled);
    story_.Happen(kSealedCode, notary::SealEvent::kActivated);
  }

  static const std::string& Seseal() {
    static const std::string seseal = [] {
      notary::SealInfo info = Shop().Info();
      info.es_id = kSealedCode;
      return Shop().Seal2020(info);
    }();
    return seseal;
  }

  RegisterStory& story() { return story_; }
  const std::vector<notary::Entry>& entries() const { return story_.entries(); }
  uint64_t NextIndex() const { return entries().size(); }

  // Adds document.sealed, changed as the test likes, and gives its index.
  uint64_t Seal(const std::function<void(notary::DocumentSealed*)>& change) {
    const uint64_t index = NextIndex();
    const int64_t time_ms = EntryAt(index, "acme", 3, SampleCreated()).time_ms;
    const int64_t claimed_s = time_ms / 1000 - options_.claimed_before_s;
    signature_ = SignatureAt(claimed_s, index);
    notary::DocumentSealed sealed;
    sealed.made_here = options_.made_here;
    sealed.protected_bytes = {ledger::Sm3Of(kProtectedBytes),
                              ledger::Sha256Of(kProtectedBytes)};
    sealed.document = notary::DocumentDigests{ledger::Sha256Of(kSampleDocument),
                                              ledger::Sm3Of(kSampleDocument),
                                              std::nullopt, std::nullopt};
    sealed.seal_code = kSealedCode;
    sealed.register_entry = story_.NewestOfSeal(kSealedCode);
    sealed.signature_sm3 = ledger::Sm3Of(signature_);
    sealed.signer_sha256 = ledger::Sha256Of(Shop().signer().certificate);
    sealed.claimed_ms = claimed_s * 1000;
    if (options_.made_here) {
      sealed.checkpoint_size = index;
    } else {
      sealed.verdicts = {{"signature", "pass"}, {"format", "pass"}};
    }
    change(&sealed);
    return story_.Add(options_.by, std::move(sealed));
  }
  uint64_t Seal() {
    return Seal([](notary::DocumentSealed*) {});
  }

  const std::string& signature() const { return signature_; }

  // Of the subject at `index`, with all entries of register and party.
  notary::Bundle BundleAt(uint64_t index) const {
    std::vector<std::string> texts = Texts();
    std::vector<uint64_t> others = {index, story_.PartyEntryOf(options_.by)};
    for (uint64_t i = 4; i < texts.size(); ++i) {
      if (!std::holds_alternative<notary::DocumentSealed>(entries()[i].body)) {
        others.push_back(i);
      }
    }
    std::sort(others.begin() + 1, others.end());
    notary::Bundle bundle = BundleOf(texts, others);
    bundle.seal = notary::BundledSeal{std::nullopt, signature_};
    if (options_.made_here) {
      LeafReader reader(texts);
      bundle.signed_checkpoint =
          *ledger::ProveConsistency(named_size_, texts.size(), reader);
    }
    return bundle;
  }

  static notary::Trust Trust() {
    notary::Trust trust = SampleTrust();
    trust.cas.push_back({{Shop().root().certificate}, "seal"});
    return trust;
  }
  static notary::DocumentAtHand Document() {
    return {.sha256 = ledger::Sha256Of(kSampleDocument),
            .sm3 = ledger::Sm3Of(kSampleDocument)};
  }
  static notary::Verdict Verify(const notary::Bundle& bundle) {
    return notary::VerifyBundle(notary::FormatBundle(bundle), Trust(),
                                Document());
  }

 private:
  std::vector<std::string> Texts() const {
    std::vector<std::string> texts;
    for (const notary::Entry& entry : entries()) {
      texts.push_back(notary::FormatEntry(entry));
    }
    return texts;
  }

  std::string SignatureAt(int64_t time_s, uint64_t size) {
    SealWorkshop::Signing signing;
    signing.seal = Seseal();
    signing.time_s = time_s;
    if (options_.made_here) {
      std::vector<std::string> texts = Texts();
      LeafReader reader(texts);
      named_size_ = size;
      signing.extensions = {
          {"2.999.26.3.1", false,
           notary::EncodeCheckpointExtension({std::string(kSampleOrigin), size,
                                              *ledger::RootAt(size, reader)})}};
    }
    return Shop().Signature2020(signing);
  }

  const SealedOptions options_;
  RegisterStory story_;
  std::string signature_;
  uint64_t named_size_ = 0;
};

}  // namespace sealedger::testing
