#include "notary/seal_authority.h"

#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/certificate.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

constexpr char kPassphraseVariable[] = "SEALEDGER_SEAL_PASSPHRASE";
constexpr size_t kPassphraseBytes = 32;
// Nobody guesses 256 random bits, and each start pays for every round.
constexpr int kFewRounds = 2048;
constexpr int64_t kYearS = int64_t{366} * 24 * 3600;
constexpr int64_t kRootYears = 20;
constexpr int64_t kMakerYears = 10;

Result<std::string> ReadPassphrase(const SealSettings& settings) {
  if (const char* given = std::getenv(kPassphraseVariable)) {
    if (*given != '\0') return std::string(given);
  }
  Result<std::string> text = ReadSecretFile(settings.passphrase_file);
  if (!text) return text;
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (!text->empty()) return text;
  return MakeError(Code::kMalformed, "wrong-passphrase",
                   settings.passphrase_file + " is empty");
}

Error Named(Error error, const std::string& path) {
  error.detail = path + ": " + error.detail;
  return error;
}

// What stands after the certificates, where a file begins with some.
std::string_view AfterCertificates(std::string_view pem) {
  constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
  const size_t end = pem.rfind(kEnd);
  if (end != std::string_view::npos) pem.remove_prefix(end + kEnd.size());
  return pem;
}

Result<Sm2Key> ReadKey(const std::string& path, const std::string& passphrase,
                       const std::string& certificate) {
  Result<std::string> pem = ReadSecretFile(path);
  if (!pem) return std::move(pem).error();
  Result<Sm2Key> key =
      Sm2Key::FromEncryptedPem(AfterCertificates(*pem), passphrase);
  if (!key) return Named(std::move(key).error(), path);
  Result<CertificateFacts> facts = ReadCertificate(certificate);
  if (!facts) return Named(std::move(facts).error(), path);
  if (facts->spki == key->spki()) return key;
  return MakeError(Code::kConflict, "other-key",
                   path + " holds another key than its certificate");
}

Result<std::vector<std::string>> ReadCertificateFile(const std::string& path) {
  Result<std::string> pem = ReadFile(path);
  if (!pem) return std::move(pem).error();
  Result<std::vector<std::string>> certificates = ReadCertificatesPem(*pem);
  if (!certificates) return Named(std::move(certificates).error(), path);
  return certificates;
}

}  // namespace

Result<SealAuthority> ReadSealAuthority(const SealSettings& settings) {
  Result<std::string> passphrase = ReadPassphrase(settings);
  if (!passphrase) return std::move(passphrase).error();
  Result<std::vector<std::string>> cas = ReadCertificateFile(settings.ca);
  if (!cas) return std::move(cas).error();
  std::optional<Sm2Key> ca_key;
  if (::access(settings.ca_key.c_str(), F_OK) == 0) {
    Result<Sm2Key> key = ReadKey(settings.ca_key, *passphrase, cas->front());
    if (!key) return std::move(key).error();
    ca_key = *std::move(key);
  }
  Result<std::vector<std::string>> maker = ReadCertificateFile(settings.maker);
  if (!maker) return std::move(maker).error();
  Result<Sm2Key> maker_key =
      ReadKey(settings.maker, *passphrase, maker->front());
  if (!maker_key) return std::move(maker_key).error();
  return SealAuthority{*std::move(cas), std::move(ca_key),
                       std::move(maker->front()), *std::move(maker_key),
                       *std::move(passphrase)};
}

Result<void> ProvideSealAuthority(const DataPaths& paths,
                                  std::vector<std::string>* made) {
  if (::access(paths.seal_ca.c_str(), F_OK) == 0) return {};
  // Somebody's own keys, or those of an `init` that was interrupted: not ours
  // to write over.
  for (const std::string& path :
       {paths.seal_ca_key, paths.seal_maker, paths.seal_passphrase}) {
    if (::access(path.c_str(), F_OK) != 0) continue;
    return MakeError(Code::kConflict, "seal-authority-in-part",
                     path + " is there, and " + paths.seal_ca +
                         " is not: move it away to have an authority for "
                         "trials made, or put the certificate beside it");
  }
  const std::string passphrase =
      ledger::EncodeHex(ledger::RandomBytes(kPassphraseBytes));
  const int64_t now = std::time(nullptr);
  const Sm2Key root_key = Sm2Key::Generate();
  const std::string root =
      MakeRootCertificate(root_key, {"Sealedger trial seal CA", "Sealedger"},
                          {now, now + kRootYears * kYearS});
  const Sm2Key maker_key = Sm2Key::Generate();
  Result<std::string> maker = IssueCertificate(
      maker_key.spki(), {"Sealedger trial seal maker", "Sealedger"},
      {now, now + kMakerYears * kYearS}, root, root_key);
  if (!maker) return std::move(maker).error();
  struct File {
    const std::string& path;
    std::string content;
    unsigned mode;
  };
  // The certificate that others go by is last: with it the set is whole.
  for (const File& file :
       {File{paths.seal_passphrase, passphrase + "\n", 0600},
        File{paths.seal_ca_key, root_key.EncryptedPem(passphrase, kFewRounds),
             0600},
        File{paths.seal_maker,
             CertificatePem(*maker) +
                 maker_key.EncryptedPem(passphrase, kFewRounds),
             0600},
        File{paths.seal_ca, CertificatePem(root), 0644}}) {
    Result<void> written = WriteNewFile(file.path, file.content, file.mode);
    if (!written) return written;
    made->push_back(file.path);
  }
  return {};
}

}  // namespace sealedger::notary
