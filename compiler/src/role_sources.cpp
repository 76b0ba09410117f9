// What roles rest on: from written paths to `includes`, sources and roll-ups.

#include <algorithm>
#include <map>
#include <set>

#include "analysis.hpp"
#include "declarer.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

[[nodiscard]] constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

[[nodiscard]] std::string written_as(const text::Path& path) {
  std::string out;
  for (const text::Name& part : path.parts) out += (out.empty() ? "" : ".") + part.text;
  return out;
}

class RoleSources {
 public:
  RoleSources(Model& model, const Symbols& symbols, text::Diagnostics& diagnostics)
      : model_(model), schema_(model.schema), symbols_(symbols), diagnostics_(diagnostics) {}

  void include(RoleIndex role, const text::Path& path) {
    const KindIndex own = schema_.roles[role].kind;
    const std::string& name = path.parts.back().text;
    if (path.parts.size() > 2) return unknown("role", path);
    KindIndex kind = own;
    if (path.parts.size() == 2) {
      kind = symbols_.kind(path.parts.front().text);
      if (kind == kNoIndex) return unknown_scope(path.parts.front());
    }
    const RoleIndex included = schema_.find_role(kind, name);
    if (path.parts.size() == 1 && included == kNoIndex) {
      if (!symbols_.roles_at(own, name).empty()) return not_below(role, path);
      return unknown("role", path, includable(own));
    }
    if (included == kNoIndex) return unknown("role", path, role_names(kind));
    if (kind != own && !symbols_.may_be_above(kind, own)) return not_below(role, path);
    if (schema_.roles[included].is_open) {
      diagnostics_.add(DiagCode::includes_open, path.span, {schema_.roles[role].name, written_as(path)}, {},
                       {{model_.roles[included].span, "declared here"}});
      return;
    }
    add_once(model_.roles[role].includes, included);
  }

  void source(RoleIndex role, const text::Path& path) {
    const KindIndex own = schema_.roles[role].kind;
    const text::Name& first = path.parts.front();
    if (path.parts.size() > 2)
      return not_reached(path, "a source takes one step: ATTRIBUTE.ROLE or SCOPE.ROLE");
    const AttributeIndex attribute = schema_.find_attribute(own, first.text);
    if (attribute != kNoIndex) {
      if (path.parts.size() == 1) return named_by(attribute, path, schema_.roles[role].attribute_sources);
      return through(role, attribute, path);
    }
    if (path.parts.size() == 1) {
      const std::vector<RoleIndex> roles = symbols_.roles_at(own, first.text);
      if (roles.empty()) return unknown("attribute or role", path, candidates(own));
      // A role of the scope itself comes before those of scopes above.
      if (roles.size() > 1 && schema_.roles[roles[0]].kind != own) return ambiguous(path, roles);
      return add_once(model_.roles[role].role_sources, roles[0]);
    }
    const KindIndex kind = symbols_.kind(first.text);
    if (kind == kNoIndex) return unknown_scope(first);
    if (kind == own && schema_.kinds[own].self_nesting) {
      diagnostics_.add(DiagCode::source_own_name, path.span, {first.text});
      return;
    }
    if (kind == own || symbols_.may_be_above(own, kind)) {
      const RoleIndex found = schema_.find_role(kind, path.parts[1].text);
      if (found == kNoIndex) return unknown("role", path, role_names(kind));
      return add_once(model_.roles[role].role_sources, found);
    }
    if (!is_child(kind, own))
      return not_reached(
          path, "'" + first.text + "' is no attribute, and neither above this scope nor directly inside");
    roll_up(role, kind, path);
  }

  // Roles that are rolled up, with where that is written: judged when all sources are known.
  void judge_roll_ups() {
    for (const RolledUp& one : rolled_up_) {
      for (const RoleIndex role : held_at_the_child(model_, one.source)) {
        const std::string why = looks_elsewhere(role);
        if (why.empty()) continue;
        diagnostics_.add(DiagCode::source_not_counted, one.span,
                         {written_as(one.path), "'" + schema_.roles[role].name + "' rests on " + why}, {},
                         {{model_.roles[role].span, "declared here"}});
        break;
      }
    }
  }

  void conditional(RoleIndex role) { conditional_.insert(role); }

  // Who holds a role at the child itself: by the role, by those of its kind that
  // include it, and by those of its kind that it comes from.
  [[nodiscard]] static std::set<RoleIndex> held_at_the_child(const Model& model, RoleIndex role) {
    std::set<RoleIndex> reached = {role};
    std::vector<RoleIndex> open = {role};
    const KindIndex kind = model.schema.roles[role].kind;
    const auto reach = [&](RoleIndex next) {
      if (model.schema.roles[next].kind == kind && reached.insert(next).second) open.push_back(next);
    };
    while (!open.empty()) {
      const RoleIndex at = open.back();
      open.pop_back();
      for (const RoleIndex source : model.roles[at].role_sources) reach(source);
      for (const RoleIndex other : model.schema.kinds[kind].roles) {
        const auto& included = model.roles[other].includes;
        if (std::find(included.begin(), included.end(), at) != included.end()) reach(other);
      }
    }
    return reached;
  }

 private:
  struct RolledUp {
    RoleIndex source = 0;
    text::Path path;
    text::Span span;
  };

  template <class Index>
  static void add_once(std::vector<Index>& list, Index index) {
    if (std::find(list.begin(), list.end(), index) == list.end()) list.push_back(index);
  }

  [[nodiscard]] bool is_child(KindIndex kind, KindIndex of) const {
    if (schema_.kinds[kind].category == KindCategory::group) return false;
    const auto& parents = schema_.kinds[kind].parents;
    if (of == kSystemKind) return parents.empty() && kind != kSystemKind;
    return std::find(parents.begin(), parents.end(), of) != parents.end();
  }

  // What the role rests on besides grants, attributes and roll-ups at the entity itself; empty: nothing.
  [[nodiscard]] std::string looks_elsewhere(RoleIndex role) const {
    const RoleModel& more = model_.roles[role];
    if (conditional_.count(role) > 0) return "an `if`";
    if (!more.through.empty()) return "a role at the entity that an attribute names";
    for (const RoleIndex source : more.role_sources)
      if (schema_.roles[source].kind != schema_.roles[role].kind) return "a role from above";
    return {};
  }

  // An attribute whose value says who holds the role, here or at the child.
  void named_by(AttributeIndex attribute, const text::Path& path, std::vector<AttributeIndex>& list) {
    const AttributeInfo& info = schema_.attributes[attribute];
    if (!names_subjects(info.type))
      diagnostics_.add(DiagCode::source_names_nobody, path.span,
                       {written_as(path), "principal", "a kind of subject"});
    else if (info.from_request)
      diagnostics_.add(DiagCode::source_from_request, path.span, {written_as(path)});
    else
      add_once(list, attribute);
  }

  [[nodiscard]] bool names_entities(const Type& type) const {
    return type.kind == TypeKind::entity || (type.kind == TypeKind::set && type.element == TypeKind::entity);
  }
  [[nodiscard]] bool names_subjects(const Type& type) const {
    if (!names_entities(type)) return false;
    for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
      if ((type.argument & bit(kind)) != 0 && is_principal(schema_.kinds[kind].category)) return true;
    return false;
  }

  // `from attr.role`: that role at whatever entity the attribute names. Each kind that
  // this may be has a role of that name; none of them may stand for another kind's too.
  void through(RoleIndex role, AttributeIndex attribute, const text::Path& path) {
    const AttributeInfo& info = schema_.attributes[attribute];
    if (!names_entities(info.type)) {
      diagnostics_.add(DiagCode::source_names_nobody, path.span, {info.name, "entity", "a scope"});
      return;
    }
    if (info.from_request) {
      diagnostics_.add(DiagCode::source_from_request, path.span, {info.name});
      return;
    }
    std::map<KindIndex, RoleIndex> meant;
    for (std::size_t i = 0; i < schema_.kinds.size(); ++i) {
      const auto kind = static_cast<KindIndex>(i);
      if ((info.type.argument & bit(i)) == 0) continue;
      const std::vector<RoleIndex> roles = symbols_.roles_at(kind, path.parts[1].text);
      if (roles.empty()) return unknown("role", path, symbols_.role_names_at(kind));
      if (roles.size() > 1 && schema_.roles[roles[0]].kind != kind) return ambiguous(path, roles);
      meant[kind] = roles[0];
    }
    std::vector<RoleIndex> all;
    for (const auto& [kind, found] : meant) add_once(all, found);
    for (const auto& [kind, found] : meant)
      for (const RoleIndex other : all)
        if (other != found && symbols_.may_be_above(kind, schema_.roles[other].kind))
          return ambiguous(path, all);
    for (const RoleIndex found : all) {
      // The role itself, at all that the attribute leads to.
      const AttributeIndex closure = found == role ? closure_of(attribute) : kNoIndex;
      if (found == role && closure == kNoIndex && symbols_.is_tainted(info.name)) continue;
      if (closure != kNoIndex) {
        model_.roles[role].through.push_back({closure, role, true});
        continue;
      }
      const auto same = [&](const RoleModel::Through& one) {
        return one.attribute == attribute && one.role == found;
      };
      std::vector<RoleModel::Through>& list = model_.roles[role].through;
      if (std::none_of(list.begin(), list.end(), same)) list.push_back({attribute, found});
    }
  }

  [[nodiscard]] AttributeIndex closure_of(AttributeIndex attribute) const {
    for (const AttributeIndex index : schema_.kinds[schema_.attributes[attribute].kind].attributes)
      if (schema_.attributes[index].closure_of == attribute) return index;
    return kNoIndex;
  }

  void roll_up(RoleIndex role, KindIndex child, const text::Path& path) {
    const std::string& name = path.parts[1].text;
    if (const AttributeIndex attribute = schema_.find_attribute(child, name); attribute != kNoIndex)
      return named_by(attribute, path, schema_.roles[role].roll_up_attributes);
    const RoleIndex source = schema_.find_role(child, name);
    if (source == kNoIndex) return unknown("attribute or role", path, candidates(child));
    rolled_up_.push_back({source, path, path.span});
    // The mask is filled in when the child's bits are known; until then it holds the role itself.
    add_once(schema_.roles[role].roll_up_roles, RollUpSource{child, source});
  }

  [[nodiscard]] std::vector<std::string> candidates(KindIndex kind) const {
    std::vector<std::string> names = symbols_.role_names_at(kind);
    for (const AttributeIndex index : schema_.kinds[kind].attributes)
      if (schema_.attributes[index].closure_of == kNoIndex) names.push_back(schema_.attributes[index].name);
    return names;
  }

  [[nodiscard]] std::vector<std::string> role_names(KindIndex kind) const {
    std::vector<std::string> names;
    for (const RoleIndex index : schema_.kinds[kind].roles)
      if (!schema_.roles[index].is_hidden) names.push_back(schema_.roles[index].name);
    return names;
  }
  // What a role of the kind may include, as it would be written.
  [[nodiscard]] std::vector<std::string> includable(KindIndex kind) const {
    std::vector<std::string> names = role_names(kind);
    for (const RoleInfo& info : schema_.roles)
      if (info.kind != kind && !info.is_hidden && symbols_.may_be_above(info.kind, kind))
        names.push_back(schema_.kinds[info.kind].name + "." + info.name);
    return names;
  }

  void unknown(const char* what, const text::Path& path, const std::vector<std::string>& names = {}) {
    const std::string& wrong = path.parts.back().text;
    if (symbols_.is_tainted(wrong)) return;
    std::string way_out = suggestion_for(wrong, names);
    // A role of a scope below, whose name was right, lacks the scope before it.
    for (const std::string& name : names)
      if (name.ends_with("." + wrong)) way_out = "did you mean '" + name + "'?";
    diagnostics_.add(DiagCode::unknown_name, path.span, {what, written_as(path)}, way_out);
  }
  void unknown_scope(const text::Name& name) {
    if (symbols_.is_tainted(name.text)) return;
    diagnostics_.add(DiagCode::unknown_name, name.span, {"attribute or scope", name.text},
                     suggestion_for(name.text, symbols_.kind_names()));
  }
  void not_below(RoleIndex role, const text::Path& path) {
    if (!symbols_.knows_all_parents()) return;
    diagnostics_.add(DiagCode::includes_above, path.span, {schema_.roles[role].name, written_as(path)});
  }
  void not_reached(const text::Path& path, const std::string& why) {
    if (!symbols_.knows_all_parents()) return;
    diagnostics_.add(DiagCode::source_not_child, path.span, {written_as(path), why});
  }
  void ambiguous(const text::Path& path, const std::vector<RoleIndex>& roles) {
    std::string names;
    for (const RoleIndex role : roles)
      names += (names.empty() ? "" : ", ") + schema_.kinds[schema_.roles[role].kind].name + "." +
               schema_.roles[role].name;
    diagnostics_.add(DiagCode::ambiguous_source, path.span, {written_as(path), names});
  }

  Model& model_;
  Schema& schema_;
  const Symbols& symbols_;
  text::Diagnostics& diagnostics_;
  std::vector<RolledUp> rolled_up_;
  std::set<RoleIndex> conditional_;
};

}  // namespace

void resolve_role_sources(Model& model, const std::vector<const text::Role*>& written, const Symbols& symbols,
                          text::Diagnostics& diagnostics) {
  RoleSources sources(model, symbols, diagnostics);
  for (std::size_t i = 0; i < written.size(); ++i) {
    const auto role = static_cast<RoleIndex>(i);
    for (const text::Path& path : written[i]->includes) sources.include(role, path);
    for (const text::Path& path : written[i]->sources) sources.source(role, path);
    if (written[i]->condition) sources.conditional(role);
  }
  sources.judge_roll_ups();
}

std::set<RoleIndex> roles_counted_at_child(const Model& model, RoleIndex role) {
  return RoleSources::held_at_the_child(model, role);
}

}  // namespace policyc::compiler
