#pragma once

// Sources of roles as roles of their own: one that rests on the source alone, and one above for each roll-up
// that counts it.

#include <cstddef>
#include <string>
#include <vector>

#include "probe_points.hpp"

namespace policyc::compiler {

struct ProbeSource {
  std::size_t point = 0;
  // The roles to declare: the first on the source's scope, the others where it is rolled up to.
  struct Held {
    std::size_t file = 0;
    std::size_t index = 0;  // of the scope in its file
    std::string scope;      // its name; empty: system
    std::string role;       // for which this one stands
    std::string name;       // no identifier: it has blanks
    text::Path source;
  };
  std::vector<Held> held;
};

[[nodiscard]] std::vector<ProbeSource> probe_sources(const text::Package& package, const ProbePoints& points);

}  // namespace policyc::compiler
