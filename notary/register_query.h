// Lists of the register, read from its rows (register_rows.h).
//
// A list is one range scan: of the narrowest range that the question names,
// the rest of the question is asked of each row's header.
//
// Thread rule: pure functions of what the store holds when they begin.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/result.h"
#include "ledger/store.h"
#include "notary/register_rows.h"

namespace sealedger::notary {

// Rows that one scan looks at, however few of them are asked for.
inline constexpr size_t kMaxScannedRows = 20'000;

struct SealQuery {
  std::optional<std::string> uscc;      // CHECK: IsUscc
  std::optional<std::string> division;  // CHECK: IsDivision
  std::optional<std::string> type;      // CHECK: IsSealType
  std::optional<std::string> custodian;
  std::optional<SealStatus> status;
  // Indices of seal.issued in [begin, end).
  uint64_t begin = 0;
  uint64_t end = 0;
  size_t limit = 0;
};

struct ApplicationQuery {
  std::optional<std::string> uscc;  // CHECK: IsUscc
  std::optional<std::string> by;    // who submitted it first
  std::optional<ApplicationState> state;
  std::optional<Route> route;
  // Indices of first entries in [begin, end).
  uint64_t begin = 0;
  uint64_t end = 0;
  size_t limit = 0;
};

template <typename Row>
struct RowsFound {
  std::vector<Row> rows;  // by rising index
  // Where to begin for the rest: at the next row that is asked for, or where
  // the scan ended at kMaxScannedRows, with fewer than `limit` rows perhaps.
  // Nothing: that was all.
  std::optional<uint64_t> next;
};
using SealRowsFound = RowsFound<StoredSealRow>;
using ApplicationRowsFound = RowsFound<StoredApplicationRow>;

// Errors: kCorruption "views-corrupt"; what the store said.
Result<SealRowsFound> FindSealRows(ledger::Store& views,
                                   const SealQuery& query);
Result<ApplicationRowsFound> FindApplicationRows(ledger::Store& views,
                                                 const ApplicationQuery& query);
// nullopt: there is none.
Result<std::optional<StoredSealRow>> FindSealRow(ledger::Store& views,
                                                 std::string_view code);
Result<std::optional<StoredApplicationRow>> FindApplicationRow(
    ledger::Store& views, std::string_view id);

}  // namespace sealedger::notary
