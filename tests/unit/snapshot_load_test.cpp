// A snapshot image that is not what it must be is refused; one that is accepted is
// safe to ask anything.

#include <cstring>
#include <functional>
#include <set>
#include <string>

#include "image.hpp"
#include "snapshot_fixture.hpp"

namespace policyc::vm::testing {
namespace {

using Bytes = std::vector<std::byte>;

// Small facts, one deep path and one principal with a row, so that no section is empty.
FactList all_sections() {
  FactList facts = small_facts();
  for (int i = 3; i <= 7; ++i)
    facts.entity(kFolder, "f" + std::to_string(i), kFolder, "f" + std::to_string(i - 1));
  for (int i = 0; i < 20; ++i) {
    facts.entity(kFolder, "h" + std::to_string(i), kOrganization, "beta");
    facts.grant("max", kViewer, kFolder, "h" + std::to_string(i));
  }
  return facts;
}

const Schema& test_schema() {
  static const Schema made = schema();
  return made;
}

const Bytes& good_image() {
  static const Bytes image = all_sections().build(test_schema()).image;
  return image;
}

Result<Snapshot> load_bytes(std::span<const std::byte> bytes, const Schema& of = test_schema()) {
  return Snapshot::load(bytes, of, schema_digest_of(of));
}

// Asks everything that a decision may ask: a sanitizer says whether that is safe.
std::uint64_t ask_everything(const Snapshot& snapshot, const Schema& of = test_schema()) {
  const SnapshotView& view = SnapshotAccess::view(snapshot);
  std::uint64_t sum = snapshot.stats(of).grants;
  for (NodeId node = 0; node < view.node_count(); ++node) {
    EXPECT_EQ(view.find(view.kind_of(node), view.id_of(node)), node);
    for (const NodeId above : view.path_of(node)) sum += view.end_of(above);
    sum += view.parent_of(node) + view.end_of(node);
    for (const AttributeIndex attribute : of.kinds[view.kind_of(node)].attributes) {
      Cell cell;
      if (!view.load(attribute, node, cell)) continue;
      // Of a cell's fields the type's alone is there.
      const TypeKind type = of.attributes[attribute].type.kind;
      if (type == TypeKind::string)
        for (const char c : cell.text) sum += static_cast<unsigned char>(c);
      for (std::uint32_t i = 0; type == TypeKind::set && i < cell.set.count; ++i) {
        if (cell.set.packing == Packing::nodes)
          sum += view.kind_of(static_cast<const NodeId*>(cell.set.elements)[i]);
        if (cell.set.packing == Packing::strings)
          for (const char c : view.text_of(static_cast<const StoredString*>(cell.set.elements)[i]))
            sum += static_cast<unsigned char>(c);
        if (cell.set.packing == Packing::blocks)
          sum += static_cast<const IpBlock*>(cell.set.elements)[i].prefix;
      }
    }
    for (NodeId principal = view.resources; principal < view.node_count(); ++principal) {
      RoleWord word{};
      view.add_roles(principal, node, word);
      view.add_roles_itself(principal, node, word);
      view.add_roles_below(principal, node, kTask, word);
      sum += word[0];
    }
  }
  return sum;
}

ErrorCode refusal(std::span<const std::byte> bytes) {
  const auto loaded = load_bytes(bytes);
  return loaded ? ErrorCode::none : loaded.error().code;
}

TEST(SnapshotLoad, TheImageItselfIsAccepted) {
  const auto loaded = load_bytes(good_image());
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_NE(ask_everything(*loaded), 0U);
  // Groups, windows and defined roles have tests of their own: snapshot_members_test.cpp,
  // snapshot_windows_test.cpp, snapshot_open_roles_test.cpp.
  const std::set<std::string> empty = {"holders",     "group_parents",    "windows",
                                       "definitions", "definition_names", "definition_windows"};
  for (const auto& [section, bytes] : loaded->stats(test_schema()).bytes_by_section)
    EXPECT_EQ(bytes == 0, empty.contains(section)) << section;
}

TEST(SnapshotLoad, OtherImagesAndSchemas) {
  EXPECT_EQ(refusal(write_program(parts())), ErrorCode::bad_magic);
  EXPECT_EQ(refusal({}), ErrorCode::bad_magic);
  Schema other = test_schema();
  other.kinds[kUser].name = "person";
  const auto loaded = Snapshot::load(good_image(), other, schema_digest_of(other));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::schema_mismatch);
}

// A default counts as though it were written at each entity that takes it: an image is refused if nobody is
// there whom it names, or if that stands in another root.
TEST(SnapshotLoad, DefaultsNameWhoIsThere) {
  const auto load = [](const DefaultValue& owner) {
    Schema with_default = test_schema();
    with_default.attributes[kOwner].type.argument = 1ULL << kUser | 1ULL << kOrganization;
    with_default.attributes[kOwner].fallback = owner;
    const auto loaded = Snapshot::load(good_image(), with_default, schema_digest_of(test_schema()));
    return loaded ? ErrorCode::none : loaded.error().code;
  };
  EXPECT_EQ(load(entity(kUser, "ann")), ErrorCode::none);
  EXPECT_EQ(load(entity(kUser, "nobody")), ErrorCode::bad_image);
  EXPECT_EQ(load(entity(kOrganization, "beta")), ErrorCode::none) << "only a task of beta takes it";
  EXPECT_EQ(load(entity(kOrganization, "acme")), ErrorCode::bad_image);
}

TEST(SnapshotLoad, EveryTruncationIsRefused) {
  const Bytes& image = good_image();
  for (std::size_t size = 0; size < image.size(); ++size) {
    Bytes cut(image.begin(), image.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_NE(refusal(cut), ErrorCode::none) << size;
    repair_digests(cut);
    EXPECT_NE(refusal(cut), ErrorCode::none) << size;
  }
}

TEST(SnapshotLoad, AnyDamageIsFound) {
  Bytes image = good_image();
  for (std::byte& byte : image) {
    byte ^= std::byte{1};
    EXPECT_NE(refusal(image), ErrorCode::none);
    byte ^= std::byte{1};
  }
}

// The same schema with one role's bit so high that entries take 8 bytes, or 16.
Schema schema_with_bit(std::uint8_t up_bit) {
  Schema s = schema();
  s.roles[kContributor].up_bit = up_bit;
  s.roles[kLead].roll_up_roles = {{kFolder, std::uint64_t{1} << up_bit}};
  s.kinds[kFolder].rolled_up_bits = std::uint64_t{1} << up_bit;
  if (up_bit > 1)
    for (KindInfo& info : s.kinds) info.word_offsets = {190, kNoIndex, 60, 100, 30, kNoIndex};
  EXPECT_EQ(check_schema(s), std::nullopt);
  return s;
}

// Behind the digests: whatever a byte is changed to, the image is refused or safe.
TEST(SnapshotLoad, EveryByteChangedWithDigestsRepaired) {
  for (const std::uint8_t up_bit : {std::uint8_t{1}, std::uint8_t{40}, std::uint8_t{63}}) {
    const Schema of = schema_with_bit(up_bit);
    const Bytes good = all_sections().build(of).image;
    std::size_t accepted = 0;
    for (std::size_t at = 0; at < good.size(); ++at)
      for (const unsigned change : {0x01U, 0x80U, 0xFFU}) {
        Bytes image = good;
        image[at] ^= static_cast<std::byte>(change);
        repair_digests(image);
        const auto loaded = load_bytes(image, of);
        if (!loaded) continue;
        ask_everything(*loaded, of);
        ++accepted;
      }
    // Only what says nothing false may pass: values of attributes, roles held elsewhere, letters.
    EXPECT_GT(accepted, 0U);
    EXPECT_LT(accepted, good.size() / 4);
  }
}

// The container's own fields: each is checked before anything is believed because of it.
TEST(SnapshotLoad, Header) {
  const auto with = [](std::size_t at, std::uint64_t value, std::size_t width) {
    Bytes image = good_image();
    for (std::size_t i = 0; i < width; ++i) image[at + i] = static_cast<std::byte>(value >> (8 * i));
    repair_digests(image);
    return refusal(image);
  };
  EXPECT_EQ(with(8, 5, 2), ErrorCode::bad_version);   // major
  EXPECT_EQ(with(10, 1, 2), ErrorCode::bad_version);  // minor
  EXPECT_EQ(with(12, 1, 4), ErrorCode::bad_version);  // features
  EXPECT_EQ(with(16, 1, 8), ErrorCode::bad_image);    // size
  EXPECT_EQ(with(24, 11, 4), ErrorCode::bad_image);   // sections
  EXPECT_EQ(with(24, ~0U, 4), ErrorCode::bad_image);
  EXPECT_EQ(with(64, 1, 1), ErrorCode::schema_mismatch);
  EXPECT_EQ(with(64 + 16, 1, 1), ErrorCode::bad_image);  // the unused half of the field
  const std::size_t second = kImageHeaderSize + kImageSectionSize;
  EXPECT_EQ(with(second, 99, 4), ErrorCode::bad_image);     // number
  EXPECT_EQ(with(second + 8, 0, 8), ErrorCode::bad_image);  // offset
  EXPECT_EQ(with(second + 8, ~std::uint64_t{0} - 7, 8), ErrorCode::bad_image);
  EXPECT_EQ(with(second + 16, ~std::uint64_t{0} - 7, 8), ErrorCode::bad_image);  // size
  Bytes longer = good_image();
  longer.push_back(std::byte{0});
  EXPECT_EQ(refusal(longer), ErrorCode::bad_image);
}

// In the file as in memory: whoever maps an image can use it where it lies.
TEST(SnapshotLoad, SectionsAreAligned) {
  const auto image = read_image(kSnapshotFormat, good_image());
  ASSERT_TRUE(image);
  for (const ImageSection& section : image->sections)
    EXPECT_EQ((section.bytes.data() - good_image().data()) % static_cast<std::ptrdiff_t>(kSnapshotAlignment),
              0);
}

class SnapshotImage {
 public:
  // The bytes of a section, to be changed in place.
  std::span<std::byte> section(SnapshotSection number) {
    const auto read = read_image(kSnapshotFormat, bytes_);
    const auto found = read->find(static_cast<std::uint32_t>(number));
    return std::span(bytes_).subspan(static_cast<std::size_t>(found->data() - bytes_.data()), found->size());
  }
  template <class T>
  T& at(SnapshotSection number, std::size_t index) {
    return reinterpret_cast<T*>(section(number).data())[index];
  }
  std::string message() {
    repair_digests(bytes_);
    const auto loaded = load_bytes(bytes_);
    if (loaded) return "";
    EXPECT_EQ(loaded.error().code, ErrorCode::bad_image);
    return loaded.error().message;
  }

 private:
  Bytes bytes_ = good_image();
};

std::string changed(const std::function<void(SnapshotImage&)>& change) {
  SnapshotImage image;
  EXPECT_EQ(image.message(), "");
  change(image);
  return image.message();
}

TEST(SnapshotLoad, Overview) {
  const auto with = [](auto field, auto value) {
    return changed(
        [&](SnapshotImage& image) { image.at<Overview>(SnapshotSection::overview, 0).*field = value; });
  };
  EXPECT_EQ(with(&Overview::nodes, 0U), "the number of entities is impossible");
  EXPECT_EQ(with(&Overview::resources, 0U), "the number of entities is impossible");
  EXPECT_EQ(with(&Overview::nodes, 0xFFFFFFFFU), "the number of entities is impossible");
  EXPECT_EQ(with(&Overview::nodes, 36U), "a section does not have the size that it must have");
  EXPECT_EQ(with(&Overview::hash_seed, 32U), "the seed of the id table is out of range");
  EXPECT_EQ(with(&Overview::hash_seed, 1U), "an id can't be found where the id table has it");
  EXPECT_EQ(with(&Overview::entry_bytes, std::uint8_t{8}), "the form of the entries does not fit the schema");
  EXPECT_EQ(with(&Overview::role_bits, std::uint8_t{4}), "the form of the entries does not fit the schema");
  EXPECT_EQ(with(&Overview::zero, std::uint16_t{1}), "a reserved field is not zero");
}

// Nodes: 0 system, 1 acme, 2 f1, 3 f2, 4 f3 … 8 f7, 9 t1, 10 beta, 11 g1, 12 t2, 13 h0 …
TEST(SnapshotLoad, Tree) {
  const auto with = [](NodeId node, const std::function<void(ResourceRecord&)>& change) {
    return changed(
        [&](SnapshotImage& image) { change(image.at<ResourceRecord>(SnapshotSection::resources, node)); });
  };
  EXPECT_EQ(with(0, [](auto& r) { r.end = 1; }), "the record of system is not what it must be");
  EXPECT_EQ(with(0, [](auto& r) { r.depth = 1; }), "the record of system is not what it must be");
  EXPECT_EQ(with(2, [](auto& r) { r.kind = kUser; }), "entity 2 is of no kind of resource");
  EXPECT_EQ(with(2, [](auto& r) { r.kind = 200; }), "entity 2 is of no kind of resource");
  EXPECT_EQ(with(2, [](auto& r) { r.kind = kTask; }), "entity 2 can't stand where it stands");
  EXPECT_EQ(with(2, [](auto& r) { r.end = 2; }), "the subtree of entity 2 is impossible");
  EXPECT_EQ(with(2, [](auto& r) { r.end = 11; }), "the subtree of entity 2 is impossible");
  EXPECT_EQ(with(2, [](auto& r) { r.ordinal = 7; }), "entity 2 is miscounted in its kind");
  EXPECT_EQ(with(3, [](auto& r) { r.ancestors[0] = 0; }), "the path of entity 3 is wrong");
  EXPECT_EQ(with(3, [](auto& r) { r.ancestors[3] = 1; }), "the path of entity 3 is wrong");
  EXPECT_EQ(with(3, [](auto& r) { r.ancestor_kinds[0] = kFolder; }), "the path of entity 3 is wrong");
  EXPECT_EQ(with(3, [](auto& r) { r.depth = 1; }), "the path of entity 3 is wrong");
  EXPECT_EQ(with(3, [](auto& r) { r.zero = 1; }), "the path of entity 3 is wrong");
  EXPECT_EQ(with(7, [](auto& r) { r.ancestors[0] = 1; }), "the path of entity 7 is wrong");
  EXPECT_EQ(changed([](SnapshotImage& image) { image.at<NodeId>(SnapshotSection::paths, 2) = 0; }),
            "the path of entity 6 is wrong");
}

TEST(SnapshotLoad, IdsAndTheirOrder) {
  const auto ids = [](std::size_t at, char letter) {
    return changed([&](SnapshotImage& image) { image.at<char>(SnapshotSection::ids, at) = letter; });
  };
  EXPECT_EQ(ids(0, '#'), "the id of entity 1 can't be one");
  EXPECT_EQ(ids(0, '\xFF'), "the id of entity 1 can't be one");
  EXPECT_EQ(ids(0, 'z'), "entity 10 is out of order");
  EXPECT_EQ(ids(1, 'd'), "an id can't be found where the id table has it");
  const auto ends = [](NodeId node, std::uint32_t end) {
    return changed(
        [&](SnapshotImage& image) { image.at<std::uint32_t>(SnapshotSection::id_ends, node) = end; });
  };
  EXPECT_EQ(ends(0, 1), "the ids don't end where they must");
  EXPECT_EQ(ends(1, 0xFFFFFFFF), "an id lies outside of the ids");
  EXPECT_EQ(ends(1, 0), "the id of entity 1 can't be one");
  EXPECT_EQ(changed([](SnapshotImage& image) {
              image.at<PrincipalLine>(SnapshotSection::principals, 0).kind = kService;
            }),
            "entity 34 is out of order");
  EXPECT_EQ(changed([](SnapshotImage& image) {
              image.at<PrincipalLine>(SnapshotSection::principals, 0).kind = kTask;
            }).substr(10),
            "is of no kind of principal");
}

TEST(SnapshotLoad, IdTable) {
  const auto used = [](SnapshotImage& image, bool wanted) -> IdSlot& {
    for (std::size_t at = 0;; ++at)
      if (IdSlot& slot = image.at<IdSlot>(SnapshotSection::id_table, at); (slot.node != kNoNode) == wanted)
        return slot;
  };
  const auto with = [&](bool wanted, const std::function<void(IdSlot&)>& change) {
    return changed([&](SnapshotImage& image) { change(used(image, wanted)); });
  };
  EXPECT_EQ(with(true, [](auto& s) { s = {}; }), "the id table does not have every entity");
  EXPECT_EQ(with(true, [](auto& s) { s.tag ^= 1; }), "an id can't be found where the id table has it");
  EXPECT_EQ(with(true, [](auto& s) { s.node = 0; }), "the id table names an entity that is not there");
  EXPECT_EQ(with(true, [](auto& s) { s.node = 9999; }), "the id table names an entity that is not there");
  EXPECT_EQ(with(true, [](auto& s) { s.offset += 1; }), "the id table names an id that is not its entity's");
  EXPECT_EQ(with(true, [](auto& s) { s.size += 1; }), "the id table names an id that is not its entity's");
  EXPECT_EQ(with(false, [](auto& s) { s.tag = 1; }), "an empty slot of the id table is not empty");
}

TEST(SnapshotLoad, Strings) {
  const auto ends = [](std::size_t i, std::uint32_t end) {
    return changed(
        [&](SnapshotImage& image) { image.at<std::uint32_t>(SnapshotSection::string_ends, i) = end; });
  };
  EXPECT_EQ(ends(1, 0), "the strings are out of order");
  EXPECT_EQ(ends(1, 1000), "a string lies outside of the strings");
  EXPECT_EQ(ends(4, 7), "the strings don't end where they must");
  EXPECT_EQ(changed([](SnapshotImage& image) { image.at<char>(SnapshotSection::strings, 0) = '\xFF'; }),
            "a string is not UTF-8");
  EXPECT_EQ(changed([](SnapshotImage& image) { image.at<char>(SnapshotSection::strings, 0) = 'b'; }),
            "the strings are out of order");
}

TEST(SnapshotLoad, Columns) {
  EXPECT_EQ(changed([](SnapshotImage& image) {
              image.at<std::uint64_t>(SnapshotSection::element_counts, kTags) = ~std::uint64_t{0};
            }),
            "the column of attribute 'tags' is not what it must be");
  EXPECT_EQ(changed([](SnapshotImage& image) {
              image.at<std::uint64_t>(SnapshotSection::element_counts, kLevel) = 1;
            }),
            "the column of attribute 'level' is not what it must be");
  // The first column is user.level: presence of three users, then a value each.
  EXPECT_EQ(changed([](SnapshotImage& image) { image.at<std::uint64_t>(SnapshotSection::columns, 0) |= 8; }),
            "the column of attribute 'level' is not what it must be");
  EXPECT_EQ(changed([](SnapshotImage& image) { image.at<std::uint64_t>(SnapshotSection::columns, 2) = 1; }),
            "a value of attribute 'level' is impossible");
  EXPECT_EQ(changed([](SnapshotImage& image) { image.at<std::uint64_t>(SnapshotSection::columns, 0) = 0; }),
            "a value of attribute 'level' is impossible");
  // The second is user.badge: presence, then a string each.
  EXPECT_EQ(
      changed([](SnapshotImage& image) { image.at<StoredString>(SnapshotSection::columns, 5).size += 1; }),
      "a value of attribute 'badge' is impossible");
  EXPECT_EQ(changed([](SnapshotImage& image) {
              image.at<StoredString>(SnapshotSection::columns, 5).offset = 0xFFFFFFFF;
            }),
            "a value of attribute 'badge' is impossible");
}

TEST(SnapshotLoad, LinesAndRows) {
  // Of ann, who has entries in her line, and of max, who has a row.
  const auto ann = [](const std::function<void(PrincipalLine&)>& change) {
    return changed(
               [&](SnapshotImage& image) { change(image.at<PrincipalLine>(SnapshotSection::principals, 0)); })
        .substr(0, 22);
  };
  const auto max = [](const std::function<void(PrincipalLine&)>& change) {
    return changed(
               [&](SnapshotImage& image) { change(image.at<PrincipalLine>(SnapshotSection::principals, 2)); })
        .substr(0, 22);
  };
  const std::string refused = "the roles of line 0 ar";
  const std::string no_list = "the groups of line 0 a";
  EXPECT_EQ(ann([](auto& l) { l.flags = vm::kMember; }), no_list);
  EXPECT_EQ(ann([](auto& l) { l.flags = 8; }), no_list);
  EXPECT_EQ(ann([](auto& l) { l.flags = vm::kWindowed; }), "a line has no windows ");
  EXPECT_EQ(ann([](auto& l) { l.holders = 1; }), no_list);
  EXPECT_EQ(ann([](auto& l) { l.flags = kSpilled; }), refused);
  EXPECT_EQ(ann([](auto& l) { l.granted = 15; }), refused);
  EXPECT_EQ(ann([](auto& l) { l.entries = 15; }), refused);
  EXPECT_EQ(ann([](auto& l) { l.entries -= 1; }), refused);
  EXPECT_EQ(ann([](auto& l) { l.body[13] = 0; }), refused);
  EXPECT_EQ(ann([](auto& l) { std::swap(l.body[0], l.body[1]); }), refused);
  EXPECT_EQ(ann([](auto& l) { l.body[0] &= ~7U; }), refused);
  EXPECT_EQ(ann([](auto& l) { l.body[0] |= 4; }), refused);  // lead can't be granted
  EXPECT_EQ(ann([](auto& l) { l.granted += 1; }), refused);  // a derived fact as a grant
  EXPECT_EQ(ann([](auto& l) { l.body[0] = 9999U << 3 | 1; }), refused);
  const std::string also_refused = "the roles of line 2 ar";
  EXPECT_EQ(max([](auto& l) { l.flags = 0; }), also_refused);
  EXPECT_EQ(max([](auto& l) { l.granted = 1; }), also_refused);
  EXPECT_EQ(max([](auto& l) { l.body[2] = 1; }), also_refused);
  EXPECT_EQ(max([](auto& l) { l.body[0] = 22; }), also_refused);
  EXPECT_EQ(max([](auto& l) { l.body[1] = 14; }), also_refused);
  EXPECT_EQ(max([](auto& l) { l.body[1] = 0xFFFFFFFF; }), also_refused);
  EXPECT_EQ(max([](auto& l) { l.body[3] = 0; }), also_refused);
  EXPECT_EQ(changed([](SnapshotImage& image) {
              image.at<std::uint32_t>(SnapshotSection::rows, 23) = 0;
            }).substr(0, 22),
            also_refused);
}

}  // namespace
}  // namespace policyc::vm::testing
