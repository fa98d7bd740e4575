#include "tools/open_notary.h"

#include <utility>

#include "notary/data_dir.h"

namespace sealedger::tools {

namespace {

struct Advice {
  std::string_view name;
  std::string_view text;
};

constexpr Advice kAdvice[] = {
    {"locked",
     "stop it first, or speak to it with --url where the command has that"},
    {"rolled-back",
     "entries that were acknowledged are missing: put the newest copy of the "
     "ledger back, or begin a new origin with init --succeeds; a ledger that "
     "lost entries never goes on under its origin"},
    {"guard-contradicts",
     "this is another ledger than the one the guard has seen: put the right "
     "copy back; it never goes on like this"},
    {"guard-missing",
     "bring the guard file back; where it is truly lost, serve --adopt-guard "
     "makes one from the ledger as it is"},
    {"guard-corrupt",
     "bring a whole guard file back; where it is truly lost, move the damaged "
     "one away and serve --adopt-guard"},
    {"clock-unsure",
     "set this machine's clock; where it is right and the ledger was at rest "
     "for long, serve --accept-clock"},
    {"key-mode", "take the file's rights from all others: chmod 600"},
    {"ledger-corrupt",
     "find out with fsck --data what is damaged, and put a whole copy back"},
};

}  // namespace

ledger::Result<notary::Settings> ReadSettingsOf(
    const std::string& data, const std::optional<std::string>& config) {
  return notary::ReadSettings(config.value_or(notary::DataPaths(data).settings),
                              data);
}

ledger::Error WithAdvice(ledger::Error error) {
  for (const Advice& advice : kAdvice) {
    if (error.name != advice.name) continue;
    if (!error.detail.empty()) error.detail += "; ";
    error.detail += advice.text;
  }
  return error;
}

ledger::Result<std::unique_ptr<notary::Notary>> OpenNotary(
    const std::string& data) {
  auto settings = ReadSettingsOf(data, std::nullopt);
  if (!settings) return std::move(settings).error();
  notary::NotaryOptions options;
  options.data_dir = data;
  options.settings = std::move(*settings);
  auto notary = notary::Notary::Open(options);
  if (!notary) return WithAdvice(std::move(notary).error());
  return notary;
}

}  // namespace sealedger::tools
