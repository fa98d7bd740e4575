#include "tools/unpack_part.h"

namespace sealedger::tools {

std::string CommandBlock(const std::string& commands,
                         const std::string& prints) {
  std::string block = "```sh\n" + commands + "```\n";
  if (!prints.empty()) block += "\nprints `" + prints + "`.\n";
  return block;
}

std::string RawToDerCommands(const std::string& raw, const std::string& der) {
  return "printf "
         "'asn1=SEQUENCE:rs\\n[rs]\\nr=INTEGER:0x%s\\ns=INTEGER:0x%s\\n' \\\n"
         "  $(od -An -v -tx1 " +
         raw + " | tr -d ' \\n' | fold -w 64) > rs.cnf\n" +
         "openssl asn1parse -genconf rs.cnf -noout -out " + der + "\n";
}

}  // namespace sealedger::tools
