#include "notary/json_members.h"

#include <utility>

namespace sealedger::notary {

namespace {

using ledger::Code;

// What reads give after a fault.
const Json& NoValue() {
  static const Json value;
  return value;
}

const Json& NoMembers() {
  static const Json value{Json::Object{}};
  return value;
}

}  // namespace

std::string PointerToken(std::string_view name) {
  std::string token = "/";
  for (char c : name) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return token;
}

Members::Members(const Json& value, std::string pointer)
    : value_(&value), pointer_(std::move(pointer)) {
  if (const Json::Object* object = value_->if_object()) {
    taken_.resize(object->size());
    return;
  }
  Fail(ledger::MakeError(Code::kInvalidArgument, "invalid-request",
                         "an object is due here", pointer_));
  value_ = &NoMembers();
}

bool Members::Has(std::string_view name) const {
  return value_->Find(name) != nullptr;
}

std::string Members::PointerTo(std::string_view name) const {
  return pointer_ + PointerToken(name);
}

const std::string& Members::String(std::string_view name) {
  static const std::string neutral;
  const Json* value = Require(name);
  if (value == nullptr) return neutral;
  if (const std::string* text = value->if_string()) return *text;
  FailType(name, "a string is due here");
  return neutral;
}

uint64_t Members::Integer(std::string_view name, uint64_t max) {
  if (Require(name) == nullptr) return 0;
  return OptionalInteger(name, max).value_or(0);
}

const Json::Array& Members::Array(std::string_view name) {
  static const Json::Array neutral;
  const Json* value = Require(name);
  if (value == nullptr) return neutral;
  if (const Json::Array* array = value->if_array()) return *array;
  FailType(name, "an array is due here");
  return neutral;
}

Members Members::Object(std::string_view name) {
  const Json* value = Require(name);
  Members members(value == nullptr ? NoMembers() : *value, PointerTo(name));
  if (members.error_) Fail(*members.error_);
  members.error_ = error_;
  return members;
}

const Json& Members::Value(std::string_view name) {
  const Json* value = Require(name);
  return value == nullptr ? NoValue() : *value;
}

const std::string* Members::OptionalString(std::string_view name) {
  const Json* value = Allow(name);
  if (value == nullptr) return nullptr;
  const std::string* text = value->if_string();
  if (text == nullptr) FailType(name, "a string is due here");
  return text;
}

std::optional<uint64_t> Members::OptionalInteger(std::string_view name,
                                                 uint64_t max) {
  const Json* value = Allow(name);
  if (value == nullptr) return std::nullopt;
  const int64_t* integer = value->if_integer();
  if (integer == nullptr) {
    FailType(name, "an integer is due here");
    return std::nullopt;
  }
  if (*integer < 0 || static_cast<uint64_t>(*integer) > max) {
    Fail(name, Code::kInvalidArgument, "number-out-of-range",
         "the number must be from 0 to " + std::to_string(max));
    return std::nullopt;
  }
  return static_cast<uint64_t>(*integer);
}

std::optional<bool> Members::OptionalBool(std::string_view name) {
  const Json* value = Allow(name);
  if (value == nullptr) return std::nullopt;
  if (const bool* truth = value->if_bool()) return *truth;
  FailType(name, "true or false is due here");
  return std::nullopt;
}

const Json::Array* Members::OptionalArray(std::string_view name) {
  const Json* value = Allow(name);
  if (value == nullptr) return nullptr;
  const Json::Array* array = value->if_array();
  if (array == nullptr) FailType(name, "an array is due here");
  return array;
}

std::optional<Members> Members::OptionalObject(std::string_view name) {
  if (Allow(name) == nullptr) return std::nullopt;
  return Object(name);
}

const Json* Members::OptionalValue(std::string_view name) {
  return Allow(name);
}

void Members::Fail(std::string_view name, ledger::Code code,
                   std::string_view error_name, std::string_view detail) {
  Fail(ledger::MakeError(code, error_name, detail, PointerTo(name)));
}

void Members::Fail(Error error) {
  if (!error_) error_ = std::move(error);
}

bool Members::Finish() {
  const Json::Object& object = *value_->if_object();
  for (size_t i = 0; i < object.size() && !error_; ++i) {
    if (taken_[i]) continue;
    const std::string& name = object[i].first;
    Fail(ledger::MakeError(
        Code::kInvalidArgument, "unknown-member",
        "no member of this name is known here",
        name.size() <= kMaxPointedName ? PointerTo(name) : pointer_));
  }
  return ok();
}

Error Members::error() const {
  CHECK(error_.has_value());
  return *error_;
}

const Json* Members::Require(std::string_view name) {
  const Json* value = Take(name);
  if (value == nullptr) {
    Fail(name, Code::kInvalidArgument, "invalid-request",
         "the member is missing");
  }
  return value;
}

const Json* Members::Allow(std::string_view name) {
  const Json* value = Take(name);
  if (value == nullptr || !value->is_null()) return value;
  FailType(name, "what is absent is left out, not written as null");
  return nullptr;
}

const Json* Members::Take(std::string_view name) {
  const Json::Object& object = *value_->if_object();
  for (size_t i = 0; i < object.size(); ++i) {
    if (object[i].first == name) {
      taken_[i] = true;
      return &object[i].second;
    }
  }
  return nullptr;
}

void Members::FailType(std::string_view name, std::string_view detail) {
  Fail(name, Code::kInvalidArgument, "invalid-request", detail);
}

}  // namespace sealedger::notary
