#include "notary/secure_memory.h"

#include <doctest/doctest.h>
#include <linux/capability.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "ledger/hash.h"
#include "notary/seal_keys.h"
#include "notary/sm2.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

constexpr const char* kCode = "35010000000001";

// The flags that the kernel states of the mapping that an address is in.
std::string FlagsOf(const void* address) {
  const auto at = reinterpret_cast<uintptr_t>(address);
  std::ifstream maps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    uintptr_t begin = 0;
    uintptr_t end = 0;
    char dash = 0;
    std::istringstream range(first);
    if (range >> std::hex >> begin >> dash >> end && dash == '-') {
      inside = begin <= at && at < end;
    }
    if (inside && first == "VmFlags:") return line + ' ';
  }
  return "";
}

TEST_CASE("an open key lies in secure memory until nobody holds it") {
  const testing::TempDir dir;
  const auto keys =
      OpenSealKeyFolder((dir.path() / "seals").string(), "phrase");
  const auto made = keys->Make(kCode);
  REQUIRE(made);
  EnsureSecureMemory();
  const size_t before = SecureMemoryUsed();
  auto key = keys->Open(made->id);
  REQUIRE(key);
  CHECK(SecureMemoryUsed() == before + kSecureMemoryOfKey);
  auto again = keys->Open(made->id);
  REQUIRE(again);
  CHECK(SecureMemoryUsed() == before + 2 * kSecureMemoryOfKey);
  REQUIRE((*key)->SignDigest(ledger::Sm3Of("text")));
  CHECK(SecureMemoryUsed() == before + 2 * kSecureMemoryOfKey);
  key->reset();
  again->reset();
  CHECK(SecureMemoryUsed() == before);
}

TEST_CASE("a thread's random numbers take a known part of secure memory") {
  EnsureSecureMemory();
  ledger::RandomBytes(1);
  const Sm2Key key = Sm2Key::Generate();
  const size_t before = SecureMemoryUsed();
  size_t used = 0;
  std::thread thread([&] {
    ledger::RandomBytes(1);
    key.Sign("text");
    unsigned char octet = 0;
    RAND_bytes(&octet, 1);
    used = SecureMemoryUsed() - before;
  });
  thread.join();
  CHECK(used == kSecureMemoryOfThread);
  CHECK(SecureMemoryUsed() == before);
}

TEST_CASE("secure memory is locked, and kept out of dumps") {
  if (EnsureSecureMemory() != SecureMemory::kLocked) {
    MESSAGE("skipped: the system locks no memory here");
    return;
  }
  CHECK(SecureMemoryText(EnsureSecureMemory()) == "locked");
  void* const some = OPENSSL_secure_malloc(16);
  REQUIRE(CRYPTO_secure_allocated(some) == 1);
  const std::string flags = FlagsOf(some);
  CAPTURE(flags);
  CHECK(flags.find(" lo ") != std::string::npos);
  CHECK(flags.find(" dd ") != std::string::npos);
  OPENSSL_secure_free(some);
}

// The limit holds for what a process locks later: another process, then, that
// runs this one test again under the limit.
constexpr const char* kLimited = "SEALEDGER_TEST_NO_LOCKED_MEMORY";
constexpr const char* kLimitedTest =
    "--test-case=where the system locks no memory*";

int RunLimited() {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_MEMLOCK, &none);
    // The superuser is above the limit.
    prctl(PR_CAPBSET_DROP, CAP_IPC_LOCK, 0, 0, 0);
    setenv(kLimited, "1", 1);
    execl("/proc/self/exe", "notary_test", kLimitedTest, "--minimal", nullptr);
    _exit(127);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_CASE("where the system locks no memory, that is said, and keys work") {
  if (std::getenv(kLimited) == nullptr) {
    CHECK(RunLimited() == 0);
    return;
  }
  CHECK(EnsureSecureMemory() == SecureMemory::kNotLocked);
  CHECK(SecureMemoryText(EnsureSecureMemory()) == "not locked");
  // With the first key come the seeds of random numbers.
  const Sm2Key first = Sm2Key::Generate();
  const size_t before = SecureMemoryUsed();
  const Sm2Key key = Sm2Key::Generate();
  CHECK(SecureMemoryUsed() == before + kSecureMemoryOfKey);
  CHECK(VerifySm2(key.spki(), "text", key.Sign("text")));
}

}  // namespace
}  // namespace sealedger::notary
