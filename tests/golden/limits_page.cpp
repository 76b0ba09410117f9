#include "limits_page.hpp"

#include <limits>

#include "../../cli/limits.hpp"
#include "assembler.hpp"
#include "code.hpp"
#include "constants.hpp"
#include "evaluation.hpp"
#include "expressions.hpp"
#include "id_table.hpp"
#include "lower.hpp"
#include "policyc/request.hpp"
#include "policyc/snapshot/read.hpp"
#include "policyc/text/parse.hpp"
#include "program_format.hpp"
#include "schema_check.hpp"
#include "snapshot_format.hpp"

namespace policyc::docs {
namespace {

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

class Page {
 public:
  void title(const char* text) {
    page_ += std::string("\n## ") + text +
             "\n\n| what | limit | option | beyond it |\n| --- | --- | --- | --- |\n";
  }
  void row(const char* what, std::uint64_t limit, const char* option, const char* beyond) {
    const std::string shown = *option == '\0' ? "" : std::string("`") + option + "`";
    page_ += std::string("| ") + what + " | " + with_commas(limit) + " | " + shown + " | " + beyond + " |\n";
  }
  [[nodiscard]] const std::string& text() const { return page_; }

 private:
  std::string page_ =
      "# Limits\n\nGenerated from the constants by `scripts/docs`; do not edit.\n\nEvery limit is an error "
      "where it is exceeded: nothing "
      "is cut short, wrapped or dropped in silence. Options are the\ncommand's; in C++ they are "
      "`text::ParseLimits` and "
      "`snapshot::ReadLimits`. A finding about a limit ends the command with exit status 4, "
      "whatever\nelse was found; a request that exceeds one is denied with the code that is given here, "
      "and the others are answered.\n";
};

}  // namespace

std::string limits_page() {
  const text::ParseLimits policy;
  const snapshot::ReadLimits facts;
  Page page;
  page.title("Policy texts");
  page.row("bytes of a file", policy.max_bytes, "--max-policy-bytes", "PC9002");
  page.row("nesting of parentheses, sets and quantifiers", policy.max_nesting, "--max-policy-nesting",
           "PC9001");
  page.row("syntax errors reported for one file", policy.max_errors, "--max-policy-errors",
           "PC9003, the last one");
  page.title("Policies");
  page.row("kinds of entities, `system` among them", kMaxKinds, "", "PC2009");
  page.row("roles of a kind", vm::kRawBits, "", "PC2014");
  page.row("bits of all roles along a path of kinds", vm::kRoleWordBits, "", "PC2013");
  page.row("attributes, roles or actions of a policy", kNoIndex - 1, "", "PC2014");
  page.row("rules", std::numeric_limits<RuleIndex>::max(), "", "PC2099");
  page.row("parameters of an action", vm::kMaxParameters, "", "PC2014");
  page.row("fields of the context", vm::kMaxContextFields, "", "PC2014");
  page.row("tests that named conditions put into one expression", compiler::kMaxPutIn, "", "PC2069");
  page.row("named conditions, and tests within them, around each other", compiler::kMaxConditionDepth, "",
           "PC9020");
  page.row("instructions of an action", vm::kMaxInstructions, "", "PC9011");
  page.row("constants, and sets of roles, of a policy", compiler::kMaxPool, "", "PC9011");
  // Two hold the subject and the resource.
  page.row("values that an expression holds at once", vm::kRegisters - 2, "", "PC9014");
  page.row("loops around each other: quantifiers, roles of several entities", vm::kLoopSlots, "",
           "PC2060, PC9012");
  page.row("steps of expanding an action's conditions", compiler::kMaxLoweringSteps, "", "PC9013");
  page.row("depth of that", compiler::kMaxLoweringDepth, "", "PC9013");
  page.title("Snapshots");
  page.row("bytes of a file in YAML", facts.max_yaml_bytes, "--max-yaml-bytes", "PC4010");
  page.row("bytes of a file in JSON or JSON Lines", facts.max_json_bytes, "--max-json-bytes", "PC4010");
  page.row("nesting of maps and lists", facts.max_nesting, "--max-snapshot-nesting", "PC4011");
  page.row("errors reported", facts.max_errors, "--max-snapshot-errors", "PC9003, the last one");
  page.row("entities", vm::kMaxNodes, "", "PC4312");
  page.row("ancestors of an entity", vm::kMaxDepth, "", "PC4306");
  page.row("groups and usersets that one leads to, each in the next", vm::kMaxGroupDepth, "", "PC4325");
  page.row("entities that an `acyclic` attribute leads to from one", vm::kMaxClosure, "", "PC4319");
  page.row("slots that a look-up of an id reads", vm::kMaxProbe, "", "the builder takes another seed");
  page.title("Images");
  page.row("bytes of an image that the command reads, `.pbc` or `.psnap`", cli::kMaxImageBytes, "",
           "exit status 4");
  page.title("Requests");
  page.row("bytes of a line of `eval --requests`", cli::Limits().max_request_bytes, "--max-request-bytes",
           "`limit_exceeded`");
  page.row("lists and objects around a value in JSON", std::uint64_t{cli::kMaxValueDepth}, "", "`malformed`");
  page.row("queries of a batch", kMaxBatch, "", "`limit_exceeded`, for each behind them");
  page.row("attributes given for one entity", vm::kMaxGivenAttributes, "", "`limit_exceeded`");
  page.row("elements of all sets together", vm::kMaxGivenElements, "", "`limit_exceeded`");
  return page.text() +
         "\nA kind with more required attributes than a request may give can't be described inline.\n\n"
         "`--max-memory BYTES` bounds the address space of the command; there is no bound unless it is "
         "given.\n";
}

}  // namespace policyc::docs
