#include "notary/bundle_sentences.h"

namespace sealedger::notary {

namespace {

constexpr SentenceRow kSentences[] = {
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
    {"entry", "unneeded_part",
     "证据包附有与第{index}号记录的任何一项核验均无关的内容（印章或者签章的"
     "文件、证书、检查点之间的证明、经签名的请求之一）；"
     "证据包只应包含核验所需的内容。",
     "The bundle has a part (a file of a seal or a signature, certificates, a "
     "proof between checkpoints, or a signed request) that serves none of the "
     "checks of entry {index}; a bundle must hold exactly what is checked and "
     "nothing else."},

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
     "没有提交文件，因此未能核验文件是否为账本记录的文件["
     "；账本记录的SHA-256摘要为{sha256}]。",
     "No document was given, so that none was compared with the one recorded[, "
     "whose SHA-256 digest is {sha256}]."},
    {"document", "sm3_not_in_entry",
     "只提交了文件的SM3摘要，而账本只记录了SHA-256摘要，因此未能比对。",
     "Only the SM3 digest of the document was given, and the ledger recorded "
     "the SHA-256 digest alone; the two could not be compared."},
    {"document", "sha256_not_in_entry",
     "只提交了文件的SHA-256摘要，而账本只记录了SM3摘要，因此未能比对。",
     "Only the SHA-256 digest of the document was given, and the ledger "
     "recorded the SM3 digest alone; the two could not be compared."},
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
    {"register_chain", "not_newest_then",
     "签章记录把第{index}号记录写作印章在记入账本时最新的登记记录，而按证据包"
     "所载，它并不是：或者不属于该印章，或者当时已有更晚的登记记录。",
     "The entry names entry {index} as the newest of the seal's in the "
     "register when it was entered. By what the bundle holds it is not: it is "
     "none of that seal, or a later one was there already."},
    {"register_chain", "against_the_rules",
     "第{index}号登记记录不符合登记规则（{rule}）[，技术说明：{detail}]。",
     "Entry {index} of the register breaks one of its rules ({rule})[; "
     "technically: {detail}]."},
    {"register_chain", "entry_not_read",
     "因有记录无法读取，未能核验印章所依据的登记记录。",
     "An entry could not be read; what the seal stands on in the register was "
     "therefore not checked."},

    {"requested_by", "signed_by_party",
     "产生该记录的请求（{method} {path}）由主体“{party}”登记的密钥（{alg}，"
     "第{index}号记录）签名，签名写明的时间为{created}（协调世界时）；"
     "记录所写与该请求所写相符。",
     "The request that made the entry ({method} {path}) is signed with the key "
     "({alg}) that is registered for the party “{party}” in entry {index}; the "
     "signature states {created} (UTC). The entry says what that request "
     "says."},
    {"requested_by", "malformed",
     "所附的请求不符合规定格式[（技术说明：{detail}）]，因此不予通过。",
     "The request in the bundle is not in the prescribed form[ (technically: "
     "{detail})], and is therefore refused."},
    {"requested_by", "not_the_recorded_request",
     "所附的请求不是账本记录的请求：其签名内容的SHA-256摘要为{given}，"
     "账本记录的摘要为{recorded}。",
     "The request in the bundle is not the one recorded: the SHA-256 digest of "
     "what was signed is {given}, and the one recorded is {recorded}."},
    {"requested_by", "another_party",
     "记录写明由主体“{party}”提交，而请求写明的签名者为“{keyid}”。",
     "The entry states that it was made by the party “{party}”, and the "
     "request names “{keyid}” as its signer."},
    {"requested_by", "no_key",
     "记录写明请求经过签名，而主体“{party}”[在其登记记录（第{index}号）中]"
     "没有登记任何密钥。",
     "The entry states a signed request, and no key is registered for the "
     "party “{party}”[ in entry {index}]."},
    {"requested_by", "wrong_signature",
     "请求上的签名无效：主体“{party}”登记的密钥（{alg}，第{index}号记录）"
     "并未对该请求签名。",
     "The signature of the request is invalid: the key ({alg}) that is "
     "registered for the party “{party}” in entry {index} has not signed it."},
    {"requested_by", "other_body",
     "所附的请求正文不是经签名的正文：其SHA-256摘要为{given}，"
     "签名所及的摘要为{recorded}。",
     "The body of the request in the bundle is not the one that was signed: "
     "its SHA-256 digest is {given}, and the one signed is {recorded}."},
    {"requested_by", "not_at_that_time",
     "请求的签名写明的时间（{created}，协调世界时）与记录的时间（{time}，"
     "协调世界时）相差过大，本不应被接受。",
     "The time that the request's signature states ({created}, UTC) is further "
     "from the entry's own ({time}, UTC) than a request is accepted."},
    {"requested_by", "entry_missing",
     "第{index}号记录不在证据包中；没有它，无法核对记录所写是否即请求所写。",
     "Entry {index} is not in the bundle; without it nobody can tell whether "
     "the entry says what the request says."},
    {"requested_by", "entry_says_otherwise",
     "请求确由主体“{party}”登记的密钥签名，但记录所写与该请求（{method} "
     "{path}）所写不符，不符之处：{at}。",
     "The request is signed with the key registered for the party “{party}”, "
     "but the entry does not say what that request ({method} {path}) says; "
     "they differ at {at}."},
    {"requested_by", "bytes_withheld",
     "记录写明请求经过签名，但证据包没有附上该请求（账本服务只向有权查看者提供"
     "），"
     "因此未核验请求由何人签名。",
     "The entry states a signed request, which the bundle does not include "
     "(the "
     "service shows it only to those who may see it); by whom the request was "
     "signed "
     "was therefore not checked."},
    {"requested_by", "entry_not_read",
     "核验该请求所需的登记记录缺失或者无法读取，因此未核验请求由何人签名。",
     "A registration that this check needs is missing or could not be read; by "
     "whom the request was signed was therefore not checked."},
};

}  // namespace

std::span<const SentenceRow> BundleSentences() { return kSentences; }

}  // namespace sealedger::notary
