#pragma once

// A verified, immutable policy program: the schema it was written for, its
// actions and their code.
//
//   auto program = policyc::Program::load(bytes, policyc::Trust::unsigned_local());
//   if (!program) return program.error();                        // bad_magic, bad_digest, bad_code …
//   for (const policyc::ActionInfo& action : program->actions()) …
//
// `policyc build` writes the bytes, compiler/compile.hpp makes them in a process.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policyc/digest.hpp"
#include "policyc/result.hpp"
#include "policyc/schema.hpp"

namespace policyc {

namespace vm {
struct ProgramParts;
class ProgramAccess;
}  // namespace vm

// Whose images are loaded. There is no default: the caller chooses.
class Trust {
 public:
  // The bytes come from a place that the host itself controls (its own file, its
  // own compiler); their digest is checked, their origin is not.
  static Trust unsigned_local() noexcept { return Trust(); }

 private:
  Trust() = default;
};

using ActionIndex = std::uint16_t;
using RuleIndex = std::uint16_t;
using ObligationIndex = std::uint16_t;

struct ParameterInfo {
  std::string name;
  Type type;
  std::optional<DefaultValue> fallback;
};

struct ActionInfo {
  std::string name;       // plain name, after the dot
  std::string wire_name;  // what callers say after the dot; equals name unless `as "…"`
  std::string title;      // may be empty
  KindIndex kind = 0;
  std::vector<ParameterInfo> parameters;
  std::vector<std::uint16_t> required_context;  // fields its rules mention, as written
  bool needs_now = false;                       // a time test counts
  std::string cost;                             // "14 + 3·|task.annotators|"
};

enum class RuleEffect : std::uint8_t { forbid = 0, allow = 1 };

struct RuleInfo {
  std::string id;      // @id, else file:line
  std::string reason;  // @reason, may be empty
  std::string place;   // file:line
  RuleEffect effect = RuleEffect::forbid;
  std::vector<ObligationIndex> obligations = {};  // what it obliges to, as written
};

// What an enforcement point must carry out where a rule that says so decides:
// `obliging notify("privacy@acme.io")`. Rules that write the same share one.
struct ObligationInfo {
  struct Argument {
    std::string name;
    Type type;
    std::optional<DefaultValue> value;  // none: an optional parameter, left out

    friend bool operator==(const Argument&, const Argument&) = default;
  };
  std::string name;
  std::vector<Argument> arguments;  // one for each parameter, in their order

  friend bool operator==(const ObligationInfo&, const ObligationInfo&) = default;
};

// {"name":"notify","arguments":{"to":"privacy@acme.io"}}: one line of JSON, entities
// as "kind:id", times as RFC 3339, durations in seconds as "90s". Allocates.
[[nodiscard]] std::string to_json(const ObligationInfo& obligation, const Schema& schema);

// Thread safety: const member functions may be called from any number of
// threads at once, without locks. Lifetime: owns its bytes.
class Program {
 public:
  // Checks the image and takes a copy of what it says. All checking happens
  // here, once: a Program that exists is safe to run.
  //
  // Errors: bad_magic, bad_version, bad_digest, bad_image, bad_code,
  // out_of_memory. Cost: O(image.size()) time and memory.
  [[nodiscard]] static Result<Program> load(std::span<const std::byte> image, const Trust& trust);

  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;
  ~Program();

  [[nodiscard]] const std::string& name() const noexcept;     // from `policy NAME`
  [[nodiscard]] const std::string& version() const noexcept;  // from `version "…"`, may be empty
  [[nodiscard]] const Digest& digest() const noexcept;        // of the whole image
  // Of the schema alone: a snapshot that was made for the same one goes with this program.
  [[nodiscard]] const Digest& schema_digest() const noexcept;
  // What the policy declares. This, and each of the tables below, lives as long as the program.
  [[nodiscard]] const Schema& schema() const noexcept;
  // By ActionIndex: the actions of all kinds.
  [[nodiscard]] std::span<const ActionInfo> actions() const noexcept;
  // By the number that `required_context` and the detail of missing_context give.
  [[nodiscard]] std::span<const ParameterInfo> context_fields() const noexcept;
  // By RuleIndex, in source order.
  [[nodiscard]] std::span<const RuleInfo> rules() const noexcept;
  // By ObligationIndex: what rules oblige to, each once.
  [[nodiscard]] std::span<const ObligationInfo> obligations() const noexcept;

  // "task.label" by wire name. O(1), allocates nothing.
  [[nodiscard]] std::optional<ActionIndex> find_action(std::string_view name) const noexcept;
  // "user" → its kind. O(1), allocates nothing.
  [[nodiscard]] KindIndex find_kind(std::string_view name) const noexcept;

  // The code of every action, or of one, as text (see docs/bytecode.md).
  [[nodiscard]] std::string disassemble(std::optional<ActionIndex> action = std::nullopt) const;

 private:
  friend class vm::ProgramAccess;
  explicit Program(std::unique_ptr<const vm::ProgramParts> parts) noexcept;
  std::unique_ptr<const vm::ProgramParts> parts_;
};

}  // namespace policyc
