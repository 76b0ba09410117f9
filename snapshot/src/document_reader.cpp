#include "document_reader.hpp"

#include "duplicate_keys.hpp"

namespace policyc::snapshot {
namespace {

using text::DiagCode;
using Kind = Node::Kind;

bool says(const Document& document, NodeIndex node, std::string_view word) {
  const Kind kind = document[node].kind;
  return (kind == Kind::plain || kind == Kind::literal) && document.text(node) == word;
}

// False: of another version, which may mean something else by the same words.
bool is_version_one(const Document& document, const Names& names, Findings& findings) {
  const NodeIndex version = document.find(0, "snapshot");
  if (version != 0 && says(document, version, "1")) return true;
  if (version == 0) {
    // A key that is meant as it is reported as that.
    const std::vector<std::string> right = {"snapshot"};
    for (NodeIndex key = Document::first(0); key != document.last(0); key = document.after(key + 1))
      if (document[key].kind != Kind::broken &&
          (document.text(key) == "version" || text::nearest(document.text(key), right) != nullptr))
        return true;
    findings.add(DiagCode::snapshot_version_missing, document.start(0), {names.version_line()});
    return true;
  }
  findings.add(DiagCode::snapshot_version_unknown, document.start(version),
               {described(document, version), names.version_line()});
  return document[version].kind != Kind::map && document[version].kind != Kind::list &&
         document.text(version) == "1";
}

void check_end(const Document& document, const Names& names, bool require_end, Findings& findings) {
  const NodeIndex end = document.find(0, "end");
  if (end == 0) {
    const std::size_t size = document.source().size();
    if (require_end) findings.add(DiagCode::snapshot_no_end, size, size, {names.end_mark()});
    return;
  }
  if (!says(document, end, "true"))
    findings.add(DiagCode::snapshot_bad_end, document.start(end), {names.end_mark()});
  if (document.after(end) != document.last(0))
    findings.add(DiagCode::snapshot_after_end, document.start(document.after(end)));
}

}  // namespace

bool read_document(const Document& document, const Names& names, EntityReader& entities, bool require_end,
                   Findings& findings) {
  if (document.size() == 0) {
    findings.add(DiagCode::snapshot_empty, 0, 0, {names.version_line()});
    return false;
  }
  if (document[0].kind != Kind::map) {
    findings.add(DiagCode::snapshot_expected_map, document.start(0),
                 {"a snapshot", described(document, 0), names.version_map()});
    return false;
  }
  report_duplicate_keys(document, findings);
  if (!is_version_one(document, names, findings)) return false;
  check_end(document, names, require_end, findings);
  for (NodeIndex key = Document::first(0); key != document.last(0); key = document.after(key + 1)) {
    if (document[key].kind == Kind::broken || findings.full()) continue;
    const std::string_view name = document.text(key);
    if (name == "snapshot" || name == "end") continue;
    if (name == "system") {
      entities.system(key + 1, key, false);
    } else if (name == "grants") {
      entities.grants_at_top(key + 1);
    } else if (const KindIndex kind = names.find_plural(name); kind != kNoIndex) {
      entities.entities(key + 1, kind, nullptr);
    } else {
      entities.unknown_list(key);
    }
  }
  return true;
}

}  // namespace policyc::snapshot
