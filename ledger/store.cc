#include "ledger/store.h"

#include "ledger/check.h"
#include "ledger/encoding.h"

namespace sealedger::ledger {
namespace {

constexpr char kPut = 1;
constexpr char kDelete = 0;

void AppendSized(std::string* out, std::string_view bytes) {
  CHECK(bytes.size() <= UINT32_MAX);
  AppendBigEndian32(out, static_cast<uint32_t>(bytes.size()));
  out->append(bytes);
}

std::string_view TakeSized(std::string_view* rest) {
  const uint32_t size = ReadBigEndian32(*rest);
  const std::string_view bytes = rest->substr(4, size);
  rest->remove_prefix(4 + size);
  return bytes;
}

}  // namespace

void WriteBatch::Put(std::string_view key, std::string_view value) {
  operations_.push_back(kPut);
  AppendSized(&operations_, key);
  AppendSized(&operations_, value);
}

void WriteBatch::Delete(std::string_view key) {
  operations_.push_back(kDelete);
  AppendSized(&operations_, key);
}

void WriteBatch::ForEach(
    const std::function<void(std::string_view, const std::string_view*)>& visit)
    const {
  std::string_view rest = operations_;
  while (!rest.empty()) {
    const char kind = rest[0];
    rest.remove_prefix(1);
    const std::string_view key = TakeSized(&rest);
    if (kind == kPut) {
      const std::string_view value = TakeSized(&rest);
      visit(key, &value);
    } else {
      visit(key, nullptr);
    }
  }
}

Result<void> Scan(
    Store& store, std::string_view begin, std::string_view end,
    const std::function<bool(std::string_view, std::string_view)>& visit) {
  const std::unique_ptr<Cursor> cursor = store.NewCursor();
  for (cursor->Seek(begin); cursor->Valid() && cursor->key() < end;
       cursor->Next()) {
    if (!visit(cursor->key(), cursor->value())) return {};
  }
  return cursor->status();
}

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) {
    end.pop_back();
  }
  CHECK(!end.empty());
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace sealedger::ledger
