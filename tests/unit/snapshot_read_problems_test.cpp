// What the builder finds becomes findings with the right words and places, and what
// follows from another mistake is not said.

#include "build_problems.hpp"

#include <functional>
#include "entities.hpp"
#include "snapshot_read_fixture.hpp"

namespace policyc::snapshot::testing {
namespace {

// One problem on a text, as "code begin-end: message".
std::string reported(const BuildError& error, const std::string& source,
                     const std::function<void(KnownTrouble&)>& trouble = {}) {
  text::Diagnostics diagnostics;
  Findings findings(diagnostics, 0, 10);
  Schema schema;
  for (const char* kind : {"system", "user", "task"}) schema.kinds.emplace_back().name = kind;
  const Names names(schema, false);
  KnownTrouble known(names);
  if (trouble) trouble(known);
  report_problems({error}, source, names, known, findings);
  std::string out;
  for (const text::Diagnostic& one : diagnostics.list())
    out += std::string(text::info(one.code).name) + " " + std::to_string(one.span.begin) + "-" +
           std::to_string(one.span.end) + ": " + text::message(one) +
           (one.notes.empty() ? "" : " @" + std::to_string(one.notes.front().span.begin)) + "\n";
  return out;
}

BuildError error(BuildProblem problem, std::uint64_t where, std::uint64_t other = 0) {
  return {problem,    problem == BuildProblem::duplicate_grant,
          where,      other == 0 ? where : other,
          "user:ann", "task:t1",
          {},         {}};
}

TEST(SnapshotProblems, EachHasItsWords) {
  const std::uint64_t where = packed({0, 2, 5});
  const std::uint64_t other = packed({0, 1, 2});
  const auto words = [&](BuildProblem problem, std::uint64_t second = 0) {
    return reported(error(problem, where, second), "0123456789");
  };
  EXPECT_EQ(words(BuildProblem::duplicate_entity, other),
            "duplicate_entity 2-5: 'user:ann' is described twice @1\n");
  EXPECT_EQ(words(BuildProblem::unknown_parent),
            "unknown_parent 2-5: 'user:ann' stands in 'task:t1', which is not in the snapshot\n");
  EXPECT_EQ(words(BuildProblem::wrong_parent_kind),
            "wrong_parent_kind 2-5: 'user:ann' can't stand in 'task:t1'\n");
  EXPECT_EQ(words(BuildProblem::missing_parent), "missing_parent 2-5: 'user:ann' stands in nothing\n");
  EXPECT_EQ(words(BuildProblem::parent_cycle),
            "parent_cycle 2-5: these entities stand in one another: task:t1\n");
  EXPECT_EQ(words(BuildProblem::too_many_ancestors),
            "too_many_ancestors 2-5: 'user:ann' stands below more than 64 others\n");
  EXPECT_EQ(words(BuildProblem::missing_attribute), "missing_attribute 2-5: 'user:ann' has no 'task:t1'\n");
  EXPECT_EQ(words(BuildProblem::duplicate_attribute),
            "duplicate_key 2-5: the key 'task:t1' stands in this map already\n");
  EXPECT_EQ(words(BuildProblem::unknown_entity), "unknown_entity 2-5: 'task:t1' is not in the snapshot\n");
  EXPECT_EQ(words(BuildProblem::cross_root),
            "cross_root 2-5: 'user:ann' and 'task:t1' do not stand in the same root\n");
  EXPECT_EQ(words(BuildProblem::duplicate_grant, other),
            "duplicate_grant 2-5: 'user:ann' is granted task:t1 twice @1\n");
  EXPECT_EQ(words(BuildProblem::not_grantable), "not_grantable 2-5: the role 'task:t1' can't be granted\n");
  EXPECT_EQ(words(BuildProblem::wrong_role_kind),
            "snapshot_unknown_role 2-5: user:ann has no role 'task:t1'\n");
  EXPECT_EQ(words(BuildProblem::too_many), "snapshot_full 2-5: too many user:ann: the limit is task:t1\n");
  EXPECT_EQ(words(BuildProblem::malformed),
            "snapshot_bad_id 2-5: 'user:ann' can't be an id: the builder refuses it\n");
}

TEST(SnapshotProblems, TheEntityAtFaultIsPointedAt) {
  const auto place = [](const std::string& source) {
    const auto end = static_cast<std::uint32_t>(source.size());
    const std::string all = reported(error(BuildProblem::unknown_entity, packed({0, 0, end})), source);
    return all.substr(15, all.find(':') - 15);
  };
  EXPECT_EQ(place("[t10, xt1, t1, t2]"), "11-13");
  EXPECT_EQ(place("[\"task:t1\"]"), "2-9");
  EXPECT_EQ(place("- t1\n- t2\n"), "2-4");
  EXPECT_EQ(place("t1"), "0-2");
  EXPECT_EQ(place("[\"t\\u0031\"]"), "0-11");
}

TEST(SnapshotProblems, WhatFollowsFromAnotherMistakeIsNotSaid) {
  const std::uint64_t where = packed({0, 2, 5});
  const KindIndex user = 1;
  const KindIndex task = 2;
  const auto is_said = [&](BuildProblem problem, std::uint64_t at,
                           const std::function<void(KnownTrouble&)>& trouble) {
    return !reported(error(problem, at), "0123456", trouble).empty();
  };
  const auto all = [](KnownTrouble& known) { known.losses.all(); };
  EXPECT_FALSE(is_said(BuildProblem::unknown_entity, where, all));
  EXPECT_FALSE(is_said(BuildProblem::unknown_parent, where, all));
  EXPECT_TRUE(is_said(BuildProblem::missing_parent, where, all));
  EXPECT_TRUE(is_said(BuildProblem::missing_attribute, where, all));
  EXPECT_FALSE(is_said(BuildProblem::missing_attribute, 0, all));

  // Of the kind that was lost, of the id, or of a list without a known name; no others.
  const auto unknown = [&](const std::function<void(KnownTrouble&)>& trouble) {
    return is_said(BuildProblem::unknown_entity, where, trouble);
  };
  EXPECT_FALSE(unknown([&](KnownTrouble& known) { known.losses.kind(task); }));
  EXPECT_TRUE(unknown([&](KnownTrouble& known) { known.losses.kind(user); }));
  EXPECT_FALSE(unknown([&](KnownTrouble& known) { known.losses.entity(task, "t1"); }));
  EXPECT_FALSE(unknown([&](KnownTrouble& known) { known.losses.entity(kNoIndex, "t1"); }));
  EXPECT_TRUE(unknown([&](KnownTrouble& known) { known.losses.entity(task, "t2"); }));
  EXPECT_TRUE(unknown([&](KnownTrouble& known) { known.losses.entity(user, "t1"); }));
  EXPECT_FALSE(unknown([&](KnownTrouble& known) { known.losses.unnamed_list(); }));
  EXPECT_TRUE(unknown([&](KnownTrouble& known) {
    known.losses.unnamed_list();
    known.losses.seen(task);
  }));

  const auto incomplete = [&](KnownTrouble& known) { known.incomplete = {packed({0, 1, 2}), where}; };
  EXPECT_FALSE(is_said(BuildProblem::missing_attribute, where, incomplete));
  EXPECT_TRUE(is_said(BuildProblem::missing_attribute, where + 1, incomplete));
  EXPECT_TRUE(is_said(BuildProblem::unknown_entity, where, incomplete));
  const auto misplaced = [&](KnownTrouble& known) { known.misplaced = {where}; };
  EXPECT_FALSE(is_said(BuildProblem::missing_parent, where, misplaced));
  EXPECT_TRUE(is_said(BuildProblem::missing_parent, where + 1, misplaced));
}

// The same through the whole reader.
TEST(SnapshotProblems, ALostEntityIsNotMissedAgain) {
  EXPECT_EQ(findings("{\"entity\":\"user:ann\",\n"
                     "{\"grant\":\"member\",\"to\":\"user:ann\",\"on\":\"organization:acme\"}\n"
                     "{\"entity\":\"organization:acme\"}\n",
                     Format::json_lines),
            "snapshot_syntax 1:21\n");
  EXPECT_EQ(findings("snapshot: 1\nusres: [ { id: ann } ]\n"
                     "organizations: [ { id: acme, grants: { member: [ann] } } ]\n",
                     Format::yaml),
            "snapshot_unknown_key 2:1\n");
  EXPECT_EQ(
      findings("snapshot: 1\norganizations:\n  - folders: [ { id: f, tasks: [ { id: t, owner: zed } ] } ]\n",
               Format::yaml),
      "snapshot_no_id 3:5\nunknown_entity 3:50\n");
  EXPECT_EQ(findings("snapshot: 1\nservices: [ { id: sync, key: [k] } ]\n", Format::yaml),
            "snapshot_expected_value 2:30\n");
}

}  // namespace
}  // namespace policyc::snapshot::testing
