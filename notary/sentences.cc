#include "notary/sentences.h"

#include <algorithm>
#include <map>

#include "notary/seal_sentences.h"
#include "notary/text.h"

namespace sealedger::notary {

namespace {

using Evidence = std::map<std::string, std::string>;
using Row = SentenceRow;  // its marks are told there

// Of bundles; those of seals are in seal_sentences.cc.
constexpr Row kChecks[] = {
    {"format", "well_formed", "该文件是格式完好的证据包（{format}）。",
     "The file is a well-formed evidence bundle ({format})."},
    {"format", "malformed",
     "该文件不是格式完好的证据包[，出错位置：{at}][（技术说明：{detail}）]。",
     "The file is not a well-formed evidence bundle[; the fault is at {at}][ "
     "(technically: {detail})]."},
    {"format", "not_supported_yet",
     "证据包含有本版程序尚不能核验的部分（{at}），因此不予通过。",
     "The bundle has a part ({at}) that this version of the program cannot "
     "check yet (it is not supported yet), and is therefore refused."},

    {"entry", "canonical",
     "第{index}号记录的类型为“{kind}”。证据包所载记录共{count}条，"
     "均严格符合账本的书写规则。",
     "Entry {index} is of the kind “{kind}”. All entries in the bundle "
     "({count} in number) are written exactly as the rules of the ledger "
     "require."},
    {"entry", "not_an_entry",
     "证据包所载第{index}号记录不是符合账本书写规则的记录[，出错位置：{at}]["
     "（技术说明：{detail}）]。",
     "Entry {index} in the bundle is not written as the rules of the ledger "
     "require[; the fault is at {at}][ (technically: {detail})]."},
    {"entry", "unsupported_kind",
     "第{index}号记录属于本版程序尚不能核验的类型，因此不予通过。",
     "Entry {index} is of a kind that this version of the program cannot check "
     "yet, and is therefore refused."},
    {"entry", "unneeded_entry",
     "证据包所载第{index}号记录与任何一项核验均无关；"
     "证据包只应包含核验所需的内容。",
     "Entry {index} in the bundle serves none of the checks; a bundle must "
     "hold exactly what is checked and nothing else."},

    {"inclusion", "leads_to_root",
     "经计算，证据包所载记录（第{entries}号）均原样包含在共有{size}条记录的"
     "账本之中，该账本的根哈希值为{root}。",
     "Computation shows that the entries of the bundle (no. {entries}) are "
     "contained, unchanged, in the ledger of {size} entries whose root hash is "
     "{root}."},
    {"inclusion", "not_below_size",
     "账本在该检查点只有{size}条记录（从0号起编号），不可能包含第{index}号记录"
     "。",
     "At this checkpoint the ledger has only {size} entries (numbered from 0); "
     "entry {index} cannot be among them."},
    {"inclusion", "wrong_path",
     "证据包所载第{index}号记录与账本不符：由其算出的根哈希值并非{root}。",
     "Entry {index}, as it stands in the bundle, is not the one in the ledger: "
     "the root hash computed from it is not {root}."},
    {"inclusion", "no_checkpoint",
     "证据包中没有可读取的检查点，因此未能核验记录是否包含在账本之中。",
     "The bundle has no readable checkpoint; whether the entries are contained "
     "in the ledger was therefore not checked."},

    {"checkpoint_signature", "signed_by_log",
     "账本“{origin}”在共有{size}条记录时的状态，"
     "已由该账本的密钥（密钥标识{key_id}）签名；该密钥是核验者事先信任的密钥。",
     "The state of the ledger “{origin}” at {size} entries is signed with the "
     "ledger's own key (key ID {key_id}), which the verifier trusted "
     "beforehand."},
    {"checkpoint_signature", "not_a_checkpoint",
     "证据包所载检查点不符合规定格式，无法确认账本的状态。",
     "The checkpoint in the bundle is not in the prescribed form; the state of "
     "the ledger cannot be established."},
    {"checkpoint_signature", "unknown_log",
     "检查点属于账本“{origin}”，核验者事先信任的密钥中没有该账本的密钥。",
     "The checkpoint is of the ledger “{origin}”, of which no key is among "
     "those that the verifier trusted beforehand."},
    {"checkpoint_signature", "foreign_signature",
     "检查点上有一项签名（密钥标识{key_id}）并非出自核验者所信任的、"
     "账本“{origin}”的密钥。",
     "The checkpoint bears a signature (key ID {key_id}) that is not by a "
     "trusted key of the ledger “{origin}”."},
    {"checkpoint_signature", "doubled_signature",
     "检查点上同一密钥（密钥标识{key_id}）的签名出现了两次，证据包已被改动。",
     "The checkpoint bears two signatures by one key (key ID {key_id}); the "
     "bundle has been altered."},
    {"checkpoint_signature", "wrong_signature",
     "检查点的签名无效：账本“{origin}”的密钥并未对所载状态签名。",
     "The signature of the checkpoint is invalid: the key of the ledger "
     "“{origin}” has not signed the state that is shown."},

    {"party", "registered",
     "该记录写明由主体“{party}”提交；该主体在此之前已登记于账本（第{entries}号"
     "记录[，登记名称：{name}]）。",
     "The entry states that it was made by the party “{party}”, which had been "
     "registered in the ledger before (entries no. {entries}[; registered "
     "name: {name}])."},
    {"party", "nothing_to_check",
     "该记录是账本最初的两条记录之一，此前没有任何主体登记，本项无须核验。",
     "This is one of the two entries with which the ledger begins. No party "
     "had been registered before it; there is nothing to check here."},
    {"party", "no_party_entry",
     "该记录没有指明主体“{party}”的登记记录，"
     "而只有账本最初的两条记录可以如此。",
     "The entry names no registration of the party “{party}”; only the two "
     "entries with which the ledger begins may do so."},
    {"party", "party_entry_missing",
     "证据包缺少主体“{party}”的登记记录（第{index}号）。",
     "The bundle lacks entry {index}, part of the registration of the party "
     "“{party}”."},
    {"party", "not_that_party", "第{index}号记录不是主体“{party}”的登记记录。",
     "Entry {index} is not a registration of the party “{party}”."},
    {"party", "not_falling",
     "所引用的主体登记记录（第{index}号）并不早于引用它的记录。",
     "The registration that is referred to (entry {index}) is not older than "
     "the entry that refers to it."},
    {"party", "entry_not_read", "因有记录无法读取，未能核验提交记录的主体。",
     "An entry could not be read; the party that made the entry was therefore "
     "not checked."},

    {"disclosures", "listed",
     "证据包公开了非公开内容共{given}项，每一项均与账本记录中的摘要相符；"
     "相关记录共载有此类摘要{digests}项。",
     "The bundle discloses private fields, {given} in number, and each agrees "
     "with a digest in its entry; the entries hold {digests} such digests in "
     "all."},
    {"disclosures", "nothing_to_check",
     "证据包没有公开任何非公开内容，本项无须核验；相关记录共载有此类摘要"
     "{digests}项。",
     "The bundle discloses no private field; there is nothing to check here. "
     "The entries hold {digests} digests of such fields."},
    {"disclosures", "not_a_disclosure",
     "第{index}号记录所附的一项公开内容不符合规定格式。",
     "A disclosure that accompanies entry {index} is not in the prescribed "
     "form."},
    {"disclosures", "not_listed",
     "第{index}号记录所附的一项公开内容与该记录中的任何摘要均不相符。",
     "A disclosure that accompanies entry {index} agrees with none of the "
     "digests in that entry."},
    {"disclosures", "out_of_order",
     "第{index}号记录所附的公开内容顺序有误或者重复，证据包已被改动。",
     "The disclosures that accompany entry {index} are doubled or out of "
     "order; the bundle has been altered."},
    {"disclosures", "named_twice",
     "第{index}号记录所附的公开内容中有两项名称相同，无法确定以哪一项为准，"
     "因此不予通过。",
     "Two of the disclosures that accompany entry {index} have the same name; "
     "which of them holds cannot be told, and the bundle is therefore "
     "refused."},
    {"disclosures", "entry_not_read",
     "因有记录无法读取，未能核验所公开的内容。",
     "An entry could not be read; the disclosures were therefore not checked."},

    {"consistency", "nothing_to_check",
     "证据包只含一个检查点，没有其他检查点需要与之比对，本项无须核验。",
     "The bundle has one checkpoint and no other to compare it with; there is "
     "nothing to check here."},

    {"document", "same",
     "所提交的文件与账本记录的文件相同（所比对的摘要：{algorithm}）。",
     "The document at hand is the document that was recorded (digests "
     "compared: "
     "{algorithm})."},
    {"document", "differs",
     "所提交的文件与账本记录的文件不同：其{algorithm}摘要为{given}，"
     "账本记录的摘要为{recorded}。",
     "The document at hand is not the document that was recorded: its "
     "{algorithm} digest is {given}, and the one recorded is {recorded}."},
    {"document", "no_document",
     "没有提交文件，因此未能核验文件是否为账本记录的文件；"
     "账本记录的SHA-256摘要为{sha256}。",
     "No document was given, so that none was compared with the one recorded, "
     "whose SHA-256 digest is {sha256}."},
    {"document", "sm3_not_in_entry",
     "只提交了文件的SM3摘要，而账本只记录了SHA-256摘要，因此未能比对。",
     "Only the SM3 digest of the document was given, and the ledger recorded "
     "the SHA-256 digest alone; the two could not be compared."},
    {"document", "kind_has_no_document",
     "提交了文件，但“{kind}”类型的记录不涉及任何文件，因此未能比对。",
     "A document was given, but an entry of the kind “{kind}” is about no "
     "document; there was nothing to compare it with."},
    {"document", "entry_not_read", "因记录无法读取，未能核验文件。",
     "The entry could not be read; the document was therefore not checked."},

    {"chain", "leads_to_chain_root",
     "该记录属于以第{root}号记录为起点的证据链；"
     "自该记录回溯至起点的各环（第{entries}号记录）齐全，"
     "且均写明由同一主体提交。",
     "The entry belongs to the chain of evidence that begins with entry "
     "{root}. The links from it back to that beginning (entries no. "
     "{entries}) are complete, and all state the same party as their author."},
    {"chain", "nothing_to_check", "该记录不属于任何证据链，本项无须核验。",
     "The entry belongs to no chain of evidence; there is nothing to check "
     "here."},
    {"chain", "link_missing",
     "证据包所载证据链不完整：缺少第{index}号记录，不能回溯至起点（第{root}号"
     "记录）。",
     "The chain of evidence in the bundle is incomplete: entry {index} is "
     "missing on the way back to its beginning, entry {root}."},
    {"chain", "not_that_chain",
     "第{index}号记录不属于同一主体的、以第{root}号记录为起点的证据链。",
     "Entry {index} does not belong to the chain of evidence of the same party "
     "that begins with entry {root}."},
    {"chain", "not_falling",
     "证据链有误：所引用的第{index}号记录并不早于引用它的记录。",
     "The chain of evidence is wrong: entry {index}, which is referred to, is "
     "not older than the entry that refers to it."},
    {"chain", "chain_not_included",
     "该记录属于以第{root}号记录为起点的证据链，证据包未附链上其他记录，"
     "因此未核验该证据链。",
     "The entry belongs to the chain of evidence that begins with entry "
     "{root}. The bundle does not include the chain, which was therefore not "
     "checked."},
    {"chain", "entry_not_read", "因有记录无法读取，未能核验证据链。",
     "An entry could not be read; the chain of evidence was therefore not "
     "checked."},

    {"register_chain", "leads_to_first",
     "该印章所依据的登记记录（第{entries}号）齐全，每一步均符合登记规则。",
     "The entries of the register that the seal stands on (no. {entries}) are "
     "complete, and each step follows the rules of the register."},
    {"register_chain", "link_missing",
     "证据包缺少第{index}号登记记录（第{from}号记录以它为依据）。",
     "The bundle lacks entry {index} of the register, which entry {from} "
     "stands "
     "on."},
    {"register_chain", "not_falling",
     "登记记录有误：第{from}号记录所引用的第{index}号记录并不在它之前。",
     "The register is wrong: entry {index}, which entry {from} refers to, is "
     "not before it."},
    {"register_chain", "against_the_rules",
     "第{index}号登记记录不符合登记规则（{rule}）[，技术说明：{detail}]。",
     "Entry {index} of the register breaks one of its rules ({rule})[; "
     "technically: {detail}]."},
    {"register_chain", "entry_not_read",
     "因有记录无法读取，未能核验印章所依据的登记记录。",
     "An entry could not be read; what the seal stands on in the register was "
     "therefore not checked."},
};

constexpr Row kClaims[] = {
    {"time", "", "记录的时间为{text}（协调世界时），此为运营者的陈述。",
     "Time of the entry: {text} (UTC), as stated by the operator."},
    {"by", "", "提交记录的主体为“{text}”，此为运营者的陈述。",
     "By whom: “{text}”, as stated by the operator."},
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
constexpr Row kEnds[] = {
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
constexpr Row kTexts[] = {
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
     "以运营者的陈述为准；由何人提交，以运营者的陈述为准。",
     "What this does not prove: it proves what happened after the entry was "
     "made, namely that its content has not been changed since. It does not "
     "prove that the content was true before. That no later entry of the "
     "register exists is the operator's word. By whom the entry was made is as "
     "stated by the operator."},
};

template <size_t N>
const Row* FindRow(const Row (&rows)[N], std::string_view id,
                   std::string_view reason) {
  const auto it = std::find_if(
      std::begin(rows), std::end(rows),
      [&](const Row& row) { return row.id == id && row.reason == reason; });
  return it == std::end(rows) ? nullptr : &*it;
}

std::string_view In(const Row& row, Language language) {
  return language == Language::kChinese ? row.zh : row.en;
}

std::string_view FixedText(std::string_view id, std::string_view reason,
                           Language language) {
  const Row* row = FindRow(kTexts, id, reason);
  CHECK(row != nullptr);
  return In(*row, language);
}

// Evidence may come from a forged bundle, and this is read on terminals.
std::string_view Printable(std::string_view text) {
  constexpr size_t kMaxPrinted = 1 << 20;
  return CheckText(text, kMaxPrinted, "") ? text : "?";
}

// Appends `text` with its evidence filled in; false where some is missing.
bool Fill(std::string* out, std::string_view text, const Evidence& evidence) {
  bool complete = true;
  while (!text.empty()) {
    const size_t open = text.find('{');
    out->append(text.substr(0, open));
    if (open == std::string_view::npos) break;
    const size_t close = text.find('}', open);
    CHECK(close != std::string_view::npos);
    const auto value =
        evidence.find(std::string(text.substr(open + 1, close - open - 1)));
    const bool found = value != evidence.end() && !value->second.empty();
    out->append(found ? Printable(value->second) : "?");
    complete = complete && found;
    text.remove_prefix(close + 1);
  }
  return complete;
}

// The whole template, its parts in brackets too.
std::string Render(std::string_view text, const Evidence& evidence) {
  std::string out;
  while (!text.empty()) {
    const size_t open = text.find('[');
    Fill(&out, text.substr(0, open), evidence);
    if (open == std::string_view::npos) break;
    const size_t close = text.find(']', open);
    CHECK(close != std::string_view::npos);
    std::string part;
    if (Fill(&part, text.substr(open + 1, close - open - 1), evidence)) {
      out += part;
    }
    text.remove_prefix(close + 1);
  }
  return out;
}

// Lists in evidence are written "7, 4, 2"; in Chinese they are read with "、".
Evidence WithChineseLists(Evidence evidence) {
  for (const char* name : {"algorithm", "entries", "key_id"}) {
    const auto item = evidence.find(name);
    if (item == evidence.end()) continue;
    std::string& list = item->second;
    for (size_t at = 0; (at = list.find(", ", at)) != std::string::npos;) {
      list.replace(at, 2, "、");
    }
  }
  return evidence;
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
  const Row* row = FindRow(kEnds, before ? "not_before" : "not_after",
                           entry ? "entry" : "signature");
  CHECK(row != nullptr);
  return Render(In(*row, language), evidence);
}

std::string ClaimSentence(const Claim& claim, Language language) {
  const Row* row = FindRow(kClaims, claim.id, "");
  if (row == nullptr) {
    return claim.id + ": " + std::string(Printable(claim.text));
  }
  return Render(In(*row, language), {{"text", claim.text}});
}

}  // namespace

std::optional<Language> ParseLanguage(std::string_view name) {
  if (name == "zh") return Language::kChinese;
  if (name == "en") return Language::kEnglish;
  return std::nullopt;
}

std::string CheckSentence(const Check& check, Language language) {
  if (const Row* of_seal = FindSealSentence(check)) {
    return Render(In(*of_seal, language),
                  SpellSealWords(check.evidence, language));
  }
  const Row* row = FindRow(kChecks, check.id, check.reason);
  if (row == nullptr) return check.id + ": " + check.reason;
  return Render(In(*row, language), language == Language::kChinese
                                        ? WithChineseLists(check.evidence)
                                        : check.evidence);
}

std::string ExplainVerdict(const Verdict& verdict, Language language) {
  std::string out(
      FixedText("overall", OverallName(verdict.overall()), language));
  out += '\n';
  if (verdict.interim && verdict.overall() != Overall::kFailed) {
    out += FixedText("interim", "", language);
    out += '\n';
  }
  const auto heading = [&](std::string_view name) {
    out += '\n';
    out += FixedText("heading", name, language);
    out += '\n';
  };
  heading("checks");
  for (const Check& check : verdict.checks) {
    out += FixedText("mark", CheckResultName(check.result), language);
    out += CheckSentence(check, language);
    out += '\n';
  }
  if (!verdict.ends.empty()) heading("ends");
  for (const IntervalEnd& end : verdict.ends) {
    out += EndSentence(end, language);
    out += '\n';
  }
  if (!verdict.claims.empty()) heading("claims");
  for (const Claim& claim : verdict.claims) {
    out += ClaimSentence(claim, language);
    out += '\n';
  }
  out += '\n';
  out += IsOfSealFile(verdict) ? SealClosing(language)
                               : FixedText("closing", "", language);
  out += '\n';
  return out;
}

}  // namespace sealedger::notary
