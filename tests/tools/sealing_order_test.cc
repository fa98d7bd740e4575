#include "tools/sealing_order.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "tests/tools/sealed_sample.h"

namespace sealedger::tools {
namespace {

using notary::DocumentSealed;
using testing::Sealed;

FileDigests DigestsOf(std::string_view bytes) {
  return {ledger::Sha256Of(bytes), ledger::Sm3Of(bytes), bytes.size()};
}

SealingOrder OrderToMake() {
  SealingOrder order;
  order.protected_bytes = DigestsOf(testing::kSampleProtected);
  order.document = DigestsOf(testing::kSampleDocument);
  order.to_make = {testing::kSampleCode, "Signature.xml"};
  return order;
}

const std::string& Signature() {
  static const std::string signature =
      Sealed().Sign(testing::kSampleProtected, "Signature.xml");
  return signature;
}

DocumentSealed BodyOf(const notary::Entry& entry) {
  return std::get<DocumentSealed>(entry.body);
}

TEST_CASE("a request has what was asked for and nothing else") {
  const notary::Json whole = RequestOf(OrderToMake());
  CHECK(notary::WriteJson(whole) ==
        "{\"document\":{\"sha256\":\"" +
            ToHex(ledger::Sha256Of(testing::kSampleDocument)) +
            "\",\"size\":12,\"sm3\":\"" +
            ToHex(ledger::Sm3Of(testing::kSampleDocument)) +
            "\"},\"property_info\":\"Signature.xml\",\"protected\":{\"sha256\":"
            "\"" +
            ToHex(ledger::Sha256Of(testing::kSampleProtected)) +
            "\",\"sm3\":\"" + ToHex(ledger::Sm3Of(testing::kSampleProtected)) +
            "\"}}");
  SealingOrder bare;
  CHECK(RequestOf(bare).if_object()->size() == 1);
}

TEST_CASE("the entry and the signature that were asked for are taken") {
  const notary::Entry entry = Sealed().SealedBy(Signature());
  CHECK(IsAsOrdered(entry, OrderToMake()));
  CHECK(IsSignatureOf(entry, OrderToMake(), Signature()));
}

TEST_CASE("an entry that differs in one thing is not what was asked for") {
  const std::function<void(DocumentSealed*)> changes[] = {
      [](DocumentSealed* sealed) {
        sealed->made_here = false;
        sealed->checkpoint_size.reset();
        sealed->verdicts = {{"format", "pass"}};
      },
      [](DocumentSealed* sealed) { sealed->seal_code = "35010000000118"; },
      [](DocumentSealed* sealed) { ++sealed->protected_bytes.sm3.bytes[31]; },
      [](DocumentSealed* sealed) {
        ++sealed->protected_bytes.sha256->bytes[31];
      },
      [](DocumentSealed* sealed) { sealed->protected_bytes.sha256.reset(); },
      [](DocumentSealed* sealed) { sealed->document.reset(); },
      [](DocumentSealed* sealed) { ++sealed->document->sha256.bytes[0]; },
      [](DocumentSealed* sealed) { sealed->document->sm3.reset(); },
      [](DocumentSealed* sealed) { sealed->document->size = 13; },
  };
  for (const auto& change : changes) {
    CAPTURE(&change - changes);
    notary::Entry entry = Sealed().SealedBy(Signature());
    DocumentSealed body = BodyOf(entry);
    change(&body);
    entry.body = body;
    CHECK_FALSE(IsAsOrdered(entry, OrderToMake()));
  }
  CHECK_FALSE(IsAsOrdered(Sealed().Issued(), OrderToMake()));
}

TEST_CASE("a document that was not given is not to be in the entry") {
  SealingOrder order = OrderToMake();
  order.document.reset();
  CHECK_FALSE(IsAsOrdered(Sealed().SealedBy(Signature()), order));
}

TEST_CASE("a signature that was there is entered as made elsewhere") {
  SealingOrder order = OrderToMake();
  order.to_make.reset();
  notary::Entry entry = Sealed().SealedBy(Signature());
  CHECK_FALSE(IsAsOrdered(entry, order));
  DocumentSealed body = BodyOf(entry);
  body.made_here = false;
  // The register's own number, under which another maker's seal is entered.
  body.seal_code = "35010000000118";
  entry.body = body;
  CHECK(IsAsOrdered(entry, order));
  // A seal that bears a seal code is of no other.
  CHECK_FALSE(IsSignatureOf(entry, order, Signature()));
  body.seal_code = testing::kSampleCode;
  entry.body = body;
  CHECK(IsSignatureOf(entry, order, Signature()));
}

TEST_CASE("an entry of another signature, signer, time or bytes is told") {
  const std::function<void(DocumentSealed*)> changes[] = {
      [](DocumentSealed* sealed) { ++sealed->signature_sm3.bytes[0]; },
      [](DocumentSealed* sealed) { ++sealed->signer_sha256.bytes[0]; },
      [](DocumentSealed* sealed) { sealed->claimed_ms += 1000; },
      [](DocumentSealed* sealed) { ++sealed->protected_bytes.sm3.bytes[0]; },
      [](DocumentSealed* sealed) { sealed->seal_code = "35010000000118"; },
  };
  for (const auto& change : changes) {
    CAPTURE(&change - changes);
    notary::Entry entry = Sealed().SealedBy(Signature());
    DocumentSealed body = BodyOf(entry);
    change(&body);
    entry.body = body;
    CHECK_FALSE(IsSignatureOf(entry, OrderToMake(), Signature()));
  }
  CHECK_FALSE(IsSignatureOf(Sealed().Issued(), OrderToMake(), Signature()));
}

TEST_CASE("a signature with another property info, and what is none, is told") {
  const std::string other = Sealed().Sign(testing::kSampleProtected, "other");
  CHECK_FALSE(IsSignatureOf(Sealed().SealedBy(other), OrderToMake(), other));
  for (const std::string& none : {std::string(), Sealed().seseal()}) {
    CHECK_FALSE(IsSignatureOf(Sealed().SealedBy(none), OrderToMake(), none));
  }
}

TEST_CASE("a file's name is said in a signature where it may be") {
  CHECK(UsualPropertyInfo("contract.pdf") == "contract.pdf");
  CHECK(UsualPropertyInfo("/a b/Sign 1.xml") == "Sign 1.xml");
  CHECK(UsualPropertyInfo("合同.pdf") == "signature");
  CHECK(UsualPropertyInfo("a\nb") == "signature");
  CHECK(UsualPropertyInfo("/a/") == "signature");
  CHECK(IsPropertyInfo(std::string(1024, '~')));
  CHECK_FALSE(IsPropertyInfo(std::string(1025, '~')));
  CHECK_FALSE(IsPropertyInfo(""));
  CHECK_FALSE(IsPropertyInfo("a\x7f"));
}

}  // namespace
}  // namespace sealedger::tools
