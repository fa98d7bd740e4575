#include "api/connection.h"

#include <algorithm>
#include <ctime>
#include <exception>
#include <utility>

#include "api/client.h"
#include "api/problem.h"
#include "api/request_head.h"

namespace sealedger::api {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// How often an idle connection looks whether others wait for its thread.
constexpr milliseconds kIdleSlice{250};
constexpr size_t kReadSize = size_t{4} << 10;
// Larger bodies are not copied behind their head but written on their own.
constexpr size_t kJoinedBody = size_t{64} << 10;
constexpr size_t kBytesPerSecond = size_t{64} << 10;
// A refused client is still sending; it reads the answer only where the bytes
// under way are taken from it for a while.
constexpr seconds kLinger{2};
constexpr size_t kLingerBytes = size_t{32} << 20;

std::string_view Reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

// IMF-fixdate (RFC 9110 §5.6.7), made once a second and thread.
const std::string& HttpDate() {
  thread_local std::time_t made = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != made) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    char buffer[64];
    // The C locale: nothing here calls setlocale.
    const size_t size = std::strftime(buffer, sizeof(buffer),
                                      "%a, %d %b %Y %H:%M:%S GMT", &parts);
    text.assign(buffer, size);
    made = now;
  }
  return text;
}

void AppendHeader(std::string* out, std::string_view name,
                  std::string_view value) {
  out->append(name).append(": ").append(value).append("\r\n");
}

std::string HexSize(size_t size) {
  char digits[2 * sizeof(size)];
  size_t at = sizeof(digits);
  do {
    digits[--at] = "0123456789abcdef"[size % 16];
    size /= 16;
  } while (size != 0);
  return {digits + at, sizeof(digits) - at};
}

class LargeBodySlot {
 public:
  LargeBodySlot() = default;
  ~LargeBodySlot() {
    if (count_ != nullptr) count_->fetch_sub(1);
  }
  LargeBodySlot(const LargeBodySlot&) = delete;
  LargeBodySlot& operator=(const LargeBodySlot&) = delete;

  bool Take(std::atomic<size_t>& count, size_t most) {
    if (count.fetch_add(1) < most) {
      count_ = &count;
    } else {
      count.fetch_sub(1);
    }
    return count_ != nullptr;
  }

 private:
  std::atomic<size_t>* count_ = nullptr;
};

class Connection {
 public:
  Connection(ByteStream& stream, const std::string& peer,
             const ConnectionOptions& options, ServerLoad& load,
             Handler& handler)
      : stream_(stream),
        peer_(peer),
        options_(options),
        load_(load),
        handler_(handler) {}

  void Serve() {
    while (AwaitRequest() && ServeOne()) {
    }
  }

 private:
  // False when the connection ends here: nothing came, or others wait for the
  // thread, or the server stops.
  bool AwaitRequest() {
    if (!in_.empty()) return true;
    const SteadyTime give_up = steady_clock::now() + options_.keep_alive;
    for (;;) {
      const SteadyTime slice =
          std::min(give_up, steady_clock::now() + kIdleSlice);
      switch (stream_.AwaitBytes(slice)) {
        case ByteStream::Wait::kReady:
          return true;
        case ByteStream::Wait::kClosed:
          return false;
        case ByteStream::Wait::kTimeout:
          if (load_.stopping || load_.waiting > 0) return false;
          if (steady_clock::now() >= give_up) return false;
      }
    }
  }

  // True when another request may follow.
  bool ServeOne() {
    const std::optional<size_t> head_size = ReadHead();
    if (!head_size) return false;
    started_ = steady_clock::now();
    if (*head_size > kMaxHead) {
      RefuseHead(OversizedHead(std::string_view(in_).substr(0, kMaxHead)));
      return false;
    }
    Result<RequestHead> head =
        ParseRequestHead(std::string_view(in_).substr(0, *head_size));
    if (!head) {
      RefuseHead(head.error());
      return false;
    }
    in_.erase(0, *head_size);
    Request& request = head->request;
    const std::vector<std::string>& trusted = options_.trusted_proxies;
    request.client_address = ClientAddress(peer_, trusted, request.headers);
    request.request_id = ChooseRequestId(peer_, trusted, request.headers);

    LargeBodySlot slot;
    if (std::optional<Error> refusal = JudgeBody(*head, &slot)) {
      Answer(request, ProblemResponse(*refusal), head->http_1_1, false);
      Linger();
      return false;
    }
    if (!ReadBody(*head)) return false;
    const Response response = Handle(request);
    // Looked at only now: the server may have been stopped meanwhile.
    const bool keep = head->keep_alive && !load_.stopping;
    return Answer(request, response, head->http_1_1, keep);
  }

  // The size of the head at the start of in_, more than kMaxHead when it does
  // not end in time; nullopt when the client stopped sending before.
  std::optional<size_t> ReadHead() {
    const SteadyTime deadline = steady_clock::now() + options_.read_timeout;
    // An empty line before a request is passed over (RFC 9112 §2.2).
    size_t searched = 0;
    bool first = true;
    for (;;) {
      if (first && in_.size() >= 2) {
        if (in_.starts_with("\r\n")) in_.erase(0, 2);
        first = false;
      }
      const size_t end = FindHeadEnd(in_, searched);
      if (end != std::string::npos) return end;
      if (in_.size() > kMaxHead) return in_.size();
      // The end may have begun in the last bytes that were searched.
      searched = in_.size() < 3 ? 0 : in_.size() - 3;
      if (!ReadMore(&in_, kReadSize, deadline)) return std::nullopt;
    }
  }

  std::optional<Error> JudgeBody(const RequestHead& head, LargeBodySlot* slot) {
    const size_t size = head.content_length.value_or(0);
    if (size > handler_.BodyLimit(head.request)) {
      return MakeError(Code::kInvalidArgument, "too-large",
                       "the body is larger than this path takes");
    }
    if (size <= kMaxBody) return std::nullopt;
    const Result<bool> known = handler_.KnowsSender(head.request);
    if (!known) return known.error();
    const bool taken =
        *known ? slot->Take(load_.large_bodies, kMaxLargeBodies)
               : slot->Take(load_.unknown_large_bodies, kMaxUnknownLargeBodies);
    if (taken) return std::nullopt;
    return MakeError(Code::kUnavailable, "busy",
                     "other large requests are in work");
  }

  bool ReadBody(RequestHead& head) {
    const size_t size = head.content_length.value_or(0);
    std::string& body = head.request.body;
    if (in_.size() <= size) {
      body = std::exchange(in_, {});
    } else {
      body.assign(in_, 0, size);
      in_.erase(0, size);
    }
    if (body.size() == size) return true;
    const SteadyTime now = steady_clock::now();
    if (head.expects_continue && !stream_.Write("HTTP/1.1 100 Continue\r\n\r\n",
                                                now + options_.read_timeout)) {
      return false;
    }
    const SteadyTime deadline = DeadlineFor(size);
    while (body.size() < size) {
      if (!ReadMore(&body, std::min(kJoinedBody, size - body.size()),
                    deadline)) {
        return false;
      }
    }
    return true;
  }

  bool ReadMore(std::string* to, size_t most, SteadyTime deadline) {
    const size_t before = to->size();
    to->resize(before + most);
    const size_t got = stream_.Read(to->data() + before, most, deadline);
    to->resize(before + got);
    return got > 0;
  }

  SteadyTime DeadlineFor(size_t bytes) const {
    return steady_clock::now() + options_.read_timeout +
           milliseconds(1000 * bytes / kBytesPerSecond);
  }

  Response Handle(const Request& request) {
    // Nothing of ours throws; what is caught is a failed allocation, and the
    // thread must live on.
    try {
      return handler_.Handle(request);
    } catch (const std::exception&) {
      return ProblemResponse(
          MakeError(Code::kIo, "internal", "an exception was thrown"));
    }
  }

  void RefuseHead(const Error& error) {
    Request request;
    request.client_address = peer_;
    request.request_id = NewRequestId();
    Answer(request, ProblemResponse(error), true, false);
    Linger();
  }

  // True when it was sent whole and the connection stays.
  bool Answer(const Request& request, const Response& response, bool http_1_1,
              bool keep) {
    // HTTP/1.0 knows no chunks: there the end of the connection ends the body.
    const bool chunked = response.stream && http_1_1;
    if (response.stream && !http_1_1) keep = false;
    std::string out = FormatHead(request, response, chunked, keep);
    bool sent = false;
    sent_bytes_ = 0;
    if (request.method == "HEAD") {
      sent = Send(out);
    } else if (response.stream) {
      sent = Send(out) && SendStream(response, chunked);
    } else if (response.body.size() <= kJoinedBody) {
      out += response.body;
      sent = Send(out);
    } else {
      sent = Send(out) && Send(response.body);
    }
    handler_.Finished(
        {request, response, sent_bytes_, steady_clock::now() - started_});
    return sent && keep;
  }

  static std::string FormatHead(const Request& request,
                                const Response& response, bool chunked,
                                bool keep) {
    std::string out;
    const bool has_body = !response.stream;
    out.reserve(512 + (has_body && response.body.size() <= kJoinedBody
                           ? response.body.size()
                           : 0));
    out.append("HTTP/1.1 ").append(std::to_string(response.status));
    out.append(" ").append(Reason(response.status)).append("\r\n");
    AppendHeader(&out, "Date", HttpDate());
    AppendHeader(&out, "Request-Id", request.request_id);
    if (!response.content_type.empty()) {
      AppendHeader(&out, "Content-Type", response.content_type);
    }
    for (const auto& [name, value] : response.headers) {
      AppendHeader(&out, name, value);
    }
    if (chunked) {
      AppendHeader(&out, "Transfer-Encoding", "chunked");
    } else if (has_body && response.status != 204) {
      AppendHeader(&out, "Content-Length",
                   std::to_string(response.body.size()));
    }
    if (!keep) AppendHeader(&out, "Connection", "close");
    out.append("\r\n");
    return out;
  }

  bool SendStream(const Response& response, bool chunked) {
    const bool whole = response.stream([&](std::string_view piece) {
      // An empty chunk would end the body.
      if (piece.empty()) return true;
      if (!chunked) return Send(piece);
      std::string chunk = HexSize(piece.size());
      chunk.append("\r\n").append(piece).append("\r\n");
      return Send(chunk);
    });
    return whole && (!chunked || Send("0\r\n\r\n"));
  }

  bool Send(std::string_view bytes) {
    if (!stream_.Write(bytes, DeadlineFor(bytes.size()))) return false;
    sent_bytes_ += bytes.size();
    return true;
  }

  void Linger() {
    stream_.FinishWriting();
    const SteadyTime deadline = steady_clock::now() + kLinger;
    std::string scrap(kJoinedBody, '\0');
    for (size_t taken = 0; taken < kLingerBytes && !load_.stopping;) {
      const size_t got = stream_.Read(scrap.data(), scrap.size(), deadline);
      if (got == 0) break;
      taken += got;
    }
  }

  // Constant after construction.
  ByteStream& stream_;
  const std::string& peer_;
  const ConnectionOptions& options_;
  ServerLoad& load_;
  Handler& handler_;

  std::string in_;  // bytes that came and are not yet used
  SteadyTime started_;
  size_t sent_bytes_ = 0;
};

}  // namespace

void ServeConnection(ByteStream& stream, const std::string& peer,
                     const ConnectionOptions& options, ServerLoad& load,
                     Handler& handler) {
  Connection(stream, peer, options, load, handler).Serve();
}

}  // namespace sealedger::api
