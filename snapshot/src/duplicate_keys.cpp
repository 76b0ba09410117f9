#include "duplicate_keys.hpp"

#include <algorithm>
#include <span>
#include <tuple>

namespace policyc::snapshot {
namespace {

struct Key {
  std::string_view text;
  NodeIndex node;
};

void report(const Document& document, const Key& first, const Key& again, Findings& findings) {
  findings.add(text::DiagCode::duplicate_key, document.span(again.node), {shown(again.text)}, {},
               {{document.span(first.node), "it stands here first"}});
}

// Most maps have a handful of keys; those with more are sorted.
void check(const Document& document, std::span<Key> keys, Findings& findings) {
  constexpr std::size_t kFew = 16;
  if (keys.size() > kFew) {
    std::sort(keys.begin(), keys.end(),
              [](const Key& a, const Key& b) { return std::tie(a.text, a.node) < std::tie(b.text, b.node); });
    const Key* first = &keys.front();
    for (const Key& key : keys.subspan(1)) {
      if (key.text == first->text)
        report(document, *first, key, findings);
      else
        first = &key;
    }
    return;
  }
  for (std::size_t i = 1; i < keys.size(); ++i) {
    const auto end = keys.begin() + static_cast<std::ptrdiff_t>(i);
    const auto first =
        std::find_if(keys.begin(), end, [&](const Key& key) { return key.text == keys[i].text; });
    if (first != end) report(document, *first, keys[i], findings);
  }
}

}  // namespace

void report_duplicate_keys(const Document& document, Findings& findings) {
  std::vector<Key> keys;
  for (NodeIndex map = 0; map < document.size(); ++map) {
    if (document[map].kind != Node::Kind::map) continue;
    keys.clear();
    for (NodeIndex key = Document::first(map); key != document.last(map); key = document.after(key + 1))
      if (document[key].kind != Node::Kind::broken) keys.push_back({document.text(key), key});
    if (keys.size() > 1) check(document, keys, findings);
    if (findings.full()) return;
  }
}

}  // namespace policyc::snapshot
