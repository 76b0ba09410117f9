#include "entities.hpp"

#include <algorithm>
#include <span>

#include "text_values.hpp"

namespace policyc::snapshot {

using text::DiagCode;
using Kind = Node::Kind;

bool EntityReader::is_map(NodeIndex node, const std::string& what, const std::string& way_out) {
  if (document_[node].kind == Kind::map) return true;
  if (document_[node].kind != Kind::broken)
    findings_.add(DiagCode::snapshot_expected_map, document_.start(node),
                  {what, described(document_, node), way_out});
  return false;
}

// What stands where an entity should is often its id.
std::string EntityReader::id_in(NodeIndex node) const {
  const Kind kind = document_[node].kind;
  if (kind == Kind::map) {
    // Of one entity; or, entities under their ids.
    const NodeIndex id = document_.find(node, "id");
    const NodeIndex first = Document::first(node);
    if (id != 0) return id_in(id);
    return first == document_.last(node) ? "ID" : id_in(first);
  }
  if (kind != Kind::plain && kind != Kind::quoted) return "ID";
  std::string_view text = document_.text(node);
  if (text.substr(0, 3) == "id:") text.remove_prefix(3);
  return text.size() < 40 ? std::string(text) : "ID";
}

bool EntityReader::is_list(NodeIndex node, const std::string& what, const std::string& way_out) {
  if (document_[node].kind == Kind::list) return true;
  if (document_[node].kind != Kind::broken)
    findings_.add(DiagCode::snapshot_expected_list, document_.start(node),
                  {what, described(document_, node), way_out.empty() ? as_list(document_, node) : way_out});
  return false;
}

std::vector<std::uint64_t> EntityReader::sorted(std::vector<std::uint64_t>& places) {
  std::sort(places.begin(), places.end());
  return std::move(places);
}

void EntityReader::entities(NodeIndex list, KindIndex kind, const EntityRef* parent) {
  losses_.seen(kind);
  if (const Kind written = document_[list].kind; written != Kind::list) {
    (void)is_list(list, "'" + names_.schema().kinds[kind].plural + "'",
                  "[ " + names_.map_of({{"id", id_in(list)}}) + " ]");
    if (written == Kind::plain || written == Kind::quoted) return losses_.entity(kind, document_.text(list));
    return written == Kind::map ? keyed_entities(list, kind, parent) : losses_.kind(kind);
  }
  for (NodeIndex i = Document::first(list); i != document_.last(list); i = document_.after(i)) {
    if (findings_.full()) return;
    if (document_[i].kind == Kind::map) {
      entity(i, kind, parent);
      continue;
    }
    (void)is_map(i, "each " + names_.name_of(kind), names_.map_of({{"id", id_in(i)}}));
    if (document_[i].kind == Kind::plain || document_[i].kind == Kind::quoted)
      losses_.entity(kind, document_.text(i));
    else
      losses_.kind(kind);
  }
}

void EntityReader::keyed_entities(NodeIndex map, KindIndex kind, const EntityRef* parent) {
  if (document_.find(map, "id") != 0) return entity(map, kind, parent);
  for (NodeIndex key = Document::first(map); key != document_.last(map); key = document_.after(key + 1)) {
    if (document_[key].kind == Kind::broken || findings_.full()) continue;
    const std::string_view id = document_.text(key);
    if (document_[key + 1].kind != Kind::map || !vm::is_valid_id(id)) {
      losses_.entity(kind, id);
      continue;
    }
    Reading entity;
    entity.map = key + 1;
    entity.self = {kind, id};
    entity.parent = parent == nullptr ? EntityRef{} : *parent;
    entity.placed = parent == nullptr || parent->known();
    entity.where = packed(document_.span(key));
    entity.stands = parent == nullptr ? Stands::at_top : Stands::in_parent;
    keys(entity);
    describe(entity);
  }
}

void EntityReader::entity(NodeIndex map, KindIndex kind, const EntityRef* parent) {
  Reading entity;
  entity.map = map;
  NodeIndex id_node = document_.find(map, "id");
  if (id_node != 0)
    entity.own = id_node - 1;
  else if (entity.own = meant_as_id(map, kind); entity.own != 0)
    id_node = entity.own + (lacks_blank(entity.own) ? 0 : 1);
  else
    findings_.add(DiagCode::snapshot_no_id, document_.start(map), {names_.name_of(kind)});
  std::optional<std::string_view> id = id_node == 0 ? std::nullopt : values_.id(id_node);
  if (id && id_node == entity.own) id = id->substr(id->find(':') + 1);
  entity.self = {kind, id.value_or("")};
  entity.parent = parent == nullptr ? EntityRef{} : *parent;
  entity.placed = parent == nullptr || parent->known();
  entity.where = packed(id ? document_.span(id_node) : document_.start(map));
  entity.stands = parent == nullptr ? Stands::at_top : Stands::in_parent;
  if (!id) {
    // A number is no id, but others may name the entity by it. A text that can't be
    // one is no better where they name it.
    const Kind written = id_node == 0 ? Kind::null : document_[id_node].kind;
    if (written == Kind::literal)
      losses_.entity(kind, document_.text(id_node));
    else if (written != Kind::plain && written != Kind::quoted)
      losses_.kind(kind);
  }
  keys(entity);
  describe(entity);
}

void EntityReader::describe(const Reading& entity) {
  const EntityRef self = entity.self;
  if (self.kind == kSystemKind) {
    builder_.system(attributes(), entity.where);
  } else if (!self.id.empty()) {
    const EntityRef parent = entity.placed ? entity.parent : EntityRef{};
    if (!entity.placed) misplaced_.push_back(entity.where);
    builder_.entity(self.kind, self.id, parent.kind, parent.id, attributes(), entity.where);
  }
  const std::vector<Children> children = std::move(children_);
  children_.clear();
  if (roles_ != 0) roles(roles_, roles_ - 1, self);
  if (members_ != 0) members(members_, self);
  if (grants_ != 0) grants(grants_, self);
  const EntityRef above = self.id.empty() ? EntityRef{} : self;
  const EntityRef nowhere;
  for (const Children& list : children)
    if (!findings_.full()) entities(list.list, list.kind, list.misplaced ? &nowhere : &above);
}

void EntityReader::entity_line(NodeIndex map, NodeIndex name) {
  Reading entity;
  entity.map = map;
  entity.own = name - 1;
  entity.self = values_.entity(name, {"entity"}, 0);
  entity.stands = Stands::on_line;
  entity.where = packed(document_.span(name));
  if (!entity.self.known()) {
    if (document_[name].kind != Kind::quoted) return losses_.all();
    const std::string_view text = document_.text(name);
    return losses_.entity(kNoIndex, text.substr(text.find(':') + 1));
  }
  if (entity.self.kind == kSystemKind) return system(map, name, true);
  losses_.seen(entity.self.kind);
  keys(entity);
  describe(entity);
}

void EntityReader::system(NodeIndex map, NodeIndex key, bool is_line) {
  if (!is_map(map, "'system'", names_.json() ? "{ \"KEY\": VALUE, … }" : "{ KEY: VALUE, … }"))
    return losses_.kind(kSystemKind);
  Reading entity;
  entity.map = map;
  entity.self = {kSystemKind, {}};
  entity.own = is_line ? key - 1 : 0;
  entity.stands = is_line ? Stands::on_line : Stands::at_top;
  entity.where = packed(document_.span(key));
  keys(entity);
  describe(entity);
}

void EntityReader::keys(Reading& entity) {
  attributes_.clear();
  ranges_.clear();
  elements_.clear();
  children_.clear();
  grants_ = 0;
  members_ = 0;
  roles_ = 0;
  const KindIndex kind = entity.self.kind;
  const NodeIndex map = entity.map;
  const bool is_group = names_.schema().kinds[kind].category == KindCategory::group;
  const std::string_view own = entity.stands != Stands::on_line ? (kind == kSystemKind ? "" : "id")
                               : is_group && document_.find(map, "entity") == 0 ? "group"
                                                                                : "entity";
  for (NodeIndex key = Document::first(map); key != document_.last(map); key = document_.after(key + 1)) {
    if (document_[key].kind == Kind::broken) continue;
    const std::string_view name = document_.text(key);
    if (name == own || key == entity.own) continue;
    if (name == "in") {
      parent_of(key, entity, kNoIndex);
    } else if (name == "members" && is_group) {
      members_ = key + 1;
    } else if (name == "grants" && !is_group) {
      grants_ = key + 1;
    } else if (name == "roles") {
      roles_ = key + 1;
    } else if (const AttributeIndex index = names_.find_attribute(kind, name); index != kNoIndex) {
      attribute(key + 1, index, entity.where);
    } else if (!is_unsupported(key)) {
      const KindIndex child = entity.stands == Stands::on_line ? kNoIndex : names_.find_plural(name);
      if (child != kNoIndex && names_.may_stand_in(child, kind))
        children_.push_back({key + 1, child, false});
      else
        unknown_key(key, entity);
    }
  }
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

// What has no business there is told, and counts as left out.
void EntityReader::parent_of(NodeIndex key, Reading& entity, KindIndex bare) {
  const auto misplaced = [&](const std::string& why) {
    findings_.add(DiagCode::snapshot_misplaced_in, document_.span(key), {why});
  };
  const KindIndex kind = entity.self.kind;
  const KindInfo& info = names_.schema().kinds[kind];
  if (entity.stands == Stands::in_parent) return misplaced("the entity is written within its parent already");
  if (info.category == KindCategory::subject) return misplaced("a subject stands in nothing");
  if (info.parents.empty())
    return misplaced(kind == kSystemKind ? "all is in system"
                                         : "the policy lets " + info.name + " stand in nothing");
  entity.parent = values_.entity(key + 1, {"in"}, names_.parents_of(kind), bare);
  entity.placed = entity.parent.known() && names_.may_stand_in(kind, entity.parent.kind);
  if (entity.placed && entity.stands != Stands::on_line)
    parents_.emplace_back(entity.where, packed(document_.span(key + 1)));
  if (!entity.parent.known() || entity.placed) return;
  const std::string self = entity.self.id.empty() ? info.name : names_.name_of(entity.self);
  findings_.add(DiagCode::wrong_parent_kind, document_.span(key + 1),
                {self, names_.name_of(entity.parent), names_.settings("in", names_.parents_of(kind))});
}

}  // namespace policyc::snapshot
