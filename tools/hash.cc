// sealedger hash FILE…: the digests that entries and bundles name.

#include <memory>
#include <vector>

#include "tools/commands.h"
#include "tools/file_digests.h"

namespace sealedger::tools {

namespace {

Exit RunHash(const std::vector<std::string>& files, Output& output) {
  Json::Array items;
  for (const std::string& file : files) {
    const auto digests = HashFile(file);
    if (!digests) return output.Fail(digests.error());
    const std::string sha256 = ledger::ToHex(digests->sha256);
    const std::string sm3 = ledger::ToHex(digests->sm3);
    output.Line("SHA256 (" + Printable(file) + ") = " + sha256);
    output.Line("SM3 (" + Printable(file) + ") = " + sm3);
    items.push_back(Json(Json::Object{{"file", Printable(file)},
                                      {"sha256", sha256},
                                      {"size", digests->size},
                                      {"sm3", sm3}}));
  }
  output.Value(Json(std::move(items)));
  return Exit::kPassed;
}

}  // namespace

void AddHash(Command& program) {
  Command& hash = program.Sub("hash", "Print the SHA-256 and SM3 of files",
                              "sealedger hash contract.pdf");
  hash.Explain(
      "The lines are of the form that `cksum -c` reads. Files are read in "
      "pieces: memory stays the same whatever their size.");
  const auto files = std::make_shared<std::vector<std::string>>();
  hash.Positionals("FILE", files.get(), "files to hash");
  hash.Run([files](Output& output) { return RunHash(*files, output); });
}

}  // namespace sealedger::tools
