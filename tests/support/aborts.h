// For what a contract forbids: that the CHECK is there.
#pragma once

#include <functional>

namespace sealedger::testing {

// True when `run` ends in abort(). Runs it in a process of its own, with its
// message on stderr kept quiet.
bool Aborts(const std::function<void()>& run);

}  // namespace sealedger::testing
