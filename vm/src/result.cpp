// The names and sentences of error codes, from error_codes.def alone.

#include "policyc/result.hpp"

namespace policyc {

std::string_view name_of(ErrorCode code) noexcept {
  switch (code) {
// clang-format off
#define ERROR_CODE(code, name, doc) \
  case ErrorCode::name: return #name;
#include "policyc/error_codes.def"
    // clang-format on
  }
  return "unknown";
}

std::string_view describe(ErrorCode code) noexcept {
  switch (code) {
// clang-format off
#define ERROR_CODE(code, name, doc) \
  case ErrorCode::name: return doc;
#include "policyc/error_codes.def"
    // clang-format on
  }
  return "an error that this build does not know";
}

}  // namespace policyc
