#include "notary/disclosure.h"

#include <algorithm>
#include <array>
#include <optional>

#include "ledger/encoding.h"
#include "notary/json_members.h"
#include "notary/text.h"

namespace sealedger::notary {

namespace {

using ledger::Code;

// Salt, name and value where every byte of both is written as \u00xx, with
// quotes, commas and brackets.
constexpr size_t kMaxInnerJson =
    22 + 6 * (kMaxPrivateName + kMaxPrivateValue) + 10;
constexpr size_t kMaxDisclosure = (kMaxInnerJson * 4 + 2) / 3;

// RFC 9901 §4.2.1.
bool IsKept(std::string_view name) { return name == "_sd" || name == "..."; }

bool IsWithinBounds(const Disclosure& disclosure) {
  return disclosure.salt.size() == kSaltSize && !disclosure.name.empty() &&
         disclosure.name.size() <= kMaxPrivateName &&
         !IsKept(disclosure.name) &&
         disclosure.value.size() <= kMaxPrivateValue;
}

// Salt, name and value.
std::optional<std::array<std::string, 3>> ReadTexts(std::string_view text) {
  if (text.size() > kMaxDisclosure) return std::nullopt;
  const std::optional<std::string> inner = ledger::DecodeBase64Url(text);
  if (!inner) return std::nullopt;
  Result<Json> json = ParseJson(
      *inner, {.max_bytes = kMaxInnerJson, .max_depth = 1, .max_values = 4});
  if (!json) return std::nullopt;
  const Json::Array* parts = json->if_array();
  std::array<std::string, 3> texts;
  if (parts == nullptr || parts->size() != texts.size()) return std::nullopt;
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string* one = (*parts)[i].if_string();
    if (one == nullptr) return std::nullopt;
    texts[i] = *one;
  }
  return texts;
}

std::optional<Disclosure> ReadDisclosure(std::string_view text) {
  std::optional<std::array<std::string, 3>> texts = ReadTexts(text);
  if (!texts) return std::nullopt;
  auto& [salt, name, value] = *texts;
  const std::optional<std::string> salt_bytes = ledger::DecodeBase64Url(salt);
  if (!salt_bytes) return std::nullopt;
  Disclosure disclosure{*salt_bytes, std::move(name), std::move(value)};
  if (!IsWithinBounds(disclosure) || EncodeDisclosure(disclosure) != text) {
    return std::nullopt;
  }
  return disclosure;
}

ledger::Error NoDisclosure() {
  return ledger::MakeError(Code::kMalformed, "disclosure",
                           "the text is not a disclosure as it is written");
}

// In error pointers a name that is too long is not repeated.
std::string PointerToField(const std::string& pointer,
                           const std::string& name) {
  return name.size() <= kMaxPrivateName ? pointer + PointerToken(name)
                                        : pointer;
}

Result<void> CheckField(const std::string& name, const Json& value,
                        const std::string& field) {
  if (Result<void> text = CheckText(name, kMaxPrivateName, field); !text) {
    return text;
  }
  if (IsKept(name)) {
    return ledger::MakeError(Code::kInvalidArgument, "private-field",
                             "a private field cannot have this name", field);
  }
  const std::string* text = value.if_string();
  if (text == nullptr) {
    return ledger::MakeError(Code::kInvalidArgument, "invalid-request",
                             "a string is due here", field);
  }
  if (text->size() > kMaxPrivateValue) {
    return ledger::MakeError(
        Code::kInvalidArgument, "too-long",
        "the text has more than " + std::to_string(kMaxPrivateValue) + " bytes",
        field);
  }
  return {};
}

}  // namespace

std::string NewSalt() { return ledger::RandomBytes(kSaltSize); }

std::string EncodeDisclosure(const Disclosure& disclosure) {
  CHECK(IsWithinBounds(disclosure));
  std::string json = "[";
  AppendJsonString(&json, ledger::EncodeBase64Url(disclosure.salt));
  json += ',';
  AppendJsonString(&json, disclosure.name);
  json += ',';
  AppendJsonString(&json, disclosure.value);
  json += ']';
  return ledger::EncodeBase64Url(json);
}

Result<Disclosure> DecodeDisclosure(std::string_view text) {
  std::optional<Disclosure> disclosure = ReadDisclosure(text);
  if (!disclosure) return NoDisclosure();
  return *std::move(disclosure);
}

Result<std::string> DisclosureValue(std::string_view text) {
  std::optional<std::array<std::string, 3>> texts = ReadTexts(text);
  if (!texts) return NoDisclosure();
  return std::move(texts->back());
}

ledger::Hash DisclosureDigest(std::string_view disclosure) {
  return ledger::Sha256Of(disclosure);
}

Result<std::vector<std::pair<std::string, std::string>>> ReadPrivateFields(
    const Json& value, const std::string& pointer) {
  const Json::Object* object = value.if_object();
  if (object == nullptr) {
    return ledger::MakeError(Code::kInvalidArgument, "invalid-request",
                             "an object is due here", pointer);
  }
  if (object->empty() || object->size() > kMaxPrivateFields) {
    return ledger::MakeError(Code::kInvalidArgument, "private-field",
                             "there must be 1 to " +
                                 std::to_string(kMaxPrivateFields) +
                                 " private fields",
                             pointer);
  }
  std::vector<std::pair<std::string, std::string>> fields;
  fields.reserve(object->size());
  for (const auto& [name, field] : *object) {
    if (Result<void> check =
            CheckField(name, field, PointerToField(pointer, name));
        !check) {
      return std::move(check).error();
    }
    fields.emplace_back(name, *field.if_string());
  }
  std::sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) {
    return LessUtf16(a.first, b.first);
  });
  return fields;
}

std::vector<std::string> MakeDisclosures(
    const std::vector<std::pair<std::string, std::string>>& fields) {
  std::vector<std::pair<std::string, std::string>> made;  // digest, disclosure
  made.reserve(fields.size());
  for (const auto& [name, value] : fields) {
    std::string text = EncodeDisclosure({NewSalt(), name, value});
    std::string digest = ledger::EncodeBase64Url(DisclosureDigest(text).view());
    made.emplace_back(std::move(digest), std::move(text));
  }
  std::sort(made.begin(), made.end());
  std::vector<std::string> disclosures;
  disclosures.reserve(made.size());
  for (auto& [digest, text] : made) disclosures.push_back(std::move(text));
  return disclosures;
}

}  // namespace sealedger::notary
