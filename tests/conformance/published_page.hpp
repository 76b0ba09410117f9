#pragma once

// docs/conformance.md, written from what was run.

#include <string>
#include <vector>

#include "published_suite.hpp"

namespace policyc::conformance {

// Suites all of whose folders have run and hold.
[[nodiscard]] std::string conformance_page(const std::vector<PublishedSuite>& suites);

}  // namespace policyc::conformance
