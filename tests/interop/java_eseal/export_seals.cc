// Writes seals of ours for other people's programs:
//
//   interop_export_seals DIR
//
// leaves ca.der and ca.pem, the root of all certificates in them, and seals of
// every kind that is written: good-*.esl. The smallest is good-digests.esl.
// signature.dat is a signature with one of them over protected.bin, and the
// name in terminal.esl would steer a terminal.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "ledger/hash.h"
#include "notary/certificate.h"
#include "notary/der.h"
#include "notary/eseal.h"
#include "notary/sm2.h"

namespace {

using sealedger::notary::SealInfo;
using sealedger::notary::Sm2Key;

constexpr int64_t kFrom = 1735689600;    // 2025-01-01
constexpr int64_t kMade = 1748736000;    // 2025-06-01
constexpr int64_t kSigned = 1772440200;  // 2026-03-02T08:30:00Z
constexpr int64_t kSealTo = 1843430400;  // 2028-06-01
constexpr int64_t kTo = 1893456000;      // 2030-01-01

class Exporter {
 public:
  explicit Exporter(std::filesystem::path folder)
      : folder_(std::move(folder)),
        root_key_(Sm2Key::Generate()),
        maker_key_(Sm2Key::Generate()),
        signer_key_(Sm2Key::Generate()),
        root_(sealedger::notary::MakeRootCertificate(
            root_key_, {"Export Root", "Export"}, {kFrom, kTo})),
        maker_(Issue(maker_key_, "Export Seal Maker")),
        signer_(Issue(signer_key_, "11010500000017")) {}

  void Run() {
    Write("ca.der", root_);
    Write("ca.pem", sealedger::notary::CertificatePem(root_));
    SealInfo info = Info();
    info.certificates = {signer_};
    WriteSeal("good-certificate", info);
    WriteSignature(SealOf(info), "what is protected\n");
    info.name = "\x1b[2Jpassed";
    WriteSeal("terminal", info);
    info.name = Info().name;
    for (int i = 1; i < 20; ++i)
      info.certificates.push_back(info.certificates[0]);
    info.picture.data.assign(200'000, '\xa5');
    WriteSeal("good-large", info);

    info = Info();
    info.lists_digests = true;
    info.digests = {std::string(sealedger::ledger::Sm3Of(maker_).view())};
    WriteSeal("good-digests", info);
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

  std::string Issue(const Sm2Key& key, std::string_view common_name) {
    auto certificate = sealedger::notary::IssueCertificate(
        key.spki(), {std::string(common_name), "Export"}, {kFrom, kTo}, root_,
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

  void WriteSignature(const std::string& seal, std::string_view protect) {
    using namespace sealedger::notary;
    const std::string to_sign =
        DerOf(kDerSequence,
              DerIntegerOf(4) + seal + DerGeneralizedTimeOf(kSigned) +
                  DerBitStringOf(sealedger::ledger::Sm3Of(protect).view()) +
                  DerOf(kDerIa5String, "/Doc_0/Signs/Sign_0/Signature.xml"));
    Write("protected.bin", protect);
    Write("signature.dat",
          DerOf(kDerSequence, to_sign + DerOf(kDerOctetString, signer_) +
                                  DerOidOf(kSm2SignOid) +
                                  DerBitStringOf(signer_key_.Sign(to_sign))));
  }

  void Write(const std::string& name, std::string_view bytes) {
    std::ofstream file(folder_ / name, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) throw std::runtime_error("cannot write " + name);
  }

  const std::filesystem::path folder_;
  const Sm2Key root_key_;
  const Sm2Key maker_key_;
  const Sm2Key signer_key_;
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
