// DerParts: the elements of one SEQUENCE read strictly, in order, with the path
// of the first that is not as it should be.
//
//   DerFindings findings;
//   DerParts seal(content, "SESeal", &findings);
//   DerParts header = seal.Sequence("header");   // SESeal.header
//   const int64_t version = header.Integer("version");
//   header.End();
//   if (!findings.fault.empty()) …               // "SESeal.header.version"
//
// The first fault is kept and later reads give neutral values, so that a reader
// is written straight down.
//
// Thread rule: one thread at a time; content and findings must outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "notary/der.h"

namespace sealedger::notary {

// What the reading of one file finds out besides its parts.
struct DerFindings {
  std::string fault;                  // path of the first faulty part
  std::vector<std::string> warnings;  // each word once
};

class DerParts {
 public:
  DerParts(std::string_view content, std::string path, DerFindings* findings)
      : reader_(content), path_(std::move(path)), findings_(findings) {}

  // False at the end, and after a fault.
  bool More() const { return findings_->fault.empty() && !reader_.AtEnd(); }
  bool NextIs(uint8_t tag) const { return More() && reader_.Peek() == tag; }
  std::string PathTo(std::string_view name) const;

  void Fail(std::string_view name) { FailAt(PathTo(name)); }
  void FailAt(const std::string& path);
  void Warn(std::string_view word);
  // A fault where elements are left.
  void End();

  template <typename T>
  T Value(std::optional<T> value, std::string_view name) {
    if (value) return *std::move(value);
    Fail(name);
    return T();
  }
  // The next element, which has this tag.
  DerElement Take(uint8_t tag, std::string_view name);
  DerParts Inside(const DerElement& element, std::string_view name) const;
  DerParts Sequence(std::string_view name);

  int64_t Integer(std::string_view name);
  std::string Text(uint8_t tag, std::string_view name);
  std::string Octets(std::string_view name);  // OCTET STRING
  std::string Oid(std::string_view name);
  // BIT STRING as octets; warns "unused_bits".
  std::string Bits(std::string_view name);
  // kDerUtcTime or kDerGeneralizedTime is due; the other of the two is taken,
  // too, and warned of as "time_type".
  int64_t Time(uint8_t due, std::string_view name);

 private:
  DerReader reader_;
  std::string path_;
  DerFindings* findings_;
};

}  // namespace sealedger::notary
