// MemoryStream: a connection whose client has sent all it will send.
//
// Thread rule: one thread at a time.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "api/connection.h"

namespace sealedger::fuzzing {

class MemoryStream : public api::ByteStream {
 public:
  // The bytes come in pieces of `step` (> 0); after `writes` the client is
  // gone.
  MemoryStream(std::string input, size_t step, size_t writes = SIZE_MAX)
      : input_(std::move(input)), step_(step), writes_left_(writes) {}

  Wait AwaitBytes(api::SteadyTime) override {
    return at_ < input_.size() ? Wait::kReady : Wait::kClosed;
  }
  size_t Read(char* to, size_t size, api::SteadyTime) override {
    const size_t count = std::min({size, step_, input_.size() - at_});
    std::memcpy(to, input_.data() + at_, count);
    at_ += count;
    return count;
  }
  bool Write(std::string_view bytes, api::SteadyTime) override {
    if (writes_left_ == 0) return false;
    --writes_left_;
    output_ += bytes;
    return true;
  }
  void FinishWriting() override {}

  const std::string& output() const { return output_; }
  bool gone() const { return writes_left_ == 0; }

 private:
  const std::string input_;
  const size_t step_;
  size_t at_ = 0;
  size_t writes_left_;
  std::string output_;
};

}  // namespace sealedger::fuzzing
