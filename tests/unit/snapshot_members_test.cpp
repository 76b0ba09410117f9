// Groups, everyone and usersets in images: who holds what through them, and what a damaged image may not say.

#include <gtest/gtest.h>

#include "image.hpp"
#include "text_fixture.hpp"

namespace policyc {
namespace {

constexpr const char* kPolicy = R"(policy teams
language 1
subject user {}
subject service {}
group team in organization of user, team { lead: user? }
group crew of user, service {}
scope organization { role member  role admin includes member }
scope document in organization {
  owner: user | team
  readers: set<user | team> = {}
  role viewer public
  role editor from owner includes viewer
  role reader from readers
  action read, write, share
}
allow viewer to document.read
allow reader, editor to document.write
allow member to document.share when subject in document.readers or subject in team:eng
)";

constexpr const char* kFacts = R"(
{"entity":"user:ann"}
{"entity":"user:bob"}
{"entity":"user:cid"}
{"entity":"user:dan"}
{"entity":"service:sync"}
{"entity":"organization:acme"}
{"group":"team:eng","in":"organization:acme","members":["user:bob","team:night"],"lead":"user:ann"}
{"group":"team:night","in":"organization:acme","members":["user:cid"]}
{"group":"team:all","in":"organization:acme","members":["team:eng","user:dan"]}
{"group":"crew:night","members":["service:sync","user:dan"]}
{"entity":"document:d1","in":"organization:acme","owner":"team:night","readers":["team:eng"]}
{"entity":"document:d2","in":"organization:acme","owner":"user:ann"}
{"grant":"member","to":"team:all","on":"organization:acme"}
{"grant":"admin","to":"crew:night","on":"organization:acme"}
{"grant":"viewer","to":"user:*","on":"document:d1"}
{"grant":"viewer","to":"organization:acme#member","on":"document:d2"}
)";

class Members : public ::testing::Test {
 protected:
  void SetUp() override {
    const testing::Loaded loaded = testing::load(kPolicy, kFacts);
    ASSERT_TRUE(loaded.program && loaded.snapshot);
    program_ = loaded.program;
    snapshot_ = loaded.snapshot;
    image_ = loaded.image;
  }

  [[nodiscard]] bool may(const char* subject, const char* action, const char* resource) const {
    const auto evaluator = Evaluator::create(program_, snapshot_);
    EXPECT_TRUE(evaluator);
    Request request;
    request.subject = subject;
    request.action = action;
    request.resource = resource;
    const Decision decision = evaluator->decide(request);
    EXPECT_EQ(decision.error, ErrorCode::none);
    return decision.allowed();
  }

  std::shared_ptr<const Program> program_;
  std::vector<std::byte> image_;
  std::shared_ptr<const Snapshot> snapshot_;
};

TEST_F(Members, HoldWhatTheirGroupsAreGranted) {
  EXPECT_TRUE(may("user:cid", "document.share", "document:d1"));   // night, in eng, in all
  EXPECT_TRUE(may("user:bob", "document.share", "document:d1"));   // eng
  EXPECT_FALSE(may("user:dan", "document.share", "document:d1"));  // a member who is no reader
  EXPECT_FALSE(may("user:ann", "document.share", "document:d1"));  // leads eng, but is not in it
}

TEST_F(Members, AreNamedByAttributesThatNameTheirGroup) {
  EXPECT_TRUE(may("user:cid", "document.write", "document:d1"));
  EXPECT_TRUE(may("user:bob", "document.write", "document:d1"));
  EXPECT_FALSE(may("user:bob", "document.write", "document:d2"));
  EXPECT_TRUE(may("user:ann", "document.write", "document:d2"));
}

TEST_F(Members, EveryoneIsOfOneKindKnownOrNot) {
  EXPECT_TRUE(may("user:nobody", "document.read", "document:d1"));
  EXPECT_FALSE(may("service:nothing", "document.read", "document:d1"));
  EXPECT_FALSE(may("user:nobody", "document.read", "document:d2"));
}

TEST_F(Members, AUsersetHasWhoeverHoldsTheRole) {
  EXPECT_TRUE(may("user:cid", "document.read", "document:d2"));
  EXPECT_TRUE(may("service:sync", "document.read", "document:d2"));  // an admin, and so a member
}

// Every byte changed, digests repaired: refused, or sound to ask about.
TEST_F(Members, DamagedImagesAreRefusedOrSound) {
  const Schema& schema = program_->schema();
  std::size_t refused = 0;
  for (std::size_t at = vm::kImageHeaderSize; at < image_.size(); ++at)
    for (const unsigned change : {0x01U, 0x02U, 0x80U, 0xFFU}) {
      std::vector<std::byte> image = image_;
      image[at] ^= static_cast<std::byte>(change);
      vm::repair_digests(image);
      auto loaded = Snapshot::load(image, schema, program_->schema_digest());
      if (!loaded) {
        ++refused;
        continue;
      }
      const auto evaluator =
          Evaluator::create(program_, std::make_shared<const Snapshot>(std::move(loaded).value()));
      for (const char* subject : {"user:ann", "user:cid", "user:dan", "service:sync", "user:nobody"})
        for (const char* action : {"document.read", "document.write", "document.share"}) {
          Request request;
          request.subject = subject;
          request.action = action;
          request.resource = "document:d1";
          (void)evaluator->decide(request);
        }
    }
  EXPECT_GT(refused, image_.size() * 2);
}

}  // namespace
}  // namespace policyc
