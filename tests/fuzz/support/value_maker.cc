#include "tests/fuzz/support/value_maker.h"

#include <algorithm>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/text.h"
#include "tests/fuzz/support/answer_judge.h"

namespace sealedger::fuzzing {

using notary::Json;

std::string Percent(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
                       c == ':' || c == '_';
    if (plain) {
      out.push_back(c);
    } else {
      out += "%" + ledger::EncodeHex(std::string(1, c));
    }
  }
  return out;
}

std::string ValueMaker::Index() {
  const uint64_t size = model_.size();
  switch (input_.Below(16)) {
    default:
      // One of the newest: the same choice is of use whatever the size.
      return std::to_string(size - 1 -
                            std::min<uint64_t>(input_.Below(32), size - 1));
    case 9:
      return std::to_string(input_.Byte());
    case 10:
      return std::to_string(size);
    case 11:
      return std::to_string(size + input_.Byte());
    case 12:
      return input_.Pick<const char*>(
          {"9223372036854775807", "9223372036854775808", "9007199254740991",
           "9007199254740992", "18446744073709551616", "-1", "01", "", "1e3",
           "%31", "x"});
    case 13:
      return std::to_string(model_.erased.empty() ? 0 : *model_.erased.begin());
  }
}

Json ValueMaker::IndexJson() {
  const std::string text = Index();
  const auto index = ledger::ParseDecimal(
      text, static_cast<uint64_t>(notary::kMaxJsonInteger));
  return index ? Json(*index) : Any();
}

std::string ValueMaker::Id() {
  return input_.Pick<const char*>(
      {"acme", "bravo", "clerk", "court", "person", "new-1", "new-2", "new-3",
       "a", "0", "a.b_c-d", "", "A", "a b", "../x", "-a", "operator"});
}

std::string ValueMaker::PartyId() {
  if (input_.OneIn(32)) return std::string(input_.Pick<size_t>({64, 65}), 'a');
  if (input_.OneIn(32)) return Word();
  return Id();
}

std::string ValueMaker::TokenId() {
  const auto& made = model_.tokens_made();
  if (input_.OneIn(16)) return Percent(Word());
  return made[made.size() - 1 - input_.Byte() % made.size()].id;
}

std::string ValueMaker::Digest() {
  std::string hex = ToHex(ledger::Sha256Of(
      std::string(1, static_cast<char>('a' + input_.Below(8)))));
  switch (input_.Below(16)) {
    default:
      return hex;
    case 13:
      return "sm3:" + hex;
    case 14:
      return hex.substr(1);
    case 15:
      return Percent(Word());
  }
}

std::string ValueMaker::Time() {
  switch (input_.Below(8)) {
    default:
      return notary::FormatTime(now_ms_ + input_.Byte() * 1000 - 128000);
    case 4:
      return "1970-01-01T00:00:00.000Z";
    case 5:
      return "9999-12-31T23:59:59.999Z";
    case 6:
      return "2026-02-29T00:00:00.000Z";
    case 7:
      return Percent(Word());
  }
}

// UTF-8 or not; what stands for it in JSON or a header is the caller's.
std::string ValueMaker::Word() {
  switch (input_.Below(16)) {
    default:
      return std::string(1, static_cast<char>('a' + input_.Below(26)));
    case 4:
      return "合同 2026-0117";
    case 5:
      return std::string(input_.Pick<size_t>({127, 128, 129, 256, 257}), 'n');
    case 6:
      return "a\u0301";
    case 7:
      return "x\u202ey";
    case 8:
      return "x\u0085";
    case 9:
      return "text/plain";
    case 10:
      return "";
    case 11:
      return "close, keep-alive";
    case 12:
    case 13: {
      std::string text(input_.Record());
      return ledger::IsUtf8(text) ? text : "\u00e9";
    }
  }
}

std::string ValueMaker::Key() {
  switch (input_.Below(16)) {
    default:
      return std::string(1, static_cast<char>('a' + input_.Below(4)));
    case 10:
      return "\"a\"";
    case 11:
      return "";
    case 12:
      return std::string(input_.Pick<size_t>({255, 256}), 'k');
    case 13:
      return "a b";
    case 14:
      return "%41";
    case 15:
      return Word() + "\r\nIdempotency-Key: b";
  }
}

Json ValueMaker::Any() {
  switch (input_.Below(8)) {
    default:
      return {};
    case 1:
      return Json::Object{};
    case 2:
      return Json::Array{Json(1), Json()};
    case 3:
      return true;
    case 4:
      return -1;
    case 5:
      return notary::kMaxJsonInteger;
    case 6:
      return Word();
    case 7:
      return Json::Object{{"a", Json(1)}};
  }
}

Json ValueMaker::Private() {
  Json json{Json::Object{}};
  const size_t count = input_.OneIn(32) ? 33 : input_.Below(4);
  for (size_t i = 0; i < count; ++i) {
    std::string name = input_.OneIn(16) ? Word() : "f" + std::to_string(i);
    if (json.Find(name) != nullptr) continue;
    std::string value(kPrivateMark);
    if (input_.OneIn(16)) {
      value.resize(input_.Pick<size_t>({1024, 1025, 1000}), 'v');
    } else if (input_.OneIn(8)) {
      value += Word();
    }
    json.Add(name, input_.OneIn(32) ? Any() : Json(std::move(value)));
  }
  return json;
}

}  // namespace sealedger::fuzzing
