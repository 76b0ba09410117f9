// The three formats say the same; places are right; what is text stays text.

#include <algorithm>
#include <random>

#include "snapshot_read_fixture.hpp"

namespace policyc::snapshot::testing {
namespace {

const std::string kYaml = R"(# A snapshot with something of everything.
snapshot: 1
system:
  grants: { root: [max] }
users:
  - { id: ann, level: 3, badge: "blue" }
  - id: bob
  - { id: 'max', badge: "zo\u00eb" }
  - { id: 1.10 }
services:
  - { id: sync, key: k1 }
organizations:
  - id: acme
    frozen: true
    networks: [ 10.0.0.0/8, "2001:db8::1" ]
    plan: team
    grants: { member: [ann, user:bob, service:sync] }
    folders:
      - id: f1
        folders:
          - id: f2
            grants: { viewer: [ann] }
            tasks:
              - id: t1
                annotators: [bob, 1.10]
                owner: user:max
                title: |
                  two
                  lines
                due: 2026-06-01T00:00:00Z
                tags: [a, 'b', "c"]
tasks:
  - { id: t2, in: folder:f1, draft: true }
grants:
  - { to: bob, role: labeler, on: task:t2 }
  - { to: user:ann, role: root, on: system }
end: true
)";

const std::string kJson = R"({ "end_": 0, "snapshot": 1,
  "system": { "grants": { "root": ["max", "user:ann"] } },
  "users": [ { "id": "ann", "level": 3, "badge": "blue" }, { "id": "bob" },
             { "badge": "zo\u00EB", "id": "max" }, { "id": "1.10" } ],
  "services": [ { "id": "sync", "key": "k1" } ],
  "organizations": [ { "folders": [ { "id": "f1",
        "tasks": [ { "id": "t2", "draft": true, "grants": { "labeler": ["bob"] } } ],
        "folders": [ { "id": "f2", "grants": { "viewer": ["ann"] } } ] } ],
      "id": "acme", "frozen": true, "networks": ["10.0.0.0/8", "2001:db8::1"], "plan": "team",
      "grants": { "member": ["ann", "user:bob", "service:sync"] } } ],
  "tasks": [ { "id": "t1", "in": "folder:f2", "annotators": ["bob", "1.10"], "owner": "user:max",
      "title": "two\nlines\n", "due": "2026-06-01T02:00:00+02:00", "tags": ["c", "b", "a", "a"] } ],
  "end": true }
)";

const std::vector<std::string> kLines = {
    R"({"entity":"user:ann","level":3,"badge":"blue"})",
    R"({"entity":"user:bob"})",
    R"({"entity":"user:max","badge":"zoë"})",
    R"({"entity":"user:1.10"})",
    R"({"entity":"service:sync","key":"k1"})",
    R"({"entity":"organization:acme","frozen":true,"networks":["10.0.0.0/8","2001:db8::1"],"plan":"team"})",
    R"({"entity":"folder:f1","in":"organization:acme"})",
    R"({"entity":"folder:f2","in":"folder:f1","grants":{"viewer":["ann"]}})",
    R"({"entity":"task:t2","in":"folder:f1","draft":true})",
    R"({"entity":"task:t1","in":"folder:f2","annotators":["bob","1.10"],"owner":"max",)"
    R"("title":"two\nlines\n","due":"2026-06-01T00:00:00Z","tags":["a","b","c"]})",
    R"({"entity":"system"})",
    R"({"grant":"root","to":"user:max","on":"system"})",
    R"({"grant":"root","to":"ann","on":"system"})",
    R"({"grant":"member","to":"user:ann","on":"organization:acme"})",
    R"({"grant":"member","to":"user:bob","on":"organization:acme"})",
    R"({"grant":"member","to":"service:sync","on":"organization:acme"})",
    R"({"grant":"labeler","to":"bob","on":"task:t2"})",
};

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string json() {
  std::string text = kJson;
  return text.replace(text.find("\"end_\": 0, "), 11, "");
}

TEST(SnapshotRead, AllFormatsGiveTheSameBytes) {
  const ReadResult yaml = read(kYaml, Format::yaml);
  EXPECT_EQ(findings(yaml), "");
  expect_sound(yaml);
  const ReadResult from_json = read(json(), Format::json);
  EXPECT_EQ(findings(from_json), "");
  EXPECT_TRUE(yaml.image == from_json.image);
  std::mt19937 random(1);
  for (int i = 0; i < 20; ++i) {
    std::vector<std::string> lines = kLines;
    std::shuffle(lines.begin(), lines.end(), random);
    const ReadResult from_lines = read(joined(lines), Format::json_lines);
    ASSERT_EQ(findings(from_lines), "");
    EXPECT_TRUE(yaml.image == from_lines.image);
  }
}

TEST(SnapshotRead, AByteOrderMarkAndOtherLineEndsChangeNothing) {
  const std::vector<std::byte> plain = read(kYaml, Format::yaml).image;
  const auto with_returns = [](const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
  };
  EXPECT_TRUE(read("\xEF\xBB\xBF" + kYaml, Format::yaml).image == plain);
  EXPECT_TRUE(read("\xEF\xBB\xBF" + json(), Format::json).image == plain);
  EXPECT_TRUE(read("\xEF\xBB\xBF" + joined(kLines), Format::json_lines).image == plain);
  EXPECT_TRUE(read(with_returns(kYaml), Format::yaml).image == plain);
  EXPECT_TRUE(read(with_returns(json()), Format::json).image == plain);
  EXPECT_TRUE(read(with_returns(joined(kLines)), Format::json_lines).image == plain);
  // Without a line end behind the last line.
  EXPECT_TRUE(read(kYaml.substr(0, kYaml.size() - 1), Format::yaml).image == plain);
  const std::string lines = joined(kLines);
  EXPECT_TRUE(read(lines.substr(0, lines.size() - 1), Format::json_lines).image == plain);
}

// JSON is YAML, as far as it has no surrogate pairs.
TEST(SnapshotRead, JsonReadAsYamlIsTheSame) {
  EXPECT_TRUE(read(json(), Format::yaml).image == read(json(), Format::json).image);
}

TEST(SnapshotRead, PlacesCountCharactersBehindMarksAndUmlauts) {
  EXPECT_EQ(findings("\xEF\xBB\xBFsnapshot: 1\nusers: [ { badge: zoë, id: ann, x: 1 } ]\n", Format::yaml),
            "snapshot_unknown_key 2:33\n");
  EXPECT_EQ(findings("\xEF\xBB\xBF{\"snapshot\":1,\"users\":[{\"badge\":\"zoë\",\"x\":1,\"id\":\"a\"}]}",
                     Format::json),
            "snapshot_unknown_key 1:39\n");
  EXPECT_EQ(
      findings("{\"entity\":\"user:zoë\",\"x\":1}\r\n{\"entity\":\"user:zoë\",\"y\":1}", Format::json_lines),
      "snapshot_unknown_key 1:22\nduplicate_entity 2:11\nsnapshot_unknown_key 2:22\n");
}

// A file that a text editor would show as one: text without a byte behind its end.
TEST(SnapshotRead, ShortTextsNeedNoRoomBehindThem) {
  EXPECT_EQ(findings("{}", Format::json), "snapshot_version_missing 1:1\n");
  EXPECT_EQ(findings("{", Format::json), "snapshot_syntax 1:1\n");
  EXPECT_EQ(findings("{}", Format::json_lines), "snapshot_unknown_line 1:1\n");
  EXPECT_EQ(findings("", Format::json), "snapshot_empty 1:1\n");
  EXPECT_EQ(findings("", Format::json_lines), "snapshot_empty 1:1\n");
  EXPECT_EQ(findings("", Format::yaml), "snapshot_empty 1:1\n");
}

// A text that looks like something else stays the text that it is.
TEST(SnapshotRead, PlainTextIsNeverInterpreted) {
  const ReadResult plain = read(
      "snapshot: 1\nusers: [ {id: no}, {id: 0777}, {id: 1e3}, {id: True}, {id: 0x1F}, {id: =}, {id: a b} ]\n",
      Format::yaml);
  const ReadResult quoted = read(
      "{\"snapshot\":1,\"users\":[{\"id\":\"no\"},{\"id\":\"0777\"},{\"id\":\"1e3\"},{\"id\":\"True\"},"
      "{\"id\":\"0x1F\"},{\"id\":\"=\"},{\"id\":\"a b\"}]}",
      Format::json);
  EXPECT_EQ(findings(plain), "");
  EXPECT_FALSE(plain.image.empty());
  EXPECT_TRUE(plain.image == quoted.image);
}

// Any text at all: no exception, an image or an error, and an image that loads.
TEST(SnapshotRead, RandomTextsAreAnsweredSoundly) {
  static const std::vector<std::string> kPieces = {"snapshot: 1\n",
                                                   "users:\n",
                                                   "  - ",
                                                   "id: ",
                                                   "{ id: a }",
                                                   "ann",
                                                   "\"",
                                                   "'",
                                                   "[",
                                                   "]",
                                                   "{",
                                                   "}",
                                                   ": ",
                                                   ",",
                                                   " ",
                                                   "\n",
                                                   "\n  ",
                                                   "- ",
                                                   "#",
                                                   "|\n",
                                                   "? ",
                                                   "\\",
                                                   "level: 3",
                                                   "grants: ",
                                                   "member: [a]",
                                                   "&a",
                                                   "*a",
                                                   "!t",
                                                   "---\n",
                                                   "...\n",
                                                   "%",
                                                   "\t",
                                                   "\xC3\xAB",
                                                   "\xC3",
                                                   "\r\n",
                                                   "\r",
                                                   "{\"entity\":\"user:a\"",
                                                   "\"level\":1",
                                                   "}\n",
                                                   "\"snapshot\":1",
                                                   "null",
                                                   "true",
                                                   "-1",
                                                   "~",
                                                   "<<",
                                                   std::string(1, '\0'),
                                                   "\"\\u00e9\"",
                                                   "in: folder:f"};
  const unsigned seed = 20260101;
  std::mt19937 random(seed);
  for (int i = 0; i < 10'000; ++i) {
    std::string text = i % 3 == 0 ? "snapshot: 1\n" : "";
    const std::size_t length = 1 + random() % 16;
    for (std::size_t k = 0; k < length; ++k) text += kPieces[random() % kPieces.size()];
    SCOPED_TRACE(text);
    for (const Format format : {Format::yaml, Format::json, Format::json_lines})
      expect_sound(read(text, format));
    if (HasFailure()) return;
  }
}

// A snapshot that was cut off anywhere is an error, or has lost only whole facts:
// with an end mark it is always an error.
TEST(SnapshotRead, EveryTruncationIsNoticedByTheEndMark) {
  ReadOptions options;
  options.require_end = true;
  const auto check = [&](const std::string& text, Format format) {
    const std::size_t whole = text.find_last_not_of('\n') + 1;
    EXPECT_EQ(findings(text, format, options), "");
    for (std::size_t length = 0; length < whole; ++length) {
      const ReadResult result = read(text.substr(0, length), format, options);
      expect_sound(result);
      EXPECT_TRUE(result.image.empty()) << length;
    }
  };
  check(kYaml, Format::yaml);
  check(json(), Format::json);
  check(joined(kLines) + "{\"end\":{\"lines\":" + std::to_string(kLines.size()) + "}}\n", Format::json_lines);
}

}  // namespace
}  // namespace policyc::snapshot::testing
