// The one translation unit that instantiates the grammar.

#include "policyc/text/parse.hpp"

#include "actions_blocks.hpp"
#include "expectations.hpp"

namespace policyc::text {
namespace {

template <typename Rule>
void read(State& state) {
  tao::pegtl::memory_input<tao::pegtl::tracking_mode::lazy, tao::pegtl::eol::lf, const char*> in(
      state.text.data(), state.text.data() + state.text.size(), "");
  (void)tao::pegtl::parse<Rule, Build, Control>(in, state);
}

// Prepares the text and hands it to `body`; hands over what is wrong with it.
template <typename Body_>
void read_prepared(const Source& source, std::uint32_t file, Diagnostics& diagnostics,
                   const ParseLimits& limits, Body_ body) {
  Complaints complaints(file, limits.max_errors);
  if (source.text().size() > limits.max_bytes) {
    complaints.add(DiagCode::file_too_large, 0, 0, {source.name(), std::to_string(limits.max_bytes)});
    return complaints.move_to(diagnostics);
  }
  PreparedText prepared;
  try {
    prepared = prepare(source.text(), complaints);
    State state(source, prepared, complaints, limits);
    body(state);
  } catch (const StopReading&) {
    // The last complaint says so.
  }
  complaints.move_to(diagnostics);
}

}  // namespace

File parse(const SourceSet& sources, std::uint32_t file, Diagnostics& diagnostics,
           const ParseLimits& limits) {
  File tree;
  tree.file = file;
  read_prepared(sources[file], file, diagnostics, limits, [&](State& state) {
    try {
      read<grammar::policy_file>(state);
      state.drop_annotations();
    } catch (const StopReading&) {
      // What was read before it is in the tree.
    }
    tree = std::move(state.tree);
    tree.comments = state.all_comments;
  });
  return tree;
}

std::optional<Expr> parse_expression(const SourceSet& sources, std::uint32_t file, Diagnostics& diagnostics,
                                     const ParseLimits& limits) {
  std::optional<Expr> expression;
  const std::size_t errors = diagnostics.error_count();
  read_prepared(sources[file], file, diagnostics, limits, [&](State& state) {
    read<grammar::whole_expression>(state);
    if (!state.expressions.empty()) expression = state.expressions.take();
  });
  if (diagnostics.error_count() != errors) return std::nullopt;
  return expression;
}

}  // namespace policyc::text
