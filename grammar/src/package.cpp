// Packages: a file with what it imports, or a folder of files.
//
// Files are read breadth first, each once, whatever its names: an import cycle
// ends by itself. All of them are read before anybody asks what they mean, so that
// their order means nothing but the order of findings.

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "policyc/text/parse.hpp"
#include "read_file.hpp"

namespace policyc::text {
namespace {

using Status = FileText::Status;

void finish(LoadedPackage& loaded) {
  loaded.diagnostics.sort();
  loaded.limit_exceeded = loaded.diagnostics.exceeds_limit();
}

// A path that goes down only, by its letters; what its links do is another question.
bool goes_down(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.find('\0') != std::string_view::npos) return false;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (path.substr(0, end) == "..") return false;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return true;
}

// Without what changes nothing: `a//./b` is `a/b`.
std::string plain(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

class Loader {
 public:
  explicit Loader(const ParseLimits& limits) : limits_(limits) {}

  LoadedPackage load(const std::string& path) {
    const bool folder = kind_of_path(path) == PathKind::folder;
    const std::size_t slash = path.rfind('/');
    prefix_ = folder ? path : path.substr(0, slash == std::string::npos ? 0 : slash + 1);
    // Files of the folder where one stands are shown by their names alone.
    while (prefix_.starts_with("./")) prefix_.erase(0, 2);
    if (prefix_ == ".") prefix_.clear();
    if (folder && !prefix_.empty() && prefix_.back() != '/') prefix_ += '/';
    const Root root(prefix_.empty() ? "." : prefix_);
    if (folder)
      load_folder(root, path);
    else
      take(read_file(path, limits_.max_bytes), path);
    // By index: what is imported comes behind.
    for (std::size_t i = 0; i < loaded_.package.files.size(); ++i) {
      const std::vector<Import> imports = loaded_.package.files[i].imports;
      follow(root, imports);
    }
    finish(loaded_);
    return std::move(loaded_);
  }

 private:
  void load_folder(const Root& root, const std::string& path) {
    std::vector<std::string> names;
    std::string why;
    if (!root.list(names, why)) return fail(path, {DiagCode::file_unreadable, {}, {path, why}});
    if (names.empty()) return fail(path, {DiagCode::empty_package, {}, {path}});
    for (const std::string& name : names) take(root.read(name, limits_.max_bytes, known_), prefix_ + name);
  }

  void take(FileText file, const std::string& name) {
    if (std::optional<Diagnostic> trouble = trouble_with(file, name))
      fail(name, *std::move(trouble));
    else
      add(std::move(file), name);
  }

  void follow(const Root& root, const std::vector<Import>& imports) {
    std::set<std::string> seen;
    for (const Import& import : imports) {
      const std::string path = plain(import.path);
      if (!goes_down(import.path)) {
        fail({DiagCode::import_outside_root, import.span, {import.path}});
        continue;
      }
      if (!seen.insert(path).second) {
        loaded_.diagnostics.add(DiagCode::repeated_name, import.span, {import.path});
        continue;
      }
      FileText file = root.read(path, limits_.max_bytes, known_);
      std::optional<Diagnostic> trouble = trouble_with(file, import.path);
      if (!trouble) {
        add(std::move(file), prefix_ + path);
        continue;
      }
      trouble->span = import.span;
      if (trouble->code == DiagCode::file_unreadable) trouble->suggestion = similar(root, path);
      fail(*std::move(trouble));
    }
  }

  void add(FileText file, const std::string& name) {
    if (file.status == Status::known) return;
    known_.insert(file.identity);
    const std::uint32_t index = loaded_.sources.add(Source(name, std::move(file.text)));
    loaded_.package.files.push_back(parse(loaded_.sources, index, loaded_.diagnostics, limits_));
  }

  std::optional<Diagnostic> trouble_with(const FileText& file, const std::string& name) const {
    switch (file.status) {
      case Status::read:
      case Status::known: break;
      case Status::unreadable: return Diagnostic{DiagCode::file_unreadable, {}, {name, file.why}};
      case Status::outside: return Diagnostic{DiagCode::import_outside_root, {}, {name}};
      case Status::irregular: return Diagnostic{DiagCode::not_a_regular_file, {}, {name, file.why}};
      case Status::too_large:
        return Diagnostic{DiagCode::file_too_large, {}, {name, std::to_string(limits_.max_bytes)}};
    }
    return std::nullopt;
  }

  static std::string similar(const Root& root, const std::string& path) {
    std::vector<std::string> names;
    std::string why;
    return root.list(names, why) ? did_you_mean(path, names) : std::string();
  }

  // A limit is no failure of the system: it has an exit status of its own.
  void fail(Diagnostic trouble) {
    if (!info(trouble.code).is_limit) loaded_.io_failed = true;
    loaded_.diagnostics.add(std::move(trouble));
  }

  // About a file as a whole, of which nothing is known but its name.
  void fail(const std::string& name, Diagnostic trouble) {
    trouble.span = {loaded_.sources.add(Source(name, {})), 0, 0};
    fail(std::move(trouble));
  }

  const ParseLimits& limits_;
  LoadedPackage loaded_;
  std::string prefix_;  // what stands before names of the package's folder, as the user would write them
  std::set<FileIdentity> known_;
};

}  // namespace

LoadedPackage load_package(const std::string& path, const ParseLimits& limits) {
  return Loader(limits).load(path);
}

LoadedPackage load_package_from_memory(std::vector<std::pair<std::string, std::string>> files,
                                       const ParseLimits& limits) {
  LoadedPackage loaded;
  std::vector<std::string> names;
  for (std::pair<std::string, std::string>& file : files) {
    names.push_back(plain(file.first));
    const std::uint32_t index = loaded.sources.add(Source(file.first, std::move(file.second)));
    loaded.package.files.push_back(parse(loaded.sources, index, loaded.diagnostics, limits));
  }
  for (const File& file : loaded.package.files) {
    for (const Import& import : file.imports) {
      if (!goes_down(import.path)) {
        loaded.diagnostics.add(DiagCode::import_outside_root, import.span, {import.path});
      } else if (std::find(names.begin(), names.end(), plain(import.path)) == names.end()) {
        loaded.diagnostics.add(DiagCode::file_unreadable, import.span, {import.path, "there is no such text"},
                               did_you_mean(import.path, names));
      } else {
        continue;
      }
      loaded.io_failed = true;
    }
  }
  finish(loaded);
  return loaded;
}

}  // namespace policyc::text
