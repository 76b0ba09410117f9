#pragma once

// The product's side of a comparison: the same text, facts and requests, through the
// parser, the compiler, the readers and the evaluator.

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oracle/oracle.hpp"
#include "policyc/compiler/compile.hpp"
#include "policyc/evaluator.hpp"
#include "policyc/snapshot/read.hpp"

namespace policyc::differential {

// A policy, compiled; the oracle reads the same tree.
class CompiledPolicy {
 public:
  explicit CompiledPolicy(const std::string& text);

  [[nodiscard]] bool sound() const noexcept { return program_ != nullptr; }
  [[nodiscard]] const std::string& findings() const noexcept { return findings_; }
  // Now and then chance writes a condition that asks for two kinds at once; then it is constant, or reads an
  // attribute that the nearer kind lacks; or one that is beyond a limit. The compiler refuses it.
  [[nodiscard]] bool contradicts_itself() const;
  [[nodiscard]] const std::shared_ptr<const Program>& program() const noexcept { return program_; }
  [[nodiscard]] const oracle::Oracle& oracle() const noexcept { return *oracle_; }
  [[nodiscard]] const std::vector<std::byte>& image() const noexcept { return image_; }

 private:
  std::unique_ptr<text::LoadedPackage> package_;
  std::string findings_;
  std::vector<std::byte> image_;
  std::shared_ptr<const Program> program_;
  std::unique_ptr<const oracle::Oracle> oracle_;
};

struct ReadSnapshot {
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<std::byte> image;
  std::string findings;
};
[[nodiscard]] ReadSnapshot read_snapshot(const std::string& text, snapshot::Format format,
                                         const Program& program);

// A request as the evaluator takes it; the texts of the oracle's request must outlive it.
class OwnedRequest {
 public:
  explicit OwnedRequest(const oracle::Request& request);
  OwnedRequest(const OwnedRequest&) = delete;
  OwnedRequest& operator=(const OwnedRequest&) = delete;
  Request request;

 private:
  [[nodiscard]] Value convert(const oracle::Value& value);
  [[nodiscard]] std::span<const NamedValue> convert(const oracle::Values& values);
  std::deque<std::vector<Value>> lists_;
  std::deque<std::vector<NamedValue>> maps_;
};

// Asks both, the product for its decision and for all its reasons, and by handles where the request needs no
// more. The difference is "" if they agree, else what each says.
struct Compared {
  bool allowed = false;
  bool error = false;
  bool by_handle = false;
  std::string difference;
};
[[nodiscard]] Compared compare(const CompiledPolicy& policy, const Evaluator& evaluator,
                               const oracle::Snapshot& facts, const oracle::Request& request);

// For people who look for the mistake.
[[nodiscard]] std::string shown(const oracle::Request& request);

}  // namespace policyc::differential
