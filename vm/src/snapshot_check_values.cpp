// What must hold in a snapshot image about strings and columns of attributes.

#include <algorithm>
#include <cstring>

#include "defaults.hpp"
#include "snapshot_reader.hpp"

namespace policyc::vm {
namespace {

template <class T>
T value_at(const std::byte* bytes, std::size_t index) noexcept {
  T value;
  std::memcpy(&value, bytes + index * sizeof value, sizeof value);
  return value;
}

bool all_zero(std::span<const std::byte> bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

// In the only form of a block: no bits beyond the prefix.
bool is_block(const IpBlock& block) noexcept {
  if (block.prefix > 128) return false;
  for (unsigned i = block.prefix; i < 128; ++i)
    if (((block.address[i / 8] >> (7 - i % 8)) & 1) != 0) return false;
  return true;
}

class ColumnCheck {
 public:
  ColumnCheck(SnapshotView& view, const SnapshotSections& sections, const Schema& schema)
      : view_(view), sections_(sections), schema_(schema), left_(sections.columns) {}

  Finding check() {
    view_.columns.resize(schema_.attributes.size());
    for (std::size_t i = 0; i < view_.columns.size(); ++i)
      if (!check_column(i))
        return "the column of attribute '" + schema_.attributes[i].name + "' is not what it must be";
    if (!left_.empty()) return "bytes follow the last column";
    list_entities();
    for (std::size_t i = 0; i < view_.columns.size(); ++i)
      if (!check_values(i)) return "a value of attribute '" + schema_.attributes[i].name + "' is impossible";
    return std::nullopt;
  }

 private:
  // Takes the next part of the columns, padding included.
  bool take(std::uint64_t size, const std::byte*& part) {
    if (size > left_.size() || padded_to_8(static_cast<std::size_t>(size)) > left_.size()) return false;
    const auto plain = static_cast<std::size_t>(size);
    part = left_.data();
    if (!all_zero(left_.subspan(plain, padded_to_8(plain) - plain))) return false;
    left_ = left_.subspan(padded_to_8(plain));
    return true;
  }

  // Finds the parts of a column and says where they are.
  bool check_column(std::size_t i) {
    const AttributeInfo& info = schema_.attributes[i];
    const SnapshotView::KindTable& kind = view_.kinds[info.kind];
    const std::size_t width = width_of(info.type.element, true);
    const std::uint64_t elements = sections_.element_counts[i];
    if ((info.type.kind != TypeKind::set && elements != 0) || elements > left_.size() / width) return false;
    SnapshotView::Column& column = view_.columns[i];
    column.type = info.type.kind;
    column.element = info.type.element;
    column.of_principals = is_principal(schema_.kinds[info.kind].category);
    column.first = kind.first;
    const std::byte* present = nullptr;
    if (!take(presence_words(kind.count) * 8, present) ||
        !take(std::uint64_t{kind.count} * width_of(info.type.kind, false), column.values) ||
        !take(elements * width, column.elements))
      return false;
    column.present = reinterpret_cast<const std::uint64_t*>(present);
    const std::size_t rest = kind.count % 64;
    return rest == 0 || (column.present[kind.count / 64] >> rest) == 0;
  }

  // The node of each ordinal, for the kinds of resources.
  void list_entities() {
    entities_.resize(schema_.kinds.size());
    for (NodeId node = 0; node < view_.resources; ++node) entities_[view_.records[node].kind].push_back(node);
  }

  // Whom the attribute's default names: kNoNode for who is not there.
  void list_named_by_default(const AttributeInfo& info) {
    by_default_.clear();
    for (const DefaultValue& named : named_by_default(info)) {
      const auto kind = static_cast<KindIndex>(named.number);
      by_default_.push_back(kind == kSystemKind ? kSystemNode : view_.find(kind, named.text));
    }
  }

  bool check_values(std::size_t i) {
    const AttributeInfo& info = schema_.attributes[i];
    const SnapshotView::Column& column = view_.columns[i];
    const std::size_t width = width_of(info.type.kind, false);
    const bool required = !info.type.optional && !info.fallback;
    list_named_by_default(info);
    cross_ = info.cross;
    std::uint64_t elements = 0;
    for (std::uint32_t ordinal = 0; ordinal < view_.kinds[info.kind].count; ++ordinal) {
      entity_ = column.of_principals ? column.first + ordinal : entities_[info.kind][ordinal];
      if (((column.present[ordinal / 64] >> (ordinal % 64)) & 1) == 0) {
        if (required || !all_zero({column.values + ordinal * width, width})) return false;
        // A default counts as though it were written here.
        if (!std::all_of(by_default_.begin(), by_default_.end(),
                         [&](NodeId node) { return node != kNoNode && shares_root(node); }))
          return false;
      } else if (info.type.kind != TypeKind::set) {
        if (!is_scalar(column.values, ordinal, info.type.kind, info.type.argument, false)) return false;
      } else {
        const auto set = value_at<StoredSet>(column.values, ordinal);
        if (set.offset != elements || set.count > sections_.element_counts[i] - elements) return false;
        elements += set.count;
        if (!is_sorted_set(column.elements, set, info.type)) return false;
      }
    }
    return elements == sections_.element_counts[i];
  }

  bool is_sorted_set(const std::byte* elements, const StoredSet& set, const Type& type) const {
    for (std::size_t at = set.offset; at < std::size_t{set.offset} + set.count; ++at) {
      if (!is_scalar(elements, at, type.element, type.argument, true)) return false;
      if (at > set.offset && !is_before(elements, at - 1, at, type.element)) return false;
    }
    return true;
  }

  // Strings are sorted in their arena, so their offsets compare as they do.
  static bool is_before(const std::byte* elements, std::size_t first, std::size_t second,
                        TypeKind type) noexcept {
    switch (type) {
      case TypeKind::string:
        return value_at<StoredString>(elements, first).offset <
                   value_at<StoredString>(elements, second).offset ||
               (value_at<StoredString>(elements, first).size == 0 &&
                value_at<StoredString>(elements, second).size != 0);
      case TypeKind::ip: return value_at<IpBlock>(elements, first) < value_at<IpBlock>(elements, second);
      case TypeKind::entity: return value_at<NodeId>(elements, first) < value_at<NodeId>(elements, second);
      default: return value_at<std::int64_t>(elements, first) < value_at<std::int64_t>(elements, second);
    }
  }

  bool is_scalar(const std::byte* values, std::size_t at, TypeKind type, std::uint64_t argument,
                 bool in_set) const {
    const auto number = [&]() -> std::uint64_t {
      switch (width_of(type, in_set)) {
        case 1: return value_at<std::uint8_t>(values, at);
        case 2: return value_at<std::uint16_t>(values, at);
        case 4: return value_at<std::uint32_t>(values, at);
        default: return value_at<std::uint64_t>(values, at);
      }
    };
    switch (type) {
      case TypeKind::boolean: return number() <= 1;
      case TypeKind::enumeration: return number() < schema_.enums[argument].members.size();
      case TypeKind::role: return is_role(number(), argument);
      case TypeKind::integer:
      case TypeKind::time:
      case TypeKind::duration: return true;
      case TypeKind::string: return is_string(value_at<StoredString>(values, at));
      case TypeKind::ip: return is_block(value_at<IpBlock>(values, at));
      case TypeKind::entity: return is_reference(value_at<NodeId>(values, at), argument);
      case TypeKind::set: break;
    }
    return false;
  }

  // A declared one, or one that the entity or what it stands in defines.
  [[nodiscard]] bool is_role(std::uint64_t number, std::uint64_t kind) const noexcept {
    if (number < kFirstDefined) return number < schema_.roles.size() && schema_.roles[number].kind == kind;
    const std::uint64_t definition = number - kFirstDefined;
    if (definition >= view_.definitions.size() || entity_ >= view_.resources) return false;
    const NodeId defined_at = view_.definitions[definition].entity;
    return view_.kind_of(defined_at) == kind &&
           (defined_at == kSystemNode || (defined_at <= entity_ && entity_ < view_.end_of(defined_at)));
  }

  // Exactly one string of the arena.
  [[nodiscard]] bool is_string(const StoredString& string) const noexcept {
    const std::span<const std::uint32_t> ends = sections_.string_ends;
    const std::uint64_t end = std::uint64_t{string.offset} + string.size;
    const auto found = std::lower_bound(ends.begin(), ends.end(), end);
    if (found == ends.end() || *found != end) return false;
    return string.offset == (found == ends.begin() ? 0 : *(found - 1));
  }

  // Of a kind that it may be of, and not in another root.
  [[nodiscard]] bool is_reference(NodeId node, std::uint64_t kinds) const noexcept {
    return node < view_.nodes && ((kinds >> view_.kind_of(node)) & 1) != 0 && shares_root(node);
  }
  [[nodiscard]] bool shares_root(NodeId node) const noexcept {
    if (cross_) return true;
    const NodeId own = view_.root_of(entity_);
    const NodeId other = view_.root_of(node);
    return own == kSystemNode || other == kSystemNode || own == other;
  }

  SnapshotView& view_;
  const SnapshotSections& sections_;
  bool cross_ = false;  // the attribute's values may stand in another root
  const Schema& schema_;
  std::span<const std::byte> left_;
  std::vector<std::vector<NodeId>> entities_;
  std::vector<NodeId> by_default_;
  NodeId entity_ = 0;  // whose value is being checked
};

}  // namespace

Finding check_strings(const SnapshotSections& sections) {
  std::uint32_t begin = 0;
  std::string_view last;
  for (std::size_t i = 0; i < sections.string_ends.size(); ++i) {
    const std::uint32_t end = sections.string_ends[i];
    if (end < begin || end > sections.strings.size()) return "a string lies outside of the strings";
    const std::string_view text(sections.strings.data() + begin, end - begin);
    if (!is_utf8(text)) return "a string is not UTF-8";
    if (i > 0 && text <= last) return "the strings are out of order";
    last = text;
    begin = end;
  }
  if (begin != sections.strings.size()) return "the strings don't end where they must";
  return std::nullopt;
}

Finding check_columns(SnapshotView& view, const SnapshotSections& sections, const Schema& schema) {
  return ColumnCheck(view, sections, schema).check();
}

}  // namespace policyc::vm
