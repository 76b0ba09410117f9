// What must hold of answers, whatever the policy says: they don't depend on names, on how often they are
// given or on what stands in a value, and they last as long as they say.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include "world.hpp"

namespace policyc::properties {
namespace {

// Other ids for the same entities: a letter before each, and other digits, so that their order is another
// one.
class Renaming {
 public:
  explicit Renaming(const PolicySpec& spec) : spec_(spec) {
    constexpr std::array<unsigned, 4> kFactors = {1, 3, 7, 9};  // each makes all ten digits of ten
    factor_ = kFactors[any_below(kFactors.size())];
    summand_ = static_cast<unsigned>(any_below(10));
    letter_ = static_cast<char>('a' + any_below(26));
  }

  [[nodiscard]] std::string id(std::string_view id) const {
    std::string text(1, letter_);
    for (const char c : id)
      text += c >= '0' && c <= '9'
                  ? static_cast<char>('0' + (static_cast<unsigned>(c - '0') * factor_ + summand_) % 10)
                  : c;
    return text;
  }
  // "kind:id", also "kind:*" and "kind:id#role"; anything else stays.
  [[nodiscard]] std::string name(const std::string& name) const {
    const std::size_t colon = name.find(':');
    if (colon == std::string::npos || !is_kind(name.substr(0, colon)) || name.substr(colon + 1) == "*")
      return name;
    const std::size_t mark = std::min(name.find('#'), name.size());
    return name.substr(0, colon + 1) + id(name.substr(colon + 1, mark - colon - 1)) + name.substr(mark);
  }
  // Each literal of an entity in a policy's text.
  [[nodiscard]] std::string text(const std::string& text) const {
    const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    std::string renamed, word;
    for (std::size_t i = 0; i < text.size(); ++i) {
      renamed += text[i];
      if (text[i] == ':' && is_kind(word)) {
        std::size_t end = i + 1;
        while (end < text.size() && is_word(text[end])) ++end;
        if (end > i + 1) renamed += id(text.substr(i + 1, end - i - 1));
        i = end - 1;
        word.clear();
      } else {
        word = is_word(text[i]) ? word + text[i] : "";
      }
    }
    return renamed;
  }
  [[nodiscard]] oracle::Value value(oracle::Value value) const {
    if (value.kind == oracle::Value::Kind::entity) value.text = name(value.text);
    for (oracle::Value& element : value.elements) element = this->value(element);
    return value;
  }
  [[nodiscard]] oracle::Values values(oracle::Values values) const {
    for (auto& [key, one] : values) one = value(one);
    return values;
  }
  [[nodiscard]] Facts facts(const Facts& facts) const {
    Facts renamed;
    std::map<std::string, std::string> parents;
    for (const auto& [old, entity] : facts) {
      Entity other = entity;
      other.name = name(old);
      other.attributes = values(entity.attributes);
      for (Entity::Grant& grant : other.grants) grant.principal = name(grant.principal);
      for (std::string& member : other.members) member = name(member);
      if (entity.parent != nullptr) parents[other.name] = name(entity.parent->name);
      const std::string key = other.name;
      renamed[key] = std::move(other);
    }
    for (const auto& [child, parent] : parents)
      renamed.find(child)->second.parent = &renamed.find(parent)->second;
    return renamed;
  }
  [[nodiscard]] Asked request(Asked request) const {
    request.subject = name(request.subject);
    request.resource = name(request.resource);
    request.parent = name(request.parent);
    if (request.on_behalf_of) request.on_behalf_of = name(*request.on_behalf_of);
    for (oracle::Values* all :
         {&request.parameters, &request.context, &request.subject_attributes, &request.resource_attributes})
      *all = values(*all);
    return request;
  }

 private:
  [[nodiscard]] bool is_kind(std::string_view word) const {
    return std::any_of(spec_.kinds.begin(), spec_.kinds.end(),
                       [&](const KindSpec& kind) { return kind.name == word; });
  }

  const PolicySpec& spec_;
  unsigned factor_ = 1, summand_ = 0;
  char letter_ = 'a';
};

TEST(Properties, IdsAreNamesAndNoMore) {
  expect_holds("ids are names and no more", [](Count& count) {
    const World world = any_world();
    const Renaming renaming(world.spec);
    PolicySpec spec = world.spec;
    for (std::string& text : spec.declarations) text = renaming.text(text);
    for (std::string& text : spec.rules) text = renaming.text(text);
    const Product before = world.product();
    const Product after(spec, renaming.facts(world.facts));
    for (const Asked& request : world.requests) {
      ++count.compared;
      count.tells(renaming.request(request).subject != request.subject);
      expect_same(world, request, before.ask(request), after.ask(renaming.request(request)),
                  "with other ids:\n" + spec.text());
    }
  });
}

// All that is said of an answer.
std::string told(const Product& product, const Asked& request) {
  const differential::OwnedRequest owned(request);
  const Decision decision = product.evaluator().decide(owned.request);
  std::string text = product.ask(request).text() + '\n';
  for (const RuleIndex rule : product.evaluator().reasons(owned.request)) {
    const RuleInfo& info = product.policy().program()->rules()[rule];
    text += info.id + ' ' + info.reason + ' ' + info.place + '\n';
  }
  for (const RequestDiagnostic& one : product.evaluator().diagnostics(owned.request)) text += one.name + '\n';
  if (decision.why == Why::error) text += product.evaluator().explain_error(owned.request, decision);
  return text;
}

TEST(Properties, TheSameInputsGiveTheSameBytes) {
  expect_holds("the same inputs give the same bytes", [](Count& count) {
    const World world = any_world();
    const Product one = world.product();
    const Product other = world.product();
    RC_ASSERT(one.policy().image() == other.policy().image());
    RC_ASSERT(one.policy().program()->disassemble() == other.policy().program()->disassemble());
    // Facts have no order, and two formats.
    Random random(any_seed());
    const auto read = [&](const std::string& text, snapshot::Format format) {
      const auto result = differential::read_snapshot(text, format, *one.policy().program());
      if (!result.snapshot) RC_FAIL(text + result.findings);
      return result.image;
    };
    const std::vector<std::byte> image =
        read(differential::to_json_lines(world.spec, world.facts, random), snapshot::Format::json_lines);
    RC_ASSERT(image == read(differential::to_json_lines(world.spec, world.facts, random),
                            snapshot::Format::json_lines));
    RC_ASSERT(image == read(differential::to_yaml(world.spec, world.facts, random), snapshot::Format::yaml));
    for (const Asked& request : world.requests) {
      ++count.compared;
      const std::string first = told(one, request), second = told(other, request);
      count.tells(first.find("rule ") != std::string::npos);
      if (first != second) fail(world, request, first + "\nand then\n" + second);
    }
  });
}

// What `check` accepts goes wrong for no facts. An error is about what the request says, and so it is the
// same one whatever the values of the same entities are; and it is none of the product's own.
TEST(Properties, NoFactsMakeAnError) {
  expect_holds("no facts make an error", [](Count& count) {
    const World world = any_world();
    const Product before = world.product();
    const Product after(world.spec, other_facts(world.spec, world.facts, [](const Entity&) { return true; }));
    for (const Asked& request : world.requests) {
      // Without the time a grant for a time is an error where it could count: that is the request's, too.
      if (!request.now) continue;
      const Answer one = before.ask(request), other = after.ask(request);
      ++count.compared;
      count.tells(one != other);
      if (one.error != other.error)
        fail(world, request, one.text() + "\nand for other facts " + other.text());
      for (const char* code : {"internal", "unsupported", "limit_exceeded", "not_loaded", "stale_handle"})
        if (one.error == code) fail(world, request, one.text());
    }
  });
}

// Nothing but the time changes until then, so neither does the answer, nor how long it holds.
TEST(Properties, AnAnswerHoldsAsLongAsItSays) {
  expect_holds("an answer holds as long as it says", [](Count& count) {
    const World world = any_world();
    const Product product = world.product();
    constexpr std::int64_t kLongAfter = 4'000'000'000'000'000;  // in 2096
    for (const Asked& request : world.requests) {
      const Answer now = product.ask(request);
      if (!request.now || !now.error.empty()) continue;
      const std::int64_t end = std::min(now.valid_until, kLongAfter);
      RC_ASSERT(now.valid_until > *request.now);
      const auto between = static_cast<std::size_t>(end - *request.now);
      for (const std::int64_t later :
           {end - 1, *request.now + static_cast<std::int64_t>(any_seed() % between)}) {
        Asked again = request;
        again.now = later;
        ++count.compared;
        count.tells(now.valid_until < kLongAfter);
        expect_same(world, request, now, product.ask(again), "and later, at " + std::to_string(later));
      }
    }
  });
}

}  // namespace
}  // namespace policyc::properties
