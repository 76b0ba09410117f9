// policyc build, policyc snapshot build/stat, policyc disasm: images.

#include <cstdio>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "report.hpp"

namespace policyc::cli {
namespace {

// Opens the policy or prints why not. Warnings are for `check`: who builds images or looks at them has
// heard them there.
PolicyInput opened(const std::string& path) {
  PolicyInput policy = open_policy(path);
  if (policy.loaded && !policy.program) print_findings(policy.compiled.diagnostics, policy.loaded->sources);
  print_trouble(policy.trouble);
  return policy;
}

ExitStatus written(const std::string& path, std::span<const std::byte> image, const std::string& what) {
  if (const IoError error = write_bytes(path, image); !error.empty())
    return print_trouble(error), kInputOutput;
  if (path != "-") std::fprintf(stderr, "%s: %s, %zu bytes\n", path.c_str(), what.c_str(), image.size());
  return kDone;
}

}  // namespace

ExitStatus build(const BuildOptions& options) {
  if (const std::string wrong = mixed_up(options.policy, ""); !wrong.empty())
    return print_trouble(wrong), kUsage;
  const PolicyInput policy = opened(options.policy);
  if (!policy.program) return policy.status;
  if (!policy.loaded) {
    print_trouble("'" + options.policy + "' is compiled already");
    return kUsage;
  }
  return written(options.output, policy.compiled.image, "policy " + to_hex(policy.program->digest()));
}

ExitStatus snapshot_build(const SnapshotBuildOptions& options) {
  if (const std::string wrong = mixed_up(options.policy, options.snapshot); !wrong.empty())
    return print_trouble(wrong), kUsage;
  const PolicyInput policy = opened(options.policy);
  if (!policy.program) return policy.status;
  SnapshotOptions reading;
  reading.require_end = options.require_end;
  const SnapshotInput snapshot = open_snapshot(options.snapshot, *policy.program, reading);
  print_findings(snapshot.diagnostics, snapshot.sources);
  print_trouble(snapshot.trouble);
  if (!snapshot.snapshot) return snapshot.status;
  return written(options.output, snapshot.snapshot->image(),
                 "snapshot " + to_hex(snapshot.snapshot->digest()));
}

ExitStatus snapshot_stat(const SnapshotStatOptions& options) {
  // What is wrong is for people; who asks for JSON gets it as JSON, in the form of check's findings.
  Report report(options.json ? Format::json : Format::text);
  const auto refused = [&](ExitStatus status) {
    return !options.json || report.finish("") ? status : kInputOutput;
  };
  if (const std::string wrong = mixed_up(options.policy, options.snapshot); !wrong.empty()) {
    report.add_trouble(wrong);
    return refused(kUsage);
  }
  const PolicyInput policy = open_policy(options.policy);
  if (!policy.program) {
    if (policy.loaded) report.add(policy.compiled.diagnostics, policy.loaded->sources);
    report.add_trouble(policy.trouble);
    return refused(policy.status);
  }
  const SnapshotInput input = open_snapshot(options.snapshot, *policy.program);
  if (!input.snapshot) {
    report.add(input.diagnostics, input.sources);
    report.add_trouble(input.trouble);
    return refused(input.status);
  }
  print_findings(input.diagnostics, input.sources);
  const SnapshotStats stats = input.snapshot->stats(policy.program->schema());
  std::string out;
  if (options.json) {
    nlohmann::ordered_json kinds = nlohmann::ordered_json::object();
    for (const auto& [name, count] : stats.entities_by_kind) kinds[name] = count;
    nlohmann::ordered_json sections = nlohmann::ordered_json::object();
    for (const auto& [name, bytes] : stats.bytes_by_section) sections[name] = bytes;
    const nlohmann::ordered_json all = {{"digest", to_hex(input.snapshot->digest())},
                                        {"bytes", stats.bytes},
                                        {"entities", stats.entities},
                                        {"principals", stats.principals},
                                        {"grants", stats.grants},
                                        {"derived", stats.derived},
                                        {"spilled", stats.spilled},
                                        {"strings", stats.strings},
                                        {"longest_probe", stats.longest_probe},
                                        {"entities_by_kind", kinds},
                                        {"bytes_by_section", sections}};
    out = all.dump(2) + "\n";
  } else {
    out = "digest           " + to_hex(input.snapshot->digest()) + "\n";
    const auto line = [&](std::string name, std::size_t n, const char* meaning) {
      name.resize(std::max<std::size_t>(name.size() + 1, 17), ' ');
      std::string number = std::to_string(n);
      if (*meaning != '\0') number.resize(std::max<std::size_t>(number.size() + 1, 10), ' ');
      out.append(name).append(number).append(meaning).append("\n");
    };
    line("bytes", stats.bytes, "of the image");
    line("entities", stats.entities, "system with them");
    for (const auto& [name, count] : stats.entities_by_kind) line("  " + name, count, "");
    line("principals", stats.principals, "of them: subjects and groups");
    line("grants", stats.grants, "roles that somebody is granted on something");
    line("derived", stats.derived, "roles that follow from attributes and from what stands below");
    line("spilled", stats.spilled, "principals whose roles need more room than a line has");
    line("strings", stats.strings, "texts of attributes, each once");
    line("longest probe", stats.longest_probe, "places that are looked at for an id, at worst");
    out += "bytes by part of the image\n";
    for (const auto& [name, bytes] : stats.bytes_by_section) line("  " + name, bytes, "");
  }
  if (const IoError error = print(out); !error.empty()) return print_trouble(error), kInputOutput;
  return kDone;
}

ExitStatus disasm(const DisasmOptions& options) {
  if (const std::string wrong = mixed_up(options.policy, ""); !wrong.empty())
    return print_trouble(wrong), kUsage;
  const PolicyInput policy = opened(options.policy);
  if (!policy.program) return policy.status;
  std::string out;
  if (options.dump == "model" || options.dump == "graph") {
    if (!policy.loaded) {
      print_trouble("a compiled policy has no " + options.dump + ": give the policy's text");
      return kUsage;
    }
    out = options.dump == "model" ? compiler::dump(*policy.compiled.model)
                                  : compiler::dump_graph(*policy.compiled.model);
  } else if (options.action.empty()) {
    out = policy.program->disassemble();
  } else {
    const auto action = policy.program->find_action(options.action);
    if (!action) {
      std::vector<std::string> names;
      for (const ActionInfo& info : policy.program->actions())
        names.push_back(policy.program->schema().kinds[info.kind].name + "." + info.wire_name);
      const std::string near = text::did_you_mean(options.action, names);
      print_trouble("the policy has no action '" + options.action + "'" + (near.empty() ? "" : "; ") + near);
      return kUsage;
    }
    out = policy.program->disassemble(action);
  }
  if (const IoError error = print(out); !error.empty()) return print_trouble(error), kInputOutput;
  return kDone;
}

}  // namespace policyc::cli
