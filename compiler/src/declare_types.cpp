// Written types.

#include <algorithm>
#include <optional>
#include <string_view>

#include "analysis.hpp"
#include "declarer.hpp"

namespace policyc::compiler {
namespace {

// What people write who come from elsewhere.
struct OtherType {
  std::string_view theirs;
  const char* ours;
  std::optional<TypeKind> kind;  // that is meant, if that is sure
};

const OtherType* type_of_other_languages(std::string_view name) {
  static constexpr OtherType kTypes[] = {{"boolean", "`bool`", TypeKind::boolean},
                                         {"Bool", "`bool`", TypeKind::boolean},
                                         {"Boolean", "`bool`", TypeKind::boolean},
                                         {"integer", "`int`", TypeKind::integer},
                                         {"long", "`int`", TypeKind::integer},
                                         {"number", "`int`", TypeKind::integer},
                                         {"Int", "`int`", TypeKind::integer},
                                         {"Long", "`int`", TypeKind::integer},
                                         {"float", "`int`: there are no fractions", {}},
                                         {"double", "`int`: there are no fractions", {}},
                                         {"text", "`string`", TypeKind::string},
                                         {"str", "`string`", TypeKind::string},
                                         {"String", "`string`", TypeKind::string},
                                         {"varchar", "`string`", TypeKind::string},
                                         {"date", "`time`", TypeKind::time},
                                         {"datetime", "`time`", TypeKind::time},
                                         {"timestamp", "`time`", TypeKind::time},
                                         {"ipaddr", "`ip`", TypeKind::ip},
                                         {"list", "`set<TYPE>`", {}},
                                         {"array", "`set<TYPE>`", {}},
                                         {"Set", "`set<TYPE>`", {}},
                                         {"vector", "`set<TYPE>`", {}}};
  for (const OtherType& type : kTypes)
    if (type.theirs == name) return &type;
  return nullptr;
}

using text::DiagCode;

[[nodiscard]] std::optional<TypeKind> plain_type(std::string_view name) {
  if (name == "bool") return TypeKind::boolean;
  if (name == "int") return TypeKind::integer;
  if (name == "string") return TypeKind::string;
  if (name == "time") return TypeKind::time;
  if (name == "duration") return TypeKind::duration;
  if (name == "ip") return TypeKind::ip;
  return std::nullopt;
}

// `A | B`: each a kind.
std::optional<Type> resolve_union(const text::TypeExpr& written, const Symbols& symbols,
                                  text::Diagnostics& diagnostics) {
  Type type;
  type.kind = TypeKind::entity;
  bool sound = true;
  for (const text::Name& name : written.names) {
    const KindIndex kind = symbols.kind(name.text);
    if (kind != kNoIndex) {
      if ((type.argument & (std::uint64_t{1} << kind)) != 0) {
        const auto first = std::find_if(written.names.begin(), written.names.end(),
                                        [&](const text::Name& other) { return other.text == name.text; });
        diagnostics.add(DiagCode::duplicate_name, name.span, {"the alternative", name.text}, {},
                        {{first->span, "named first here"}});
      }
      type.argument |= std::uint64_t{1} << kind;
      continue;
    }
    sound = false;
    if (symbols.is_tainted(name.text)) continue;
    if (written.names.size() > 1 && (plain_type(name.text) || symbols.enumeration(name.text) != kNoIndex)) {
      diagnostics.add(DiagCode::bad_type, name.span,
                      {"'" + name.text + "' is no kind, and only kinds can be alternatives",
                       "declare a second attribute for the other type"});
      continue;
    }
    std::vector<std::string> names = symbols.kind_names();
    for (const EnumInfo& info : symbols.schema().enums) names.push_back(info.name);
    for (const char* plain : {"bool", "int", "string", "time", "duration", "ip"}) names.emplace_back(plain);
    const OtherType* const other = type_of_other_languages(name.text);
    diagnostics.add(
        DiagCode::unknown_name, name.span, {"type", name.text},
        other != nullptr ? std::string("here it is ") + other->ours : suggestion_for(name.text, names));
    // What is of this type is checked as though it were written in our words.
    if (other != nullptr && other->kind && written.names.size() == 1)
      return Type{*other->kind, TypeKind::boolean, false, 0};
  }
  return sound ? std::optional(type) : std::nullopt;
}

std::optional<Type> resolve_single(const text::TypeExpr& written, const Symbols& symbols,
                                   text::Diagnostics& diagnostics) {
  const text::Name& name = written.names.front();
  Type type;
  if (written.kind == text::TypeExpr::Kind::role_of) {
    const KindIndex kind = symbols.kind(name.text);
    if (kind == kNoIndex) {
      if (!symbols.is_tainted(name.text))
        diagnostics.add(DiagCode::unknown_name, name.span, {"scope", name.text},
                        suggestion_for(name.text, symbols.kind_names()));
      return std::nullopt;
    }
    type.kind = TypeKind::role;
    type.argument = kind;
    return type;
  }
  if (written.names.size() == 1) {
    if (const std::optional<TypeKind> plain = plain_type(name.text)) {
      type.kind = *plain;
      return type;
    }
    if (const std::uint16_t index = symbols.enumeration(name.text); index != kNoIndex) {
      type.kind = TypeKind::enumeration;
      type.argument = index;
      return type;
    }
  }
  return resolve_union(written, symbols, diagnostics);
}

}  // namespace

bool is_plain_type(std::string_view name) { return plain_type(name).has_value(); }

std::optional<Type> resolve_type(const text::TypeExpr& written, const Symbols& symbols,
                                 text::Diagnostics& diagnostics) {
  if (written.kind != text::TypeExpr::Kind::set) {
    std::optional<Type> type = resolve_single(written, symbols, diagnostics);
    if (type) type->optional = written.optional;
    return type;
  }
  const text::TypeExpr& element = written.element.front();
  if (element.kind == text::TypeExpr::Kind::set || element.optional) {
    diagnostics.add(DiagCode::bad_type, element.span,
                    element.optional
                        ? std::vector<std::string>{"an element of a set is never missing", "remove the `?`"}
                        : std::vector<std::string>{"a set holds single values, not sets",
                                                   "write, for example, set<user>"});
    return std::nullopt;
  }
  std::optional<Type> type = resolve_single(element, symbols, diagnostics);
  if (!type) return std::nullopt;
  type->element = type->kind;
  type->kind = TypeKind::set;
  type->optional = written.optional;
  return type;
}

}  // namespace policyc::compiler
