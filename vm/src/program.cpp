// Program: the one door to verified parts, and read access to them.

#include "policyc/program.hpp"

#include <new>

#include "disassembler.hpp"
#include "no_memory.hpp"
#include "program_index.hpp"
#include "program_reader.hpp"

namespace policyc {

Program::Program(std::unique_ptr<const vm::ProgramParts> parts) noexcept : parts_(std::move(parts)) {}
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

Result<Program> Program::load(std::span<const std::byte> image, const Trust&) {
  try {
    auto parts = vm::read_program(image);
    if (!parts) return parts.error();
    std::vector<std::string> actions;
    for (const ActionInfo& action : (*parts)->actions)
      actions.push_back((*parts)->schema.kinds[action.kind].name + "." + action.wire_name);
    std::vector<std::string> kinds;
    for (const KindInfo& kind : (*parts)->schema.kinds) kinds.push_back(kind.name);
    (*parts)->index = std::make_shared<const vm::ProgramParts::Index>(
        vm::ProgramParts::Index{vm::NameTable(std::move(actions)), vm::NameTable(std::move(kinds))});
    return Program(std::move(*parts));
  } catch (const std::bad_alloc&) {
    return vm::no_memory();
  }
}

const std::string& Program::name() const noexcept { return parts_->name; }
const std::string& Program::version() const noexcept { return parts_->version; }
const Digest& Program::digest() const noexcept { return parts_->digest; }
const Digest& Program::schema_digest() const noexcept { return parts_->schema_digest; }
const Schema& Program::schema() const noexcept { return parts_->schema; }
std::span<const ActionInfo> Program::actions() const noexcept { return parts_->actions; }
std::span<const ParameterInfo> Program::context_fields() const noexcept { return parts_->context; }
std::span<const RuleInfo> Program::rules() const noexcept { return parts_->rules; }
std::span<const ObligationInfo> Program::obligations() const noexcept { return parts_->obligations; }

std::optional<ActionIndex> Program::find_action(std::string_view name) const noexcept {
  const std::uint16_t index = parts_->index->actions.find(name);
  if (index == vm::NameTable::kNone) return std::nullopt;
  return index;
}

KindIndex Program::find_kind(std::string_view name) const noexcept { return parts_->index->kinds.find(name); }

std::string Program::disassemble(std::optional<ActionIndex> action) const {
  return vm::disassemble(*parts_, action);
}

}  // namespace policyc
