#include "tools/served_ledger.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "ledger/encoding.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::MakeError;
using ledger::Result;

namespace {

constexpr std::string_view kListening = "listening on ";

ledger::Error NotServed(const std::string& log_file) {
  return MakeError(Code::kUnavailable, "not-served",
                   "the service did not start or did not end well; " +
                       log_file + " says why");
}

// Between fork and exec: calls that are safe there, and nothing else.
[[noreturn]] void BecomeServer(const char* data_dir, const char* log_file,
                               int out) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int log = open(log_file, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (log < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0) {
    _exit(127);
  }
  signal(SIGPIPE, SIG_DFL);
  execl("/proc/self/exe", "sealedger", "serve", "--data", data_dir, "--listen",
        "127.0.0.1:0", static_cast<char*>(nullptr));
  _exit(127);
}

// The first line that comes; empty where none does.
std::string ReadLine(int fd) {
  std::string line;
  for (;;) {
    char byte = 0;
    const ssize_t got = read(fd, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    if (byte == '\n') return line;
    line.push_back(byte);
  }
}

int Await(pid_t pid) {
  int status = -1;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

Result<std::unique_ptr<ServedLedger>> ServedLedger::Start(
    const std::string& data_dir, const std::string& log_file) {
  int pipe_fds[2];
  if (pipe2(pipe_fds, O_CLOEXEC) != 0) return NotServed(log_file);
  const pid_t pid = fork();
  if (pid == 0) {
    BecomeServer(data_dir.c_str(), log_file.c_str(), pipe_fds[1]);
  }
  close(pipe_fds[1]);
  std::unique_ptr<ServedLedger> served(new ServedLedger());
  served->pid_ = pid;
  const std::string line = pid > 0 ? ReadLine(pipe_fds[0]) : std::string();
  close(pipe_fds[0]);
  if (!line.starts_with(kListening)) return NotServed(log_file);
  served->url_ = line.substr(kListening.size());
  const auto port = ledger::ParseDecimal(
      std::string_view(served->url_).substr(served->url_.rfind(':') + 1),
      65535);
  if (!port) return NotServed(log_file);
  served->port_ = static_cast<uint16_t>(*port);
  return served;
}

ServedLedger::~ServedLedger() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  Await(pid_);
}

Result<uint64_t> ServedLedger::AnonymousBytes() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/smaps_rollup");
  std::string word;
  while (file >> word) {
    uint64_t kib = 0;
    if (word == "Anonymous:" && file >> kib) return kib * 1024;
  }
  return MakeError(Code::kIo, "no-memory-figures",
                   "the system does not tell the memory of the service");
}

Result<void> ServedLedger::Stop() {
  if (pid_ <= 0) return {};
  kill(pid_, SIGTERM);
  const int status = Await(pid_);
  pid_ = -1;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return NotServed("its log");
}

}  // namespace sealedger::tools
