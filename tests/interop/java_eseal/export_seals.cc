// Writes seals of ours for other people's programs:
//
//   interop_export_seals DIR
//
// leaves ca.der and ca.pem, the root of all certificates in them, seals of
// every kind that is written (good-*.esl; the smallest is good-digests.esl),
// and signatures with them over protected.bin (good-*.dat; the smallest is
// good-digests.dat). checkpoint-*.dat name the checkpoint in checkpoint-*.txt,
// of which the lines are its OID, origin, size and root. signature.dat is a
// plain one, and the name in terminal.esl would steer a terminal.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "ledger/hash.h"
#include "notary/certificate.h"
#include "notary/checkpoint_extension.h"
#include "notary/eseal.h"
#include "notary/seal_keys.h"
#include "notary/seal_signer.h"
#include "notary/sm2.h"

namespace {

using sealedger::notary::CheckpointExtension;
using sealedger::notary::SealInfo;
using sealedger::notary::SignatureRequest;
using sealedger::notary::Sm2Key;

constexpr int64_t kFrom = 1735689600;    // 2025-01-01
constexpr int64_t kMade = 1748736000;    // 2025-06-01
constexpr int64_t kSigned = 1772440200;  // 2026-03-02T08:30:00Z
constexpr int64_t kSealTo = 1843430400;  // 2028-06-01
constexpr int64_t kTo = 1893456000;      // 2030-01-01
constexpr std::string_view kProtected = "what is protected\n";
constexpr const char* kCheckpointOid = "2.999.26.3.1";

class KeyInMemory : public sealedger::notary::SealKeySigner {
 public:
  KeyInMemory() : key_(Sm2Key::Generate()), spki_(key_.spki()) {}

  const std::string& spki() const override { return spki_; }
  sealedger::notary::Result<std::string> SignDigest(
      const sealedger::ledger::Hash& e) const override {
    return key_.SignDigest(e);
  }

 private:
  const Sm2Key key_;
  const std::string spki_;
};

class Exporter {
 public:
  explicit Exporter(std::filesystem::path folder)
      : folder_(std::move(folder)),
        root_key_(Sm2Key::Generate()),
        maker_key_(Sm2Key::Generate()),
        signer_key_(std::make_shared<const KeyInMemory>()),
        root_(sealedger::notary::MakeRootCertificate(
            root_key_, {"Export Root", "Export"}, {kFrom, kTo})),
        maker_(Issue(maker_key_.spki(), "Export Seal Maker")),
        signer_(Issue(signer_key_->spki(), "11010500000017")) {}

  void Run() {
    Write("ca.der", root_);
    Write("ca.pem", sealedger::notary::CertificatePem(root_));
    SealInfo info = Info();
    info.certificates = {signer_};
    WriteSeal("good-certificate", info);
    const std::string seal = SealOf(info);
    Write("protected.bin", kProtected);
    WriteSignature("signature", seal, Request());
    WriteSignature("good-certificate", seal, Request());
    WriteCheckpoints(seal);
    info.name = "\x1b[2Jpassed";
    WriteSeal("terminal", info);
    info.name = Info().name;
    for (int i = 1; i < 20; ++i)
      info.certificates.push_back(info.certificates[0]);
    info.picture.data.assign(200'000, '\xa5');
    WriteSeal("good-large", info);
    SignatureRequest request = Request();
    request.property_info.assign(sealedger::notary::kMaxPropertyInfo, '~');
    request.extensions = {{"1.2.3.4", true, std::string("\x05\x00", 2)},
                          {"2.999.26.3.1", false, std::string(300, 'x')}};
    WriteSignature("good-large", SealOf(info), request);

    info = Info();
    info.lists_digests = true;
    info.digests = {std::string(sealedger::ledger::Sm3Of(maker_).view())};
    WriteSeal("good-digests", info);
    info.digests.push_back(
        std::string(sealedger::ledger::Sm3Of(signer_).view()));
    request = Request();
    request.extensions = {Extension({"log.example.com", 1, {}})};
    WriteSignature("good-digests", SealOf(info), request);
    info.digests.pop_back();
    info.name = "Acme 合同有限公司合同专用章";
    info.extensions = {{"1.2.3.4", true, std::string("\x05\x00", 2)},
                       {"2.999.26.3.1", false, std::string(300, 'x')}};
    WriteSeal("good-extensions", info);
    // Values that are zero, empty, or need an octet more than their digits.
    info.extensions.clear();
    info.type = 128;
    info.name.clear();
    info.vendor.clear();
    info.picture = {"", "", 0, 32768};
    info.digests.clear();
    WriteSeal("good-empty", info);
  }

 private:
  static SealInfo Info() {
    SealInfo info;
    info.vendor = "SLG";
    info.es_id = "11010500000017";
    info.name = "合同专用章";
    info.created_s = kMade;
    info.valid_from_s = kMade;
    info.valid_to_s = kSealTo;
    info.picture = {"PNG", "no picture", 40, 40};
    return info;
  }

  static SignatureRequest Request() {
    SignatureRequest request;
    request.time_s = kSigned;
    request.data_hash = sealedger::ledger::Sm3Of(kProtected);
    request.property_info = "/Doc_0/Signs/Sign_0/Signature.xml";
    return request;
  }

  static sealedger::notary::SealExtension Extension(
      const CheckpointExtension& checkpoint) {
    return {kCheckpointOid, false,
            sealedger::notary::EncodeCheckpointExtension(checkpoint)};
  }

  // Sizes around each length of an INTEGER.
  void WriteCheckpoints(const std::string& seal) {
    for (int bits = 0; bits < 64; ++bits) {
      const uint64_t size = (uint64_t{1} << bits) - 1;
      const CheckpointExtension checkpoint{
          "log.example.com/" + std::string(static_cast<size_t>(bits), 'x'),
          size, sealedger::ledger::Sha256Of(std::to_string(bits))};
      SignatureRequest request = Request();
      request.extensions = {Extension(checkpoint)};
      const std::string name = "checkpoint-" + std::to_string(bits);
      WriteSignature(name, seal, request);
      Write(name + ".txt",
            std::string(kCheckpointOid) + "\n" + checkpoint.origin + "\n" +
                std::to_string(size) + "\n" +
                sealedger::ledger::ToHex(checkpoint.root) + "\n");
    }
  }

  std::string Issue(std::string_view spki, std::string_view common_name) {
    auto certificate = sealedger::notary::IssueCertificate(
        spki, {std::string(common_name), "Export"}, {kFrom, kTo}, root_,
        root_key_);
    if (!certificate) throw std::runtime_error(certificate.error().detail);
    return *certificate;
  }

  std::string SealOf(const SealInfo& info) {
    const std::string signed_info = sealedger::notary::EncodeSealInfo(info);
    return sealedger::notary::EncodeSeal(signed_info, maker_,
                                         maker_key_.Sign(signed_info));
  }

  void WriteSeal(const std::string& name, const SealInfo& info) {
    Write(name + ".esl", SealOf(info));
  }

  void WriteSignature(const std::string& name, const std::string& seal,
                      const SignatureRequest& request) {
    const auto key =
        sealedger::notary::Sm2PublicKey::FromSpki(signer_key_->spki());
    const sealedger::notary::SealSigner signer(
        seal, {"11010500000017", signer_, kMade, kSealTo, kFrom, kTo}, key->z(),
        signer_key_);
    const auto made = signer.Sign(request);
    if (!made) throw std::runtime_error(made.error().detail);
    Write(name + ".dat", made->bytes);
  }

  void Write(const std::string& name, std::string_view bytes) {
    std::ofstream file(folder_ / name, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) throw std::runtime_error("cannot write " + name);
  }

  const std::filesystem::path folder_;
  const Sm2Key root_key_;
  const Sm2Key maker_key_;
  const std::shared_ptr<const KeyInMemory> signer_key_;
  const std::string root_;
  const std::string maker_;
  const std::string signer_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: interop_export_seals DIR\n", stderr);
    return 2;
  }
  try {
    std::filesystem::create_directories(argv[1]);
    Exporter(argv[1]).Run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "interop_export_seals: %s\n", error.what());
    return 1;
  }
  return 0;
}
