// Grants that count for a time, in images: who holds what when, until when a decision holds, and what a
// damaged image may not say.

#include <gtest/gtest.h>

#include "image.hpp"
#include "policyc/snapshot_builder.hpp"
#include "snapshot_format.hpp"
#include "text_fixture.hpp"

namespace policyc {
namespace {

constexpr const char* kPolicy = R"(policy shifts
language 1
subject user {}
group team of user {}
scope organization { role member public  role admin includes member  role insider from project.worker  action enter }
scope project in organization { owner: user?  role worker  role reader  action read }
allow member, insider to organization.enter
allow reader, worker  to project.read
)";

// Seconds of 1970: small numbers read better.
constexpr const char* kFacts = R"(
{"entity":"user:ann"}
{"entity":"user:bob"}
{"entity":"user:cid"}
{"entity":"organization:acme"}
{"entity":"organization:beta"}
{"entity":"project:p","in":"organization:acme"}
{"group":"team:night","members":["user:cid"]}
{"grant":"worker","to":"user:ann","on":"project:p","from":"1970-01-01T00:00:10Z","until":"1970-01-01T00:00:20Z"}
{"grant":"admin","to":"team:night","on":"organization:acme","from":"1970-01-01T00:00:30Z"}
{"grant":"reader","to":"organization:acme#member","on":"project:p","until":"1970-01-01T00:00:40Z"}
{"grant":"member","to":"user:*","on":"organization:beta","until":"1970-01-01T00:00:05Z"}
)";

constexpr std::int64_t kSecond = 1'000'000;

class Windows : public ::testing::Test {
 protected:
  void SetUp() override {
    const testing::Loaded loaded = testing::load(kPolicy, kFacts);
    ASSERT_TRUE(loaded.program && loaded.snapshot);
    program_ = loaded.program;
    snapshot_ = loaded.snapshot;
    image_ = loaded.image;
  }

  [[nodiscard]] Decision decide(const char* subject, const char* action, const char* resource,
                                std::optional<std::int64_t> second) const {
    const auto evaluator = Evaluator::create(program_, snapshot_);
    EXPECT_TRUE(evaluator);
    Request request;
    request.subject = subject;
    request.action = action;
    request.resource = resource;
    if (second) request.now = *second * kSecond;
    return evaluator->decide(request);
  }
  // "allow 20": until second 20; "deny": for good; or the error's name.
  [[nodiscard]] std::string decided(const char* subject, const char* action, const char* resource,
                                    std::optional<std::int64_t> second) const {
    const Decision decision = decide(subject, action, resource, second);
    if (decision.why == Why::error) return std::string(name_of(decision.error));
    std::string text = decision.allowed() ? "allow" : "deny";
    if (decision.valid_until != kForever) text += " " + std::to_string(decision.valid_until / kSecond);
    return text;
  }

  std::shared_ptr<const Program> program_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<std::byte> image_;
};

TEST_F(Windows, AGrantCountsFromAnInstantOnAndNoLongerAtAnother) {
  EXPECT_EQ(decided("user:ann", "project.read", "project:p", 9), "deny 10");
  EXPECT_EQ(decided("user:ann", "project.read", "project:p", 10), "allow 20");
  EXPECT_EQ(decided("user:ann", "project.read", "project:p", 19), "allow 20");
  EXPECT_EQ(decided("user:ann", "project.read", "project:p", 20), "deny");
  EXPECT_EQ(decided("user:bob", "project.read", "project:p", 20), "deny");
}

TEST_F(Windows, WhatIsRolledUpLastsAsLong) {
  EXPECT_EQ(decided("user:ann", "organization.enter", "organization:acme", 9), "deny 10");
  EXPECT_EQ(decided("user:ann", "organization.enter", "organization:acme", 15), "allow 20");
  EXPECT_EQ(decided("user:ann", "organization.enter", "organization:acme", 25), "deny");
}

TEST_F(Windows, ThroughGroupsAndUsersetsAllOfThemMustCount) {
  // A member of acme from 30 on, through a group and by inclusion; and members read until 40.
  EXPECT_EQ(decided("user:cid", "project.read", "project:p", 29), "deny 30");
  EXPECT_EQ(decided("user:cid", "project.read", "project:p", 30), "allow 40");
  EXPECT_EQ(decided("user:cid", "project.read", "project:p", 40), "deny");
}

TEST_F(Windows, EveryoneMayHaveATimeToo) {
  EXPECT_EQ(decided("user:stranger", "organization.enter", "organization:beta", 4), "allow 5");
  EXPECT_EQ(decided("user:stranger", "organization.enter", "organization:beta", 5), "deny");
}

TEST_F(Windows, WithoutATimeWhatCouldDependOnItIsRefused) {
  EXPECT_EQ(decided("user:ann", "project.read", "project:p", std::nullopt), "now_missing");
  EXPECT_EQ(decided("user:bob", "project.read", "project:p", std::nullopt), "deny");
  EXPECT_EQ(decided("user:bob", "organization.enter", "organization:beta", std::nullopt), "now_missing");
  const auto evaluator = Evaluator::create(program_, snapshot_);
  Request request;
  request.subject = "user:bob";
  request.action = "project.read";
  request.resource = "project";
  const auto list = evaluator->list_resources(request, {});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().code, ErrorCode::now_missing);
}

TEST_F(Windows, HandlesAndBatchesSayTheSame) {
  const auto evaluator = Evaluator::create(program_, snapshot_);
  const Query query = {*evaluator->resolve("user:ann"), *evaluator->resolve("project:p"),
                       *program_->find_action("project.read")};
  const Decision now = evaluator->decide(query, 15 * kSecond);
  EXPECT_TRUE(now.allowed());
  EXPECT_EQ(now.valid_until, 20 * kSecond);
  EXPECT_EQ(evaluator->decide(query, std::nullopt).error, ErrorCode::now_missing);
  Circumstances later;
  later.now = 25 * kSecond;
  EXPECT_FALSE(evaluator->decide(query, later).allowed());
}

// The same snapshot with one byte of its windows changed, digests repaired.
// Whom somebody asks for is asked too, even where the one who asks may not: an error counts before a deny.
TEST_F(Windows, AListOfActionsNeedsTheTimeThatEitherPrincipalNeeds) {
  const auto evaluator = Evaluator::create(program_, snapshot_);
  ASSERT_TRUE(evaluator);
  Request request;
  request.subject = "user:stranger";
  request.resource = "project:p";
  request.on_behalf_of = "user:ann";
  const auto list = evaluator->list_actions(request);
  ASSERT_TRUE(list);
  EXPECT_TRUE(list->actions.empty());
  ASSERT_EQ(list->unanswered.size(), 1U);
  EXPECT_EQ(list->unanswered.front().error, ErrorCode::now_missing);
  request.now = 15 * kSecond;
  const auto then = evaluator->list_actions(request);
  ASSERT_TRUE(then);
  EXPECT_TRUE(then->actions.empty() && then->unanswered.empty());
}

TEST_F(Windows, DamagedWindowsAreRefused) {
  const auto container = vm::read_image(vm::kSnapshotFormat, image_);
  ASSERT_TRUE(container);
  const auto number = static_cast<std::uint32_t>(vm::SnapshotSection::windows);
  const std::span<const std::byte> bytes = container->sections[number - 1].bytes;
  ASSERT_GT(bytes.size(), 3 * sizeof(vm::WindowEntry));
  const auto refusal = [&](std::size_t entry, void (*change)(vm::WindowEntry&)) -> std::string {
    std::vector<std::byte> changed(bytes.begin(), bytes.end());
    change(reinterpret_cast<vm::WindowEntry*>(changed.data())[entry]);
    std::vector<vm::ImageSection> sections(container->sections.begin(), container->sections.end());
    sections[number - 1].bytes = changed;
    const auto image = vm::write_image(vm::kSnapshotFormat, program_->schema_digest(), sections);
    const auto loaded = Snapshot::load(image, program_->schema(), program_->schema_digest());
    return loaded ? "sound" : loaded.error().message;
  };
  const std::string wrong = "window 1 of a grant is not what it must be";
  EXPECT_EQ(refusal(1, [](vm::WindowEntry& w) { w.until += 1; }), "sound");
  EXPECT_EQ(refusal(1, [](vm::WindowEntry& w) { w.line = 1; }), wrong);
  EXPECT_EQ(refusal(1, [](vm::WindowEntry& w) { w.line = 1'000; }), wrong);
  EXPECT_EQ(refusal(1, [](vm::WindowEntry& w) { w.entity = 1'000; }), wrong);
  EXPECT_EQ(refusal(1, [](vm::WindowEntry& w) { w.bits = 0; }), wrong);
  EXPECT_EQ(refusal(1, [](vm::WindowEntry& w) { w.bits = 1ULL << 63; }), wrong);
  EXPECT_EQ(refusal(1, [](vm::WindowEntry& w) { w.from = w.until; }), wrong);
  EXPECT_EQ(refusal(1,
                    [](vm::WindowEntry& w) {
                      w.from = Window::kEver;
                      w.until = Window::kForever;
                    }),
            wrong);
}

}  // namespace
}  // namespace policyc
