// A part of what a bundle unpacks into (unpack.h), and how its commands are
// written down.
//
// The commands hold names and numbers of ours and digits of digests, never text
// of the bundle: it may be an attacker's, and people paste commands.
//
// Thread rule: pure functions and values.
#pragma once

#include <string>
#include <vector>

#include "tools/unpack.h"

namespace sealedger::tools {

struct UnpackedPart {
  std::vector<UnpackedFile> files;
  std::string list;      // lines of the read-me, one for each file
  std::string sections;  // and how others check them
};

// Commands, each ending its line, as a block of the read-me, and what they
// print where that is known.
std::string CommandBlock(const std::string& commands,
                         const std::string& prints = "");
// Commands that write the signature value r ‖ s (64 octets) of the file `raw`
// to the file `der`, in the DER that OpenSSL takes.
std::string RawToDerCommands(const std::string& raw, const std::string& der);

}  // namespace sealedger::tools
