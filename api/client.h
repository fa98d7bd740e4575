// Who is at the other end: addresses, and what a proxy may say about them.
//
// Thread rule: pure functions, but NewRequestId draws random bits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"

namespace sealedger::api {

// An IPv4 or IPv6 address in the system's spelling, IPv4 inside IPv6
// (::ffff:192.0.2.1) as IPv4; empty when `text` is no address.
std::string NormalAddress(std::string_view text);
// 127.0.0.0/8 and ::1, in NormalAddress's spelling.
bool IsLoopback(std::string_view address);

// The socket's address, or where that is a trusted proxy the last address in
// X-Forwarded-For that is none. `peer` and `trusted` are normal addresses.
std::string ClientAddress(const std::string& peer,
                          const std::vector<std::string>& trusted,
                          const Headers& headers);

// The Request-Id that a trusted proxy sent, when it is 1..64 characters of
// A-Z a-z 0-9 . _ -; else 16 random hex digits.
std::string ChooseRequestId(const std::string& peer,
                            const std::vector<std::string>& trusted,
                            const Headers& headers);
std::string NewRequestId();

}  // namespace sealedger::api
