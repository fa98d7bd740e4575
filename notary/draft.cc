#include "notary/draft.h"

#include <algorithm>
#include <charconv>

namespace sealedger::notary {
namespace {

constexpr size_t kTimeSize = 26;    // with its quotes
constexpr size_t kNumberSize = 16;  // digits of 2^53-1

void AppendNumber(std::string* out, uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out->append(digits, end);
}

}  // namespace

Draft::Draft(const Json& members, const std::vector<HoleAt>& holes) {
  Write(members, "", holes);
}

// Members and holes of each object in their common order.
void Draft::Write(const Json& value, const std::string& pointer,
                  const std::vector<HoleAt>& holes) {
  const Json::Object* object = value.if_object();
  const bool holds_hole = std::any_of(
      holes.begin(), holes.end(),
      [&](const HoleAt& at) { return at.pointer.starts_with(pointer + "/"); });
  if (object == nullptr || !holds_hole) {
    AppendJson(&text_, value);
    return;
  }
  struct Slot {
    std::string_view name;
    const Json* value;  // or
    const HoleAt* hole;
  };
  std::vector<Slot> slots;
  for (const Json::Member& member : *object) {
    slots.push_back({member.first, &member.second, nullptr});
  }
  for (const HoleAt& at : holes) {
    const size_t slash = at.pointer.rfind('/');
    if (at.pointer.substr(0, slash) == pointer) {
      slots.push_back({at.pointer.substr(slash + 1), nullptr, &at});
    }
  }
  std::sort(slots.begin(), slots.end(), [](const Slot& a, const Slot& b) {
    return LessUtf16(a.name, b.name);
  });
  text_ += '{';
  for (const Slot& slot : slots) {
    if (text_.back() != '{') text_ += ',';
    AppendJsonString(&text_, slot.name);
    text_ += ':';
    if (slot.hole != nullptr) {
      cuts_.push_back({text_.size(), slot.hole->hole});
    } else {
      Write(*slot.value, pointer + "/" + std::string(slot.name), holes);
    }
  }
  text_ += '}';
}

std::string Draft::Fill(const Values& values) const {
  std::string filled;
  filled.reserve(max_size());
  size_t from = 0;
  for (const Cut& cut : cuts_) {
    filled.append(text_, from, cut.offset - from);
    from = cut.offset;
    switch (cut.hole) {
      case Hole::kTime:
        filled += '"';
        filled += values.time;
        filled += '"';
        break;
      case Hole::kByEntry:
        AppendNumber(&filled, values.by_entry);
        break;
      case Hole::kChainPrevious:
        AppendNumber(&filled, values.chain_previous);
        break;
      case Hole::kRegister:
        AppendNumber(&filled, values.register_entry);
        break;
    }
  }
  filled.append(text_, from);
  return filled;
}

size_t Draft::max_size() const {
  size_t size = text_.size();
  for (const Cut& cut : cuts_) {
    size += cut.hole == Hole::kTime ? kTimeSize : kNumberSize;
  }
  return size;
}

}  // namespace sealedger::notary
