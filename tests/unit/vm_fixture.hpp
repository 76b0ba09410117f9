#pragma once

// Hand-assembled programs over one small schema, for the tests of the vm alone.
//
//   system  role root
//   user    level: int = 1 from request, badge: string (required of unknown ones too)
//   organization  frozen: bool = false, networks: set<ip> = {}, plan: enum plan = free
//           role member, admin, lead (rolled up from folder.contributor, not granted)
//   folder in folder, organization   role viewer, contributor (rolled up from task.annotators)
//   task in folder  annotators: set<user>, owner: user?, title: string = "", due: time?, tags: set<string> =
//   {},
//           draft: bool = false from request   role labeler from annotators

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "program_parts.hpp"
#include "schema_check.hpp"

namespace policyc::vm::testing {

inline constexpr KindIndex kUser = 1, kOrganization = 2, kFolder = 3, kTask = 4, kService = 5;
inline constexpr AttributeIndex kLevel = 0, kBadge = 1, kFrozen = 2, kNetworks = 3, kPlan = 4,
                                kAnnotators = 5, kOwner = 6, kTitle = 7, kDue = 8, kTags = 9, kDraft = 10,
                                kKey = 11;
inline constexpr RoleIndex kRoot = 0, kMember = 1, kAdmin = 2, kLead = 3, kViewer = 4, kContributor = 5,
                           kLabeler = 6;

inline constexpr Type kBool{TypeKind::boolean, TypeKind::boolean, false, 0};
inline constexpr Type kInt{TypeKind::integer, TypeKind::boolean, false, 0};
inline constexpr Type kString{TypeKind::string, TypeKind::boolean, false, 0};
inline constexpr Type kTime{TypeKind::time, TypeKind::boolean, false, 0};
inline constexpr Type kDuration{TypeKind::duration, TypeKind::boolean, false, 0};
inline constexpr Type kIp{TypeKind::ip, TypeKind::boolean, false, 0};
inline constexpr Type kPlanType{TypeKind::enumeration, TypeKind::boolean, false, 0};
inline constexpr Type kOrganizationRole{TypeKind::role, TypeKind::boolean, false, kOrganization};
inline constexpr Type kUserType{TypeKind::entity, TypeKind::boolean, false, 1U << kUser};
inline constexpr Type kAnyEntity{TypeKind::entity, TypeKind::boolean, false, 0x3E};

inline constexpr Type set_of(Type element) { return {TypeKind::set, element.kind, false, element.argument}; }
inline constexpr Type optional(Type type) {
  type.optional = true;
  return type;
}

inline DefaultValue number(std::int64_t value) { return {value, {}, {}}; }
inline DefaultValue text(std::string value) { return {0, std::move(value), {}}; }
inline DefaultValue entity(KindIndex kind, std::string id) { return {kind, std::move(id), {}}; }
inline DefaultValue elements(std::vector<DefaultValue> values) { return {0, {}, std::move(values)}; }

inline KindInfo kind(std::string name, KindCategory category, std::vector<KindIndex> parents,
                     std::vector<AttributeIndex> attributes, std::vector<RoleIndex> roles,
                     std::uint64_t ancestors, bool self_nesting, std::uint64_t rolled_up_bits) {
  KindInfo info;
  info.plural = name + "s";
  info.name = std::move(name);
  info.category = category;
  info.parents = std::move(parents);
  info.attributes = std::move(attributes);
  info.roles = std::move(roles);
  info.ancestors = ancestors;
  info.self_nesting = self_nesting;
  info.rolled_up_bits = rolled_up_bits;
  // task at 0, folder at 4, organization at 8, system at 16: the same in every word.
  info.word_offsets = {16, kNoIndex, 8, 4, 0, kNoIndex};
  return info;
}

inline RoleInfo role(std::string name, KindIndex of, bool grantable, std::uint8_t flow, std::uint8_t up) {
  RoleInfo info;
  info.name = std::move(name);
  info.kind = of;
  info.grantable = grantable;
  info.flow_bit = flow;
  info.up_bit = up;
  return info;
}

inline AttributeInfo attribute(std::string name, KindIndex of, Type type, bool from_request = false,
                               std::optional<DefaultValue> fallback = std::nullopt) {
  return {std::move(name), of, type, from_request, std::move(fallback)};
}

inline Schema schema() {
  Schema s;
  s.enums = {{"plan", {"free", "team", "enterprise"}}};
  s.kinds = {
      kind("system", KindCategory::system, {}, {}, {kRoot}, 0, false, 0),
      kind("user", KindCategory::subject, {}, {kLevel, kBadge}, {}, 0, false, 0),
      kind("organization", KindCategory::scope, {}, {kFrozen, kNetworks, kPlan}, {kMember, kAdmin, kLead}, 0,
           false, 4),
      kind("folder", KindCategory::scope, {kFolder, kOrganization}, {}, {kViewer, kContributor},
           1U << kFolder | 1U << kOrganization, true, 2),
      kind("task", KindCategory::scope, {kFolder}, {kAnnotators, kOwner, kTitle, kDue, kTags, kDraft},
           {kLabeler}, 1U << kFolder | 1U << kOrganization, false, 0),
      kind("service", KindCategory::subject, {}, {kKey}, {}, 0, false, 0),
  };
  s.attributes = {
      attribute("level", kUser, kInt, true, number(1)),
      attribute("badge", kUser, kString, false, text("none")),
      attribute("frozen", kOrganization, kBool, false, number(0)),
      attribute("networks", kOrganization, set_of(kIp), false, elements({})),
      attribute("plan", kOrganization, kPlanType, false, number(0)),
      attribute("annotators", kTask, set_of(kUserType), false, elements({})),
      attribute("owner", kTask, optional(kUserType)),
      attribute("title", kTask, kString, false, text("")),
      attribute("due", kTask, optional(kTime)),
      attribute("tags", kTask, set_of(kString), false, elements({})),
      attribute("draft", kTask, kBool, true, number(0)),
      attribute("key", kService, kString, true),
  };
  s.roles = {
      role("root", kSystemKind, true, 0, kNoBit),    role("member", kOrganization, true, 0, kNoBit),
      role("admin", kOrganization, true, 1, kNoBit), role("lead", kOrganization, false, kNoBit, 2),
      role("viewer", kFolder, true, 0, kNoBit),      role("contributor", kFolder, false, kNoBit, 1),
      role("labeler", kTask, true, 0, kNoBit),
  };
  s.roles[kAdmin].assignable = false;
  s.roles[kLead].roll_up_roles = {{kFolder, 2}};
  s.roles[kContributor].roll_up_attributes = {kAnnotators};
  s.roles[kLabeler].attribute_sources = {kAnnotators};
  s.roll_up_order = {kContributor, kLead};
  s.first_subject = kUser;
  return s;
}

// Bits of the role word by role, as flow or up.
inline RoleMask mask_of(std::initializer_list<RoleIndex> roles) {
  const Schema s = schema();
  RoleMask mask{};
  for (const RoleIndex index : roles) {
    const RoleInfo& info = s.roles[index];
    for (const std::uint8_t raw : {info.flow_bit, info.up_bit})
      if (raw != kNoBit) mask[0] |= std::uint64_t{1} << (s.kinds[kTask].word_offsets[info.kind] + raw);
  }
  return mask;
}

// Code with labels: `target` of a jump is a label until place() says where it is.
class Assembler {
 public:
  using Label = std::size_t;

  Label label() {
    places_.push_back(0);
    return places_.size() - 1;
  }
  Assembler& place(Label label) {
    places_[label] = code_.size();
    return *this;
  }
  Assembler& op(Op op, std::uint8_t a = 0, std::uint8_t b = 0, std::uint16_t c = 0) {
    code_.push_back({op, a, b, 0, 0, c});
    return *this;
  }
  // A test that jumps when its outcome is `sense`, a load that jumps when there is nothing.
  Assembler& jump(Label label, Op op, std::uint8_t a = 0, std::uint8_t b = 0, std::uint16_t c = 0,
                  bool sense = false) {
    jumps_.push_back({code_.size(), label});
    code_.push_back({op, a, b, sense ? kSense : std::uint8_t{0}, 0, c});
    return *this;
  }
  [[nodiscard]] std::vector<Instruction> take() {
    for (const auto& [at, label] : jumps_)
      code_[at].target = static_cast<std::uint16_t>(places_[label] - at - 1);
    return code_;
  }

 private:
  struct Jump {
    std::size_t at;
    Label label;
  };
  std::vector<Instruction> code_;
  std::vector<std::size_t> places_;
  std::vector<Jump> jumps_;
};

inline const std::vector<Instruction>& deny_code() {
  static const std::vector<Instruction> code = {{Op::deny, 0, 0, 0, 0, 0}};
  return code;
}

// Adds an action with its three runs.
inline void add_action(ProgramParts& parts, ActionInfo action, const std::vector<Instruction>& decide,
                       const std::vector<Instruction>& reasons = deny_code(),
                       const std::vector<Instruction>& times = deny_code()) {
  const auto append = [&](const std::vector<Instruction>& code) {
    const auto begin = static_cast<std::uint32_t>(parts.code.size());
    parts.code.insert(parts.code.end(), code.begin(), code.end());
    return CodeRange{begin, static_cast<std::uint32_t>(parts.code.size())};
  };
  if (action.wire_name.empty()) action.wire_name = action.name;
  parts.actions.push_back(std::move(action));
  const CodeRange first = append(decide);
  const CodeRange second = append(reasons);
  parts.action_code.push_back({first, second, append(times)});
  parts.anchors.push_back({true, {}});
}

inline ActionInfo action(std::string name, KindIndex kind = kTask) {
  ActionInfo info;
  info.name = std::move(name);
  info.kind = kind;
  return info;
}

// Rule 0 allows, rule 1 forbids.
inline ProgramParts parts() {
  ProgramParts p;
  p.name = "fixture";
  p.version = "1.0.0";
  p.schema = schema();
  p.rules = {{"allow-it", "", "fixture.policy:1", RuleEffect::allow},
             {"forbid-it", "never", "fixture.policy:2", RuleEffect::forbid}};
  return p;
}

// A program with one action, task.act, that has this code.
inline ProgramParts with_code(const std::vector<Instruction>& decide,
                              const std::vector<Instruction>& reasons = deny_code()) {
  ProgramParts p = parts();
  ActionInfo info = action("act");
  p.context = {{"ip", kIp, std::nullopt}, {"channel", kString, text("ui")}};
  add_action(p, std::move(info), decide, reasons);
  return p;
}

}  // namespace policyc::vm::testing
