// From attributes to columns: values in the form in which they are compared,
// references as nodes, sets sorted.

#include <algorithm>
#include <cstring>

#include "defaults.hpp"
#include "schema_check.hpp"
#include "snapshot_facts.hpp"
#include "snapshot_format.hpp"

namespace policyc::vm {
namespace {

template <class T>
void append(std::vector<std::byte>& bytes, const T& value) {
  const auto raw = std::as_bytes(std::span(&value, 1));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

class ColumnBuilder {
 public:
  ColumnBuilder(Facts& facts, const EntityIndex& index, const DefinedRoles& defined, SnapshotParts& parts)
      : facts_(facts), schema_(*facts.schema), index_(index), defined_(defined), parts_(parts) {
    parts_.columns.resize(schema_.attributes.size());
    for (std::size_t i = 0; i < parts_.columns.size(); ++i) {
      const AttributeInfo& attribute = schema_.attributes[i];
      const std::size_t entities = parts_.nodes_by_kind[attribute.kind].size();
      parts_.columns[i].present.resize(presence_words(entities));
      parts_.columns[i].values.resize(entities * width_of(attribute.type.kind, false));
    }
    required_.resize(schema_.kinds.size());
    naming_.resize(schema_.kinds.size());
    for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind) {
      for (const AttributeIndex i : schema_.kinds[kind].attributes) {
        const AttributeInfo& info = schema_.attributes[i];
        if (!info.type.optional && !info.fallback) required_[kind].push_back(i);
        if (!named_by_default(info).empty()) naming_[kind].push_back(i);
      }
    }
  }

  // In the order of nodes, hence of ordinals.
  void build() {
    for (node_ = 0; node_ < parts_.nodes.size(); ++node_) add_entity(index_.fact_of(node_));
    place_strings();
  }

 private:
  // Where a string's place in the arena is to be written, once it is known.
  struct StringUse {
    std::string_view text;
    std::size_t at;  // in the column's values or elements
    AttributeIndex attribute;
    bool in_set;
  };

  void add_entity(const EntityFact& entity) {
    const std::span<const ValueFact> values =
        std::span(facts_.values).subspan(entity.first_attribute, entity.attributes);
    for (const ValueFact& value : values) add_value(entity, value);
    for (const AttributeIndex attribute : required_[entity.kind])
      if (!has(attribute))
        facts_.problems.add(BuildProblem::missing_attribute, entity.where, facts_.name_of(entity),
                            schema_.attributes[attribute].name);
    for (const AttributeIndex attribute : naming_[entity.kind])
      if (!has(attribute)) check_default(entity, schema_.attributes[attribute]);
  }

  // A default counts as though it were written at the entity.
  void check_default(const EntityFact& entity, const AttributeInfo& info) {
    for (const DefaultValue& named : named_by_default(info)) {
      const auto kind = static_cast<KindIndex>(named.number);
      const NodeId target = kind == kSystemKind ? kSystemNode : index_.find(kind, named.text);
      if (target == kNoNode)
        facts_.problems.add(BuildProblem::unknown_default, entity.where, facts_.name_of(entity),
                            facts_.name_of(kind, named.text));
      else if (!info.cross && crosses_roots(node_, target))
        facts_.problems.add(BuildProblem::cross_root, entity.where, facts_.name_of(entity),
                            facts_.name_of(kind, named.text));
    }
  }

  [[nodiscard]] bool crosses_roots(NodeId from, NodeId to) const {
    const NodeId root = index_.root_of(from);
    const NodeId other = index_.root_of(to);
    return root != kSystemNode && other != kSystemNode && root != other;
  }

  [[nodiscard]] bool has(AttributeIndex attribute) const {
    return parts_.columns[attribute].has(parts_.nodes[node_].ordinal);
  }

  void add_value(const EntityFact& entity, const ValueFact& value) {
    if (value.attribute >= schema_.attributes.size() ||
        schema_.attributes[value.attribute].kind != entity.kind) {
      complain(BuildProblem::malformed, entity, value);
      return;
    }
    if (has(value.attribute)) {
      complain(BuildProblem::duplicate_attribute, entity, value);
      return;
    }
    attribute_ = value.attribute;
    const Type& type = schema_.attributes[attribute_].type;
    ColumnParts& column = parts_.columns[attribute_];
    const std::uint32_t ordinal = parts_.nodes[node_].ordinal;
    column.present[ordinal / 64] |= std::uint64_t{1} << (ordinal % 64);
    bool sound = true;
    if (type.kind == TypeKind::set) {
      sound = add_set(entity, value, type);
    } else {
      scalar_.clear();
      sound = add_scalar(scalar_, entity, value.where, {value.number, value.text}, type.kind, type.argument,
                         false);
      std::copy(scalar_.begin(), scalar_.end(),
                column.values.begin() + static_cast<std::ptrdiff_t>(ordinal * scalar_.size()));
    }
    if (!sound) complain(BuildProblem::malformed, entity, value);
  }

  void complain(BuildProblem problem, const EntityFact& entity, const ValueFact& value) {
    const bool known = value.attribute < schema_.attributes.size();
    facts_.problems.add(problem, value.where, facts_.name_of(entity),
                        known ? schema_.attributes[value.attribute].name : "?");
  }

  // Elements are put into the order of their packing first, and each is kept once.
  bool add_set(const EntityFact& entity, const ValueFact& value, const Type& type) {
    const std::span<const ElementFact> given =
        std::span(facts_.elements).subspan(value.first_element, value.count);
    ColumnParts& column = parts_.columns[attribute_];
    const std::size_t width = width_of(type.element, true);
    StoredSet set{static_cast<std::uint32_t>(column.elements.size() / width), 0};
    bool sound = true;
    if (type.element == TypeKind::string) {
      std::vector<std::string_view> texts;
      for (const ElementFact& element : given) texts.push_back(element.text);
      set.count = sorted_once(texts);
      for (const std::string_view text : texts)
        sound = add_scalar(column.elements, entity, value.where, {0, text}, type.element, 0, true) && sound;
    } else {
      scalar_.clear();
      for (const ElementFact& element : given)
        sound = add_scalar(scalar_, entity, value.where, element, type.element, type.argument, true) && sound;
      if (!sound) return false;
      switch (type.element) {
        case TypeKind::entity: set.count = append_sorted<NodeId>(column.elements); break;
        case TypeKind::ip: set.count = append_sorted<IpBlock>(column.elements); break;
        default: set.count = append_sorted<std::int64_t>(column.elements); break;
      }
    }
    const std::size_t at = parts_.nodes[node_].ordinal * sizeof set;
    std::memcpy(column.values.data() + at, &set, sizeof set);
    return sound;
  }

  template <class T>
  static std::uint32_t sorted_once(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return static_cast<std::uint32_t>(values.size());
  }

  template <class T>
  std::uint32_t append_sorted(std::vector<std::byte>& elements) {
    std::vector<T> values(scalar_.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), scalar_.data(), scalar_.size());
    const std::uint32_t count = sorted_once(values);
    for (const T& value : values) append(elements, value);
    return count;
  }

  // Appends a value in the form of its column, or of the elements of its sets.
  // False: it is none of its type.
  bool add_scalar(std::vector<std::byte>& out, const EntityFact& entity, std::uint64_t where,
                  const ElementFact& value, TypeKind kind, std::uint64_t argument, bool in_set) {
    const auto number = static_cast<std::uint64_t>(value.number);
    switch (kind) {
      case TypeKind::boolean:
        if (number > 1) break;
        if (in_set)
          append(out, value.number);
        else
          append(out, static_cast<std::uint8_t>(number));
        return true;
      case TypeKind::enumeration:
        if (number >= schema_.enums[argument].members.size()) break;
        if (in_set)
          append(out, value.number);
        else
          append(out, static_cast<std::uint16_t>(number));
        return true;
      case TypeKind::role: {
        const bool is_declared = number < schema_.roles.size() && schema_.roles[number].kind == argument;
        if (!is_declared && number != kNoIndex) break;
        const std::int64_t role =
            is_declared ? value.number
                        : defined_role(entity, where, static_cast<KindIndex>(argument), value.text);
        if (in_set)
          append(out, role);
        else
          append(out, static_cast<std::uint32_t>(role));
        return true;
      }
      case TypeKind::integer:
      case TypeKind::time:
      case TypeKind::duration: append(out, value.number); return true;
      case TypeKind::string:
        if (!is_utf8(value.text)) break;
        uses_.push_back({value.text, in_set ? out.size() : string_place(), attribute_, in_set});
        append(out, StoredString{});
        return true;
      case TypeKind::ip: {
        const auto block = parse_ip(value.text);
        if (!block) break;
        append(out, *block);
        return true;
      }
      case TypeKind::entity: {
        if (number >= schema_.kinds.size() || ((argument >> number) & 1) == 0) break;
        append(out, reference(entity, where, static_cast<KindIndex>(number), value.text));
        return true;
      }
      case TypeKind::set: break;
    }
    append_zeros(out, width_of(kind, in_set));
    return false;
  }

  static void append_zeros(std::vector<std::byte>& out, std::size_t width) { out.resize(out.size() + width); }

  [[nodiscard]] std::size_t string_place() const {
    return parts_.nodes[node_].ordinal * sizeof(StoredString);
  }

  // What the entity itself defines, or what it stands in. What belongs to nothing in the tree has no such way
  // up.
  std::int64_t defined_role(const EntityFact& entity, std::uint64_t where, KindIndex kind,
                            std::string_view name) {
    if (node_ < parts_.resources) {
      for (NodeId at = node_; at != kNoNode; at = parts_.nodes[at].parent) {
        const std::size_t number =
            parts_.nodes[at].kind == kind ? defined_.find(at, name) : defined_.all().size();
        if (number < defined_.all().size()) return kFirstDefined + static_cast<std::int64_t>(number);
      }
    }
    facts_.problems.add(BuildProblem::unknown_role_value, where, facts_.name_of(entity), std::string(name));
    facts_.problems.list().back().near = schema_.kinds[kind].name;
    return 0;
  }

  NodeId reference(const EntityFact& entity, std::uint64_t where, KindIndex kind, std::string_view id) {
    const NodeId target = index_.find(kind, id);
    if (target == kNoNode) {
      facts_.problems.add(BuildProblem::unknown_entity, where, facts_.name_of(entity),
                          facts_.name_of(kind, id));
      return target;
    }
    if (!schema_.attributes[attribute_].cross && crosses_roots(node_, target))
      facts_.problems.add(BuildProblem::cross_root, where, facts_.name_of(entity), facts_.name_of(kind, id));
    return target;
  }

  // Sorts all strings, keeps each once, and tells every use where its string is.
  void place_strings() {
    std::sort(uses_.begin(), uses_.end(),
              [](const StringUse& a, const StringUse& b) { return a.text < b.text; });
    std::size_t end = 0;
    for (const StringUse& use : uses_) {
      if (parts_.strings.empty() || parts_.strings.back() != use.text) {
        parts_.strings.push_back(use.text);
        end += use.text.size();
      }
      const StoredString stored = {static_cast<std::uint32_t>(end - use.text.size()),
                                   static_cast<std::uint32_t>(use.text.size())};
      ColumnParts& column = parts_.columns[use.attribute];
      std::memcpy((use.in_set ? column.elements : column.values).data() + use.at, &stored, sizeof stored);
    }
  }

  Facts& facts_;
  const Schema& schema_;
  const EntityIndex& index_;
  const DefinedRoles& defined_;
  SnapshotParts& parts_;
  std::vector<std::vector<AttributeIndex>> required_;  // by kind
  std::vector<std::vector<AttributeIndex>> naming_;    // by kind: whose defaults name entities
  std::vector<StringUse> uses_;
  std::vector<std::byte> scalar_;
  NodeId node_ = 0;               // whose attributes are being added
  AttributeIndex attribute_ = 0;  // which one
};

}  // namespace

void build_columns(Facts& facts, const EntityIndex& index, const DefinedRoles& defined,
                   SnapshotParts& parts) {
  ColumnBuilder(facts, index, defined, parts).build();
  release(facts.values);
  release(facts.elements);
}

}  // namespace policyc::vm
