// sealedger record FILE…: deposits the digests of documents.

#include <memory>
#include <utility>

#include "ledger/encoding.h"
#include "tools/commands.h"
#include "tools/file_digests.h"
#include "tools/files.h"
#include "tools/receipt_check.h"
#include "tools/server_access.h"

namespace sealedger::tools {

namespace {

struct RecordOptions {
  ServerAccess access;
  std::vector<std::string> files;
  std::optional<std::string> label;
  std::optional<std::string> media_type;
  std::optional<uint64_t> chain;
  std::vector<std::string> private_fields;
  std::optional<std::string> receipt;
  std::optional<std::string> vkey;
};

// The members that all files share; `document` is each file's own.
Result<Json> SharedMembers(const RecordOptions& options) {
  Json body(Json::Object{});
  if (options.label) body.Add("label", *options.label);
  if (options.chain) {
    if (*options.chain > static_cast<uint64_t>(notary::kMaxJsonInteger)) {
      return ledger::MakeError(ledger::Code::kInvalidArgument, "usage",
                               "--chain is the index of an entry");
    }
    body.Add("chain", *options.chain);
  }
  Json fields(Json::Object{});
  for (const std::string& field : options.private_fields) {
    const size_t equals = field.find('=');
    if (equals == std::string::npos || equals == 0) {
      return ledger::MakeError(ledger::Code::kInvalidArgument, "usage",
                               "--private is written NAME=VALUE");
    }
    const std::string name = field.substr(0, equals);
    if (fields.Find(name) != nullptr) {
      return ledger::MakeError(ledger::Code::kInvalidArgument, "usage",
                               "--private names the same field twice");
    }
    fields.Add(name, field.substr(equals + 1));
  }
  if (!options.private_fields.empty()) body.Add("private", std::move(fields));
  return body;
}

std::string RequestBody(Json body, const RecordOptions& options,
                        const FileDigests& digests) {
  Json document(Json::Object{{"sha256", ledger::ToHex(digests.sha256)},
                             {"size", digests.size},
                             {"sm3", ledger::ToHex(digests.sm3)}});
  if (options.media_type) document.Add("media_type", *options.media_type);
  body.Add("document", std::move(document));
  return notary::WriteJson(body);
}

bool TextsAreUtf8(const RecordOptions& options) {
  for (const std::string& field : options.private_fields) {
    if (!ledger::IsUtf8(field)) return false;
  }
  return ledger::IsUtf8(options.label.value_or("")) &&
         ledger::IsUtf8(options.media_type.value_or(""));
}

// Records files one after the other, and remembers what it did.
class Recorder {
 public:
  Recorder(const RecordOptions& options, Json shared, HttpClient client,
           std::optional<ledger::VerifierKey> vkey, Output& output)
      : options_(options),
        shared_(std::move(shared)),
        client_(std::move(client)),
        vkey_(std::move(vkey)),
        run_(ledger::EncodeHex(ledger::RandomBytes(8))),
        output_(output) {}

  Result<void> Record(const std::string& file) {
    const auto digests = HashFile(file);
    if (!digests) return digests.error();
    const std::string sha256 = ledger::ToHex(digests->sha256);
    HttpClient::Request request;
    request.method = "POST";
    request.path = "/v1/evidence";
    request.body = RequestBody(shared_, options_, *digests);
    // Its own for each file of this run, the same when it is sent again: the
    // same document twice on the line gives two entries, a retry one.
    request.idempotency_key =
        run_ + "-" + std::to_string(recorded_.size()) + "-" + sha256;
    const auto answer = SendUntilAnswered(client_, request);
    if (!answer) return answer.error();
    const auto index = CheckReceipt(answer->body, *digests, vkey_);
    if (!index) return index.error();

    output_.Line(std::to_string(*index) + "  " + sha256 + "  " +
                 Printable(file));
    recorded_.push_back(
        Json(Json::Object{{"file", Printable(file)},
                          {"index", *index},
                          {"sha256", sha256},
                          {"size", digests->size},
                          {"sm3", ledger::ToHex(digests->sm3)}}));
    if (!options_.receipt) return {};
    return ReplaceFile(*options_.receipt, answer->body);
  }

  Json::Object Outcome() const {
    return Json::Object{{"recorded", Json(recorded_)}};
  }

 private:
  const RecordOptions& options_;
  const Json shared_;
  HttpClient client_;
  const std::optional<ledger::VerifierKey> vkey_;
  const std::string run_;
  Output& output_;
  Json::Array recorded_;
};

Exit RunRecord(const RecordOptions& options, Output& output) {
  if (options.receipt && options.files.size() > 1) {
    return output.Usage("--receipt is for one file");
  }
  if (!TextsAreUtf8(options)) return output.Usage("a text is not UTF-8");
  auto shared = SharedMembers(options);
  if (!shared) return output.Fail(shared.error(), Exit::kUsage);
  std::optional<ledger::VerifierKey> vkey;
  if (options.vkey) {
    auto key = ledger::ParseVerifierKey(*options.vkey);
    if (!key) return output.Fail(key.error(), Exit::kUsage);
    vkey = std::move(*key);
  }
  auto client = Connect(options.access, Need::kToken);
  if (!client) return output.Fail(client.error(), ExitOf(client.error()));

  Recorder recorder(options, std::move(*shared), std::move(*client),
                    std::move(vkey), output);
  for (const std::string& file : options.files) {
    const auto recorded = recorder.Record(file);
    if (recorded) continue;
    const bool refused = recorded.error().name == "bad-receipt";
    return output.Fail(recorded.error(),
                       refused ? Exit::kFailed : Exit::kNotDone,
                       recorder.Outcome());
  }
  output.Value(Json(recorder.Outcome()));
  return Exit::kPassed;
}

}  // namespace

void AddRecord(Command& program) {
  Command& record =
      program.Sub("record", "Deposit the digests of documents",
                  "sealedger record contract.pdf --url http://127.0.0.1:8080 "
                  "--token-file platform.token");
  record.Explain(
      "Prints index, SHA-256 and name of each file. Only digests leave this "
      "machine. Each receipt is checked: that the entry is of this document, "
      "and that its proof leads to the checkpoint's root (with --vkey also "
      "who signed that). Label and media type are public for ever; private "
      "fields are kept apart and can be erased.");
  const auto options = std::make_shared<RecordOptions>();
  record.Positionals("FILE", &options->files, "documents");
  AddServerOptions(record, &options->access);
  record.Optional("--label", "TEXT", &options->label,
                  "an identifier of your own, public");
  record.Optional("--media-type", "TYPE", &options->media_type,
                  "e.g. application/pdf");
  record.Number(
      "--chain", "INDEX", &options->chain,
      "go on with the evidence chain that this entry began: evidence, "
      "or the document.sealed of the finished file");
  record.List("--private", "NAME=VALUE", &options->private_fields,
              "a private field; may be given more than once");
  record.Optional("--receipt", "FILE", &options->receipt,
                  "keep the receipt (one FILE alone)");
  record.Optional("--vkey", "VKEY", &options->vkey,
                  "the ledger's key, to check who signed");
  record.Run([options](Output& output) { return RunRecord(*options, output); });
}

}  // namespace sealedger::tools
