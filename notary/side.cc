#include "notary/side.h"

#include "notary/canonical_json.h"
#include "notary/json_members.h"

namespace sealedger::notary {

std::string FormatSide(const EntrySide& side) {
  if (side.empty()) return {};
  Json json{Json::Object{}};
  if (!side.blobs.empty()) {
    Json::Array blobs;
    for (const ledger::Hash& blob : side.blobs) {
      blobs.emplace_back(ledger::ToHex(blob));
    }
    json.Add("blobs", std::move(blobs));
  }
  if (side.request) json.Add("request", ledger::ToHex(*side.request));
  if (side.run) {
    Json run{Json::Object{}};
    run.Add("count", side.run->count);
    run.Add("first", side.run->first);
    json.Add("run", std::move(run));
  }
  return WriteJson(json);
}

ledger::Result<EntrySide> ParseSide(std::string_view text) {
  const ledger::Error corrupt =
      ledger::MakeError(ledger::Code::kCorruption, "side-corrupt",
                        "the side data of an entry cannot be read");
  const ledger::Result<Json> json = ParseJson(text);
  if (!json) return corrupt;
  Members members(*json, "");
  EntrySide side;
  if (const Json::Array* blobs = members.OptionalArray("blobs")) {
    for (const Json& value : *blobs) {
      const std::string* hex = value.if_string();
      const auto hash =
          hex == nullptr ? std::nullopt : ledger::HashFromHex(*hex);
      if (!hash) return corrupt;
      side.blobs.push_back(*hash);
    }
  }
  if (const std::string* hex = members.OptionalString("request")) {
    side.request = ledger::HashFromHex(*hex);
    if (!side.request) return corrupt;
  }
  if (auto run = members.OptionalObject("run")) {
    side.run = EntrySide::Run{run->Integer("first"), run->Integer("count")};
    if (!run->Finish()) return corrupt;
  }
  if (!members.Finish()) return corrupt;
  return side;
}

}  // namespace sealedger::notary
