#include "probe_sources.hpp"

#include <set>

namespace policyc::compiler {
namespace {

// A role as the tree declares it.
struct Declared {
  std::size_t file = 0;
  std::size_t index = 0;
  std::string scope;
  const text::Role* role = nullptr;
};

std::vector<Declared> roles_of(const text::Package& package) {
  std::vector<Declared> all;
  for (std::size_t file = 0; file < package.files.size(); ++file) {
    const text::File& one = package.files[file];
    for (std::size_t index = 0; index < one.scopes.size(); ++index)
      for (const text::Role& role : one.scopes[index].roles)
        all.push_back({file, index, one.scopes[index].name.text, &role});
    for (const text::Role& role : one.system_roles) all.push_back({file, 0, "", &role});
  }
  return all;
}

bool names(const text::Path& path, const std::string& scope, const std::string& role) {
  return path.parts.size() == 1
             ? path.parts[0].text == role
             : path.parts.size() == 2 && path.parts[0].text == scope && path.parts[1].text == role;
}

class Rising {
 public:
  Rising(const std::vector<Declared>& all, ProbeSource& source) : all_(all), source_(source) {}

  // The role that was declared last stands for `role` of the scope: what rolls that up rolls it up as well.
  void above(const std::string& scope, const std::string& role, const std::string& name) {
    const std::set<std::string> held = held_with(scope, role);
    for (const Declared& one : all_) {
      if (one.scope == scope) continue;
      for (const text::Path& path : one.role->sources) {
        if (path.parts.size() != 2 || path.parts[0].text != scope || !held.contains(path.parts[1].text))
          continue;
        if (!seen_.insert(one.role).second) continue;
        ProbeSource::Held up{one.file, one.index, one.scope, one.role->name.text, {}, path};
        up.name = one.role->name.text + " of " + name;
        up.source.parts[1].text = name;
        source_.held.push_back(up);
        above(up.scope, up.role, up.name);
      }
    }
  }

 private:
  // Whoever holds the role at an entity itself holds these there.
  [[nodiscard]] std::set<std::string> held_with(const std::string& scope, const std::string& role) const {
    std::set<std::string> held = {role};
    for (std::size_t before = 0; before != held.size();) {
      before = held.size();
      for (const Declared& one : all_) {
        if (one.scope != scope) continue;
        for (const text::Path& path : one.role->sources)
          for (const std::string& known : std::set<std::string>(held))
            if (names(path, scope, known)) held.insert(one.role->name.text);
        if (!held.contains(one.role->name.text)) continue;
        for (const text::Path& path : one.role->includes)
          if (path.parts.size() == 1 || path.parts[0].text == scope) held.insert(path.parts.back().text);
      }
    }
    return held;
  }

  const std::vector<Declared>& all_;
  ProbeSource& source_;
  std::set<const text::Role*> seen_;
};

}  // namespace

std::vector<ProbeSource> probe_sources(const text::Package& package, const ProbePoints& points) {
  const std::vector<Declared> all = roles_of(package);
  std::vector<ProbeSource> sources;
  for (const Declared& one : all)
    for (std::size_t i = 0; i < one.role->sources.size(); ++i) {
      const text::Path& path = one.role->sources[i];
      const auto point = points.find(PointKind::source, path.span);
      if (!point) continue;
      ProbeSource source;
      source.point = *point;
      const std::string name = one.role->name.text + " from " + std::to_string(i);
      source.held.push_back({one.file, one.index, one.scope, one.role->name.text, name, path});
      Rising(all, source).above(one.scope, one.role->name.text, name);
      sources.push_back(std::move(source));
    }
  return sources;
}

}  // namespace policyc::compiler
