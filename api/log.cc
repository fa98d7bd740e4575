#include "api/log.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "api/log_sink.h"
#include "ledger/clock.h"
#include "ledger/encoding.h"
#include "notary/canonical_json.h"
#include "notary/text.h"

namespace sealedger::api {

namespace {

// A path comes as sent: what is not printable ASCII is percent-encoded, so that
// a line is JSON whatever the client wrote.
std::string PrintablePath(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (const char c : path) {
    if (c > 0x20 && c < 0x7f) {
      out.push_back(c);
    } else {
      out.append("%").append(ledger::EncodeHex({&c, 1}));
    }
  }
  return out;
}

bool IsUsualMethod(std::string_view method) {
  for (const std::string_view usual :
       {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    if (method == usual) return true;
  }
  return false;
}

void AppendText(std::string* out, std::string_view name,
                std::string_view value) {
  out->append(",\"").append(name).append("\":");
  notary::AppendJsonString(out, value);
}

void AppendNumber(std::string* out, std::string_view name, int64_t value) {
  out->append(",\"").append(name).append("\":");
  out->append(std::to_string(value));
}

}  // namespace

struct Log::Parts {
  Parts(std::string path, LogSink opened)
      : file(std::move(path)), sink(std::move(opened)) {}

  void Append(std::string line, bool urgent);
  void Run();
  bool WriteOut();

  const std::string file;

  // Touched by the writing thread only.
  LogSink sink;
  std::string leaving;  // lines on their way, from `left` on

  std::mutex mu;
  std::condition_variable wake;
  // Guarded by mu.
  std::string waiting;  // whole lines
  bool urgent = false;
  bool reopen = false;
  bool stopping = false;
  uint64_t dropped = 0;
  std::optional<Error> trouble;

  std::thread thread;
};

void Log::Parts::Append(std::string line, bool at_once) {
  line.push_back('\n');
  {
    const std::lock_guard<std::mutex> lock(mu);
    if (waiting.size() + line.size() > kMaxLogBuffer) {
      ++dropped;
      return;
    }
    const bool first = waiting.empty();
    waiting += line;
    urgent = urgent || at_once;
    if (!first && !at_once) return;
  }
  wake.notify_one();
}

void Log::Parts::Run() {
  for (;;) {
    bool stop = false;
    bool anew = false;
    {
      std::unique_lock<std::mutex> lock(mu);
      // An idle log sleeps; the first line begins the pause.
      wake.wait(lock, [this] {
        return !waiting.empty() || !leaving.empty() || urgent || stopping;
      });
      wake.wait_for(lock, kLogPause, [this] { return urgent || stopping; });
      urgent = false;
      stop = stopping;
      // Lines that came before the file is opened anew stand in the old one.
      anew = std::exchange(reopen, false);
      if (leaving.empty()) std::swap(leaving, waiting);
    }
    // Where the sink took part of the lines only, the rest stays first in line:
    // a line is never torn by others.
    while (WriteOut() && stop) {
      const std::lock_guard<std::mutex> lock(mu);
      if (waiting.empty()) break;
      std::swap(leaving, waiting);
    }
    if (anew) {
      Result<LogSink> opened = LogSink::Open(file);
      if (opened) {
        sink = *std::move(opened);
      } else {
        Append(FormatLogEvent("log_not_reopened",
                              {{"detail", opened.error().detail}},
                              ledger::SystemClock().WallMs()),
               true);
      }
    }
    if (stop) return;
  }
}

// True when nothing is left on its way.
bool Log::Parts::WriteOut() {
  if (leaving.empty()) return true;
  const Result<size_t> taken =
      sink.Write(leaving, std::chrono::steady_clock::now() + kLogPatience);
  if (taken) leaving.erase(0, *taken);
  const std::lock_guard<std::mutex> lock(mu);
  trouble = leaving.empty()
                ? std::nullopt
                : std::optional<Error>(
                      taken ? MakeError(Code::kIo, "cannot-log",
                                        "nobody takes what is logged")
                            : taken.error());
  return leaving.empty();
}

std::string FormatLogLine(const Exchange& exchange, int64_t now_ms) {
  const Request& request = exchange.request;
  const Response& response = exchange.response;
  std::string out = "{\"time\":\"" + notary::FormatTime(now_ms) + "\"";
  AppendText(&out, "request_id", request.request_id);
  if (IsUsualMethod(request.method)) AppendText(&out, "method", request.method);
  if (!response.route.empty()) {
    AppendText(&out, "path",
               response.status < 400 ? PrintablePath(request.path)
                                     : std::string(response.route));
  }
  AppendNumber(&out, "status", response.status);
  AppendNumber(
      &out, "duration_us",
      std::chrono::duration_cast<std::chrono::microseconds>(exchange.duration)
          .count());
  AppendNumber(&out, "bytes", static_cast<int64_t>(exchange.bytes_sent));
  if (response.failure) {
    AppendText(&out, "error", PrintablePath(response.failure->name));
    // Of a system's message nothing is known, its encoding neither.
    AppendText(&out, "detail",
               ledger::IsUtf8(response.failure->detail)
                   ? response.failure->detail
                   : PrintablePath(response.failure->detail));
  }
  out.push_back('}');
  return out;
}

std::string FormatLogEvent(std::string_view event, Log::Fields fields,
                           int64_t now_ms) {
  std::string out = "{\"time\":\"" + notary::FormatTime(now_ms) + "\"";
  AppendText(&out, "event", event);
  for (const auto& [name, value] : fields) {
    AppendText(
        &out, name,
        ledger::IsUtf8(value) ? std::string(value) : PrintablePath(value));
  }
  out.push_back('}');
  return out;
}

Result<std::unique_ptr<Log>> Log::Open(const std::string& file) {
  Result<LogSink> sink = LogSink::Open(file);
  if (!sink) return std::move(sink).error();
  auto parts = std::make_unique<Parts>(file, *std::move(sink));
  parts->thread = std::thread([raw = parts.get()] { raw->Run(); });
  return std::unique_ptr<Log>(new Log(std::move(parts)));
}

Log::Log(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Log::~Log() {
  {
    const std::lock_guard<std::mutex> lock(parts_->mu);
    parts_->stopping = true;
  }
  parts_->wake.notify_one();
  parts_->thread.join();
}

void Log::Answered(const Exchange& exchange, int64_t now_ms) {
  parts_->Append(FormatLogLine(exchange, now_ms),
                 exchange.response.status >= 500);
}

void Log::Event(std::string_view event, Fields fields) {
  parts_->Append(FormatLogEvent(event, fields, ledger::SystemClock().WallMs()),
                 true);
}

void Log::Reopen() {
  {
    const std::lock_guard<std::mutex> lock(parts_->mu);
    parts_->reopen = true;
    parts_->urgent = true;
  }
  parts_->wake.notify_one();
}

uint64_t Log::dropped() const {
  const std::lock_guard<std::mutex> lock(parts_->mu);
  return parts_->dropped;
}

std::optional<Error> Log::trouble() const {
  const std::lock_guard<std::mutex> lock(parts_->mu);
  return parts_->trouble;
}

}  // namespace sealedger::api
