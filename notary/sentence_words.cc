#include "notary/sentence_words.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace sealedger::notary {

namespace {

struct Word {
  std::string_view word;
  std::string_view zh;
  std::string_view en;
};

constexpr Word kWords[] = {
    {"seal", "电子印章", "electronic seal"},
    {"signature", "电子签章", "electronic seal signature"},
    {"unknown", "电子印章或者电子签章",
     "electronic seal or electronic seal signature"},

    {"stated", "签章写明的时间", "the time that the signature states"},
    {"asked", "核验者指定的时间", "the time that the verifier asked about"},
    {"entered", "签章记入账本的时间",
     "the time at which the signature was entered in the ledger"},
    {"stamped", "时间戳写明的时间", "the time of the time stamp"},

    {"issued", "已制发，尚未备案", "issued and not filed yet"},
    {"filed", "已备案，尚未启用", "filed and not activated yet"},
    {"active", "启用", "active"},
    {"suspended", "已停用", "suspended"},
    {"lost", "已挂失", "reported lost"},
    {"cancelled", "已注销", "cancelled"},

    {"document", "签章记录写明的被签章的原文件",
     "the file that was sealed, as it was before, by what the entry says"},
    {"protected", "签章记录写明的签章所保护的数据",
     "the data that the signature protects, by what the entry says"},

    {"ed25519", "Ed25519", "Ed25519"},
    {"p256", "ECDSA P-256", "ECDSA P-256"},
    {"sm2", "SM2", "SM2"},

    {"version_differs_from_shape", "版本号与实际结构不一致",
     "the version number is not that of the structure"},
    {"unused_bits", "签名值或摘要声明有未用的比特",
     "a string of bits announces unused ones"},
    {"unknown_cert_list_entry", "可用章的签章者之中有无法识别的条目",
     "the list of signers has an entry that is neither a certificate nor a "
     "digest"},
    {"time_type", "时间采用了另一种类型", "a time is written as another type"},
    {"ext_explicit", "扩展项另加了一层标签",
     "the extensions stand under a tag of their own"},
    {"raw_value", "签名值为64字节的原始形式",
     "the signature value stands as 64 plain bytes"},
    {"value_not_minimal", "签名值中的整数写法过长",
     "a number in the signature value is written longer than it need be"},
    {"other_algorithm_oid", "签名算法采用了另一个标识",
     "the signature algorithm goes by another identifier"},
    {"inner_time_stamp", "印章本身另附的时间戳未予核验",
     "a time stamp on the seal itself was not checked"},
    {"local_time", "签章时间未注明时区，按北京时间计",
     "the stated time names no zone and was taken for Beijing time"},
    {"code_differs", "证书名称中的印章编码与印章不同",
     "the seal code in the certificate's name is not that of the seal"},
    {"wrong_uscc", "证书所载统一社会信用代码有误",
     "the unified social credit code in the certificate is wrong"},
};

std::string_view Spelled(std::string_view word, Language language) {
  const auto it =
      std::find_if(std::begin(kWords), std::end(kWords),
                   [word](const Word& row) { return row.word == word; });
  if (it == std::end(kWords)) return word;
  return language == Language::kChinese ? it->zh : it->en;
}

std::string SpelledList(std::string_view list, Language language) {
  std::string out;
  while (!list.empty()) {
    const size_t end = std::min(list.find(", "), list.size());
    if (!out.empty()) out += language == Language::kChinese ? "；" : "; ";
    out += Spelled(list.substr(0, end), language);
    list.remove_prefix(std::min(end + 2, list.size()));
  }
  return out;
}

std::string WithChineseCommas(std::string list) {
  for (size_t at = 0; (at = list.find(", ", at)) != std::string::npos;) {
    list.replace(at, 2, "、");
  }
  return list;
}

}  // namespace

std::map<std::string, std::string> SpellEvidence(
    std::map<std::string, std::string> evidence, Language language) {
  for (const char* name :
       {"kind", "time_from", "warnings", "status", "compared_with", "alg"}) {
    const auto item = evidence.find(name);
    if (item != evidence.end()) {
      item->second = SpelledList(item->second, language);
    }
  }
  if (language != Language::kChinese) return evidence;
  for (const char* name : {"algorithm", "entries", "key_id"}) {
    const auto item = evidence.find(name);
    if (item != evidence.end()) {
      item->second = WithChineseCommas(std::move(item->second));
    }
  }
  return evidence;
}

}  // namespace sealedger::notary
