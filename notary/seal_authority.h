// The seal authority of a service: which certificates seals are judged by, the
// key that certifies keys in custody, and the seal maker. `init` makes a set
// for trials; a service in earnest names its own in the settings.
//
//   keys/seal-ca.pem      certificates, the first of them of ca_key
//   keys/seal-ca-key.pem  PKCS#8, encrypted; where it is absent no key in
//                         custody is certified here
//   keys/seal-maker.pem   the maker's certificate, then his key, encrypted
//   keys/seal-passphrase  or the variable SEALEDGER_SEAL_PASSPHRASE
//
// Thread rule: values; functions over files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "notary/data_dir.h"
#include "notary/settings.h"
#include "notary/sm2.h"

namespace sealedger::notary {

struct SealAuthority {
  std::vector<std::string> cas;   // DER
  std::optional<Sm2Key> ca_key;   // of cas[0]
  std::string maker_certificate;  // DER
  Sm2Key maker_key;
  std::string passphrase;
};

// kNotFound for a file that is not there; kPermissionDenied "key-mode",
// "wrong-passphrase"; kMalformed "bad-key", "bad-certificate"; kConflict
// "other-key" where a key is not of its certificate.
Result<SealAuthority> ReadSealAuthority(const SealSettings& settings);

// Makes all of the files, or none where seal-ca.pem is there. kConflict
// "seal-authority-in-part" where others of them are there without it.
Result<void> ProvideSealAuthority(const DataPaths& paths,
                                  std::vector<std::string>* made);

}  // namespace sealedger::notary
