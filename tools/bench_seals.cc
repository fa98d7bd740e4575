#include "tools/bench_seals.h"

#include <array>
#include <utility>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/codes.h"
#include "notary/disclosure.h"

namespace sealedger::tools {

namespace {

std::string Digits(uint64_t n, size_t count) {
  std::string digits = std::to_string(n);
  CHECK(digits.size() <= count);
  return std::string(count - digits.size(), '0') + digits;
}

notary::Entry ByOperator(decltype(notary::Entry::body) body) {
  notary::Entry entry;
  entry.by = "operator";
  entry.by_entry = 1;
  entry.body = std::move(body);
  return entry;
}

}  // namespace

std::string BenchUscc(uint64_t n) {
  const std::string first = "9135010000" + Digits(n, 7);
  for (const char check : std::string("0123456789ABCDEFGHJKLMNPQRTUWXY")) {
    if (notary::IsUscc(first + check)) return first + check;
  }
  CHECK(false);
}

notary::Entry BenchOrganization(uint64_t n) {
  notary::OrganizationEntry organization;
  organization.uscc = BenchUscc(n);
  organization.name = "示例科技有限公司" + std::to_string(n);
  return ByOperator(std::move(organization));
}

std::string BenchSealType(uint64_t n) {
  constexpr std::array<const char*, 5> kTypes = {"02", "03", "04", "05", "99"};
  return n % kSealsEach == 0 ? "01" : kTypes[n % kTypes.size()];
}

std::string BenchDivision(uint64_t n) {
  return "35" + Digits(n % kBenchDivisions, 2) + "00";
}

std::string BenchSealCode(uint64_t n) {
  return BenchDivision(n) + Digits(n, 8);
}

std::string BenchSealName(uint64_t n) {
  const std::string salt =
      ledger::DecodeHex("5a5a5a5a5a5a5a5a").value() + Digits(n, 8);
  return notary::EncodeDisclosure(
      {salt, "name", "示例科技有限公司合同专用章" + std::to_string(n)});
}

notary::Entry BenchSeal(uint64_t n, uint64_t organization) {
  constexpr int64_t kFromMs = 1'795'339'800'000;
  constexpr int64_t kYearsMs = int64_t{5} * 366 * 24 * 3600 * 1000;
  notary::SealIssued issued;
  issued.seal.code = BenchSealCode(n);
  issued.seal.uscc = BenchUscc(n / kSealsEach);
  issued.seal.type = BenchSealType(n);
  if (issued.seal.type != notary::kStatutoryName) {
    issued.seal.ordinal = n % kSealsEach;
  }
  issued.seal.valid_from_ms = kFromMs;
  issued.seal.valid_to_ms = kFromMs + kYearsMs;
  issued.application = 1;
  issued.organization = organization;
  issued.custodian = "operator";
  issued.made_here = true;
  issued.seseal_sm3 = ledger::Sha256Of("seal " + std::to_string(n));
  issued.maker_sha256 = ledger::Sha256Of("maker");
  notary::Entry entry = ByOperator(std::move(issued));
  entry.sd = {ledger::EncodeBase64Url(
      notary::DisclosureDigest(BenchSealName(n)).view())};
  return entry;
}

}  // namespace sealedger::tools
