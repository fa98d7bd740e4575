#include "notary/draft.h"

#include <doctest/doctest.h>

#include <string>

#include "notary/evidence.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

TEST_CASE("a filled draft is the canonical text of the whole") {
  Json link{Json::Object{}};
  link.Add("root", 41);
  Json members{Json::Object{}};
  members.Add("v", 1);
  members.Add("kind", "evidence.recorded");
  members.Add("by", "acme");
  members.Add("chain", link);
  const Draft draft(members,
                    {{"/time", Draft::Hole::kTime},
                     {"/by_entry", Draft::Hole::kByEntry},
                     {"/chain/previous", Draft::Hole::kChainPrevious}});
  Draft::Values values;
  const std::string time = FormatTime(1790000000123);
  values.time = time;
  values.by_entry = 7;
  values.chain_previous = 97;
  const std::string text = draft.Fill(values);
  CHECK(
      text ==
      "{\"by\":\"acme\",\"by_entry\":7,\"chain\":{\"previous\":97,\"root\":41}"
      ",\"kind\":\"evidence.recorded\",\"time\":\"" +
          time + "\",\"v\":1}");
  CHECK(IsCanonicalJson(text));
  values.by_entry = kMaxJsonInteger;
  values.chain_previous = kMaxJsonInteger;
  CHECK(draft.Fill(values).size() == draft.max_size());
}

TEST_CASE("a hole first, last and alone keeps the commas right") {
  const Json empty{Json::Object{}};
  Draft::Values values;
  values.register_entry = 3;
  values.by_entry = 4;
  CHECK(Draft(empty, {{"/register", Draft::Hole::kRegister}}).Fill(values) ==
        "{\"register\":3}");
  CHECK(Draft(empty, {{"/register", Draft::Hole::kRegister},
                      {"/by_entry", Draft::Hole::kByEntry}})
            .Fill(values) == "{\"by_entry\":4,\"register\":3}");
}

}  // namespace
}  // namespace sealedger::notary
