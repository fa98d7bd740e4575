// Changes to the seals and signatures of seal_samples.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "notary/sm2.h"
#include "tests/notary/seal_samples.h"

namespace sealedger::testing {

using DerPath = std::vector<size_t>;

// Where parts stand in a seal of 2020; the first two in a signature, too.
inline const DerPath kAlgorithm = {2};
inline const DerPath kValue = {3};
inline const DerPath kProperty = {0, 2};
inline const DerPath kCertList = {0, 2, 3};
inline const DerPath kCreateDate = {0, 2, 4};
inline const DerPath kValidEnd = {0, 2, 6};
inline const DerPath kPictureData = {0, 3, 1};
inline const DerPath kExtensions = {0, 4};

std::string DerContentAt(std::string_view der, const DerPath& path);
// The octets of the signature value of a seal or a signature of 2020.
std::string ValueAt(std::string_view der);

// A seal or a signature of 2020 whose first part is signed anew.
std::string Signed2020(std::string_view der, const notary::Sm2Key& key);
std::string SignedSeal2014(std::string_view der, const notary::Sm2Key& key);
// The same until the value fits, half of all values being so.
std::string SignedUntil(std::string der, const notary::Sm2Key& key,
                        bool (*fits)(std::string_view));

// A seal of 2020 with one part replaced, then signed by the maker.
std::string EditedSeal(const SealWorkshop& shop, const notary::SealInfo& info,
                       const DerPath& path, std::string_view by);

}  // namespace sealedger::testing
