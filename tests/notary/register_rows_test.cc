#include "notary/register_rows.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/encoding.h"
#include "notary/canonical_json.h"
#include "tests/support/aborts.h"

namespace sealedger::notary {
namespace {

constexpr std::string_view kUscc = "91350100M000100Y43";
constexpr std::string_view kText = R"({"code":"35010000000117")";

SealRow NamedSeal() {
  return {.issued_ms = 1'795'339'820'123,
          .valid_to_ms = 1'890'034'199'999,
          .status = SealStatus::kSuspended,
          .type = "02",
          .uscc = kUscc,
          .code = "35010000000117",
          .custodian = "acme",
          .name = ledger::Sha256Of("name"),
          .text = kText};
}

SealRow NamelessSeal() {
  SealRow row = NamedSeal();
  row.code = "3501000000117";
  row.name.reset();
  return row;
}

ApplicationRow SampleRow() {
  return {.state = ApplicationState::kFeeDue,
          .route = Route::kAgency,
          .uscc = kUscc,
          .by = "acme",
          .text = R"({"by":"acme"})"};
}

bool IsRefused(const Error& error) {
  return error.code == ledger::Code::kCorruption &&
         error.name == "views-corrupt" && !error.detail.empty();
}

TEST_CASE("the bytes of a row are these") {
  CHECK(ledger::EncodeHex(EncodeSealRow(NamelessSeal())) ==
        "000001a202979c5b"
        "000001b80ed12dbf"
        "03"
        "3032"
        "3931333530313030"
        "4d30303031303059"
        "3433"
        "0d" +
            ledger::EncodeHex("3501000000117") + "04" +
            ledger::EncodeHex("acme") + "00" + ledger::EncodeHex(kText));
  CHECK(ledger::EncodeHex(EncodeApplicationRow(SampleRow())) ==
        "0401" + ledger::EncodeHex(kUscc) + "04" + ledger::EncodeHex("acme") +
            ledger::EncodeHex(SampleRow().text));
}

TEST_CASE("a row is read back as it was written") {
  for (const SealRow& row : {NamedSeal(), NamelessSeal()}) {
    const std::string value = EncodeSealRow(row);
    const auto read = DecodeSealRow(value);
    REQUIRE(read.has_value());
    CHECK(*read == row);
    CHECK(EncodeSealRow(*read) == value);
  }
  for (int i = 0; i < 11; ++i) {
    ApplicationRow row = SampleRow();
    row.state = static_cast<ApplicationState>(i);
    const std::string value = EncodeApplicationRow(row);
    const auto read = DecodeApplicationRow(value);
    REQUIRE(read.has_value());
    CHECK(*read == row);
    CHECK(EncodeApplicationRow(*read) == value);
  }
}

TEST_CASE("a stored row looks into bytes of its own, wherever it is moved") {
  std::string value = EncodeSealRow(NamedSeal());
  std::vector<StoredSealRow> rows;
  rows.emplace_back(value);
  value.assign(value.size(), 'x');
  for (int i = 0; i < 100; ++i) {
    rows.emplace_back(EncodeSealRow(NamelessSeal()));
  }
  CHECK(*rows[0] == NamedSeal());
  CHECK(*rows[100] == NamelessSeal());
  const StoredSealRow moved = std::move(rows[0]);
  rows.clear();
  CHECK(moved->text == kText);
}

TEST_CASE("a row that is cut off before its text is refused") {
  for (const SealRow& row : {NamedSeal(), NamelessSeal()}) {
    const std::string value = EncodeSealRow(row);
    const size_t header = value.size() - row.text.size();
    for (size_t size = 0; size <= header; ++size) {
      CAPTURE(size);
      const auto read = DecodeSealRow(value.substr(0, size));
      REQUIRE(!read.has_value());
      CHECK(IsRefused(read.error()));
    }
  }
  const std::string value = EncodeApplicationRow(SampleRow());
  for (size_t size = 0; size <= value.size() - SampleRow().text.size();
       ++size) {
    const auto read = DecodeApplicationRow(value.substr(0, size));
    REQUIRE(!read.has_value());
    CHECK(IsRefused(read.error()));
  }
}

// Every byte of the value, changed to every other: whatever is read gives the
// same bytes again.
template <typename Row>
void CheckOneSpelling(const std::string& value,
                      Result<Row> (*decode)(std::string_view),
                      std::string (*encode)(const Row&)) {
  for (size_t i = 0; i < value.size(); ++i) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = value;
      changed[i] = static_cast<char>(byte);
      if (const auto row = decode(changed)) CHECK(encode(*row) == changed);
    }
  }
}

TEST_CASE("a row has one spelling") {
  CheckOneSpelling(EncodeSealRow(NamedSeal()), &DecodeSealRow, &EncodeSealRow);
  CheckOneSpelling(EncodeSealRow(NamelessSeal()), &DecodeSealRow,
                   &EncodeSealRow);
  CheckOneSpelling(EncodeApplicationRow(SampleRow()), &DecodeApplicationRow,
                   &EncodeApplicationRow);
}

TEST_CASE("what no row holds is neither read nor written") {
  const auto refuses = [](size_t at, char byte) {
    std::string value = EncodeSealRow(NamelessSeal());
    value[at] = byte;
    return !DecodeSealRow(value).has_value();
  };
  const size_t text = EncodeSealRow(NamelessSeal()).size() - kText.size();
  CHECK(refuses(0, '\x01'));         // a time after the year 9999
  CHECK(refuses(8, '\xff'));         // one before 1970
  CHECK(refuses(16, '\x06'));        // a seventh status
  CHECK(refuses(18, '6'));           // a type 06
  CHECK(refuses(38, 'A'));           // a code that is no number
  CHECK(refuses(52, 'A'));           // a custodian that is no id
  CHECK(refuses(text - 1, '\x01'));  // a name cut off
  CHECK(refuses(text - 1, '\x02'));
  CHECK(refuses(text, '['));
  CHECK(!refuses(16, '\x05'));
  CHECK(!refuses(18, '5'));

  const auto aborts = [](void (*change)(SealRow*)) {
    SealRow row = NamedSeal();
    change(&row);
    return testing::Aborts([&] { static_cast<void>(EncodeSealRow(row)); });
  };
  CHECK(!aborts([](SealRow*) {}));
  CHECK(aborts([](SealRow* row) { row->valid_to_ms = -1; }));
  CHECK(aborts([](SealRow* row) { row->uscc = "91350100M000100Y4"; }));
  CHECK(aborts([](SealRow* row) { row->custodian = ""; }));
  CHECK(aborts([](SealRow* row) { row->text = ""; }));

  const auto fault = [](size_t at, char byte) {
    std::string value = EncodeApplicationRow(SampleRow());
    value[at] = byte;
    return !DecodeApplicationRow(value).has_value();
  };
  CHECK(fault(0, '\x0b'));  // a twelfth state
  CHECK(fault(1, '\x03'));  // a fourth route
  CHECK(!fault(1, '\x02'));
}

std::string ItemOf(const SealRow& row, int64_t now_ms,
                   const std::optional<std::string>& name) {
  std::string item = "before";
  AppendSealItem(&item, row, now_ms, name);
  REQUIRE(item.starts_with("before"));
  return item.substr(6);
}

TEST_CASE("an item says whether the seal has expired, and its name if known") {
  const SealRow row = NamedSeal();
  const int64_t last = row.valid_to_ms;
  CHECK(ItemOf(row, last, std::nullopt) ==
        R"({"code":"35010000000117","expired":false})");
  CHECK(ItemOf(row, last + 1, std::nullopt) ==
        R"({"code":"35010000000117","expired":true})");
  CHECK(ItemOf(row, 0, "示例\"章\"") ==
        R"({"code":"35010000000117","expired":false,"name":"示例\"章\""})");
}

TEST_CASE("keys of rows rise by index and are told apart for people") {
  const std::string prefix = SealsOfPrefix(kUscc);
  CHECK(RowKey(prefix, 255) < RowKey(prefix, 256));
  CHECK(DescribeRowKey(RowKey(AllSealsPrefix(), 20)) == "R 20");
  CHECK(DescribeRowKey(RowKey(prefix, 20)) == "U 91350100M000100Y43 20");
  CHECK(DescribeRowKey(RowKey(SealsInPrefix("350100"), 256)) == "D 350100 256");
  CHECK(DescribeRowKey(RowKey(SealsThatArePrefix(SealStatus::kLost), 1)) ==
        "S 4 1");
  CHECK(DescribeRowKey(RowKey(SealsOfTypePrefix("04"), 1)) == "T 04 1");
  CHECK(DescribeRowKey(SealCodeKey("35010000000117")) == "C 35010000000117");
  CHECK(DescribeRowKey(OrganizationNameKey(kUscc)) == "O 91350100M000100Y43");
  CHECK(DescribeRowKey(RowKey(AllApplicationsPrefix(), 7)) == "A 7");
  CHECK(DescribeRowKey(RowKey(
            ApplicationsThatArePrefix(ApplicationState::kRejected), 7)) ==
        "B 10 7");
  CHECK(DescribeRowKey(RowKey(ApplicationsOfPrefix(kUscc), 7)) ==
        "V 91350100M000100Y43 7");
  CHECK(DescribeRowKey(ApplicationIdKey("a-1")) == "I a-1");
  for (const char range : kRowRanges) {
    CHECK(DescribeRowKey(std::string(1, range) + "\x01") ==
          ledger::EncodeHex(std::string(1, range) + "\x01"));
  }
  CHECK(DescribeRowKey("") == "");
  CHECK(DescribeRowKey("z 1") == "7a2031");
  CHECK(DescribeRowKey("U" + std::string(17 + 8, '1')) ==
        "55" + ledger::EncodeHex(std::string(25, '1')));
}

}  // namespace
}  // namespace sealedger::notary
