#include "entities.hpp"

#include <algorithm>
#include <span>

namespace policyc::snapshot {

using text::DiagCode;
using Kind = Node::Kind;

bool EntityReader::is_map(NodeIndex node, const std::string& what) {
  if (document_[node].kind == Kind::map) return true;
  if (document_[node].kind != Kind::broken)
    findings_.add(DiagCode::snapshot_expected_map, document_.start(node), {what, described(document_, node)});
  return false;
}

bool EntityReader::is_list(NodeIndex node, const std::string& what) {
  if (document_[node].kind == Kind::list) return true;
  if (document_[node].kind != Kind::broken)
    findings_.add(DiagCode::snapshot_expected_list, document_.start(node),
                  {what, described(document_, node)});
  return false;
}

std::vector<std::uint64_t> EntityReader::take_incomplete() {
  std::sort(incomplete_.begin(), incomplete_.end());
  return std::move(incomplete_);
}

void EntityReader::entities(NodeIndex list, KindIndex kind, const EntityRef* parent) {
  if (!is_list(list, "'" + names_.schema().kinds[kind].plural + "'")) return lose_entities();
  for (NodeIndex i = Document::first(list); i != document_.last(list); i = document_.after(i)) {
    if (findings_.full()) return;
    if (is_map(i, "each " + names_.name_of(kind)))
      entity(i, kind, parent);
    else
      lose_entities();
  }
}

void EntityReader::entity(NodeIndex map, KindIndex kind, const EntityRef* parent) {
  const NodeIndex id_node = document_.find(map, "id");
  if (id_node == 0) findings_.add(DiagCode::snapshot_no_id, document_.start(map), {names_.name_of(kind)});
  const std::optional<std::string_view> id = id_node == 0 ? std::nullopt : values_.id(id_node);
  EntityRef self = id ? EntityRef{kind, *id} : EntityRef{};
  EntityRef above = parent == nullptr ? EntityRef{} : *parent;
  const std::uint64_t where = packed(id ? document_.span(id_node) : document_.start(map));
  const Stands stands = parent == nullptr ? Stands::at_top : Stands::in_parent;
  const bool placed = keys(map, kind, stands, above, where) && (parent == nullptr || parent->known());
  if (!placed || !self.known()) {
    self = {};
    lose_entities();
  } else {
    builder_.entity(kind, self.id, above.kind, above.id, attributes(), where);
  }

  const bool has_children = has_children_;
  if (members_ != 0) members(members_, self.known() ? self : EntityRef{kind, {}});
  if (grants_ != 0) grants(grants_, self.known() ? self : EntityRef{kind, {}});
  if (!has_children) return;
  for (NodeIndex key = Document::first(map); key != document_.last(map); key = document_.after(key + 1)) {
    if (document_[key].kind == Kind::broken || findings_.full()) continue;
    const KindIndex child = names_.find_plural(document_.text(key));
    if (child != kNoIndex && names_.may_stand_in(child, kind) &&
        names_.find_attribute(kind, document_.text(key)) == kNoIndex)
      entities(key + 1, child, &self);
  }
}

void EntityReader::entity_line(NodeIndex map, NodeIndex name) {
  const EntityRef self = values_.entity(name, {"entity"});
  if (!self.known()) return lose_entities();
  if (self.kind == kSystemKind) return system(map, name, true);
  EntityRef parent;
  const std::uint64_t where = packed(document_.span(name));
  if (!keys(map, self.kind, Stands::on_line, parent, where)) return lose_entities();
  builder_.entity(self.kind, self.id, parent.kind, parent.id, attributes(), where);
  if (members_ != 0) members(members_, self);
  if (grants_ != 0) grants(grants_, self);
}

void EntityReader::system(NodeIndex map, NodeIndex key, bool is_line) {
  if (!is_map(map, "'system'")) return;
  EntityRef parent;
  const std::uint64_t where = packed(document_.span(key));
  if (!keys(map, kSystemKind, is_line ? Stands::on_line : Stands::at_top, parent, where)) return;
  builder_.system(attributes(), where);
  if (grants_ != 0) grants(grants_, {kSystemKind, {}});
}

bool EntityReader::keys(NodeIndex map, KindIndex kind, Stands stands, EntityRef& parent,
                        std::uint64_t where) {
  attributes_.clear();
  ranges_.clear();
  elements_.clear();
  grants_ = 0;
  members_ = 0;
  has_children_ = false;
  bool placed = true;
  const bool is_group = names_.schema().kinds[kind].category == KindCategory::group;
  const std::string_view own = stands != Stands::on_line ? (kind == kSystemKind ? "" : "id")
                               : is_group && document_.find(map, "entity") == 0 ? "group"
                                                                                : "entity";
  for (NodeIndex key = Document::first(map); key != document_.last(map); key = document_.after(key + 1)) {
    if (document_[key].kind == Kind::broken) continue;
    const std::string_view name = document_.text(key);
    if (name == own) continue;
    if (name == "in") {
      placed = parent_of(key, kind, stands, parent) && placed;
    } else if (name == "members" && is_group) {
      members_ = key + 1;
    } else if (name == "grants" && !is_group) {
      grants_ = key + 1;
    } else if (const AttributeIndex index = names_.find_attribute(kind, name); index != kNoIndex) {
      attribute(key + 1, index, where);
    } else if (!is_unsupported(key)) {
      const KindIndex child = stands == Stands::on_line ? kNoIndex : names_.find_plural(name);
      if (child != kNoIndex && names_.may_stand_in(child, kind))
        has_children_ = true;
      else
        unknown_key(key, kind, stands);
    }
  }
  return placed;
}

void EntityReader::attribute(NodeIndex value, AttributeIndex index, std::uint64_t where) {
  const AttributeInfo& info = names_.schema().attributes[index];
  const std::size_t first = elements_.size();
  AttributeFact fact;
  fact.attribute = index;
  fact.where = packed(document_.span(value));
  if (!values_.typed(value, info.type, {info.name}, fact.value, elements_)) {
    elements_.resize(first);
    if (incomplete_.empty() || incomplete_.back() != where) incomplete_.push_back(where);
    return;
  }
  attributes_.push_back(fact);
  ranges_.emplace_back(first, elements_.size() - first);
}

std::span<const AttributeFact> EntityReader::attributes() {
  for (std::size_t i = 0; i < attributes_.size(); ++i)
    attributes_[i].value.elements =
        std::span<const Fact>(elements_).subspan(ranges_[i].first, ranges_[i].second);
  return attributes_;
}

bool EntityReader::parent_of(NodeIndex key, KindIndex kind, Stands stands, EntityRef& parent) {
  const auto misplaced = [&](const std::string& why) {
    findings_.add(DiagCode::snapshot_misplaced_in, document_.span(key), {why});
    return false;
  };
  const KindInfo& info = names_.schema().kinds[kind];
  if (stands == Stands::in_parent) return misplaced("the entity is written within its parent already");
  if (info.category == KindCategory::subject) return misplaced("a subject stands in nothing");
  if (info.parents.empty())
    return misplaced(kind == kSystemKind ? "all is in system"
                                         : "the policy lets " + info.name + " stand in nothing");
  parent = values_.entity(key + 1, {"in"});
  if (!parent.known() || parent.kind != kSystemKind) return parent.known();
  parent = {};
  std::uint64_t kinds = 0;
  for (const KindIndex above : info.parents) kinds |= std::uint64_t{1} << above;
  return misplaced("the policy lets " + info.name + " stand in " + names_.names_of(kinds));
}

bool EntityReader::is_unsupported(NodeIndex key) {
  const std::string_view name = document_.text(key);
  DiagCode code{};
  if (name == "roles")
    code = DiagCode::snapshot_open_role;
  else if (name == "op")
    code = DiagCode::snapshot_delta;
  else
    return false;
  findings_.add(code, document_.span(key));
  return true;
}

void EntityReader::unknown_key(NodeIndex key, KindIndex kind, Stands stands) {
  const std::string_view name = document_.text(key);
  const KindInfo& info = names_.schema().kinds[kind];
  if (document_[key + 1].kind == Kind::list) lose_entities();
  const std::vector<std::string> children = names_.plurals_in(kind);
  if (names_.find_plural(name) != kNoIndex) {
    const std::string way_out = stands == Stands::on_line ? "write a line for each"
                                : children.empty()        ? "write the list at the top level, with `in:`"
                                                          : "here may stand: " + joined(children);
    findings_.add(DiagCode::snapshot_misplaced_list, document_.span(key),
                  {std::string(name), stands == Stands::on_line ? "a line" : info.name, way_out});
    return;
  }
  std::vector<std::string> known;
  if (stands == Stands::on_line) known.emplace_back("entity");
  if (stands != Stands::on_line && kind != kSystemKind) known.emplace_back("id");
  if (stands != Stands::in_parent && !info.parents.empty()) known.emplace_back("in");
  known.emplace_back(info.category == KindCategory::group ? "members" : "grants");
  for (std::string& attribute : names_.attributes_of(kind)) known.push_back(std::move(attribute));
  if (stands != Stands::on_line) known.insert(known.end(), children.begin(), children.end());
  findings_.add(DiagCode::snapshot_unknown_key, document_.span(key), {info.name, shown(name), joined(known)},
                text::did_you_mean(name, known));
}

}  // namespace policyc::snapshot
