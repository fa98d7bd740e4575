// A bundle for every way in which a check can come out (KnownReasons in
// notary/bundle_reasons.h).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/notary/register_story.h"
#include "tests/notary/sample_ledger.h"
#include "tests/notary/sealed_story.h"

namespace sealedger::testing {

struct BundleCase {
  std::string id;
  std::string reason;
  std::string bundle;
  notary::Trust trust = SampleTrust();
  notary::DocumentAtHand document = {};

  notary::Verdict Verify() const {
    return notary::VerifyBundle(bundle, trust, document);
  }
};

inline std::string SampleWith(
    const std::function<void(notary::Bundle&)>& change) {
  notary::Bundle bundle = SampleBundle();
  change(bundle);
  return notary::FormatBundle(bundle);
}

// The sample without the entry of that index.
inline std::string SampleWithout(uint64_t index) {
  return SampleWith([index](notary::Bundle& bundle) {
    std::erase_if(bundle.entries,
                  [index](const auto& entry) { return entry.index == index; });
  });
}

// The subject of a ledger whose last entry is `text`, after the sample's.
inline std::string LedgerEndingIn(const std::string& text,
                                  std::vector<uint64_t> others = {}) {
  std::vector<std::string> texts = SampleEntries();
  texts.push_back(text);
  others.insert(others.begin(), texts.size() - 1);
  return notary::FormatBundle(BundleOf(texts, others));
}

inline std::string LedgerEndingIn(const notary::Entry& entry,
                                  std::vector<uint64_t> others = {}) {
  return LedgerEndingIn(notary::FormatEntry(entry), std::move(others));
}

inline constexpr uint64_t kLast = 12;  // the index that LedgerEndingIn adds

// An entry that discloses one name twice, each time as it should.
inline std::string WithTwoValuesOfOneName() {
  std::vector<std::pair<std::string, std::string>> made;  // digest, text
  for (const std::string value : {"one", "two"}) {
    std::string text = notary::EncodeDisclosure(
        {std::string(notary::kSaltSize, value[0]), "signatory", value});
    made.emplace_back(
        ledger::EncodeBase64Url(notary::DisclosureDigest(text).view()), text);
  }
  std::sort(made.begin(), made.end());
  notary::Entry entry = EntryAt(kLast, "acme", 2, EvidenceOf("x"));
  entry.sd = {made[0].first, made[1].first};
  notary::Bundle bundle = *notary::ParseBundle(LedgerEndingIn(entry, {2}));
  bundle.entries[0].disclosures = {made[0].second, made[1].second};
  return notary::FormatBundle(bundle);
}

// The sample's checkpoint with other signature lines.
inline std::string SampleSigned(
    const std::function<void(ledger::Note&)>& change) {
  return SampleWith([&change](notary::Bundle& bundle) {
    ledger::Note note = *ledger::ParseNote(bundle.checkpoint);
    change(note);
    bundle.checkpoint = ledger::FormatNote(note);
  });
}

inline void AddFormatCases(std::vector<BundleCase>* cases) {
  const std::string sample = notary::FormatBundle(SampleBundle());
  cases->push_back({"format", "well_formed", sample});
  cases->push_back({"format", "malformed", "{}"});
  std::string later = sample;
  later.insert(1, "\"anchors\":[],");
  cases->push_back({"format", "not_supported_yet", later});
  cases->push_back({"entry", "canonical", sample});
  cases->push_back({"entry", "not_an_entry", LedgerEndingIn("{\"v\":1}")});
  cases->push_back(
      {"entry", "unsupported_kind", LedgerEndingIn("{\"kind\":\"beacon\"}")});
  cases->push_back({"entry", "unneeded_part", SampleWith([](auto& b) {
                      b.seal = notary::BundledSeal{"seal", std::nullopt};
                    })});
  cases->push_back({"entry", "unneeded_entry",
                    notary::FormatBundle(
                        BundleOf(SampleEntries(), {9, 2, 3, 4, 5, 6, 7, 8}))});
}

inline void AddCheckpointCases(std::vector<BundleCase>* cases) {
  const std::string sample = notary::FormatBundle(SampleBundle());
  const std::string no_note =
      SampleWith([](notary::Bundle& b) { b.checkpoint = "none"; });
  cases->push_back({"inclusion", "leads_to_root", sample});
  cases->push_back({"inclusion", "not_below_size",
                    SampleWith([](auto& b) { b.entries[0].index = 12; })});
  cases->push_back({"inclusion", "wrong_path", SampleWith([](auto& b) {
                      b.entries[2].path[0].bytes[5] ^= 1;
                    })});
  cases->push_back({"inclusion", "no_checkpoint", no_note});

  const std::string id = "checkpoint_signature";
  cases->push_back({id, "signed_by_log", sample});
  cases->push_back({id, "not_a_checkpoint", no_note});
  cases->push_back({id, "unknown_log", sample, notary::Trust{}});
  cases->push_back(
      {id, "foreign_signature", SampleSigned([](ledger::Note& note) {
         note.signatures.push_back(
             *ledger::SignNote(note.text, kSampleOrigin, KeyOfSeed(2)));
       })});
  cases->push_back(
      {id, "doubled_signature", SampleSigned([](ledger::Note& note) {
         note.signatures.push_back(note.signatures[0]);
       })});
  cases->push_back({id, "wrong_signature", SampleSigned([](ledger::Note& note) {
                      note.signatures[0].signature[3] ^= 1;
                    })});
}

inline void AddPartyCases(std::vector<BundleCase>* cases) {
  const std::string sample = notary::FormatBundle(SampleBundle());
  const std::string unread = LedgerEndingIn("{}");
  cases->push_back({"party", "registered", sample});
  cases->push_back({"party", "nothing_to_check",
                    notary::FormatBundle(BundleOf(SampleEntries(), {1}))});
  cases->push_back(
      {"party", "no_party_entry",
       LedgerEndingIn(EntryAt(kLast, "operator", std::nullopt,
                              PartyOf("operator", notary::Role::kAdmin)))});
  cases->push_back({"party", "party_entry_missing", SampleWithout(2)});
  const notary::Entry taken = EntryAt(kLast, "bravo", 2, EvidenceOf("x"));
  cases->push_back({"party", "not_that_party", LedgerEndingIn(taken, {2})});
  const notary::Entry later = EntryAt(kLast, "acme", kLast, EvidenceOf("x"));
  cases->push_back({"party", "not_falling", LedgerEndingIn(later)});
  cases->push_back({"party", "entry_not_read", unread});

  const std::string id = "disclosures";
  cases->push_back({id, "listed", sample});
  cases->push_back({id, "nothing_to_check", SampleWith([](notary::Bundle& b) {
                      for (auto& entry : b.entries) entry.disclosures.clear();
                    })});
  cases->push_back({id, "not_a_disclosure", SampleWith([](notary::Bundle& b) {
                      b.entries[0].disclosures[1] = "AAAA";
                    })});
  cases->push_back({id, "not_listed", SampleWith([](notary::Bundle& b) {
                      b.entries[3].disclosures = SampleDisclosures('a');
                    })});
  cases->push_back({id, "out_of_order", SampleWith([](notary::Bundle& b) {
                      std::swap(b.entries[0].disclosures[1],
                                b.entries[0].disclosures[2]);
                    })});
  cases->push_back({id, "named_twice", WithTwoValuesOfOneName()});
  notary::Bundle with_disclosure = *notary::ParseBundle(unread);
  with_disclosure.entries[0].disclosures = {"AAAA"};
  cases->push_back(
      {id, "entry_not_read", notary::FormatBundle(with_disclosure)});
  cases->push_back({"consistency", "nothing_to_check", sample});
}

inline void AddDocumentCases(std::vector<BundleCase>* cases) {
  const std::string sample = notary::FormatBundle(SampleBundle());
  const auto add = [cases](std::string_view reason, const std::string& bundle,
                           const notary::DocumentAtHand& document) {
    cases->push_back(
        {"document", std::string(reason), bundle, SampleTrust(), document});
  };
  add("same", sample, SampleDocumentAtHand());
  add("differs", sample, {.sha256 = ledger::Sha256Of("x"), .sm3 = {}});
  add("no_document", sample, {});
  add("sm3_not_in_entry",
      notary::FormatBundle(BundleOf(SampleEntries(), {3, 2})),
      {.sha256 = {}, .sm3 = ledger::Sm3Of("first draft")});
  SealedStory story;
  const uint64_t sealed = story.Seal([](notary::DocumentSealed* e) {
    e->document.reset();
    e->protected_bytes.sha256.reset();
  });
  add("sha256_not_in_entry", notary::FormatBundle(story.BundleAt(sealed)),
      {.sha256 = ledger::Sha256Of("x"), .sm3 = {}});
  add("kind_has_no_document",
      notary::FormatBundle(BundleOf(SampleEntries(), {2, 1})),
      SampleDocumentAtHand());
  add("entry_not_read", LedgerEndingIn("{}"), SampleDocumentAtHand());
}

inline void AddChainCases(std::vector<BundleCase>* cases) {
  const auto add = [cases](std::string_view reason, const std::string& bundle) {
    cases->push_back({"chain", std::string(reason), bundle});
  };
  const auto link = [](std::string by, uint64_t by_entry,
                       notary::ChainLink chain) {
    return EntryAt(kLast, std::move(by), by_entry, EvidenceOf("x", chain));
  };
  add("leads_to_chain_root", notary::FormatBundle(SampleBundle()));
  add("nothing_to_check",
      notary::FormatBundle(BundleOf(SampleEntries(), {3, 2})));
  add("link_missing", SampleWithout(5));
  add("not_that_chain", LedgerEndingIn(link("bravo", 6, {3, 3}), {3, 6}));
  add("not_falling", LedgerEndingIn(link("bravo", 6, {3, kLast}), {3, 6}));
  add("chain_not_included",
      notary::FormatBundle(BundleOf(SampleEntries(), {9, 2, 4, 7})));
  add("entry_not_read", LedgerEndingIn("{}"));
}

// A seal of an organisation that was renamed, by the shortest route:
//
//   4 organization.established   5 organization.altered
//   6 application.submitted   7, 8, 9 its steps to application.approved
//  10 seal.issued
inline RegisterStory SealStory() {
  RegisterStory story;
  story.Establish(kStoryUscc, "Example Ltd.");
  story.Rename(kStoryUscc, "New Example Ltd.");
  story.Issue("3501000000001", kStoryUscc, "01");
  return story;
}

// The bundle of the last of these entries.
inline notary::Bundle SealBundle(const std::vector<notary::Entry>& entries,
                                 std::vector<uint64_t> others = {2, 4, 5, 6, 7,
                                                                 8, 9}) {
  std::vector<std::string> texts;
  for (const auto& entry : entries) {
    texts.push_back(notary::FormatEntry(entry));
  }
  others.insert(others.begin(), texts.size() - 1);
  return BundleOf(texts, others);
}

inline void AddRegisterCases(std::vector<BundleCase>* cases) {
  const std::string id = "register_chain";
  const std::vector<notary::Entry> entries = SealStory().entries();
  const notary::Bundle good = SealBundle(entries);
  cases->push_back({id, "leads_to_first", notary::FormatBundle(good)});
  notary::Bundle without = good;
  std::erase_if(without.entries, [](const auto& e) { return e.index == 5; });
  cases->push_back({id, "link_missing", notary::FormatBundle(without)});
  std::vector<notary::Entry> later = entries;
  std::get<notary::SealIssued>(later.back().body).organization = 10;
  cases->push_back(
      {id, "not_falling", notary::FormatBundle(SealBundle(later))});
  // Its step before the last left out, as if the last followed from the first.
  std::vector<notary::Entry> hasty = entries;
  std::get<notary::ApplicationEntry>(hasty[9].body).previous = 6;
  cases->push_back({id, "against_the_rules",
                    notary::FormatBundle(SealBundle(hasty, {2, 4, 5, 6, 9}))});
  SealedStory unseen;
  unseen.story().Happen(kSealedCode, notary::SealEvent::kSuspended);
  const uint64_t sealed =
      unseen.Seal([](notary::DocumentSealed* e) { e->register_entry = 11; });
  cases->push_back(
      {id, "not_newest_then", notary::FormatBundle(unseen.BundleAt(sealed))});
  notary::Bundle unread = good;
  unread.entries[5].entry = "{}";
  cases->push_back({id, "entry_not_read", notary::FormatBundle(unread)});
}

// The sample's subject, changed, with its request signed anew by acme.
inline std::string SampleAsked(
    const std::function<void(notary::Entry&, notary::SignedRequest&,
                             notary::RequestBase&)>& change) {
  notary::Entry entry = *notary::ParseEntry(SampleEntries()[kSampleSubject]);
  notary::SignedRequest request = SampleRequest();
  notary::RequestBase base = *notary::ParseRequestBase(request.base);
  change(entry, request, base);
  request.base = notary::FormatRequestBase(base);
  request.signature = *KeyOfSeed(3).Sign(request.base);
  entry.request = ledger::Sha256Of(request.base);
  std::vector<std::string> texts = SampleEntries();
  texts[kSampleSubject] = notary::FormatEntry(entry);
  const bool by_acme = entry.by == "acme";
  notary::Bundle bundle =
      by_acme ? BundleOf(texts, {kSampleSubject, 2, 3, 4, 5, 7, 8})
              : BundleOf(texts, {kSampleSubject, 6});
  bundle.entries[0].disclosures = SampleDisclosures('k');
  bundle.request = request;
  return notary::FormatBundle(bundle);
}

inline void AddRequestCases(std::vector<BundleCase>* cases) {
  using notary::Entry;
  using notary::RequestBase;
  using notary::SignedRequest;
  const auto add = [cases](std::string_view reason, const std::string& bundle) {
    cases->push_back({"requested_by", std::string(reason), bundle});
  };
  add("signed_by_party", notary::FormatBundle(SampleBundle()));
  add("bytes_withheld", SampleWith([](auto& b) { b.request.reset(); }));
  add("malformed", SampleWith([](auto& b) { b.request->base = "none"; }));
  add("not_the_recorded_request", SampleWith([](auto& b) {
        RequestBase base = *notary::ParseRequestBase(b.request->base);
        base.created_s += 1;
        b.request->base = notary::FormatRequestBase(base);
      }));
  add("wrong_signature",
      SampleWith([](auto& b) { b.request->signature[7] ^= 1; }));
  add("other_body", SampleWith([](auto& b) { b.request->body += " "; }));
  add("entry_not_read", SampleWith([](auto& b) { b.entries[5].entry = "{}"; }));
  add("another_party",
      SampleAsked([](Entry&, SignedRequest&, RequestBase& base) {
        base.keyid = "bravo";
      }));
  add("no_key",
      SampleAsked([](Entry& entry, SignedRequest&, RequestBase& base) {
        entry.by = "bravo";
        entry.by_entry = 6;
        base.keyid = "bravo";
        std::get<notary::EvidenceRecorded>(entry.body).chain.reset();
      }));
  add("not_at_that_time",
      SampleAsked([](Entry&, SignedRequest&, RequestBase& base) {
        base.created_s -= 1000;
      }));
  add("entry_missing",
      SampleAsked([](Entry& entry, SignedRequest&, RequestBase&) {
        notary::PartyEntry changed;
        changed.changed = true;
        changed.id = "bravo";
        changed.role = notary::Role::kPlatform;
        changed.previous = 6;
        entry.body = changed;
        entry.sd.clear();
      }));
  add("entry_says_otherwise",
      SampleAsked([](Entry& entry, SignedRequest&, RequestBase&) {
        std::get<notary::EvidenceRecorded>(entry.body).label = "another";
      }));
}

inline std::vector<BundleCase> BundleCases() {
  std::vector<BundleCase> cases;
  AddFormatCases(&cases);
  AddCheckpointCases(&cases);
  AddPartyCases(&cases);
  AddDocumentCases(&cases);
  AddChainCases(&cases);
  AddRegisterCases(&cases);
  AddRequestCases(&cases);
  return cases;
}

}  // namespace sealedger::testing
