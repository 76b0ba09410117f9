// A storm of reloads from files, good ones among bad, truncated and foreign ones, while readers ask in every
// way that there is. Each answer is compared with the one that a plain evaluator gave before for the pair
// that the answer's generation was made of. The vm stands alone here, so that the thread sanitizer can watch.
//
// POLICYC_FAULTS_RELOADS says how many reloads are tried, POLICYC_FAULTS_SEED in which order.

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "differential/seeds.hpp"
#include "engine/engine_fixture.hpp"

namespace policyc::vm::testing {
namespace {

constexpr std::size_t kPrograms = 5, kSnapshots = 5, kActions = 6, kUsers = 6, kReaders = 3;

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed) {}
  std::size_t upto(std::size_t n) { return static_cast<std::size_t>(engine_() >> 11) % n; }
  bool percent(std::size_t n) { return upto(100) < n; }

 private:
  std::mt19937_64 engine_;
};

// Each action is allowed to who holds a role of one mask and one of another.
std::vector<std::byte> random_program(Schema of, Chance& chance) {
  ProgramParts p = parts();
  p.schema = std::move(of);
  constexpr std::array<RoleIndex, 5> kRoles = {kMember, kAdmin, kViewer, kContributor, kLabeler};
  for (std::uint16_t a = 0; a < kActions; ++a) {
    for (int i = 0; i < 2; ++i)
      p.masks.push_back(mask_of({kRoles[chance.upto(5)], kRoles[chance.upto(5)], kRoles[chance.upto(5)]}));
    const auto first = static_cast<std::uint16_t>(2 * a);
    const auto second = static_cast<std::uint16_t>(first + 1);
    const std::vector<Instruction> code = {{Op::has_roles, 0, 0, 0, 2, first},
                                           {Op::has_roles, 0, 0, 0, 1, second},
                                           {Op::allow, 0, 0, 0, 0, 0},
                                           {Op::deny, 0, 0, 0, 0, 0}};
    add_action(p, action("act" + std::to_string(a)), code, code);
  }
  return write_program(p);
}

// Users with other numbers in each, who hold other roles.
std::vector<std::byte> random_snapshot(const Schema& of, Chance& chance) {
  FactList facts = small_facts();
  for (std::size_t i = chance.upto(6); i > 0; --i) facts.entity(kUser, "aa" + std::to_string(i));
  for (std::size_t u = 0; u < kUsers; ++u) {
    const std::string id = "u" + std::to_string(u);
    facts.entity(kUser, id);
    if (chance.percent(50)) facts.grant(id, kMember, kOrganization, "acme");
    if (chance.percent(30)) facts.grant(id, kAdmin, kOrganization, "acme");
    if (chance.percent(50)) facts.grant(id, kViewer, kFolder, chance.percent(50) ? "f1" : "g1");
    if (chance.percent(30)) facts.grant(id, kLabeler, kTask, chance.percent(50) ? "t1" : "t2");
  }
  const SnapshotBuilder::Output built = facts.build(of);
  EXPECT_EQ(text_of(built.errors), "");
  return built.image;
}

class Files {
 public:
  Files() {
    std::string name = (std::filesystem::temp_directory_path() / "policyc-storm-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
  }
  ~Files() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  void write(const std::string& name, const std::vector<std::byte>& image) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary)
        .write(reinterpret_cast<const char*>(image.data()), static_cast<std::streamsize>(image.size()));
  }
  [[nodiscard]] std::vector<std::byte> read(const std::string& name) const {
    std::ostringstream all;
    all << std::ifstream(folder_ + "/" + name, std::ios::binary).rdbuf();
    const std::string text = all.str();
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
  }

 private:
  std::string folder_;
};

struct Question {
  std::string subject, action, resource;
  ActionIndex index = 0;

  [[nodiscard]] Request request() const {
    return {.subject = subject, .action = action, .resource = resource};
  }
};

// What one pair answers to every question, found out before the storm by one thread.
struct World {
  std::vector<bool> allowed;
  Digest program = {}, snapshot = {};
};

class Storm {
 public:
  Storm(std::uint64_t reloads, std::uint64_t seed)
      : reloads_(reloads), chance_(seed), worlds_of_(reloads + 2) {
    for (std::size_t u = 0; u < kUsers; ++u)
      for (std::size_t a = 0; a < kActions; ++a)
        for (const char* task : {"task:t1", "task:t2"})
          questions_.push_back({"user:u" + std::to_string(u), "task.act" + std::to_string(a), task});
    for (std::size_t i = 0; i < kPrograms; ++i)
      put("p" + std::to_string(i), random_program(schema(), chance_));
    for (std::size_t i = 0; i < kSnapshots; ++i)
      put("s" + std::to_string(i), random_snapshot(schema(), chance_));
    Schema other = schema();
    other.roles[kMember].name = "associate";
    put("foreign.p", random_program(other, chance_));
    put("foreign.s", random_snapshot(other, chance_));
    put("empty", {});
    for (std::size_t p = 0; p < kPrograms; ++p)
      for (std::size_t s = 0; s < kSnapshots; ++s) worlds_.push_back(answered(p, s));
  }

  void run() {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kReaders; ++i) threads.emplace_back([this, i] { read(i); });
    Reader watcher = engine_.reader();
    for (std::uint64_t i = 0; i < reloads_; ++i) reload(watcher);
    done_ = true;
    for (std::thread& thread : threads) thread.join();
    engine_.collect();
    EXPECT_EQ(wrong_.load(), "");
    EXPECT_EQ(engine_.stats().generation, taken_);
    EXPECT_EQ(engine_.stats().refused, misfits_);
    EXPECT_EQ(engine_.stats().retired, 0U);
    EXPECT_GT(unreadable_, 0U);
    EXPECT_GT(misfits_, 0U);
    EXPECT_GT(seen_.load(), 1U) << "no reader saw a change";
    std::printf(
        "%llu reloads: %llu taken in, %llu bad files, %llu pairs that don't fit; %llu answers checked by %zu "
        "readers, which saw %llu changes\n",
        shown(reloads_), shown(taken_), shown(unreadable_), shown(misfits_), shown(checked_.load()), kReaders,
        shown(seen_.load()));
  }

 private:
  // The first thing that went wrong, as a literal, so that any thread may say so.
  class Wrong {
   public:
    void say(const char* what) noexcept {
      const char* none = "";
      first_.compare_exchange_strong(none, what);
    }
    [[nodiscard]] std::string load() const { return first_.load(); }

   private:
    std::atomic<const char*> first_{""};
  };

  static unsigned long long shown(std::uint64_t n) { return n; }

  void put(const std::string& name, std::vector<std::byte> image) {
    files_.write(name, image);
    images_[name] = std::move(image);
  }

  World answered(std::size_t p, std::size_t s) {
    const auto program = std::make_shared<const Program>(
        *Program::load(images_["p" + std::to_string(p)], Trust::unsigned_local()));
    const auto snapshot = std::make_shared<const Snapshot>(
        *Snapshot::load(images_["s" + std::to_string(s)], program->schema(), program->schema_digest()));
    const auto evaluator = Evaluator::create(program, snapshot);
    World world{{}, program->digest(), snapshot->digest()};
    for (Question& question : questions_) {
      question.index = *program->find_action(question.action);
      world.allowed.push_back(evaluator->decide(question.request()).allowed());
    }
    return world;
  }

  // A file, whole or spoilt. `good` says whether it is one that can be loaded.
  std::vector<std::byte> file(const std::string& name, bool& good) {
    good = true;
    if (chance_.percent(75)) return files_.read(name);
    good = false;
    std::vector<std::byte> bytes = files_.read(name);
    switch (chance_.upto(4)) {
      case 0: return files_.read("empty");
      case 1: bytes.resize(chance_.upto(bytes.size())); break;
      case 2:
        bytes[chance_.upto(bytes.size())] ^= std::byte{static_cast<unsigned char>(1U << chance_.upto(8))};
        break;
      default: bytes.resize(bytes.size() + 1 + chance_.upto(64)); break;  // the rest of an older, longer file
    }
    files_.write("spoilt", bytes);
    return files_.read("spoilt");
  }

  // Both, or one of them, from files; then whoever asks gets the new pair, or the old one still.
  void reload(Reader& watcher) {
    const std::uint64_t next = taken_ + 1;
    const bool foreign = chance_.percent(8);
    std::size_t p = chance_.upto(kPrograms), s = chance_.upto(kSnapshots);
    const std::size_t which = taken_ == 0 ? 0 : chance_.upto(3);  // both, the policy, the facts
    std::shared_ptr<const Program> program = which == 2 ? engine_.program() : nullptr;
    std::shared_ptr<const Snapshot> snapshot;
    bool fits = !foreign, good = true;
    if (which != 2) {
      auto loaded =
          Program::load(file(foreign ? "foreign.p" : "p" + std::to_string(p), good), Trust::unsigned_local());
      if (static_cast<bool>(loaded) != good)
        wrong_.say("a program was loaded that is bad, or refused that is good");
      if (!loaded) return refused(watcher);
      program = std::make_shared<const Program>(std::move(*loaded));
    }
    if (which != 1) {
      // Against the schema that the file was made for: what doesn't fit must be told by the engine.
      const bool of_foreigner = which == 0 ? false : foreign;
      const auto own = Program::load(images_[of_foreigner ? "foreign.p" : "p0"], Trust::unsigned_local());
      auto loaded = Snapshot::load(file(of_foreigner ? "foreign.s" : "s" + std::to_string(s), good),
                                   own->schema(), own->schema_digest());
      if (static_cast<bool>(loaded) != good)
        wrong_.say("a snapshot was loaded that is bad, or refused that is good");
      if (!loaded) return refused(watcher);
      snapshot = std::make_shared<const Snapshot>(std::move(*loaded));
    }
    if (which == 1) s = current_ % kSnapshots;
    if (which == 2) p = current_ / kSnapshots;
    const std::size_t world = p * kSnapshots + s;
    // Readers look this up as soon as it is in.
    if (fits) worlds_of_[next].store(static_cast<std::uint32_t>(world));
    const auto loaded = which == 0   ? engine_.reload(std::move(program), std::move(snapshot))
                        : which == 1 ? engine_.reload(std::move(program))
                                     : engine_.reload(std::move(snapshot));
    if (static_cast<bool>(loaded) != fits)
      return wrong_.say("a pair was taken in that doesn't fit, or refused that does");
    if (!fits) {
      ++misfits_;
      if (loaded.error().code != ErrorCode::schema_mismatch) wrong_.say("refused for another reason");
      return check_watcher(watcher);
    }
    if (*loaded != next) wrong_.say("a generation was left out");
    taken_ = next;
    current_ = world;
    check_watcher(watcher);
  }

  void refused(Reader& watcher) {
    ++unreadable_;
    check_watcher(watcher);
  }

  void check_watcher(Reader& watcher) {
    if (taken_ == 0) return;
    const std::size_t number = chance_.upto(questions_.size());
    const Decision decision = watcher.decide(questions_[number].request(), taken_);
    if (decision.generation != taken_ || decision.allowed() != worlds_[current_].allowed[number])
      wrong_.say("behind a reload another pair answers than was taken in last");
  }

  [[nodiscard]] const World& world_of(std::uint64_t generation) const {
    return worlds_[worlds_of_[generation].load()];
  }

  // The answer is the one of its generation, which is no older than the last.
  void check(const Decision& decision, std::size_t question, std::uint64_t& last) {
    if (decision.error == ErrorCode::not_loaded && last == 0) return;
    if (decision.generation < last || decision.generation > reloads_)
      return wrong_.say("a generation went back");
    if (decision.generation != last) seen_.fetch_add(1);
    last = decision.generation;
    if (decision.error == ErrorCode::stale_handle) return;
    if (decision.error != ErrorCode::none) return wrong_.say("an error, where a pair is loaded");
    if (decision.allowed() != world_of(last).allowed[question]) wrong_.say("an answer of another generation");
    checked_.fetch_add(1, std::memory_order_relaxed);
  }

  void read(std::size_t number) {
    Chance chance(number + 1);
    Reader reader = engine_.reader();
    std::uint64_t last = 0;
    while (!done_) {
      const std::size_t asked = chance.upto(questions_.size());
      const Question& question = questions_[asked];
      switch (chance.upto(8)) {
        case 0: read_pinned(reader, asked, last); break;
        case 1: read_batch(reader, chance, last); break;
        case 2: read_list(reader, asked, last); break;
        case 3:
        case 4: read_by_handle(reader, asked, last); break;
        default: check(reader.decide(question.request(), last), asked, last); break;
      }
    }
    checked_.fetch_add(0);
  }

  void read_pinned(Reader& reader, std::size_t asked, std::uint64_t& last) {
    const Reader::Pin pin = reader.pin();
    if (pin.evaluator() == nullptr) return;
    const World& world = world_of(pin.generation());
    if (pin.evaluator()->program().digest() != world.program ||
        pin.evaluator()->snapshot().digest() != world.snapshot)
      wrong_.say("a pair of two generations");
    const Decision one = reader.decide(questions_[asked].request());
    const Decision other = reader.decide(questions_[asked].request());
    if (one.generation != pin.generation() || other.generation != one.generation ||
        one.allowed() != other.allowed())
      wrong_.say("a pinned generation changed");
    check(one, asked, last);
  }

  void read_by_handle(Reader& reader, std::size_t asked, std::uint64_t& last) {
    const Question& question = questions_[asked];
    const auto subject = reader.resolve(question.subject), resource = reader.resolve(question.resource);
    if (!subject || !resource) {
      if (last != 0) wrong_.say("an entity is lost that all snapshots have");
      return;
    }
    check(reader.decide(Query{*subject, *resource, question.index}), asked, last);
  }

  void read_batch(Reader& reader, Chance& chance, std::uint64_t& last) {
    std::array<BatchQuery, 8> queries{};
    std::array<std::size_t, 8> asked{};
    for (std::size_t i = 0; i < queries.size(); ++i) {
      asked[i] = chance.upto(questions_.size());
      const Question& question = questions_[asked[i]];
      const auto subject = reader.resolve(question.subject), resource = reader.resolve(question.resource);
      if (!subject || !resource) return;
      queries[i] = {{*subject, *resource, question.index}, 0};
    }
    const std::array<Circumstances, 1> plain{};
    std::array<Decision, 8> decisions{};
    reader.decide_batch(queries, plain, decisions);
    for (std::size_t i = 0; i < queries.size(); ++i) {
      if (decisions[i].generation != decisions[0].generation) wrong_.say("a batch of two generations");
      check(decisions[i], asked[i], last);
    }
  }

  void read_list(Reader& reader, std::size_t asked, std::uint64_t& last) {
    const Question& question = questions_[asked];
    Request request = question.request();
    request.action = {};
    const auto list = reader.list_actions(request, last);
    if (!list) {
      if (last != 0) wrong_.say("no list, where a pair is loaded");
      return;
    }
    if (list->generation < last) return wrong_.say("a list of an older generation");
    std::size_t expected = 0;
    for (std::size_t i = 0; i < questions_.size(); ++i)
      if (questions_[i].subject == question.subject && questions_[i].resource == question.resource)
        expected += world_of(list->generation).allowed[i] ? 1U : 0U;
    if (list->actions.size() != expected) wrong_.say("a list of another generation");
    if (list->generation != last) seen_.fetch_add(1);
    last = list->generation;
    checked_.fetch_add(1, std::memory_order_relaxed);
  }

  std::uint64_t reloads_;
  Chance chance_;
  Files files_;
  std::map<std::string, std::vector<std::byte>> images_;
  std::vector<Question> questions_;
  std::vector<World> worlds_;
  std::vector<std::atomic<std::uint32_t>> worlds_of_;  // by generation
  Engine engine_;
  std::uint64_t taken_ = 0, unreadable_ = 0, misfits_ = 0;
  std::size_t current_ = 0;
  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> checked_{0}, seen_{0};
  Wrong wrong_;
};

TEST(ReloadStorm, FromGoodAndBadFilesEachAnswerIsOfItsGeneration) {
  Storm(differential::setting("POLICYC_FAULTS_RELOADS", 1500),
        differential::setting("POLICYC_FAULTS_SEED", 62))
      .run();
}

}  // namespace
}  // namespace policyc::vm::testing
