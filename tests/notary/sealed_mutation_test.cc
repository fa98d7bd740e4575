// No change to a good bundle of a sealed document passes, but where it drops
// what may be dropped: then the verdict lacks exactly what that gave.

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>

#include "notary/verify.h"
#include "tests/notary/bundle_mutations.h"
#include "tests/notary/sealed_story.h"
#include "tests/support/thoroughness.h"

namespace sealedger::notary {
namespace {

using sample::FailedIds;
using sample::TableOf;
using sample::VisitMutations;
using testing::SealedStory;

TEST_CASE("no part of a sealed document's bundle is changed unseen") {
  SealedStory story;
  const uint64_t index = story.Seal();
  story.story().Happen(testing::kSealedCode, SealEvent::kSuspended);
  const std::string sample = FormatBundle(story.BundleAt(index));
  const auto verify = [](const std::string& text) {
    return VerifyBundle(text, SealedStory::Trust(), SealedStory::Document());
  };
  REQUIRE(verify(sample).overall() == Overall::kPassed);
  Result<Json> root = ParseJson(sample, {.max_bytes = kMaxBundleSize});
  REQUIRE(root);
  size_t count = 0;
  std::set<std::string> passed;
  VisitMutations(
      *root, *root, "",
      [&](const std::string& pointer, std::string_view how, Json& changed) {
        const Verdict verdict = verify(WriteJson(changed));
        ++count;
        if (verdict.overall() == Overall::kFailed) {
          CHECK(!FailedIds(verdict).empty());
          return;
        }
        INFO(pointer << " " << how << TableOf(verdict));
        CHECK(how == "dropped");
        CHECK(verdict.overall() == Overall::kPassed);
        passed.insert(pointer);
        if (pointer == "/signed_checkpoint") {
          CHECK(verdict.Find("signed_checkpoint")->reason == "not_included");
        }
      });
  CHECK(WriteJson(*root) == sample);
  CHECK(count > (testing::IsThorough() ? 3000 : 1000));
  // Besides the proof that the tree named lies below: the newest entry of the
  // register, that none came after which is a claim.
  CHECK(passed == std::set<std::string>{"/entries/10", "/signed_checkpoint"});
}

TEST_CASE("parts of another bundle are found out") {
  SealedStory story;
  const uint64_t first = story.Seal();
  const Bundle one = story.BundleAt(first);
  const uint64_t second = story.Seal();
  const Bundle two = story.BundleAt(second);
  Bundle mixed = two;
  mixed.seal = one.seal;
  CHECK(SealedStory::Verify(two).overall() == Overall::kPassed);
  CHECK(SealedStory::Verify(mixed).overall() == Overall::kFailed);
  mixed = two;
  mixed.signed_checkpoint = one.signed_checkpoint;
  CHECK(FailedIds(SealedStory::Verify(mixed)) ==
        std::set<std::string>{"signed_checkpoint"});
  mixed = two;
  mixed.checkpoint = one.checkpoint;
  CHECK(SealedStory::Verify(mixed).overall() == Overall::kFailed);
}

}  // namespace
}  // namespace sealedger::notary
