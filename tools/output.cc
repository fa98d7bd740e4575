#include "tools/output.h"

#include <algorithm>
#include <utility>

#include "ledger/encoding.h"

namespace sealedger::tools {

namespace {

void Write(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out(text);
  if (!ledger::IsUtf8(out)) {
    std::replace_if(
        out.begin(), out.end(),
        [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  }
  for (size_t i = 0; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    // U+0080 to U+009F steer terminals, too: in UTF-8 0xc2 and one of these.
    const bool c1 = byte == 0xc2 && i + 1 < out.size() &&
                    static_cast<unsigned char>(out[i + 1]) < 0xa0;
    if (c1) out.replace(i, 2, "?");
    if (byte < 0x20 || byte == 0x7f) out[i] = '?';
  }
  return out;
}

std::string ErrorSentence(const Error& error) {
  std::string sentence = Printable(error.detail);
  if (!error.field.empty()) sentence += ", at " + Printable(error.field);
  return sentence + " (" + Printable(error.name) + ")";
}

void Output::Line(std::string_view text) {
  if (json_) return;
  Write(out_, text);
  Write(out_, "\n");
}

void Output::Value(const Json& value) {
  if (json_) JsonText(notary::WriteJson(value));
}

void Output::JsonText(std::string_view text) {
  if (!json_) return;
  Write(out_, text);
  Write(out_, "\n");
}

void Output::Note(std::string_view text) {
  Write(err_, text);
  Write(err_, "\n");
}

Exit Output::Fail(const Error& error, Exit exit, Json::Object beside) {
  Note("sealedger: " + ErrorSentence(error));
  Json body(Json::Object{});
  body.Add("detail", Printable(error.detail));
  if (!error.field.empty()) body.Add("field", Printable(error.field));
  body.Add("name", Printable(error.name));
  beside.emplace_back("error", std::move(body));
  Value(Json(std::move(beside)));
  return exit;
}

Exit Output::Usage(std::string_view detail) {
  return Fail(
      ledger::MakeError(ledger::Code::kInvalidArgument, "usage", detail),
      Exit::kUsage);
}

bool Output::Flush() {
  return std::fflush(out_) == 0 && std::ferror(out_) == 0;
}

}  // namespace sealedger::tools
