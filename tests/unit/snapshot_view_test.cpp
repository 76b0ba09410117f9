// What a snapshot says of its entities: ids, places, attributes.

#include "id_table.hpp"
#include "snapshot_fixture.hpp"

namespace policyc::vm::testing {
namespace {

class SnapshotViewTest : public ::testing::Test {
 protected:
  [[nodiscard]] NodeId node(KindIndex kind, std::string_view id) const {
    const NodeId found = view_.find(kind, id);
    EXPECT_NE(found, kNoNode) << id;
    return found;
  }
  [[nodiscard]] std::string name(NodeId of) const {
    return schema_.kinds[view_.kind_of(of)].name + ":" + std::string(view_.id_of(of));
  }

  Schema schema_ = schema();
  Snapshot snapshot_ = snapshot_of(small_facts(), schema_);
  const SnapshotView& view_ = SnapshotAccess::view(snapshot_);
};

TEST_F(SnapshotViewTest, EntitiesStandInDepthFirstOrder) {
  std::string order;
  for (NodeId at = 0; at < view_.node_count(); ++at) order += name(at) + " ";
  EXPECT_EQ(order,
            "system: organization:acme folder:f1 folder:f2 task:t1 organization:beta folder:g1 task:t2 "
            "user:ann user:bob user:max service:sync ");
}

TEST_F(SnapshotViewTest, Places) {
  const NodeId t1 = node(kTask, "t1");
  const NodeId acme = node(kOrganization, "acme");
  EXPECT_EQ(view_.parent_of(t1), node(kFolder, "f2"));
  EXPECT_EQ(view_.parent_of(acme), kSystemNode);
  EXPECT_EQ(view_.parent_of(node(kUser, "ann")), kSystemNode);
  EXPECT_EQ(view_.parent_of(kSystemNode), kNoNode);
  EXPECT_EQ(view_.end_of(acme), node(kOrganization, "beta"));
  EXPECT_EQ(view_.end_of(t1), t1 + 1);
  EXPECT_EQ(view_.end_of(node(kUser, "ann")), node(kUser, "ann") + 1);
  EXPECT_EQ(view_.end_of(kSystemNode), view_.node_count());
  std::string path;
  for (const NodeId above : view_.path_of(t1)) path += name(above) + " ";
  EXPECT_EQ(path, "organization:acme folder:f1 folder:f2 ");
  EXPECT_TRUE(view_.path_of(acme).empty());
  EXPECT_TRUE(view_.path_of(kSystemNode).empty());
  EXPECT_TRUE(view_.path_of(node(kUser, "max")).empty());
}

TEST_F(SnapshotViewTest, LongPathsAreInThePool) {
  FactList facts;
  facts.entity(kOrganization, "acme").entity(kFolder, "1", kOrganization, "acme");
  for (int i = 2; i <= 64; ++i) facts.entity(kFolder, std::to_string(i), kFolder, std::to_string(i - 1));
  const Snapshot deep = snapshot_of(facts, schema_);
  const SnapshotView& view = SnapshotAccess::view(deep);
  NodeId above = view.find(kOrganization, "acme");
  for (int i = 1; i <= 64; ++i) {
    const NodeId at = view.find(kFolder, std::to_string(i));
    EXPECT_EQ(view.parent_of(at), above);
    EXPECT_EQ(view.path_of(at).size(), static_cast<std::size_t>(i));
    EXPECT_TRUE(std::is_sorted(view.path_of(at).begin(), view.path_of(at).end()));
    above = at;
  }
}

TEST_F(SnapshotViewTest, FindsEachIdInItsKindAlone) {
  for (NodeId at = 0; at < view_.node_count(); ++at)
    EXPECT_EQ(view_.find(view_.kind_of(at), view_.id_of(at)), at);
  EXPECT_EQ(view_.find(kUser, "acme"), kNoNode);
  EXPECT_EQ(view_.find(kUser, ""), kNoNode);
  EXPECT_EQ(view_.find(kUser, "an"), kNoNode);
  EXPECT_EQ(view_.find(kUser, std::string(1 << 20, 'x')), kNoNode);
  EXPECT_EQ(view_.find(kUser, std::string_view("ann\0", 4)), kNoNode);
  EXPECT_EQ(view_.find(kSystemKind, "system"), kNoNode);
  EXPECT_EQ(view_.find(99, "ann"), kNoNode);
}

TEST_F(SnapshotViewTest, HandlesBelongToTheirSnapshot) {
  const Snapshot again = snapshot_of(small_facts(), schema_);
  const auto handle = snapshot_.find(kUser, "ann");
  ASSERT_TRUE(handle);
  EXPECT_EQ(handle->node, node(kUser, "ann"));
  EXPECT_EQ(handle->epoch, snapshot_.epoch());
  EXPECT_NE(snapshot_.epoch(), again.epoch());
  EXPECT_NE(Handle{}.epoch, snapshot_.epoch());
  EXPECT_EQ(snapshot_.digest(), again.digest());
  EXPECT_FALSE(snapshot_.find(kUser, "eve"));
}

TEST_F(SnapshotViewTest, Attributes) {
  Cell cell;
  const NodeId acme = node(kOrganization, "acme");
  const NodeId t1 = node(kTask, "t1");
  const NodeId t2 = node(kTask, "t2");
  ASSERT_TRUE(view_.load(kFrozen, acme, cell));
  EXPECT_EQ(cell.number, 1);
  ASSERT_TRUE(view_.load(kPlan, acme, cell));
  EXPECT_EQ(cell.number, 2);
  ASSERT_TRUE(view_.load(kLevel, node(kUser, "ann"), cell));
  EXPECT_EQ(cell.number, 3);
  ASSERT_TRUE(view_.load(kDue, t1, cell));
  EXPECT_EQ(cell.number, -5);
  ASSERT_TRUE(view_.load(kOwner, t1, cell));
  EXPECT_EQ(cell.node, node(kUser, "max"));
  ASSERT_TRUE(view_.load(kTitle, t1, cell));
  EXPECT_EQ(cell.text, "blue");
  ASSERT_TRUE(view_.load(kBadge, node(kUser, "ann"), cell));
  EXPECT_EQ(cell.text, "blue");
  ASSERT_TRUE(view_.load(kKey, node(kService, "sync"), cell));
  EXPECT_EQ(cell.text, "k1");
  ASSERT_TRUE(view_.load(kDraft, t2, cell));
  EXPECT_EQ(cell.number, 1);
  for (const AttributeIndex absent : {kAnnotators, kOwner, kTitle, kDue, kTags})
    EXPECT_FALSE(view_.load(absent, t2, cell));
  EXPECT_FALSE(view_.load(kLevel, node(kUser, "bob"), cell));
  EXPECT_FALSE(view_.load(kFrozen, node(kOrganization, "beta"), cell));
}

TEST_F(SnapshotViewTest, SetsAreSortedAndHaveNoElementTwice) {
  Cell cell;
  const NodeId t1 = node(kTask, "t1");
  ASSERT_TRUE(view_.load(kAnnotators, t1, cell));
  ASSERT_EQ(cell.set.packing, Packing::nodes);
  const auto* nodes = static_cast<const NodeId*>(cell.set.elements);
  EXPECT_EQ(std::vector<NodeId>(nodes, nodes + cell.set.count),
            (std::vector<NodeId>{node(kUser, "ann"), node(kUser, "bob")}));

  ASSERT_TRUE(view_.load(kTags, t1, cell));
  ASSERT_EQ(cell.set.packing, Packing::strings);
  std::string tags;
  for (std::uint32_t i = 0; i < cell.set.count; ++i)
    tags += "[" + std::string(view_.text_of(static_cast<const StoredString*>(cell.set.elements)[i])) + "]";
  EXPECT_EQ(tags, "[][a][b]");

  ASSERT_TRUE(view_.load(kNetworks, node(kOrganization, "acme"), cell));
  ASSERT_EQ(cell.set.packing, Packing::blocks);
  ASSERT_EQ(cell.set.count, 3U);
  const auto* blocks = static_cast<const IpBlock*>(cell.set.elements);
  EXPECT_EQ(blocks[0], parse_ip("10.0.0.0/8"));
  EXPECT_EQ(blocks[1], parse_ip("192.168.0.1"));
  EXPECT_EQ(blocks[2], parse_ip("2001:db8::1"));
}

TEST_F(SnapshotViewTest, Stats) {
  const SnapshotStats stats = snapshot_.stats(schema_);
  EXPECT_EQ(stats.bytes, small_facts().build(schema_).image.size());
  EXPECT_EQ(stats.entities, 12U);
  EXPECT_EQ(stats.principals, 4U);
  EXPECT_EQ(stats.grants, 6U);
  // Two annotators are labelers at t1, contributors at f2; nothing above f2 has a task of its own.
  EXPECT_EQ(stats.derived, 4U);
  EXPECT_EQ(stats.spilled, 0U);
  EXPECT_EQ(stats.strings, 5U);  // "", a, b, blue, k1
  EXPECT_GE(stats.longest_probe, 1U);
  EXPECT_EQ(stats.entities_by_kind[kFolder], (std::pair<std::string, std::size_t>{"folder", 3}));
  EXPECT_EQ(stats.entities_by_kind[kSystemKind].second, 1U);
  std::size_t sections = 0;
  for (const auto& [section, bytes] : stats.bytes_by_section) sections += bytes;
  EXPECT_LT(sections, stats.bytes);
  EXPECT_EQ(stats.bytes_by_section.size(), 18U);
}

// Ids that all have one home under the first seed: the builder takes another seed.
TEST(SnapshotIds, HostileIdsDontMakeLookupsLong) {
  const Schema of = schema();
  constexpr std::size_t kIds = 100;
  const std::size_t homes = homes_for(kIds);
  std::vector<std::string> ids;
  for (std::size_t i = 0; ids.size() < kIds; ++i) {
    std::string id = "x" + std::to_string(i);
    if (home_of(key_hash(kUser, id, 0), homes) == 17) ids.push_back(std::move(id));
  }
  FactList facts;
  for (const std::string& id : ids) facts.entity(kUser, id);
  const Snapshot snapshot = snapshot_of(facts, of);
  const SnapshotView& view = SnapshotAccess::view(snapshot);
  EXPECT_NE(view.hash_seed, 0U);
  EXPECT_LE(snapshot.stats(of).longest_probe, kMaxProbe);
  for (const std::string& id : ids) EXPECT_NE(view.find(kUser, id), kNoNode);
  for (std::size_t i = 0; i < 1000; ++i) EXPECT_EQ(view.find(kUser, "y" + std::to_string(i)), kNoNode);
}

// Forty thousand ids whose homes crowd in a twentieth of the table: each seed that
// fails is given up early, so this takes no longer than the same number of others.
TEST(SnapshotIds, ManyHostileIds) {
  const Schema of = schema();
  constexpr std::size_t kIds = 40'000;
  const std::size_t homes = homes_for(kIds);
  FactList facts;
  for (std::size_t i = 0; facts.size() < kIds; ++i)
    if (const std::string id = std::to_string(i); home_of(key_hash(kUser, id, 0), homes) < homes / 20)
      facts.entity(kUser, id);
  const Snapshot snapshot = snapshot_of(facts, of);
  EXPECT_NE(SnapshotAccess::view(snapshot).hash_seed, 0U);
  EXPECT_LE(snapshot.stats(of).longest_probe, kMaxProbe);
}

TEST(SnapshotIds, TheTableKeepsKeysOfOneHashApart) {
  IdTable table(80);
  for (std::uint32_t key = 0; key < kMaxProbe; ++key) ASSERT_TRUE(table.insert(5, key));
  EXPECT_FALSE(table.insert(5, 64));
  EXPECT_FALSE(table.insert(4, 65));  // would move one of the others out of reach
  EXPECT_TRUE(table.insert(~std::uint64_t{0}, 66));
  for (std::uint32_t key = 0; key < kMaxProbe; ++key)
    EXPECT_EQ(table.find(5, [&](std::uint32_t other) { return other == key; }), key);
  EXPECT_EQ(table.find(5, [](std::uint32_t) { return false; }), IdTable::kNone);
  EXPECT_EQ(table.find(6, [](std::uint32_t) { return true; }), IdTable::kNone);
  EXPECT_EQ(table.find(~std::uint64_t{0}, [](std::uint32_t) { return true; }), 66U);
}

TEST(SnapshotIds, ManyIdsAreAllFound) {
  const Schema of = schema();
  FactList facts;
  for (int i = 0; i < 5000; ++i) {
    facts.entity(kUser, std::to_string(i));
    facts.entity(kOrganization, std::to_string(i));
  }
  const Snapshot snapshot = snapshot_of(facts, of);
  const SnapshotView& view = SnapshotAccess::view(snapshot);
  for (int i = 0; i < 5000; ++i)
    for (const KindIndex kind : {kUser, kOrganization}) {
      const NodeId found = view.find(kind, std::to_string(i));
      ASSERT_NE(found, kNoNode);
      EXPECT_EQ(view.kind_of(found), kind);
      EXPECT_EQ(view.id_of(found), std::to_string(i));
    }
  EXPECT_EQ(view.find(kUser, "5000"), kNoNode);
}

}  // namespace
}  // namespace policyc::vm::testing
