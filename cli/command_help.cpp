// What --help prints: verbs before options, options before limits, and each as the manual spells it.

#include <algorithm>

#include "command_line.hpp"

namespace policyc::cli {
namespace {

// Descriptions begin here; what is longer on the left has its description below it.
constexpr std::size_t kColumn = 29;

std::string entry(const std::string& left, const std::string& description) {
  std::string line = "  " + left;
  if (line.size() + 2 > kColumn)
    line += "\n" + std::string(kColumn, ' ');
  else
    line.resize(kColumn, ' ');
  return line + description + "\n";
}

std::string list_of(const char* title, const std::vector<const CLI::Option*>& options) {
  std::string text;
  for (const CLI::Option* option : options) text += entry(spelling_of(*option), option->get_description());
  return text.empty() ? text : std::string("\n") + title + ":\n" + text;
}

std::string footer_of(const CLI::App& app) {
  return app.get_footer().empty() ? "" : "\n" + app.get_footer() + "\n";
}

}  // namespace

bool is_positional(const CLI::Option& option) {
  return option.get_snames().empty() && option.get_lnames().empty();
}

std::string spelling_of(const CLI::Option& option) {
  if (is_positional(option)) return option.get_required() ? option.get_name() : "[" + option.get_name() + "]";
  std::string text;
  for (const std::string& name : option.get_snames()) text += (text.empty() ? "-" : ", -") + name;
  for (const std::string& name : option.get_lnames()) text += (text.empty() ? "--" : ", --") + name;
  return option.get_items_expected_max() == 0 ? text : text + " " + type_of(option);
}

std::string usage_of(const CLI::App& verb, const std::string& name) {
  if (!verbs_of(verb).empty()) return "policyc " + name + (name.empty() ? "" : " ") + "VERB [options] …";
  std::string needed, words;
  for (const CLI::Option* option : options_of(verb)) {
    if (is_positional(*option))
      words += " " + spelling_of(*option);
    else if (option->get_required())
      needed += " " +
                (option->get_snames().empty() ? "--" + option->get_lnames().front()
                                              : "-" + option->get_snames().front()) +
                " " + type_of(*option);
  }
  return "policyc " + name + needed + " [options]" + words;
}

std::string Help::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode /*mode*/) const {
  // CLI11 calls it with the whole line of verbs, the command's own name first.
  name = name == "policyc" ? "" : name.substr(std::min(name.size(), std::string_view("policyc ").size()));
  std::string text = app->get_description() + "\n\nUsage: " + usage_of(*app, name) + "\n";
  std::string verbs;
  for (const CLI::App* verb : verbs_of(*app)) verbs += entry(verb->get_name(), verb->get_description());
  if (!verbs.empty()) text += "\nVerbs:\n" + verbs;

  std::vector<const CLI::Option*> words, options;
  const std::vector<const CLI::Option*> limits = common_options_of(*app);
  for (const CLI::Option* option : options_of(*app))
    if (std::find(limits.begin(), limits.end(), option) == limits.end())
      (is_positional(*option) ? words : options).push_back(option);
  text += list_of("Words", words) + list_of("Options", options) +
          list_of("Limits, which may stand after every verb; BYTES as 5000, 64kb, 16mb or 2gb", limits);
  return text + footer_of(*app);
}

}  // namespace policyc::cli
