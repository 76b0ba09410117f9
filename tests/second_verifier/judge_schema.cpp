// What a schema must be: names, kinds that nest without going in circles, roles and their bits.

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <map>
#include <set>

#include "values.hpp"
#include "wire.hpp"

namespace policyc::second {
namespace {

using Set = std::set<std::size_t>;

constexpr std::uint8_t kNone = 0xFF;
constexpr std::uint8_t kSubjects = 1, kScopes = 2, kGroups = 3;

bool in(std::uint64_t bits, std::size_t index) { return index < 64 && ((bits >> index) & 1) != 0; }

class SchemaJudge {
 public:
  explicit SchemaJudge(const Tables& tables) : t_(tables) {}

  void judge() {
    enums();
    kinds();
    members();
    ancestors();
    attributes();
    roles();
    open_roles();
    roll_ups();
    words();
    constraints();
  }

 private:
  [[nodiscard]] bool is_kind(std::size_t kind) const { return kind < t_.kinds.size(); }
  [[nodiscard]] bool is_principal(std::size_t kind) const {
    return is_kind(kind) && (t_.kinds[kind].category == kSubjects || t_.kinds[kind].category == kGroups);
  }
  [[nodiscard]] bool is_scope(std::size_t kind) const {
    return is_kind(kind) && t_.kinds[kind].category == kScopes;
  }
  // The bits that roles of a kind have, and those of them that don't flow below it.
  [[nodiscard]] std::uint64_t bits(std::size_t kind, bool rolled_up_alone = false) const {
    std::uint64_t all = 0;
    for (const Role& role : t_.roles) {
      if (role.kind != kind) continue;
      if (role.up != kNone) all |= std::uint64_t{1} << role.up;
      if (role.flow != kNone && !rolled_up_alone) all |= std::uint64_t{1} << role.flow;
    }
    return all;
  }
  // Kinds whose roles are seen at an entity of the kind.
  [[nodiscard]] bool sees(std::size_t kind, std::size_t other) const {
    return is_kind(other) && (other == kind || other == 0 || in(t_.kinds[kind].ancestors, other));
  }

  void enums() const {
    std::set<std::string> names;
    for (const Enumeration& one : t_.enums) {
      demand(is_name(one.name) && names.insert(one.name).second, "an enum's name is bad or taken");
      std::set<std::string> members;
      for (const std::string& member : one.members)
        demand(is_name(member) && members.insert(member).second, "a member's name is bad or taken");
      demand(!members.empty() && members.size() < 0xFFFF, "an enum has no members, or too many");
    }
  }

  void kinds() const {
    demand(!t_.kinds.empty() && t_.kinds.size() <= 64, "there are too many kinds, or none");
    std::set<std::string> names;
    std::set<std::string> plurals;
    for (std::size_t i = 0; i < t_.kinds.size(); ++i) {
      const Kind& kind = t_.kinds[i];
      demand(is_name(kind.name) && names.insert(kind.name).second, "a kind's name is bad or taken");
      demand((i == 0) == (kind.category == 0), "system is not the first kind, or not the only one");
      if (i == 0)
        demand(kind.name == "system", "the first kind has another name");
      else
        demand(is_name(kind.plural) && plurals.insert(kind.plural).second, "a plural is bad or taken");
      const bool stands = kind.category == kScopes || kind.category == kGroups;
      demand(stands || kind.parents.empty(), "a kind stands in others though it can't");
      Set parents;
      for (const std::uint16_t parent : kind.parents)
        demand(is_scope(parent) && parents.insert(parent).second, "a parent kind is none, or there twice");
      demand(kind.self_nesting == parents.contains(i), "a kind is wrongly said to nest in itself");
    }
    const std::uint16_t first = t_.first_subject;
    demand(first == kNoIndex || (is_kind(first) && t_.kinds[first].category == kSubjects),
           "the first subject is none");
  }

  void members() const {
    for (const Kind& kind : t_.kinds) {
      const bool group = kind.category == kGroups;
      demand(!kind.cross || group || kind.category == kScopes, "a kind lets in other roots though it can't");
      demand(group == (kind.members != 0), "groups have members, and nothing else has");
      demand(!group || kind.roles.empty(), "a group has roles");
      for (std::size_t i = 0; i < 64; ++i)
        demand(!in(kind.members, i) || is_principal(i), "a member is no principal");
    }
  }

  // By a walk upwards from each kind.
  void ancestors() const {
    for (std::size_t kind = 0; kind < t_.kinds.size(); ++kind) {
      Set above;
      const std::function<void(std::size_t)> climb = [&](std::size_t from) {
        for (const std::uint16_t parent : t_.kinds[from].parents)
          if (above.insert(parent).second) climb(parent);
      };
      climb(kind);
      std::uint64_t wanted = 0;
      for (const std::size_t one : above) {
        wanted |= std::uint64_t{1} << one;
        if (one == kind) continue;
        Set again;
        const std::function<bool(std::size_t)> comes_back = [&](std::size_t from) {
          for (const std::uint16_t parent : t_.kinds[from].parents)
            if (parent == kind || (again.insert(parent).second && comes_back(parent))) return true;
          return false;
        };
        demand(!comes_back(one), "kinds nest in a circle");
      }
      demand(t_.kinds[kind].ancestors == wanted, "the ancestors of a kind are others");
    }
  }

  // Every entry of a table is in its own kind's list, once, and no list has one that isn't there.
  template <class Row, class Kinds>
  void lists(const std::vector<Row>& table, std::vector<std::uint16_t> Kind::*list, const Kinds& kind_of,
             const std::function<const std::string&(const Row&)>& name_of) const {
    std::map<std::size_t, std::size_t> listed;
    for (std::size_t kind = 0; kind < t_.kinds.size(); ++kind) {
      std::set<std::string> names;
      for (const std::uint16_t index : t_.kinds[kind].*list) {
        demand(index < table.size() && kind_of(table[index]) == kind && ++listed[index] == 1,
               "a list of a kind is wrong");
        demand(names.insert(name_of(table[index])).second, "a name is taken");
      }
    }
    demand(listed.size() == table.size(), "something is in no list");
  }

  [[nodiscard]] static bool names_entities(const Type& type) {
    return type.kind == TypeKind::entity || (type.kind == TypeKind::set && type.element == TypeKind::entity);
  }

  void attributes() const {
    lists<Attribute>(
        t_.attributes, &Kind::attributes, [](const Attribute& a) { return a.kind; },
        [](const Attribute& a) -> const std::string& { return a.field.name; });
    for (const Attribute& attribute : t_.attributes) {
      judge_fields({attribute.field}, t_);
      if (attribute.closure_of == kNoIndex) continue;
      demand(attribute.closure_of < t_.attributes.size(), "a closure is of nothing");
      const Attribute& of = t_.attributes[attribute.closure_of];
      const Type& type = attribute.field.type;
      const std::uint64_t own = std::uint64_t{1} << attribute.kind;
      demand(names_entities(of.field.type) && of.field.type.argument == own && of.kind == attribute.kind,
             "a closure is of what does not lead on");
      demand(of.closure_of == kNoIndex && !of.from_request && !attribute.from_request, "a closure can't be");
      demand(type.kind == TypeKind::set && type.element == TypeKind::entity && !type.optional &&
                 type.argument == own && attribute.field.has_value && attribute.field.value.elements.empty(),
             "a closure is no set of its kind");
    }
  }

  [[nodiscard]] bool is_below(std::size_t child, std::size_t parent) const {
    if (!is_kind(child) || child == parent || t_.kinds[child].category == kGroups) return false;
    const std::vector<std::uint16_t>& parents = t_.kinds[child].parents;
    if (parent == 0) return parents.empty();
    return std::find(parents.begin(), parents.end(), parent) != parents.end();
  }

  // The attribute of facts that names principals, or null.
  [[nodiscard]] const Attribute* source(std::uint16_t index) const {
    if (index >= t_.attributes.size()) return nullptr;
    const Attribute& attribute = t_.attributes[index];
    if (attribute.from_request || !names_entities(attribute.field.type)) return nullptr;
    for (std::size_t kind = 0; kind < t_.kinds.size(); ++kind)
      if (in(attribute.field.type.argument, kind) && is_principal(kind)) return &attribute;
    return nullptr;
  }

  void roles() const {
    demand(t_.roles.size() < 0xFFFF, "there are too many roles");
    lists<Role>(
        t_.roles, &Kind::roles, [](const Role& r) { return r.kind; },
        [](const Role& r) -> const std::string& { return r.name; });
    std::set<std::pair<std::size_t, std::size_t>> taken;
    for (const Role& role : t_.roles) {
      demand(is_name(role.name), "a role has no name");
      for (const std::uint8_t bit : {role.flow, role.up})
        demand(bit == kNone || (bit < 64 && taken.emplace(role.kind, bit).second), "a role's bit is taken");
      demand(role.grantable || !role.is_public, "a role is public and not granted");
      demand(!role.grantable || role.flow != kNone, "a role is granted and has no bit for it");
    }
    for (std::size_t kind = 0; kind < t_.kinds.size(); ++kind)
      demand(t_.kinds[kind].rolled_up == bits(kind, true), "the rolled-up bits of a kind are others");
    for (const Role& role : t_.roles) role_sources(role);
  }

  void role_sources(const Role& role) const {
    for (const std::uint16_t index : role.sources)
      demand(role.flow != kNone && source(index) != nullptr && source(index)->kind == role.kind,
             "a role has a source that can't be");
    demand(role.up != kNone || (role.child_sources.empty() && role.child_roles.empty()),
           "a role is rolled up and has no bit for it");
    for (const std::uint16_t index : role.child_sources)
      demand(source(index) != nullptr && is_below(source(index)->kind, role.kind),
             "a role is rolled up from what is not below");
    for (const Bits& from : role.child_roles)
      demand(is_below(from.kind, role.kind) && (from.mask & ~bits(from.kind)) == 0,
             "a role is rolled up from what is not below");
    Set kinds;
    for (const Bits& from : role.userset)
      demand(sees(role.kind, from.kind) && kinds.insert(from.kind).second && from.mask != 0 &&
                 (from.mask & ~(bits(from.kind) & ~bits(from.kind, true))) == 0,
             "a userset can't be");
  }

  void open_roles() const {
    Set kinds;
    Set taken;
    const auto held_by_definition = [&](std::size_t index, std::size_t kind) {
      if (index >= t_.roles.size() || !taken.insert(index).second) return false;
      const Role& role = t_.roles[index];
      return role.kind == kind && role.flow != kNone && role.up == kNone && !role.grantable &&
             !role.assignable && role.sources.empty();
    };
    for (const OpenRole& open : t_.open_roles) {
      demand(open.role < t_.roles.size(), "an open role is none");
      const std::size_t kind = t_.roles[open.role].kind;
      demand(kinds.insert(kind).second && held_by_definition(open.role, kind), "an open role can't be");
      std::set<std::string> names;
      for (const auto& [name, role] : open.ceiling)
        demand(is_name(name) && names.insert(name).second && held_by_definition(role, kind),
               "an action of an open role can't be");
    }
  }

  void roll_ups() const {
    std::map<std::size_t, std::size_t> place;
    for (const std::uint16_t index : t_.roll_up_order) {
      demand(index < t_.roles.size() && t_.roles[index].up != kNone, "what does not roll up has a place");
      demand(place.emplace(index, place.size()).second, "a role is rolled up twice");
    }
    for (std::size_t i = 0; i < t_.roles.size(); ++i) {
      demand((t_.roles[i].up != kNone) == place.contains(i), "a role is not rolled up");
      for (const Bits& from : t_.roles[i].child_roles)
        for (std::size_t k = 0; k < t_.roles.size(); ++k)
          if (t_.roles[k].kind == from.kind && t_.roles[k].up != kNone && in(from.mask, t_.roles[k].up))
            demand(place[k] < place[i], "a role is rolled up before its source");
    }
  }

  void words() const {
    for (std::size_t kind = 0; kind < t_.kinds.size(); ++kind) {
      const std::vector<std::uint16_t>& offsets = t_.kinds[kind].offsets;
      demand(offsets.size() == t_.kinds.size(), "a role word leaves out a kind");
      std::array<int, 256> users{};
      for (std::size_t other = 0; other < offsets.size(); ++other) {
        const std::uint64_t all = bits(other);
        const auto width = static_cast<std::size_t>(std::bit_width(all));
        if (offsets[other] == kNoIndex) {
          demand(width == 0 || !sees(kind, other), "a role word has no place for what is seen");
          continue;
        }
        demand(offsets[other] + width <= 256, "a place ends beyond the role word");
        for (std::size_t bit = 0; bit < width; ++bit)
          demand(++users[offsets[other] + bit] == 1, "places in a role word overlap");
      }
    }
  }

  void constraints() const {
    std::set<std::string> titles;
    for (const Constraint& one : t_.constraints) {
      demand(is_name(one.title) && titles.insert(one.title).second, "a constraint's title is bad or taken");
      demand(one.scope == 0 || is_scope(one.scope), "a constraint is on no scope");
      const bool of_roles = one.form == 0;
      demand(of_roles ? one.counted == kNoIndex : is_principal(one.counted), "a constraint counts nobody");
      demand(!one.roles.empty() && one.roles.size() <= (of_roles ? 64 : 1), "a constraint counts no role");
      Set roles;
      for (const Counted& counted : one.roles) {
        demand(counted.role < t_.roles.size() && roles.insert(counted.role).second &&
                   sees(one.scope, t_.roles[counted.role].kind),
               "a constraint counts a role that is not there");
        for (const Bits& held : counted.bits) {
          demand(sees(one.scope, held.kind) && held.mask != 0 && (held.mask & ~bits(held.kind)) == 0,
                 "a constraint counts bits that are not there");
          for (std::size_t on = 0; on < 64; ++on)
            demand(!in(held.path, on) || sees(one.scope, on), "a constraint's path is none");
        }
      }
    }
  }

  const Tables& t_;
};

}  // namespace

void judge_schema(const Tables& tables) { SchemaJudge(tables).judge(); }

}  // namespace policyc::second
