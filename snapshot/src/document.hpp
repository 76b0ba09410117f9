#pragma once

// What a snapshot's text says, whatever its format: maps, lists and single values,
// each with its place. The readers of YAML and JSON fill one in; what it means is
// decided elsewhere, once for all formats.
//
// A tree in one vector, in the order of the text. A map's nodes are its keys, each
// followed by its value.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policyc/text/source.hpp"

namespace policyc::snapshot {

using NodeIndex = std::uint32_t;

struct Node {
  enum class Kind : std::uint8_t {
    map,
    list,
    quoted,   // text in quotes, or a block of text
    plain,    // YAML: text without quotes, which may be meant as anything
    literal,  // JSON: a number, true or false
    null,
    broken,  // something that has been reported already: nobody complains about it again
  };
  Kind kind = Kind::broken;
  bool copied = false;  // its text is not what stands between begin and end
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t link = 0;  // map, list: the node after its last; copied: the number of its text
};

class Document {
 public:
  // `source` is the whole file, and must outlive the document.
  Document(std::string_view source, std::uint32_t file) : source_(source), file_(file) {}

  // Told every so many nodes how far they have come, in bytes of the source.
  void tell(std::function<void(std::uint64_t, std::uint64_t)> progress) { progress_ = std::move(progress); }

  // Keeps the memory.
  void clear() {
    nodes_.clear();
    copies_.clear();
  }

  // Building. A map or list is open until close().
  NodeIndex open(Node::Kind kind, std::size_t begin);
  void close(NodeIndex container, std::size_t end);
  void add(Node::Kind kind, std::size_t begin, std::size_t end);
  void add_copied(Node::Kind kind, std::size_t begin, std::size_t end, std::string text);
  [[nodiscard]] bool is_open(NodeIndex node) const {
    const Node& n = nodes_[node];
    return (n.kind == Node::Kind::map || n.kind == Node::Kind::list) && n.link == 0;
  }
  // Takes back everything from this node on.
  void drop_from(NodeIndex node) { nodes_.resize(node); }

  [[nodiscard]] NodeIndex size() const noexcept { return static_cast<NodeIndex>(nodes_.size()); }
  [[nodiscard]] const Node& operator[](NodeIndex node) const { return nodes_[node]; }
  [[nodiscard]] std::string_view source() const noexcept { return source_; }
  [[nodiscard]] std::uint32_t file() const noexcept { return file_; }

  // The text of a single value, without quotes and with its escapes resolved.
  [[nodiscard]] std::string_view text(NodeIndex node) const {
    const Node& n = nodes_[node];
    if (n.copied) return copies_[n.link];
    const std::uint32_t quotes = n.kind == Node::Kind::quoted ? 1 : 0;
    return source_.substr(n.begin + quotes, n.end - n.begin - 2 * quotes);
  }

  // The place of a single value; of a map or list, all of it.
  [[nodiscard]] text::Span span(NodeIndex node) const {
    return {file_, nodes_[node].begin, nodes_[node].end};
  }
  // Where a map or list begins: one character, as the rest may be long.
  [[nodiscard]] text::Span start(NodeIndex node) const;

  // The nodes in a list, or the keys in a map (see after()):
  //   for (NodeIndex i = d.first(list); i != d.last(list); i = d.after(i))
  [[nodiscard]] static NodeIndex first(NodeIndex container) { return container + 1; }
  [[nodiscard]] NodeIndex last(NodeIndex container) const { return nodes_[container].link; }
  // The node behind this one and all that is in it. Of a map's key it is the
  // value; that of the value, the next key.
  [[nodiscard]] NodeIndex after(NodeIndex node) const {
    const Node& n = nodes_[node];
    return n.kind == Node::Kind::map || n.kind == Node::Kind::list ? n.link : node + 1;
  }

  // The value of a key of a map, by the key's text; 0 if there is none. A value is never node 0.
  [[nodiscard]] NodeIndex find(NodeIndex map, std::string_view key) const;

 private:
  static constexpr std::uint32_t kTellEvery = 8192;
  void push(const Node& node) {
    nodes_.push_back(node);
    if (--until_told_ != 0) return;
    until_told_ = kTellEvery;
    if (progress_) progress_(node.begin, source_.size());
  }

  std::string_view source_;
  std::uint32_t file_;
  std::vector<Node> nodes_;
  std::vector<std::string> copies_;
  std::function<void(std::uint64_t, std::uint64_t)> progress_;
  std::uint32_t until_told_ = kTellEvery;
};

// "a map", "the text 'abc'", "nothing": what stands at a node, for findings.
[[nodiscard]] std::string described(const Document& document, NodeIndex node);

// How a single value is written as a list of one: "[ann]"; of others, "[ … ]".
[[nodiscard]] std::string as_list(const Document& document, NodeIndex node);

// A text for findings: shortened, if it is very long.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace policyc::snapshot
