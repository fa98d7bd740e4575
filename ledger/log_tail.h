// The torn tail of a LevelDB log (a write-ahead log or a MANIFEST).
//
// With paranoid_checks LevelDB refuses a log that a power cut has torn, even
// where only its last record suffered, which nobody was ever told of; and a
// header of zeros it passes over in silence, even where whole records stand
// behind it. Here the two are told apart.
//
// The rule: every record that we write is synced before the next one begins.
// So a power cut can tear the last record alone. What is bad and has no record
// beginning behind it is a torn tail, and is cut off; what has one is damage to
// bytes that were synced, and stays as it is.
//
// The format (LevelDB, doc/log_format.md): blocks of 32 KiB, in each a sequence
// of physical records, masked crc32c 4 ‖ length 2 ‖ type 1 ‖ bytes, the numbers
// little-endian. A logical record is one FULL (1), or FIRST (2), MIDDLE (3)*,
// LAST (4). The last 6 bytes of a block or fewer are zeros. Zeros up to the end
// of the file are an area that was never written.
//
// Thread rule: functions of their arguments; the file belongs to the caller,
// and no process has it open for writing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/result.h"

namespace sealedger::ledger {

// How many bytes the whole records take, from the beginning; less than
// log.size() where there is a torn tail or an area never written. kCorruption
// "store-corrupt": a record is bad and another begins behind it; says where.
Result<uint64_t> WholeRecords(std::string_view log);

// Cuts the torn tail off a store that is about to be opened: of the MANIFEST
// that CURRENT names, and of the newest log that is not empty. What it cuts is
// on disk when it returns; a crash meanwhile leaves a tail that is cut next
// time. Errors: kCorruption "store-corrupt" (names the file), kIo "store-io".
Result<void> CutTornTails(const std::string& folder);

}  // namespace sealedger::ledger
