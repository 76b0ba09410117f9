// A good snapshot image with any bytes of it changed, its digests repaired so that
// the checks behind them are reached. Whatever loads can be asked anything.
//
// The input is a list of changes, 5 bytes each: where (4) and what (1).

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "image.hpp"
#include "policyc/compiler/compile.hpp"
#include "policyc/evaluator.hpp"
#include "policyc/snapshot/read.hpp"
#include "snapshot_access.hpp"

namespace {

const std::shared_ptr<const policyc::Program>& program() {
  static const std::shared_ptr<const policyc::Program> loaded = [] {
    const policyc::text::LoadedPackage package = policyc::text::load_package_from_memory(
        {{"fuzz.policy",
          "enum plan { free, paid }\n"
          "subject user { level: int = 0  email: string? }\n"
          "scope organization { plan: plan = free  networks: set<ip> = {}  role member  role admin includes "
          "member\n"
          "  role guest from folder.reader not granted  action enter }\n"
          "scope folder in folder, organization { owner: user?  role reader from owner }\n"
          "scope task in folder { annotators: set<user> = {}  tags: set<string> = {}  role labeler from "
          "annotators\n"
          "  action label }\n"
          "allow labeler, member to task.label\nallow guest to organization.enter\n"}});
    const policyc::compiler::CompileResult result = policyc::compiler::compile(package);
    auto made = policyc::Program::load(result.image, policyc::Trust::unsigned_local());
    if (!made) std::abort();
    return std::make_shared<const policyc::Program>(std::move(made).value());
  }();
  return loaded;
}

const std::vector<std::byte>& good_image() {
  static const std::vector<std::byte> image = [] {
    std::string text =
        "snapshot: 1\nusers:\n  - { id: ann, level: 3, email: a@b.c }\n  - { id: bob }\n"
        "organizations:\n  - id: acme\n    plan: paid\n    networks: [10.0.0.0/8]\n"
        "    grants: { member: [ann, bob], admin: [bob] }\n    folders:\n";
    for (int i = 0; i < 20; ++i)
      text += "      - { id: f" + std::to_string(i) +
              ", owner: ann, grants: { reader: [bob] }, tasks: [ { id: t" + std::to_string(i) +
              ", annotators: [ann, bob], tags: [x, y] } ] }\n";
    policyc::snapshot::ReadResult read = policyc::snapshot::read_text(
        "fuzz", text, policyc::snapshot::Format::yaml, program()->schema(), program()->schema_digest());
    if (read.image.empty()) std::abort();
    return std::move(read.image);
  }();
  return image;
}

void ask_everything(const policyc::Snapshot& snapshot) {
  const policyc::vm::SnapshotView& view = policyc::vm::SnapshotAccess::view(snapshot);
  for (policyc::vm::NodeId node = 0; node < view.node_count(); ++node) {
    if (view.find(view.kind_of(node), view.id_of(node)) != node) std::abort();
    (void)view.parent_of(node);
    for (const policyc::AttributeIndex attribute : program()->schema().kinds[view.kind_of(node)].attributes) {
      policyc::vm::Cell cell;
      if (view.load(attribute, node, cell)) (void)std::string(cell.text);
    }
    for (policyc::vm::NodeId principal = view.resources; principal < view.node_count(); ++principal) {
      policyc::vm::RoleWord word{};
      view.add_roles(principal, node, word);
      view.add_roles_itself(principal, node, word);
    }
  }
  (void)snapshot.stats(program()->schema());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> image = good_image();
  for (std::size_t at = 0; at + 5 <= size; at += 5) {
    std::size_t where = 0;
    for (std::size_t i = 0; i < 4; ++i) where = where << 8 | data[at + i];
    image[where % image.size()] = static_cast<std::byte>(data[at + 4]);
  }
  policyc::vm::repair_digests(image);
  auto loaded = policyc::Snapshot::load(image, program()->schema(), program()->schema_digest());
  if (!loaded) return 0;
  ask_everything(*loaded);
  auto snapshot = std::make_shared<const policyc::Snapshot>(std::move(loaded).value());
  auto evaluator = policyc::Evaluator::create(program(), snapshot);
  if (!evaluator) return 0;
  for (const char* subject : {"user:ann", "user:bob", "user:eve"})
    for (const char* resource : {"task:t1", "task:t19"})
      (void)evaluator->decide(
          policyc::Request{.subject = subject, .action = "task.label", .resource = resource});
  return 0;
}
