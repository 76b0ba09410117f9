// Who may, on what, and what may somebody do: each list a line.

#include <policyc/engine.hpp>

#include <cstdio>
#include <fstream>
#include <vector>

namespace {

std::vector<std::byte> bytes_of(const char* path) {
  std::vector<std::byte> bytes;
  std::ifstream file(path, std::ios::binary);
  for (char c; file.get(c);) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

// All pages of a list of subjects, each of at most a hundred.
bool print_who(policyc::Reader& reader, const policyc::Request& request) {
  // While it lasts, all pages are of one policy and one snapshot.
  const policyc::Reader::Pin pin = reader.pin();
  policyc::Page page{.most = 100};
  do {
    const auto list = reader.list_subjects(request, page);
    if (!list) return std::puts(list.error().message.c_str()), false;
    for (const policyc::KindIndex kind : list->everyone)
      std::printf("%s:* ", pin.evaluator()->program().schema().kinds[kind].name.c_str());
    for (const policyc::Handle who : list->entities)
      std::printf("%s ", pin.evaluator()->name_of(who).c_str());
    page.after = list->next;
  } while (page.after);
  return true;
}

}  // namespace

int main() {
  auto program = policyc::Program::load(bytes_of("todo.pbc"), policyc::Trust::unsigned_local());
  if (!program) return std::puts(program.error().message.c_str()), 1;
  auto snapshot =
      policyc::Snapshot::load(bytes_of("todo.psnap"), program->schema(), program->schema_digest());
  if (!snapshot) return std::puts(snapshot.error().message.c_str()), 1;
  policyc::Engine engine;
  if (!engine.reload(std::move(*program), std::move(*snapshot))) return 1;
  policyc::Reader reader = engine.reader();
  if (!print_who(reader, {.subject = "user", .action = "list.read", .resource = "list:chores"})) return 1;

  const policyc::Reader::Pin pin = reader.pin();
  const auto which =
      reader.list_resources({.subject = "user:ann", .action = "list.delete", .resource = "list"});
  if (!which) return std::puts(which.error().message.c_str()), 1;
  for (const policyc::Handle one : which->entities) std::printf("%s ", pin.evaluator()->name_of(one).c_str());

  const auto what = reader.list_actions({.subject = "user:bob", .action = {}, .resource = "list:chores"});
  if (!what) return std::puts(what.error().message.c_str()), 1;
  for (const policyc::ActionIndex one : what->actions)
    std::printf("%s ", engine.program()->actions()[one].name.c_str());
  std::puts("");
  return 0;
}
