// From a file or a text to an image.

#include "policyc/snapshot/read.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "build_problems.hpp"
#include "document_reader.hpp"
#include "encoding.hpp"
#include "read_bytes.hpp"
#include "written_as.hpp"
#include "yaml.hpp"
#include "yaml_repair.hpp"

namespace policyc::snapshot {
namespace {

using text::DiagCode;

std::optional<Format> format_of(std::string_view path) {
  if (path == "-" || path.ends_with(".yaml") || path.ends_with(".yml")) return Format::yaml;
  if (path.ends_with(".json")) return Format::json;
  if (path.ends_with(".jsonl")) return Format::json_lines;
  return std::nullopt;
}

// Places are 32 bits wide, whatever the caller allows.
std::uint64_t size_limit(Format format, const ReadLimits& limits) {
  constexpr std::uint64_t kWidest = std::numeric_limits<std::uint32_t>::max() - 1;
  return std::min(format == Format::yaml ? limits.max_yaml_bytes : limits.max_json_bytes, kWidest);
}

// About the file as a whole, of which nothing else is known.
ReadResult refused(const std::string& name, DiagCode code, std::vector<std::string> arguments) {
  ReadResult result;
  const std::uint32_t file = result.sources.add(text::Source(name, {}));
  result.diagnostics.add(code, {file, 0, 0}, std::move(arguments));
  return result;
}

ReadResult refused_as_too_large(const std::string& name, std::uint64_t limit) {
  ReadResult result = refused(name, DiagCode::snapshot_too_large, {name, std::to_string(limit)});
  result.limit_exceeded = true;
  return result;
}

// How a format is called, and the end of its files' names.
struct FormatName {
  const char* name;
  const char* ending;
};
FormatName name_of(Format format) {
  switch (format) {
    case Format::yaml: return {"YAML", ".yaml"};
    case Format::json: return {"JSON", ".json"};
    case Format::json_lines: break;
  }
  return {"JSON Lines", ".jsonl"};
}

// Says that the text is in another format than its name says, if it is, and gives the
// one to read it in: so its other mistakes are found, too.
Format settle_format(std::string_view source, Format named, const ReadLimits& limits, Findings& findings) {
  const std::optional<Format> written = written_as(source, named);
  if (!written) return named;
  const FormatName name = name_of(*written);
  const std::size_t at = std::min(source.find_first_not_of(" \t\r\n", length_of_mark(source)), source.size());
  findings.add(DiagCode::snapshot_syntax, at, std::min(at + 1, source.size()),
               {name_of(named).name, std::string("it is written as ") + name.name,
                std::string("let the file's name end in ") + name.ending});
  return source.size() > size_limit(*written, limits) ? named : *written;
}

struct Outcome {
  bool facts = false;  // there are some; there may be errors, too
  bool too_deep = false;
};

// Whether what is around these can be left out, and the rest read.
bool can_be_left_out(std::span<const text::Diagnostic> findings) {
  constexpr DiagCode kLocal[] = {DiagCode::snapshot_syntax,   DiagCode::snapshot_cut_off,
                                 DiagCode::yaml_folded,       DiagCode::yaml_tab,
                                 DiagCode::yaml_anchor,       DiagCode::yaml_tag,
                                 DiagCode::yaml_block_indent, DiagCode::key_not_text};
  return std::all_of(findings.begin(), findings.end(), [&](const text::Diagnostic& one) {
    return std::find(std::begin(kLocal), std::end(kLocal), one.code) != std::end(kLocal);
  });
}

// YAML that can't be read: its other parts are read nevertheless, for what else is wrong. False if there is
// no telling where the next part begins. `rest` holds what is read.
bool read_other_parts(std::string& rest, std::size_t before, Document& document, std::uint32_t max_nesting,
                      Findings& findings, bool& too_deep) {
  // Each mistake costs another reading of the whole.
  constexpr std::size_t kMostBytes = std::size_t{1} << 20;
  constexpr int kMostReadings = 10;
  if (document.source().size() > kMostBytes) return false;
  rest = document.source();
  for (int reading = 0; reading < kMostReadings; ++reading) {
    const std::span<const text::Diagnostic> found = findings.list().subspan(before);
    if (found.empty() || findings.full() || !can_be_left_out(found)) return false;
    for (const text::Diagnostic& one : found)
      if (!blank_part_around(rest, one.span.begin)) return false;
    if (rest.find_first_not_of(" \t\r\n", length_of_mark(rest)) == std::string::npos) return false;
    before = findings.list().size();
    document = Document(rest, document.file());
    if (read_yaml(document, max_nesting, findings, too_deep)) return true;
  }
  return false;
}

// Reads the text into the builder.
Outcome read_facts(Document& document, Format format, const Names& names, EntityReader& entities,
                   const ReadOptions& options, Findings& findings, std::string& rest) {
  const std::string_view source = document.source();
  const std::uint32_t max_nesting = options.limits.max_nesting;
  Outcome outcome;
  if (format == Format::yaml) {
    const std::size_t before = findings.list().size();
    bool require_end = options.require_end;
    if (!read_yaml(document, max_nesting, findings, outcome.too_deep)) {
      if (outcome.too_deep ||
          !read_other_parts(rest, before, document, max_nesting, findings, outcome.too_deep))
        return outcome;
      entities.losses().all();
      require_end = false;
    }
    outcome.facts = read_document(document, names, entities, require_end, findings);
    return outcome;
  }
  if (is_wide_text(source)) {
    (void)check_encoding(source, findings);
    return outcome;
  }
  JsonReader json(max_nesting, format == Format::json_lines, findings);
  if (format == Format::json_lines) {
    read_lines(document, json, names, entities, options.require_end, findings);
    outcome.facts = true;
  } else {
    outcome.facts = json.read(length_of_mark(source), source.size(), document) &&
                    read_document(document, names, entities, options.require_end, findings);
  }
  outcome.too_deep = json.too_deep();
  return outcome;
}

// The text has room behind it for JsonReader.
ReadResult read(const std::string& name, std::string text, Format format, const Schema& schema,
                const Digest& schema_digest, const ReadOptions& options) {
  ReadResult result;
  const std::uint32_t file = result.sources.add(text::Source(name, std::move(text)));
  const std::string_view source = result.sources[file].text();
  Findings findings(result.diagnostics, file, options.limits.max_errors);
  format = settle_format(source, format, options.limits, findings);
  const Names names(schema, format != Format::yaml);
  SnapshotBuilder builder(schema, schema_digest);
  KnownTrouble known(names);
  known.lines = format == Format::json_lines;
  Outcome outcome;
  {
    std::string rest;  // of a text that can't be read as a whole; the document is a view of it then
    Document document(source, file);
    document.tell(options.progress);
    EntityReader entities(names, document, builder, findings);
    outcome = read_facts(document, format, names, entities, options, findings, rest);
    known.duplicate_keys = findings.errors() > 0;
    known.errors = findings.errors() > 0;
    known.losses = std::move(entities.losses());
    known.incomplete = entities.take_incomplete();
    known.misplaced = entities.take_misplaced();
    known.parents = entities.take_parents();
  }
  result.limit_exceeded = outcome.too_deep;
  if (outcome.facts && !findings.full()) {
    SnapshotBuilder::Output built = builder.finish(options.building);
    report_problems(built.errors, source, names, known, findings);
    if (!result.diagnostics.has_errors()) result.image = std::move(built.image);
  }
  findings.finish();
  result.diagnostics.sort();
  return result;
}

}  // namespace

ReadResult read_file(const std::string& path, const Schema& schema, const Digest& schema_digest,
                     const ReadOptions& options) {
  const std::optional<Format> format = format_of(path);
  if (!format) return refused(path, DiagCode::snapshot_format, {path});
  const std::uint64_t limit = size_limit(*format, options.limits);
  FileBytes bytes = read_bytes(path, limit, JsonReader::kPadding);
  if (bytes.too_large) return refused_as_too_large(path, limit);
  if (bytes.error.empty()) return read(path, std::move(bytes.text), *format, schema, schema_digest, options);
  ReadResult result = refused(path, DiagCode::file_unreadable, {path, bytes.error});
  result.io_failed = true;
  return result;
}

ReadResult read_text(const std::string& name, std::string text, Format format, const Schema& schema,
                     const Digest& schema_digest, const ReadOptions& options) {
  const std::uint64_t limit = size_limit(format, options.limits);
  if (text.size() > limit) return refused_as_too_large(name, limit);
  pad_for_json(text);
  return read(name, std::move(text), format, schema, schema_digest, options);
}

}  // namespace policyc::snapshot
