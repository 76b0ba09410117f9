// Who has which raw role bits where: examples, and random facts against a naive
// computation from the definitions in docs/language.md.

#include <map>
#include <set>

#include "snapshot_fixture.hpp"

namespace policyc::vm::testing {
namespace {

// The fixture's schema and more roll-ups: over two levels, of granted roles, to
// system, from the children of system. With `highest`, one role's bit is that one,
// which asks for wider entries.
constexpr RoleIndex kOverseer = 7, kPatron = 8;
constexpr AttributeIndex kSponsors = 12;
constexpr std::uint64_t kOverseerBit = 1, kPatronBit = 2;

Schema rich_schema(std::uint8_t highest = 1) {
  Schema s = schema();
  s.roles[kContributor].up_bit = highest;
  s.kinds[kFolder].rolled_up_bits = std::uint64_t{1} << highest;
  s.roles[kLead].roll_up_roles = {{kFolder, std::uint64_t{1} << highest | 1}};
  s.attributes[kAnnotators].fallback = users({"u0"});
  s.roles.push_back(role("overseer", kSystemKind, false, kNoBit, 1));
  s.roles[kOverseer].roll_up_roles = {{kOrganization, 4}};
  s.roles.push_back(role("patron", kSystemKind, false, kNoBit, 2));
  s.attributes.push_back(attribute("sponsors", kOrganization, set_of(kAnyEntity), false, elements({})));
  s.roles[kPatron].roll_up_attributes = {kSponsors};
  s.kinds[kOrganization].attributes.push_back(kSponsors);
  s.kinds[kSystemKind].roles = {kRoot, kOverseer, kPatron};
  s.kinds[kSystemKind].rolled_up_bits = kOverseerBit << 1 | kPatronBit << 1;
  s.roll_up_order = {kContributor, kLead, kOverseer, kPatron};
  if (highest > 1)
    for (KindInfo& kind : s.kinds) kind.word_offsets = {190, kNoIndex, 60, 100, 30, kNoIndex};
  EXPECT_EQ(check_schema(s), std::nullopt);
  return s;
}

// The definitions, one fact at a time, without an index.
class Naive {
 public:
  struct Entity {
    KindIndex kind;
    std::string id;
    KindIndex parent_kind = kNoIndex;
    std::string parent;
    std::set<std::string> annotators;
    bool has_annotators = false;
    std::set<std::string> sponsors;
  };
  using Name = std::pair<KindIndex, std::string>;

  explicit Naive(const Schema& schema) : schema_(schema) {
    entities[{kSystemKind, ""}] = {kSystemKind, "", kNoIndex, "", {}, false, {}};
  }

  std::map<Name, Entity> entities;
  std::set<std::tuple<std::string, RoleIndex, Name>> grants;

  [[nodiscard]] FactList facts() const {
    FactList list;
    for (const auto& [name, entity] : entities) {
      if (entity.kind == kSystemKind) continue;
      Attributes attributes;
      if (entity.has_annotators)
        attributes.emplace_back(kAnnotators, users({entity.annotators.begin(), entity.annotators.end()}));
      if (!entity.sponsors.empty())
        attributes.emplace_back(kSponsors, users({entity.sponsors.begin(), entity.sponsors.end()}));
      list.entity(entity.kind, entity.id, entity.parent_kind, entity.parent, std::move(attributes));
    }
    for (const auto& [user, role, on] : grants) list.grant(user, role, on.first, on.second);
    return list;
  }

  [[nodiscard]] RoleMask roles(const std::string& user, const Name& at, bool above,
                               std::optional<KindIndex> below = {}) const {
    const KindIndex layout = below ? *below : at.first;
    RoleMask word{};
    std::set<KindIndex> seen;
    if (below) seen.insert(*below);
    for (Name place = at;;) {
      std::uint64_t bits = held(user, place);
      if (!seen.insert(place.first).second) bits &= ~schema_.kinds[place.first].rolled_up_bits;
      const std::size_t offset = schema_.kinds[layout].word_offsets[place.first];
      for (std::size_t raw = 0; raw < 64; ++raw)
        if (((bits >> raw) & 1) != 0) word[(offset + raw) / 64] |= std::uint64_t{1} << ((offset + raw) % 64);
      if (place.first == kSystemKind || !above) return word;
      const Entity& entity = entities.at(place);
      place =
          entity.parent_kind == kNoIndex ? Name{kSystemKind, ""} : Name{entity.parent_kind, entity.parent};
    }
  }

 private:
  [[nodiscard]] bool names(const Entity& entity, AttributeIndex attribute, const std::string& user) const {
    if (attribute == kSponsors) return entity.sponsors.count(user) > 0;
    return entity.has_annotators ? entity.annotators.count(user) > 0 : entity.kind == kTask && user == "u0";
  }

  [[nodiscard]] bool stands_in(const Entity& entity, const Name& parent) const {
    if (entity.kind == kSystemKind) return false;
    return entity.parent_kind == kNoIndex ? parent.first == kSystemKind
                                          : Name{entity.parent_kind, entity.parent} == parent;
  }

  // At the entity itself.
  [[nodiscard]] std::uint64_t held(const std::string& user, const Name& at) const {
    std::uint64_t bits = 0;
    const Entity& entity = entities.at(at);
    for (RoleIndex i = 0; i < schema_.roles.size(); ++i) {
      const RoleInfo& role = schema_.roles[i];
      if (role.kind != at.first) continue;
      bool flows = grants.count({user, i, at}) > 0;
      for (const AttributeIndex source : role.attribute_sources) flows = flows || names(entity, source, user);
      bool up = false;
      for (const auto& [name, child] : entities) {
        if (!stands_in(child, at)) continue;
        for (const AttributeIndex source : role.roll_up_attributes)
          up = up || (schema_.attributes[source].kind == child.kind && names(child, source, user));
        for (const RollUpSource& source : role.roll_up_roles)
          up = up || (source.child == child.kind && (held(user, name) & source.mask) != 0);
      }
      if (flows) bits |= std::uint64_t{1} << role.flow_bit;
      if (up) bits |= std::uint64_t{1} << role.up_bit;
    }
    return bits;
  }

  const Schema& schema_;
};

Naive random_world(const Schema& schema, std::mt19937& random) {
  Naive world(schema);
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  const auto numbered = [](const char* name, std::size_t i) { return name + std::to_string(i); };
  const std::size_t user_count = 1 + below(4);
  const std::size_t folders = 1 + below(12);
  const auto add = [&](Naive::Entity entity) { world.entities[{entity.kind, entity.id}] = entity; };
  const auto some_users = [&] {
    std::set<std::string> some;
    for (std::size_t n = below(3); n > 0; --n) some.insert(numbered("u", below(user_count)));
    return some;
  };
  for (std::size_t i = 0; i < user_count; ++i) add({kUser, numbered("u", i), kNoIndex, "", {}, false, {}});
  for (std::size_t i = 0; i < 2; ++i)
    add({kOrganization, numbered("o", i), kNoIndex, "", {}, false, some_users()});
  for (std::size_t i = 0; i < folders; ++i) {
    if (i == 0 || below(3) == 0)
      add({kFolder, numbered("f", i), kOrganization, numbered("o", below(2)), {}, false, {}});
    else
      add({kFolder,
           numbered("f", i),
           kFolder,
           numbered("f", below(2) == 0 ? i - 1 : below(i)),
           {},
           false,
           {}});
  }
  for (std::size_t i = below(10); i > 0; --i)
    add({kTask, numbered("t", i), kFolder, numbered("f", below(folders)), some_users(), below(4) != 0, {}});
  for (auto& [name, entity] : world.entities)
    if (!entity.has_annotators) entity.annotators.clear();
  std::vector<Naive::Name> names;
  for (const auto& [name, entity] : world.entities) names.push_back(name);
  for (std::size_t n = below(40); n > 0; --n) {
    const Naive::Name& on = names[below(names.size())];
    for (RoleIndex role = 0; role < schema.roles.size(); ++role)
      if (schema.roles[role].kind == on.first && schema.roles[role].grantable && below(2) == 0)
        world.grants.insert({numbered("u", below(user_count)), role, on});
  }
  return world;
}

void compare(const Naive& world, const Schema& of) {
  const Snapshot snapshot = snapshot_of(world.facts(), of);
  const SnapshotView& view = SnapshotAccess::view(snapshot);
  for (const auto& [principal_name, principal] : world.entities) {
    if (principal.kind != kUser) continue;
    const NodeId who = view.find(kUser, principal.id);
    for (const auto& [name, entity] : world.entities) {
      const NodeId at = view.find(name.first, name.second);
      ASSERT_NE(at, kNoNode);
      RoleWord word{};
      view.add_roles(who, at, word);
      EXPECT_EQ(word, world.roles(principal.id, name, true)) << principal.id << " at " << name.second;
      word = {};
      view.add_roles_itself(who, at, word);
      EXPECT_EQ(word, world.roles(principal.id, name, false)) << principal.id << " itself at " << name.second;
      for (const KindIndex kind : {kFolder, kTask}) {
        if (entity.kind != kFolder && !(entity.kind == kOrganization && kind == kFolder)) continue;
        word = {};
        view.add_roles_below(who, at, kind, word);
        EXPECT_EQ(word, world.roles(principal.id, name, true, kind))
            << principal.id << " below " << name.second;
      }
      word = {};
      view.add_roles(at, at, word);
      EXPECT_TRUE(entity.kind == kUser || word == RoleWord{}) << "a resource holds nothing";
    }
  }
}

TEST(SnapshotRoles, RandomFactsInEveryFormOfEntries) {
  for (const auto& [highest, bytes] : {std::pair<int, int>{1, 4}, {40, 8}, {63, 16}}) {
    const Schema of = rich_schema(static_cast<std::uint8_t>(highest));
    std::mt19937 random(static_cast<unsigned>(highest));
    for (int i = 0; i < 60; ++i) {
      const Naive world = random_world(of, random);
      compare(world, of);
      if (HasFailure()) return;
    }
    const Snapshot snapshot = snapshot_of(random_world(of, random).facts(), of);
    EXPECT_EQ(SnapshotAccess::view(snapshot).entry_bytes, bytes);
  }
}

// More entries than a line has room for, in rows that are searched.
TEST(SnapshotRoles, PrincipalsWithManyRoles) {
  for (const int highest : {1, 40, 63}) {
    const Schema of = rich_schema(static_cast<std::uint8_t>(highest));
    for (const std::size_t count : {std::size_t{2}, std::size_t{3}, std::size_t{4}, std::size_t{6},
                                    std::size_t{7}, std::size_t{8}, std::size_t{13}, std::size_t{14},
                                    std::size_t{15}, std::size_t{16}, std::size_t{17}, std::size_t{60}}) {
      Naive world(of);
      world.entities[{kUser, "u0"}] = {kUser, "u0", kNoIndex, "", {}, false, {}};  // whom a default names
      world.entities[{kUser, "u1"}] = {kUser, "u1", kNoIndex, "", {}, false, {}};
      world.entities[{kUser, "u2"}] = {kUser, "u2", kNoIndex, "", {}, false, {}};
      world.entities[{kOrganization, "o"}] = {kOrganization, "o", kNoIndex, "", {}, false, {}};
      for (std::size_t i = 0; i < count; ++i) {
        const std::string folder = "f" + std::to_string(i);
        world.entities[{kFolder, folder}] = {kFolder, folder, kOrganization, "o", {}, false, {}};
        world.grants.insert({"u1", kViewer, {kFolder, folder}});
        if (i % 2 == 0)
          world.entities[{kTask, folder}] = {kTask, folder, kFolder, folder, {"u1", "u2"}, i % 4 != 0, {}};
        if (i % 2 == 0 && i % 4 == 0) world.entities[{kTask, folder}].annotators.clear();
      }
      compare(world, of);
    }
  }
}

TEST(SnapshotRoles, AGrantAndADerivedFactAreKeptApart) {
  const Schema of = schema();
  const Snapshot snapshot = snapshot_of(small_facts(), of);
  const SnapshotView& view = SnapshotAccess::view(snapshot);
  // Bob is granted labeler at t1 and is one of its annotators; he contributes to f2.
  const PrincipalLine& bob = view.lines[view.find(kUser, "bob") - view.resources];
  EXPECT_EQ(bob.granted, 1);
  EXPECT_EQ(bob.entries, 3);
}

TEST(SnapshotRoles, RolesAreAddedToWhatIsThere) {
  const Schema of = schema();
  const Snapshot snapshot = snapshot_of(small_facts(), of);
  const SnapshotView& view = SnapshotAccess::view(snapshot);
  RoleWord word = {1, 2, 4, 8};
  view.add_roles(view.find(kUser, "ann"), view.find(kFolder, "f2"), word);
  RoleMask expected = mask_of({kViewer, kMember, kAdmin, kContributor});
  const RoleMask before = {1, 2, 4, 8};
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] |= before[i];
  EXPECT_EQ(word, expected);
}

}  // namespace
}  // namespace policyc::vm::testing
