#include "notary/sealed_sentences.h"

namespace sealedger::notary {

namespace {

constexpr SentenceRow kSentences[] = {
    {"seal_signature", "bytes_withheld",
     "证据包没有附上印章或者签章的文件，因此未核验制章者对印章内容的签名。",
     "The bundle does not include the file of the seal or of the signature; "
     "whether the maker signed what the seal holds was therefore not checked."},
    {"seal_signature", "signature_not_read",
     "证据包所附的文件无法读取，因此未核验制章者对印章内容的签名。",
     "The file in the bundle could not be read; whether the maker signed what "
     "the seal holds was therefore not checked."},
    {"seal_signature", "not_the_issued_seal",
     "证据包所附的印章不是登记所载制发的印章：其SM3摘要为{given}，登记所载摘要"
     "为{recorded}。",
     "The seal in the bundle is not the one that was issued: its SM3 digest is "
     "{given}, and the register has {recorded}."},
    {"seal_signature", "malformed",
     "证据包所附的文件不是格式完好的电子印章，因此不予通过。",
     "The file in the bundle is no well-formed electronic seal, and is "
     "therefore refused."},

    {"maker_certificate", "bytes_withheld",
     "证据包没有附上印章或者签章的文件，因此未核验制章者证书。",
     "The bundle does not include the file of the seal or of the signature; "
     "the maker's certificate was therefore not checked."},
    {"maker_certificate", "signature_not_read",
     "证据包所附的文件无法读取，因此未核验制章者证书。",
     "The file in the bundle could not be read; the maker's certificate was "
     "therefore not checked."},
    {"maker_certificate", "unneeded_certificate",
     "证据包另附的证书中，有的并非制章者证书的上级证书，或者重复，或者无法"
     "读取，或者是自签证书；证据包只应附上核验所需的证书。",
     "Among the certificates that the bundle brings is one that does not stand "
     "above the maker's, stands there twice, cannot be read, or is signed by "
     "itself; a "
     "bundle must bring those that are needed and no other."},

    {"seal_validity", "claimed_in_future",
     "签章写明的时间（{claimed}，协调世界时）晚于可以接受的最晚时间（{latest}）"
     "：写明的时间至多可以比签章记入账本的时间晚8小时（有的软件把当地时间写作"
     "协调世界时）。",
     "The time that the signature states ({claimed}, UTC) lies beyond the "
     "latest that is accepted ({latest}): at most 8 hours after the signature "
     "is entered in the ledger, since some programs write local time as UTC."},
    {"seal_validity", "bytes_withheld",
     "证据包没有附上签章的文件，因此未核验印章在签章时是否在有效期之内。",
     "The bundle does not include the signature; whether the seal was within "
     "its validity at the signing was therefore not checked."},
    {"seal_validity", "signature_not_read",
     "证据包所附的签章无法读取，因此未核验印章在签章时是否在有效期之内。",
     "The signature in the bundle could not be read; whether the seal was "
     "within its validity at the signing was therefore not checked."},

    {"signature", "bytes_withheld",
     "证据包没有附上签章的文件，因此未核验签章者的签名。",
     "The bundle does not include the signature; it was therefore not "
     "checked."},
    {"signature", "signature_not_read",
     "证据包所附的签章无法读取，因此未核验签章者的签名。",
     "The signature in the bundle could not be read; it was therefore not "
     "checked."},
    {"signature", "malformed",
     "证据包所附的文件不是格式完好的电子签章，因此不予通过。",
     "The file in the bundle is no well-formed electronic seal signature, and "
     "is therefore refused."},
    {"signature", "not_the_recorded_signature",
     "证据包所附的签章不是账本记录的签章：其SM3摘要为{given}，账本记录的摘要为"
     "{recorded}。",
     "The signature in the bundle is not the one that was recorded: its SM3 "
     "digest is {given}, and the one recorded is {recorded}."},
    {"signature", "other_claimed_time",
     "签章写明的时间为{given}（协调世界时），账本却记录其为{recorded}"
     "（协调世界时）。",
     "The signature states {given} (UTC) as its time, and the entry says that "
     "it states {recorded} (UTC)."},

    {"signer_listed", "bytes_withheld",
     "证据包没有附上签章的文件，因此未核验签章者是否列在可用章的签章者之中。",
     "The bundle does not include the signature; whether the seal lists the "
     "signer was therefore not checked."},
    {"signer_listed", "signature_not_read",
     "证据包所附的签章无法读取，因此未核验签章者是否列在可用章的签章者之中。",
     "The signature in the bundle could not be read; whether the seal lists "
     "the signer was therefore not checked."},
    {"signer_listed", "not_the_recorded_signer",
     "签章者证书不是账本记录的证书：其SHA-256摘要为{given}，账本记录的摘要为"
     "{recorded}。",
     "The signer's certificate is not the one that was recorded: its SHA-256 "
     "digest is {given}, and the one recorded is {recorded}."},

    {"signer_certificate", "bytes_withheld",
     "证据包没有附上签章的文件，因此未核验签章者证书。",
     "The bundle does not include the signature; the signer's certificate was "
     "therefore not checked."},
    {"signer_certificate", "signature_not_read",
     "证据包所附的签章无法读取，因此未核验签章者证书。",
     "The signature in the bundle could not be read; the signer's certificate "
     "was therefore not checked."},
    {"signer_certificate", "unneeded_certificate",
     "证据包另附的证书中，有的并非签章者证书或者制章者证书的上级证书，或者"
     "重复，或者无法读取，或者是自签证书；证据包只应附上核验所需的证书。",
     "Among the certificates that the bundle brings is one that stands above "
     "neither the signer's nor the maker's, stands there twice, cannot be "
     "read, or is "
     "signed by itself; a bundle must bring those that are needed and no "
     "other."},

    {"data_hash", "bytes_withheld",
     "证据包没有附上签章的文件，因此未核验签章所保护的是否为账本记录的数据。",
     "The bundle does not include the signature; whether it protects the data "
     "that was recorded was therefore not checked."},
    {"data_hash", "signature_not_read",
     "证据包所附的签章无法读取，因此未核验签章所保护的是否为账本记录的数据。",
     "The signature in the bundle could not be read; whether it protects the "
     "data that was recorded was therefore not checked."},

    {"register_status", "active",
     "在{time_from}（{at}，协调世界时），印章处于启用状态：按签章记入账本时已知"
     "的登记（账本前{known_at_entry}条记录）如此，按此后已知的登记（账本前"
     "{known_now}条记录）亦如此；按后者，印章最后的状态仍为启用。",
     "At {time_from} ({at}, UTC) the seal was active, both as was known when "
     "the signature was entered (from the first {known_at_entry} entries of "
     "the ledger) and as was known later (from the first {known_now} entries); "
     "by the latter it was still active in the end."},
    {"register_status", "active_then",
     "在{time_from}（{at}，协调世界时），印章处于启用状态：按签章记入账本时已知"
     "的登记（账本前{known_at_entry}条记录）如此，按此后已知的登记（账本前"
     "{known_now}条记录）亦如此。印章后来的状态为“{status}”，自上述时间之后"
     "才生效：签章仍然有效。",
     "At {time_from} ({at}, UTC) the seal was active, both as was known when "
     "the signature was entered (from the first {known_at_entry} entries of "
     "the ledger) and as was known later (from the first {known_now} entries). "
     "The seal has since been {status}, with effect after that time: the "
     "signature stays valid."},
    {"register_status", "not_registered",
     "签章所含的印章不在登记之中：没有以该文件制发的印章。",
     "The seal inside the signature is not in the register: no seal was issued "
     "as this file."},
    {"register_status", "not_issued_then",
     "按签章记入账本时已知的登记（账本前{known_at_entry}条记录），在{time_from}"
     "（{at}，协调世界时）印章尚未制发。",
     "As was known when the signature was entered (from the first "
     "{known_at_entry} entries of the ledger), the seal had not been issued "
     "yet at {time_from} ({at}, UTC)."},
    {"register_status", "not_active_then",
     "按签章记入账本时已知的登记（账本前{known_at_entry}条记录），在{time_from}"
     "（{at}，协调世界时）印章不处于启用状态，其状态为“{status}”。",
     "As was known when the signature was entered (from the first "
     "{known_at_entry} entries of the ledger), the seal was not active at "
     "{time_from} ({at}, UTC): it was {status}."},
    {"register_status", "revoked_before_signing_reported_later",
     "签章记入账本时（账本共有{known_at_entry}条记录），按当时已知的登记，在"
     "{time_from}（{at}"
     "，协调世界时）印章处于启用状态；但是，后来记入、在账本共有"
     "{known_now}条记录时已知的登记事项，其生效不晚于签章：据此，印章当时的状态"
     "为“{status}”。",
     "As was known when the signature was entered (the ledger had "
     "{known_at_entry} entries), the seal was active at {time_from} ({at}, "
     "UTC). But an event that was entered later, and is known where the ledger "
     "has {known_now} entries, takes effect no later than the signing: by it "
     "the seal was then {status}."},
    {"register_status", "no_signing_time",
     "签章没有写明可读取的时间，因此未核验印章在签章时的登记状态。",
     "The signature states no time that can be read; what the register says of "
     "the seal at the signing was therefore not checked."},
    {"register_status", "chain_not_checked",
     "印章的登记记录未能得到核实，因此未核验印章在签章时的登记状态。",
     "The seal's entries in the register were not established; what they say "
     "of the seal at the signing was therefore not checked."},

    {"custody", "custodian",
     "按签章记录，该签章由主体“{party}”以账本运营者代管的密钥作出；按当时的"
     "登记，该主体即印章的保管者。",
     "By its entry the signature was made by the party “{party}”, with a key "
     "in the custody of the ledger's operator. By the register as it was then, "
     "that party is the seal's custodian."},
    {"custody", "authorized",
     "按签章记录，该签章由主体“{party}”以账本运营者代管的密钥作出；按当时的"
     "登记，印章的保管者已授权该主体用印（第{index}号记录），在签章记入账本时"
     "授权有效。",
     "By its entry the signature was made by the party “{party}”, with a key "
     "in the custody of the ledger's operator. By the register as it was then, "
     "the seal's custodian had authorised that party to sign with it (entry "
     "{index}), and the authorisation was in force when the signature was "
     "entered."},
    {"custody", "made_elsewhere",
     "按签章记录，该签章不是以账本运营者代管的密钥作出，不涉及保管与授权，本项"
     "无须核验。",
     "By its entry the signature was not made with a key in the custody of the "
     "ledger's operator; there is nothing to check here."},
    {"custody", "not_authorized",
     "按签章记录，该签章由主体“{party}”以账本运营者代管的密钥作出；而按当时的"
     "登记，该主体既不是印章的保管者，也没有保管者的有效授权。",
     "By its entry the signature was made by the party “{party}”, with a key "
     "in the custody of the ledger's operator. By the register as it was then, "
     "that party was neither the seal's custodian nor authorised by him."},
    {"custody", "chain_not_checked",
     "印章的登记记录未能得到核实，因此未核验主体“{party}”是否有权使用印章。",
     "The seal's entries in the register were not established; whether the "
     "party “{party}” might sign with it was therefore not checked."},

    {"signed_checkpoint", "consistent",
     "签章自身载有本账本在共有{size}条记录时的状态（根哈希值{root}），该状态"
     "是证据包所证明的账本（共{newest_size}条记录）较早的状态：签章不早于该状态"
     "的形成。该状态形成于何时，本项不能证明。",
     "The signature itself holds the state of this ledger at {size} entries "
     "(root hash {root}), an earlier state of the ledger that the bundle "
     "proves ({newest_size} entries): the signature was not made before that "
     "state had come about. When that was is not shown by this."},
    {"signed_checkpoint", "not_in_signature",
     "签章记录写明，签章载有账本在共有{size}条记录时的状态；而签章中没有这样的"
     "内容。",
     "The entry says that the signature holds the state of the ledger at "
     "{size} entries; the signature holds no such thing."},
    {"signed_checkpoint", "other_log",
     "签章所载的账本状态（共{size}条记录）属于另一账本。",
     "The state of a ledger that the signature holds (at {size} entries) is of "
     "another ledger."},
    {"signed_checkpoint", "not_below_entry",
     "签章所载的账本状态（共{size}条记录）并不早于签章记录本身。",
     "The state of the ledger that the signature holds (at {size} entries) is "
     "not from before the signature was entered."},
    {"signed_checkpoint", "wrong_path",
     "证据包所附的证明不能表明：签章所载的账本状态（共{size}条记录，根哈希值"
     "{root}）是证据包所证明的账本（共{newest_size}条记录）较早的状态。",
     "The proof in the bundle does not show that the state of the ledger that "
     "the signature holds (at {size} entries, root hash {root}) is an earlier "
     "one of the ledger of {newest_size} entries."},
    {"signed_checkpoint", "not_included",
     "签章载有账本在共有{size}条记录时的状态；证据包没有附上把该状态与检查点"
     "相联系的证明，因此未予核验。",
     "The signature holds the state of the ledger at {size} entries. The "
     "bundle does not include the proof that leads from it to the checkpoint; "
     "it was therefore not checked."},
    {"signed_checkpoint", "no_checkpoint",
     "证据包中没有可读取的检查点，因此未核验签章所载的账本状态（共{size}条"
     "记录）。",
     "The bundle has no readable checkpoint; the state of the ledger that the "
     "signature holds (at {size} entries) was therefore not checked."},
};

constexpr SentenceRow kWordings[] = {
    {"document", "same",
     "所提交的文件即{compared_with}（所比对的摘要：{algorithm}）。",
     "The document at hand is {compared_with} (digests compared: "
     "{algorithm})."},
    {"document", "differs",
     "所提交的文件不是{compared_with}：其{algorithm}摘要为{given}，账本记录的"
     "摘要为{recorded}。",
     "The document at hand is not {compared_with}: its {algorithm} digest is "
     "{given}, and the one recorded is {recorded}."},
    {"document", "no_document",
     "没有提交文件，因此没有与签章记录写明的被签章的原文件或者签章所保护的数据"
     "相比对。",
     "No document was given, so that none was compared with the file that was "
     "sealed, nor with the data that the signature protects."},
    {"document", "sha256_not_in_entry",
     "只提交了文件的SHA-256摘要，而账本只记录了签章所保护的数据的SM3摘要，因此"
     "未能比对。",
     "Only the SHA-256 digest of the document was given, and the ledger "
     "recorded nothing but the SM3 digest of the data that the signature "
     "protects; the two could not be compared."},
    {"data_hash", "same",
     "账本记录的、签章所保护的数据的SM3摘要与签章自身所载的摘要（{data_hash}）"
     "相同。",
     "The SM3 digest that the ledger recorded of the protected data is the one "
     "that the signature holds ({data_hash})."},
    {"data_hash", "differs",
     "账本记录的、签章所保护的数据的SM3摘要为{given}，而签章自身所载的摘要为"
     "{data_hash}。",
     "The SM3 digest that the ledger recorded of the protected data is "
     "{given}, and the signature holds {data_hash}."},
};

constexpr std::string_view kClosingZh =
    "关于签章，以上核验还不能证明：签章所保护的数据出自签章记录写明的原文件"
    "（这是提交签章者的陈述，须另行比对）；实际操作印章的人（无论代表印章的"
    "保管者还是代表印章所属的单位）依其单位的内部规定有权用印；被签章的内容是"
    "真实的；证书未曾被吊销（核验时没有向证书机构查询）。";
constexpr std::string_view kClosingEn =
    "Nor does it prove of the sealing: that the data which the signature "
    "protects came of the file that the entry names (whoever entered it says "
    "so, and the two are to be compared); that whoever had the seal used, for "
    "its custodian or for the organisation that it belongs to, was entitled to "
    "by the organisation's own rules; that the content that was sealed is "
    "true; that no certificate was revoked, for no authority was asked.";

}  // namespace

std::span<const SentenceRow> SealedSentences() { return kSentences; }

std::span<const SentenceRow> SealedWordings() { return kWordings; }

bool IsOfSealedDocument(const Verdict& verdict) {
  return verdict.Find("custody") != nullptr;
}

std::string_view SealedClosing(Language language) {
  return language == Language::kChinese ? kClosingZh : kClosingEn;
}

}  // namespace sealedger::notary
