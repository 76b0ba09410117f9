/* Who may, on what, and what may somebody do, in C: each in pages of a small buffer. */

#include <policyc.h>
#include <stdio.h>
#include <string.h>

static void *read_whole(const char *path, size_t *size) {
  static char room[2][65536];
  static int used = 0;
  FILE *file = fopen(path, "rb");
  if (file == NULL || used == 2) return NULL;
  *size = fread(room[used], 1, sizeof room[0], file);
  fclose(file);
  return room[used++];
}

/* The three functions have one shape. */
typedef int list_function(policyc_reader *, const policyc_request *, policyc_cursor *, char *, size_t, size_t *);

static int print_list(policyc_reader *reader, list_function *list, policyc_request *request) {
  policyc_cursor cursor = POLICYC_CURSOR_INIT;
  char texts[64];
  do {
    const int count = list(reader, request, &cursor, texts, sizeof texts, NULL);
    if (count < 0) return fprintf(stderr, "%s\n", policyc_error_text(count)), 1;
    const char *text = texts;
    for (int i = 0; i < count; ++i, text += strlen(text) + 1) printf("%s ", text);
  } while (cursor.more);
  return 0;
}

int main(void) {
  size_t program_size = 0, snapshot_size = 0;
  const void *program = read_whole("todo.pbc", &program_size);
  const void *snapshot = read_whole("todo.psnap", &snapshot_size);
  policyc_engine *engine = policyc_engine_new();
  if (policyc_engine_load(engine, POLICYC_TRUST_UNSIGNED_LOCAL, program, program_size, snapshot, snapshot_size, NULL,
                          NULL, 0) < 0)
    return 2;
  policyc_reader *reader = policyc_reader_new(engine);
  policyc_request request = POLICYC_REQUEST_INIT;
  request.subject = POLICYC_TEXT("user"); /* a kind: who of them may? */
  request.action = POLICYC_TEXT("list.read");
  request.resource = POLICYC_TEXT("list:chores");
  int failed = print_list(reader, policyc_list_subjects, &request);
  request.subject = POLICYC_TEXT("user:ann");
  request.action = POLICYC_TEXT("list.delete");
  request.resource = POLICYC_TEXT("list"); /* a kind: which of them? */
  failed |= print_list(reader, policyc_list_resources, &request);
  request.subject = POLICYC_TEXT("user:bob");
  request.action = POLICYC_TEXT(""); /* which? */
  request.resource = POLICYC_TEXT("list:chores");
  failed |= print_list(reader, policyc_list_actions, &request);
  puts("");
  policyc_reader_free(reader);
  policyc_engine_free(engine);
  return failed;
}
