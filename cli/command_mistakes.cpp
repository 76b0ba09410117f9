// What is said of a command line that can't be understood: which verb, what is wrong, and what was meant.

#include <algorithm>

#include "command_line.hpp"
#include "inputs.hpp"
#include "policyc/text/diagnostic.hpp"

namespace policyc::cli {
namespace {

std::string joined(const std::vector<std::string>& words, const char* last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 < words.size() ? ", " : std::string(" ") + last + " ") + words[i];
  return text;
}

std::vector<std::string> dashed_names_of(const std::vector<const CLI::Option*>& options) {
  std::vector<std::string> names;
  for (const CLI::Option* option : options) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

// The verb that the words have come to: "policyc snapshot build".
struct Place {
  const CLI::App* verb;
  std::string name;
};
Place place_in(const CLI::App& app) {
  Place place{&app, "policyc"};
  while (!place.verb->get_subcommands().empty()) {
    place.verb = place.verb->get_subcommands().front();
    place.name += " " + place.verb->get_name();
  }
  return place;
}

// Verbs as they are called, "snapshot build" too.
std::vector<std::string> all_verbs(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : verbs_of(app)) {
    names.push_back(verb->get_name());
    for (const CLI::App* inner : verbs_of(*verb)) names.push_back(verb->get_name() + " " + inner->get_name());
  }
  return names;
}

std::string unknown_verb(const CLI::App& app, const Place& place, const std::string& word) {
  const std::string before = place.verb == &app ? "" : place.verb->get_name() + " ";
  const std::vector<std::string> verbs = all_verbs(app);
  std::string suggestion = text::did_you_mean(before + word, verbs);
  // "stat" alone is "snapshot stat".
  for (const std::string& verb : verbs)
    if (verb.ends_with(" " + word)) suggestion = "did you mean '" + verb + "'?";
  return "there is no verb '" + before + word + "'" + (suggestion.empty() ? "" : "; ") + suggestion;
}

std::string unknown_option(const CLI::App& app, const Place& place, const std::string& word) {
  const std::string option = word.substr(0, word.find('='));
  std::vector<const CLI::Option*> known = options_of(*place.verb);
  const std::vector<const CLI::Option*> common = common_options_of(app);
  known.insert(known.end(), common.begin(), common.end());
  if (!verbs_of(*place.verb).empty() && place.verb != &app) {
    std::vector<std::string> inner;
    for (const CLI::App* verb : verbs_of(*place.verb)) inner.push_back(verb->get_name());
    return "say which first: " + joined(inner, "or");
  }
  std::string said = "there is no option '" + option + "'";
  if (const std::string near = text::did_you_mean(option, dashed_names_of(known)); !near.empty())
    return said + "; " + near;
  std::vector<std::string> others;
  for (const CLI::App* verb : verbs_of(app)) {
    std::vector<const CLI::App*> leaves = verbs_of(*verb);
    leaves.push_back(verb);
    for (const CLI::App* leaf : leaves) {
      const std::vector<std::string> names = dashed_names_of(options_of(*leaf));
      if (std::find(names.begin(), names.end(), option) != names.end())
        others.push_back("policyc " + (leaf == verb ? "" : verb->get_name() + " ") + leaf->get_name());
    }
  }
  return others.empty()
             ? said
             : said + "; " + joined(others, "and") + (others.size() == 1 ? " has one" : " have one");
}

std::string word_too_many(const Place& place, const std::string& word) {
  std::vector<std::string> bare;
  for (const CLI::Option* option : options_of(*place.verb))
    for (const std::string& name : option->get_lnames()) bare.push_back(name);
  std::string suggestion;
  if (const auto same = std::find(bare.begin(), bare.end(), word); same != bare.end())
    suggestion = "did you mean '--" + *same + "'?";
  else if (is_snapshot_name(word) && std::find(bare.begin(), bare.end(), "snapshot") != bare.end())
    suggestion = "did you mean '--snapshot " + word + "'?";
  else if (const std::string* near = text::nearest(word, bare); near != nullptr)
    suggestion = "did you mean '--" + *near + "'?";
  return "'" + word + "' is a word too many" + (suggestion.empty() ? "" : "; ") + suggestion;
}

// What is needed and not there, and an example of the whole.
std::string missing(const Place& place) {
  std::string said;
  for (const CLI::Option* option : options_of(*place.verb))
    if (option->get_required() && option->count() == 0)
      said += (said.empty() ? "" : "\n" + place.name + ": ") + spelling_of(*option) +
              " is missing: " + option->get_description();
  const std::string& footer = place.verb->get_footer();
  const std::size_t example = footer.find("Example");
  return example == std::string::npos ? said : said + "\n" + footer.substr(example);
}

// CLI11 begins its sentences about a value with the option.
std::string wrong_value(const CLI::App& app, const Place& place, const std::string& said) {
  const std::string name = said.substr(0, said.find(':'));
  std::vector<const CLI::Option*> options = options_of(*place.verb);
  const std::vector<const CLI::Option*> common = common_options_of(app);
  options.insert(options.end(), common.begin(), common.end());
  for (const CLI::Option* option : options) {
    if (option->get_name() != name) continue;
    if (said.find("At Most") != std::string::npos) return name + " stands more than once";
    if (type_of(*option) == "COUNT") return name + " takes a whole number from 1 to 4294967295";
    if (type_of(*option) == "BYTES")
      return name + " takes a number of bytes, or one with kb, mb or gb behind it";
    if (said.find("required") != std::string::npos) return name + " takes a value: " + spelling_of(*option);
  }
  return said;
}

}  // namespace

std::vector<std::string> words_left(const CLI::App& app) {
  std::vector<std::string> words = app.remaining(true);
  std::erase(words, "--");  // where options end
  return words;
}

std::string mistake_in(const CLI::App& app, const CLI::ParseError& error) {
  const Place place = place_in(app);
  const bool is_group = !verbs_of(*place.verb).empty();
  const std::vector<std::string> words = words_left(app);
  const auto option = std::find_if(words.begin(), words.end(),
                                   [](const std::string& word) { return word.size() > 1 && word[0] == '-'; });
  // What the verb itself has to say of its words.
  const std::string more = "\n" + place.name + " --help says more\n";
  if (const std::string own = error.what(); own.starts_with(place.name + ": ")) return own + more;
  std::string said;
  // What was misspelt is looked for elsewhere, and words behind it are read wrongly: it comes first.
  if (is_group && !words.empty() && option != words.begin())
    said = unknown_verb(app, place, words.front());
  else if (option != words.end())
    said = unknown_option(app, place, *option);
  else if (is_group) {
    std::vector<std::string> verbs;
    for (const CLI::App* verb : verbs_of(*place.verb)) verbs.push_back(verb->get_name());
    said = "say which: " + joined(verbs, "or");
  } else if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr)
    said = missing(place);
  else if (!words.empty())
    said = word_too_many(place, words.front());
  else
    said = wrong_value(app, place, error.what());
  return place.name + ": " + said + more;
}

}  // namespace policyc::cli
