#include "findings.hpp"

#include <algorithm>

namespace policyc::snapshot {

void Findings::add(text::DiagCode code, text::Span span, std::vector<std::string> arguments,
                   std::string suggestion, std::vector<text::Note> notes) {
  const bool error = text::info(code).severity == text::Severity::error;
  std::uint32_t& count = error ? errors_ : warnings_;
  if (count == max_errors_) {
    more_ = more_ || error;
    return;
  }
  ++count;
  last_ = std::max(last_, span.begin);
  diagnostics_.add(code, span, std::move(arguments), std::move(suggestion), std::move(notes));
}

void Findings::finish() {
  if (more_)
    diagnostics_.add(text::DiagCode::too_many_errors, {file_, last_, last_}, {std::to_string(max_errors_)});
}

}  // namespace policyc::snapshot
