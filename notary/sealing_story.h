// What the bundle of a sealed document tells, in two or three sentences before
// the checks: which document, sealed by whom, with which seal, when.
//
// All of it comes from the evidence and the claims of the verdict; what is not
// there is left out. The sentences say what the bundle says: whether it holds,
// the outcome and the checks tell.
//
// Thread rule: pure functions.
#pragma once

#include <string>

#include "notary/sentences.h"
#include "notary/verdict.h"

namespace sealedger::notary {

// Lines, each with its end. Of a verdict that IsOfSealedDocument.
std::string TellSealing(const Verdict& verdict, Language language);

}  // namespace sealedger::notary
