#include "tools/seal_use.h"

#include <filesystem>
#include <memory>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/codes.h"
#include "notary/data_dir.h"
#include "notary/eseal.h"
#include "tools/files.h"
#include "tools/receipt_check.h"
#include "tools/register_read.h"
#include "tools/register_write.h"
#include "tools/sealing_order.h"

namespace sealedger::tools {

namespace {

using ledger::Code;
using ledger::MakeError;

// What a signature is over, and the file before it was sealed.
Result<SealingOrder> HashFiles(const std::string& protected_file,
                               const std::optional<std::string>& document) {
  SealingOrder order;
  auto digests = HashFile(protected_file);
  if (!digests) return std::move(digests).error();
  order.protected_bytes = *digests;
  if (document) {
    digests = HashFile(*document);
    if (!digests) return std::move(digests).error();
    order.document = *digests;
  }
  return order;
}

// A signature is evidence: no file is lost for another. Asked before anything
// is made; WriteNewFile asks once more.
Result<void> CheckFree(const std::string& path) {
  std::error_code unknown;
  if (!std::filesystem::exists(
          std::filesystem::symlink_status(path, unknown))) {
    return {};
  }
  return MakeError(Code::kConflict, "file", path + " is there already");
}

struct SignOptions {
  WriteOptions write;
  std::string code;
  std::string file;
  std::optional<std::string> document;
  std::optional<std::string> property_info;
  std::optional<std::string> output;
};

std::optional<std::string> SignatureIn(const Json& answer) {
  return ledger::DecodeBase64(TextOf(answer, "signature"));
}

Result<void> KeepSignature(const Json& answer, const std::string& path) {
  // Of a request that was sent before, and whose signature was erased since.
  if (answer.Find("signature") == nullptr) {
    return MakeError(Code::kNotFound, "signature-erased",
                     "the service has the signature no longer");
  }
  const auto signature = SignatureIn(answer);
  CHECK(signature.has_value());
  return notary::WriteNewFile(path, *signature, kSecretMode);
}

Exit RunSign(const SignOptions& options, Output& output) {
  if (!notary::IsSealCode(options.code)) {
    return output.Usage("CODE is a seal's code: 13 or 14 digits");
  }
  const std::string property_info =
      options.property_info.value_or(UsualPropertyInfo(options.file));
  if (!IsPropertyInfo(property_info)) {
    return output.Usage(
        "--property-info is 1 to 1,024 printable ASCII characters");
  }
  const std::string path =
      options.output.value_or(options.file + ".signature.dat");
  if (const auto free = CheckFree(path); !free) {
    return output.Fail(free.error());
  }
  auto order = HashFiles(options.file, options.document);
  if (!order) return output.Fail(order.error());
  order->to_make = {options.code, property_info};

  Write write;
  write.path = "/v1/seals/" + options.code + "/signatures";
  write.body = RequestOf(*order);
  write.fits = [&](const notary::Entry& entry, const Json& answer) {
    if (!IsAsOrdered(entry, *order)) return false;
    if (answer.Find("signature") == nullptr) return true;
    const auto signature = SignatureIn(answer);
    return signature && IsSignatureOf(entry, *order, *signature);
  };
  write.keep = [&](const Json& answer) { return KeepSignature(answer, path); };
  write.file = path;
  return RunWrite(options.write, write, output);
}

struct RegisterOptions {
  WriteOptions write;
  std::string signature;
  std::string protected_file;
  std::optional<std::string> document;
};

Exit RunRegister(const RegisterOptions& options, Output& output) {
  // One byte more than any signature has: the service then says what is wrong.
  const auto signature =
      ReadAtMost(options.signature, notary::kMaxSealSignature + 1);
  if (!signature) return output.Fail(signature.error());
  const auto order = HashFiles(options.protected_file, options.document);
  if (!order) return output.Fail(order.error());
  Write write;
  write.path = "/v1/seal-signatures";
  write.body = RequestOf(*order);
  write.body.Add("signature", ledger::EncodeBase64(*signature));
  write.fits = [&](const notary::Entry& entry, const Json&) {
    return IsAsOrdered(entry, *order) &&
           IsSignatureOf(entry, *order, *signature);
  };
  return RunWrite(options.write, write, output);
}

struct FetchOptions {
  ServerAccess access;
  std::optional<uint64_t> index;
  std::string output;
  std::optional<std::string> vkey;
};

// The SM3 of the signature that the entry names, as its receipt proves.
Result<ledger::Hash> SignatureOfEntry(
    HttpClient& client, uint64_t index,
    const std::optional<ledger::VerifierKey>& vkey) {
  const auto receipt = client.Get("/v1/entries/" + std::to_string(index));
  if (!receipt) return receipt.error();
  const auto received = CheckReceipt(*receipt, vkey);
  if (!received) return received.error();
  const auto* sealed =
      std::get_if<notary::DocumentSealed>(&received->entry.body);
  if (received->index != index) return BadReceipt("it is of another entry");
  if (sealed == nullptr) {
    return MakeError(Code::kNotFound, "no-signature",
                     "the entry is of no sealed document");
  }
  return sealed->signature_sm3;
}

Result<void> Fetch(HttpClient& client, const FetchOptions& options,
                   const std::optional<ledger::VerifierKey>& vkey) {
  const auto sm3 = SignatureOfEntry(client, *options.index, vkey);
  if (!sm3) return sm3.error();
  const auto signature = client.Get(
      "/v1/entries/" + std::to_string(*options.index) + "/signature");
  if (!signature) return signature.error();
  if (ledger::Sm3Of(*signature) != *sm3) {
    return BadReceipt("its entry is of another signature");
  }
  return notary::WriteNewFile(options.output, *signature, kSecretMode);
}

Exit RunFetch(const FetchOptions& options, Output& output) {
  if (!options.index) return output.Usage("seal signature needs INDEX");
  std::optional<ledger::VerifierKey> vkey;
  if (options.vkey) {
    auto key = ledger::ParseVerifierKey(*options.vkey);
    if (!key) return output.Fail(key.error(), Exit::kUsage);
    vkey = std::move(*key);
  }
  if (const auto free = CheckFree(options.output); !free) {
    return output.Fail(free.error());
  }
  auto client = Connect(options.access, Need::kToken);
  if (!client) return output.Fail(client.error(), ExitOf(client.error()));
  const auto fetched = Fetch(*client, options, vkey);
  if (!fetched) {
    return output.Fail(fetched.error(), fetched.error().name == "bad-receipt"
                                            ? Exit::kFailed
                                            : Exit::kNotDone);
  }
  const std::string file = Printable(options.output);
  output.Line("signature of entry " + std::to_string(*options.index) + ": " +
              file);
  output.Value(Json(Json::Object{{"file", file}, {"index", *options.index}}));
  return Exit::kPassed;
}

void AddSign(Command& seal) {
  Command& sign =
      seal.Sub("sign", "Seal a document with a seal in the service's custody",
               "sealedger seal sign 35010000000117 Signature.xml --document "
               "contract.ofd -o signature.dat");
  sign.Explain(
      "Digests and the property info leave this machine, the files do not. The "
      "signature that comes back (SES_Signature, GB/T 38540) is left readable "
      "for you alone; no file is written over. The receipt is checked: that "
      "the entry is of these digests, this seal and this signature. A call "
      "that is repeated with the same --key brings the same signature. Deposit "
      "the finished file with `record --chain INDEX`.");
  const auto options = std::make_shared<SignOptions>();
  sign.Positional("CODE", &options->code, "the seal's code");
  sign.Positional("FILE", &options->file,
                  "what the signature is over: in an OFD its Signature.xml");
  sign.Optional("--document", "FILE", &options->document,
                "the document before it was sealed, to be named beside it");
  sign.Optional("--property-info", "TEXT", &options->property_info,
                "what the signature says of FILE: in an OFD its path inside "
                "(else the file's name, where it is printable ASCII)");
  sign.Optional("-o,--output", "SIGNATURE", &options->output,
                "where the signature goes (FILE.signature.dat)");
  AddWriteOptions(sign, &options->write);
  sign.Run([options](Output& output) { return RunSign(*options, output); });
}

void AddRegister(Command& seal) {
  Command& enter = seal.Sub(
      "register", "Enter a seal signature that was made elsewhere",
      "sealedger seal register signature.dat --protected Signature.xml");
  enter.Explain(
      "The service makes all checks and tells them; where one fails nothing is "
      "entered, and the call ends with 1. The receipt is checked: that the "
      "entry is of this signature and these digests.");
  const auto options = std::make_shared<RegisterOptions>();
  enter.Positional("SIGNATURE", &options->signature,
                   "an SES_Signature, in DER");
  enter.Required("--protected", "FILE", &options->protected_file,
                 "what the signature is over: in an OFD its Signature.xml");
  enter.Optional("--document", "FILE", &options->document,
                 "the document before it was sealed, to be named beside it");
  AddWriteOptions(enter, &options->write);
  enter.Run(
      [options](Output& output) { return RunRegister(*options, output); });
}

void AddFetch(Command& seal) {
  Command& fetch =
      seal.Sub("signature", "Fetch the signature of a sealed document",
               "sealedger seal signature 25 -o signature.dat");
  fetch.Explain(
      "For who entered it, admin and regulator. The file is the one that the "
      "entry names, which is checked, and left readable for you alone; no file "
      "is written over.");
  const auto options = std::make_shared<FetchOptions>();
  fetch.OptionalNumber("INDEX", &options->index,
                       "the index of its document.sealed");
  fetch.Required("-o,--output", "FILE", &options->output, "where to");
  AddServerOptions(fetch, &options->access);
  fetch.Optional("--vkey", "VKEY", &options->vkey,
                 "the ledger's key, to check who signed");
  fetch.Run([options](Output& output) { return RunFetch(*options, output); });
}

}  // namespace

void AddSealUse(Command& seal) {
  AddSign(seal);
  AddRegister(seal);
  AddFetch(seal);
}

}  // namespace sealedger::tools
