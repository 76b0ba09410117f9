#include "published_page.hpp"

#include <filesystem>

namespace policyc::conformance {
namespace {

constexpr const char* kIntroduction = R"(# Conformance with other engines

Other engines publish cases: who is who, what is asked, and what the answer must be. Those that the language can say are put in its own
words under [tests/conformance/published](../tests/conformance/published) and asked of the product on every change; a single answer that
isn't the published one fails the tests. Facts and expected decisions are the publishers', the policies are ours. This page is written by
the program that asks (`scripts/docs`).

What the language can't say yet, or never will, is counted too, with the construct that is missing. A published error is a deny here: a
request that is rejected never allows anything. A request that asks for several decisions counts as so many.

Where a list is asked for one kind of users, ours still has every kind. Where one names sets of people, such as `team:a#member`, next to the
people in them, ours names the people; where one says that everyone may, ours also names those who are known.

)";

struct Sums {
  std::size_t cases = 0;
  std::size_t decisions = 0;
  std::size_t unsaid = 0;

  void add(const PublishedCase& published) {
    ++cases;
    decisions += published.decisions;
    unsaid += unsaid_of(published);
  }
  void add(const Sums& other) {
    cases += other.cases;
    decisions += other.decisions;
    unsaid += other.unsaid;
  }
};

// A case whose answers differed would have failed the run, so what ran agrees.
std::string row(const std::string& name, const Sums& sums, const std::string& bold = "") {
  std::string line = "| " + name;
  const std::size_t said = sums.decisions - sums.unsaid;
  for (const std::size_t number : {sums.cases, sums.decisions, said, said, sums.unsaid})
    line += " | " + bold + std::to_string(number) + bold;
  return line + " |\n";
}

// A bar would end the cell.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return escaped;
}

std::string unsaid_cell(const PublishedCase& published) {
  std::string text;
  for (const Unsaid& unsaid : published.unsaid) {
    if (!text.empty()) text += "; ";
    text += std::to_string(unsaid.requests) + ": " + cell(unsaid.why);
  }
  return text;
}

// From docs/. A package may lie elsewhere in the repository, where it has other uses too.
std::string link_to(const PublishedSuite& suite, const std::string& folder) {
  const std::filesystem::path path =
      std::filesystem::path("../tests/conformance/published") / suite.name / folder;
  return path.lexically_normal().generic_string();
}

std::string case_row(const PublishedSuite& suite, const PublishedCase& published) {
  std::string line = "| ";
  if (published.folder)
    line += "[" + cell(published.name) + "](" + link_to(suite, *published.folder) + ")";
  else
    line += cell(published.name);
  line += " | " + std::to_string(published.decisions);
  if (published.decisions != published.requests)
    line += " in " + std::to_string(published.requests) + " requests";
  const std::string said = std::to_string(published.decisions - unsaid_of(published));
  return line + " | " + said + " | " + said + " | " + unsaid_cell(published) + " |\n";
}

std::string section(const PublishedSuite& suite) {
  std::string text = "## " + suite.name + "\n\nFrom [" + suite.repository + "](https://" + suite.repository +
                     "/tree/" + suite.commit + ") at `" + suite.commit.substr(0, 12) + "`, " + suite.licence +
                     ".\n\n| case | published | run | agree | not said, and what is missing |\n" +
                     "| --- | ---: | ---: | ---: | --- |\n";
  for (const PublishedCase& published : suite.cases) text += case_row(suite, published);
  std::string others;
  for (const PublishedCase& published : suite.cases)
    if (published.licence != suite.licence)
      others += "* " + published.name + " is licensed as " + published.licence + ".\n";
  if (!suite.without_requests.empty()) {
    others += "* Published without a request, so there is nothing to ask:";
    for (const std::string& name : suite.without_requests)
      others += (&name == &suite.without_requests.front() ? " " : ", ") + cell(name);
    others += ".\n";
  }
  return text + (others.empty() ? "" : "\n" + others) + "\n";
}

}  // namespace

std::string conformance_page(const std::vector<PublishedSuite>& suites) {
  std::string text = kIntroduction;
  text += "| suite | cases | published | run | agree | not said |\n";
  text += "| --- | ---: | ---: | ---: | ---: | ---: |\n";
  Sums all;
  for (const PublishedSuite& suite : suites) {
    Sums sums;
    for (const PublishedCase& published : suite.cases) sums.add(published);
    text += row("[" + suite.name + "](#" + suite.name + ")", sums);
    all.add(sums);
  }
  text += row("**all**", all, "**") + "\n";
  for (const PublishedSuite& suite : suites) text += section(suite);
  text.pop_back();
  return text;
}

}  // namespace policyc::conformance
