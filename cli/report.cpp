#include "report.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "files.hpp"

namespace policyc::cli {

std::string counted(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

void Report::add(const text::Diagnostics& diagnostics, const text::SourceSet& sources) {
  errors_ += diagnostics.error_count();
  warnings_ += diagnostics.warning_count();
  if (format_ == Format::text) {
    print_findings(diagnostics, sources);
    return;
  }
  for (const text::Diagnostic& diagnostic : diagnostics.list())
    findings_.push_back(format_ == Format::json ? text::render_json(diagnostic, sources)
                                                : text::render_github(diagnostic, sources));
}

void Report::add_trouble(const std::string& trouble) {
  if (trouble.empty()) return;
  ++errors_;
  if (format_ == Format::text) {
    print_trouble(trouble);
  } else if (format_ == Format::json) {
    const nlohmann::ordered_json finding = {{"code", nullptr}, {"severity", "error"}, {"message", trouble}};
    findings_.push_back(finding.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    std::string escaped;
    for (const char c : trouble)
      escaped += c == '%' ? "%25" : c == '\n' ? "%0A" : c == '\r' ? "%0D" : std::string(1, c);
    findings_.push_back("::error::" + escaped);
  }
}

void Report::add_tests(const TestRun& run) {
  has_tests_ = true;
  tests_ = run.tests;
}

void Report::add_measure(const std::string& text, const std::string& key, const std::string& json) {
  measured_ += text;
  measures_.emplace_back(key, json);
}

bool Report::finish(const std::string& done) const {
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const TestSummary& test : tests_) {
    passed += test.passed;
    failed += test.failed;
  }
  std::string out;
  switch (format_) {
    case Format::text: {
      if (errors_ + warnings_ == 0) {
        out = (done.empty() ? "" : done + "\n") + measured_;
        break;
      }
      const std::string line = counted(errors_, "error") + ", " + counted(warnings_, "warning");
      if (errors_ == 0 && !done.empty()) out = done + "\n";
      out += measured_;
      std::fprintf(stderr, "%s\n", line.c_str());
      break;
    }
    case Format::github:
      for (const std::string& finding : findings_) {
        out += finding;
        if (!finding.empty() && finding.back() != '\n') out += '\n';
      }
      break;
    case Format::json: {
      nlohmann::ordered_json tests = nlohmann::ordered_json::array();
      for (const TestSummary& test : tests_)
        tests.push_back({{"name", test.name}, {"passed", test.passed}, {"failed", test.failed}});
      nlohmann::ordered_json findings = nlohmann::ordered_json::array();
      for (const std::string& finding : findings_)
        findings.push_back(nlohmann::ordered_json::parse(finding, nullptr, false));
      nlohmann::ordered_json all = {
          {"ok", errors_ == 0}, {"errors", errors_}, {"warnings", warnings_}, {"findings", findings}};
      if (has_tests_) all["tests"] = {{"passed", passed}, {"failed", failed}, {"list", tests}};
      for (const auto& [key, json] : measures_)
        all[key] = nlohmann::ordered_json::parse(json, nullptr, false);
      out = all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
      break;
    }
  }
  const IoError error = print(out);
  print_trouble(error);
  return error.empty();
}

}  // namespace policyc::cli
