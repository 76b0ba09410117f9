// Any bytes as a snapshot in YAML. Those that end with "!" insist on an end mark.

#include "fixture.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bool require_end = size > 0 && data[size - 1] == '!';
  (void)policyc::fuzz::read_facts(policyc::fuzz::text_of(data, size - (require_end ? 1 : 0)),
                                  policyc::snapshot::Format::yaml, require_end);
  return 0;
}
