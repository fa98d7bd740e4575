// RegisterAdmission: what one request adds to the register, entry by entry,
// each folded before the next is judged, all in one commit or none.
//
// Thread rule: one thread at a time; runs in the sequencer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/sequencer.h"
#include "notary/entry.h"
#include "notary/side.h"
#include "notary/state.h"
#include "notary/tokens.h"

namespace sealedger::notary {

// base64url digests of these disclosures, as an entry lists them.
std::vector<std::string> SdLines(const std::vector<std::string>& disclosures);

// kInvalidArgument "entry-too-large" where an entry with this body and so many
// lines in _sd could exceed 4,095 bytes, however it is numbered.
Result<void> CheckEntryFits(const decltype(Entry::body)& body, size_t lines);

class RegisterAdmission {
 public:
  // kVerificationFailed "unknown-party", kPermissionDenied
  // "signature-required".
  static Result<RegisterAdmission> Begin(const Caller& caller,
                                         ledger::AdmitView& view);

  // State as the entries so far leave it.
  ReadState read() const;
  int64_t time_ms() const { return view_.time_ms(); }

  // Adds the entry that the request is about, by the caller, and gives its
  // index. Where the request is signed, the entry says so. Errors:
  // FoldRegister's.
  Result<uint64_t> Add(decltype(Entry::body) body,
                       std::vector<std::string> sd = {},
                       std::vector<Hash> blobs = {});
  // By the caller, too, and what follows from that entry.
  Result<uint64_t> AddAlso(decltype(Entry::body) body);
  // By `operator`: what the service does of itself.
  Result<uint64_t> AddAsOperator(decltype(Entry::body) body);

  ledger::Admission Take();

 private:
  struct Party {
    std::string id;
    uint64_t entry = 0;
  };
  RegisterAdmission(Party caller, std::optional<Hash> request,
                    ledger::AdmitView& view);
  // All but the members of AddBy's entry that are common or the body.
  struct Beside {
    std::vector<std::string> sd;
    std::vector<Hash> blobs;
    std::optional<Hash> request;
  };
  Result<uint64_t> AddBy(const Party& party, decltype(Entry::body) body,
                         Beside beside);

  Party caller_;
  std::optional<Hash> request_;  // SHA-256 of the base of a signed request
  ledger::AdmitView& view_;
  StateFold state_;
  std::vector<std::string> entries_;
  std::vector<EntrySide> sides_;
};

}  // namespace sealedger::notary
