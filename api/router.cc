#include "api/router.h"

#include <algorithm>
#include <utility>

#include "api/problem.h"

namespace sealedger::api {

namespace {

// "/a//b" has the segments "a", "" and "b".
std::vector<std::string_view> Segments(std::string_view path) {
  std::vector<std::string_view> segments;
  segments.reserve(8);
  if (!path.empty()) path.remove_prefix(1);
  for (;;) {
    const size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

void Router::Add(Route route) {
  std::vector<Segment> pattern;
  for (const std::string_view text : Segments(route.pattern)) {
    if (!text.starts_with('{')) {
      pattern.push_back({Segment::Kind::kLiteral, std::string(text)});
    } else if (text.ends_with("...}")) {
      pattern.push_back({Segment::Kind::kRest, {}});
    } else {
      pattern.push_back({Segment::Kind::kValue, {}});
    }
  }
  patterns_.push_back(std::move(pattern));
  routes_.push_back(std::move(route));
}

bool Router::Matches(const std::vector<Segment>& pattern,
                     const std::vector<std::string_view>& path,
                     std::string_view whole, PathValues* values) {
  const bool open = pattern.back().kind == Segment::Kind::kRest;
  if (open ? path.size() < pattern.size() : path.size() != pattern.size()) {
    return false;
  }
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].kind == Segment::Kind::kLiteral &&
        pattern[i].text != path[i]) {
      return false;
    }
  }
  values->clear();
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].kind == Segment::Kind::kValue) {
      values->push_back(DecodePercent(path[i]));
    } else if (pattern[i].kind == Segment::Kind::kRest) {
      const auto begin = static_cast<size_t>(path[i].data() - whole.data());
      values->emplace_back(whole.substr(begin));
    }
  }
  return true;
}

bool Router::Answers(const Route& route, std::string_view method) {
  return route.method == method || (method == "HEAD" && route.method == "GET");
}

const Route* Router::FindLarge(const Request& head) const {
  for (const Route& route : routes_) {
    // None of them has names in its pattern.
    if (route.max_body != kMaxBody && route.pattern == head.path &&
        Answers(route, head.method)) {
      return &route;
    }
  }
  return nullptr;
}

size_t Router::BodyLimit(const Request& head) const {
  const Route* route = FindLarge(head);
  return route != nullptr ? route->max_body : kMaxBody;
}

Result<bool> Router::KnowsSender(const Request& head) const {
  const Route* route = FindLarge(head);
  if (route == nullptr || !route->knows_sender) return false;
  return route->knows_sender(head);
}

Response Router::Handle(const Request& request) const {
  const std::vector<std::string_view> path = Segments(request.path);
  PathValues values;
  for (size_t i = 0; i < routes_.size(); ++i) {
    const Route& route = routes_[i];
    if (!Answers(route, request.method) ||
        !Matches(patterns_[i], path, request.path, &values)) {
      continue;
    }
    Result<Response> result = route.handler(request, values);
    Response response =
        result ? std::move(*result) : ProblemResponse(result.error());
    response.route = route.pattern;
    return response;
  }
  return Refuse(request, path);
}

Response Router::Refuse(const Request& request,
                        const std::vector<std::string_view>& path) const {
  std::string allow;
  PathValues values;
  const auto add = [&](std::string_view method) {
    if (!allow.empty()) allow += ", ";
    allow += method;
  };
  for (size_t i = 0; i < routes_.size(); ++i) {
    if (!Matches(patterns_[i], path, request.path, &values)) continue;
    add(routes_[i].method);
    if (routes_[i].method == "GET") add("HEAD");
  }
  if (allow.empty()) {
    return ProblemResponse(
        MakeError(Code::kNotFound, "no-such-path", "nothing is served here"));
  }
  Response response = ProblemResponse(
      MakeError(Code::kInvalidArgument, "method-not-allowed",
                "the header Allow names the methods of this path"));
  response.headers.emplace_back("Allow", std::move(allow));
  return response;
}

}  // namespace sealedger::api
