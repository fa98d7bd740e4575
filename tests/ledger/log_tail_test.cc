#include "ledger/log_tail.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ledger/leveldb_store.h"
#include "tests/support/files.h"

namespace sealedger::ledger {
namespace {

constexpr uint64_t kBlock = 32768;
constexpr uint64_t kPage = 4096;

std::filesystem::path NewestLogOf(const std::filesystem::path& folder) {
  std::filesystem::path newest;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == ".log") {
      newest = std::max(newest, file.path());
    }
  }
  return newest;
}

std::string KeyOf(size_t record) { return "key" + std::to_string(record); }

// A store with one log, made by LevelDB itself: one record for each value.
class Written {
 public:
  explicit Written(const std::vector<size_t>& value_sizes)
      : folder_(dir_.path() / "db") {
    LevelDbOptions options;
    options.create_if_missing = true;
    auto store = OpenLevelDb(folder_.string(), options);
    REQUIRE(store.has_value());
    for (size_t record = 0; record < value_sizes.size(); ++record) {
      begins_.push_back(std::filesystem::file_size(NewestLogOf(folder_)));
      WriteBatch batch;
      batch.Put(KeyOf(record), std::string(value_sizes[record], 'v'));
      REQUIRE((*store)->Write(batch, Store::Durability::kSynced).has_value());
    }
    log_ = testing::ReadFile(NewestLogOf(folder_));
    CHECK(WholeRecords(log_).value() == log_.size());
    log_name_ = NewestLogOf(folder_).filename();
    // A copy from before it is closed, as a power cut would leave it.
    std::filesystem::copy(folder_, dir_.path() / "cut",
                          std::filesystem::copy_options::recursive);
  }

  const std::string& log() const { return log_; }
  uint64_t begin(size_t record) const { return begins_[record]; }
  size_t last() const { return begins_.size() - 1; }

  // Opens the copy with this for its log.
  Result<std::unique_ptr<Store>> OpenWith(std::string_view log) {
    const std::filesystem::path work = dir_.path() / "work";
    std::filesystem::remove_all(work);
    std::filesystem::copy(dir_.path() / "cut", work,
                          std::filesystem::copy_options::recursive);
    testing::WriteFile(work / log_name_, log);
    return OpenLevelDb(work.string(), {});
  }

 private:
  const testing::TempDir dir_;
  const std::filesystem::path folder_;
  std::filesystem::path log_name_;
  std::vector<uint64_t> begins_;
  std::string log_;
};

std::string Zeroed(std::string log, uint64_t begin, uint64_t end) {
  std::fill(log.begin() + static_cast<std::ptrdiff_t>(begin),
            log.begin() + static_cast<std::ptrdiff_t>(end), '\0');
  return log;
}

// Records within a block, over block ends and over many blocks.
const std::vector<size_t> kSmall = {10, 100, 1000, 30, 200};
const std::vector<size_t> kLarge = {500, 40000, 70000, 20, 100000};

TEST_CASE("a log that is cut anywhere in its last record loses that alone") {
  for (const auto& sizes : {kSmall, kLarge}) {
    const Written written(sizes);
    const uint64_t begin = written.begin(written.last());
    const uint64_t step = written.log().size() - begin > 1000 ? 613 : 1;
    for (uint64_t end = begin; end < written.log().size(); end += step) {
      CAPTURE(end);
      const auto whole =
          WholeRecords(std::string_view(written.log()).substr(0, end));
      REQUIRE(whole.has_value());
      CHECK(*whole == begin);
    }
  }
}

TEST_CASE("any pages of the last record may be zeros, and it is cut off") {
  for (const auto& sizes : {kSmall, kLarge}) {
    const Written written(sizes);
    const uint64_t begin = written.begin(written.last());
    const uint64_t size = written.log().size();
    for (uint64_t piece = begin; piece < size;
         piece = (piece / kPage + 1) * kPage) {
      const uint64_t piece_end = std::min(size, (piece / kPage + 1) * kPage);
      CAPTURE(piece);
      // One piece, all from it on, all up to it.
      for (const auto& [from, to] :
           {std::pair(piece, piece_end), std::pair(piece, size),
            std::pair(begin, piece_end)}) {
        const auto whole = WholeRecords(Zeroed(written.log(), from, to));
        REQUIRE(whole.has_value());
        CHECK(*whole == begin);
      }
    }
    for (uint64_t at = begin; at<size; at += size - begin> 1000 ? 97 : 1) {
      std::string flipped = written.log();
      flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
      CAPTURE(at);
      CHECK(WholeRecords(flipped).value() == begin);
    }
  }
}

TEST_CASE("an earlier record that is damaged is named, and nothing is cut") {
  for (const auto& sizes : {kSmall, kLarge}) {
    const Written written(sizes);
    for (size_t record = 0; record < written.last(); ++record) {
      const uint64_t begin = written.begin(record);
      const uint64_t end = written.begin(record + 1);
      for (uint64_t at = begin; at<end; at += end - begin> 1000 ? 613 : 1) {
        CAPTURE(at);
        std::string flipped = written.log();
        flipped[at] = static_cast<char>(flipped[at] ^ 1);
        // The zeros that fill a block up belong to no record.
        if (kBlock - at % kBlock < 7 && written.log()[at] == '\0') continue;
        const auto whole = WholeRecords(flipped);
        REQUIRE(!whole.has_value());
        CHECK(whole.error().code == Code::kCorruption);
        CHECK(whole.error().detail.find("is damaged") != std::string::npos);
      }
      for (uint64_t piece = begin; piece < end;
           piece = (piece / kPage + 1) * kPage) {
        CAPTURE(piece);
        CHECK(!WholeRecords(Zeroed(written.log(), piece,
                                   std::min(end, (piece / kPage + 1) * kPage)))
                   .has_value());
      }
    }
  }
}

TEST_CASE("zeros behind the last record are no record") {
  const Written written(kSmall);
  for (const uint64_t zeros : {1, 6, 7, 100, 5000, 100000}) {
    CHECK(WholeRecords(written.log() + std::string(zeros, '\0')).value() ==
          written.log().size());
  }
  CHECK(WholeRecords("").value() == 0);
  CHECK(WholeRecords(std::string(70000, '\0')).value() == 0);
}

TEST_CASE("a store whose last record is torn opens with all the others") {
  for (const auto& sizes : {kSmall, kLarge}) {
    Written written(sizes);
    const uint64_t begin = written.begin(written.last());
    const uint64_t size = written.log().size();
    const uint64_t page = (begin / kPage + 1) * kPage;
    for (const std::string& torn :
         {written.log().substr(0, size - 1), written.log().substr(0, begin + 3),
          Zeroed(written.log(), begin, std::min(size, page)),
          Zeroed(written.log(), size - 5, size),
          Zeroed(written.log(), begin, begin + 7)}) {
      auto store = written.OpenWith(torn);
      REQUIRE(store.has_value());
      for (size_t record = 0; record < written.last(); ++record) {
        CHECK((*store)->Get(KeyOf(record)).value()->size() == sizes[record]);
      }
      CHECK(!(*store)->Get(KeyOf(written.last())).value().has_value());
    }
  }
}

TEST_CASE("a store with an earlier record damaged does not open") {
  Written written(kSmall);
  // A header of zeros, which LevelDB alone passes over in silence.
  for (const std::string& damaged :
       {Zeroed(written.log(), written.begin(1), written.begin(2)),
        Zeroed(written.log(), written.begin(1) + 20, written.begin(1) + 30)}) {
    const auto store = written.OpenWith(damaged);
    REQUIRE(!store.has_value());
    CHECK(store.error().code == Code::kCorruption);
    CHECK(store.error().detail.find(".log: the record at byte ") !=
          std::string::npos);
  }
}

TEST_CASE("a MANIFEST whose last record is torn is cut, too") {
  const testing::TempDir dir;
  const std::filesystem::path folder = dir.path() / "db";
  LevelDbOptions options;
  options.create_if_missing = true;
  {
    auto store = OpenLevelDb(folder.string(), options);
    REQUIRE(store.has_value());
    WriteBatch batch;
    batch.Put("a", "1");
    REQUIRE((*store)->Write(batch, Store::Durability::kSynced).has_value());
  }
  std::string current = testing::ReadFile(folder / "CURRENT");
  current.pop_back();
  const std::string manifest = testing::ReadFile(folder / current);
  // A record that was begun: FIRST, with a whole header and half its bytes.
  testing::WriteFile(folder / current,
                     manifest + std::string("\1\2\3\4\x20\0\1half", 11));
  auto store = OpenLevelDb(folder.string(), {});
  REQUIRE(store.has_value());
  CHECK(**(*store)->Get("a") == "1");
  store->reset();
  std::string damaged = manifest;
  damaged[10] = static_cast<char>(damaged[10] ^ 1);
  current = testing::ReadFile(folder / "CURRENT");
  current.pop_back();
  testing::WriteFile(folder / current, damaged + damaged);
  const auto refused = OpenLevelDb(folder.string(), {});
  REQUIRE(!refused.has_value());
  CHECK(refused.error().code == Code::kCorruption);
}

}  // namespace
}  // namespace sealedger::ledger
