// Collects facts, and turns them into an image in the end.

#include "policyc/snapshot_builder.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <tuple>
#include <utility>

#include "snapshot_facts.hpp"
#include "snapshot_format.hpp"
#include "text_values.hpp"

namespace policyc {
namespace vm {

std::string_view TextStore::keep(std::string_view text) {
  if (text.empty()) return {};
  if (text.size() > left_) {
    const std::size_t size = std::max(kChunk, text.size());
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    // A text that is a chunk by itself leaves the rest of the last chunk in use.
    if (text.size() >= kChunk) {
      std::memcpy(chunks_.back().get(), text.data(), text.size());
      return {chunks_.back().get(), text.size()};
    }
    free_ = chunks_.back().get();
    left_ = size;
  }
  char* const kept = free_;
  std::memcpy(kept, text.data(), text.size());
  free_ += text.size();
  left_ -= text.size();
  return {kept, text.size()};
}

std::string Facts::name_of(KindIndex kind, std::string_view id) const {
  std::string name = kind < schema->kinds.size() ? schema->kinds[kind].name : "?";
  if (kind == kSystemKind) return name;
  return name.append(":").append(id);
}

std::vector<BuildError> Problems::take() {
  const auto place = [](const BuildError& error) {
    return std::tie(error.where, error.problem, error.subject, error.object, error.other);
  };
  std::stable_sort(list_.begin(), list_.end(),
                   [&](const BuildError& a, const BuildError& b) { return place(a) < place(b); });
  return std::move(list_);
}

}  // namespace vm

struct SnapshotBuilder::State {
  State(const Schema& from, const Digest& of) : schema(from), digest(of) { reset(); }

  void reset() {
    facts = {};
    facts.schema = &schema;
    facts.entities.push_back({});
    system_given = false;
    full = false;
  }

  // A text that is the same as one right before need not be kept twice.
  std::string_view keep(std::string_view text, std::string_view& last) {
    if (text != last || text.empty()) last = facts.texts.keep(text);
    return last;
  }

  void attributes(vm::EntityFact& entity, std::span<const AttributeFact> given) {
    entity.first_attribute = facts.values.size();
    entity.attributes = static_cast<std::uint32_t>(given.size());
    for (const AttributeFact& from : given) {
      vm::ValueFact value;
      value.number = from.value.number;
      value.text = facts.texts.keep(from.value.text);
      value.where = from.where;
      value.first_element = facts.elements.size();
      value.count = static_cast<std::uint32_t>(from.value.elements.size());
      value.attribute = from.attribute;
      for (const Fact& element : from.value.elements)
        facts.elements.push_back({element.number, facts.texts.keep(element.text)});
      facts.values.push_back(value);
    }
  }

  [[nodiscard]] bool is_entity(KindIndex kind, std::string_view id) const {
    return kind != kSystemKind && kind < schema.kinds.size() && vm::is_valid_id(id) && vm::is_utf8(id);
  }

  [[nodiscard]] bool is_grantee(const Principal& to) const {
    if (to.kind >= schema.kinds.size()) return false;
    const KindCategory category = schema.kinds[to.kind].category;
    if (to.is_everyone) return category == KindCategory::subject && to.id.empty() && to.role == kNoIndex;
    if (to.role == kNoIndex) return is_principal(category) && is_entity(to.kind, to.id);
    return to.role < schema.roles.size() && schema.roles[to.role].kind == to.kind &&
           !schema.roles[to.role].is_hidden &&
           (to.kind == kSystemKind ? to.id.empty() : is_entity(to.kind, to.id));
  }

  [[nodiscard]] vm::GrantFact granted(const Principal& to, RoleIndex role, KindIndex on_kind,
                                      std::string_view on_id, std::uint64_t where, const Window& window) {
    vm::GrantFact grant;
    if (!to.id.empty()) grant.principal = keep(to.id, last_principal);
    if (on_kind != kSystemKind) grant.entity = keep(on_id, last_entity);
    grant.where = where;
    grant.principal_kind = to.kind;
    grant.userset = to.role;
    grant.to_everyone = to.is_everyone;
    grant.entity_kind = on_kind;
    grant.role = role;
    if (window.is_always()) return grant;
    facts.windows.push_back(window);
    grant.window = static_cast<std::uint32_t>(facts.windows.size());
    return grant;
  }

  // That snapshots define roles under at this entity; nullptr if there is none, or the names can't be.
  [[nodiscard]] const OpenRoleInfo* open_role(KindIndex kind, std::string_view id,
                                              std::string_view name) const {
    if (kind != kSystemKind && !is_entity(kind, id)) return nullptr;
    return vm::is_valid_id(name) && vm::is_utf8(name) ? schema.find_open_role(kind) : nullptr;
  }

  const Schema& schema;
  Digest digest;
  vm::Facts facts;
  bool system_given = false;
  bool full = false;  // more than the format can hold
  std::string_view last_parent;
  std::string_view last_principal;
  std::string_view last_entity;
  std::string_view last_role;
};

SnapshotBuilder::SnapshotBuilder(const Schema& schema, const Digest& schema_digest)
    : state_(std::make_unique<State>(schema, schema_digest)) {}
SnapshotBuilder::SnapshotBuilder(SnapshotBuilder&&) noexcept = default;
SnapshotBuilder& SnapshotBuilder::operator=(SnapshotBuilder&&) noexcept = default;
SnapshotBuilder::~SnapshotBuilder() = default;

void SnapshotBuilder::entity(KindIndex kind, std::string_view id, KindIndex parent_kind,
                             std::string_view parent_id, std::span<const AttributeFact> attributes,
                             std::uint64_t where) {
  State& state = *state_;
  vm::Facts& facts = state.facts;
  if (!state.is_entity(kind, id) || (parent_kind != kNoIndex && !state.is_entity(parent_kind, parent_id))) {
    facts.problems.add(BuildProblem::malformed, where, facts.name_of(kind, id));
    return;
  }
  state.full = state.full || facts.entities.size() >= vm::kMaxNodes;
  if (state.full) return;
  vm::EntityFact entity;
  entity.kind = kind;
  entity.id = facts.texts.keep(id);
  entity.parent_kind = parent_kind;
  if (parent_kind != kNoIndex) entity.parent = state.keep(parent_id, state.last_parent);
  entity.where = where;
  state.attributes(entity, attributes);
  facts.entities.push_back(entity);
}

void SnapshotBuilder::system(std::span<const AttributeFact> attributes, std::uint64_t where) {
  vm::Facts& facts = state_->facts;
  vm::EntityFact& entity = facts.entities.front();
  if (state_->system_given) {
    facts.problems.add(BuildProblem::duplicate_entity, std::max(where, entity.where),
                       std::min(where, entity.where), facts.name_of(kSystemKind, {}), {});
    return;
  }
  state_->system_given = true;
  entity.where = where;
  state_->attributes(entity, attributes);
}

void SnapshotBuilder::grant(const Principal& to, RoleIndex role, KindIndex on_kind, std::string_view on_id,
                            std::uint64_t where, const Window& window) {
  State& state = *state_;
  vm::Facts& facts = state.facts;
  if (!state.is_grantee(to) || role >= state.schema.roles.size() ||
      (on_kind != kSystemKind && !state.is_entity(on_kind, on_id))) {
    facts.problems.add(BuildProblem::malformed, where, facts.name_of(to.kind, to.id));
    return;
  }
  state.full = state.full || facts.grants.size() >= std::numeric_limits<std::uint32_t>::max();
  if (state.full) return;
  facts.grants.push_back(state.granted(to, role, on_kind, on_id, where, window));
}

void SnapshotBuilder::define_role(KindIndex on_kind, std::string_view on_id, std::string_view name,
                                  std::span<const std::uint32_t> actions, std::uint64_t where) {
  State& state = *state_;
  vm::Facts& facts = state.facts;
  const OpenRoleInfo* const open = state.open_role(on_kind, on_id, name);
  const bool sound =
      open != nullptr && std::all_of(actions.begin(), actions.end(),
                                     [&](std::uint32_t action) { return action < open->ceiling.size(); });
  if (!sound || state.schema.find_role(on_kind, name) != kNoIndex) {
    facts.problems.add(BuildProblem::malformed, where, std::string(name));
    return;
  }
  state.full = state.full || facts.roles.size() >= vm::kMaxNodes;
  if (state.full) return;
  vm::RoleFact role;
  const auto bit_of = [&](RoleIndex one) { return std::uint64_t{1} << state.schema.roles[one].flow_bit; };
  role.bits = bit_of(open->role);
  for (const std::uint32_t action : actions) role.bits |= bit_of(open->ceiling[action].role);
  if (on_kind != kSystemKind) role.entity = state.keep(on_id, state.last_entity);
  role.name = facts.texts.keep(name);
  role.where = where;
  role.entity_kind = on_kind;
  facts.roles.push_back(role);
}

void SnapshotBuilder::grant_defined(const Principal& to, std::string_view name, KindIndex on_kind,
                                    std::string_view on_id, std::uint64_t where, std::uint64_t name_where,
                                    const Window& window) {
  State& state = *state_;
  vm::Facts& facts = state.facts;
  const OpenRoleInfo* const open = state.open_role(on_kind, on_id, name);
  if (open == nullptr || !state.is_grantee(to)) {
    facts.problems.add(BuildProblem::malformed, where, facts.name_of(to.kind, to.id));
    return;
  }
  state.full = state.full || facts.defined_grants.size() >= std::numeric_limits<std::uint32_t>::max();
  if (state.full) return;
  vm::DefinedGrantFact fact;
  fact.name = state.keep(name, state.last_role);
  fact.name_where = name_where;
  fact.grant = state.granted(to, open->role, on_kind, on_id, where, window);
  facts.defined_grants.push_back(fact);
}

void SnapshotBuilder::member(KindIndex group_kind, std::string_view group_id, KindIndex member_kind,
                             std::string_view member_id, std::uint64_t where) {
  State& state = *state_;
  vm::Facts& facts = state.facts;
  if (!state.is_entity(group_kind, group_id) || !state.is_entity(member_kind, member_id) ||
      state.schema.kinds[group_kind].category != KindCategory::group) {
    facts.problems.add(BuildProblem::malformed, where, facts.name_of(group_kind, group_id));
    return;
  }
  state.full = state.full || facts.members.size() >= std::numeric_limits<std::uint32_t>::max();
  if (state.full) return;
  vm::MemberFact member;
  member.group = state.keep(group_id, state.last_entity);
  member.member = state.keep(member_id, state.last_principal);
  member.where = where;
  member.group_kind = group_kind;
  member.member_kind = member_kind;
  facts.members.push_back(member);
}

void SnapshotBuilder::mention(KindIndex kind, std::string_view id, std::uint64_t where) {
  vm::Facts& facts = state_->facts;
  if (state_->is_entity(kind, id)) facts.mentions.push_back({facts.texts.keep(id), where, kind});
}

SnapshotBuilder::Output SnapshotBuilder::finish(
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress) {
  vm::Facts& facts = state_->facts;
  std::uint64_t done = 0;
  const auto step = [&] {
    constexpr std::uint64_t kSteps = 8;
    if (progress) progress(done++, kSteps);
  };
  Output output;
  if (state_->full) {
    facts.problems.add(BuildProblem::too_many, 0, "entities or grants",
                       "more than " + std::to_string(vm::kMaxNodes) + " entities");
  } else {
    vm::SnapshotParts parts;
    {
      const vm::EntityIndex index(facts, parts);
      step();
      const vm::DefinedRoles defined(facts, index, parts);
      vm::build_columns(facts, index, defined, parts);
      step();
      vm::build_closures(facts, index, parts);
      step();
      vm::Lines lines(facts, index, defined, parts);
      step();
      vm::build_roles(facts, index, lines, parts);
      step();
      vm::build_memberships(facts, index, lines, parts);
      for (const vm::MentionFact& mention : facts.mentions) {
        std::string name = facts.name_of(mention.kind, mention.id);
        if (index.find(mention.kind, mention.id) == vm::kNoNode)
          facts.problems.add(BuildProblem::unknown_entity, mention.where, name, name);
      }
      step();
      // Counting what is not all there would find too few.
      if (!facts.problems.failed()) vm::report_breaches(facts, index, lines, parts);
      vm::release(facts.grants);
      vm::release(facts.defined_grants);
    }
    step();
    vm::find_near_entities(facts);
    vm::release(facts.entities);
    if (!facts.problems.failed()) {
      step();
      output.image = vm::write_snapshot(std::move(parts), state_->schema, state_->digest);
      if (output.image.empty())
        facts.problems.add(BuildProblem::too_many, 0, "bytes", "more than 4 GiB of ids or of strings");
    }
  }
  output.errors = facts.problems.take();
  state_->reset();
  return output;
}

}  // namespace policyc
