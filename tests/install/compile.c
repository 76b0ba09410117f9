/* From texts to a decision without a file between them, in C: the two libraries together. */

#include <policyc.h>
#include <policyc_compile.h>
#include <stdio.h>

static void say(const policyc_output *output) {
  char findings[1024];
  (void)policyc_output_findings(output, POLICYC_FINDINGS_TEXT, findings, sizeof findings);
  fputs(findings, stderr);
}

int main(void) {
  const policyc_source policy = {POLICYC_TEXT("small.policy"),
                                 POLICYC_TEXT("subject user {}\n"
                                              "scope team { role member  action read }\n"
                                              "allow member to team.read\n")};
  const policyc_source facts = {POLICYC_TEXT("facts.yaml"),
                                POLICYC_TEXT("snapshot: 1\n"
                                             "users: [ { id: ann } ]\n"
                                             "teams: [ { id: blue, grants: { member: [ann] } } ]\n")};
  policyc_output *program = NULL, *snapshot = NULL;
  size_t pbc_size = 0, psnap_size = 0;
  int outcome = policyc_compile_texts(&policy, 1, &program);
  const void *pbc = policyc_output_image(program, &pbc_size);
  say(program);
  if (outcome == 1) outcome = policyc_snapshot_text(pbc, pbc_size, facts, POLICYC_YAML, &snapshot);
  const void *psnap = policyc_output_image(snapshot, &psnap_size);
  say(snapshot);

  policyc_engine *engine = policyc_engine_new();
  char message[256] = "";
  if (outcome == 1 && policyc_engine_load(engine, POLICYC_TRUST_UNSIGNED_LOCAL, pbc, pbc_size, psnap, psnap_size, NULL,
                                          message, sizeof message) < 0)
    fprintf(stderr, "%s\n", message);
  policyc_reader *reader = policyc_reader_new(engine);
  policyc_request request = POLICYC_REQUEST_INIT;
  request.subject = POLICYC_TEXT("user:ann");
  request.action = POLICYC_TEXT("team.read");
  request.resource = POLICYC_TEXT("team:blue");
  puts(policyc_decide(reader, &request, NULL) == 1 ? "allow" : "deny");
  policyc_reader_free(reader);
  policyc_engine_free(engine);
  policyc_output_free(snapshot);
  policyc_output_free(program);
  return 0;
}
