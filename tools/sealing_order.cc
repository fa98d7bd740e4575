#include "tools/sealing_order.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <variant>

#include "ledger/hash.h"
#include "notary/codes.h"
#include "notary/eseal.h"
#include "notary/eseal_verify.h"

namespace sealedger::tools {

namespace {

using ledger::ToHex;
using notary::DocumentSealed;
using notary::Json;

bool IsOf(const std::optional<notary::DocumentDigests>& recorded,
          const std::optional<FileDigests>& file) {
  if (recorded.has_value() != file.has_value()) return false;
  return !file || (recorded->sha256 == file->sha256 &&
                   recorded->sm3 == file->sm3 && recorded->size == file->size);
}

// Other makers number their files by other rules than the register's.
bool MayBeOf(const std::string& es_id, const std::string& seal_code) {
  return es_id == seal_code || !notary::IsSealCode(es_id);
}

}  // namespace

Json RequestOf(const SealingOrder& order) {
  Json body(Json::Object{});
  if (order.document) {
    body.Add("document", Json::Object{{"sha256", ToHex(order.document->sha256)},
                                      {"size", order.document->size},
                                      {"sm3", ToHex(order.document->sm3)}});
  }
  if (order.to_make) body.Add("property_info", order.to_make->property_info);
  body.Add("protected",
           Json::Object{{"sha256", ToHex(order.protected_bytes.sha256)},
                        {"sm3", ToHex(order.protected_bytes.sm3)}});
  return body;
}

bool IsAsOrdered(const notary::Entry& entry, const SealingOrder& order) {
  const auto* sealed = std::get_if<DocumentSealed>(&entry.body);
  if (sealed == nullptr) return false;
  if (sealed->made_here != order.to_make.has_value()) return false;
  if (order.to_make && sealed->seal_code != order.to_make->seal_code) {
    return false;
  }
  return sealed->protected_bytes.sm3 == order.protected_bytes.sm3 &&
         sealed->protected_bytes.sha256 == order.protected_bytes.sha256 &&
         IsOf(sealed->document, order.document);
}

bool IsSignatureOf(const notary::Entry& entry, const SealingOrder& order,
                   std::string_view signature) {
  const auto* sealed = std::get_if<DocumentSealed>(&entry.body);
  if (sealed == nullptr || sealed->signature_sm3 != ledger::Sm3Of(signature)) {
    return false;
  }
  const auto read = notary::DecodeSealSignature(signature);
  if (!read || !read->claimed_time_s) return false;
  if (order.to_make && read->property_info != order.to_make->property_info) {
    return false;
  }
  return read->data_hash == sealed->protected_bytes.sm3.view() &&
         MayBeOf(read->seal.info.es_id, sealed->seal_code) &&
         ledger::Sha256Of(read->certificate) == sealed->signer_sha256 &&
         *read->claimed_time_s * notary::kSecondMs == sealed->claimed_ms;
}

bool IsPropertyInfo(std::string_view text) {
  return !text.empty() && text.size() <= notary::kMaxPropertyInfo &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::string UsualPropertyInfo(const std::string& path) {
  std::string name = std::filesystem::path(path).filename().string();
  return IsPropertyInfo(name) ? std::move(name) : "signature";
}

}  // namespace sealedger::tools
