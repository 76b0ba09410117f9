#include "rule_names.hpp"

#include <algorithm>

namespace policyc::compiler {

using text::DiagCode;

const text::Annotation* annotation(const text::Annotated& declaration, std::string_view name) {
  for (const text::Annotation& one : declaration.annotations)
    if (one.name.text == name) return &one;
  return nullptr;
}

// The first file stands in the package's folder.
RuleNames::RuleNames(const Analysis& analysis) : analysis_(analysis) {
  const auto& files = analysis.loaded.package.files;
  if (files.empty()) return;
  std::size_t rules = 0;
  for (const text::File& file : files) rules += file.rules.size();
  known_.reserve(rules);
  const std::string& first = analysis.loaded.sources[files.front().file].name();
  root_ = first.substr(0, first.rfind('/') + 1);
}

RuleInfo RuleNames::info(const text::Rule& rule) {
  RuleInfo info;
  info.effect = rule.effect == text::Effect::allow ? RuleEffect::allow : RuleEffect::forbid;
  info.place = place(rule.span);
  if (const text::Annotation* reason = annotation(rule, "reason")) info.reason = reason->value;

  text::Span span = rule.span;
  if (const text::Annotation* id = annotation(rule, "id")) {
    check_id(*id);
    info.id = id->value;
    span = id->span;
  } else {
    info.id = info.place;
    // A second rule on a line is told from the first by its column.
    if (known_.contains(info.id)) {
      const text::LineColumn at = analysis_.loaded.sources[rule.span.file].locate(rule.span.begin);
      info.id += ":" + std::to_string(at.column);
    }
  }
  const auto [position, is_new] = known_.try_emplace(info.id, span);
  if (!is_new)
    analysis_.diagnostics.add(DiagCode::duplicate_rule_id, span, {info.id}, {},
                              {{position->second, "the first rule of this id"}});
  return info;
}

// As users see it: relative to the package, wherever that lies.
std::string RuleNames::place(text::Span span) const {
  const text::Source& source = analysis_.loaded.sources[span.file];
  const std::string& name = source.name();
  const std::string shown = name.rfind(root_, 0) == 0 ? name.substr(root_.size()) : name;
  return shown + ":" + std::to_string(source.locate(span.begin).line);
}

// Ids stand in logs, in tests and on the command line.
void RuleNames::check_id(const text::Annotation& annotation) const {
  const std::string& id = annotation.value;
  const bool has_controls = std::any_of(id.begin(), id.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
  });
  if (id.empty() || id.front() == ' ' || id.back() == ' ' || has_controls)
    analysis_.diagnostics.add(DiagCode::bad_rule_id, annotation.span);
}

}  // namespace policyc::compiler
