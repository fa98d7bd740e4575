// Writes trees as the static files that C2SP tlog-tiles serves, with proofs
// beside them, for programs of others to check:
//
//   interop_export_tree FOLDER SIZE…
//
//   FOLDER/vkey                          of the key that signs
//   FOLDER/tile/LEVEL/…                  hash tiles, full and partial
//   FOLDER/tile/entries/…                entry bundles
//   FOLDER/SIZE/checkpoint
//   FOLDER/SIZE/inclusion                tlog proofs of entries
//   FOLDER/SIZE/consistency              proofs from smaller trees, one base64
//                                        hash a line
//
// A file of proofs holds many, since a file for each would be most of the time:
// before each stands a line "NUMBER LENGTH", its index or old size and its
// bytes.
//
// The entries of a smaller tree are the first ones of a larger, so that all
// share their tiles, as the sizes of one growing log do.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/encoding.h"
#include "ledger/entry_bundle.h"
#include "ledger/proof.h"
#include "ledger/tile.h"
#include "ledger/tlog_proof.h"

namespace sealedger::ledger {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOrigin = "seal.example.com/interop";
// Up to this size every proof is written, above it some.
constexpr uint64_t kAllProofs = 64;

// Of many lengths, the least and the greatest that a bundle takes among them.
std::string Entry(uint64_t index) {
  if (index == 3) return "";
  if (index == 65535) return std::string(kMaxBundledEntry, 'x');
  std::string entry = "entry " + std::to_string(index) + " ";
  return entry + std::string(index % 67, '.');
}

void WriteFile(const fs::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path.string());
}

template <typename T>
T Take(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return *std::move(result);
}

// All hashes of the largest tree by tile level. Every smaller tree's full
// subtrees are among its own.
class Levels : public HashReader {
 public:
  explicit Levels(uint64_t size) {
    levels_.emplace_back();
    for (uint64_t i = 0; i < size; ++i) {
      levels_[0].push_back(LeafHash(Entry(i)));
    }
    for (uint32_t level = 1; HashesAtLevel(level, size) != 0; ++level) {
      std::vector<Hash> roots;
      for (uint64_t i = 0; i < HashesAtLevel(level, size); ++i) {
        roots.push_back(Nodes(level - 1, i).Node(kTileHeight, 0));
      }
      levels_.push_back(std::move(roots));
    }
  }

  std::vector<Hash> HashesOf(const TileId& tile) const {
    const auto begin = levels_[tile.level].begin() +
                       static_cast<ptrdiff_t>(tile.index * kTileWidth);
    return {begin, begin + static_cast<ptrdiff_t>(tile.width)};
  }

  Result<std::vector<Hash>> Read(std::span<const Subtree> wanted) override {
    std::vector<Hash> hashes;
    for (const Subtree& subtree : wanted) {
      const uint32_t level = subtree.height / kTileHeight;
      const uint32_t height = subtree.height % kTileHeight;
      // A tile has 2^(8 - height) nodes of this height.
      const uint64_t nodes = kTileWidth >> height;
      hashes.push_back(Nodes(level, subtree.position / nodes)
                           .Node(height, subtree.position % nodes));
    }
    return hashes;
  }

 private:
  const TileNodes& Nodes(uint32_t level, uint64_t index) {
    const auto found = nodes_.find({level, index});
    if (found != nodes_.end()) return found->second;
    const uint64_t left = levels_[level].size() - index * kTileWidth;
    const TileId tile{TileId::Kind::kHashes, level, index,
                      static_cast<uint32_t>(std::min(left, kTileWidth))};
    return nodes_
        .emplace(std::pair(level, index), TileNodes::FromHashes(HashesOf(tile)))
        .first->second;
  }

  std::vector<std::vector<Hash>> levels_;
  std::map<std::pair<uint32_t, uint64_t>, TileNodes> nodes_;
};

std::string BundleOf(const TileId& tile) {
  std::string bundle;
  for (uint64_t i = 0; i < tile.width; ++i) {
    AppendToEntryBundle(&bundle, Entry(tile.index * kTileWidth + i));
  }
  return bundle;
}

// Numbers in [begin, end) to prove: all of a small tree, else both ends and
// those about the powers of two.
std::vector<uint64_t> Chosen(uint64_t begin, uint64_t end) {
  std::vector<uint64_t> chosen;
  for (uint64_t i = begin; i < end; ++i) {
    const bool about_a_power = (i & (i - 1)) == 0 || (i & (i + 1)) == 0;
    if (end <= kAllProofs + 1 || about_a_power || i + 2 >= end ||
        i == end / 3) {
      chosen.push_back(i);
    }
  }
  return chosen;
}

void AppendProof(std::string* file, uint64_t number, const std::string& proof) {
  *file += std::to_string(number) + ' ' + std::to_string(proof.size()) + '\n';
  *file += proof;
}

void ExportProofs(const fs::path& folder, uint64_t size,
                  const std::string& checkpoint, Levels& levels) {
  std::string inclusion;
  for (const uint64_t index : Chosen(0, size)) {
    TlogProof proof;
    proof.index = index;
    proof.path = Take(ProveInclusion(index, size, levels));
    proof.checkpoint = checkpoint;
    AppendProof(&inclusion, index, FormatTlogProof(proof));
  }
  WriteFile(folder / "inclusion", inclusion);
  std::string consistency;
  for (const uint64_t old_size : Chosen(1, size + 1)) {
    std::string lines;
    for (const Hash& hash : Take(ProveConsistency(old_size, size, levels))) {
      lines += ToBase64(hash) + '\n';
    }
    AppendProof(&consistency, old_size, lines);
  }
  WriteFile(folder / "consistency", consistency);
}

void ExportTree(const fs::path& folder, uint64_t size, const Ed25519Key& key,
                Levels& levels) {
  const fs::path own_folder = folder / std::to_string(size);
  fs::create_directories(own_folder);
  const Hash root = Take(RootAt(size, levels));
  const std::string checkpoint =
      Take(SignCheckpoint({std::string(kOrigin), {size, root}}, key));
  WriteFile(own_folder / "checkpoint", checkpoint);
  for (const TileId& tile : TilesOf(size)) {
    const fs::path path = folder / FormatTilePath(tile);
    if (fs::exists(path)) continue;
    fs::create_directories(path.parent_path());
    WriteFile(path, tile.kind == TileId::Kind::kEntries
                        ? BundleOf(tile)
                        : EncodeTile(levels.HashesOf(tile)));
  }
  ExportProofs(own_folder, size, checkpoint, levels);
}

int Run(const fs::path& folder, const std::vector<std::string>& arguments) {
  std::vector<uint64_t> sizes;
  for (const std::string& argument : arguments) {
    const auto size = ParseDecimal(argument, 1 << 20);
    if (!size) throw std::runtime_error("not a size: " + argument);
    sizes.push_back(*size);
  }
  const Ed25519Key key = Ed25519Key::Generate();
  fs::create_directories(folder);
  WriteFile(
      folder / "vkey",
      FormatVerifierKey(MakeVerifierKey(kOrigin, key.public_key())) + '\n');
  Levels levels(*std::max_element(sizes.begin(), sizes.end()));
  for (const uint64_t size : sizes) {
    ExportTree(folder, size, key, levels);
  }
  return 0;
}

}  // namespace
}  // namespace sealedger::ledger

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: interop_export_tree FOLDER SIZE...\n");
    return 2;
  }
  try {
    return sealedger::ledger::Run(argv[1], {argv + 2, argv + argc});
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "interop_export_tree: %s\n", exception.what());
    return 1;
  }
}
