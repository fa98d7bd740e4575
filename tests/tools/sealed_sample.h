// A seal of a maker's own and a signature with it, under a root of theirs, and
// the entries and bundles that are about them.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/ed25519.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "notary/bundle.h"
#include "notary/certificate.h"
#include "notary/entry.h"
#include "notary/eseal.h"
#include "notary/sm2.h"

namespace sealedger::testing {

inline constexpr const char* kSampleCode = "35010000000117";
inline constexpr const char* kSampleOrigin = "example.com/log";
inline constexpr std::string_view kSampleProtected = "<Signature/>";
inline constexpr std::string_view kSampleDocument = "the contract";
inline constexpr int64_t kSampleSigned = 1'795'340'357;

inline ledger::Ed25519Key SampleLogKey() {
  return *ledger::Ed25519Key::FromSeed(
      std::string(ledger::kEd25519KeySize, 'k'));
}

struct SamplePerson {
  notary::Sm2Key key = notary::Sm2Key::Generate();
  std::string certificate;  // DER
};

class SealedSample {
 public:
  SealedSample() {
    const notary::Validity validity{kSampleSigned - 1000, kSampleSigned + 1000};
    root_.certificate =
        notary::MakeRootCertificate(root_.key, {"Root", "Example"}, validity);
    for (SamplePerson* person : {&maker_, &signer_}) {
      person->certificate = *notary::IssueCertificate(
          person->key.spki(), {kSampleCode, "Example"}, validity,
          root_.certificate, root_.key);
    }
    notary::SealInfo info;
    info.vendor = "SLG";
    info.es_id = kSampleCode;
    info.name = "合同专用章";
    info.certificates = {signer_.certificate};
    info.created_s = info.valid_from_s = kSampleSigned - 500;
    info.valid_to_s = kSampleSigned + 500;
    info.picture = {"PNG", std::string(2000, '\x55'), 40, 40};
    const std::string signed_info = notary::EncodeSealInfo(info);
    seseal_ = notary::EncodeSeal(signed_info, maker_.certificate,
                                 maker_.key.Sign(signed_info));
  }

  const SamplePerson& root() const { return root_; }
  const SamplePerson& maker() const { return maker_; }
  const SamplePerson& signer() const { return signer_; }
  const std::string& seseal() const { return seseal_; }

  // Over these bytes; the value as DER, or as r ‖ s.
  std::string Sign(std::string_view bytes, const std::string& property_info,
                   bool raw = false) const {
    const std::string tail = notary::EncodeSignatureTail(
        {kSampleSigned, ledger::Sm3Of(bytes), property_info, {}});
    const std::string tbs =
        notary::EncodeSignatureHead(seseal_.size(), tail.size()) + seseal_ +
        tail;
    const std::string value = signer_.key.Sign(tbs);
    const std::string parts =
        tbs + notary::EncodeSignatureEnd(signer_.certificate,
                                         raw ? RawOf(value) : value);
    return notary::EncodeSignatureOuter(parts.size()) + parts;
  }

  // SEQUENCE { INTEGER r, INTEGER s } as 64 octets.
  static std::string RawOf(std::string_view der) {
    std::string raw;
    size_t at = 2;
    for (int part = 0; part < 2; ++part) {
      std::string number(
          der.substr(at + 2, static_cast<unsigned char>(der[at + 1])));
      at += 2 + number.size();
      if (number.size() > 32) number.erase(0, number.size() - 32);
      raw += std::string(32 - number.size(), '\0') + number;
    }
    return raw;
  }

  // The document.sealed of a signature over the sample's bytes.
  notary::Entry SealedBy(std::string_view signature) const {
    notary::DocumentSealed sealed;
    sealed.made_here = true;
    sealed.protected_bytes = {ledger::Sm3Of(kSampleProtected),
                              ledger::Sha256Of(kSampleProtected)};
    sealed.document = {ledger::Sha256Of(kSampleDocument),
                       ledger::Sm3Of(kSampleDocument), kSampleDocument.size(),
                       std::nullopt};
    sealed.seal_code = kSampleCode;
    sealed.signature_sm3 = ledger::Sm3Of(signature);
    sealed.signer_sha256 = ledger::Sha256Of(signer_.certificate);
    sealed.claimed_ms = kSampleSigned * 1000;
    sealed.checkpoint_size = 7;
    return EntryOf(std::move(sealed));
  }
  notary::Entry Issued() const {
    notary::SealIssued issued;
    issued.seal = {kSampleCode,
                   "91350100M000100Y43",
                   "01",
                   std::nullopt,
                   std::nullopt,
                   (kSampleSigned - 500) * 1000,
                   (kSampleSigned + 500) * 1000};
    issued.custodian = "acme";
    issued.made_here = true;
    issued.seseal_sm3 = ledger::Sm3Of(seseal_);
    issued.maker_sha256 = ledger::Sha256Of(maker_.certificate);
    issued.signers_sha256 = {ledger::Sha256Of(signer_.certificate)};
    notary::Entry entry = EntryOf(std::move(issued));
    entry.sd = {std::string(43, 'A')};  // the seal's name
    return entry;
  }

  static notary::Entry EntryOf(decltype(notary::Entry::body) body) {
    notary::Entry entry;
    entry.time_ms = kSampleSigned * 1000 + 123;
    entry.by = "acme";
    entry.by_entry = 0;
    entry.body = std::move(body);
    return entry;
  }

  // Of a ledger of two entries: that of the party, and the subject.
  static notary::Bundle BundleOf(const notary::Entry& subject,
                                 const notary::Entry& party) {
    const std::string texts[] = {notary::FormatEntry(party),
                                 notary::FormatEntry(subject)};
    const ledger::Hash leaves[] = {ledger::LeafHash(texts[0]),
                                   ledger::LeafHash(texts[1])};
    notary::Bundle bundle;
    bundle.entries.push_back({1, texts[1], {leaves[0]}, {}});
    bundle.entries.push_back({0, texts[0], {leaves[1]}, {}});
    bundle.checkpoint = *ledger::SignCheckpoint(
        {kSampleOrigin, {2, ledger::NodeHash(leaves[0], leaves[1])}},
        SampleLogKey());
    return bundle;
  }
  static notary::Entry Party(std::optional<notary::PartyKey> key = {}) {
    notary::PartyEntry party;
    party.id = "acme";
    party.role = notary::Role::kPlatform;
    party.key = std::move(key);
    return EntryOf(std::move(party));
  }

 private:
  SamplePerson root_;
  SamplePerson maker_;
  SamplePerson signer_;
  std::string seseal_;
};

// One for all tests: it takes some time to make.
inline const SealedSample& Sealed() {
  static const SealedSample sample;
  return sample;
}

}  // namespace sealedger::testing
