#include "notary/register_query.h"

#include <utility>

#include "ledger/encoding.h"
#include "notary/codes.h"

namespace sealedger::notary {
namespace {

// The narrowest range that holds every row asked for.
std::string PrefixFor(const SealQuery& query) {
  if (query.uscc) {
    CHECK(IsUscc(*query.uscc));
    return SealsOfPrefix(*query.uscc);
  }
  if (query.division) {
    CHECK(IsDivision(*query.division));
    return SealsInPrefix(*query.division);
  }
  if (query.type) {
    CHECK(IsSealType(*query.type));
    return SealsOfTypePrefix(*query.type);
  }
  if (query.status) return SealsThatArePrefix(*query.status);
  return AllSealsPrefix();
}

std::string PrefixFor(const ApplicationQuery& query) {
  if (query.uscc) {
    CHECK(IsUscc(*query.uscc));
    return ApplicationsOfPrefix(*query.uscc);
  }
  if (query.state) return ApplicationsThatArePrefix(*query.state);
  return AllApplicationsPrefix();
}

template <typename T, typename U>
bool Allows(const std::optional<T>& asked, const U& there) {
  return !asked || *asked == there;
}

bool Matches(const SealQuery& query, const SealRow& row) {
  return Allows(query.uscc, row.uscc) &&
         Allows(query.division, DivisionOf(row.code)) &&
         Allows(query.type, row.type) &&
         Allows(query.custodian, row.custodian) &&
         Allows(query.status, row.status);
}

bool Matches(const ApplicationQuery& query, const ApplicationRow& row) {
  return Allows(query.uscc, row.uscc) && Allows(query.by, row.by) &&
         Allows(query.state, row.state) && Allows(query.route, row.route);
}

template <typename Stored, typename Row, typename Query>
Result<RowsFound<Stored>> FindRows(ledger::Store& views, const Query& query,
                                   Result<Row> (*decode)(std::string_view)) {
  const std::string prefix = PrefixFor(query);
  RowsFound<Stored> found;
  std::optional<Error> bad;
  size_t scanned_rows = 0;
  Result<void> scanned = ledger::Scan(
      views, RowKey(prefix, query.begin), RowKey(prefix, query.end),
      [&](std::string_view key, std::string_view value) {
        const std::string_view index = key.substr(prefix.size());
        const Result<Row> row = decode(value);
        if (!row || index.size() != sizeof(uint64_t)) {
          bad = row ? CorruptViews("the key of a row cannot be read")
                    : row.error();
          return false;
        }
        const bool wanted = Matches(query, *row);
        if (scanned_rows == kMaxScannedRows ||
            (wanted && found.rows.size() == query.limit)) {
          found.next = ledger::ReadBigEndian64(index);
          return false;
        }
        ++scanned_rows;
        if (wanted) found.rows.emplace_back(value);
        return true;
      });
  if (!scanned) return std::move(scanned).error();
  if (bad) return *std::move(bad);
  return found;
}

template <typename Stored, typename Row>
Result<std::optional<Stored>> FindRow(ledger::Store& views,
                                      std::string_view index_key,
                                      std::string prefix,
                                      Result<Row> (*decode)(std::string_view)) {
  Result<std::optional<std::string>> index = views.Get(index_key);
  if (!index) return std::move(index).error();
  if (!index->has_value()) return std::optional<Stored>();
  if ((*index)->size() != sizeof(uint64_t)) {
    return CorruptViews("the index of a row cannot be read");
  }
  Result<std::optional<std::string>> value =
      views.Get(RowKey(std::move(prefix), ledger::ReadBigEndian64(**index)));
  if (!value) return std::move(value).error();
  if (!value->has_value()) return CorruptViews("a row is missing");
  if (Result<Row> row = decode(**value); !row) return std::move(row).error();
  return std::optional<Stored>(std::in_place, **value);
}

}  // namespace

Result<SealRowsFound> FindSealRows(ledger::Store& views,
                                   const SealQuery& query) {
  return FindRows<StoredSealRow>(views, query, &DecodeSealRow);
}

Result<ApplicationRowsFound> FindApplicationRows(
    ledger::Store& views, const ApplicationQuery& query) {
  return FindRows<StoredApplicationRow>(views, query, &DecodeApplicationRow);
}

Result<std::optional<StoredSealRow>> FindSealRow(ledger::Store& views,
                                                 std::string_view code) {
  return FindRow<StoredSealRow>(views, SealCodeKey(code), AllSealsPrefix(),
                                &DecodeSealRow);
}

Result<std::optional<StoredApplicationRow>> FindApplicationRow(
    ledger::Store& views, std::string_view id) {
  return FindRow<StoredApplicationRow>(views, ApplicationIdKey(id),
                                       AllApplicationsPrefix(),
                                       &DecodeApplicationRow);
}

}  // namespace sealedger::notary
