#include "notary/seal_keys.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/codes.h"
#include "notary/data_dir.h"
#include "notary/secure_memory.h"
#include "notary/sm2.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

constexpr size_t kIdHash = 16;  // hexadecimal characters
constexpr std::string_view kSuffix = ".pem";

ledger::Error IoError(const std::string& path, const std::error_code& error) {
  return MakeError(Code::kIo, "file", path + ": " + error.message());
}

std::string ParentOf(const std::string& folder) {
  const std::string parent =
      std::filesystem::path(folder).parent_path().string();
  return parent.empty() ? "." : parent;
}

class OpenedKey : public SealKeySigner {
 public:
  explicit OpenedKey(Sm2Key key) : key_(std::move(key)), spki_(key_.spki()) {}

  const std::string& spki() const override { return spki_; }
  Result<std::string> SignDigest(const ledger::Hash& e) const override {
    return key_.SignDigest(e);
  }

 private:
  const Sm2Key key_;
  const std::string spki_;
};

class SealKeyFolder : public SealKeys {
 public:
  SealKeyFolder(std::string folder, std::string passphrase)
      : folder_(std::move(folder)), passphrase_(std::move(passphrase)) {}

  Result<NewKey> Make(std::string_view code) override {
    std::error_code failed;
    std::filesystem::create_directory(folder_, failed);
    if (failed) return IoError(folder_, failed);
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all,
                                 failed);
    if (failed) return IoError(folder_, failed);
    // Each time: whoever made it may not have come to it.
    Result<void> synced = SyncFolder(ParentOf(folder_));
    if (!synced) return std::move(synced).error();
    const Sm2Key key = Sm2Key::Generate();
    NewKey made{SealKeyId(code, key.spki()), key.spki()};
    Result<void> written =
        WriteNewFile(PathOf(made.id), key.EncryptedPem(passphrase_), 0600);
    if (!written) return std::move(written).error();
    return made;
  }

  Result<std::shared_ptr<const SealKeySigner>> Open(
      const std::string& id) override {
    EnsureSecureMemory();
    Result<std::string> pem = ReadSecretFile(PathOf(id));
    if (!pem && pem.error().code == Code::kNotFound) {
      return MakeError(Code::kNotFound, "no-such-key",
                       "no key of this id is in custody");
    }
    if (!pem) return std::move(pem).error();
    Result<Sm2Key> key = Sm2Key::FromEncryptedPem(*pem, passphrase_);
    if (!key) return std::move(key).error();
    auto opened = std::make_shared<const OpenedKey>(*std::move(key));
    if (SealKeyId(SealCodeOfKey(id), opened->spki()) != id) {
      return MakeError(Code::kConflict, "other-key",
                       PathOf(id) + " holds another key than its name says");
    }
    return std::shared_ptr<const SealKeySigner>(std::move(opened));
  }

  Result<std::vector<std::string>> List() override {
    std::vector<std::string> ids;
    std::error_code failed;
    if (!std::filesystem::exists(folder_, failed)) {
      if (failed) return IoError(folder_, failed);
      return ids;
    }
    std::filesystem::directory_iterator at(folder_, failed);
    for (; !failed && at != std::filesystem::directory_iterator();
         at.increment(failed)) {
      std::string name = at->path().filename().string();
      if (!name.ends_with(kSuffix)) continue;
      name.resize(name.size() - kSuffix.size());
      ids.push_back(std::move(name));
    }
    if (failed) return IoError(folder_, failed);
    return ids;
  }

  Result<void> Remove(const std::string& id) override {
    const std::string path = PathOf(id);
    if (::unlink(path.c_str()) == 0) return SyncFolder(folder_);
    if (errno == ENOENT) return {};
    return IoError(path, std::error_code(errno, std::generic_category()));
  }

 private:
  std::string PathOf(const std::string& id) const {
    return folder_ + "/" + id + std::string(kSuffix);
  }

  const std::string folder_;
  const std::string passphrase_;
};

}  // namespace

std::string SealKeyId(std::string_view code, std::string_view spki) {
  return std::string(code) + "-" +
         ledger::ToHex(ledger::Sha256Of(spki)).substr(0, kIdHash);
}

std::string_view SealCodeOfKey(std::string_view id) {
  const std::string_view code = id.substr(0, id.find('-'));
  if (!IsSealCode(code) || id.size() != code.size() + 1 + kIdHash) return {};
  return code;
}

std::unique_ptr<SealKeys> OpenSealKeyFolder(std::string folder,
                                            std::string passphrase) {
  return std::make_unique<SealKeyFolder>(std::move(folder),
                                         std::move(passphrase));
}

}  // namespace sealedger::notary
