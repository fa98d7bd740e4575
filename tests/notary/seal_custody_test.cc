// Keys in custody, the seal authority, and seals that are made or taken.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "notary/certificate.h"
#include "notary/data_dir.h"
#include "notary/seal_authority.h"
#include "notary/seal_keys.h"
#include "notary/seal_maker.h"
#include "notary/sm2.h"
#include "notary/sm2_digest.h"
#include "tests/notary/openssl_command.h"
#include "tests/notary/seal_cases.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

using testing::Shop;

constexpr const char* kCode = "35010000000001";
constexpr const char* kOtherCode = "35010000000002";
constexpr const char* kPassphrase = "a passphrase for tests";

template <typename T>
std::string NameOf(const Result<T>& result) {
  return result ? "" : result.error().name;
}

std::string SecretFile(const testing::TempDir& dir, const char* name,
                       const std::string& text) {
  std::string path = (dir.path() / name).string();
  testing::WriteFile(path, text);
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  return path;
}

TEST_CASE("a key in custody is opened by its id until it is removed") {
  const testing::TempDir dir;
  const std::string folder = (dir.path() / "seals").string();
  const auto keys = OpenSealKeyFolder(folder, kPassphrase);
  CHECK(keys->List()->empty());
  const auto made = keys->Make(kCode);
  REQUIRE(made.has_value());
  CHECK(SealCodeOfKey(made->id) == kCode);
  CHECK(*keys->List() == std::vector<std::string>{made->id});
  const auto key = keys->Open(made->id);
  REQUIRE(key.has_value());
  CHECK((*key)->spki() == made->spki);
  const auto value = (*key)->SignDigest(
      Sm2Digest(Sm2PublicKey::FromSpki(made->spki)->z(), "message"));
  REQUIRE(value.has_value());
  CHECK(VerifySm2(made->spki, "message", *value));
  CHECK(NameOf(OpenSealKeyFolder(folder, "another")->Open(made->id)) ==
        "wrong-passphrase");
  REQUIRE(keys->Remove(made->id).has_value());
  CHECK(keys->Remove(made->id).has_value());
  CHECK(keys->List()->empty());
  CHECK(NameOf(keys->Open(made->id)) == "no-such-key");
}

TEST_CASE("another key under an id is not opened") {
  const testing::TempDir dir;
  const auto keys =
      OpenSealKeyFolder((dir.path() / "seals").string(), kPassphrase);
  const auto made = keys->Make(kCode);
  const auto other = keys->Make(kOtherCode);
  REQUIRE((made.has_value() && other.has_value()));
  const auto path_of = [&dir](const std::string& id) {
    return dir.path() / "seals" / (id + ".pem");
  };
  std::filesystem::rename(path_of(other->id), path_of(made->id));
  CHECK(NameOf(keys->Open(made->id)) == "other-key");
}

TEST_CASE("a key of seals that is not encrypted is not taken") {
  const testing::TempDir dir;
  if (!testing::HasOpenssl(dir)) return;
  const Sm2Key key = Sm2Key::Generate();
  SecretFile(dir, "key.pem", key.EncryptedPem(kPassphrase, 2048));
  REQUIRE(testing::RunOpenssl(dir,
                              "pkcs8 -topk8 -nocrypt -in key.pem -passin "
                              "'pass:a passphrase for tests' -out "
                              "plain.pem"));
  const std::string plain = testing::ReadFile(dir.path() / "plain.pem");
  CHECK(NameOf(Sm2Key::FromPem(plain, kPassphrase)) == "");
  CHECK(NameOf(Sm2Key::FromEncryptedPem(plain, kPassphrase)) == "bad-key");
  const std::string id = SealKeyId(kCode, key.spki());
  std::filesystem::create_directory(dir.path() / "seals");
  SecretFile(dir, ("seals/" + id + ".pem").c_str(), plain);
  const auto keys =
      OpenSealKeyFolder((dir.path() / "seals").string(), kPassphrase);
  CHECK(NameOf(keys->Open(id)) == "bad-key");
}

TEST_CASE("init makes a seal authority whole, and touches no part of another") {
  const testing::TempDir dir;
  const std::string data = (dir.path() / "data").string();
  REQUIRE(InitDataDir(data, "example.com/log", std::nullopt).has_value());
  const DataPaths paths(data);
  const auto settings = ReadSettings(paths.settings, data);
  REQUIRE(settings.has_value());
  CHECK(ReadSealAuthority(settings->seals).has_value());
  for (const std::string& made : {paths.seal_ca, paths.seal_ca_key,
                                  paths.seal_maker, paths.seal_passphrase}) {
    CAPTURE(made);
    CHECK(std::filesystem::exists(made));
    for (const auto& file : std::filesystem::directory_iterator(
             std::filesystem::path(made).parent_path())) {
      CHECK(file.path().string().find(".part-") == std::string::npos);
    }
  }
  std::filesystem::remove(paths.seal_ca);
  const std::string maker = testing::ReadFile(paths.seal_maker);
  CHECK(NameOf(InitDataDir(data, "example.com/log", std::nullopt)) ==
        "seal-authority-in-part");
  CHECK(testing::ReadFile(paths.seal_maker) == maker);
  for (const std::string& part :
       {paths.seal_ca_key, paths.seal_maker, paths.seal_passphrase}) {
    std::filesystem::remove(part);
  }
  CHECK(InitDataDir(data, "example.com/log", std::nullopt).has_value());
  CHECK(ReadSealAuthority(settings->seals).has_value());
}

SealAuthority ShopAuthority() {
  return {{Shop().root().certificate},
          std::nullopt,
          Shop().maker().certificate,
          Sm2Key::Generate(),
          kPassphrase};
}

TEST_CASE("a seal made elsewhere is taken when no check of it fails") {
  const SealAuthority authority = ShopAuthority();
  const int64_t now_ms = testing::kSigningTime * 1000;
  std::vector<Check> checks;
  const auto adopt = [&](const std::string& seseal) {
    return NameOf(AdoptSeal(authority, kCode, seseal, now_ms, &checks));
  };
  SealInfo info = Shop().Info();
  info.es_id = kCode;
  CHECK(adopt(Shop().Seal2020(info)) == "");
  // A token may be absent; one that is there is a part of the seal.
  CHECK(adopt(Shop().Seal2025(info,
                              "\x04\x03"
                              "abc")) == "seal-time-stamp");
  CHECK(checks.size() >= 4);
}

}  // namespace
}  // namespace sealedger::notary
