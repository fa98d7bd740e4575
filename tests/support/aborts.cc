#include "tests/support/aborts.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace sealedger::testing {
namespace {

[[noreturn]] void RunQuietly(const std::function<void()>& run) {
  // doctest's handler would report the abort as a failed test, and nobody
  // wants the core.
  signal(SIGABRT, SIG_DFL);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const int null = open("/dev/null", O_WRONLY);
  if (null >= 0) dup2(null, STDERR_FILENO);
  run();
  _exit(0);
}

}  // namespace

bool Aborts(const std::function<void()>& run) {
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) RunQuietly(run);
  int status = 0;
  if (waitpid(child, &status, 0) != child) {
    throw std::runtime_error("cannot wait for the child");
  }
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace sealedger::testing
