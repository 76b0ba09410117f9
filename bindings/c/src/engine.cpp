// Engines, readers, and what the library says of itself.

#include "conversion.hpp"

namespace policyc::c {
namespace {

// Refuses what is not one of the choices of trust.
[[nodiscard]] bool is_trust(std::uint32_t trust) noexcept { return trust == POLICYC_TRUST_UNSIGNED_LOCAL; }

[[nodiscard]] std::span<const std::byte> bytes(const void* data, std::size_t size) noexcept {
  return {static_cast<const std::byte*>(data), size};
}

int said(const Error& error, char* message, std::size_t room) noexcept {
  put(error.message, message, room);
  return failed(error.code);
}

int refused(ErrorCode code, char* message, std::size_t room) noexcept {
  put(describe(code), message, room);
  return failed(code);
}

// What a caller who could not read a file hands over.
int missing(const char* what, char* message, std::size_t room) noexcept {
  put(what, message, room);
  return failed(ErrorCode::malformed);
}

// Runs a load. What it throws leaves a sentence, too, since a caller prints the message after every error.
template <class Work>
int told(char* message, std::size_t room, Work work) noexcept {
  bool returned = false;
  const int outcome = guarded([&] {
    const int loaded = work();
    returned = true;
    return loaded;
  });
  return returned ? outcome : refused(code_of(outcome), message, room);
}

int taken(const Result<std::uint64_t>& loaded, std::uint64_t* generation, char* message,
          std::size_t room) noexcept {
  if (!loaded) return said(loaded.error(), message, room);
  if (generation != nullptr) *generation = *loaded;
  return 1;
}

}  // namespace
}  // namespace policyc::c

using namespace policyc;
using namespace policyc::c;

extern "C" {

const char* policyc_version(void) { return POLICYC_VERSION; }
uint32_t policyc_abi(void) { return POLICYC_ABI; }

// Both tables are of string literals, so what they give ends in NUL.
const char* policyc_error_name(int code) { return name_of(code_of(code)).data(); }
const char* policyc_error_text(int code) { return describe(code_of(code)).data(); }

policyc_engine* policyc_engine_new(void) { return new (std::nothrow) policyc_engine; }
void policyc_engine_free(policyc_engine* engine) { delete engine; }

int policyc_engine_load(policyc_engine* engine, uint32_t trust, const void* program, size_t program_size,
                        const void* snapshot, size_t snapshot_size, uint64_t* generation, char* message,
                        size_t room) {
  return told(message, room, [&] {
    if (engine == nullptr || !is_trust(trust)) return refused(ErrorCode::malformed, message, room);
    if (program == nullptr) return missing("no bytes were given for the policy's image", message, room);
    if (snapshot == nullptr) return missing("no bytes were given for the snapshot's image", message, room);
    auto loaded = Program::load(bytes(program, program_size), Trust::unsigned_local());
    if (!loaded) return said(loaded.error(), message, room);
    auto facts = Snapshot::load(bytes(snapshot, snapshot_size), loaded->schema(), loaded->schema_digest());
    if (!facts) return said(facts.error(), message, room);
    return taken(engine->engine.reload(std::move(*loaded), std::move(*facts)), generation, message, room);
  });
}

int policyc_engine_load_program(policyc_engine* engine, uint32_t trust, const void* program,
                                size_t program_size, uint64_t* generation, char* message, size_t room) {
  return told(message, room, [&] {
    if (engine == nullptr || !is_trust(trust)) return refused(ErrorCode::malformed, message, room);
    if (program == nullptr) return missing("no bytes were given for the policy's image", message, room);
    auto loaded = Program::load(bytes(program, program_size), Trust::unsigned_local());
    if (!loaded) return said(loaded.error(), message, room);
    return taken(engine->engine.reload(std::make_shared<const Program>(std::move(*loaded))), generation,
                 message, room);
  });
}

int policyc_engine_load_snapshot(policyc_engine* engine, const void* snapshot, size_t snapshot_size,
                                 uint64_t* generation, char* message, size_t room) {
  return told(message, room, [&] {
    if (engine == nullptr) return refused(ErrorCode::malformed, message, room);
    if (snapshot == nullptr) return missing("no bytes were given for the snapshot's image", message, room);
    const std::shared_ptr<const Program> program = engine->engine.program();
    if (program == nullptr) return refused(ErrorCode::not_loaded, message, room);
    auto facts = Snapshot::load(bytes(snapshot, snapshot_size), program->schema(), program->schema_digest());
    if (!facts) return said(facts.error(), message, room);
    return taken(engine->engine.reload(std::make_shared<const Snapshot>(std::move(*facts))), generation,
                 message, room);
  });
}

uint64_t policyc_engine_generation(const policyc_engine* engine) {
  return engine == nullptr ? 0 : engine->engine.stats().generation;
}

policyc_reader* policyc_reader_new(policyc_engine* engine) {
  return engine == nullptr ? nullptr : new (std::nothrow) policyc_reader(engine->engine.reader());
}
void policyc_reader_free(policyc_reader* reader) { delete reader; }

}  // extern "C"
