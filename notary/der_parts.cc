#include "notary/der_parts.h"

#include <algorithm>

namespace sealedger::notary {

std::string DerParts::PathTo(std::string_view name) const {
  return path_ + '.' + std::string(name);
}

void DerParts::FailAt(const std::string& path) {
  if (findings_->fault.empty()) findings_->fault = path;
}

void DerParts::Warn(std::string_view word) {
  std::vector<std::string>& all = findings_->warnings;
  if (std::find(all.begin(), all.end(), word) == all.end()) {
    all.emplace_back(word);
  }
}

void DerParts::End() {
  if (!reader_.AtEnd()) FailAt(path_);
}

DerElement DerParts::Take(uint8_t tag, std::string_view name) {
  return Value(More() ? reader_.Take(tag) : std::nullopt, name);
}

DerParts DerParts::Inside(const DerElement& element,
                          std::string_view name) const {
  return DerParts(element.content, PathTo(name), findings_);
}

DerParts DerParts::Sequence(std::string_view name) {
  return Inside(Take(kDerSequence, name), name);
}

int64_t DerParts::Integer(std::string_view name) {
  return Value(ReadDerInteger(Take(kDerInteger, name)), name);
}

std::string DerParts::Text(uint8_t tag, std::string_view name) {
  return std::string(Value(ReadDerText(Take(tag, name)), name));
}

std::string DerParts::Octets(std::string_view name) {
  return std::string(Take(kDerOctetString, name).content);
}

std::string DerParts::Oid(std::string_view name) {
  return Value(ReadDerOid(Take(kDerOid, name)), name);
}

std::string DerParts::Bits(std::string_view name) {
  const DerBits bits = Value(ReadDerBitString(Take(kDerBitString, name)), name);
  if (bits.unused_announced) Warn("unused_bits");
  return std::string(bits.octets);
}

int64_t DerParts::Time(uint8_t due, std::string_view name) {
  const uint8_t other = due == kDerUtcTime ? kDerGeneralizedTime : kDerUtcTime;
  const bool as_due = !NextIs(other);
  if (!as_due) Warn("time_type");
  return Value(ReadDerTime(Take(as_due ? due : other, name)), name);
}

}  // namespace sealedger::notary
