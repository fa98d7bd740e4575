#include "api/process_figures.h"

#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

namespace sealedger::api {

std::optional<uint64_t> AnonymousMemoryBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string name; status >> name;) {
    uint64_t kilobytes = 0;
    if (name == "RssAnon:" && status >> kilobytes) return kilobytes * 1024;
    std::getline(status, name);
  }
  return std::nullopt;
}

std::optional<uint64_t> OpenFiles() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  if (error) return std::nullopt;
  // One of them is the listing's own.
  return static_cast<uint64_t>(std::distance(begin(files), end(files))) - 1;
}

uint64_t MaxOpenFiles() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

}  // namespace sealedger::api
