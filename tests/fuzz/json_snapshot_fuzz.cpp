// Any bytes as a snapshot in JSON, or, if the first is an "l", in JSON Lines.

#include "fixture.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using policyc::snapshot::Format;
  if (size == 0) return 0;
  const bool require_end = data[size - 1] == '!';
  const std::size_t end = size - (require_end && size > 1 ? 1 : 0);
  (void)policyc::fuzz::read_facts(policyc::fuzz::text_of(data + 1, end - 1),
                                  data[0] == 'l' ? Format::json_lines : Format::json, require_end);
  return 0;
}
