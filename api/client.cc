#include "api/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdint>

#include "ledger/encoding.h"
#include "ledger/hash.h"

namespace sealedger::api {

namespace {

bool IsTrusted(const std::string& address,
               const std::vector<std::string>& trusted) {
  return std::find(trusted.begin(), trusted.end(), address) != trusted.end();
}

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool IsRequestId(std::string_view id) {
  return !id.empty() && id.size() <= 64 &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
         });
}

}  // namespace

std::string NormalAddress(std::string_view text) {
  const std::string copy(text);
  char out[INET6_ADDRSTRLEN];
  in_addr v4{};
  if (inet_pton(AF_INET, copy.c_str(), &v4) == 1) {
    return inet_ntop(AF_INET, &v4, out, sizeof(out));
  }
  in6_addr v6{};
  if (inet_pton(AF_INET6, copy.c_str(), &v6) != 1) return {};
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    return inet_ntop(AF_INET, &v6.s6_addr[12], out, sizeof(out));
  }
  return inet_ntop(AF_INET6, &v6, out, sizeof(out));
}

bool IsLoopback(std::string_view address) {
  return address == "::1" || address.starts_with("127.");
}

std::string ClientAddress(const std::string& peer,
                          const std::vector<std::string>& trusted,
                          const Headers& headers) {
  std::string client = peer;
  // From the last hop backwards: each address was added by the hop after it,
  // so the first that no trusted proxy vouches for ends the search.
  for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
    if (!EqualNames(header->first, "X-Forwarded-For")) continue;
    std::string_view rest = header->second;
    for (;;) {
      if (!IsTrusted(client, trusted)) return client;
      const size_t comma = rest.rfind(',');
      const size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
      const std::string hop = NormalAddress(Trim(rest.substr(begin)));
      if (hop.empty()) return client;
      client = hop;
      if (comma == std::string_view::npos) break;
      rest = rest.substr(0, comma);
    }
  }
  return client;
}

std::string ChooseRequestId(const std::string& peer,
                            const std::vector<std::string>& trusted,
                            const Headers& headers) {
  if (IsTrusted(peer, trusted)) {
    const std::string* sent = FindHeader(headers, "Request-Id");
    if (sent != nullptr && IsRequestId(*sent)) return *sent;
  }
  return NewRequestId();
}

std::string NewRequestId() {
  // SplitMix64 from a random start: unique, and no secret.
  thread_local uint64_t state = ledger::ReadBigEndian64(ledger::RandomBytes(8));
  uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  std::string bytes;
  ledger::AppendBigEndian64(&bytes, z);
  return ledger::EncodeHex(bytes);
}

}  // namespace sealedger::api
