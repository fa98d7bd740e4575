// sealedger bundle: fetches an evidence bundle, or takes one apart.

#include <filesystem>
#include <memory>
#include <utility>

#include "notary/bundle.h"
#include "notary/data_dir.h"
#include "tools/commands.h"
#include "tools/files.h"
#include "tools/server_access.h"
#include "tools/unpack.h"

namespace sealedger::tools {

namespace {

struct FetchOptions {
  ServerAccess access;
  std::optional<uint64_t> index;
  std::optional<std::string> file;
  bool full_chain = false;
};

Exit RunFetch(const FetchOptions& options, Output& output) {
  if (!options.index || !options.file) {
    return output.Usage("bundle needs INDEX and -o FILE");
  }
  auto client = Connect(options.access, Need::kNoToken);
  if (!client) return output.Fail(client.error(), ExitOf(client.error()));
  const auto text =
      client->Get("/v1/entries/" + std::to_string(*options.index) + "/bundle" +
                      (options.full_chain ? "?chain=full" : ""),
                  notary::kMaxBundleSize);
  if (!text) return output.Fail(text.error());
  const auto bundle = notary::ParseBundle(*text);
  if (!bundle) return output.Fail(bundle.error());
  const auto written = ReplaceFile(*options.file, *text);
  if (!written) return output.Fail(written.error());
  output.Line("bundle of entry " + std::to_string(*options.index) + ": " +
              Printable(*options.file));
  output.Value(Json(Json::Object{{"entries", uint64_t{bundle->entries.size()}},
                                 {"file", Printable(*options.file)},
                                 {"index", *options.index}}));
  return Exit::kPassed;
}

Exit RunUnpack(const std::string& file, const std::string& folder,
               Output& output) {
  const auto text = ReadAtMost(file, notary::kMaxBundleSize + 1);
  if (!text) return output.Fail(text.error());
  const auto files = UnpackBundle(*text);
  if (!files) return output.Fail(files.error(), Exit::kFailed);
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    return output.Fail(
        ledger::MakeError(ledger::Code::kIo, "unwritable-file",
                          folder + " cannot be made: " + failed.message()));
  }
  Json::Array made;
  for (const UnpackedFile& unpacked : *files) {
    const std::string path =
        (std::filesystem::path(folder) / unpacked.name).string();
    const auto written = notary::WriteNewFile(path, unpacked.content, 0644);
    if (!written) return output.Fail(written.error());
    output.Line("made " + Printable(path));
    made.push_back(Printable(path));
  }
  output.Value(Json(Json::Object{{"made", std::move(made)}}));
  return Exit::kPassed;
}

}  // namespace

void AddBundle(Command& program) {
  Command& bundle = program.Sub(
      "bundle", "Fetch the evidence bundle of an entry",
      "sealedger bundle 7 -o evidence.json --url http://127.0.0.1:8080");
  bundle.Explain(
      "The file holds all that verifying one entry offline needs, but for the "
      "document and the ledger's key. With a token of the entry's owner it "
      "holds the private fields, too.");
  const auto fetch = std::make_shared<FetchOptions>();
  bundle.OptionalNumber("INDEX", &fetch->index, "the entry's index");
  bundle.Optional("-o,--output", "FILE", &fetch->file, "where to");
  bundle.Flag("--chain-full", &fetch->full_chain,
              "with all links of its evidence chain");
  AddServerOptions(bundle, &fetch->access);
  bundle.Run([fetch](Output& output) { return RunFetch(*fetch, output); });

  Command& unpack =
      bundle.Sub("unpack", "Take a bundle apart for other people's tools",
                 "sealedger bundle unpack evidence.json unpacked");
  unpack.Explain(
      "Writes entry.json, entry.tlog-proof and a README.md with the commands "
      "that check them; where the bundle has them also seal.esl or "
      "signature.dat with certificate-N.der, and request.base, "
      "request.signature and request.body with the party's entry. Files that "
      "are there are not written over.");
  const auto paths = std::make_shared<std::pair<std::string, std::string>>();
  unpack.Positional("FILE", &paths->first, "a bundle");
  unpack.Positional("DIR", &paths->second, "folder, made if it is missing");
  unpack.Run([paths](Output& output) {
    return RunUnpack(paths->first, paths->second, output);
  });
}

}  // namespace sealedger::tools
