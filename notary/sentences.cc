#include "notary/sentences.h"

#include <map>
#include <span>

#include "ledger/check.h"
#include "notary/bundle_sentences.h"
#include "notary/seal_sentences.h"
#include "notary/sealed_sentences.h"
#include "notary/sealing_story.h"
#include "notary/sentence_table.h"
#include "notary/sentence_words.h"
#include "notary/text.h"

namespace sealedger::notary {

namespace {

using Evidence = std::map<std::string, std::string>;

constexpr SentenceRow kClaims[] = {
    {"time", "", "记录的时间为{text}（协调世界时），此为运营者的陈述。",
     "Time of the entry: {text} (UTC), as stated by the operator."},
    {"by", "", "提交记录的主体为“{text}”，此为运营者的陈述。",
     "By whom: “{text}”, as stated by the operator."},
    {"by", "signed", "请求签名所用的密钥属于主体“{text}”，此为运营者的登记。",
     "That the key with which the request is signed is that of “{text}” is as "
     "registered by the operator."},
    {"claimed_time", "",
     "签章写明的时间为{text}（协调世界时），此为签章者的陈述。",
     "Time of the signature: {text} (UTC), as stated by the signer."},
    {"no_later_register_entry", "",
     "在账本的前{text}条记录中，没有比证据包所载更晚的登记记录，"
     "此为运营者的陈述。",
     "Among the first {text} entries of the ledger none of the register is "
     "later than those in the bundle, as stated by the operator."},
};

// Ends of the interval, by their side and what they are of.
constexpr SentenceRow kEnds[] = {
    {"not_before", "entry",
     "记录不早于{time}（协调世界时，误差{tolerance_s}秒），依据：{source}[，"
     "第{number}号区块][，区块哈希值{hash}]。",
     "The entry: not before {time} (UTC, within {tolerance_s} seconds), by "
     "{source}[, block {number}][, block hash {hash}]."},
    {"not_after", "entry",
     "记录不晚于{time}（协调世界时，误差{tolerance_s}秒），依据：{source}[，"
     "第{number}号区块][，区块哈希值{hash}]。",
     "The entry: not after {time} (UTC, within {tolerance_s} seconds), by "
     "{source}[, block {number}][, block hash {hash}]."},
    {"not_before", "signature",
     "签章不早于{time}（协调世界时，误差{tolerance_s}秒），依据：{source}[，"
     "第{number}号区块][，区块哈希值{hash}]。",
     "The signature: not before {time} (UTC, within {tolerance_s} seconds), by "
     "{source}[, block {number}][, block hash {hash}]."},
    {"not_after", "signature",
     "签章不晚于{time}（协调世界时，误差{tolerance_s}秒），依据：{source}[，"
     "第{number}号区块][，区块哈希值{hash}]。",
     "The signature: not after {time} (UTC, within {tolerance_s} seconds), by "
     "{source}[, block {number}][, block hash {hash}]."},
};

// Fixed texts, by their place in the explanation.
constexpr SentenceRow kTexts[] = {
    {"overall", "passed", "核验结论：通过。各项必要的核验均已完成，无一不符。",
     "Outcome: passed. Every required check was made, and none failed."},
    {"overall", "failed", "核验结论：不通过。至少有一项核验不符。",
     "Outcome: failed. At least one check failed."},
    {"overall", "indeterminate",
     "核验结论：不能确定。没有不符之处，但有必要的核验未能完成。",
     "Outcome: indeterminate. No check failed, but a required one could not be "
     "made."},
    {"interim", "",
     "该证据包为临时证据包：尚无公共区块链的最终锚定可以证明记录不晚于何时存在"
     "。",
     "This bundle is interim: no final anchor in a public chain shows yet by "
     "when the entry existed."},
    {"mark", "pass", "【符合】", "[pass] "},
    {"mark", "fail", "【不符】", "[FAIL] "},
    {"mark", "not_checked", "【未核验】", "[not checked] "},
    {"heading", "checks", "各项核验：", "Checks:"},
    {"heading", "ends", "经证明的时间界限：",
     "Bounds in time that are proved:"},
    {"heading", "claims", "以下仅为陈述，未经证明：",
     "Stated, and not proved here:"},
    {"closing", "",
     "以上核验不能证明的事项：核验证明的是内容记入账本之后未被改动，"
     "不证明内容在记入之前是真实的；账本中是否没有更晚的登记记录，"
     "以运营者的陈述为准；",
     "What this does not prove: it proves what happened after the entry was "
     "made, namely that its content has not been changed since. It does not "
     "prove that the content was true before. That no later entry of the "
     "register exists is the operator's word. "},
    {"closing", "by_stated", "由何人提交，以运营者的陈述为准。",
     "By whom the entry was made is as stated by the operator."},
    {"closing", "by_signed",
     "请求签名所用的密钥由何人掌握，以运营者的登记为准。",
     "Whose the key is with which the request is signed is as registered by "
     "the operator."},
};

std::string_view FixedText(std::string_view id, std::string_view reason,
                           Language language) {
  const SentenceRow* row = FindSentence(kTexts, id, reason);
  CHECK(row != nullptr);
  return row->In(language);
}

// `sealed`: it is of a sealed document.
const SentenceRow* FindRow(const Check& check, bool sealed) {
  // That it protects data shows by itself of what a document is.
  const auto compared = check.evidence.find("compared_with");
  if (sealed ||
      (compared != check.evidence.end() && compared->second == "protected")) {
    const SentenceRow* row =
        FindSentence(SealedWordings(), check.id, check.reason);
    if (row != nullptr) return row;
  }
  // Of a seal's file, too, there is a check of this id, and its evidence says
  // so.
  const bool of_seal = check.id == "format" && check.evidence.contains("kind");
  if (!of_seal) {
    const SentenceRow* row =
        FindSentence(BundleSentences(), check.id, check.reason);
    if (row != nullptr || check.id == "format") return row;
  }
  const SentenceRow* row =
      FindSentence(SealSentences(), check.id, check.reason);
  if (row != nullptr) return row;
  return FindSentence(SealedSentences(), check.id, check.reason);
}

std::string SentenceOf(const Check& check, bool sealed, Language language) {
  const SentenceRow* row = FindRow(check, sealed);
  if (row == nullptr) return check.id + ": " + check.reason;
  return RenderSentence(row->In(language),
                        SpellEvidence(check.evidence, language));
}

std::string EndSentence(const IntervalEnd& end, Language language) {
  Evidence evidence = {{"source", end.source},
                       {"time", FormatTime(end.time_ms)},
                       {"tolerance_s", std::to_string(end.tolerance_s)}};
  if (end.block) {
    evidence["hash"] = end.block->hash;
    if (end.block->number) {
      evidence["number"] = std::to_string(*end.block->number);
    }
  }
  const bool before = end.side == IntervalEnd::Side::kNotBefore;
  const bool entry = end.of == IntervalEnd::Subject::kEntry;
  const SentenceRow* row =
      FindSentence(kEnds, before ? "not_before" : "not_after",
                   entry ? "entry" : "signature");
  CHECK(row != nullptr);
  return RenderSentence(row->In(language), evidence);
}

// `signed_by`: whoever made the entry signed the request.
std::string ClaimSentence(const Claim& claim, bool signed_by,
                          Language language) {
  const bool otherwise = signed_by && claim.id == "by";
  const SentenceRow* row =
      FindSentence(kClaims, claim.id, otherwise ? "signed" : "");
  if (row == nullptr) {
    return claim.id + ": " + std::string(PrintableText(claim.text));
  }
  return RenderSentence(row->In(language), {{"text", claim.text}});
}

bool IsSignedByParty(const Verdict& verdict) {
  const Check* check = verdict.Find("requested_by");
  return check != nullptr && check->result == CheckResult::kPass;
}

std::string Outcome(const Verdict& verdict, Language language) {
  std::string out(
      FixedText("overall", OverallName(verdict.overall()), language));
  out += '\n';
  if (verdict.interim && verdict.overall() != Overall::kFailed) {
    out += FixedText("interim", "", language);
    out += '\n';
  }
  return out;
}

std::string Closing(const Verdict& verdict, Language language) {
  if (IsOfSealFile(verdict)) return std::string(SealClosing(language)) + '\n';
  std::string out(FixedText("closing", "", language));
  out +=
      FixedText("closing", IsSignedByParty(verdict) ? "by_signed" : "by_stated",
                language);
  out += '\n';
  if (!IsOfSealedDocument(verdict)) return out;
  out += SealedClosing(language);
  out += '\n';
  return out;
}

}  // namespace

std::optional<Language> ParseLanguage(std::string_view name) {
  if (name == "zh") return Language::kChinese;
  if (name == "en") return Language::kEnglish;
  return std::nullopt;
}

std::string CheckSentence(const Check& check, Language language) {
  return SentenceOf(check, false, language);
}

std::string CheckSentenceIn(const Verdict& verdict, const Check& check,
                            Language language) {
  return SentenceOf(check, IsOfSealedDocument(verdict), language);
}

std::string ExplainVerdict(const Verdict& verdict, Language language) {
  std::string out;
  if (IsOfSealedDocument(verdict)) out += TellSealing(verdict, language);
  out += Outcome(verdict, language);
  const auto heading = [&](std::string_view name) {
    out += '\n';
    out += FixedText("heading", name, language);
    out += '\n';
  };
  heading("checks");
  for (const Check& check : verdict.checks) {
    out += FixedText("mark", CheckResultName(check.result), language);
    out += CheckSentenceIn(verdict, check, language);
    out += '\n';
  }
  if (!verdict.ends.empty()) heading("ends");
  for (const IntervalEnd& end : verdict.ends) {
    out += EndSentence(end, language);
    out += '\n';
  }
  if (!verdict.claims.empty()) heading("claims");
  for (const Claim& claim : verdict.claims) {
    out += ClaimSentence(claim, IsSignedByParty(verdict), language);
    out += '\n';
  }
  out += '\n';
  out += Closing(verdict, language);
  return out;
}

}  // namespace sealedger::notary
