#include "notary/document_digests.h"

#include "notary/entry_members.h"
#include "notary/request_members.h"
#include "notary/text.h"

namespace sealedger::notary {

DocumentDigests ReadDocument(Members& parent, std::string_view name) {
  Members members = parent.Object(name);
  DocumentDigests document;
  document.sha256 = ReadDigest(members, "sha256");
  document.sm3 = ReadOptionalDigest(members, "sm3");
  document.size = members.OptionalInteger("size");
  if (const std::string* type = members.OptionalString("media_type")) {
    if (auto check = CheckMediaType(*type, members.PointerTo("media_type"));
        !check) {
      members.Fail(check.error());
    }
    document.media_type = *type;
  }
  TakeFault(parent, members);
  return document;
}

Json DocumentJson(const DocumentDigests& document) {
  Json json{Json::Object{}};
  json.Add("sha256", ledger::ToHex(document.sha256));
  if (document.sm3) json.Add("sm3", ledger::ToHex(*document.sm3));
  if (document.size) json.Add("size", *document.size);
  if (document.media_type) json.Add("media_type", *document.media_type);
  return json;
}

}  // namespace sealedger::notary
