#pragma once

// Whom a rule is for, asked at one kind of resource.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis.hpp"
#include "role_closure.hpp"

namespace policyc::compiler {

class WhoResolver {
 public:
  explicit WhoResolver(const Analysis& analysis);

  // What follows from one rule is reported once, however many kinds it is about.
  void begin_rule(const text::Rule& rule) {
    reported_.clear();
    is_allow_ = rule.effect == text::Effect::allow;
  }

  // Nothing, reported, if a name means no role or kind that counts there.
  [[nodiscard]] std::optional<std::vector<Who>> resolve(const text::Rule& rule, KindIndex kind);

  // The role that a path means at an entity of the kind.
  [[nodiscard]] std::optional<RoleIndex> role(const text::Path& path, KindIndex kind);

 private:
  [[nodiscard]] std::optional<RoleIndex> bare(const text::Name& name, KindIndex kind);
  [[nodiscard]] std::optional<RoleIndex> qualified(const text::Path& path, KindIndex kind);
  [[nodiscard]] std::optional<RoleIndex> holdable(RoleIndex role, text::Span span, KindIndex kind);
  void report(text::DiagCode code, text::Span span, std::vector<std::string> arguments,
              std::string suggestion = {}, std::vector<text::Note> notes = {});
  void report_unknown_role(const std::string& name, text::Span span, KindIndex kind);

  const Analysis& analysis_;
  RoleClosures closures_;
  std::set<std::uint32_t> reported_;  // places
  bool is_allow_ = true;
};

}  // namespace policyc::compiler
