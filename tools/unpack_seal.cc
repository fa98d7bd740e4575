#include "tools/unpack_seal.h"

#include <optional>
#include <string_view>
#include <variant>

#include "ledger/hash.h"
#include "notary/der.h"
#include "notary/eseal.h"
#include "notary/eseal_verify.h"
#include "notary/sm2.h"

namespace sealedger::tools {

namespace {

using ledger::ToHex;

// Where the bytes stand in the file, for OpenSSL's -strparse. Where they stand
// twice, either place has them.
std::optional<size_t> PlaceOf(std::string_view file, std::string_view bytes) {
  const size_t place = file.find(bytes);
  if (place == std::string_view::npos) return std::nullopt;
  return place;
}

// That takes the value at a place out of the file.
std::string TakeCommand(const std::string& file, size_t place,
                        const std::string& to) {
  return "openssl asn1parse -inform DER -in " + file + " -strparse " +
         std::to_string(place) + " \\\n  -noout -out " + to + "\n";
}

// Somebody's SM2 signature inside the file.
struct InnerSignature {
  std::string name;  // of the files that its parts go to
  std::string_view signed_bytes;
  std::string_view value;
  std::string certificate;  // the file's name
};

// Empty where what was signed is no part of the file (GM/T 0031-2014: the
// maker's), or the value is spelled in a way of its own.
std::string VerifySection(const std::string& file, std::string_view bytes,
                          const InnerSignature& inner) {
  const auto signed_place = PlaceOf(bytes, inner.signed_bytes);
  const auto value_place = PlaceOf(bytes, notary::DerBitStringOf(inner.value));
  if (!signed_place || !value_place) return "";
  const auto spelling = notary::ReadSm2Value(inner.value);
  const bool raw = spelling && spelling->raw;
  const std::string value = inner.name + ".sig";
  std::string commands =
      TakeCommand(file, *signed_place, inner.name + ".der") +
      TakeCommand(file, *value_place, raw ? inner.name + ".raw" : value);
  if (raw) commands += RawToDerCommands(inner.name + ".raw", value);
  commands += "openssl pkeyutl -verify -certin -keyform DER -inkey " +
              inner.certificate +
              " \\\n  -rawin -digest sm3 -pkeyopt distid:1234567812345678 "
              "\\\n  -in " +
              inner.name + ".der -sigfile " + value + "\n";
  return CommandBlock(commands, "Signature Verified Successfully");
}

// Collects the certificates, numbered.
class Certificates {
 public:
  explicit Certificates(UnpackedPart* part) : part_(part) {}

  std::string Add(const std::string& der, const std::string& whose) {
    std::string name = "certificate-" + std::to_string(++count_) + ".der";
    part_->files.push_back({name, der});
    part_->list += "- `" + name + "`: " + whose + "\n";
    return name;
  }

 private:
  UnpackedPart* const part_;
  size_t count_ = 0;
};

// How a certificate is held to the authority's, at a time. Not where others
// stand between: OpenSSL's command says the SM2 user ID of the first alone.
std::string AuthoritySection(const notary::Bundle& bundle,
                             const std::string& certificate, int64_t at_s) {
  if (!bundle.certificates.empty()) return "";
  return "\nWith the authority's certificate as `seal-ca.pem`, which you take "
         "from somebody you\ntrust and not from these files:\n\n" +
         CommandBlock(
             "openssl verify -vfyopt distid:1234567812345678 "
             "-attime " +
                 std::to_string(at_s) +
                 " \\\n  -no-CApath -no-CAstore -CAfile seal-ca.pem " +
                 certificate + "\n",
             certificate + ": OK");
}

std::string MakerSection(const notary::Bundle& bundle, const std::string& file,
                         std::string_view bytes, const notary::Seal& seal,
                         const std::string& certificate) {
  const std::string verify = VerifySection(
      file, bytes,
      {"seal-info", seal.signed_bytes, seal.signature, certificate});
  if (verify.empty()) return "";
  return "\n## The seal maker's signature\n\nThe maker signed the seal's name, "
         "picture, validity and signers.\n\n" +
         verify + AuthoritySection(bundle, certificate, seal.info.created_s);
}

std::string DigestBlock(const std::string& command, const ledger::Hash& hash) {
  return CommandBlock(command + "\n", ToHex(hash));
}

std::string FileSection(const std::string& title, const std::string& file,
                        const ledger::Hash& sm3) {
  return "\n## " + title + "\n\n`entry.json` names the file by its SM3:\n\n" +
         DigestBlock("openssl dgst -sm3 " + file, sm3) +
         "\nWhat it holds:\n\n" +
         CommandBlock("openssl asn1parse -inform DER -in " + file + "\n");
}

void AddBrought(const notary::Bundle& bundle, Certificates* certificates) {
  for (const std::string& der : bundle.certificates) {
    certificates->Add(der, "between one of these and the authority's");
  }
}

UnpackedPart UnpackSealFile(const notary::Bundle& bundle,
                            const notary::SealIssued& issued) {
  const std::string file = "seal.esl";
  const std::string& bytes = *bundle.seal->seseal;
  UnpackedPart part;
  part.files.push_back({file, bytes});
  part.list = "- `seal.esl`: the electronic seal (SESeal, DER)\n";
  part.sections = FileSection("The electronic seal", file, issued.seseal_sm3);
  Certificates certificates(&part);
  if (const auto seal = notary::DecodeSeal(bytes)) {
    const std::string maker =
        certificates.Add(seal->maker_certificate, "of the seal's maker");
    part.sections += "\nIt names the maker's certificate, too:\n\n" +
                     DigestBlock("sha256sum " + maker, issued.maker_sha256) +
                     MakerSection(bundle, file, bytes, *seal, maker);
    for (const std::string& der : seal->info.certificates) {
      certificates.Add(der, "of one who may sign with the seal");
    }
  }
  AddBrought(bundle, &certificates);
  return part;
}

std::string DataHashSection(std::string_view bytes,
                            const notary::SealSignature& signature,
                            const notary::DocumentSealed& sealed) {
  const auto place =
      PlaceOf(bytes, notary::DerBitStringOf(signature.data_hash));
  if (!place) return "";
  return "\nThe SM3 that it is over, which `entry.json` names as `protected`:"
         "\n\n" +
         CommandBlock(TakeCommand("signature.dat", *place, "data-hash") +
                          "od -An -v -tx1 data-hash | tr -d ' \\n'\n",
                      ToHex(sealed.protected_bytes.sm3));
}

UnpackedPart UnpackSignature(const notary::Bundle& bundle,
                             const notary::DocumentSealed& sealed) {
  const std::string file = "signature.dat";
  const std::string& bytes = *bundle.seal->signature;
  UnpackedPart part;
  part.files.push_back({file, bytes});
  part.list =
      "- `signature.dat`: the electronic seal signature, with the seal inside "
      "(SES_Signature,\n  DER)\n";
  part.sections =
      FileSection("The electronic seal signature", file, sealed.signature_sm3);
  Certificates certificates(&part);
  if (const auto signature = notary::DecodeSealSignature(bytes)) {
    const std::string maker = certificates.Add(
        signature->seal.maker_certificate, "of the seal's maker");
    const std::string signer =
        certificates.Add(signature->certificate, "of the signer");
    part.sections +=
        DataHashSection(bytes, *signature, sealed) +
        "\n## The signer's signature\n\n`entry.json` names the signer's "
        "certificate by its SHA-256:\n\n" +
        DigestBlock("sha256sum " + signer, sealed.signer_sha256) + "\n" +
        VerifySection(
            file, bytes,
            {"signed", signature->signed_bytes, signature->signature, signer}) +
        AuthoritySection(bundle, signer,
                         sealed.claimed_ms / notary::kSecondMs) +
        MakerSection(bundle, file, bytes, signature->seal, maker);
  }
  part.sections +=
      "\nWhether the seal was active when it signed, and who might sign with "
      "it, the\nregister tells: `sealedger verify` reads those entries of the "
      "bundle.\n";
  AddBrought(bundle, &certificates);
  return part;
}

}  // namespace

UnpackedPart UnpackSeal(const notary::Bundle& bundle,
                        const notary::Entry& subject) {
  if (!bundle.seal) return {};
  const auto* issued = std::get_if<notary::SealIssued>(&subject.body);
  if (issued != nullptr && bundle.seal->seseal) {
    return UnpackSealFile(bundle, *issued);
  }
  const auto* sealed = std::get_if<notary::DocumentSealed>(&subject.body);
  if (sealed != nullptr && bundle.seal->signature) {
    return UnpackSignature(bundle, *sealed);
  }
  return {};
}

}  // namespace sealedger::tools
