#include "tests/notary/seal_edits.h"

#include "ledger/check.h"
#include "notary/der.h"

namespace sealedger::testing {

using notary::DerBitStringOf;
using notary::DerElement;
using notary::DerOf;
using notary::DerReader;
using notary::Sm2Key;

std::string DerContentAt(std::string_view der, const DerPath& path) {
  const std::string part = DerPartAt(der, path);
  const std::optional<DerElement> element = DerReader(part).Next();
  CHECK(element);
  return std::string(element->content);
}

std::string ValueAt(std::string_view der) {
  return DerContentAt(der, kValue).substr(1);
}

std::string Signed2020(std::string_view der, const Sm2Key& key) {
  return WithDerPart(der, kValue,
                     DerBitStringOf(key.Sign(DerPartAt(der, {0}))));
}

std::string SignedSeal2014(std::string_view der, const Sm2Key& key) {
  const std::string message =
      DerOf(notary::kDerSequence, DerPartAt(der, {0}) + DerPartAt(der, {1, 0}) +
                                      DerPartAt(der, {1, 1}));
  return WithDerPart(der, {1, 2}, DerBitStringOf(key.Sign(message)));
}

std::string SignedUntil(std::string der, const Sm2Key& key,
                        bool (*fits)(std::string_view)) {
  while (!fits(ValueAt(der))) der = Signed2020(der, key);
  return der;
}

std::string EditedSeal(const SealWorkshop& shop, const notary::SealInfo& info,
                       const DerPath& path, std::string_view by) {
  return Signed2020(WithDerPart(shop.Seal2020(info), path, by),
                    shop.maker().key);
}

}  // namespace sealedger::testing
