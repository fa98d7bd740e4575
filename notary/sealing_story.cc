#include "notary/sealing_story.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "ledger/check.h"
#include "notary/sentence_table.h"

namespace sealedger::notary {

namespace {

using Evidence = std::map<std::string, std::string>;

constexpr SentenceRow kStory[] = {
    {"heading", "", "证据包所述（是否成立，见以下结论与各项核验）：",
     "What the bundle tells (the outcome and the checks say whether it "
     "holds):"},
    {"what", "document", "SHA-256摘要为{document_sha256}的文件",
     "The document whose SHA-256 digest is {document_sha256}"},
    {"what", "protected", "SM3摘要为{protected_sm3}的数据",
     "The data whose SM3 digest is {protected_sm3}"},
    {"what", "unnamed", "所涉文件", "The document in question"},
    {"sealed", "here",
     "{what}，由主体“{party}”[（登记名称：{name}）]以电子印章[“{seal}”]["
     "（编码：{code}）]签章，签章所用的密钥由账本运营者代管。",
     "{what} was sealed by the party “{party}”[ (registered name: {name})] "
     "with the electronic seal[ “{seal}”][ (code {code})], whose key is in the "
     "custody of the ledger's operator."},
    {"sealed", "elsewhere",
     "{what}，带有以电子印章[“{seal}”][（编码：{code}）]在他处作出的签章["
     "（签章者证书：{subject}）]；该签章由主体“{party}”[（登记名称：{name}）]"
     "提交记入账本。",
     "{what} bears an electronic seal signature that was made elsewhere with "
     "the electronic seal[ “{seal}”][ (code {code})][ (signer's certificate: "
     "{subject})]. It was entered in the ledger by the party “{party}”[ "
     "(registered name: {name})]."},
    {"when", "",
     "签章于{time}（协调世界时）记入账本[；签章自身写明的时间为{claimed_time}"
     "（协调世界时）]。",
     "The signature was entered in the ledger at {time} (UTC)[; its own "
     "statement of the time is {claimed_time} (UTC)]."},
};

std::string Tell(std::string_view id, std::string_view reason,
                 const Evidence& evidence, Language language) {
  const SentenceRow* row = FindSentence(kStory, id, reason);
  CHECK(row != nullptr);
  return RenderSentence(row->In(language), evidence);
}

// `passing`: where the check passes alone.
void Take(const Verdict& verdict, std::string_view id, const std::string& name,
          bool passing, Evidence* told) {
  const Check* check = verdict.Find(id);
  if (check == nullptr) return;
  if (passing && check->result != CheckResult::kPass) return;
  const auto found = check->evidence.find(name);
  if (found != check->evidence.end()) told->insert(*found);
}

Evidence Collect(const Verdict& verdict) {
  Evidence told;
  Take(verdict, "data_hash", "document_sha256", false, &told);
  Take(verdict, "data_hash", "protected_sm3", false, &told);
  Take(verdict, "party", "party", false, &told);
  Take(verdict, "custody", "party", false, &told);
  Take(verdict, "party", "name", true, &told);
  Take(verdict, "custody", "code", false, &told);
  // Of another file than the one on record these would mislead.
  Take(verdict, "seal_signature", "seal", true, &told);
  Take(verdict, "signature", "subject", true, &told);
  for (const Claim& claim : verdict.claims) told.emplace(claim.id, claim.text);
  return told;
}

std::string_view WhatIsNamed(const Evidence& told) {
  if (told.contains("document_sha256")) return "document";
  return told.contains("protected_sm3") ? "protected" : "unnamed";
}

}  // namespace

std::string TellSealing(const Verdict& verdict, Language language) {
  Evidence told = Collect(verdict);
  told["what"] = Tell("what", WhatIsNamed(told), told, language);
  const Check* custody = verdict.Find("custody");
  CHECK(custody != nullptr);
  const bool elsewhere = custody->reason == "made_elsewhere";
  std::string story = Tell("heading", "", told, language) + '\n';
  if (told.contains("party")) {
    story +=
        Tell("sealed", elsewhere ? "elsewhere" : "here", told, language) + '\n';
  }
  if (told.contains("time")) story += Tell("when", "", told, language) + '\n';
  return story;
}

}  // namespace sealedger::notary
