// Router: which function answers a method and path.
//
//   router.Add({"GET", "/v1/entries/{index}", &ReadEntry});
//
// A pattern is literal segments and {names}; a last segment {name...} takes the
// rest of the path, slashes included. Paths are matched as sent: "%2F" is part
// of a segment, never a slash. What {name} took is percent-decoded, what
// {name...} took is not. HEAD is answered by GET's route, without the body.
//
// Thread rule: Add from one thread, before the rest, which is safe for
// concurrent use.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"

namespace sealedger::api {

// What the {names} of a pattern took, in their order.
using PathValues = std::vector<std::string>;

struct Route {
  std::string method;
  std::string pattern;
  std::function<Result<Response>(const Request&, const PathValues&)> handler;
  size_t max_body = kMaxBody;
  // Where bodies may be large: whether the sender is known, from the head
  // alone. None: nobody is.
  std::function<Result<bool>(const Request&)> knows_sender = nullptr;
};

class Router {
 public:
  void Add(Route route);

  size_t BodyLimit(const Request& head) const;
  Result<bool> KnowsSender(const Request& head) const;
  // Errors come out as problems: those of handlers, 404 no-such-path, and 405
  // method-not-allowed with Allow.
  Response Handle(const Request& request) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Segment {
    enum class Kind { kLiteral, kValue, kRest };
    Kind kind;
    std::string text;
  };

  static bool Matches(const std::vector<Segment>& pattern,
                      const std::vector<std::string_view>& path,
                      std::string_view whole, PathValues* values);
  static bool Answers(const Route& route, std::string_view method);
  // Null but for the few routes that take large bodies.
  const Route* FindLarge(const Request& head) const;
  Response Refuse(const Request& request,
                  const std::vector<std::string_view>& path) const;

  std::vector<Route> routes_;
  std::vector<std::vector<Segment>> patterns_;  // of routes_, by position
};

}  // namespace sealedger::api
