// Rows of the register in the store `views` (index.h): each seal and each
// application has one, and every key by which a list is read holds a copy of
// it, so that a page is one range scan and nothing is parsed for an item.
//
//   'R' ‖ index                 a seal, by the index of its seal.issued
//   'U' ‖ uscc ‖ index          the same row
//   'D' ‖ division ‖ index      the same row; division: six digits
//   'S' ‖ status ‖ index        the same row; status: u8
//   'T' ‖ type ‖ index          the same row; type: two digits
//   'C' ‖ code                  u64: index of its seal.issued
//   'O' ‖ uscc                  {"name":"…"}: the newest name of an
//                               organisation; {} where it is private
//   'A' ‖ index                 an application, by the index of its first entry
//   'B' ‖ state ‖ index         the same row; state: u8
//   'V' ‖ uscc ‖ index          the same row
//   'I' ‖ id                    u64: index of its first entry
//
// Indices are 8 bytes, big-endian. A status, a state or a route is a u8: its
// place in its enumeration, which is part of this format.
//
// A row of a seal is a header and an object that lacks its last brace:
//
//   u64 time of seal.issued ‖ u64 valid_to ‖ u8 status ‖ type (2) ‖ uscc (18) ‖
//   u8 size ‖ code ‖ u8 size ‖ custodian ‖
//   u8 0, or u8 1 ‖ digest of the private field `name` (32) ‖
//   {"code":"35010000000117","custodian":"acme","division":"350100","index":20,
//    "issued_at":"2026-11-22T09:30:20.123Z","ordinal":1,
//    "organization":"示例科技有限公司","physical_code":"3501000000117",
//    "status":"issued","type":"02","uscc":"91350100M000100Y43",
//    "valid_from":"2026-11-22T09:30:00.000Z",
//    "valid_to":"2029-11-22T09:29:59.999Z"
//
// and one of an application a header and an object:
//
//   u8 state ‖ u8 route ‖ uscc (18) ‖ u8 size ‖ by ‖
//   {"by":"acme","entries":[16,17],"id":"a-2026-0117","ordinal":1,
//    "route":"agency","seal_type":"02","state":"fee_due",
//    "uscc":"91350100M000100Y43"}
//
// Both objects are canonical JSON. `organization`, `ordinal` and
// `physical_code` are absent where there is none.
//
// Thread rule: values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/check.h"
#include "ledger/hash.h"
#include "ledger/result.h"
#include "notary/register_state.h"
#include "notary/register_words.h"

namespace sealedger::notary {

using ledger::Hash;
using ledger::Result;

// The first bytes of the keys above.
inline constexpr std::string_view kRowRanges = "ABCDIORSTUV";

// What a list's keys have before the index.
std::string AllSealsPrefix();
std::string SealsOfPrefix(std::string_view uscc);
std::string SealsInPrefix(std::string_view division);
std::string SealsThatArePrefix(SealStatus status);
std::string SealsOfTypePrefix(std::string_view type);
std::string AllApplicationsPrefix();
std::string ApplicationsOfPrefix(std::string_view uscc);
std::string ApplicationsThatArePrefix(ApplicationState state);
std::string RowKey(std::string prefix, uint64_t index);

std::string SealCodeKey(std::string_view code);
std::string ApplicationIdKey(std::string_view id);
std::string OrganizationNameKey(std::string_view uscc);

// A key of kRowRanges for people, "U 91350100M000100Y43 20"; in hex where it is
// none of those above.
std::string DescribeRowKey(std::string_view key);

struct SealRow {
  int64_t issued_ms = 0;
  int64_t valid_to_ms = 0;
  SealStatus status = SealStatus::kIssued;
  std::string_view type;
  std::string_view uscc;
  std::string_view code;
  std::string_view custodian;
  // Of the disclosure that holds its name: the one line of its seal.issued's
  // _sd. None where that has another number of lines.
  std::optional<Hash> name;
  std::string_view text;  // the object without its last brace

  bool operator==(const SealRow&) const = default;
};

struct ApplicationRow {
  ApplicationState state = ApplicationState::kSubmitted;
  Route route = Route::kPublicSecurity;
  std::string_view uscc;
  std::string_view by;    // who submitted it first
  std::string_view text;  // the object

  bool operator==(const ApplicationRow&) const = default;
};

// CHECK-fails on what the decoder refuses.
std::string EncodeSealRow(const SealRow& row);
std::string EncodeApplicationRow(const ApplicationRow& row);
// The row looks into `value`. kCorruption "views-corrupt" for whatever the
// encoder does not write. The text itself is not read.
Result<SealRow> DecodeSealRow(std::string_view value);
Result<ApplicationRow> DecodeApplicationRow(std::string_view value);

// A row with the bytes that it looks into. It can be moved, not copied.
template <typename Row, Result<Row> (*Decode)(std::string_view)>
class StoredRow {
 public:
  // CHECK: Decode reads the value.
  explicit StoredRow(std::string_view value)
      : bytes_(value.begin(), value.end()) {
    Result<Row> row = Decode({bytes_.data(), bytes_.size()});
    SEALEDGER_CHECK(row);
    row_ = *row;
  }
  StoredRow(StoredRow&&) noexcept = default;
  StoredRow& operator=(StoredRow&&) noexcept = default;
  StoredRow(const StoredRow&) = delete;
  StoredRow& operator=(const StoredRow&) = delete;
  ~StoredRow() = default;

  const Row& operator*() const { return row_; }
  const Row* operator->() const { return &row_; }

 private:
  std::vector<char> bytes_;  // stays where it is when it is moved
  Row row_;
};
using StoredSealRow = StoredRow<SealRow, DecodeSealRow>;
using StoredApplicationRow = StoredRow<ApplicationRow, DecodeApplicationRow>;

// Appends the object with what depends on who asks, and when: `expired` (the
// time is past valid_to), and `name` where it is given.
void AppendSealItem(std::string* out, const SealRow& row, int64_t now_ms,
                    const std::optional<std::string>& name);

// kCorruption of this name.
inline constexpr std::string_view kViewsCorrupt = "views-corrupt";
Error CorruptViews(std::string_view detail);

}  // namespace sealedger::notary
