#pragma once

// What tests ask, as requests; and requests, as tests write them.

#include <string>
#include <vector>

#include "policyc/program.hpp"
#include "policyc/request.hpp"
#include "policyc/text/syntax.hpp"
#include "test_values.hpp"

namespace policyc::cli {

// The expectations of a test, the cells of its tables among them, each as though it stood alone.
[[nodiscard]] std::vector<text::Expectation> expectations_of(const text::Test& test);

// What is asked. The request lives as long as `values` and the test, or the expectation.
[[nodiscard]] Request request_of(const Program& program, const text::Test& test,
                                 const text::Expectation& expectation, Values& values);
[[nodiscard]] Request request_of(const Program& program, const text::Test& test,
                                 const text::ListExpectation& list, Values& values);

// "user:ann", "user:\"ann@acme.io\"": an entity, kind:id, as policies write it.
[[nodiscard]] std::string written(const std::string& name);
// A literal as policies write it.
[[nodiscard]] std::string written(const text::Expr& literal);
// "(a: 1, b: x)" between the brackets that are given, or "" if there are none.
[[nodiscard]] std::string written(const std::vector<text::Argument>& arguments, const char* open,
                                  const char* close);

}  // namespace policyc::cli
