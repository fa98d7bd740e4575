// sealedger serve: the service, until it is told to stop.

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "api/service.h"
#include "notary/secure_memory.h"
#include "tools/commands.h"
#include "tools/open_notary.h"
#include "version.h"

namespace sealedger::tools {

namespace {

struct ServeOptions {
  std::string data;
  std::optional<std::string> listen;
  std::optional<std::string> config;
  bool accept_clock = false;
  bool adopt_guard = false;
  std::optional<std::string> tls_cert;
  std::optional<std::string> tls_key;
  bool insecure = false;
};

// Wakes the thread that waits for signals when the listener has failed.
constexpr int kListenerFailed = SIGUSR1;

sigset_t SignalSet(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

// Connections take half of the open files, the stores a quarter; with fewer
// than this, 74 for each store are more than that.
constexpr rlim_t kFewestFiles = 512;

// As many open files as the system lets this process have.
Result<void> RaiseFileLimit() {
  rlimit limit{};
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  // Refused where the hard limit is above the system's own.
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  if (limit.rlim_cur >= kFewestFiles) return {};
  return ledger::MakeError(
      ledger::Code::kIo, "too-few-files",
      "the process may have " + std::to_string(limit.rlim_cur) +
          " files open and needs " + std::to_string(kFewestFiles) +
          " (ulimit -n, LimitNOFILE=)");
}

// The memory holds keys and private values; a core would keep them.
void LeaveNoCore() {
  const rlimit none{};
  CHECK(setrlimit(RLIMIT_CORE, &none) == 0);
}

// What the accepting thread has to say to the one that waits for signals.
class ListenerWatch {
 public:
  void Fail(const Error& error) {
    {
      const std::lock_guard<std::mutex> lock(mu_);
      failure_ = error;
    }
    CHECK(kill(getpid(), kListenerFailed) == 0);
  }
  std::optional<Error> failure() const {
    const std::lock_guard<std::mutex> lock(mu_);
    return failure_;
  }

 private:
  mutable std::mutex mu_;
  std::optional<Error> failure_;  // guarded by mu_
};

api::ServerOptions ServerOptionsOf(const ServeOptions& options,
                                   const notary::ServerSettings& settings) {
  api::ServerOptions server;
  server.listen = options.listen.value_or(settings.listen);
  server.threads = settings.threads;
  server.keep_alive = std::chrono::seconds(settings.keep_alive_s);
  server.read_timeout = std::chrono::seconds(settings.read_timeout_s);
  server.tls_cert = options.tls_cert ? options.tls_cert : settings.tls_cert;
  server.tls_key = options.tls_key ? options.tls_key : settings.tls_key;
  server.trusted_proxies = settings.trusted_proxies;
  server.insecure = options.insecure;
  return server;
}

std::string UrlOf(const api::Server& server, bool tls) {
  const std::string& host = server.host();
  const bool ipv6 = host.find(':') != std::string::npos;
  return std::string(tls ? "https://" : "http://") +
         (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(server.port());
}

// Returns when the service is to end, and says why.
std::string_view AwaitEnd(const sigset_t& signals,
                          const ListenerWatch& listener, api::Log& log) {
  for (;;) {
    int signal = 0;
    CHECK(sigwait(&signals, &signal) == 0);
    switch (signal) {
      case SIGHUP:
        log.Reopen();
        break;
      case kListenerFailed:
        if (listener.failure()) return "listener-failed";
        break;
      case SIGINT:
        return "SIGINT";
      default:
        return "SIGTERM";
    }
  }
}

Exit RunServe(const ServeOptions& options, Output& output) {
  if (options.tls_cert.has_value() != options.tls_key.has_value()) {
    return output.Usage("--tls-cert and --tls-key go together");
  }
  const auto settings = ReadSettingsOf(options.data, options.config);
  if (!settings) {
    return output.Fail(settings.error(),
                       settings.error().code == ledger::Code::kInvalidArgument
                           ? Exit::kUsage
                           : Exit::kNotDone);
  }
  // Before any thread is made: each inherits the mask, and the signals wait
  // for sigwait below instead of ending the process between two steps.
  const sigset_t signals =
      SignalSet({SIGTERM, SIGINT, SIGHUP, kListenerFailed});
  CHECK(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0);
  LeaveNoCore();
  // A reader of the log who goes away ends nothing.
  CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
  // Before the stores are opened, which look at it.
  if (auto raised = RaiseFileLimit(); !raised) {
    return output.Fail(raised.error());
  }

  const auto telemetry = api::Telemetry::Open(settings->server.log_file);
  if (!telemetry) return output.Fail(telemetry.error());
  api::Log& log = *telemetry->log;
  const auto fail = [&](const Error& error, Exit exit = Exit::kNotDone) {
    // Standard error gets the sentence.
    if (!settings->server.log_file.empty()) {
      log.Event("not_started",
                {{"name", error.name}, {"detail", error.detail}});
    }
    return output.Fail(error, exit);
  };

  // Before a key is opened: what is allocated earlier stays where it is.
  if (notary::EnsureSecureMemory() != notary::SecureMemory::kLocked) {
    log.Event("seal_keys_not_locked",
              {{"detail",
                "the memory of open seal keys may be swapped out: raise "
                "RLIMIT_MEMLOCK"}});
  }
  notary::NotaryOptions opening;
  opening.data_dir = options.data;
  opening.settings = *settings;
  opening.accept_clock = options.accept_clock;
  opening.adopt_guard = options.adopt_guard;
  telemetry->Observe(&opening);
  auto notary = notary::Notary::Open(opening);
  if (!notary) return fail(WithAdvice(std::move(notary).error()));
  ListenerWatch listener;
  api::ServerOptions serving = ServerOptionsOf(options, settings->server);
  serving.on_listener_failure = [&](const Error& error) {
    listener.Fail(error);
  };
  auto server = api::StartService(**notary, serving, *telemetry);
  if (!server) {
    const bool usage = server.error().code == ledger::Code::kInvalidArgument;
    return fail(server.error(), usage ? Exit::kUsage : Exit::kNotDone);
  }
  const std::string url = UrlOf(**server, serving.tls_cert.has_value());
  log.Event("listening", {{"url", url}, {"version", kVersion}});
  output.Line("listening on " + url);
  output.Value(Json(Json::Object{{"listening", url}}));
  // Nobody may be reading any more; the service goes on.
  static_cast<void>(output.Flush());

  const std::string_view why = AwaitEnd(signals, listener, log);
  log.Event("stopping", {{"why", why}});
  // Whoever asks a second time will not wait for what was accepted.
  const sigset_t hasty = SignalSet({SIGTERM, SIGINT});
  CHECK(pthread_sigmask(SIG_UNBLOCK, &hasty, nullptr) == 0);
  (*server)->Stop();
  (*notary)->Stop();
  log.Event("stopped", {});
  if (const std::optional<Error> failure = listener.failure()) {
    return output.Fail(*failure);
  }
  return Exit::kPassed;
}

}  // namespace

void AddServe(Command& program) {
  Command& serve =
      program.Sub("serve", "Run the service until SIGTERM or SIGINT",
                  "sealedger serve --data data --listen 127.0.0.1:8080");
  serve.Explain(
      "Prints `listening on URL` once it answers. What was accepted is "
      "answered before it ends; a second signal ends it at once, and nothing "
      "that was acknowledged is lost by that. SIGHUP opens the log file anew.");
  const auto options = std::make_shared<ServeOptions>();
  serve.Required("--data", "DIR", &options->data, "the folder that init made");
  serve.Optional("--listen", "HOST:PORT", &options->listen,
                 "instead of the setting; port 0: any that is free");
  serve.Optional("--config", "FILE", &options->config,
                 "settings instead of DIR/sealedger.toml");
  serve.Flag("--accept-clock", &options->accept_clock,
             "believe the clock although the last entry is far from it");
  serve.Flag("--adopt-guard", &options->adopt_guard,
             "make a guard from the ledger as it is, where it is missing");
  serve.Optional("--tls-cert", "FILE", &options->tls_cert,
                 "certificate chain, PEM");
  serve.Optional("--tls-key", "FILE", &options->tls_key, "its key, PEM");
  serve.Flag("--insecure", &options->insecure,
             "listen off loopback without TLS (behind a proxy that has it)");
  serve.Run([options](Output& output) { return RunServe(*options, output); });
}

}  // namespace sealedger::tools
