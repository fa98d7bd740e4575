// What a bundle unpacks into, in a folder, and the commands of its read-me, as
// a reader would paste them.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/note.h"
#include "tests/support/files.h"
#include "tests/tools/sealed_sample.h"
#include "tools/unpack.h"

namespace sealedger::testing {

struct ReadmeBlock {
  std::string commands;
  std::string prints;  // empty where the read-me does not say
};

// The blocks of `sh`, those for Go apart: they need the network.
inline std::vector<ReadmeBlock> BlocksOf(std::string_view readme) {
  constexpr std::string_view kBegin = "```sh\n";
  constexpr std::string_view kEnd = "```\n";
  constexpr std::string_view kPrints = "\nprints `";
  std::vector<ReadmeBlock> blocks;
  for (size_t at = readme.find(kBegin); at != std::string_view::npos;
       at = readme.find(kBegin, at)) {
    at += kBegin.size();
    const size_t end = readme.find(kEnd, at);
    ReadmeBlock block{std::string(readme.substr(at, end - at)), ""};
    at = end + kEnd.size();
    std::string_view rest = readme.substr(at);
    if (rest.starts_with(kPrints)) {
      rest.remove_prefix(kPrints.size());
      block.prints = rest.substr(0, rest.find('`'));
    }
    if (block.commands.find("go run") == std::string::npos) {
      blocks.push_back(std::move(block));
    }
  }
  return blocks;
}

class UnpackedFolder {
 public:
  explicit UnpackedFolder(const notary::Bundle& bundle) {
    auto files = tools::UnpackBundle(notary::FormatBundle(bundle));
    REQUIRE(files);
    for (const tools::UnpackedFile& file : *files) {
      Write(file.name, file.content);
      names_.push_back(file.name);
    }
    Write("document", kSampleDocument);
    Write("protected", kSampleProtected);
    Write("seal-ca.pem", notary::CertificatePem(Sealed().root().certificate));
  }

  const std::vector<std::string>& names() const { return names_; }
  std::string Read(const std::string& name) const {
    return ReadFile(folder_.path() / name);
  }
  void Write(const std::string& name, std::string_view content) const {
    WriteFile(folder_.path() / name, content);
  }
  std::vector<ReadmeBlock> blocks() const {
    return BlocksOf(Read("README.md"));
  }

  // Whether the commands end well, and print what they are said to.
  bool Holds(const ReadmeBlock& block) const {
    std::string commands = block.commands;
    const size_t vkey = commands.find("NAME+HASH+KEY");
    if (vkey != std::string::npos) {
      commands.replace(vkey, 13,
                       ledger::FormatVerifierKey(ledger::MakeVerifierKey(
                           kSampleOrigin, SampleLogKey().public_key())));
    }
    Write("commands", commands);
    const std::string line =
        "cd '" + folder_.path().string() +
        "' && bash -euo pipefail commands </dev/null >printed 2>&1";
    const bool ended_well = std::system(line.c_str()) == 0;
    return ended_well &&
           Read("printed").find(block.prints) != std::string::npos;
  }

  // How many blocks hold; each that does not is told.
  size_t CountHolding() const {
    size_t holding = 0;
    for (const ReadmeBlock& block : blocks()) {
      CAPTURE(block.commands);
      const bool holds = Holds(block);
      CHECK_MESSAGE(holds, Read("printed"));
      holding += holds ? 1 : 0;
    }
    return holding;
  }

  // The blocks that hold no longer, by a word in them.
  bool Fails(std::string_view word) const {
    bool found = false;
    for (const ReadmeBlock& block : blocks()) {
      if (block.commands.find(word) == std::string::npos) continue;
      found = true;
      if (Holds(block)) return false;
    }
    return found;
  }

  // False, and said so, where a machine has none of the programs.
  static bool HasPrograms() {
    if (std::system("openssl version >/dev/null 2>&1 && "
                    "bash --version >/dev/null 2>&1") == 0) {
      return true;
    }
    MESSAGE("skipped: there is no program openssl, or no bash");
    return false;
  }

 private:
  TempDir folder_;
  std::vector<std::string> names_;
};

}  // namespace sealedger::testing
