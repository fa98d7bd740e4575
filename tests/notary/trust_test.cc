#include "notary/trust.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "notary/certificate.h"
#include "notary/sm2.h"
#include "tests/notary/sample_ledger.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

const std::string& Der() {
  static const std::string der = [] {
    const Sm2Key key = Sm2Key::Generate();
    return MakeRootCertificate(key, {"Root", "Example"}, {0, 4'000'000'000});
  }();
  return der;
}

const std::string& Pem() {
  static const std::string pem = CertificatePem(Der());
  return pem;
}

std::string Vkey(char seed) {
  return ledger::FormatVerifierKey(testing::SampleVkey(seed));
}

std::string Fault(std::string_view toml, const std::string& folder = ".") {
  const Result<Trust> trust = ParseTrust(toml, folder);
  if (trust) return "";
  CHECK_FALSE(trust.error().detail.empty());
  return trust.error().name + " " + trust.error().field;
}

TEST_CASE("a trust file names logs, authorities and blocks") {
  testing::TempDir dir;
  testing::WriteFile(dir.path() / "seal-ca.pem", Pem() + Pem());
  const std::string hex(64, 'a');
  const std::string toml = "[[log]]\nvkey = \"" + Vkey(1) +
                           "\"\n[[log]]\nvkey = \"" + Vkey(2) +
                           "\"\n[[ca]]\nfile = \"seal-ca.pem\"\nuse = \"seal\""
                           "\n[[ca]]\npem = '''" +
                           Pem() +
                           "'''\nuse = \"tsa\"\n"
                           "[[block]]\nchain = \"eip155:1\"\nhash = \"0x" +
                           hex +
                           "\"\nnumber = 21000000\n"
                           "time = \"2026-11-22T09:30:00.000Z\"\n"
                           "[[block]]\nchain = "
                           "\"bip122:000000000019d6689c085ae165831e93\"\n"
                           "hash = \"" +
                           hex + "\"\n";
  const Result<Trust> trust = ParseTrust(toml, dir.path().string());
  REQUIRE(trust);
  REQUIRE(trust->logs.size() == 2);
  CHECK(trust->logs[0] == testing::SampleVkey(1));
  CHECK(trust->logs[1] == testing::SampleVkey(2));
  REQUIRE(trust->cas.size() == 2);
  CHECK(trust->cas[0].use == "seal");
  CHECK(trust->cas[0].certificates == std::vector<std::string>{Der(), Der()});
  CHECK(trust->cas[1].use == "tsa");
  CHECK(trust->cas[1].certificates == std::vector<std::string>{Der()});
  CHECK(trust->seal_trust().seal_cas.size() == 2);
  CHECK(trust->seal_trust().tsa_cas == trust->cas[1].certificates);
  REQUIRE(trust->blocks.size() == 2);
  CHECK(trust->blocks[0].chain == "eip155:1");
  CHECK(trust->blocks[0].hash == "0x" + hex);
  CHECK(trust->blocks[0].number == 21000000);
  CHECK(trust->blocks[0].time_ms == 1'795'339'800'000);
  CHECK_FALSE(trust->blocks[1].number.has_value());
  CHECK_FALSE(trust->blocks[1].time_ms.has_value());
}

TEST_CASE("an empty trust file trusts nothing") {
  const Result<Trust> trust = ParseTrust("", ".");
  REQUIRE(trust);
  CHECK(trust->logs.empty());
}

TEST_CASE("each fault of a trust file is named with its place") {
  CHECK(Fault("x = 1\n") == "unknown-member /x");
  CHECK(Fault("log = 1\n") == "invalid-request /log");
  CHECK(Fault("[log]\n") == "invalid-request /log");
  CHECK(Fault("[[log]]\n") == "invalid-request /log/0/vkey");
  CHECK(Fault("[[log]]\nvkey = \"x\"\n") == "bad-vkey /log/0/vkey");
  const std::string log = "[[log]]\nvkey = \"" + Vkey(1) + "\"\n";
  CHECK(Fault(log) == "");
  CHECK(Fault(log + "x = 1\n") == "unknown-member /log/0/x");
  CHECK(Fault(log + log) == "bad-vkey /log");
  CHECK(Fault("[[log]\n") == "toml ");
}

TEST_CASE("an authority has one certificate and one use") {
  const std::string pem = "pem = '''" + Pem() + "'''\n";
  CHECK(Fault("[[ca]]\nuse = \"seal\"\n" + pem) == "");
  CHECK(Fault("[[ca]]\n" + pem) == "invalid-request /ca/0/use");
  CHECK(Fault("[[ca]]\nuse = \"web\"\n" + pem) == "bad-use /ca/0/use");
  CHECK(Fault("[[ca]]\nuse = \"tsa\"\n") == "bad-ca /ca/0/file");
  CHECK(Fault("[[ca]]\nuse = \"tsa\"\nfile = \"a\"\n" + pem) ==
        "bad-ca /ca/0/file");
  CHECK(Fault("[[ca]]\nuse = \"tsa\"\npem = \"x\"\n") == "bad-ca /ca/0/pem");
  CHECK(Fault("[[ca]]\nuse = \"tsa\"\npem = \"\"\"-----BEGIN CERTIFICATE-----\n"
              "AA==\n-----END CERTIFICATE-----\n\"\"\"\n") ==
        "bad-ca /ca/0/pem");
  CHECK(Fault("[[ca]]\nuse = \"tsa\"\nfile = \"missing.pem\"\n") ==
        "unreadable-file /ca/0/file");
}

TEST_CASE("blocks are spelled as their chain's explorers do") {
  const std::string hex(64, 'a');
  const auto fault = [](const std::string& chain, const std::string& hash,
                        const std::string& more = "") {
    return Fault("[[block]]\nchain = \"" + chain + "\"\nhash = \"" + hash +
                 "\"\n" + more);
  };
  CHECK(fault("eip155:1", "0x" + hex) == "");
  CHECK(fault("eip155:1", hex) == "bad-digest /block/0/hash");
  CHECK(fault("eip155:1", "0x" + std::string(64, 'A')) ==
        "bad-digest /block/0/hash");
  CHECK(fault("bip122:00ff", hex) == "");
  CHECK(fault("bip122:00ff", "0x" + hex) == "bad-digest /block/0/hash");
  CHECK(fault("eip155:", "0x" + hex) == "bad-chain /block/0/chain");
  CHECK(fault("eip155:x", "0x" + hex) == "bad-chain /block/0/chain");
  CHECK(fault("cosmos:hub", hex) == "bad-chain /block/0/chain");
  CHECK(fault("eip155", hex) == "bad-chain /block/0/chain");
  CHECK(fault("eip155:1", "0x" + hex, "number = -1\n") ==
        "number-out-of-range /block/0/number");
  CHECK(fault("eip155:1", "0x" + hex, "time = \"yesterday\"\n") ==
        "bad-time /block/0/time");
}

TEST_CASE("a trust file that cannot be read is told apart") {
  testing::TempDir dir;
  const std::string path = (dir.path() / "trust.toml").string();
  const Result<Trust> missing = ReadTrustFile(path);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ledger::Code::kIo);
  const Result<Trust> folder = ReadTrustFile(dir.path().string());
  REQUIRE_FALSE(folder);
  CHECK(folder.error().code == ledger::Code::kIo);
  testing::WriteFile(path, "[[ca]]\nfile = \"ca.pem\"\nuse = \"seal\"\n");
  testing::WriteFile(dir.path() / "ca.pem", Pem());
  CHECK(ReadTrustFile(path));
}

}  // namespace
}  // namespace sealedger::notary
