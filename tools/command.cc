#include "tools/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <utility>

#include "ledger/encoding.h"
#include "version.h"

namespace sealedger::tools {

struct Command::Node {
  std::unique_ptr<CLI::App> owned;  // of the program alone
  CLI::App* app = nullptr;
  std::string explanation;
  std::string example;
  std::function<Exit(Output&)> run;
  bool json = false;
  std::vector<std::unique_ptr<Command>> subs;

  void WriteFooter() {
    std::string footer;
    if (!explanation.empty()) footer += explanation + "\n\n";
    if (!example.empty()) footer += "Example:\n  " + example + "\n";
    app->footer("\n" + footer);
  }
};

namespace {

CLI::Option* Text(CLI::App* app, const std::string& names,
                  const std::string& value, std::function<void(std::string)> to,
                  const std::string& help) {
  return app->add_option_function<std::string>(names, to, help)
      ->type_name(value);
}

}  // namespace

Command::Command(const std::string& name, const std::string& about)
    : node_(std::make_unique<Node>()) {
  node_->owned = std::make_unique<CLI::App>(about, name);
  node_->app = node_->owned.get();
  node_->app->set_version_flag("--version",
                               "sealedger " + std::string(kVersion));
  node_->app->require_subcommand(1);
}

Command::Command(std::unique_ptr<Node> node) : node_(std::move(node)) {}
Command::~Command() = default;

Command& Command::Sub(const std::string& name, const std::string& about,
                      const std::string& example) {
  auto node = std::make_unique<Node>();
  node->app = node_->app->add_subcommand(name, about);
  node->example = example;
  node->WriteFooter();
  // A command that does nothing by itself wants one of those below it.
  node_->app->require_subcommand(node_->run ? 0 : 1, 1);
  node_->subs.push_back(std::unique_ptr<Command>(new Command(std::move(node))));
  return *node_->subs.back();
}

void Command::Explain(const std::string& text) {
  node_->explanation = text;
  node_->WriteFooter();
}

void Command::Flag(const std::string& names, bool* target,
                   const std::string& help) {
  node_->app->add_flag(names, *target, help);
}

void Command::Required(const std::string& names, const std::string& value,
                       std::string* target, const std::string& help) {
  node_->app->add_option(names, *target, help)->type_name(value)->required();
}

void Command::Optional(const std::string& names, const std::string& value,
                       std::optional<std::string>* target,
                       const std::string& help) {
  Text(
      node_->app, names, value,
      [target](std::string text) { *target = std::move(text); }, help);
}

void Command::Number(const std::string& names, const std::string& value,
                     std::optional<uint64_t>* target, const std::string& help) {
  Text(
      node_->app, names, value,
      [target, names](const std::string& text) {
        *target = ledger::ParseDecimal(text);
        if (!*target) {
          throw CLI::ValidationError(
              names, "a decimal number is due, not " + Printable(text));
        }
      },
      help);
}

void Command::List(const std::string& names, const std::string& value,
                   std::vector<std::string>* target, const std::string& help) {
  node_->app->add_option(names, *target, help)
      ->type_name(value)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void Command::Choice(const std::string& names,
                     const std::vector<std::string>& words,
                     std::optional<std::string>* target,
                     const std::string& help) {
  std::string value;
  for (const std::string& word : words) {
    value += (value.empty() ? "" : "|") + word;
  }
  Text(
      node_->app, names, value,
      [target](std::string text) { *target = std::move(text); }, help)
      ->check(CLI::IsMember(words).description(""));
}

void Command::Positional(const std::string& value, std::string* target,
                         const std::string& help) {
  node_->app->add_option(value, *target, help)->type_name("")->required();
}

void Command::OptionalNumber(const std::string& value,
                             std::optional<uint64_t>* target,
                             const std::string& help) {
  Number(value, "", target, help);
}

void Command::Positionals(const std::string& value,
                          std::vector<std::string>* target,
                          const std::string& help) {
  node_->app->add_option(value, *target, help)->type_name("")->required();
}

void Command::Run(std::function<Exit(Output& output)> run) {
  node_->run = std::move(run);
  Flag("--json", &node_->json, "answer as one JSON value");
}

int Command::Main(int argc, const char* const* argv) {
  try {
    node_->app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version are "errors" with code 0.
    if (error.get_exit_code() == 0) return node_->app->exit(error);
    const bool json = std::any_of(argv, argv + argc, [](const char* word) {
      return std::string_view(word) == "--json";
    });
    Output output(json, stdout, stderr);
    return static_cast<int>(
        output.Usage(std::string(error.what()) + "; --help tells more"));
  }
  const Command* named = this;
  for (bool deeper = true; deeper;) {
    deeper = false;
    for (const auto& sub : named->node_->subs) {
      if (!sub->node_->app->parsed()) continue;
      named = sub.get();
      deeper = true;
      break;
    }
  }
  Output output(named->node_->json, stdout, stderr);
  Exit exit = named->node_->run(output);
  if (!output.Flush()) {
    output.Note("sealedger: the answer could not be written (output)");
    if (exit == Exit::kPassed) exit = Exit::kNotDone;
  }
  return static_cast<int>(exit);
}

}  // namespace sealedger::tools
