#pragma once

// Work that is done again and again, each time with another allocation that fails.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <new>
#include <string>

#include "differential/seeds.hpp"
#include "unit/allocations.hpp"

namespace policyc::faults {

// How a piece of work ended: as always, with an error that says that memory ran out, or with anything else.
enum class Outcome : std::uint8_t { as_always, refused, wrong };

// Whether only the n-th allocation fails, or all from there on.
enum class Failing : std::uint8_t { one, all };

// What the promise of a function is when memory runs out: an error value, or std::bad_alloc where its header
// says so.
enum class Promise : std::uint8_t { error_value, bad_alloc };

// Fails the first allocation of the work, the second, and so on until it gets to its end. Each time the
// outcome must be the one of always or a refusal, all memory must be given back, and `unharmed` must hold of
// what was there before. Work of very many allocations is tried at about POLICYC_FAULTS_ALLOCATIONS of them,
// spread over all.
template <class Work, class Unharmed>
void fail_each_allocation(const std::string& name, Promise promise, const Work& work,
                          const Unharmed& unharmed) {
  using namespace vm::testing;
  ASSERT_EQ(work(), Outcome::as_always) << name;  // and what is made once, in the first run, is made
  const std::size_t begin = allocations.load();
  ASSERT_EQ(work(), Outcome::as_always) << name;
  const std::size_t total = allocations.load() - begin;
  const std::size_t most = differential::setting("POLICYC_FAULTS_ALLOCATIONS", 600);
  const std::size_t step = std::max<std::size_t>(1, total / most);
  std::size_t failed = 0, refused = 0;
  for (const Failing failing : {Failing::one, Failing::all}) {
    for (std::size_t n = 1; n <= total; n += step) {
      const std::string where = name + ", allocation " + std::to_string(n) + " of " + std::to_string(total) +
                                (failing == Failing::one ? " alone" : " and all behind it");
      const std::size_t live = live_allocations.load();
      const std::size_t before = allocations.load();
      (failing == Failing::one ? allocations_fail_at : last_of_allocations) =
          before + (failing == Failing::one ? n : n - 1);
      Outcome outcome = Outcome::wrong;
      bool thrown = false;
      try {
        outcome = work();
      } catch (const std::bad_alloc&) {
        thrown = true;
      }
      const bool was_hit = allocations.load() - before >= n;
      allocations_fail_at = 0;
      last_of_allocations = SIZE_MAX;
      ASSERT_EQ(live_allocations.load(), live) << where << ": memory was not given back";
      ASSERT_TRUE(!thrown || promise == Promise::bad_alloc) << where << ": thrown";
      ASSERT_TRUE(thrown || outcome != Outcome::wrong) << where << ": neither the result nor a refusal";
      ASSERT_TRUE(unharmed()) << where << ": what was there before answers otherwise";
      failed += was_hit ? 1U : 0U;
      refused += thrown || outcome == Outcome::refused ? 1U : 0U;
    }
  }
  EXPECT_GT(refused, 0U) << name;
  std::printf("%s: %zu allocations, %zu of them failed, %zu refusals\n", name.c_str(), total, failed,
              refused);
}

template <class Work>
void fail_each_allocation(const std::string& name, Promise promise, const Work& work) {
  fail_each_allocation(name, promise, work, [] { return true; });
}

}  // namespace policyc::faults
