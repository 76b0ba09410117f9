#pragma once

// Facts over the schema of vm_fixture.hpp, in a list that can be built in any order.

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "policyc/snapshot.hpp"
#include "policyc/snapshot_builder.hpp"
#include "snapshot_access.hpp"
#include "vm_fixture.hpp"

namespace policyc::vm::testing {

using Attributes = std::vector<std::pair<AttributeIndex, DefaultValue>>;

class FactList {
 public:
  // The place of a fact is 10 times its number, that of an attribute one or more above.
  FactList& entity(KindIndex kind, std::string id, KindIndex parent_kind = kNoIndex, std::string parent = "",
                   Attributes attributes = {}) {
    facts_.push_back({false, kind, std::move(id), parent_kind, std::move(parent), std::move(attributes), 0});
    return *this;
  }
  FactList& system(Attributes attributes) {
    return entity(kSystemKind, "", kNoIndex, "", std::move(attributes));
  }
  FactList& grant(std::string user, RoleIndex role, KindIndex kind, std::string id,
                  KindIndex principal = kUser) {
    facts_.push_back({true, principal, std::move(user), kind, std::move(id), {}, role});
    return *this;
  }

  [[nodiscard]] std::size_t size() const { return facts_.size(); }

  void add_to(SnapshotBuilder& builder, std::size_t number) const {
    const Entry& from = facts_[number];
    const std::uint64_t where = 10 * (number + 1);
    if (from.is_grant) {
      builder.grant(from.kind, from.id, from.role, from.other_kind, from.other, where);
      return;
    }
    std::vector<std::vector<Fact>> elements(from.attributes.size());
    std::vector<AttributeFact> attributes;
    for (std::size_t i = 0; i < from.attributes.size(); ++i) {
      const auto& [attribute, value] = from.attributes[i];
      for (const DefaultValue& element : value.elements)
        elements[i].push_back({element.number, element.text, {}});
      attributes.push_back({attribute, {value.number, value.text, elements[i]}, where + i + 1});
    }
    if (from.kind == kSystemKind)
      builder.system(attributes, where);
    else
      builder.entity(from.kind, from.id, from.other_kind, from.other, attributes, where);
  }

  [[nodiscard]] SnapshotBuilder::Output build(const Schema& schema,
                                              std::vector<std::size_t> order = {}) const {
    if (order.empty()) {
      order.resize(facts_.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
    }
    SnapshotBuilder builder(schema, schema_digest_of(schema));
    for (const std::size_t number : order) add_to(builder, number);
    return builder.finish();
  }

  [[nodiscard]] SnapshotBuilder::Output build_shuffled(const Schema& schema, std::mt19937& random) const {
    std::vector<std::size_t> order(facts_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), random);
    return build(schema, std::move(order));
  }

 private:
  struct Entry {
    bool is_grant;
    KindIndex kind;  // of the principal, if it is a grant
    std::string id;
    KindIndex other_kind;
    std::string other;
    Attributes attributes;
    RoleIndex role;
  };
  std::vector<Entry> facts_;
};

// "problem subject | object @where/other", a line each.
inline std::string text_of(const std::vector<BuildError>& errors) {
  static constexpr const char* kNames[] = {
      "duplicate_entity",  "unknown_parent",     "wrong_parent_kind",  "missing_parent",
      "parent_cycle",      "too_many_ancestors", "missing_attribute",  "duplicate_attribute",
      "unknown_entity",    "unknown_default",    "cross_root",         "empty_window",
      "duplicate_grant",   "not_grantable",      "wrong_role_kind",    "not_public",
      "duplicate_role",    "unknown_role",       "unknown_role_value", "role_elsewhere",
      "open_to_everyone",  "wrong_member_kind",  "duplicate_member",   "member_cycle",
      "empty_userset",     "groups_too_deep",    "reference_cycle",    "closure_too_large",
      "constraint_broken", "too_many",           "malformed"};
  std::string text;
  for (const BuildError& error : errors) {
    text += std::string(error.warning ? "warning " : "") + kNames[static_cast<std::size_t>(error.problem)] +
            " " + error.subject + " | " + error.object + " @" + std::to_string(error.where);
    if (error.other != error.where) text += "/" + std::to_string(error.other);
    text += "\n";
  }
  return text;
}

inline Snapshot load(const std::vector<std::byte>& image, const Schema& schema) {
  auto loaded = Snapshot::load(image, schema, schema_digest_of(schema));
  EXPECT_TRUE(loaded) << loaded.error().message;
  if (!loaded) std::abort();
  return std::move(*loaded);
}

// A snapshot of facts without errors.
inline Snapshot snapshot_of(const FactList& facts, const Schema& schema) {
  const SnapshotBuilder::Output built = facts.build(schema);
  EXPECT_EQ(text_of(built.errors), "");
  return load(built.image, schema);
}

inline DefaultValue users(std::vector<std::string> ids) {
  std::vector<DefaultValue> values;
  for (std::string& id : ids) values.push_back(entity(kUser, std::move(id)));
  return elements(std::move(values));
}

// Two organizations with folders in folders, tasks, users and a service.
inline FactList small_facts() {
  FactList facts;
  facts.entity(kUser, "ann", kNoIndex, "", {{kLevel, number(3)}, {kBadge, text("blue")}})
      .entity(kUser, "bob")
      .entity(kUser, "max")
      .entity(kService, "sync", kNoIndex, "", {{kKey, text("k1")}})
      .entity(kOrganization, "acme", kNoIndex, "",
              {{kFrozen, number(1)},
               {kNetworks,
                elements({text("10.0.0.0/8"), text("2001:db8::1"), text("10.0.0.0/8"), text("192.168.0.1")})},
               {kPlan, number(2)}})
      .entity(kOrganization, "beta")
      .entity(kFolder, "f1", kOrganization, "acme")
      .entity(kFolder, "f2", kFolder, "f1")
      .entity(kFolder, "g1", kOrganization, "beta")
      .entity(kTask, "t1", kFolder, "f2",
              {{kAnnotators, users({"bob", "ann"})},
               {kOwner, entity(kUser, "max")},
               {kTitle, text("blue")},
               {kDue, number(-5)},
               {kTags, elements({text("b"), text(""), text("a"), text("b")})}})
      .entity(kTask, "t2", kFolder, "g1", {{kDraft, number(1)}})
      .grant("max", kRoot, kSystemKind, "")
      .grant("ann", kViewer, kFolder, "f1")
      .grant("ann", kAdmin, kOrganization, "acme")
      .grant("ann", kMember, kOrganization, "acme")
      .grant("bob", kLabeler, kTask, "t1")
      .grant("sync", kMember, kOrganization, "beta", kService);
  return facts;
}

}  // namespace policyc::vm::testing
