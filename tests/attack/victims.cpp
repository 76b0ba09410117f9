#include "victims.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "differential/generator.hpp"
#include "differential/product.hpp"
#include "policyc/compiler/compile.hpp"
#include "policyc/snapshot_builder.hpp"

namespace policyc::attack {
namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool read_facts(Victim& victim) {
  snapshot::ReadResult read = snapshot::read_text("facts", victim.facts, victim.format,
                                                  victim.program->schema(), victim.program->schema_digest());
  victim.snapshot_image = std::move(read.image);
  if (victim.snapshot_image.empty()) return false;
  auto loaded =
      Snapshot::load(victim.snapshot_image, victim.program->schema(), victim.program->schema_digest());
  if (!loaded) return false;
  victim.snapshot = std::make_shared<const Snapshot>(std::move(loaded).value());
  return true;
}

}  // namespace

std::optional<Victim> random_victim(std::uint64_t seed, std::size_t most) {
  differential::Random random(seed);
  const differential::PolicySpec spec = differential::random_policy(random);
  const differential::CompiledPolicy policy(spec.text());
  if (!policy.sound() || policy.image().size() > most) return std::nullopt;
  Victim victim;
  victim.name = "seed " + std::to_string(seed);
  victim.program_image = policy.image();
  victim.program = policy.program();
  const oracle::Snapshot facts = differential::random_snapshot(spec, random);
  victim.facts = differential::to_json_lines(spec, facts, random);
  if (!read_facts(victim)) return std::nullopt;
  return victim;
}

std::vector<Victim> published_victims() {
  std::vector<std::filesystem::path> folders;
  const std::filesystem::path root = std::filesystem::path(POLICYC_SOURCE_DIR) / "policies";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
    if (entry.path().filename() == "policy.policy") folders.push_back(entry.path().parent_path());
  std::sort(folders.begin(), folders.end());
  std::vector<Victim> victims;
  for (const std::filesystem::path& folder : folders) {
    const text::LoadedPackage package = text::load_package(folder.string());
    compiler::CompileResult compiled = compiler::compile(package);
    if (compiled.image.empty()) continue;
    auto program = Program::load(compiled.image, Trust::unsigned_local());
    if (!program) continue;
    Victim victim;
    victim.name = std::filesystem::relative(folder, root).string();
    victim.program_image = std::move(compiled.image);
    victim.program = std::make_shared<const Program>(std::move(program).value());
    for (const char* name : {"facts.yaml", "snapshot.yaml", "acme.yaml", "organization.yaml"})
      if (victim.facts.empty() && std::filesystem::exists(folder / name)) {
        victim.facts = contents(folder / name);
        victim.format = snapshot::Format::yaml;
      }
    if (read_facts(victim)) victims.push_back(std::move(victim));
  }
  return victims;
}

std::shared_ptr<const Snapshot> facts_for(const Program& program, const Victim& victim) {
  const snapshot::ReadResult read =
      snapshot::read_text("facts", victim.facts, victim.format, program.schema(), program.schema_digest());
  Bytes image = read.image;
  if (image.empty()) {
    SnapshotBuilder builder(program.schema(), program.schema_digest());
    builder.system({}, 0);
    image = builder.finish().image;
  }
  if (image.empty()) return nullptr;
  auto loaded = Snapshot::load(image, program.schema(), program.schema_digest());
  return loaded ? std::make_shared<const Snapshot>(std::move(loaded).value()) : nullptr;
}

}  // namespace policyc::attack
