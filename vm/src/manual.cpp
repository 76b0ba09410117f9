// Writes the manual of the instruction set.

#include "manual.hpp"

#include "code.hpp"
#include "policyc/schema.hpp"
#include "program_format.hpp"
#include "schema_check.hpp"

namespace policyc::vm {
namespace {

struct ShapeText {
  std::string_view name;
  std::string_view operands;
};

ShapeText text_of(Shape shape) {
  switch (shape) {
    case Shape::stop: return {"stop", "none"};
    case Shape::rule: return {"rule", "`c`: rule, of the effect that the instruction has"};
    case Shape::jump: return {"jump", "`target`"};
    case Shape::word: return {"word", "test; `a`: role word; `c`: mask"};
    case Shape::reg: return {"reg", "test; `a`: boolean"};
    case Shape::scalars: return {"scalars", "test; `a`, `b`: one scalar type, but not string or ip"};
    case Shape::numbers: return {"numbers", "test; `a`, `b`: one of int, time, duration, or one enum"};
    case Shape::strings: return {"strings", "test; `a`, `b`: strings"};
    case Shape::ips: return {"ips", "test; `a`, `b`: ips"};
    case Shape::element_set: return {"element_set", "test; `a`: a value; `b`: a set of its type"};
    case Shape::sets: return {"sets", "test; `a`, `b`: sets of one type"};
    case Shape::entities: return {"entities", "test; `a`, `b`: entities"};
    case Shape::kind: return {"kind", "test; `a`: entity; `c`: kind"};
    case Shape::entity: return {"entity", "test; `a`: entity"};
    case Shape::constant: return {"constant", "`a`: any; `c`: constant"};
    case Shape::attribute: return {"attribute", "`a`: any; `b`: entity; `c`: attribute; `target`"};
    case Shape::parameter: return {"parameter", "`a`: any; `c`: parameter of the action; `target`"};
    case Shape::context: return {"context", "`a`: any; `c`: context field; `target`"};
    case Shape::now: return {"now", "`a`: any; only in an action that needs the time"};
    case Shape::parent: return {"parent", "`a`: any; `b`: entity; `target`"};
    case Shape::ancestor: return {"ancestor", "`a`: any; `b`: entity; `c`: kind; `target`"};
    case Shape::size: return {"size", "`a`: any; `b`: set"};
    case Shape::arithmetic:
      return {"arithmetic",
              "`a`: any; `b`, `c`: two ints, two durations, a time and a duration, or (subtract) two times"};
    case Shape::roles: return {"roles", "`a`: role word; `b`: principal; `c`: register of an entity"};
    case Shape::move: return {"move", "`a`: any; `b`: any that is set"};
    case Shape::count: return {"count", "`a`: int"};
    case Shape::each_set: return {"each_set", "`a`: any; `b`: set; `c`: loop slot; `target`"};
    case Shape::each_path: return {"each_path", "`a`: any; `b`: entity; `c`: loop slot; `target`"};
    case Shape::end: return {"end", "`c`: loop slot"};
    case Shape::noted: return {"noted", "`a`: principal; `b`: entity; in the run *times* alone"};
    case Shape::instant: return {"instant", "`a`: time; in the run *times* alone"};
    case Shape::defined: return {"defined", "test; `a`: principal; `b`: entity; `c`: register of a role"};
    case Shape::defined_set:
      return {"defined_set", "test; `a`: principal; `b`: entity; `c`: register of a set of roles"};
  }
  return {"", ""};
}

std::string row(std::string_view first, std::string_view second) {
  return "| " + std::string(first) + " | " + std::string(second) + " |\n";
}

std::string limit(std::string_view what, std::size_t value) { return row(what, std::to_string(value)); }

constexpr std::string_view kIntroduction = R"(# Bytecode

<!-- Generated from vm/src/opcodes.def by bytecode_manual(). Edit that, not this. -->

A program image (`.pbc`) holds the schema of a policy, its actions, rules,
constants and role masks, and the code of every action in three runs: *decide*,
which is optimised and stops at the first rule that settles the answer; *reasons*,
which notes every matching rule in source order and goes on; and *times*, which
notes when the decision may turn by the passing of time alone.

## The machine

A run has registers, role words and loop slots, and no stack. A register holds a
value of any type; a role word holds the raw role bits that one principal has at
one entity and above. On entry `r0` is the subject, `r1` the resource, and `w0`
the subject's roles at the resource; everything else is not set, and the verifier
refuses code that reads it.

An instruction is 64 bits: `op:8 a:8 b:8 flags:8 target:16 c:16`, little-endian.
`target` is a distance forward, counted from the next instruction. A *test* jumps
when its outcome equals bit 0 of `flags`, and goes on otherwise. An instruction
that sets a register from something that may be absent jumps when it is, and then
leaves the register as it was. Fields that an instruction does not use are zero.

Jumps go forward only, but for `end`, which goes back to its own loop's next
turn. So a run ends after at most as many steps as it has instructions, each in a
loop counted once a turn.

)";

constexpr std::string_view kMeaning = R"(
## What the values are

* int, time and duration are 64-bit and saturate; times are microseconds since
  1970-01-01T00:00:00Z.
* Strings are bytes. `matches` knows `*` alone and takes linear time.
* An IPv4-mapped IPv6 address is its IPv4 address; an IPv4 address lies in no
  IPv6 block.
* Entities are equal if their kind and id are, whether the snapshot has them or
  not. An entity that it does not have has no attributes, parents or roles; but an
  unknown subject has the attributes that the request gives, and a resource that
  the request describes has those and its parent.
* An attribute of an entity of another kind is absent.
* A set has every element once, and the elements of a loop come in a fixed order.
* `parent` is an entity of a scope. A root has none: `system` is above every root,
  and roles held at `system` are held everywhere, but `each_path` ends at the root.

## What the verifier proves

1. The runs cover the code exactly; no two share an instruction.
2. Every opcode is known, every operand is in its table, unused fields are zero.
3. A register or role word is read only where every path has set it to the type
   asked for. Where paths bring different types it counts as not set; a loop's
   body is held to what it leaves behind.
4. Jumps stay inside the run and enter no loop's body; control never runs past the
   end; every instruction can be reached.
5. Loops nest properly. The outer uses slot 0, the inner slot 1.
6. A rule is noted only with its own effect.
)";

constexpr std::string_view kImage = R"(
## The image

All numbers are little-endian. The same policy gives the same bytes.

| offset | size | |
| ---: | ---: | --- |
| 0 | 8 | magic: `89 50 42 43 0D 0A 1A 0A` |
| 8 | 4 | format version: major, minor |
| 12 | 4 | feature bits that a reader must know; none are defined |
| 16 | 8 | size of the image |
| 24 | 4 | number of sections |
| 28 | 4 | zero |
| 32 | 32 | content digest, 16 bytes used |
| 64 | 32 | schema digest, 16 bytes used |
| 96 | 32 each | section: number (4), zero (4), offset (8), size (8), XXH3-64 (8) |

The content digest is the XXH3-128 of two XXH3-128s: of the bytes before its
field, and of the bytes after it. Sections follow in the order of their numbers,
each at the next multiple of 8; the gaps are zero, and nothing follows the last.

| section | holds |
| ---: | --- |
| 1 | name and version of the policy |
| 2 | schema: enums, kinds, attributes, roles, order of roll-ups, constraints |
| 3 | for every role whether it is assignable, outside the schema digest |
| 4 | context fields |
| 5 | actions |
| 6 | rules |
| 7 | constants |
| 8 | role masks, 256 bits each |
| 9 | ranges of code: decide, reasons and times of every action |
| 10 | code |
| 11 | obligations: names and arguments |
| 12 | anchors: for every action, where the answers to lists are looked for |

| format | reads | change |
| --- | --- | --- |
| 1.0 | 1.0 | the first |
| 2.0 | 2.0 | kinds of groups, public roles |
| 3.0 | 3.0 | obligations, anchors |
)";

}  // namespace

std::string bytecode_manual() {
  std::string out(kIntroduction);
  out += "| limit | |\n| --- | ---: |\n";
  out += limit("registers", kRegisters);
  out += limit("role words", kRoleWords);
  out += limit("bits of a role word", kRoleWordBits);
  out += limit("loops in each other", kLoopSlots);
  out += limit("instructions of a run", kMaxInstructions);
  out += limit("kinds", kMaxKinds);
  out += limit("parameters of an action", kMaxParameters);
  out += limit("context fields", kMaxContextFields);
  out += kMeaning;

  out += "\n## Instructions\n\nNumbers are never reused: images live on disk.\n\n";
  out += "| code | name | shape | what it does |\n| ---: | --- | --- | --- |\n";
  for (const OpInfo& info : kOps)
    out += "| " + std::to_string(static_cast<unsigned>(info.op)) + " | `" + std::string(info.name) + "` | " +
           std::string(text_of(info.shape).name) + " | " + std::string(info.doc) + " |\n";

  out += "\n| shape | operands |\n| --- | --- |\n";
  for (auto shape = Shape::stop;; shape = static_cast<Shape>(static_cast<int>(shape) + 1)) {
    out += row(text_of(shape).name, text_of(shape).operands);
    if (shape == Shape::end) break;
  }
  out += kImage;
  return out;
}

}  // namespace policyc::vm
