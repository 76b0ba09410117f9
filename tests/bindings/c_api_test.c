/* A C program that compiles a policy and a snapshot, loads them, asks in every way that there is, and is told of every
 * mistake that a caller can make. */

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "policyc.h"
#include "policyc_compile.h"

static int failures = 0;

#define EXPECT(condition)                                               \
  do {                                                                  \
    if (!(condition)) {                                                 \
      printf("%s:%d: expected %s\n", __FILE__, __LINE__, #condition);   \
      ++failures;                                                       \
    }                                                                   \
  } while (0)

static const char policy_text[] =
    "policy documents version \"1\"\n"
    "context { channel: string = \"ui\" }\n"
    "subject user { level: int from request = 0 }\n"
    "scope team { frozen: bool = false  role member public  action invite(who: user, tags: set<string> = {}) }\n"
    "scope document in team { created_by: user  until: time?  role author from created_by  action read, edit, add }\n"
    "@id(\"read\") allow member to document.read\n"
    "@id(\"edit\") allow author to document.edit when context.channel == \"ui\"\n"
    "@id(\"add\") allow member to document.add when subject.level > 2 obliging log(3, \"add\")\n"
    "obligation log(level: int, what: string)\n"
    "@id(\"invite\") allow member to team.invite when action.who != subject and action.tags contains \"new\"\n"
    "@id(\"late\") forbid anyone to document.edit when document.until is set and now > document.until\n";

static const char snapshot_text[] =
    "{\"entity\":\"user:ann\"}\n{\"entity\":\"user:bob\"}\n{\"entity\":\"team:blue\"}\n"
    "{\"entity\":\"document:plan\",\"in\":\"team:blue\",\"created_by\":\"user:ann\"}\n"
    "{\"grant\":\"member\",\"to\":\"user:ann\",\"on\":\"team:blue\"}\n"
    "{\"entity\":\"document:memo\",\"in\":\"team:blue\",\"created_by\":\"user:bob\"}\n"
    "{\"entity\":\"team:red\"}\n{\"entity\":\"document:open\",\"in\":\"team:red\",\"created_by\":\"user:bob\"}\n"
    "{\"grant\":\"member\",\"to\":\"user:*\",\"on\":\"team:red\"}\n";

static policyc_output *compiled(const char *text) {
  policyc_source source = {POLICYC_TEXT("documents.policy"), {text, strlen(text)}};
  policyc_output *output = NULL;
  const int outcome = policyc_compile_texts(&source, 1, &output);
  if (outcome == 0) {
    char findings[2048];
    (void)policyc_output_findings(output, POLICYC_FINDINGS_TEXT, findings, sizeof findings);
    puts(findings);
  }
  EXPECT(outcome == 1);
  return output;
}

static policyc_output *read_facts(const policyc_output *program, const char *text) {
  size_t size;
  const void *image = policyc_output_image(program, &size);
  policyc_source source = {POLICYC_TEXT("facts.jsonl"), {text, strlen(text)}};
  policyc_output *output = NULL;
  EXPECT(policyc_snapshot_text(image, size, source, POLICYC_JSON_LINES, &output) == 1);
  return output;
}

static policyc_request asked(const char *subject, const char *action, const char *resource) {
  policyc_request request = POLICYC_REQUEST_INIT;
  request.subject = policyc_literal(subject, strlen(subject));
  request.action = policyc_literal(action, strlen(action));
  request.resource = policyc_literal(resource, strlen(resource));
  return request;
}

static void test_findings(void) {
  policyc_source source = {POLICYC_TEXT("wrong.policy"), POLICYC_TEXT("allow membr to x.y\n")};
  policyc_output *output = NULL;
  char findings[1024];
  size_t size = 1;
  EXPECT(policyc_compile_texts(&source, 1, &output) == 0);
  EXPECT(policyc_output_image(output, &size) == NULL && size == 0);
  EXPECT(policyc_output_errors(output) > 0);
  EXPECT(policyc_output_findings(output, POLICYC_FINDINGS_TEXT, findings, sizeof findings) == strlen(findings) + 1);
  EXPECT(strstr(findings, "wrong.policy:1:") != NULL);
  EXPECT(policyc_output_findings(output, POLICYC_FINDINGS_JSON, findings, sizeof findings) > 0);
  EXPECT(strstr(findings, "\"code\":\"PC") != NULL);
  EXPECT(policyc_output_findings(output, POLICYC_FINDINGS_TEXT, findings, 4) > 4 && strlen(findings) == 3);
  EXPECT(policyc_output_findings(output, 2, findings, sizeof findings) == 0 && findings[0] == 0);
  policyc_output_free(output);
  policyc_output_free(NULL);
  EXPECT(policyc_compile_path(POLICYC_TEXT("/nowhere/at/all.policy"), &output) == 0);
  EXPECT(policyc_output_errors(output) == 1 && policyc_output_warnings(output) == 0);
  policyc_output_free(output);
  EXPECT(policyc_snapshot_path("x", 1, POLICYC_TEXT("facts.yaml"), &output) < 0 && output == NULL);
  EXPECT(policyc_compile_texts(NULL, 1, &output) == -POLICYC_MALFORMED);
  EXPECT(policyc_compile_texts(NULL, 0, NULL) == -POLICYC_MALFORMED);
}

static void test_requests(policyc_reader *reader) {
  policyc_decision decision = POLICYC_DECISION_INIT;
  policyc_request request = asked("user:ann", "document.read", "document:plan");
  char text[256];
  size_t needed = 0;
  EXPECT(policyc_decide(reader, &request, &decision) == 1);
  EXPECT(decision.outcome == 1 && decision.why == POLICYC_BY_RULE && decision.generation == 1);
  EXPECT(policyc_reasons(reader, &request, &decision, text, sizeof text, &needed) == 1);
  EXPECT(strcmp(text, "read") == 0 && needed == 5);
  EXPECT(policyc_reasons(reader, &request, &decision, NULL, 0, &needed) == 1 && needed == 5);

  request = asked("user:bob", "document.read", "document:plan");
  EXPECT(policyc_decide(reader, &request, &decision) == 0 && decision.why == POLICYC_BY_DEFAULT);

  /* The time counts for document.edit. */
  request = asked("user:ann", "document.edit", "document:plan");
  EXPECT(policyc_decide(reader, &request, &decision) == -POLICYC_NOW_MISSING && decision.why == POLICYC_BY_ERROR);
  EXPECT(policyc_explain_error(reader, &request, &decision, text, sizeof text) == strlen(text) + 1);
  EXPECT(strstr(text, "time") != NULL);
  request.flags = POLICYC_HAS_NOW;
  request.now = 1;
  EXPECT(policyc_decide(reader, &request, NULL) == 1);

  /* Values of every shape. */
  policyc_named channel = {POLICYC_TEXT("channel"), {POLICYC_STRING, 0, 0, POLICYC_TEXT("api"), NULL, 0}};
  request.context.items = &channel;
  request.context.count = 1;
  EXPECT(policyc_decide(reader, &request, NULL) == 0);
  policyc_value tags[2] = {{POLICYC_STRING, 0, 0, POLICYC_TEXT("old"), NULL, 0},
                           {POLICYC_STRING, 0, 0, POLICYC_TEXT("new"), NULL, 0}};
  policyc_named parameters[2] = {{POLICYC_TEXT("who"), {POLICYC_STRING, 0, 0, POLICYC_TEXT("user:bob"), NULL, 0}},
                                 {POLICYC_TEXT("tags"), {POLICYC_LIST, 0, 0, {NULL, 0}, tags, 2}}};
  request = asked("user:ann", "team.invite", "team:blue");
  request.parameters.items = parameters;
  request.parameters.count = 2;
  EXPECT(policyc_decide(reader, &request, NULL) == 1);
  request.parameters.count = 1;
  EXPECT(policyc_decide(reader, &request, NULL) == 0);
  policyc_named level = {POLICYC_TEXT("level"), {POLICYC_INTEGER, 0, 3, {NULL, 0}, NULL, 0}};
  policyc_named author = {POLICYC_TEXT("created_by"), {POLICYC_STRING, 0, 0, POLICYC_TEXT("user:bob"), NULL, 0}};
  request = asked("user:ann", "document.add", "document");
  request.flags = POLICYC_DESCRIBED;
  request.parent = POLICYC_TEXT("team:blue");
  request.subject_attributes.items = &level;
  request.subject_attributes.count = 1;
  request.resource_attributes.items = &author;
  request.resource_attributes.count = 1;
  EXPECT(policyc_decide(reader, &request, &decision) == 1 && decision.obliged == 1);
  EXPECT(policyc_obligations(reader, &request, &decision, text, sizeof text, &needed) == 1);
  EXPECT(strcmp(text, "{\"name\":\"log\",\"arguments\":{\"level\":3,\"what\":\"add\"}}") == 0);
  EXPECT(needed == strlen(text) + 1);
  EXPECT(policyc_obligations(reader, &request, &decision, text, 8, &needed) == 1 && needed > 8);
  level.value.number = 2;
  EXPECT(policyc_decide(reader, &request, NULL) == 0);
  level.value.kind = POLICYC_BOOLEAN;
  EXPECT(policyc_decide(reader, &request, NULL) < 0);
  policyc_named many[100];
  for (int i = 0; i < 100; ++i) many[i] = channel;
  many[0].name = POLICYC_TEXT("unheard");
  request = asked("user:ann", "document.read", "document:plan");
  request.context.items = many;
  request.context.count = 2;
  EXPECT(policyc_decide(reader, &request, NULL) == 1);
  request.context.count = 100;
  EXPECT(policyc_decide(reader, &request, NULL) == -POLICYC_MALFORMED); /* one field many times */
}

typedef int list_function(policyc_reader *, const policyc_request *, policyc_cursor *, char *, size_t, size_t *);

/* The whole list with a blank behind each text, out of pages of a buffer of so many bytes; "!" and the code for an
 * error. */
static const char *listed(list_function *list, policyc_reader *reader, const policyc_request *request, size_t room,
                          int *pages) {
  static char whole[512];
  char page[256];
  policyc_cursor cursor = POLICYC_CURSOR_INIT;
  size_t filled = 0, needed = 0;
  *pages = 0;
  EXPECT(room <= sizeof page);
  do {
    const int count = list(reader, request, &cursor, page, room, &needed);
    if (count < 0) {
      snprintf(whole, sizeof whole, "!%d", -count);
      return whole;
    }
    const char *text = page;
    for (int i = 0; i < count; ++i, text += strlen(text) + 1)
      filled += (size_t)snprintf(whole + filled, sizeof whole - filled, "%s ", text);
    EXPECT((size_t)(text - page) == needed && needed <= room);
    EXPECT(cursor.generation == 1 && (count > 0 || cursor.more == 0));
  } while (++*pages < 20 && cursor.more == 1);
  whole[filled] = 0;
  return whole;
}

static void test_lists(policyc_reader *reader) {
  const char all[] = "document:memo document:plan document:open ";
  policyc_request request = asked("user:ann", "document.read", "document");
  policyc_cursor cursor = POLICYC_CURSOR_INIT;
  const policyc_cursor begin = POLICYC_CURSOR_INIT;
  char text[64] = "untouched";
  size_t needed = 0;
  int pages;
  EXPECT(strcmp(listed(policyc_list_resources, reader, &request, 256, &pages), all) == 0);
  EXPECT(pages == 1);
  EXPECT(strcmp(listed(policyc_list_resources, reader, &request, 14, &pages), all) == 0);
  EXPECT(pages == 3);
  EXPECT(strcmp(listed(policyc_list_resources, reader, &request, 13, &pages), "!15") == 0);
  EXPECT(policyc_list_resources(reader, &request, &cursor, NULL, 0, &needed) == -POLICYC_LIMIT_EXCEEDED);
  EXPECT(needed == sizeof "document:memo" && memcmp(&cursor, &begin, sizeof cursor) == 0);

  /* Everyone of a kind stands first, and is given once, however small the pages are. */
  request = asked("", "document.read", "document:open");
  EXPECT(strcmp(listed(policyc_list_subjects, reader, &request, 256, &pages), "user:* user:ann user:bob ") == 0);
  EXPECT(pages == 1);
  EXPECT(strcmp(listed(policyc_list_subjects, reader, &request, 9, &pages), "user:* user:ann user:bob ") == 0);
  EXPECT(pages == 3);
  EXPECT(strcmp(listed(policyc_list_subjects, reader, &request, 16, &pages), "user:* user:ann user:bob ") == 0);
  EXPECT(pages == 2);
  request = asked("user", "document.read", "document:plan");
  EXPECT(strcmp(listed(policyc_list_subjects, reader, &request, 256, &pages), "user:ann ") == 0);
  request.subject = POLICYC_TEXT("usr");
  EXPECT(listed(policyc_list_subjects, reader, &request, 256, &pages)[0] == '!');

  request = asked("user:ann", "", "document:plan");
  request.flags = POLICYC_HAS_NOW;
  EXPECT(strcmp(listed(policyc_list_actions, reader, &request, 256, &pages), "document.read document.edit ") == 0);
  EXPECT(strcmp(listed(policyc_list_actions, reader, &request, 15, &pages), "document.read document.edit ") == 0);
  EXPECT(pages == 2);
  EXPECT(policyc_list_actions(reader, &request, &cursor, text, sizeof text, NULL) == 2 && cursor.left_out == 0);
  request.flags = 0; /* without the time, editing can't be judged */
  EXPECT(policyc_list_actions(reader, &request, &cursor, text, sizeof text, NULL) == 1 && cursor.left_out == 1);
  EXPECT(strcmp(text, "document.read") == 0 && cursor.more == 0);
  request.flags = POLICYC_ON_BEHALF | POLICYC_HAS_NOW;
  request.on_behalf_of = POLICYC_TEXT("user:bob");
  EXPECT(strcmp(listed(policyc_list_actions, reader, &request, 256, &pages), "") == 0 && pages == 1);

  /* Mistakes. */
  request = asked("user:ann", "document.read", "document");
  EXPECT(policyc_list_resources(NULL, &request, &cursor, text, sizeof text, NULL) == -POLICYC_MALFORMED);
  EXPECT(policyc_list_resources(reader, NULL, &cursor, text, sizeof text, NULL) == -POLICYC_MALFORMED);
  EXPECT(policyc_list_resources(reader, &request, NULL, text, sizeof text, NULL) == -POLICYC_MALFORMED);
  request.at_least = 1000;
  EXPECT(policyc_list_resources(reader, &request, &cursor, text, sizeof text, NULL) == -POLICYC_GENERATION_TOO_OLD);
  request.at_least = 0;
  cursor = begin;
  cursor.more = 2;
  EXPECT(policyc_list_resources(reader, &request, &cursor, text, sizeof text, NULL) == -POLICYC_MALFORMED);
  cursor = begin;
  cursor.size = 8;
  EXPECT(policyc_list_resources(reader, &request, &cursor, text, sizeof text, NULL) == -POLICYC_UNSUPPORTED);
  request.action = POLICYC_TEXT("document.eat");
  cursor = begin;
  EXPECT(policyc_list_resources(reader, &request, &cursor, text, sizeof text, NULL) < 0);
  EXPECT(memcmp(&cursor, &begin, sizeof cursor) == 0);
}

/* A list whose pair was replaced meanwhile is begun again, even where the facts are the same. */
static void test_cursors_after_a_load(policyc_engine *engine, policyc_reader *reader, const void *psnap, size_t size) {
  policyc_request request = asked("user:ann", "document.read", "document");
  policyc_cursor cursor = POLICYC_CURSOR_INIT;
  char text[16];
  uint64_t generation = 0;
  EXPECT(policyc_list_resources(reader, &request, &cursor, text, sizeof text, NULL) == 1 && cursor.more == 1);
  EXPECT(policyc_engine_load_snapshot(engine, psnap, size, &generation, NULL, 0) == 1);
  EXPECT(policyc_list_resources(reader, &request, &cursor, text, sizeof text, NULL) == -POLICYC_STALE_HANDLE);
  cursor.more = 0;
  EXPECT(policyc_list_resources(reader, &request, &cursor, text, sizeof text, NULL) == 1);
  EXPECT(cursor.generation == generation);
}

static void test_handles(policyc_reader *reader) {
  policyc_query query = POLICYC_QUERY_INIT;
  policyc_decision decision = POLICYC_DECISION_INIT;
  policyc_handle nobody = 7;
  EXPECT(policyc_decide_query(reader, &query, NULL) == -POLICYC_STALE_HANDLE);
  EXPECT(policyc_resolve(reader, POLICYC_TEXT("user:ann"), &query.subject) == 1);
  EXPECT(policyc_resolve(reader, POLICYC_TEXT("document:plan"), &query.resource) == 1);
  EXPECT(policyc_resolve(reader, POLICYC_TEXT("user:nobody"), &nobody) < 0 && nobody == 0);
  EXPECT(policyc_find_action(reader, POLICYC_TEXT("document.read"), &query.action) == 1);
  EXPECT(policyc_find_action(reader, POLICYC_TEXT("document.eat"), &query.reserved) < 0);
  EXPECT(policyc_decide_query(reader, &query, &decision) == 1 && decision.generation == 1);
  query.action = 70000;
  EXPECT(policyc_decide_query(reader, &query, NULL) < 0);
  EXPECT(policyc_find_action(reader, POLICYC_TEXT("document.edit"), &query.action) == 1);
  EXPECT(policyc_decide_query(reader, &query, NULL) == -POLICYC_NOW_MISSING);
  query.flags = POLICYC_HAS_NOW;
  EXPECT(policyc_decide_query(reader, &query, NULL) == 1);
  policyc_named channel = {POLICYC_TEXT("channel"), {POLICYC_STRING, 0, 0, POLICYC_TEXT("api"), NULL, 0}};
  query.context.items = &channel;
  query.context.count = 1;
  EXPECT(policyc_decide_query(reader, &query, NULL) == 0);
  query.context.count = 0;
  EXPECT(policyc_decide_query(reader, &query, NULL) == 1);
  query.on_behalf_of = query.subject;
  EXPECT(policyc_decide_query(reader, &query, NULL) == -POLICYC_MALFORMED); /* without its flag */
  query.flags |= POLICYC_ON_BEHALF;
  EXPECT(policyc_decide_query(reader, &query, NULL) == 1);
  query.on_behalf_of = 0;
  EXPECT(policyc_decide_query(reader, &query, NULL) == -POLICYC_STALE_HANDLE);
  EXPECT(policyc_resolve(reader, POLICYC_TEXT("user:bob"), &query.on_behalf_of) == 1);
  EXPECT(policyc_decide_query(reader, &query, NULL) == 0);
}

/* Whatever is wrong with a call is an error, and no error is an allow. */
static void test_mistakes(policyc_engine *engine, policyc_reader *reader) {
  policyc_decision decision = POLICYC_DECISION_INIT;
  policyc_request request = asked("user:ann", "document.read", "document:plan");
  char message[64] = "untouched";
  uint64_t generation = 5;
  EXPECT(policyc_decide(NULL, &request, &decision) == -POLICYC_MALFORMED && decision.outcome < 0);
  EXPECT(policyc_decide(reader, NULL, &decision) == -POLICYC_MALFORMED);
  EXPECT(policyc_decide_query(reader, NULL, NULL) == -POLICYC_MALFORMED);
  request.on_behalf_of = POLICYC_TEXT("user:bob");
  EXPECT(policyc_decide(reader, &request, &decision) == -POLICYC_MALFORMED); /* without its flag */
  request.flags = POLICYC_ON_BEHALF;
  EXPECT(policyc_decide(reader, &request, &decision) == 0);
  request.on_behalf_of.size = 0;
  EXPECT(policyc_decide(reader, &request, &decision) == -POLICYC_MALFORMED); /* the flag without it */
  request = asked("user:ann", "document.read", "document:plan");
  request.size = sizeof request + 8; /* a caller of a later version */
  EXPECT(policyc_decide(reader, &request, &decision) == -POLICYC_UNSUPPORTED);
  request.size = 0;
  EXPECT(policyc_decide(reader, &request, &decision) == -POLICYC_UNSUPPORTED);
  request = asked("user:ann", "document.read", "document:plan");
  decision.size = 4;
  EXPECT(policyc_decide(reader, &request, &decision) == -POLICYC_UNSUPPORTED);
  decision.size = sizeof decision;
  request.flags = 64;
  EXPECT(policyc_decide(reader, &request, &decision) == -POLICYC_UNSUPPORTED);
  request.flags = 0;
  request.subject.data = NULL;
  EXPECT(policyc_decide(reader, &request, &decision) == -POLICYC_MALFORMED);
  request = asked("user:ann", "document.read", "document:plan");
  request.context.count = 3; /* and no items */
  EXPECT(policyc_decide(reader, &request, &decision) == -POLICYC_MALFORMED);
  policyc_named odd = {POLICYC_TEXT("channel"), {99, 0, 0, {NULL, 0}, NULL, 0}};
  request.context.items = &odd;
  request.context.count = 1;
  EXPECT(policyc_decide(reader, &request, &decision) == -POLICYC_MALFORMED);
  policyc_value inner = {POLICYC_LIST, 0, 0, {NULL, 0}, NULL, 0};
  odd.value.kind = POLICYC_LIST;
  odd.value.elements = &inner;
  odd.value.count = 1;
  EXPECT(policyc_decide(reader, &request, &decision) == -POLICYC_MALFORMED); /* a list of lists */
  request = asked("user:ann", "document.read", "document:plan");
  request.at_least = 1000;
  EXPECT(policyc_decide(reader, &request, &decision) == -POLICYC_GENERATION_TOO_OLD);
  decision.generation = 999;
  request.at_least = 0;
  EXPECT(policyc_reasons(reader, &request, &decision, NULL, 0, NULL) == -POLICYC_STALE_DECISION);

  /* An answer that nobody gave: the smallest number has no positive. */
  decision.outcome = INT32_MIN;
  decision.why = 77;
  EXPECT(policyc_explain_error(reader, &request, &decision, message, sizeof message) > 1);

  EXPECT(policyc_engine_load(engine, 0, "x", 1, "x", 1, &generation, message, sizeof message) < 0);
  EXPECT(policyc_engine_load(engine, POLICYC_TRUST_UNSIGNED_LOCAL, "x", 1, "x", 1, &generation, message,
                             sizeof message) < 0);
  EXPECT(strcmp(message, "untouched") != 0 && generation == 5);
  EXPECT(policyc_engine_load_program(engine, POLICYC_TRUST_UNSIGNED_LOCAL, NULL, 0, NULL, NULL, 0) < 0);
  EXPECT(policyc_engine_load_snapshot(engine, "x", 1, NULL, message, 3) < 0 && strlen(message) == 2);
  EXPECT(policyc_engine_load_snapshot(NULL, "x", 1, NULL, NULL, 0) < 0);
  EXPECT(policyc_engine_generation(engine) == 1 && policyc_engine_generation(NULL) == 0);
  EXPECT(policyc_reader_new(NULL) == NULL);
  EXPECT(strcmp(policyc_error_name(-POLICYC_NOW_MISSING), "now_missing") == 0);
  EXPECT(strcmp(policyc_error_name(12345), "unknown") == 0);
  EXPECT(strlen(policyc_error_text(POLICYC_NOT_LOADED)) > 10);
}

static void *ask_often(void *engine) {
  policyc_reader *reader = policyc_reader_new(engine);
  policyc_request request = asked("user:ann", "document.read", "document:plan");
  size_t allowed = 0;
  for (int i = 0; i < 20000; ++i) allowed += policyc_decide(reader, &request, NULL) == 1;
  policyc_reader_free(reader);
  return allowed == 20000 ? NULL : engine;
}

int main(void) {
  EXPECT(policyc_abi() == POLICYC_ABI);
  EXPECT(strlen(policyc_version()) >= 5);
  test_findings();

  policyc_engine *engine = policyc_engine_new();
  policyc_reader *reader = policyc_reader_new(engine);
  policyc_request request = asked("user:ann", "document.read", "document:plan");
  EXPECT(policyc_decide(reader, &request, NULL) == -POLICYC_NOT_LOADED);
  EXPECT(policyc_engine_load_snapshot(engine, "x", 1, NULL, NULL, 0) == -POLICYC_NOT_LOADED);

  policyc_output *program = compiled(policy_text);
  policyc_output *facts = read_facts(program, snapshot_text);
  size_t program_size, facts_size;
  const void *pbc = policyc_output_image(program, &program_size);
  const void *psnap = policyc_output_image(facts, &facts_size);
  uint64_t generation = 0;
  EXPECT(policyc_engine_load(engine, POLICYC_TRUST_UNSIGNED_LOCAL, pbc, program_size, psnap, facts_size, &generation,
                             NULL, 0) == 1);
  EXPECT(generation == 1);
  test_requests(reader);
  test_handles(reader);
  test_lists(reader);
  test_mistakes(engine, reader);

  /* Reloads under threads that ask. */
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i) EXPECT(pthread_create(&threads[i], NULL, ask_often, engine) == 0);
  for (int i = 0; i < 50; ++i)
    EXPECT((i % 2 == 0
                ? policyc_engine_load_snapshot(engine, psnap, facts_size, &generation, NULL, 0)
                : policyc_engine_load_program(engine, POLICYC_TRUST_UNSIGNED_LOCAL, pbc, program_size, &generation,
                                              NULL, 0)) == 1);
  EXPECT(generation == 51);
  for (int i = 0; i < 2; ++i) {
    void *wrong = NULL;
    EXPECT(pthread_join(threads[i], &wrong) == 0 && wrong == NULL);
  }

  test_cursors_after_a_load(engine, reader, psnap, facts_size);
  policyc_output_free(program);
  policyc_output_free(facts);
  policyc_engine_free(engine); /* the reader goes on with what it has */
  EXPECT(policyc_decide(reader, &request, NULL) == 1);
  policyc_reader_free(reader);
  policyc_reader_free(NULL);
  policyc_engine_free(NULL);
  if (failures == 0) puts("the C interface holds");
  return failures == 0 ? 0 : 1;
}
