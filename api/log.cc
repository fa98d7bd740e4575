#include "api/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <utility>

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
  spdlog::logger logger;
};

std::string FormatLogLine(const Exchange& exchange, int64_t now_ms) {
  const Request& request = exchange.request;
  const Response& response = exchange.response;
  std::string out = "{\"time\":\"" + notary::FormatTime(now_ms) + "\"";
  AppendText(&out, "request_id", request.request_id);
  if (IsUsualMethod(request.method)) AppendText(&out, "method", request.method);
  if (!response.route.empty()) {
    AppendText(&out, "path", PrintablePath(request.path));
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

Result<std::unique_ptr<Log>> Log::Open(const std::string& file) {
  try {
    spdlog::sink_ptr sink;
    if (file.empty()) {
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    } else {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
    }
    auto parts = std::make_unique<Parts>(
        Parts{spdlog::logger("sealedger", std::move(sink))});
    parts->logger.set_pattern("%v");
    parts->logger.flush_on(spdlog::level::info);
    return std::unique_ptr<Log>(new Log(std::move(parts)));
  } catch (const spdlog::spdlog_ex& error) {
    return MakeError(Code::kIo, "cannot-log", error.what());
  }
}

Log::Log(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Log::~Log() = default;

void Log::Answered(const Exchange& exchange, int64_t now_ms) {
  const std::string line = FormatLogLine(exchange, now_ms);
  parts_->logger.log(spdlog::level::info,
                     spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace sealedger::api
