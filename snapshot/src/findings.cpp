#include "findings.hpp"

#include <algorithm>

namespace policyc::snapshot {

void Findings::add(text::DiagCode code, text::Span span, std::vector<std::string> arguments,
                   std::string suggestion, std::vector<text::Note> notes) {
  const bool error = text::info(code).severity == text::Severity::error;
  std::uint32_t& count = error ? errors_ : warnings_;
  if (count == max_errors_) {
    more_ = more_ || error;
    more_warnings_ += error ? 0 : 1;
    return;
  }
  ++count;
  last_ = std::max(last_, span.begin);
  diagnostics_.add(code, span, std::move(arguments), std::move(suggestion), std::move(notes));
}

void Findings::finish() {
  if (more_)
    diagnostics_.add(text::DiagCode::too_many_errors, {file_, last_, last_}, {std::to_string(max_errors_)});
  if (more_warnings_ > 0)
    diagnostics_.add(text::DiagCode::more_warnings, {file_, last_, last_}, {std::to_string(more_warnings_)});
}

}  // namespace policyc::snapshot
