/* Memory runs out at every place in turn: at the first allocation of a call, the second, and so on until the call
 * needs no more. Each time the answer is the right one or out of memory, and never an exception, a crash, or an allow
 * that is none. The allocator is this program's own, over glibc's. */

#include <stdio.h>
#include <string.h>

#include "policyc.h"
#include "policyc_compile.h"

extern void *__libc_malloc(size_t size);

/* How many allocations still succeed; negative: all. When it has come to 0 one fails, or all from there on. */
static long left = -1;
static int goes_on_failing = 0;
static int has_failed = 0;

void *malloc(size_t size) {
  if (left == 0) {
    has_failed = 1;
    if (!goes_on_failing) left = -1;
    return NULL;
  }
  if (left > 0) --left;
  return __libc_malloc(size);
}

static int failures = 0;

#define EXPECT(condition)                                                                         \
  do {                                                                                            \
    if (!(condition)) {                                                                           \
      left = -1;                                                                                  \
      printf("%s:%d: allocation %ld: expected %s\n", __FILE__, __LINE__, allocation, #condition); \
      if (++failures > 20) return;                                                                \
    }                                                                                             \
  } while (0)

/* Runs what follows with the first allocation failing, then the second, and so on until none is left to fail. */
#define WITH_EVERY_ALLOCATION_FAILING                                                               \
  for (goes_on_failing = 0; goes_on_failing < 2; ++goes_on_failing)                                 \
    for (long allocation = (has_failed = 1, 0); has_failed && (has_failed = 0, left = allocation, 1); \
         left = -1, ++allocation)

static const char policy_text[] =
    "policy teams version \"1\"\n"
    "subject user {}\n"
    "scope team { role member  action read, tag(words: set<string>) }\n"
    "@id(\"read\") allow member to team.read\n"
    "@id(\"tag\") allow member to team.tag when action.words contains \"new\"\n";
static const char snapshot_text[] =
    "{\"entity\":\"user:ann\"}\n{\"entity\":\"team:blue\"}\n"
    "{\"grant\":\"member\",\"to\":\"user:ann\",\"on\":\"team:blue\"}\n";

static const char snapshot_yaml[] =
    "snapshot: 1\nusers: [ { id: ann } ]\nteams: [ { id: blue, grants: { member: [ann] } } ]\n";

static policyc_output *program;
static policyc_output *facts;

static void test_compiling(void) {
  const policyc_source source = {POLICYC_TEXT("teams.policy"), POLICYC_TEXT(policy_text)};
  const policyc_source wrong = {POLICYC_TEXT("wrong.policy"), POLICYC_TEXT("allow membr to x.y\n")};
  const policyc_source lines = {POLICYC_TEXT("facts.jsonl"), POLICYC_TEXT(snapshot_text)};
  policyc_output *output;
  size_t size = 0;
  WITH_EVERY_ALLOCATION_FAILING {
    const int outcome = policyc_compile_texts(&source, 1, &output);
    left = -1;
    EXPECT(outcome == 1 || outcome == -POLICYC_OUT_OF_MEMORY);
    EXPECT((outcome == 1) == (output != NULL));
    policyc_output_free(output);
  }
  WITH_EVERY_ALLOCATION_FAILING {
    char findings[16] = "untouched";
    const int outcome = policyc_compile_texts(&wrong, 1, &output);
    EXPECT(outcome == 0 || outcome == -POLICYC_OUT_OF_MEMORY);
    if (outcome == 0) {
      const size_t whole = policyc_output_findings(output, POLICYC_FINDINGS_JSON, findings, sizeof findings);
      EXPECT(whole > sizeof findings || (whole == 0 && strlen(findings) == 0));
    }
    left = -1;
    policyc_output_free(output);
  }
  left = -1;
  {
    const long allocation = -1;
    EXPECT(policyc_compile_texts(&source, 1, &program) == 1);
  }
  const void *image = policyc_output_image(program, &size);
  WITH_EVERY_ALLOCATION_FAILING {
    const int outcome = policyc_snapshot_text(image, size, lines, POLICYC_JSON_LINES, &output);
    left = -1;
    EXPECT(outcome == 1 || outcome == -POLICYC_OUT_OF_MEMORY);
    EXPECT((outcome == 1) == (output != NULL));
    policyc_output_free(output);
  }
  WITH_EVERY_ALLOCATION_FAILING {
    const policyc_source yaml = {POLICYC_TEXT("facts.yaml"), POLICYC_TEXT(snapshot_yaml)};
    const int outcome = policyc_snapshot_text(image, size, yaml, POLICYC_YAML, &output);
    left = -1;
    EXPECT(outcome == 1 || outcome == -POLICYC_OUT_OF_MEMORY);
    EXPECT((outcome == 1) == (output != NULL));
    policyc_output_free(output);
  }
  const long allocation = -1;
  EXPECT(policyc_snapshot_text(image, size, lines, POLICYC_JSON_LINES, &facts) == 1);
}

static void test_deciding(void) {
  size_t program_size, facts_size, needed;
  const void *pbc = policyc_output_image(program, &program_size);
  const void *psnap = policyc_output_image(facts, &facts_size);
  const policyc_value word = {POLICYC_STRING, 0, 0, POLICYC_TEXT("new"), NULL, 0};
  policyc_named words = {POLICYC_TEXT("words"), {POLICYC_LIST, 0, 0, {NULL, 0}, NULL, 0}};
  policyc_request request = POLICYC_REQUEST_INIT;
  words.value.elements = &word;
  words.value.count = 1;
  request.subject = POLICYC_TEXT("user:ann");
  request.action = POLICYC_TEXT("team.tag");
  request.resource = POLICYC_TEXT("team:blue");
  request.parameters.items = &words;
  request.parameters.count = 1;
  WITH_EVERY_ALLOCATION_FAILING {
    char text[128] = "untouched";
    policyc_decision decision = POLICYC_DECISION_INIT;
    policyc_engine *engine = policyc_engine_new();
    policyc_reader *reader = policyc_reader_new(engine);
    const int loaded = policyc_engine_load(engine, POLICYC_TRUST_UNSIGNED_LOCAL, pbc, program_size, psnap, facts_size,
                                           NULL, text, sizeof text);
    EXPECT(loaded == 1 || loaded == -POLICYC_OUT_OF_MEMORY || (engine == NULL && loaded == -POLICYC_MALFORMED));
    EXPECT(loaded == 1 || (strcmp(text, "untouched") != 0 && strlen(text) > 10));
    const int outcome = policyc_decide(reader, &request, &decision);
    EXPECT(decision.outcome == outcome);
    if (outcome != 1) {
      EXPECT(outcome == -POLICYC_OUT_OF_MEMORY || (outcome == -POLICYC_NOT_LOADED && loaded != 1) ||
             (outcome == -POLICYC_MALFORMED && reader == NULL));
      EXPECT(has_failed);
    } else {
      const int reasons = policyc_reasons(reader, &request, &decision, text, sizeof text, &needed);
      EXPECT(reasons == -POLICYC_OUT_OF_MEMORY || (reasons == 1 && strcmp(text, "tag") == 0));
      EXPECT(loaded == 1);
    }
    policyc_cursor cursor = POLICYC_CURSOR_INIT;
    policyc_request which = request;
    which.resource = POLICYC_TEXT("team");
    const int count = policyc_list_resources(reader, &which, &cursor, text, sizeof text, &needed);
    EXPECT(count < 0 ? has_failed : count == 1 && strcmp(text, "team:blue") == 0);
    which = request;
    which.subject = POLICYC_TEXT("user");
    const int who = policyc_list_subjects(reader, &which, &cursor, text, sizeof text, &needed);
    EXPECT(who < 0 ? has_failed : who == 1 && strcmp(text, "user:ann") == 0);
    which = request;
    which.action = POLICYC_TEXT("");
    const int what = policyc_list_actions(reader, &which, &cursor, text, sizeof text, &needed);
    EXPECT(what < 0 ? has_failed : what == 2 && strcmp(text, "team.read") == 0);
    strcpy(text, "untouched");
    decision.outcome = -POLICYC_NOW_MISSING;
    decision.why = POLICYC_BY_ERROR;
    const size_t whole = policyc_explain_error(reader, &request, &decision, text, sizeof text);
    EXPECT(whole == strlen(text) + 1 && strcmp(text, "untouched") != 0);
    policyc_reader_free(reader);
    policyc_engine_free(engine);
  }
}

int main(void) {
  test_compiling();
  if (program != NULL && facts != NULL) test_deciding();
  left = -1;
  policyc_output_free(program);
  policyc_output_free(facts);
  if (failures == 0 && program != NULL && facts != NULL) puts("out of memory is an error, everywhere");
  return failures == 0 && program != NULL && facts != NULL ? 0 : 1;
}
