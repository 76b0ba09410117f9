// What hostile and huge inputs cost, and where reading stops.

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "snapshot_read_fixture.hpp"

namespace policyc::snapshot::testing {
namespace {

std::string repeated(const std::string& piece, std::size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

// Of this thread alone: what others do on a busy machine costs the text nothing.
double thread_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Generous, for slow machines under a sanitizer; without bounds these take minutes or gigabytes.
void expect_quick(std::string text, Format format, const std::string& first) {
  const double begin = thread_seconds();
  const ReadResult result = read(std::move(text), format);
  EXPECT_LT(thread_seconds() - begin, 5.0) << first;
  expect_sound(result);
  const std::string all = findings(result);
  EXPECT_EQ(all.substr(0, all.find(' ')), first);
  EXPECT_LE(result.diagnostics.list().size(), 101u);
}

TEST(SnapshotReadLimits, HostileYamlIsAnsweredAtOnce) {
  expect_quick(repeated("[", 1'000'000), Format::yaml, "snapshot_too_deep");
  expect_quick(repeated("{a: ", 1'250'000), Format::yaml, "snapshot_too_deep");
  expect_quick("snapshot: 1\nusers:\n" + repeated("- ", 500'000), Format::yaml, "snapshot_too_deep");
  expect_quick(repeated("? ", 300'000), Format::yaml, "key_not_text");
  expect_quick("a: '" + repeated("[", 1'000'000), Format::yaml, "snapshot_cut_off");
  // A bomb of aliases, and one that holds itself.
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string above = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeated(above + ", ", 8) + above +
            "]\n";
  }
  expect_quick(bomb, Format::yaml, "yaml_anchor");
  expect_quick("&a [*a]\n", Format::yaml, "yaml_anchor");
}

TEST(SnapshotReadLimits, HostileJsonIsAnsweredAtOnce) {
  expect_quick("{\"a\":" + repeated("[", 500'000) + repeated("]", 500'000) + "}", Format::json,
               "snapshot_too_deep");
  expect_quick(repeated("{\"a\":", 500'000), Format::json, "snapshot_syntax");
  std::string keys = "{\"entity\":\"user:a\"";
  for (int i = 0; i < 100'000; ++i) keys += ",\"k" + std::to_string(i % 50'000) + "\":1";
  expect_quick(keys + "}\n", Format::json_lines, "duplicate_key");
  expect_quick(repeated("{\"entity\":\"user:a\",\"x\":1}\n", 100'000), Format::json_lines,
               "snapshot_unknown_key");
  expect_quick(repeated("\n", 3'000'000), Format::json_lines, "snapshot_empty");
}

// Brackets in texts and comments are no nesting.
TEST(SnapshotReadLimits, NestingIsCountedWhereItIs) {
  const std::string ids = "snapshot: 1\nusers: [ {id: \"" + repeated("[", 200) + "\"}, {id: '" +
                          repeated("{", 200) + "'} ]   # " + repeated("[", 200) + "\n";
  EXPECT_EQ(findings(ids, Format::yaml), "");
  const std::string plain = "snapshot: 1\nusers:\n" + repeated("  - id: a[{\n    level: 1\n", 1) +
                            "  - id: b [ c {" + repeated(" [", 100) + "\n";
  EXPECT_EQ(findings(plain, Format::yaml), "");
  ReadOptions options;
  options.limits.max_nesting = 4;
  EXPECT_EQ(
      findings("snapshot: 1\norganizations: [ { id: a, networks: [10.0.0.1] } ]\n", Format::yaml, options),
      "");
  options.limits.max_nesting = 3;
  for (const Format format : {Format::yaml, Format::json}) {
    const ReadResult result =
        read("{ \"snapshot\": 1, \"organizations\": [ { \"id\": \"a\", \"networks\": [\"10.0.0.1\"] } ] }",
             format, options);
    EXPECT_EQ(findings(result), "snapshot_too_deep 1:62\n");
    EXPECT_TRUE(result.limit_exceeded);
  }
}

TEST(SnapshotReadLimits, TheRestOfManyErrorsIsCut) {
  std::string text = "snapshot: 1\nusers:\n";
  for (int i = 0; i < 10; ++i) text += "  - { id: u" + std::to_string(i) + ", x: 1 }\n";
  ReadOptions options;
  options.limits.max_errors = 10;
  EXPECT_EQ(read(text, Format::yaml, options).diagnostics.error_count(), 10u);
  options.limits.max_errors = 3;
  EXPECT_EQ(findings(text, Format::yaml, options),
            "snapshot_unknown_key 3:15\nsnapshot_unknown_key 4:15\nsnapshot_unknown_key "
            "5:15\ntoo_many_errors 5:15\n");
}

TEST(SnapshotReadLimits, WarningsDoNotCountAsErrors) {
  std::string text =
      "snapshot: 1\nusers: [ { id: ann } ]\norganizations:\n  - id: a\n    grants: { member: [ann";
  for (int i = 0; i < 200; ++i) text += ", ann";
  const ReadResult result = read(text + "] }\n", Format::yaml);
  expect_sound(result);
  EXPECT_EQ(result.diagnostics.error_count(), 0u);
  EXPECT_EQ(result.diagnostics.warning_count(), 101u) << "the last one counts the rest";
  EXPECT_EQ(text::message(result.diagnostics.list().back()), "there are 100 more warnings");
}

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "policyc-read-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }
  [[nodiscard]] std::string name(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

ReadResult read_path(const std::string& path, const ReadOptions& options = {}) {
  return read_file(path, schema(), digest(), options);
}

TEST(SnapshotReadLimits, FilesAreReadByTheirEnding) {
  const Folder folder;
  const std::string json = "{ \"snapshot\": 1, \"users\": [ { \"id\": \"ann\" } ] }";
  const std::vector<std::byte> image = read(json, Format::json).image;
  EXPECT_TRUE(read_path(folder.write("a.yaml", json)).image == image);
  EXPECT_TRUE(read_path(folder.write("a.yml", json)).image == image);
  EXPECT_TRUE(read_path(folder.write("a.json", json)).image == image);
  EXPECT_TRUE(read_path(folder.write("a.jsonl", "{\"entity\":\"user:ann\"}\n")).image == image);
  EXPECT_EQ(findings(read_path(folder.write("a.txt", json))), "snapshot_format 1:1\n");
}

TEST(SnapshotReadLimits, FilesThatCannotBeRead) {
  const Folder folder;
  const auto expect_unreadable = [](const std::string& path) {
    const ReadResult result = read_path(path);
    EXPECT_EQ(findings(result), "file_unreadable 1:1\n") << path;
    EXPECT_TRUE(result.io_failed);
    EXPECT_TRUE(result.image.empty());
  };
  expect_unreadable(folder.name("nothing.yaml"));
  ASSERT_EQ(::mkdir(folder.name("folder.yaml").c_str(), 0700), 0);
  expect_unreadable(folder.name("folder.yaml"));
  // A pipe that nobody writes to must not be waited for.
  ASSERT_EQ(::mkfifo(folder.name("pipe.yaml").c_str(), 0600), 0);
  expect_unreadable(folder.name("pipe.yaml"));
}

TEST(SnapshotReadLimits, SizeIsBoundedBeforeReading) {
  const Folder folder;
  const std::string text = "snapshot: 1\nusers: [ { id: ann } ]\n";
  ReadOptions options;
  options.limits.max_yaml_bytes = text.size();
  EXPECT_FALSE(read_path(folder.write("s.yaml", text), options).image.empty());
  EXPECT_FALSE(read(text, Format::yaml, options).image.empty());
  options.limits.max_yaml_bytes = text.size() - 1;
  for (const ReadResult& result :
       {read_path(folder.write("s.yaml", text), options), read(text, Format::yaml, options)}) {
    EXPECT_EQ(findings(result), "snapshot_too_large 1:1\n");
    EXPECT_TRUE(result.limit_exceeded);
    EXPECT_TRUE(result.image.empty());
  }
  // A file of five gigabytes that takes no room is refused by what the system says of it.
  const std::string huge = folder.write("huge.jsonl", "");
  std::error_code error;
  std::filesystem::resize_file(huge, std::uintmax_t{5} << 30, error);
  if (!error) {
    EXPECT_EQ(findings(read_path(huge)), "snapshot_too_large 1:1\n");
  }
}

TEST(SnapshotReadLimits, StandardInputIsYamlAndCounted) {
  ReadOptions options;
  options.limits.max_yaml_bytes = 1000;
  const auto from_pipe = [&](const std::string& text) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const int saved = ::dup(STDIN_FILENO);
    EXPECT_GE(::dup2(ends[0], STDIN_FILENO), 0);
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
    ReadResult result = read_path("-", options);
    ::dup2(saved, STDIN_FILENO);
    ::close(saved);
    ::close(ends[0]);
    return result;
  };
  expect_sound(from_pipe("snapshot: 1\nusers: [ { id: ann } ]\n"));
  EXPECT_EQ(findings(from_pipe("snapshot: 1\n")), "");
  EXPECT_EQ(findings(from_pipe("snapshot: 1\n#" + repeated("x", 1000) + "\n")), "snapshot_too_large 1:1\n");
}

TEST(SnapshotReadLimits, AnEndCanBeInsistedOn) {
  ReadOptions options;
  options.require_end = true;
  EXPECT_EQ(findings("snapshot: 1\n", Format::yaml, options), "snapshot_no_end 2:1\n");
  EXPECT_EQ(findings("snapshot: 1\nend: true\n", Format::yaml, options), "");
  EXPECT_EQ(findings("snapshot: 1\nend: 'true'\n", Format::yaml, options), "snapshot_bad_end 2:6\n");
  EXPECT_EQ(findings("end: true\nsnapshot: 1\n", Format::yaml, options), "snapshot_after_end 2:1\n");
  EXPECT_EQ(findings("{ \"snapshot\": 1 }", Format::json, options), "snapshot_no_end 1:18\n");
  EXPECT_EQ(findings("{ \"snapshot\": 1, \"end\": true }", Format::json, options), "");
  EXPECT_EQ(findings("{ \"snapshot\": 1, \"end\": false }", Format::json, options),
            "snapshot_bad_end 1:25\n");
  const std::string line = "{\"entity\":\"user:ann\"}\n";
  EXPECT_EQ(findings(line, Format::json_lines, options), "snapshot_no_end 2:1\n");
  EXPECT_EQ(findings(line + "{\"end\":{\"lines\":1}}", Format::json_lines, options), "");
  EXPECT_EQ(findings("{\"end\":{\"lines\":0}}\n" + line, Format::json_lines, options),
            "snapshot_no_end 3:1\n");
  EXPECT_EQ(findings("{\"end\":{\"lines\":0}}\n" + line, Format::json_lines), "");
  EXPECT_EQ(findings(line + "{\"end\":{\"lines\":2}}", Format::json_lines), "snapshot_end_count 2:17\n");
  EXPECT_EQ(findings(line + "{\"end\":{\"lines\":\"1\"}}", Format::json_lines), "snapshot_bad_end 2:8\n");
}

// What an acyclic attribute leads to: a chain may be as long as the closure of its first entity.
TEST(SnapshotReadLimits, WhatAnAttributeLeadsToIsBounded) {
  Schema schema = vm::testing::schema();
  const KindIndex task = schema.find_kind("task");
  const Type own{TypeKind::entity, TypeKind::boolean, true, std::uint64_t{1} << task};
  const auto add = [&](AttributeInfo info) {
    schema.kinds[task].attributes.push_back(static_cast<AttributeIndex>(schema.attributes.size()));
    schema.attributes.push_back(std::move(info));
  };
  const auto next = static_cast<std::uint16_t>(schema.attributes.size());
  add({"next", task, own, false, std::nullopt});
  add({"next*",
       task,
       {TypeKind::set, TypeKind::entity, false, own.argument},
       false,
       DefaultValue{},
       false,
       next});
  const Digest digest = vm::schema_digest_of(schema);
  const auto chain = [&](int length) {
    std::string text =
        "{\"entity\":\"organization:o\"}\n{\"entity\":\"folder:f\",\"in\":\"organization:o\"}\n";
    for (int i = 0; i < length; ++i)
      text += "{\"entity\":\"task:" + std::to_string(i) + "\",\"in\":\"folder:f\"" +
              (i > 0 ? ",\"next\":\"task:" + std::to_string(i - 1) + "\"" : "") + "}\n";
    return findings(read_text("s", text, Format::json_lines, schema, digest, {}));
  };
  EXPECT_EQ(chain(4'097), "");
  EXPECT_EQ(chain(4'098), "closure_too_large 4100:11\n");
}

}  // namespace
}  // namespace policyc::snapshot::testing
