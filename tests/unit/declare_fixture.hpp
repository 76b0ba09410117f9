#pragma once

// The declarations of a policy, from its text: names, schema, and what was wrong.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schema_check.hpp"
#include "symbols.hpp"

namespace policyc::compiler::testing {

struct Declarations {
  std::unique_ptr<text::LoadedPackage> loaded;  // the model points into it
  std::unique_ptr<Model> model = std::make_unique<Model>();
  std::unique_ptr<Symbols> symbols = std::make_unique<Symbols>(*model);
  text::Diagnostics diagnostics;

  [[nodiscard]] const Schema& schema() const { return model->schema; }
  [[nodiscard]] const KindInfo& kind(const std::string& name) const {
    return schema().kinds.at(symbols->kind(name));
  }
  // "workspace.guest".
  [[nodiscard]] RoleIndex role_index(const std::string& name) const {
    const std::size_t dot = name.find('.');
    return schema().find_role(symbols->kind(name.substr(0, dot)), name.substr(dot + 1));
  }
  [[nodiscard]] const RoleInfo& role(const std::string& name) const {
    return schema().roles.at(role_index(name));
  }
  [[nodiscard]] const RoleModel& more(const std::string& name) const {
    return model->roles.at(role_index(name));
  }
  [[nodiscard]] std::string name_of(RoleIndex role) const {
    return schema().kinds[schema().roles[role].kind].name + "." + schema().roles[role].name;
  }
  [[nodiscard]] std::string names_of(const std::vector<RoleIndex>& roles) const {
    std::string all;
    for (const RoleIndex one : roles) all += (all.empty() ? "" : " ") + name_of(one);
    return all;
  }
  // The names of the kinds in a set.
  [[nodiscard]] std::string kinds_of(std::uint64_t set) const {
    std::string all;
    for (std::size_t i = 0; i < schema().kinds.size(); ++i)
      if (((set >> i) & 1) != 0) all += (all.empty() ? "" : " ") + schema().kinds[i].name;
    return all;
  }
  [[nodiscard]] std::string codes() const {
    std::string all;
    for (const text::Diagnostic& one : diagnostics.list())
      all += (all.empty() ? "" : " ") + text::info(one.code).id;
    return all;
  }
  [[nodiscard]] std::string report() const {
    std::string all;
    for (const text::Diagnostic& one : diagnostics.list()) all += text::render_text(one, loaded->sources);
    return all;
  }
};

inline Declarations declared_files(std::vector<std::pair<std::string, std::string>> files) {
  Declarations result;
  result.loaded = std::make_unique<text::LoadedPackage>(text::load_package_from_memory(std::move(files)));
  result.diagnostics = result.loaded->diagnostics;
  declare(*result.loaded, *result.model, *result.symbols, result.diagnostics);
  return result;
}

inline Declarations declared(const std::string& text) { return declared_files({{"test.policy", text}}); }

// Sound declarations, whose schema the evaluator accepts.
inline Declarations sound(const std::string& text) {
  Declarations result = declared(text);
  EXPECT_EQ(result.report(), "");
  EXPECT_EQ(vm::check_schema(result.schema()).value_or("sound"), "sound");
  return result;
}

}  // namespace policyc::compiler::testing
