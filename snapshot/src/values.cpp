#include "values.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <string>

#include "text_values.hpp"

namespace policyc::snapshot {

using text::DiagCode;
using text::did_you_mean;
using Kind = Node::Kind;

std::string Called::phrase() const {
  return std::string(element ? "an element of '" : "'") + shown(key) + "'";
}

bool ValueReader::is_value(NodeIndex node, Called name) const {
  switch (document_[node].kind) {
    case Kind::quoted:
    case Kind::plain:
    case Kind::literal: return true;
    case Kind::map:
    case Kind::list:
      complain(DiagCode::snapshot_expected_value, node, {name.phrase(), described(document_, node)});
      return false;
    case Kind::null:
      complain(DiagCode::snapshot_no_value, node,
               {name.phrase(), name.element ? "it" : "the key",
                name.may_be_empty ? ", or write \"\" for an empty text" : ""});
      return false;
    case Kind::broken: break;
  }
  return false;
}

std::optional<std::string_view> ValueReader::text(NodeIndex node, Called name) const {
  if (!is_value(node, name)) return std::nullopt;
  if (document_[node].kind != Kind::literal) return document_.text(node);
  complain(DiagCode::snapshot_expected_text, node, {name.phrase(), described(document_, node)});
  return std::nullopt;
}

bool ValueReader::is_id(NodeIndex node, std::string_view id) const {
  if (vm::is_valid_id(id)) return true;
  const char* const why = id.empty()                               ? "it is empty"
                          : id == "*"                              ? "it stands for everyone"
                          : id.find('#') != std::string_view::npos ? "it has a '#'"
                                                                   : "it has a control character";
  const char* const way_out =
      id == "*" ? "name principals one by one" : "use letters, digits and marks, without '#'";
  complain(DiagCode::snapshot_bad_id, node, {shown(id), why, way_out});
  return false;
}

std::optional<std::string_view> ValueReader::id(NodeIndex node) const {
  const std::optional<std::string_view> id = text(node, {"id"});
  return id && is_id(node, *id) ? id : std::nullopt;
}

EntityRef ValueReader::split(NodeIndex node, std::string_view text, KindIndex bare,
                             std::uint64_t kinds) const {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos && bare != kNoIndex)
    return is_id(node, text) ? EntityRef{bare, text} : EntityRef{};
  const std::string_view name = text.substr(0, colon);
  const KindIndex kind = names_.find_kind(name);
  if (colon == std::string_view::npos && kind == kSystemKind) return {kSystemKind, {}};
  if (colon == std::string_view::npos) {
    complain(DiagCode::snapshot_kind_needed, node,
             {shown(text),
              kind != kNoIndex ? shown(text) + ":ID"
              : std::has_single_bit(kinds)
                  ? names_.samples(kinds, shown(text))
                  : "KIND:" + shown(text) + (kinds == 0 ? "" : ", where KIND is " + names_.names_of(kinds))});
    return {};
  }
  if (kind == kNoIndex) {
    // Or a group, as other systems have them; or an id that has a colon itself: then it
    // bears its kind, too.
    std::string suggestion = did_you_mean(name, names_.kinds());
    if (suggestion.empty() && bare != kNoIndex && (name == "group" || name == "team"))
      suggestion = "the policy declares no such group: `group team in … of user {}`";
    if (suggestion.empty() && bare != kNoIndex && text.size() < 60)
      suggestion =
          "an id with a colon is written with its kind: " + names_.names_of(std::uint64_t{1} << bare) + ":" +
          std::string(text);
    complain(DiagCode::snapshot_unknown_kind, node, {shown(name), joined(names_.kinds())},
             std::move(suggestion));
    return {};
  }
  if (kind == kSystemKind) {
    complain(DiagCode::snapshot_bad_id, node,
             {shown(text), "there is one system, which has no id", "write system"});
    return {};
  }
  const std::string_view id = text.substr(colon + 1);
  return is_id(node, id) ? EntityRef{kind, id} : EntityRef{};
}

EntityRef ValueReader::entity(NodeIndex node, Called name, std::uint64_t kinds, KindIndex bare) const {
  const std::optional<std::string_view> written = text(node, name);
  return written ? split(node, *written, bare, kinds) : EntityRef{};
}

std::optional<Principal> ValueReader::principal(NodeIndex node, Called called, KindIndex bare) const {
  const std::optional<std::string_view> written = text(node, called);
  if (!written) return std::nullopt;
  const std::string_view text = *written;
  const std::size_t colon = text.find(':');
  if (text.substr(colon == std::string_view::npos ? 0 : colon + 1) == "*") return everyone(node, text);
  if (text.find('#') != std::string_view::npos) return userset(node, text);
  const EntityRef principal = split(node, text, bare, 0);
  if (!principal.known()) return std::nullopt;
  if (is_principal(names_.schema().kinds[principal.kind].category))
    return Principal::one(principal.kind, principal.id);
  complain(DiagCode::snapshot_not_a_principal, node, {shown(text), names_.name_of(principal.kind)});
  return std::nullopt;
}

// `user:*`
std::optional<Principal> ValueReader::everyone(NodeIndex node, std::string_view text) const {
  const Schema& schema = names_.schema();
  const std::string_view name = text.substr(0, text.size() - std::min<std::size_t>(text.size(), 2));
  const KindIndex kind = text == "*" ? kNoIndex : names_.find_kind(name);
  if (kind != kNoIndex && schema.kinds[kind].category == KindCategory::subject)
    return Principal::everyone(kind);
  const std::string subject =
      schema.first_subject == kNoIndex ? "user" : names_.name_of(schema.first_subject);
  const std::string why = text == "*"        ? std::string("this does not say which")
                          : kind == kNoIndex ? "the policy has no kind '" + shown(name) + "'"
                                             : "'" + shown(name) + "' is none";
  complain(DiagCode::snapshot_bad_everyone, node, {shown(text), why, subject});
  return std::nullopt;
}

// `workspace:claims#member`, `system#auditor`
std::optional<Principal> ValueReader::userset(NodeIndex node, std::string_view text) const {
  const std::size_t mark = text.find('#');
  const std::string_view name = text.substr(mark + 1);
  const EntityRef of = split(node, text.substr(0, mark), kNoIndex, 0);
  if (!of.known()) return std::nullopt;
  const RoleIndex role = names_.find_role(of.kind, name);
  if (role != kNoIndex) return Principal::userset(of.kind, of.id, role);
  const std::vector<std::string> roles = names_.roles_of(of.kind);
  complain(DiagCode::snapshot_bad_userset, node,
           {shown(text), names_.name_of(of.kind) + " has no role '" + shown(name) + "'"},
           did_you_mean(name, roles));
  return std::nullopt;
}

EntityRef ValueReader::member(NodeIndex node, KindIndex group) const {
  const std::optional<std::string_view> written = text(node, {"members", true});
  if (!written) return {};
  const std::uint64_t kinds = names_.schema().kinds[group].members;
  KindIndex bare = names_.schema().first_subject;
  if (bare == kNoIndex || ((kinds >> bare) & 1) == 0)
    bare = std::has_single_bit(kinds) ? static_cast<KindIndex>(std::countr_zero(kinds)) : kNoIndex;
  const EntityRef member = split(node, *written, bare, kinds);
  if (!member.known() || ((kinds >> member.kind) & 1) != 0) return member;
  complain(DiagCode::snapshot_wrong_kind, node,
           {shown(*written), names_.name_of(member.kind), names_.names_of(kinds), names_.samples(kinds)});
  return {};
}

RoleIndex ValueReader::role_named(NodeIndex node, std::string_view name, KindIndex kind) const {
  const RoleIndex role = names_.find_role(kind, name);
  if (role == kNoIndex) {
    const std::vector<std::string> roles = names_.roles_of(kind);
    const std::string* const near = text::nearest(name, roles);
    std::string suggestion = near == nullptr ? std::string() : "did you mean '" + *near + "'?";
    const std::string_view bare = name.substr(name.find('.') + 1);
    if (near == nullptr && names_.find_role(kind, bare) != kNoIndex)
      suggestion = "did you mean '" + std::string(bare) + "'?";
    if (const std::uint64_t others = names_.kinds_with_role(name); near == nullptr && others != 0)
      suggestion = "a role of " + names_.names_of(others) + ": grant it there";
    complain(DiagCode::snapshot_unknown_role, node,
             {shown(name), names_.name_of(kind),
              roles.empty() ? "it declares none" : "it declares " + joined(roles)},
             std::move(suggestion));
  }
  return role;
}

RoleIndex ValueReader::role(NodeIndex node, KindIndex kind) const {
  const std::optional<std::string_view> name = text(node, {"role"});
  return name ? role_named(node, *name, kind) : kNoIndex;
}

GrantedRole ValueReader::granted(NodeIndex node, KindIndex kind) const {
  const std::optional<std::string_view> name = text(node, {"role"});
  if (!name) return {};
  const text::Span span = document_.span(node);
  const std::uint64_t where = (std::uint64_t{span.begin} << 32) | span.end;
  if (const RoleIndex declared = names_.find_role(kind, *name); declared != kNoIndex)
    return {declared, {}, where};
  if (names_.schema().find_open_role(kind) != nullptr && vm::is_valid_id(*name))
    return {kNoIndex, *name, where};
  return {role_named(node, *name, kind), {}, where};
}

bool ValueReader::boolean(NodeIndex node, Called name, Fact& fact) const {
  if (!is_value(node, name)) return false;
  const std::string_view text = document_.text(node);
  fact.number = text == "true" ? 1 : 0;
  if (document_[node].kind != Kind::quoted && (text == "true" || text == "false")) return true;
  const auto is_any_of = [&](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
  };
  const bool yes = is_any_of({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "1", "y"});
  const bool no = is_any_of({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "0", "n"});
  complain(DiagCode::snapshot_expected_boolean, node, {name.phrase(), described(document_, node)},
           yes  ? "did you mean true?"
           : no ? "did you mean false?"
                : "");
  return false;
}

bool ValueReader::integer(NodeIndex node, Called name, Fact& fact) const {
  if (!is_value(node, name)) return false;
  const std::string_view text = document_.text(node);
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  const bool whole = !digits.empty() &&
                     std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (document_[node].kind == Kind::quoted || !whole || (digits.size() > 1 && digits.front() == '0')) {
    complain(DiagCode::snapshot_expected_integer, node, {name.phrase(), described(document_, node)});
    return false;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), fact.number);
  if (error == std::errc() && end == text.data() + text.size()) return true;
  complain(DiagCode::snapshot_integer_range, node, {shown(text)});
  return false;
}

bool ValueReader::member(NodeIndex node, std::string_view text, std::uint64_t enumeration, Fact& fact) const {
  const EnumInfo& info = names_.schema().enums[enumeration];
  const auto found = std::find(info.members.begin(), info.members.end(), text);
  fact.number = found - info.members.begin();
  if (found != info.members.end()) return true;
  complain(DiagCode::snapshot_unknown_member, node, {shown(text), info.name, joined(info.members)},
           did_you_mean(text, info.members));
  return false;
}

bool ValueReader::reference(NodeIndex node, std::string_view text, std::uint64_t kinds, Fact& fact) const {
  const bool one = std::has_single_bit(kinds);
  const auto only = static_cast<KindIndex>(std::countr_zero(kinds));
  EntityRef entity;
  if ((kinds & 1) != 0 && text == names_.name_of(kSystemKind))
    entity.kind = kSystemKind;
  else
    entity = split(node, text, one && only != kSystemKind ? only : kNoIndex, kinds);
  if (!entity.known()) return false;
  fact.number = entity.kind;
  fact.text = entity.id;
  if (((kinds >> entity.kind) & 1) != 0) return true;
  complain(DiagCode::snapshot_wrong_kind, node,
           {shown(text), names_.name_of(entity.kind), names_.names_of(kinds), names_.samples(kinds)});
  return false;
}

// A date alone, a time without a zone, or one finer than microseconds: what it would be in full.
std::string ValueReader::near_time(std::string_view text, TypeKind kind) {
  constexpr std::size_t kMostDigits = 6;
  if (kind == TypeKind::duration) {
    const bool digits =
        !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string_view::npos;
    return digits ? "seconds would be " + std::string(text) + "s" : std::string();
  }
  std::string full(text);
  if (full.size() > 10 && full[10] == ' ') full[10] = 'T';
  for (const char* rest : {"", "Z", "T00:00:00Z", ":00Z"})
    if (vm::parse_time(full + rest)) return "did you mean " + full + rest + "?";
  const std::size_t fraction = std::min(full.find('.'), full.size());
  const std::size_t end = std::min(full.find_first_not_of("0123456789", fraction + 1), full.size());
  if (end <= fraction + kMostDigits + 1) return {};
  full.erase(fraction + kMostDigits + 1, end - fraction - kMostDigits - 1);
  return vm::parse_time(full) ? "a second has six digits behind the point: " + full : std::string();
}

bool ValueReader::scalar(NodeIndex node, TypeKind kind, std::uint64_t argument, Called name,
                         Fact& fact) const {
  if (kind == TypeKind::boolean) return boolean(node, name, fact);
  if (kind == TypeKind::integer) return integer(node, name, fact);
  // A number without quotes is no time, and would be none in quotes.
  const bool is_number = document_[node].kind == Kind::literal &&
                         (kind == TypeKind::time || kind == TypeKind::duration || kind == TypeKind::ip);
  const std::optional<std::string_view> written = is_number ? document_.text(node) : text(node, name);
  if (!written) return false;
  const auto parsed = [&](std::optional<std::int64_t> number, DiagCode code) {
    fact.number = number.value_or(0);
    if (!number) complain(code, node, {name.phrase(), shown(*written)}, near_time(*written, kind));
    return number.has_value();
  };
  switch (kind) {
    case TypeKind::time: return parsed(vm::parse_time(*written), DiagCode::snapshot_bad_time);
    case TypeKind::duration: return parsed(vm::parse_duration(*written), DiagCode::snapshot_bad_duration);
    case TypeKind::enumeration: return member(node, *written, argument, fact);
    case TypeKind::entity: return reference(node, *written, argument, fact);
    case TypeKind::role: {
      const auto scope = static_cast<KindIndex>(argument);
      // Whether the snapshot defines it where it is asked for is known when all has been read.
      if (names_.find_role(scope, *written) == kNoIndex && names_.schema().find_open_role(scope) != nullptr &&
          vm::is_valid_id(*written)) {
        fact.number = kNoIndex;
        fact.text = *written;
        return true;
      }
      fact.number = role_named(node, *written, scope);
      return fact.number != kNoIndex;
    }
    case TypeKind::ip:
      fact.text = *written;
      if (vm::parse_ip(*written)) return true;
      complain(DiagCode::snapshot_bad_ip, node, {name.phrase(), shown(*written)});
      return false;
    default: fact.text = *written; return true;
  }
}

bool ValueReader::typed(NodeIndex node, const Type& type, Called name, Fact& fact,
                        std::vector<Fact>& elements) const {
  name.may_be_empty = type.kind == TypeKind::string;
  if (type.kind != TypeKind::set) return scalar(node, type.kind, type.argument, name, fact);
  if (document_[node].kind != Kind::list) {
    if (document_[node].kind == Kind::null)
      complain(DiagCode::snapshot_no_value, node,
               {name.phrase(), name.element ? "it" : "the key",
                name.may_be_empty ? ", or write \"\" for an empty text" : ""});
    else if (document_[node].kind != Kind::broken)
      complain(DiagCode::snapshot_expected_list, node,
               {name.phrase(), described(document_, node), as_list(document_, node)});
    return false;
  }
  // An element that was reported is left out; the others are looked at further.
  for (NodeIndex i = Document::first(node); i != document_.last(node); i = document_.after(i)) {
    Fact element;
    if (scalar(i, type.element, type.argument, {name.key, true, type.element == TypeKind::string}, element))
      elements.push_back(element);
  }
  return true;
}

}  // namespace policyc::snapshot
