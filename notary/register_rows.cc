#include "notary/register_rows.h"

#include <algorithm>

#include "ledger/encoding.h"
#include "notary/canonical_json.h"
#include "notary/codes.h"
#include "notary/entry_members.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

constexpr size_t kIndexSize = 8;
constexpr size_t kTypeSize = 2;
constexpr size_t kUsccSize = 18;
constexpr size_t kDivisionSize = 6;

// What stands between a key's first byte and its index, or its end.
struct KeyShape {
  char range;
  enum class Middle { kNone, kText, kNumber } middle;
  std::optional<size_t> middle_size;  // nullopt: of any size
  bool indexed;
};
constexpr KeyShape kShapes[] = {
    {'A', KeyShape::Middle::kNone, 0, true},
    {'B', KeyShape::Middle::kNumber, 1, true},
    {'C', KeyShape::Middle::kText, std::nullopt, false},
    {'D', KeyShape::Middle::kText, kDivisionSize, true},
    {'I', KeyShape::Middle::kText, std::nullopt, false},
    {'O', KeyShape::Middle::kText, std::nullopt, false},
    {'R', KeyShape::Middle::kNone, 0, true},
    {'S', KeyShape::Middle::kNumber, 1, true},
    {'T', KeyShape::Middle::kText, kTypeSize, true},
    {'U', KeyShape::Middle::kText, kUsccSize, true},
    {'V', KeyShape::Middle::kText, kUsccSize, true},
};

bool IsVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c <= '~'; });
}

std::string Prefixed(char range, std::string_view rest) {
  return range + std::string(rest);
}

template <typename Word>
void AppendWord(std::string* out, Word word) {
  out->push_back(static_cast<char>(word));
}

void AppendSized(std::string* out, std::string_view text) {
  out->push_back(static_cast<char>(text.size()));
  out->append(text);
}

void AppendTime(std::string* out, int64_t time_ms) {
  ledger::AppendBigEndian64(out, static_cast<uint64_t>(time_ms));
}

// Takes a header apart. What is read past the end is empty, and ok() then says
// so.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view value) : rest_(value) {}

  std::string_view Bytes(size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  uint8_t Byte() {
    const std::string_view byte = Bytes(1);
    return byte.empty() ? 0 : static_cast<uint8_t>(byte[0]);
  }
  std::string_view Sized() { return Bytes(Byte()); }
  int64_t Time() {
    const std::string_view bytes = Bytes(sizeof(uint64_t));
    return bytes.empty() ? 0
                         : static_cast<int64_t>(ledger::ReadBigEndian64(bytes));
  }
  // A value of an enumeration that ends with `last`.
  template <typename Word>
  Word OneOf(Word last) {
    const uint8_t byte = Byte();
    if (byte > static_cast<uint8_t>(last)) ok_ = false;
    return static_cast<Word>(byte);
  }
  std::string_view Rest() const { return rest_; }
  bool ok() const { return ok_; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// The check character of a USCC was checked when the entry was read.
bool IsRow(const SealRow& row) {
  return IsTime(row.issued_ms) && IsTime(row.valid_to_ms) &&
         IsSealType(row.type) && row.uscc.size() == kUsccSize &&
         IsSealCode(row.code) && IsId(row.custodian) &&
         row.text.starts_with('{');
}

bool IsRow(const ApplicationRow& row) {
  return row.uscc.size() == kUsccSize && IsId(row.by) &&
         row.text.starts_with('{');
}

Error CorruptRow() {
  return CorruptViews("a row of the register cannot be read");
}

}  // namespace

std::string AllSealsPrefix() { return "R"; }

std::string SealsOfPrefix(std::string_view uscc) { return Prefixed('U', uscc); }

std::string SealsInPrefix(std::string_view division) {
  return Prefixed('D', division);
}

std::string SealsThatArePrefix(SealStatus status) {
  std::string prefix = "S";
  AppendWord(&prefix, status);
  return prefix;
}

std::string SealsOfTypePrefix(std::string_view type) {
  return Prefixed('T', type);
}

std::string AllApplicationsPrefix() { return "A"; }

std::string ApplicationsOfPrefix(std::string_view uscc) {
  return Prefixed('V', uscc);
}

std::string ApplicationsThatArePrefix(ApplicationState state) {
  std::string prefix = "B";
  AppendWord(&prefix, state);
  return prefix;
}

std::string RowKey(std::string prefix, uint64_t index) {
  ledger::AppendBigEndian64(&prefix, index);
  return prefix;
}

std::string SealCodeKey(std::string_view code) { return Prefixed('C', code); }

std::string ApplicationIdKey(std::string_view id) { return Prefixed('I', id); }

std::string OrganizationNameKey(std::string_view uscc) {
  return Prefixed('O', uscc);
}

std::string DescribeRowKey(std::string_view key) {
  const auto* shape = std::find_if(std::begin(kShapes), std::end(kShapes),
                                   [key](const KeyShape& one) {
                                     return !key.empty() && one.range == key[0];
                                   });
  std::string hex = ledger::EncodeHex(key);
  if (shape == std::end(kShapes)) return hex;
  std::string_view middle = key.substr(1);
  std::string index;
  if (shape->indexed) {
    if (middle.size() < kIndexSize) return hex;
    const std::string_view last = middle.substr(middle.size() - kIndexSize);
    index = " " + std::to_string(ledger::ReadBigEndian64(last));
    middle.remove_suffix(kIndexSize);
  }
  if (middle.size() != shape->middle_size.value_or(middle.size())) return hex;
  std::string words(1, shape->range);
  if (shape->middle == KeyShape::Middle::kNumber) {
    words += " " + std::to_string(static_cast<uint8_t>(middle[0]));
  } else if (shape->middle == KeyShape::Middle::kText) {
    if (middle.empty() || !IsVisible(middle)) return hex;
    words += " " + std::string(middle);
  }
  return words + index;
}

std::string EncodeSealRow(const SealRow& row) {
  CHECK(IsRow(row));
  std::string value;
  AppendTime(&value, row.issued_ms);
  AppendTime(&value, row.valid_to_ms);
  AppendWord(&value, row.status);
  value += row.type;
  value += row.uscc;
  AppendSized(&value, row.code);
  AppendSized(&value, row.custodian);
  AppendWord(&value, row.name.has_value());
  if (row.name) value += row.name->view();
  value += row.text;
  return value;
}

Result<SealRow> DecodeSealRow(std::string_view value) {
  HeaderReader reader(value);
  SealRow row;
  row.issued_ms = reader.Time();
  row.valid_to_ms = reader.Time();
  row.status = reader.OneOf(SealStatus::kCancelled);
  row.type = reader.Bytes(kTypeSize);
  row.uscc = reader.Bytes(kUsccSize);
  row.code = reader.Sized();
  row.custodian = reader.Sized();
  if (reader.OneOf(true)) {
    row.name = ledger::HashFromBytes(reader.Bytes(ledger::kHashSize));
  }
  row.text = reader.Rest();
  if (!reader.ok() || !IsRow(row)) return CorruptRow();
  return row;
}

std::string EncodeApplicationRow(const ApplicationRow& row) {
  CHECK(IsRow(row));
  std::string value;
  AppendWord(&value, row.state);
  AppendWord(&value, row.route);
  value += row.uscc;
  AppendSized(&value, row.by);
  value += row.text;
  return value;
}

Result<ApplicationRow> DecodeApplicationRow(std::string_view value) {
  HeaderReader reader(value);
  ApplicationRow row;
  row.state = reader.OneOf(ApplicationState::kRejected);
  row.route = reader.OneOf(Route::kPlatform);
  row.uscc = reader.Bytes(kUsccSize);
  row.by = reader.Sized();
  row.text = reader.Rest();
  if (!reader.ok() || !IsRow(row)) return CorruptRow();
  return row;
}

void AppendSealItem(std::string* out, const SealRow& row, int64_t now_ms,
                    const std::optional<std::string>& name) {
  out->append(row.text);
  out->append(now_ms > row.valid_to_ms ? ",\"expired\":true"
                                       : ",\"expired\":false");
  if (name) {
    out->append(",\"name\":");
    AppendJsonString(out, *name);
  }
  out->push_back('}');
}

Error CorruptViews(std::string_view detail) {
  return ledger::MakeError(ledger::Code::kCorruption, kViewsCorrupt, detail);
}

}  // namespace sealedger::notary
