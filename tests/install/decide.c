/* The same question as decide.cpp, asked in C. */

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

int main(int argc, char **argv) {
  size_t program_size = 0, snapshot_size = 0;
  const void *program = read_whole("todo.pbc", &program_size);
  const void *snapshot = read_whole("todo.psnap", &snapshot_size);
  char message[256] = "decide SUBJECT ACTION RESOURCE";
  policyc_engine *engine = policyc_engine_new();
  if (argc != 4 || policyc_engine_load(engine, POLICYC_TRUST_UNSIGNED_LOCAL, program, program_size, snapshot,
                                       snapshot_size, NULL, message, sizeof message) < 0) {
    fprintf(stderr, "%s\n", message);
    return 2;
  }
  policyc_reader *reader = policyc_reader_new(engine); /* one for each thread */
  policyc_request request = POLICYC_REQUEST_INIT;
  request.subject = policyc_literal(argv[1], strlen(argv[1]));
  request.action = policyc_literal(argv[2], strlen(argv[2]));
  request.resource = policyc_literal(argv[3], strlen(argv[3]));
  /* 1 is the only allow: errors are negative. */
  puts(policyc_decide(reader, &request, NULL) == 1 ? "allow" : "deny");
  policyc_reader_free(reader);
  policyc_engine_free(engine);
  return 0;
}
