#include "document.hpp"

#include <algorithm>
#include <utility>

namespace policyc::snapshot {

NodeIndex Document::open(Node::Kind kind, std::size_t begin) {
  const auto at = static_cast<std::uint32_t>(begin);
  push({kind, false, at, at + 1, 0});
  return size() - 1;
}

void Document::close(NodeIndex container, std::size_t end) {
  nodes_[container].end = std::max(nodes_[container].end, static_cast<std::uint32_t>(end));
  nodes_[container].link = size();
}

void Document::add(Node::Kind kind, std::size_t begin, std::size_t end) {
  push({kind, false, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), 0});
}

void Document::add_copied(Node::Kind kind, std::size_t begin, std::size_t end, std::string text) {
  push({kind, true, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
        static_cast<std::uint32_t>(copies_.size())});
  copies_.push_back(std::move(text));
}

text::Span Document::start(NodeIndex node) const {
  const Node& n = nodes_[node];
  const bool container = n.kind == Node::Kind::map || n.kind == Node::Kind::list;
  return {file_, n.begin, container ? std::min(n.begin + 1, n.end) : n.end};
}

NodeIndex Document::find(NodeIndex map, std::string_view key) const {
  for (NodeIndex i = first(map); i != last(map); i = after(i + 1))
    if (nodes_[i].kind != Node::Kind::broken && text(i) == key) return i + 1;
  return 0;
}

std::string described(const Document& document, NodeIndex node) {
  switch (document[node].kind) {
    case Node::Kind::map: return "a map";
    case Node::Kind::list: return "a list";
    case Node::Kind::quoted: return "the text '" + shown(document.text(node)) + "' in quotes";
    case Node::Kind::plain: return "'" + shown(document.text(node)) + "'";
    case Node::Kind::literal: return shown(document.text(node)) + " without quotes";
    case Node::Kind::null: return "nothing";
    case Node::Kind::broken: break;
  }
  return "something else";
}

std::string as_list(const Document& document, NodeIndex node) {
  const Node::Kind kind = document[node].kind;
  const bool single = kind == Node::Kind::quoted || kind == Node::Kind::plain || kind == Node::Kind::literal;
  const text::Span span = document.span(node);
  if (!single || span.end - span.begin > 40) return "[ … ]";
  return "[" + std::string(document.source().substr(span.begin, span.end - span.begin)) + "]";
}

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  if (text.size() <= kLongest) return std::string(text);
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace policyc::snapshot
