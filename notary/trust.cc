#include "notary/trust.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "ledger/hash.h"
#include "notary/certificate.h"
#include "notary/json_members.h"
#include "notary/text.h"
#include "notary/toml.h"

namespace sealedger::notary {

namespace {

using ledger::Code;

constexpr size_t kMaxTrustFile = 1 << 20;

Result<std::string> ReadSmallFile(const std::string& path,
                                  std::string_view field) {
  const auto fail = [&](std::string_view what) {
    return ledger::MakeError(Code::kIo, "unreadable-file",
                             path + ": " + std::string(what), field);
  };
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return fail("no such file");
  }
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in.is_open() || in.bad()) return fail("it cannot be read");
  if (text.size() > kMaxTrustFile) return fail("it is too large");
  return text;
}

ledger::VerifierKey ReadLog(Members& members) {
  auto key = ledger::ParseVerifierKey(members.String("vkey"));
  if (!key) {
    members.Fail("vkey", Code::kInvalidArgument, "bad-vkey",
                 key.error().detail);
    return {};
  }
  return *std::move(key);
}

TrustedCa ReadCa(Members& members, const std::string& folder) {
  TrustedCa ca;
  ca.use = members.String("use");
  if (ca.use != "seal" && ca.use != "tsa") {
    members.Fail("use", Code::kInvalidArgument, "bad-use",
                 "the use of a CA is \"seal\" or \"tsa\"");
  }
  const std::string* file = members.OptionalString("file");
  const std::string* pem = members.OptionalString("pem");
  if ((file == nullptr) == (pem == nullptr)) {
    members.Fail("file", Code::kInvalidArgument, "bad-ca",
                 "a CA has either a file or the text itself");
    return ca;
  }
  std::string whole;
  if (pem != nullptr) {
    whole = *pem;
  } else {
    auto text = ReadSmallFile((std::filesystem::path(folder) / *file).string(),
                              members.PointerTo("file"));
    if (!text) {
      members.Fail(std::move(text).error());
      return ca;
    }
    whole = *std::move(text);
  }
  Result<std::vector<std::string>> certificates = ReadCertificatesPem(whole);
  if (!certificates) {
    members.Fail(pem != nullptr ? "pem" : "file", Code::kInvalidArgument,
                 "bad-ca",
                 "this holds no certificate in PEM, or a malformed "
                 "one");
    return ca;
  }
  ca.certificates = *std::move(certificates);
  return ca;
}

// As the explorers of the chain spell it.
bool IsBlockHash(std::string_view chain, std::string_view hash) {
  if (chain.starts_with("eip155:")) {
    if (!hash.starts_with("0x")) return false;
    hash.remove_prefix(2);
  }
  return ledger::HashFromHex(hash).has_value();
}

// CAIP-2, of the namespaces that have block hashes of ours.
bool IsChain(std::string_view chain) {
  const size_t colon = chain.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view space = chain.substr(0, colon);
  const std::string_view reference = chain.substr(colon + 1);
  if (reference.empty() || reference.size() > 32) return false;
  const auto within = [reference](std::string_view letters) {
    return reference.find_first_not_of(letters) == std::string_view::npos;
  };
  return (space == "eip155" && within("0123456789")) ||
         (space == "bip122" && within("0123456789abcdef"));
}

TrustedBlock ReadBlock(Members& members) {
  TrustedBlock block;
  block.chain = members.String("chain");
  if (!IsChain(block.chain)) {
    members.Fail("chain", Code::kInvalidArgument, "bad-chain",
                 "a chain is named eip155:NUMBER or bip122:HASH");
  }
  block.hash = members.String("hash");
  if (!IsBlockHash(block.chain, block.hash)) {
    members.Fail("hash", Code::kInvalidArgument, "bad-digest",
                 "not a block hash as the chain's explorers spell it");
  }
  block.number = members.OptionalInteger("number");
  if (const std::string* time = members.OptionalString("time")) {
    block.time_ms = ParseTime(*time);
    if (!block.time_ms) {
      members.Fail("time", Code::kInvalidArgument, "bad-time",
                   "a time is spelled 2026-11-22T09:30:00.000Z");
    }
  }
  return block;
}

// Reads each table of the list `name` with `read`.
template <typename Item, typename Read>
void ReadList(Members& members, std::string_view name, std::vector<Item>* out,
              Read read) {
  const Json::Array* array = members.OptionalArray(name);
  if (array == nullptr) return;
  for (size_t i = 0; i < array->size() && members.ok(); ++i) {
    Members item((*array)[i],
                 members.PointerTo(name) + "/" + std::to_string(i));
    out->push_back(read(item));
    if (!item.Finish()) members.Fail(item.error());
  }
}

bool HasDoubles(const std::vector<ledger::VerifierKey>& keys) {
  for (size_t i = 1; i < keys.size(); ++i) {
    const auto end = keys.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(keys.begin(), end, keys[i]) != end) return true;
  }
  return false;
}

}  // namespace

SealTrust Trust::seal_trust() const {
  SealTrust trust;
  for (const TrustedCa& ca : cas) {
    std::vector<std::string>& ders =
        ca.use == "seal" ? trust.seal_cas : trust.tsa_cas;
    ders.insert(ders.end(), ca.certificates.begin(), ca.certificates.end());
  }
  return trust;
}

Result<Trust> ParseTrust(std::string_view toml, const std::string& folder) {
  const Result<Json> json = ParseToml(toml);
  if (!json) return json.error();
  Trust trust;
  Members members(*json, "");
  ReadList(members, "log", &trust.logs, ReadLog);
  ReadList(members, "ca", &trust.cas,
           [&folder](Members& item) { return ReadCa(item, folder); });
  ReadList(members, "block", &trust.blocks, ReadBlock);
  if (HasDoubles(trust.logs)) {
    members.Fail("log", Code::kInvalidArgument, "bad-vkey",
                 "the same verifier key stands twice");
  }
  if (!members.Finish()) return members.error();
  return trust;
}

Result<Trust> ReadTrustFile(const std::string& path) {
  const Result<std::string> text = ReadSmallFile(path, "");
  if (!text) return text.error();
  return ParseTrust(*text, std::filesystem::path(path).parent_path().string());
}

}  // namespace sealedger::notary
