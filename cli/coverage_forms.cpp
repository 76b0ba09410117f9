// Coverage as a table, as JSON and as a tracefile of lcov.

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "coverage.hpp"

namespace policyc::cli {
namespace {

using compiler::PointKind;

struct Share {
  std::size_t taken = 0;
  std::size_t ways = 0;

  void add(const Covered& place) {
    taken += place.ways_taken();
    ways += place.ways();
  }
};

// What a line of the table sums up.
struct Sums {
  Share rules, grants, conditions, sources, all;
  std::size_t unmeasured = 0;

  void add(const Covered& place) {
    if (!place.is_measured) {
      ++unmeasured;
      return;
    }
    all.add(place);
    switch (place.point.kind) {
      case PointKind::rule: return rules.add(place);
      case PointKind::who:
      case PointKind::action: return grants.add(place);
      case PointKind::source: return sources.add(place);
      default: return conditions.add(place);
    }
  }
};

// The values of a record in a tracefile: commas part them.
std::string parted(std::initializer_list<std::string_view> values) {
  std::string text;
  for (const std::string_view value : values) {
    if (!text.empty()) text += ',';
    text += value;
  }
  return text;
}

// Files in the order of the package, those with nothing to cover left out.
std::map<std::uint32_t, std::vector<const Covered*>> by_file(const Coverage& coverage) {
  std::map<std::uint32_t, std::vector<const Covered*>> files;
  for (const Covered& place : coverage.places) files[place.point.span.file].push_back(&place);
  return files;
}

std::string of(const Share& share) {
  return share.ways == 0 ? "-" : std::to_string(share.taken) + "/" + std::to_string(share.ways);
}

// Rounded down, so that 100 % means all.
std::string percent(const Share& share) {
  return share.ways == 0 ? "-" : std::to_string(100 * share.taken / share.ways) + " %";
}

const char* word_of(PointKind kind) {
  switch (kind) {
    case PointKind::rule: return "rule";
    case PointKind::who: return "who";
    case PointKind::action: return "action";
    case PointKind::test: return "test";
    case PointKind::condition: return "condition";
    case PointKind::role_condition: return "role_condition";
    case PointKind::source: return "source";
  }
  return "";
}

nlohmann::ordered_json json_of(const Share& share) {
  return {{"covered", share.taken}, {"total", share.ways}};
}

nlohmann::ordered_json json_of(const Sums& sums) {
  return {{"rules", json_of(sums.rules)},
          {"grants", json_of(sums.grants)},
          {"conditions", json_of(sums.conditions)},
          {"sources", json_of(sums.sources)},
          {"all", json_of(sums.all)}};
}

}  // namespace

std::string coverage_table(const Coverage& coverage, const PolicyInput& policy) {
  std::vector<std::array<std::string, 6>> lines = {
      {"coverage", "rules", "grants", "conditions", "sources", "all"}};
  const auto line = [&](const std::string& name, const Sums& sums) {
    lines.push_back(
        {name, of(sums.rules), of(sums.grants), of(sums.conditions), of(sums.sources), percent(sums.all)});
  };
  Sums whole;
  const auto files = by_file(coverage);
  for (const auto& [file, places] : files) {
    Sums sums;
    for (const Covered* place : places) {
      sums.add(*place);
      whole.add(*place);
    }
    line(policy.loaded->sources[file].name(), sums);
  }
  if (files.size() != 1) line("together", whole);
  std::array<std::size_t, 6> widths{};
  for (const auto& cells : lines)
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  std::string out;
  for (const auto& cells : lines) {
    out += cells[0] + std::string(widths[0] - cells[0].size(), ' ');
    for (std::size_t i = 1; i < cells.size(); ++i)
      out += std::string(widths[i] - cells[i].size() + 2, ' ') + cells[i];
    out += '\n';
  }
  out += std::to_string(coverage.requests) + " requests were counted";
  if (coverage.rejected > 0) out += ", " + std::to_string(coverage.rejected) + " of them rejected";
  if (whole.unmeasured > 0)
    out += "; not measured: " + std::to_string(whole.unmeasured) +
           " places for which a limit of the language leaves no room, or whose snapshot is compiled";
  return out + "\n";
}

std::string coverage_json(const Coverage& coverage, const PolicyInput& policy) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  Sums whole;
  for (const auto& [file, places] : by_file(coverage)) {
    const text::Source& source = policy.loaded->sources[file];
    Sums sums;
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Covered* place : places) {
      sums.add(*place);
      whole.add(*place);
      const text::Span span = place->point.span;
      const text::LineColumn begin = source.locate(span.begin);
      const text::LineColumn end = source.locate(span.end);
      nlohmann::ordered_json one = {{"kind", word_of(place->point.kind)},
                                    {"line", begin.line},
                                    {"column", begin.column},
                                    {"end_line", end.line},
                                    {"end_column", end.column}};
      if (!place->is_measured) {
        one["measured"] = false;
      } else if (place->point.has_two_ways()) {
        one["true"] = place->met;
        one["false"] = place->missed();
      } else {
        one["count"] = place->met;
      }
      list.push_back(std::move(one));
    }
    nlohmann::ordered_json entry = {{"file", source.name()}};
    entry.update(json_of(sums));
    entry["places"] = std::move(list);
    files.push_back(std::move(entry));
  }
  nlohmann::ordered_json all = {{"requests", coverage.requests}, {"rejected", coverage.rejected}};
  all.update(json_of(whole));
  all["files"] = std::move(files);
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string coverage_lcov(const Coverage& coverage, const PolicyInput& policy) {
  // A comma ends a name there.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> ids;
  const compiler::Model& model = *policy.compiled.model;
  for (std::size_t i = 0; i < model.rules.size(); ++i) {
    const text::Span span = model.rule_sources[i].syntax->span;
    std::string id = model.rules[i].id;
    std::replace(id.begin(), id.end(), ',', ' ');
    ids[{span.file, span.begin}] = std::move(id);
  }
  std::string out = "TN:\n";
  const auto record = [&](const std::string& key, const std::string& value) {
    out.append(key).append(":").append(value).append("\n");
  };
  for (const auto& [file, places] : by_file(coverage)) {
    const text::Source& source = policy.loaded->sources[file];
    record("SF", source.name());
    std::map<std::uint32_t, std::uint64_t> lines;
    std::map<std::uint32_t, std::uint64_t> matched;  // lines on which rules begin
    std::vector<std::string> functions;
    std::string calls;
    std::string branches;
    std::size_t called = 0;
    std::size_t ways = 0;
    std::size_t taken = 0;
    std::map<std::uint32_t, std::size_t> blocks;
    for (const Covered* place : places) {
      if (!place->is_measured) continue;
      const text::LineColumn at = source.locate(place->point.span.begin);
      const std::string line = std::to_string(at.line);
      const bool two = place->point.has_two_ways();
      // A line is as often used as what stands in it, at most; where a rule begins, as often as rules match.
      std::uint64_t& uses = lines[at.line];
      uses = std::max(uses, two ? place->asked : place->met);
      if (place->point.kind == PointKind::rule) {
        std::uint64_t& matches = matched[at.line];
        matches = std::max(matches, place->met);
        const std::string& name = ids.at({file, place->point.span.begin});
        functions.push_back(parted({line, name}));
        calls.append("FNDA:").append(parted({std::to_string(place->met), name})).append("\n");
        called += place->met > 0 ? 1 : 0;
      }
      if (!two) continue;
      const std::string block = std::to_string(blocks[at.line]++);
      const auto branch = [&](const char* number, std::uint64_t count) {
        const std::string times = place->asked == 0 ? "-" : std::to_string(count);
        branches.append("BRDA:").append(parted({line, block, number, times})).append("\n");
      };
      branch("0", place->met);
      branch("1", place->missed());
      ways += place->ways();
      taken += place->ways_taken();
    }
    for (const std::string& function : functions) record("FN", function);
    out += calls;
    record("FNF", std::to_string(functions.size()));
    record("FNH", std::to_string(called));
    out += branches;
    record("BRF", std::to_string(ways));
    record("BRH", std::to_string(taken));
    std::size_t used = 0;
    for (const auto& [line, count] : matched) lines[line] = count;
    for (const auto& [line, count] : lines) {
      record("DA", parted({std::to_string(line), std::to_string(count)}));
      used += count > 0 ? 1 : 0;
    }
    record("LF", std::to_string(lines.size()));
    record("LH", std::to_string(used));
    out += "end_of_record\n";
  }
  return out;
}

}  // namespace policyc::cli
