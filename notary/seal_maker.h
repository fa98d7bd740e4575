// How a seal's file comes about: made here after GB/T 38540, for a key in
// custody or for signers who keep their own, or made elsewhere and taken after
// the checks of eseal_verify.h.
//
// Thread rule: pure functions but for the key in custody and the authority's
// randomness.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "notary/eseal.h"
#include "notary/json_members.h"
#include "notary/seal.h"
#include "notary/seal_authority.h"
#include "notary/seal_keys.h"
#include "notary/verdict.h"

namespace sealedger::notary {

// What a request for a seal that is made here says of its file.
struct SealDesign {
  std::string name;
  SealPicture picture;
  // The file tells their seconds; these differ.
  int64_t valid_from_ms = 0;
  int64_t valid_to_ms = 0;
  // DER of those who may sign; empty: a key in custody.
  std::vector<std::string> signers;
};

struct SealFileMade {
  std::string seseal;
  MadeSeal facts;
  std::vector<std::string> blobs;     // the file, and the name as a disclosure
  std::optional<std::string> key_id;  // in custody
};

// {application, code, physical_code?, custodian?, replaces?}, which both forms
// of the request have. kInvalidArgument "bad-id", "bad-seal-code",
// "bad-physical-code".
SealRequest ReadSealRequest(Members& request);
// {name, picture, valid_from, valid_to, signers?}. kInvalidArgument as text.h
// and png.h have it, "bad-time", "bad-validity" (it ends before it begins),
// "bad-picture" (another type, sides beyond 1 to 1,000 mm), "bad-certificate"
// (1 to 16 signers, none twice, of 128 KiB together).
SealDesign ReadSealDesign(Members& request);

// The body of POST /v1/seals: a seal to be made, or one that is.
struct RequestedSeal {
  SealRequest request;
  std::optional<SealDesign> design;
  std::string seseal;  // without a design
};
// SealRequest's members with SealDesign's or with {seseal}. kInvalidArgument as
// those have it, and "bad-base64".
Result<RequestedSeal> ReadRequestedSeal(const Json& body);

// What an entry states of a seal's file, the name in it apart, for a seal that
// was made elsewhere. One that is made here is valid to the millisecond that
// was asked for.
MadeSeal FactsOf(std::string_view seseal, const Seal& seal);

// Makes the file and, without signers, the key. `ground`: whom it is for.
// kVerificationFailed "signer-certificate", "validity-too-long"
// (it outlasts the authority's certificate); kUnavailable "seal-authority"
// where the authority's own certificates do not hold now, or it has no key to
// certify with.
Result<SealFileMade> MakeSeal(const SealAuthority& authority, SealKeys& keys,
                              const std::string& code, const SealGround& ground,
                              const SealDesign& design, int64_t now_ms);

// kVerificationFailed by the first check that did not pass, "seal-format",
// "seal-signature", "maker-certificate", "seal-validity", "seal-time-stamp" (of
// a token that is there and wrong); `checks` then holds them all.
// "seal-code-differs" where the file is of another seal code. kInvalidArgument
// for what an entry cannot state: "bad-validity" (it begins before 1970, or
// ends as it begins), names as text.h has them.
Result<SealFileMade> AdoptSeal(const SealAuthority& authority,
                               const std::string& code, std::string seseal,
                               int64_t now_ms, std::vector<Check>* checks);

}  // namespace sealedger::notary
