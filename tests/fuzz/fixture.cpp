#include "fixture.hpp"

#include <cstdio>
#include <cstdlib>

#include "policyc/compiler/compile.hpp"

namespace policyc::fuzz {
namespace {

constexpr const char* kPolicy = R"(
enum plan { free, paid, enterprise }
context { address: ip?, channel: string = "ui" }
subject user { level: int = 0  email: string? }
subject service {}
group team in organization of user, team {}
obligation notify(to: string, within: duration?)
scope organization {
  plan: plan = free  networks: set<ip> = {}  lead: role of folder?
  role member
  role admin includes member
  role guest from folder.reader not granted
  action enter(count: int?, words: set<string>?)
}
scope folder in folder, organization {
  owner: user | service?  due: time?
  role reader from owner
  role writer includes reader
  action open
}
scope box in organization {
  links: set<box> acyclic = {}
  role keeper
  action open
}
scope task in folder {
  annotators: set<user> = {}  takes: duration = 8h  tags: set<string> = {}  draft: bool from request = false
  role labeler from annotators
  action label(on: time?, who: user?)
}
allow labeler, member to task.label when not task.draft or task.takes < 2h obliging notify("who@acme.io")
allow guest to organization.enter when context.channel matches "ui*"
allow reader to folder.open when folder.due is set and now < folder.due
forbid user to task.label when any t in task.tags: (t == "secret") unless subject is admin
allow keeper to box.open
)";

constexpr const char* kFacts = R"(snapshot: 1
users:
  - { id: ann, level: 3, email: a@b.c }
  - { id: bob }
services: [ { id: bot } ]
organizations:
  - id: acme
    plan: paid
    networks: [10.0.0.0/8]
    grants: { member: [ann, bob], admin: [bob] }
    folders:
      - { id: f1, owner: user:ann, grants: { reader: [bob] }, tasks: [ { id: t1, annotators: [ann, bob], tags: [x, y] } ] }
      - { id: f2, owner: user:ann, due: 2040-01-01T00:00:00Z, grants: { writer: [team:t] } }
    boxs: [ { id: b1 }, { id: b2, links: [b1], grants: { keeper: [bob] } }, { id: b3, links: [b2] } ]
    teams: [ { id: t, members: [bob] } ]
)";

}  // namespace

void fail(std::string_view what) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

const std::shared_ptr<const Program>& program() {
  static const std::shared_ptr<const Program> loaded = [] {
    const text::LoadedPackage package = text::load_package_from_memory({{"fuzz.policy", kPolicy}});
    const compiler::CompileResult result = compiler::compile(package);
    auto made = Program::load(result.image, Trust::unsigned_local());
    if (!made) fail("the policy of the fuzzers: " + made.error().message);
    return std::make_shared<const Program>(std::move(made).value());
  }();
  return loaded;
}

const std::vector<std::byte>& snapshot_image() {
  static const std::vector<std::byte> image = [] {
    snapshot::ReadResult read = read_facts(kFacts, snapshot::Format::yaml);
    if (read.image.empty()) fail("the facts of the fuzzers");
    return std::move(read.image);
  }();
  return image;
}

const Evaluator& evaluator() {
  static const Evaluator made = [] {
    auto snapshot = Snapshot::load(snapshot_image(), program()->schema(), program()->schema_digest());
    if (!snapshot) fail("the snapshot of the fuzzers: " + snapshot.error().message);
    auto linked = Evaluator::create(program(), std::make_shared<const Snapshot>(std::move(snapshot).value()));
    if (!linked) fail("the evaluator of the fuzzers: " + linked.error().message);
    return std::move(linked).value();
  }();
  return made;
}

std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

snapshot::ReadResult read_facts(std::string text, snapshot::Format format, bool require_end) {
  snapshot::ReadOptions options;
  options.require_end = require_end;
  snapshot::ReadResult read = snapshot::read_text("fuzz", std::move(text), format, program()->schema(),
                                                  program()->schema_digest(), options);
  for (const text::Diagnostic& diagnostic : read.diagnostics.list()) {
    (void)text::render_text(diagnostic, read.sources);
    (void)text::render_json(diagnostic, read.sources);
  }
  if (read.image.empty() != (read.diagnostics.has_errors() || read.limit_exceeded))
    fail("an image with errors, or none without");
  if (!read.image.empty() && !Snapshot::load(read.image, program()->schema(), program()->schema_digest()))
    fail("what was read does not load");
  return read;
}

}  // namespace policyc::fuzz
