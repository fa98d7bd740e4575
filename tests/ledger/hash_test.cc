#include "ledger/hash.h"

#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace sealedger::ledger {
namespace {

const std::string kMillion(1000000, 'a');

TEST_CASE("SHA-256 gives the values of FIPS 180") {
  CHECK(ToHex(Sha256Of("")) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(ToHex(Sha256Of("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(ToHex(Sha256Of(kMillion)) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SM3 gives the values of GB/T 32905") {
  std::string repeated;
  for (int i = 0; i < 16; ++i) repeated += "abcd";
  CHECK(ToHex(Sm3Of("abc")) ==
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  CHECK(ToHex(Sm3Of(repeated)) ==
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

TEST_CASE("HMAC-SHA-256 gives the values of RFC 4231") {
  CHECK(ToHex(HmacSha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(ToHex(HmacSha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(ToHex(HmacSha256(
            std::string(131, '\xaa'),
            "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(ToHex(HmacSha256("", "")) ==
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("leaf and node hashes carry the prefixes of RFC 6962") {
  CHECK(EmptyRoot() == Sha256Of(""));
  CHECK(LeafHash("") == Sha256Of(std::string(1, '\0')));
  CHECK(LeafHash("entry") == Sha256Of(std::string("\0entry", 6)));
  const Hash left = Sha256Of("left");
  const Hash right = Sha256Of("right");
  const std::string both = std::string(left.view()) + std::string(right.view());
  CHECK(NodeHash(left, right) == Sha256Of("\x01" + both));
  CHECK(NodeHash(right, left) != NodeHash(left, right));
}

TEST_CASE("hashes of one thread do not disturb those of another") {
  const Hash left = Sha256Of("left");
  const Hash right = Sha256Of("right");
  const Hash node = NodeHash(left, right);
  const Hash sm3 = Sm3Of("abc");
  std::atomic<int> ready = 0;
  int wrong[2] = {0, 0};
  const auto work = [&](int* count) {
    ++ready;
    while (ready < 2) std::this_thread::yield();
    for (int i = 0; i < 200000; ++i) *count += NodeHash(left, right) != node;
    for (int i = 0; i < 200000; ++i) *count += Sm3Of("abc") != sm3;
  };
  std::thread other(work, &wrong[0]);
  work(&wrong[1]);
  other.join();
  CHECK(wrong[0] == 0);
  CHECK(wrong[1] == 0);
}

TEST_CASE("a digest over pieces is that of the whole, and starts again") {
  Digest sha256(Digest::Algorithm::kSha256);
  Digest sm3(Digest::Algorithm::kSm3);
  for (int round = 0; round < 2; ++round) {
    for (const char* piece : {"a", "", "bc"}) {
      sha256.Update(piece);
      sm3.Update(piece);
    }
    CHECK(sha256.Finish() == Sha256Of("abc"));
    CHECK(sm3.Finish() == Sm3Of("abc"));
  }
  CHECK(sha256.Finish() == Sha256Of(""));
}

TEST_CASE("a digest that was moved goes on with what it had") {
  Digest digest(Digest::Algorithm::kSha256);
  digest.Update("ab");
  Digest moved = std::move(digest);
  moved.Update("c");
  CHECK(moved.Finish() == Sha256Of("abc"));
}

TEST_CASE("a hash is read back from bytes, hex and base64") {
  const Hash hash = Sha256Of("abc");
  CHECK(HashFromBytes(hash.view()) == hash);
  CHECK(HashFromHex(ToHex(hash)) == hash);
  CHECK(HashFromBase64(ToBase64(hash)) == hash);
}

TEST_CASE("a hash of another length or spelling is refused") {
  const Hash hash = Sha256Of("abc");
  const std::string bytes(hash.view());
  const std::string hex = ToHex(hash);
  const std::string base64 = ToBase64(hash);
  CHECK_FALSE(HashFromBytes(bytes.substr(1)));
  CHECK_FALSE(HashFromBytes(bytes + '\0'));
  CHECK_FALSE(HashFromBytes(""));
  CHECK_FALSE(HashFromHex(hex.substr(2)));
  CHECK_FALSE(HashFromHex(hex + "00"));
  CHECK_FALSE(HashFromHex("BA" + hex.substr(2)));
  CHECK_FALSE(HashFromBase64(base64.substr(4)));
  CHECK_FALSE(HashFromBase64(base64.substr(0, 43)));
  CHECK_FALSE(HashFromBase64(base64.substr(0, 40)));
  // 31 and 33 bytes: the one has as many characters as 32, padding among them.
  CHECK_FALSE(HashFromBase64(base64.substr(0, 40) + "AA=="));
  CHECK_FALSE(HashFromBase64(base64.substr(0, 40) + "AAAA"));
}

TEST_CASE("random bytes are of the count asked for and differ") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(RandomBytes(16));
  CHECK(seen.size() == 100);
  CHECK(seen.begin()->size() == 16);
  CHECK(RandomBytes(0).empty());
}

TEST_CASE("secrets are equal when all their bytes are") {
  CHECK(EqualSecrets("", ""));
  CHECK(EqualSecrets("secret", "secret"));
  CHECK_FALSE(EqualSecrets("secret", "secreT"));
  CHECK_FALSE(EqualSecrets("secret", "Secret"));
  CHECK_FALSE(EqualSecrets("secret", "secre"));
  CHECK_FALSE(EqualSecrets("", "s"));
}

}  // namespace
}  // namespace sealedger::ledger
