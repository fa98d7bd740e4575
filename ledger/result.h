// Result<T>: a value, or the Error that says why there is none.
//
// Data or the world failed → Result. Our own bug → CHECK (check.h). Whoever
// gets an Error decides by its code what to do next; `name` is the stable word
// that a client sees in urn:sealedger:problem:NAME.
//
// Thread rule: values, nothing shared.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "ledger/check.h"

namespace sealedger::ledger {

// Chosen by what the caller does next; the number is the HTTP status that the
// edge gives for it.
enum class Code {
  kInvalidArgument,     // 400: understood as a request, outside its bounds
  kMalformed,           // 400: not of the format at all
  kUnauthenticated,     // 401
  kPermissionDenied,    // 403
  kNotFound,            // 404: what was named is not there
  kConflict,            // 409: against the state as it is now
  kVerificationFailed,  // 422: understood and refused
  kUnavailable,         // 503: later, perhaps
  kIo,                  // 500: the disk or the system said no
  kCorruption,          // 500: stored bytes are not what was written
};

struct Error {
  Code code = Code::kIo;
  std::string name;    // stable, lower-case words joined by '-'
  std::string detail;  // one sentence for people; holds no private value
  std::string field;   // JSON pointer into the request, or empty
};

inline Error MakeError(Code code, std::string_view name,
                       std::string_view detail, std::string_view field = {}) {
  return Error{code, std::string(name), std::string(detail),
               std::string(field)};
}

template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & {
    SEALEDGER_CHECK(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    SEALEDGER_CHECK(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    SEALEDGER_CHECK(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & {
    SEALEDGER_CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }
  const Error& error() const& {
    SEALEDGER_CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    SEALEDGER_CHECK(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }

  Error& error() & {
    SEALEDGER_CHECK(error_.has_value());
    return *error_;
  }
  const Error& error() const& {
    SEALEDGER_CHECK(error_.has_value());
    return *error_;
  }
  Error&& error() && {
    SEALEDGER_CHECK(error_.has_value());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace sealedger::ledger
