// The folder of a service opened by a command: its settings, and the notary
// with words for what to do where it does not open.
//
// Thread rule: functions, one process at a time on a folder.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ledger/result.h"
#include "notary/notary.h"

namespace sealedger::tools {

// DIR/sealedger.toml, or `config`.
ledger::Result<notary::Settings> ReadSettingsOf(
    const std::string& data, const std::optional<std::string>& config);

// The error of an opening, with what its reader can do about it.
ledger::Error WithAdvice(ledger::Error error);

// kUnavailable "locked" while the service runs.
ledger::Result<std::unique_ptr<notary::Notary>> OpenNotary(
    const std::string& data);

}  // namespace sealedger::tools
