#pragma once

// Random policies, as text that a person could have written, and random facts and requests about them.
//
// A PolicySpec is what the generator knows of the policy that it wrote: enough to make facts and requests of
// the declared types, and nothing of what the rules mean. The same seed gives the same case on every machine.

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "oracle/oracle.hpp"

namespace policyc::differential {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed * 0x9E3779B97F4A7C15u + 1) {}
  // As the bytes say while there are any: a fuzzer looks for cases by changing them. They must outlive this.
  explicit Random(std::span<const std::uint8_t> bytes) : engine_(1), bytes_(bytes) {}
  // 0 … n - 1; the standard's distributions differ between libraries.
  std::size_t upto(std::size_t n) { return static_cast<std::size_t>(draw()) % n; }
  bool chance(unsigned percent) { return upto(100) < percent; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[upto(from.size())];
  }

 private:
  std::uint64_t draw() {
    if (bytes_.empty()) return engine_() >> 11;
    const std::uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }

  std::mt19937_64 engine_;
  std::span<const std::uint8_t> bytes_;
};

enum class Base : std::uint8_t { boolean, integer, string, time, duration, ip, enumeration, role, entity };

struct TypeSpec {
  Base base = Base::boolean;
  bool set = false;
  bool optional = false;
  std::vector<std::string> of = {};  // the enum, the role's scope, or the kinds
  bool cross = false;
  bool acyclic = false;  // facts lead to what was named before alone

  [[nodiscard]] std::string text() const;
};

struct AttributeSpec {
  std::string name;
  TypeSpec type;
  bool from_request = false;
  bool has_default = false;
  bool feeds_role = false;
  std::string fallback = {};  // " = …" or ""
};

// base: granted or from attributes; rolled_up: from children; top: rests on `if` or other entities' roles. A
// role depends on earlier ones only, so roles never go in circles.
enum class RoleLevel : std::uint8_t { base, rolled_up, top };

struct RoleSpec {
  std::string name;
  RoleLevel level = RoleLevel::base;
  bool granted = true;
  bool assignable = true;
  bool is_public = false;
  bool open = false;
};

struct ActionSpec {
  std::string name;
  std::string wire;
  std::vector<AttributeSpec> parameters = {};
  std::size_t order = 0;  // an inlined `may` asks for actions of lower order only
};

struct KindSpec {
  std::string name;
  std::string plural;
  bool subject = false;
  std::vector<std::size_t> parents = {};  // indices of kinds; none: a root
  std::vector<AttributeSpec> attributes = {};
  std::vector<RoleSpec> roles = {};
  std::vector<ActionSpec> actions = {};
  std::vector<std::string> ceiling = {};  // of its open role: actions, as callers name them
  std::vector<std::string> members = {};  // of a group; then it is a `subject` that asks for nothing
  bool cross = false;  // its entities let in what stands in another root: as grantees, or as members
};

struct EnumSpec {
  std::string name;
  std::vector<std::string> members;
};

struct PolicySpec {
  std::vector<KindSpec> kinds;  // [0] is system; parents stand before children
  std::vector<EnumSpec> enums;
  std::vector<AttributeSpec> context;
  std::vector<std::string> declarations;  // one text each: kinds, enums, conditions …
  std::vector<std::string> rules;

  [[nodiscard]] std::string text() const;
  // Whether `above` can stand above `kind` (or is it), and whether it always does.
  [[nodiscard]] bool may_be_above(std::size_t kind, std::size_t above) const;
  [[nodiscard]] bool is_always_above(std::size_t kind, std::size_t above) const;
};

PolicySpec random_policy(Random& random);

// Facts that keep the policy's schema, and what both engines are asked about them.
oracle::Snapshot random_snapshot(const PolicySpec& policy, Random& random);
std::vector<oracle::Request> random_requests(const PolicySpec& policy, const oracle::Snapshot& snapshot,
                                             Random& random, std::size_t rounds);

// The same facts as JSON Lines and as YAML; the order of facts is random where it means nothing.
std::string to_json_lines(const PolicySpec& policy, const oracle::Snapshot& snapshot, Random& random);
std::string to_yaml(const PolicySpec& policy, const oracle::Snapshot& snapshot, Random& random);

}  // namespace policyc::differential
