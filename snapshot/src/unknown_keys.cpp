// Keys that are none. Each is an error; where it can be seen what was meant, that is
// said, and the reader goes on as though it stood there, so that one mistake gives one
// finding and hides none.

#include <algorithm>
#include <string>

#include "entities.hpp"

namespace policyc::snapshot {
namespace {

using text::DiagCode;
using Kind = Node::Kind;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "ward", "ward_id", "wardId"
bool names_kind(std::string_view key, std::string_view kind) {
  if (key.substr(0, kind.size()) != kind) return false;
  return is_one_of(key.substr(kind.size()), {"", "_id", "Id", "ID", "-id"});
}

// As a list of entities does.
bool holds_maps(const Document& document, NodeIndex list) {
  for (NodeIndex i = Document::first(list); i != document.last(list); i = document.after(i))
    if (document[i].kind == Kind::map) return true;
  return false;
}

std::string did_you_mean_word(const std::string& word) { return "did you mean '" + word + "'?"; }

}  // namespace

bool EntityReader::is_unsupported(NodeIndex key) {
  const std::string_view name = document_.text(key);
  if (name != "op") return false;
  findings_.add(DiagCode::snapshot_delta, document_.span(key));
  return true;
}

std::vector<std::string> EntityReader::known_keys(KindIndex kind, Stands stands) const {
  std::vector<std::string> known;
  if (stands == Stands::on_line) known.emplace_back("entity");
  if (stands != Stands::on_line && kind != kSystemKind) known.emplace_back("id");
  if (stands != Stands::in_parent && !names_.schema().kinds[kind].parents.empty()) known.emplace_back("in");
  known.emplace_back(names_.schema().kinds[kind].category == KindCategory::group ? "members" : "grants");
  if (names_.schema().find_open_role(kind) != nullptr) known.emplace_back("roles");
  for (std::string& attribute : names_.attributes_of(kind)) known.push_back(std::move(attribute));
  if (stands != Stands::on_line)
    for (std::string& plural : names_.plurals_in(kind)) known.push_back(std::move(plural));
  return known;
}

bool EntityReader::is_known(std::string_view key, KindIndex kind) const {
  if (is_one_of(key, {"id", "in", "grants", "members", "roles", "op"})) return true;
  return names_.find_attribute(kind, key) != kNoIndex || names_.find_plural(key) != kNoIndex;
}

bool EntityReader::lacks_blank(NodeIndex key) const {
  if (document_[key].kind != Kind::plain || document_[key + 1].kind != Kind::null) return false;
  const std::size_t colon = document_.text(key).find(':');
  return colon != std::string_view::npos && colon + 1 < document_.text(key).size();
}

NodeIndex EntityReader::meant_as_id(NodeIndex map, KindIndex kind) {
  const std::vector<std::string> id = {"id"};
  for (NodeIndex key = Document::first(map); key != document_.last(map); key = document_.after(key + 1)) {
    if (document_[key].kind == Kind::broken) continue;
    const std::string_view name = document_.text(key);
    if (name.substr(0, 3) == "id:" && lacks_blank(key)) {
      findings_.add(DiagCode::snapshot_unknown_key, document_.span(key),
                    {names_.name_of(kind), shown(name), joined(known_keys(kind, Stands::in_parent))},
                    did_you_mean_word("id: " + std::string(name.substr(3))));
      return key;
    }
    const bool meant = is_one_of(name, {"name", "key", "uid", "uuid", "identifier", "slug", "entity"}) ||
                       names_kind(name, names_.name_of(kind)) || text::nearest(name, id) != nullptr;
    if (!meant || is_known(name, kind)) continue;
    findings_.add(DiagCode::snapshot_unknown_key, document_.span(key),
                  {names_.name_of(kind), shown(name), joined(known_keys(kind, Stands::in_parent))},
                  did_you_mean_word("id"));
    return key;
  }
  return 0;
}

void EntityReader::unknown_key(NodeIndex key, Reading& entity) {
  const std::string_view name = document_.text(key);
  const NodeIndex value = key + 1;
  const KindIndex kind = entity.self.kind;
  const KindInfo& info = names_.schema().kinds[kind];
  const bool on_line = entity.stands == Stands::on_line;
  const bool is_list = document_[value].kind == Kind::list;
  const bool is_text = document_[value].kind == Kind::plain || document_[value].kind == Kind::quoted;
  if (const KindIndex child = names_.find_plural(name); child != kNoIndex) {
    const std::vector<std::string> children = names_.plurals_in(kind);
    const std::string way_out = on_line            ? "write a line for each"
                                : children.empty() ? "write the list at the top level, with `in:`"
                                                   : "here may stand: " + joined(children);
    findings_.add(DiagCode::snapshot_misplaced_list, document_.span(key),
                  {std::string(name), on_line ? "a line" : info.name, way_out});
    if (is_list) children_.push_back({value, child, true});
    return;
  }

  const std::vector<std::string> known = known_keys(kind, entity.stands);
  const auto complain = [&](std::string suggestion) {
    findings_.add(DiagCode::snapshot_unknown_key, document_.span(key),
                  {info.name, shown(name), joined(known)}, std::move(suggestion));
  };
  const auto absent = [&](std::string_view other) { return document_.find(entity.map, other) == 0; };

  if (on_line && name == "id") return complain("`entity` says it: leave this out");
  if (lacks_blank(key)) {
    const std::string_view before = name.substr(0, name.find(':'));
    const std::string after(name.substr(before.size() + 1));
    if (std::find(known.begin(), known.end(), before) != known.end()) {
      if (incomplete_.empty() || incomplete_.back() != entity.where) incomplete_.push_back(entity.where);
      if (before == "in") entity.placed = false;
      return complain(did_you_mean_word(std::string(before) + ": " + after));
    }
  }

  // A list of what may stand here, by the name of its kind.
  for (std::size_t child = 1; child < names_.schema().kinds.size(); ++child) {
    const KindInfo& other = names_.schema().kinds[child];
    if (!is_list || on_line || name != other.name ||
        !names_.may_stand_in(static_cast<KindIndex>(child), kind))
      continue;
    complain(did_you_mean_word(other.plural));
    return children_.push_back({value, static_cast<KindIndex>(child), false});
  }
  if (entity.stands != Stands::in_parent && !info.parents.empty() && absent("in")) {
    KindIndex bare = kNoIndex;
    for (const KindIndex parent : info.parents)
      if (names_kind(name, names_.name_of(parent))) bare = parent;
    const bool generic = is_one_of(name, {"parent", "parent_id", "parentId", "within", "under", "inside"});
    if (bare != kNoIndex || generic) {
      if (bare == kNoIndex && info.parents.size() == 1) bare = info.parents.front();
      const bool bare_id = is_text && document_.text(value).find(':') == std::string_view::npos;
      complain("did you mean " +
               (bare_id && bare != kNoIndex
                    ? names_.setting("in", names_.name_of(EntityRef{bare, document_.text(value)}))
                    : std::string("'in'")) +
               "?");
      return parent_of(key, entity, bare);
    }
  }
  // A role, as though its holders were a list of the entity's.
  const std::vector<std::string> roles = names_.roles_of(kind);
  std::vector<std::string> all = known;
  all.insert(all.end(), roles.begin(), roles.end());
  const auto exact = std::find(roles.begin(), roles.end(), name);
  const std::string* role = exact != roles.end() ? &*exact : text::nearest(name, all);
  if (role != nullptr && std::find(roles.begin(), roles.end(), *role) == roles.end()) role = nullptr;
  if (role != nullptr && (is_list || is_text)) {
    complain("did you mean " + names_.granting(*role) + "?");
    const RoleIndex index = names_.find_role(kind, *role);
    if (is_text) return grant_item(value, *role, {index, {}, 0}, entity.self);
    for (NodeIndex i = Document::first(value); i != document_.last(value); i = document_.after(i))
      grant_item(i, *role, {index, {}, 0}, entity.self);
    return;
  }
  const std::string* const near = text::nearest(name, known);
  std::string suggestion = near == nullptr ? std::string() : did_you_mean_word(*near);
  const bool is_subject = info.category == KindCategory::subject;
  if (near == nullptr && is_subject && (name == "role" || names_.kinds_with_role(name) != 0))
    suggestion = "roles are granted on what they are held at, by `grants`";
  if (near == nullptr && entity.stands == Stands::in_parent &&
      is_one_of(name, {"parent", "parent_id", "parentId"}))
    suggestion = "it is written within its parent: leave this out";
  complain(std::move(suggestion));
  if (near == nullptr) {
    if (is_list && !on_line && holds_maps(document_, value)) losses_.unnamed_list();
    return;
  }
  if (!absent(*near)) return;
  if (const AttributeIndex index = names_.find_attribute(kind, *near); index != kNoIndex)
    return attribute(value, index, entity.where);
  if (*near == "in") return parent_of(key, entity, kNoIndex);
  if (*near == "grants" || *near == "members") {
    (*near == "members" ? members_ : grants_) = value;
  } else if (const KindIndex child = names_.find_plural(*near); child != kNoIndex && is_list) {
    children_.push_back({value, child, false});
  }
}

// {"user":"ann"} means {"entity":"user:ann"}.
void EntityReader::unknown_line(NodeIndex map) {
  std::string suggestion;
  // What a document begins with says of a file of lines nothing.
  bool lost = document_.find(map, "snapshot") != 0;
  if (lost) suggestion = "lines bear no version: leave this one out";
  for (NodeIndex key = Document::first(map); key != document_.last(map); key = document_.after(key + 1)) {
    if (document_[key].kind != Kind::quoted || document_[key + 1].kind != Kind::quoted) continue;
    std::string_view id = document_.text(key + 1);
    const std::size_t colon = id.find(':');
    const std::string_view named = document_.text(key);
    KindIndex kind = names_.find_kind(colon == std::string_view::npos ? named : id.substr(0, colon));
    // {"kind":"user","id":"ann"}
    const NodeIndex other = document_.find(map, "id");
    if (colon == std::string_view::npos && other != 0 && document_[other].kind == Kind::quoted &&
        kind == kNoIndex && names_.find_kind(id) != kNoIndex) {
      kind = names_.find_kind(id);
      id = document_.text(other);
    }
    if (kind == kNoIndex || kind == kSystemKind || id.size() > 60) continue;
    const std::string_view own = id.substr(colon == std::string_view::npos ? 0 : colon + 1);
    if (suggestion.empty())
      suggestion = "did you mean {\"entity\":\"" + names_.name_of(EntityRef{kind, own}) + "\"}?";
    losses_.entity(kind, own);
    lost = true;
  }
  if (!lost) losses_.all();
  findings_.add(DiagCode::snapshot_unknown_line, document_.start(map), {}, std::move(suggestion));
}

void EntityReader::unknown_list(NodeIndex key) {
  const std::string_view name = document_.text(key);
  const NodeIndex value = key + 1;
  std::vector<std::string> known = {"snapshot", "system", "grants", "end"};
  for (std::string& plural : names_.plurals()) known.push_back(std::move(plural));
  const KindIndex kind = names_.find_kind(name);
  const std::string* near = text::nearest(name, known);
  if (name == "version") near = known.data();
  if (kind != kNoIndex && kind != kSystemKind) near = &names_.schema().kinds[kind].plural;
  findings_.add(DiagCode::snapshot_unknown_key, document_.span(key),
                {"a snapshot", shown(name), joined(known)},
                near == nullptr ? std::string() : did_you_mean_word(*near));
  if (near == nullptr) {
    if (document_[value].kind == Kind::list && holds_maps(document_, value)) losses_.unnamed_list();
    return;
  }
  if (const KindIndex meant = names_.find_plural(*near); meant != kNoIndex) {
    entities(value, meant, nullptr);
  } else if (*near == "grants") {
    grants_at_top(value);
  } else if (*near == "system") {
    if (document_[value].kind == Kind::map && document_.find(0, "system") == 0)
      system(value, key, false);
    else
      losses_.kind(kSystemKind);
  }
}

}  // namespace policyc::snapshot
