#pragma once

// A policy from a text, analyzed: its model, or the codes of what is wrong with it.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policyc/compiler/compile.hpp"

namespace policyc::compiler::testing {

struct Analyzed {
  std::unique_ptr<text::LoadedPackage> loaded;  // the model points into it
  text::Diagnostics diagnostics;
  std::optional<Model> model;

  // "PC2001 PC3003", in the order of the text.
  [[nodiscard]] std::string codes() const {
    std::string all;
    for (const text::Diagnostic& one : diagnostics.list())
      all += (all.empty() ? "" : " ") + text::info(one.code).id;
    return all;
  }
  // For a failing assertion.
  [[nodiscard]] std::string report() const {
    std::string all;
    for (const text::Diagnostic& one : diagnostics.list()) all += text::render_text(one, loaded->sources);
    return all;
  }

  [[nodiscard]] std::string name_of(ActionIndex action) const {
    const ActionInfo& info = model->actions[action];
    return model->schema.kinds[info.kind].name + "." + info.name;
  }
  // The rule's uses: "project.read project.update", one a line; "in KIND" where an ancestor must be there.
  [[nodiscard]] std::string uses_of(std::size_t rule) const {
    std::string all;
    for (const RuleUse& use : model->uses) {
      if (use.rule != rule) continue;
      std::string line;
      for (const ActionIndex action : use.actions) line += (line.empty() ? "" : " ") + name_of(action);
      if (use.within != kNoIndex) line += " in " + model->schema.kinds[use.within].name;
      all += line + "\n";
    }
    return all;
  }
};

inline Analyzed analyzed_files(std::vector<std::pair<std::string, std::string>> files) {
  Analyzed result;
  result.loaded = std::make_unique<text::LoadedPackage>(text::load_package_from_memory(std::move(files)));
  result.diagnostics = result.loaded->diagnostics;
  result.model = analyze(*result.loaded, result.diagnostics);
  result.diagnostics.sort();
  return result;
}

inline Analyzed analyzed(const std::string& text) { return analyzed_files({{"test.policy", text}}); }

// Three scopes, a folder that nests in itself or in a drive, and two kinds of subjects.
inline const std::string kScopes = R"(
subject user { home: folder?  action view_account }
subject service {}
role operator
action restart
scope team {
  role member
  role lead includes member
  action see, create(title: string), rename(title: string, quiet: bool = false)
}
scope project in team {
  owner: user
  role editor
  action read, edit
}
scope drive { role keeper  action mount }
scope folder in folder, drive, team {
  open: bool = false
  action list
}
)";

}  // namespace policyc::compiler::testing
