// policyc completions SHELL: a script for bash, zsh or fish, written from the definition of the command line.

#include <algorithm>

#include "command_line.hpp"
#include "files.hpp"
#include "inputs.hpp"

namespace policyc::cli {
namespace {

std::string joined(const std::vector<std::string>& words, const char* between = " ") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::vector<std::string> names_of(const std::vector<const CLI::App*>& verbs) {
  std::vector<std::string> names;
  names.reserve(verbs.size());
  for (const CLI::App* verb : verbs) names.push_back(verb->get_name());
  return names;
}

// "-s" and "--snapshot" of one option; nothing of a positional.
std::vector<std::string> spellings(const CLI::Option& option) {
  std::vector<std::string> all;
  for (const std::string& name : option.get_snames()) all.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) all.push_back("--" + name);
  return all;
}

// Each verb that does something, as it is called: "check", "snapshot build".
struct Verb {
  std::string name;
  const CLI::App* app;
};
std::vector<Verb> leaves(const CLI::App& app) {
  std::vector<Verb> all;
  for (const CLI::App* verb : verbs_of(app)) {
    const std::vector<const CLI::App*> inner = verbs_of(*verb);
    if (inner.empty()) all.push_back({verb->get_name(), verb});
    for (const CLI::App* one : inner) all.push_back({verb->get_name() + " " + one->get_name(), one});
  }
  return all;
}

std::string bash(const CLI::App& app) {
  std::string options, values, groups;
  for (const Verb& verb : leaves(app)) {
    std::vector<std::string> words, first;
    std::vector<const CLI::Option*> all = options_of(*verb.app);
    const std::vector<const CLI::Option*> common = common_options_of(app);
    all.insert(all.end(), common.begin(), common.end());
    for (const CLI::Option* option : all) {
      const std::vector<std::string> names = spellings(*option);
      words.insert(words.end(), names.begin(), names.end());
      const std::vector<std::string> choices = choices_of(*option);
      if (choices.empty()) continue;
      if (names.empty()) first = choices;  // a positional
      for (const std::string& name : names)
        values += "    '" + verb.name + " " + name + "') words='" + joined(choices) + "' ;;\n";
    }
    options += "    '" + verb.name + "') options='" + joined(words) + "' words='" + joined(first) + "' ;;\n";
  }
  for (const CLI::App* verb : verbs_of(app))
    if (const auto inner = verbs_of(*verb); !inner.empty())
      groups += "    '" + verb->get_name() + "') verbs='" + joined(names_of(inner)) + "' ;;\n";
  return "# bash completion for policyc. Written by `policyc completions bash`.\n"
         "_policyc() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} "
         "verb=${COMP_WORDS[1]}\n"
         "  local verbs='' options='' words=''\n"
         "  COMPREPLY=()\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    COMPREPLY=($(compgen -W '" +
         joined(names_of(verbs_of(app))) +
         " --help --version' -- \"$current\"))\n"
         "    return\n"
         "  fi\n"
         "  case $verb in\n" +
         groups +
         "  esac\n"
         "  if [ -n \"$verbs\" ]; then\n"
         "    if [ \"$COMP_CWORD\" -eq 2 ]; then\n"
         "      COMPREPLY=($(compgen -W \"$verbs\" -- \"$current\"))\n"
         "      return\n"
         "    fi\n"
         "    verb=\"$verb ${COMP_WORDS[2]}\"\n"
         "  fi\n"
         "  case \"$verb $before\" in\n" +
         values +
         "  esac\n"
         "  if [ -z \"$words\" ]; then\n"
         "    case $verb in\n" +
         options +
         "    esac\n"
         "  fi\n"
         "  [[ $current != -* ]] || words=$options\n"
         "  if [ -n \"$words\" ]; then\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -f -- \"$current\"))\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _policyc policyc\n";
}

// As one word of a shell.
std::string in_quotes(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string zsh_arguments(const CLI::App& verb) {
  std::string text;
  for (const CLI::Option* option : options_of(verb)) {
    const std::vector<std::string> names = spellings(*option);
    const std::vector<std::string> choices = choices_of(*option);
    const std::string values = choices.empty() ? "_files" : "(" + joined(choices) + ")";
    const std::string said = "[" + option->get_description() + "]";
    const bool takes = option->get_items_expected_max() > 0;
    if (names.empty()) text += " \\\n      " + in_quotes(":" + option->get_name() + ":" + values);
    for (const std::string& name : names) {
      std::string spec = name;
      for (const char c : said) spec += c == ':' ? std::string("\\:") : std::string(1, c);
      if (takes) spec += ":value:" + values;
      text += " \\\n      " + in_quotes(spec);
    }
  }
  return text;
}

std::string zsh(const CLI::App& app) {
  std::string verbs, cases;
  for (const CLI::App* verb : verbs_of(app)) {
    verbs += "    " + in_quotes(verb->get_name() + ":" + verb->get_description()) + "\n";
    const std::vector<const CLI::App*> inner = verbs_of(*verb);
    if (inner.empty()) {
      cases += "  (" + verb->get_name() + ")\n    _arguments" + zsh_arguments(*verb) + "\n    ;;\n";
      continue;
    }
    cases += "  (" + verb->get_name() + ")\n    if (( CURRENT == 2 )); then\n      compadd " +
             joined(names_of(inner)) +
             "\n      return\n    fi\n    shift words\n    (( CURRENT-- ))\n    case $words[1] in\n";
    for (const CLI::App* one : inner)
      cases += "    (" + one->get_name() + ")\n      _arguments" + zsh_arguments(*one) + "\n      ;;\n";
    cases += "    esac\n    ;;\n";
  }
  return "#compdef policyc\n# zsh completion for policyc. Written by `policyc completions zsh`.\n_policyc() "
         "{\n"
         "  local -a verbs=(\n" +
         verbs +
         "  )\n"
         "  if (( CURRENT == 2 )); then\n    _describe verb verbs\n    return\n  fi\n"
         "  # From here on the verb stands where the command did.\n  shift words\n  (( CURRENT-- ))\n"
         "  case $words[1] in\n" +
         cases + "  esac\n}\n_policyc \"$@\"\n";
}

std::string fish(const CLI::App& app) {
  std::string text = "# fish completion for policyc. Written by `policyc completions fish`.\n";
  for (const CLI::App* verb : verbs_of(app)) {
    text += "complete -c policyc -n __fish_use_subcommand -f -a " + verb->get_name() + " -d " +
            in_quotes(verb->get_description()) + "\n";
    for (const CLI::App* one : verbs_of(*verb))
      text += "complete -c policyc -n '__fish_seen_subcommand_from " + verb->get_name() + "' -f -a " +
              one->get_name() + " -d " + in_quotes(one->get_description()) + "\n";
  }
  for (const Verb& verb : leaves(app)) {
    // "snapshot build" is seen when both words are.
    std::string seen;
    std::string word;
    for (const char c : verb.name + " ") {
      if (c != ' ') {
        word += c;
        continue;
      }
      seen += (seen.empty() ? "__fish_seen_subcommand_from " : "; and __fish_seen_subcommand_from ") + word;
      word.clear();
    }
    for (const CLI::Option* option : options_of(*verb.app)) {
      const std::vector<std::string> choices = choices_of(*option);
      std::string line = "complete -c policyc -n '" + seen + "'";
      for (const std::string& name : option->get_snames()) line += " -s " + name;
      for (const std::string& name : option->get_lnames()) line += " -l " + name;
      const bool is_named = !option->get_snames().empty() || !option->get_lnames().empty();
      if (!is_named && choices.empty()) continue;  // a file, which fish offers by itself
      if (!choices.empty())
        line += (is_named ? " -x -a " : " -f -a ") + in_quotes(joined(choices));
      else if (option->get_items_expected_max() > 0)
        line += " -r";
      text += line + " -d " + in_quotes(option->get_description()) + "\n";
    }
  }
  return text;
}

}  // namespace

ExitStatus completions(const CLI::App& app, const std::string& shell) {
  const std::string script = shell == "bash" ? bash(app) : shell == "zsh" ? zsh(app) : fish(app);
  const IoError error = print(script);
  print_trouble(error);
  return error.empty() ? kDone : kInputOutput;
}

}  // namespace policyc::cli
