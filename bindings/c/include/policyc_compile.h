/* policyc's compiler for C: policy texts to program images, snapshot texts to snapshot images. In a library
 * of its own, libpolicyc_compile, so that who decides need not link a parser. The conventions are those of
 * policyc.h, but that the files of a path are read.
 *
 *   policyc_output *policy;
 *   if (policyc_compile_path(POLICYC_TEXT("policies/wiki"), &policy) < 1) …      // findings, or an error
 *   size_t size;
 *   const void *pbc = policyc_output_image(policy, &size);
 */
#ifndef POLICYC_COMPILE_H
#define POLICYC_COMPILE_H

#include "policyc.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What came of a compilation: an image, if there were no errors, and findings. The caller frees it. Not to be
 * used by two threads at once. */
typedef struct policyc_output policyc_output;

typedef struct policyc_source {
  policyc_string name; /* as findings call it, and as imports name it: roles.policy */
  policyc_string text;
} policyc_source;

/* Each returns 1 if there is an image, 0 if the text has errors, or a negative error; `output` (never NULL)
 * gets an object in the first two cases, else NULL. Independent calls may run at once. */

/* A policy by its path: a .policy file or a folder of them. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_compile_path(policyc_string path, policyc_output** output);
/* A policy from texts in memory, `count` of them; their imports name each other. No file is read. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_compile_texts(const policyc_source* sources, size_t count,
                                                          policyc_output** output);

enum { POLICYC_YAML = 0, POLICYC_JSON = 1, POLICYC_JSON_LINES = 2 };

/* A snapshot for the policy whose image is given, by its file's name: .yaml .yml .json .jsonl; - reads
 * standard input, as YAML. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_snapshot_path(const void* program, size_t program_size,
                                                          policyc_string path, policyc_output** output);
/* The same from a text in memory, in the format that is given. No file is read. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_snapshot_text(const void* program, size_t program_size,
                                                          policyc_source source, uint32_t format,
                                                          policyc_output** output);

/* The image, which lives as long as the output; NULL and 0 if there were errors. */
POLICYC_EXPORT const void* policyc_output_image(const policyc_output* output, size_t* size);

/* How many of the findings are errors: if there are any, there is no image. */
POLICYC_EXPORT size_t policyc_output_errors(const policyc_output* output);
/* How many of the findings are warnings. */
POLICYC_EXPORT size_t policyc_output_warnings(const policyc_output* output);

enum { POLICYC_FINDINGS_TEXT = 0, POLICYC_FINDINGS_JSON = 1 };

/* The findings as people read them, or as JSON objects, one a line; with a final NUL, cut to the room.
 * Returns the bytes that the whole takes, its NUL included; 0, and an empty text, if there is no memory or
 * no such form. */
POLICYC_EXPORT size_t policyc_output_findings(const policyc_output* output, uint32_t form, char* buffer,
                                              size_t room);

/* Ends an output, and its image with it. NULL: nothing. */
POLICYC_EXPORT void policyc_output_free(policyc_output* output);

#ifdef __cplusplus
}
#endif

#endif /* POLICYC_COMPILE_H */
