// SealKeys: keys of seals in custody, by an id that is made of the seal's code
// and the key. Behind it a folder of files, or a hardware module in its place.
//
// Crash meaning: a key is durable when Make returned. A key whose seal never
// came is an orphan, which the next start removes (seal_custody in notary.cc).
//
// A key that is opened stays so as long as somebody holds it: decrypted, in
// secure memory (secure_memory.h), whose size bounds how many can be open.
//
// Thread rule: safe for concurrent use.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/hash.h"
#include "ledger/result.h"

namespace sealedger::notary {

using ledger::Result;

// One key, opened.
class SealKeySigner {
 public:
  virtual ~SealKeySigner() = default;

  virtual const std::string& spki() const = 0;  // DER
  // DER SEQUENCE { r, s } over e = SM3(Z ‖ M) of sm2_digest.h. What the system
  // that holds the key said, where it gave none.
  virtual Result<std::string> SignDigest(const ledger::Hash& e) const = 0;
};

class SealKeys {
 public:
  virtual ~SealKeys() = default;

  struct NewKey {
    std::string id;
    std::string spki;  // DER
  };
  // An SM2 key for the seal of this code. What the system said, or kIo.
  virtual Result<NewKey> Make(std::string_view code) = 0;
  // kNotFound "no-such-key"; "wrong-passphrase", "bad-key" and "other-key"
  // where what is kept under the id is not that key. 30 ms for a file.
  virtual Result<std::shared_ptr<const SealKeySigner>> Open(
      const std::string& id) = 0;
  virtual Result<std::vector<std::string>> List() = 0;
  // Gone from the disk when it returns; none of this id is no error.
  virtual Result<void> Remove(const std::string& id) = 0;
};

// "35010000000017-9f86d081884c7d65".
std::string SealKeyId(std::string_view code, std::string_view spki);
// The code in an id; empty where it is none.
std::string_view SealCodeOfKey(std::string_view id);

// One PKCS#8 file ID.pem a key, encrypted, mode 0600. The folder is made when
// the first key is.
std::unique_ptr<SealKeys> OpenSealKeyFolder(std::string folder,
                                            std::string passphrase);

}  // namespace sealedger::notary
