#include "notary/seal_sentences.h"

namespace sealedger::notary {

namespace {

constexpr SentenceRow kSentences[] = {
    {"format", "well_formed",
     "该文件是格式完好的{kind}（采用{standard}的结构）[，印章名称为“{seal}”][，"
     "印章编码为“{code}”]。[其中有不合惯常写法、仍予接受之处：{warnings}。]",
     "The file is a well-formed {kind} (structure: that of {standard})[; the "
     "seal's name is “{seal}”][, and its code “{code}”].[ Unusual, and "
     "accepted "
     "nonetheless: {warnings}.]"},
    {"format", "malformed",
     "该文件不是格式完好的{kind}[（技术说明：{detail}）]，因此未作其他核验。",
     "The file is not a well-formed {kind}[ (technically: {detail})]; nothing "
     "else was checked therefore."},

    {"seal_signature", "signed_by_maker",
     "印章内容（名称、编码、有效期、图样、可用章的签章者等）由制章者证书（"
     "{subject}）的密钥签名，签名之后未被改动。[其中有不合惯常写法、仍予接受之"
     "处：{warnings}。]",
     "What the seal holds (name, code, validity, picture, who may sign with "
     "it, and so on) is signed with the key of the maker's certificate "
     "({subject}) and was not changed after that.[ Unusual, and accepted "
     "nonetheless: {warnings}.]"},
    {"seal_signature", "foreign_algorithm",
     "制章者签名所写的算法（{algorithm}"
     "）不是本程序所认可的SM2签名算法，因此不予"
     "通过。",
     "The maker's signature names an algorithm ({algorithm}) that is not the "
     "SM2 signature that this program accepts, and is therefore refused."},
    {"seal_signature", "malformed_value",
     "制章者签名的值不符合SM2签名值的写法，因此不予通过。",
     "The value of the maker's signature is not written as an SM2 signature "
     "is, and is therefore refused."},
    {"seal_signature", "malformed_certificate",
     "印章所载制章者证书无法读取，其签名无从核实，因此不予通过。",
     "The maker's certificate in the seal cannot be read, so that nothing "
     "bears out his signature; it is therefore refused."},
    {"seal_signature", "wrong_curve",
     "制章者证书（{subject}）的密钥不是SM2密钥，其签名不予通过。",
     "The key of the maker's certificate ({subject}) is no SM2 key; his "
     "signature is refused."},
    {"seal_signature", "wrong_signature",
     "制章者的签名无效：制章者证书（{subject}）的密钥并未对所载印章内容签名。",
     "The maker's signature is invalid: the key of the maker's certificate "
     "({subject}) has not signed what this seal holds."},

    {"maker_certificate", "trusted",
     "制章者证书（{subject}）可追溯至核验者事先信任的证书；在印章写明的制作时间"
     "（{at}"
     "，协调世界时），证书在有效期内，且可用于签名。证书是否曾被吊销，未予"
     "核验。",
     "The maker's certificate ({subject}) leads to one that the verifier "
     "trusted beforehand; at the time that the seal states for its making "
     "({at}, UTC) it was within its validity and fit for signing. Whether it "
     "was ever revoked was not checked."},
    {"maker_certificate", "malformed_certificate",
     "印章所载制章者证书[（{subject}）]并非各部分格式完好的证书。",
     "The maker's certificate in the seal[ ({subject})] is not well-formed in "
     "all its parts."},
    {"maker_certificate", "wrong_curve",
     "制章者证书（{subject}）的密钥不是SM2密钥。",
     "The key of the maker's certificate ({subject}) is no SM2 key."},
    {"maker_certificate", "unknown_issuer",
     "制章者证书（{subject}）不能追溯至核验者事先信任的任何证书。",
     "The maker's certificate ({subject}) leads to none that the verifier "
     "trusted beforehand."},
    {"maker_certificate", "wrong_signature",
     "制章者证书（{subject}）或其上级证书上的签名无效。",
     "The signature on the maker's certificate ({subject}), or on one above "
     "it, is invalid."},
    {"maker_certificate", "wrong_use",
     "制章者证书（{subject}）不可用于签名，或者其上级证书不可用于签发证书。",
     "The maker's certificate ({subject}) is not meant for signing, or one "
     "above it is not meant for issuing certificates."},
    {"maker_certificate", "not_yet_valid",
     "在印章写明的制作时间（{at}，协调世界时），制章者证书（{subject}"
     "）或其上级证"
     "书尚未生效。",
     "At the time that the seal states for its making ({at}, UTC) the maker's "
     "certificate ({subject}), or one above it, was not valid yet."},
    {"maker_certificate", "expired",
     "在印章写明的制作时间（{at}，协调世界时），制章者证书（{subject}"
     "）或其上级证"
     "书已经过期。",
     "At the time that the seal states for its making ({at}, UTC) the maker's "
     "certificate ({subject}), or one above it, had expired."},
    {"maker_certificate", "no_ca",
     "核验者没有给出所信任的印章证书机构，因此未核验制章者证书[（{subject}）]"
     "。",
     "The verifier named no authority for seals that he trusts; the maker's "
     "certificate[ ({subject})] was therefore not checked."},

    {"seal_validity", "within_validity",
     "在{time_from}（{at}，协调世界时），印章在其写明的有效期（{valid_from}至"
     "{valid_to}）之内。[说明：{warnings}。]",
     "At {time_from} ({at}, UTC) the seal was within the validity that it "
     "states ({valid_from} to {valid_to}).[ Note: {warnings}.]"},
    {"seal_validity", "not_yet_valid",
     "在{time_from}（{at}，协调世界时），印章尚未生效：其写明的有效期自"
     "{valid_from}起。[说明：{warnings}。]",
     "At {time_from} ({at}, UTC) the seal was not valid yet: the validity that "
     "it states begins at {valid_from}.[ Note: {warnings}.]"},
    {"seal_validity", "expired",
     "在{time_from}（{at}，协调世界时），印章已经过期：其写明的有效期至{valid_"
     "to}"
     "止。[说明：{warnings}。]",
     "At {time_from} ({at}, UTC) the seal had expired: the validity that it "
     "states ended at {valid_to}.[ Note: {warnings}.]"},
    {"seal_validity", "no_signing_time",
     "签章没有写明可读取的时间，核验者也没有指定时间，因此未核验印章当时是否在"
     "有"
     "效期（{valid_from}至{valid_to}）之内。",
     "The signature states no time that can be read, and the verifier named "
     "none; whether the seal was then within its validity ({valid_from} to "
     "{valid_to}) was therefore not checked."},

    {"signature", "signed_by_signer",
     "签章内容（印章、签章时间、受保护内容的摘要等）由签章者证书（{subject}"
     "）的密"
     "钥签名，签名之后未被改动。[其中有不合惯常写法、仍予接受之处：{warnings}"
     "。]",
     "What was signed (the seal, the stated time, the digest of what is "
     "protected, and so on) is signed with the key of the signer's certificate "
     "({subject}) and was not changed after that.[ Unusual, and accepted "
     "nonetheless: {warnings}.]"},
    {"signature", "foreign_algorithm",
     "签章者签名所写的算法（{algorithm}"
     "）不是本程序所认可的SM2签名算法，因此不予"
     "通过。",
     "The signer's signature names an algorithm ({algorithm}) that is not the "
     "SM2 signature that this program accepts, and is therefore refused."},
    {"signature", "malformed_value",
     "签章者签名的值不符合SM2签名值的写法，因此不予通过。",
     "The value of the signer's signature is not written as an SM2 signature "
     "is, and is therefore refused."},
    {"signature", "malformed_certificate",
     "所载签章者证书无法读取，其签名无从核实，因此不予通过。",
     "The signer's certificate cannot be read, so that nothing bears out his "
     "signature; it is therefore refused."},
    {"signature", "wrong_curve",
     "签章者证书（{subject}）的密钥不是SM2密钥，其签名不予通过。",
     "The key of the signer's certificate ({subject}) is no SM2 key; his "
     "signature is refused."},
    {"signature", "wrong_signature",
     "签章者的签名无效：签章者证书（{subject}）的密钥并未对所载签章内容签名。",
     "The signer's signature is invalid: the key of the signer's certificate "
     "({subject}) has not signed what stands here."},

    {"signer_listed", "listed",
     "签章者的证书列在印章所载的可用章的签章者之中。[说明：{warnings}。]",
     "The signer's certificate is among those that the seal lists as its "
     "signers.[ Note: {warnings}.]"},
    {"signer_listed", "digest_listed",
     "签章者证书的摘要列在印章所载的可用章的签章者之中。[说明：{warnings}。]",
     "The digest of the signer's certificate is among those that the seal "
     "lists for its signers.[ Note: {warnings}.]"},
    {"signer_listed", "not_listed",
     "印章所载的可用章的签章者（共{listed}名）之中，没有签章者的这一证书。[说明"
     "：{warnings}。]",
     "The seal lists its signers ({listed} in number), and the signer's "
     "certificate is none of theirs.[ Note: {warnings}.]"},

    {"signer_certificate", "trusted",
     "签章者证书（{subject}）可追溯至核验者事先信任的证书；在{time_from}（{at}"
     "，"
     "协调世界时），证书在有效期内，且可用于签名。证书是否曾被吊销，未予核验。["
     "说"
     "明：{warnings}。]",
     "The signer's certificate ({subject}) leads to one that the verifier "
     "trusted beforehand; at {time_from} ({at}, UTC) it was within its "
     "validity and fit for signing. Whether it was ever revoked was not "
     "checked.[ Note: {warnings}.]"},
    {"signer_certificate", "malformed_certificate",
     "所载签章者证书[（{subject}）]并非各部分格式完好的证书。",
     "The signer's certificate[ ({subject})] is not well-formed in all its "
     "parts."},
    {"signer_certificate", "wrong_curve",
     "签章者证书（{subject}）的密钥不是SM2密钥。",
     "The key of the signer's certificate ({subject}) is no SM2 key."},
    {"signer_certificate", "unknown_issuer",
     "签章者证书（{subject}）不能追溯至核验者事先信任的任何证书。",
     "The signer's certificate ({subject}) leads to none that the verifier "
     "trusted beforehand."},
    {"signer_certificate", "wrong_signature",
     "签章者证书（{subject}）或其上级证书上的签名无效。",
     "The signature on the signer's certificate ({subject}), or on one above "
     "it, is invalid."},
    {"signer_certificate", "wrong_use",
     "签章者证书（{subject}）不可用于签名，或者其上级证书不可用于签发证书。",
     "The signer's certificate ({subject}) is not meant for signing, or one "
     "above it is not meant for issuing certificates."},
    {"signer_certificate", "not_yet_valid",
     "在{time_from}（{at}，协调世界时），签章者证书（{subject}"
     "）或其上级证书尚未"
     "生效。",
     "At {time_from} ({at}, UTC) the signer's certificate ({subject}), or one "
     "above it, was not valid yet."},
    {"signer_certificate", "expired",
     "在{time_from}（{at}，协调世界时），签章者证书（{subject}"
     "）或其上级证书已经"
     "过期。",
     "At {time_from} ({at}, UTC) the signer's certificate ({subject}), or one "
     "above it, had expired."},
    {"signer_certificate", "no_ca",
     "核验者没有给出所信任的印章证书机构，因此未核验签章者证书[（{subject}）]"
     "。",
     "The verifier named no authority for seals that he trusts; the signer's "
     "certificate[ ({subject})] was therefore not checked."},
    {"signer_certificate", "no_signing_time",
     "签章没有写明可读取的时间，核验者也没有指定时间，因此未核验签章者证书["
     "（{subject}）]。",
     "The signature states no time that can be read, and the verifier named "
     "none; the signer's certificate[ ({subject})] was therefore not checked."},

    {"data_hash", "same",
     "所提交的内容即签章所保护的内容：其SM3摘要与签章所载摘要（{data_hash}"
     "）相同"
     "。",
     "The bytes at hand are those that the signature protects: their SM3 "
     "digest "
     "is the one that it holds ({data_hash})."},
    {"data_hash", "differs",
     "所提交的内容不是签章所保护的内容：其SM3摘要为{given}，签章所载摘要为"
     "{data_hash}。",
     "The bytes at hand are not those that the signature protects: their SM3 "
     "digest is {given}, and the signature holds {data_hash}."},
    {"data_hash", "wrong_length",
     "签章所载的摘要长{bytes}"
     "字节，而SM3摘要长32字节：任何内容都不可能与之相符。",
     "The digest in the signature is {bytes} bytes long, and an SM3 digest is "
     "32: nothing can agree with it."},
    {"data_hash", "no_protected_bytes",
     "没有提交受保护的内容，因此未核验签章所保护的是何内容；签章所载摘要为"
     "{data_hash}。",
     "The protected bytes were not given; what it is that the signature "
     "protects was therefore not checked. The digest in it is {data_hash}."},

    {"time_stamp", "stamped",
     "签名值附有“{authority}”的时间戳：该签名在{time}（协调世界时，误差"
     "{tolerance_s}秒）已经存在。时间戳的证书可追溯至核验者事先信任的证书。",
     "The signature value bears a time stamp of “{authority}”: the signature "
     "existed at {time} (UTC, within {tolerance_s} seconds). The time stamp's "
     "certificate leads to one that the verifier trusted beforehand."},
    {"time_stamp", "malformed_token", "所附的时间戳不是格式完好的时间戳。",
     "What stands in the place of the time stamp is no well-formed time "
     "stamp."},
    {"time_stamp", "wrong_imprint",
     "所附的时间戳不属于该签名：其中的摘要（{digest}）与签名值不符。",
     "The time stamp is not of this signature: the digest in it ({digest}) is "
     "not that of the signature value."},
    {"time_stamp", "unknown_issuer",
     "时间戳的证书[（{authority}）]不能追溯至核验者事先信任的任何证书。",
     "The time stamp's certificate[ ({authority})] leads to none that the "
     "verifier trusted beforehand."},
    {"time_stamp", "not_yet_valid",
     "在时间戳写明的时间（{time}，协调世界时），其证书（{authority}"
     "）或其上级证书"
     "尚未生效。",
     "At the time that the time stamp states ({time}, UTC) its certificate "
     "({authority}), or one above it, was not valid yet."},
    {"time_stamp", "expired",
     "在时间戳写明的时间（{time}，协调世界时），其证书（{authority}"
     "）或其上级证书"
     "已经过期。",
     "At the time that the time stamp states ({time}, UTC) its certificate "
     "({authority}), or one above it, had expired."},
    {"time_stamp", "wrong_use",
     "时间戳的证书（{authority}"
     "）不是专用于时间戳的证书，或者其上级证书不可用于签"
     "发证书。",
     "The time stamp's certificate ({authority}) is not one for time stamps "
     "alone, or one above it is not meant for issuing certificates."},
    {"time_stamp", "wrong_signature",
     "时间戳上的签名，或者其证书（{authority}）或上级证书上的签名无效。",
     "The signature of the time stamp, or the one on its certificate "
     "({authority}) or on one above it, is invalid."},
    {"time_stamp", "sm2_token",
     "所附的时间戳以SM2密钥签名，本程序不能核验此类时间戳，因此未予核验。",
     "The time stamp is signed with an SM2 key. This program cannot check such "
     "time stamps; it was therefore not checked."},
    {"time_stamp", "foreign_digest",
     "所附的时间戳采用本程序所不认可的摘要算法（{digest}），因此未予核验。",
     "The time stamp uses a digest ({digest}) that this program does not "
     "accept; it was therefore not checked."},
    {"time_stamp", "no_tsa_ca",
     "核验者没有给出所信任的时间戳机构，因此未核验所附的时间戳（其中写明的时间"
     "为"
     "{time}，协调世界时）。",
     "The verifier named no authority for time stamps that he trusts; the time "
     "stamp, which states {time} (UTC), was therefore not checked."},

    {"register_status", "offline",
     "离线核验不查询印章登记：该印章当时是否已被停用、挂失或者注销，未予核验。",
     "No register is asked offline: whether the seal was then suspended, "
     "reported lost or cancelled was not checked."},
};

constexpr std::string_view kClosingZh =
    "以上核验不能证明的事项：印章在签章时是否已被停用、挂失或者注销，须查询其登"
    "记；证书是否曾被吊销，未予核验；签章写明的时间只是签章者的陈述，除非有经核"
    "验"
    "的时间戳；受保护的内容是否真实，不在核验之列。";
constexpr std::string_view kClosingEn =
    "What this does not prove: whether the seal was suspended, lost or "
    "cancelled when it was used is known from its register alone. Whether a "
    "certificate was revoked was not checked. The time that a signature states "
    "is the signer's word, unless a time stamp was checked. Whether what is "
    "protected is true is not the subject of this verification.";

}  // namespace

std::span<const SentenceRow> SealSentences() { return kSentences; }

bool IsOfSealFile(const Verdict& verdict) {
  const Check* format = verdict.Find("format");
  return format != nullptr && format->evidence.contains("kind");
}

std::string_view SealClosing(Language language) {
  return language == Language::kChinese ? kClosingZh : kClosingEn;
}

}  // namespace sealedger::notary
