#include "plain_word.hpp"

#include <cstring>

#if defined(__GNUC__) && defined(__x86_64__)
#define POLICYC_HALVES 1
#include <immintrin.h>
#endif

namespace policyc::vm {
namespace {

constexpr std::size_t kPlaces = kInlineAncestors + 2;  // the resource, system, the resource's ancestors

struct Places {
  NodeId entities[kPlaces];
  std::uint8_t shifts[kPlaces];

  explicit Places(const PlainQuestion& at) noexcept {
    entities[0] = at.entity;
    shifts[0] = at.shifts[at.record.kind];
    entities[1] = kSystemNode;
    shifts[1] = at.shifts[kSystemKind];
    for (std::size_t i = 0; i < kInlineAncestors; ++i) {
      entities[i + 2] = at.record.ancestors[i];
      shifts[i + 2] = at.shifts[at.record.ancestor_kinds[i]];
    }
  }
};

#if defined(__GNUC__)

// Most are in no group. With one line alone all places are looked at, without a branch; with several, only
// those that are there.
template <bool kAlone>
std::uint32_t by_quarters(const PlainQuestion& at) noexcept {
  using Quarter = std::uint32_t __attribute__((vector_size(16)));
  constexpr std::size_t kQuarters = sizeof(PrincipalLine) / sizeof(Quarter);
  const std::uint32_t mask = (1U << at.role_bits) - 1;
  const Places places(at);
  const std::size_t used = kAlone ? kPlaces : at.record.depth + std::size_t{2};
  Quarter found[kPlaces] = {};
  const auto look_into = [&](const PrincipalLine& line) {
    Quarter entities[kQuarters];
    Quarter bits[kQuarters];
    for (std::size_t i = 0; i < kQuarters; ++i) {
      std::memcpy(&entities[i], reinterpret_cast<const std::byte*>(&line) + i * sizeof(Quarter),
                  sizeof(Quarter));
      bits[i] = entities[i] & mask;
      entities[i] >>= at.role_bits;
    }
    // The two numbers before the entries say nothing, whatever they are equal to.
    bits[0] &= Quarter{0, 0, ~0U, ~0U};
    for (std::size_t place = 0; place < used; ++place) {
      const NodeId entity = places.entities[place];
      const Quarter wanted = {entity, entity, entity, entity};
      for (std::size_t i = 0; i < kQuarters; ++i)
        found[place] |= bits[i] & reinterpret_cast<Quarter>(entities[i] == wanted);
    }
  };
  look_into(at.lines[at.own]);
  if constexpr (!kAlone)
    for (const std::uint32_t group : at.groups) look_into(at.lines[group]);
  Quarter word = {};
  for (std::size_t place = 0; place < used; ++place) word |= found[place] << places.shifts[place];
  return word[0] | word[1] | word[2] | word[3];
}

#else

template <bool>
std::uint32_t by_quarters(const PlainQuestion& at) noexcept {
  const std::uint32_t mask = (1U << at.role_bits) - 1;
  const Places places(at);
  std::uint32_t word = 0;
  const auto look_into = [&](const PrincipalLine& line) {
    for (std::size_t place = 0; place < kPlaces; ++place)
      for (const std::uint32_t entry : line.body)
        if (entry >> at.role_bits == places.entities[place]) word |= (entry & mask) << places.shifts[place];
  };
  look_into(at.lines[at.own]);
  for (const std::uint32_t group : at.groups) look_into(at.lines[group]);
  return word;
}

#endif

#ifdef POLICYC_HALVES

template <bool kAlone>
__attribute__((target("avx2"))) std::uint32_t by_halves(const PlainQuestion& at) noexcept {
  const __m128i role_bits = _mm_cvtsi32_si128(static_cast<int>(at.role_bits));
  const __m256i mask = _mm256_set1_epi32(static_cast<int>((1U << at.role_bits) - 1));
  // Without the two numbers before the entries.
  const __m256i first_mask = _mm256_and_si256(mask, _mm256_setr_epi32(0, 0, -1, -1, -1, -1, -1, -1));
  const Places places(at);
  const std::size_t used = kAlone ? kPlaces : at.record.depth + std::size_t{2};
  __m256i found[kPlaces];
  for (__m256i& one : found) one = _mm256_setzero_si256();
  const std::size_t lines = kAlone ? 1 : 1 + at.groups.size();
  for (std::size_t i = 0; i < lines; ++i) {
    const auto* const halves =
        reinterpret_cast<const __m256i*>(&at.lines[i == 0 ? at.own : at.groups[i - 1]]);
    const __m256i first = _mm256_load_si256(halves);
    const __m256i second = _mm256_load_si256(halves + 1);
    const __m256i first_entities = _mm256_srl_epi32(first, role_bits);
    const __m256i second_entities = _mm256_srl_epi32(second, role_bits);
    const __m256i first_bits = _mm256_and_si256(first, first_mask);
    const __m256i second_bits = _mm256_and_si256(second, mask);
    for (std::size_t place = 0; place < used; ++place) {
      const __m256i wanted = _mm256_set1_epi32(static_cast<int>(places.entities[place]));
      found[place] = _mm256_or_si256(
          found[place],
          _mm256_or_si256(_mm256_and_si256(first_bits, _mm256_cmpeq_epi32(first_entities, wanted)),
                          _mm256_and_si256(second_bits, _mm256_cmpeq_epi32(second_entities, wanted))));
    }
  }
  __m256i word = _mm256_setzero_si256();
  for (std::size_t place = 0; place < used; ++place)
    word = _mm256_or_si256(word, _mm256_sll_epi32(found[place], _mm_cvtsi32_si128(places.shifts[place])));
  __m128i lanes = _mm_or_si128(_mm256_castsi256_si128(word), _mm256_extracti128_si256(word, 1));
  lanes = _mm_or_si128(lanes, _mm_shuffle_epi32(lanes, _MM_SHUFFLE(1, 0, 3, 2)));
  lanes = _mm_or_si128(lanes, _mm_shuffle_epi32(lanes, _MM_SHUFFLE(2, 3, 0, 1)));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(lanes));
}

#endif

}  // namespace

std::uint32_t plain_word(const PlainQuestion& at) noexcept {
  return at.groups.empty() ? by_quarters<true>(at) : by_quarters<false>(at);
}

#ifdef POLICYC_HALVES

bool compares_by_halves() noexcept { return __builtin_cpu_supports("avx2") != 0; }
std::uint32_t plain_word_by_halves(const PlainQuestion& at) noexcept {
  return at.groups.empty() ? by_halves<true>(at) : by_halves<false>(at);
}

#else

bool compares_by_halves() noexcept { return false; }
std::uint32_t plain_word_by_halves(const PlainQuestion& question) noexcept { return plain_word(question); }

#endif

}  // namespace policyc::vm
