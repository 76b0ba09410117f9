/* policyc for C and for every language that can call C: may SUBJECT do ACTION on RESOURCE?
 *
 *   policyc_engine *engine = policyc_engine_new();
 *   char why[256];
 *   if (policyc_engine_load(engine, POLICYC_TRUST_UNSIGNED_LOCAL, pbc, pbc_size, psnap, psnap_size,
 *                           NULL, why, sizeof why) < 0) fputs(why, stderr);
 *   policyc_reader *reader = policyc_reader_new(engine);              // one for each thread
 *   policyc_request request = POLICYC_REQUEST_INIT;
 *   request.subject = POLICYC_TEXT("user:ann");
 *   request.action = POLICYC_TEXT("task.label");
 *   request.resource = POLICYC_TEXT("task:t1");
 *   if (policyc_decide(reader, &request, NULL) == 1) …                // 1 is the only allow
 *
 * Conventions
 *  - Decisions return 1 for allow, 0 for deny, and a negative number for an error, which denies. Compare with
 *    == 1: `if (policyc_decide(…))` would let every error through.
 *  - Errors are -(code); codes are those of docs/diagnostics.md, the same as in C++ and in JSON. They are
 * stable.
 *  - A struct whose address a call takes begins with its size, which its _INIT macro sets: a library that is
 * older or newer than the header that a caller was compiled with refuses what it doesn't know
 * (-POLICYC_UNSUPPORTED), and ignores nothing. What lies in arrays or is passed by value has no size and
 * never changes: policyc_string, policyc_value, policyc_named, policyc_values, policyc_source.
 *  - Strings are a pointer and a length, UTF-8, without a final NUL. The caller keeps what it passes alive
 * until the call returns; nothing is kept longer.
 *  - No exception leaves the library, no signal is raised, nothing is printed, no clock and no file is read.
 *  - An engine may be used by all threads at once; a reader by one at a time.
 *  - Passing NULL where an object is due is an error (-POLICYC_MALFORMED), never a crash.
 */
#ifndef POLICYC_H
#define POLICYC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define POLICYC_EXPORT __attribute__((visibility("default")))
#define POLICYC_MUST_USE __attribute__((warn_unused_result))
#else
#define POLICYC_EXPORT
#define POLICYC_MUST_USE
#endif

/* The interface that this header describes. It grows with what is added; what is there never changes. */
#define POLICYC_ABI 1

/* Codes that a caller may want to tell apart; policyc_error_name() knows all of them. */
enum {
  POLICYC_NOT_LOADED = 1,
  POLICYC_NOW_MISSING = 12,
  POLICYC_MALFORMED = 14,
  POLICYC_LIMIT_EXCEEDED = 15,
  POLICYC_STALE_HANDLE = 16,
  POLICYC_UNSUPPORTED = 17,
  POLICYC_STALE_DECISION = 20,
  POLICYC_GENERATION_TOO_OLD = 21,
  POLICYC_SCHEMA_MISMATCH = 37,
  POLICYC_OUT_OF_MEMORY = 38,
  POLICYC_INTERNAL = 70
};

typedef struct policyc_string {
  const char* data;
  size_t size; /* bytes */
} policyc_string;

/* A string literal, or any string that ends in NUL. */
#define POLICYC_TEXT(literal) (policyc_literal(literal, sizeof(literal) - 1))
static inline policyc_string policyc_literal(const char* data, size_t size) {
  policyc_string text;
  text.data = data;
  text.size = size;
  return text;
}

/* What a value is. The declared type says what a text means: a string, an enum's member, a role, an address,
 * an RFC 3339 time, a duration such as 8h, or an entity as kind:id. */
enum {
  POLICYC_BOOLEAN = 0,  /* number: 0 or 1 */
  POLICYC_INTEGER = 1,  /* number */
  POLICYC_TIME = 2,     /* number: microseconds since 1970-01-01T00:00:00Z */
  POLICYC_DURATION = 3, /* number: microseconds */
  POLICYC_STRING = 4,   /* text */
  POLICYC_LIST = 5      /* elements, count; not lists themselves */
};

typedef struct policyc_value {
  uint32_t kind;
  uint32_t reserved; /* 0 */
  int64_t number;
  policyc_string text;
  const struct policyc_value* elements;
  size_t count;
} policyc_value;

typedef struct policyc_named {
  policyc_string name;
  policyc_value value;
} policyc_named;

typedef struct policyc_values {
  const policyc_named* items;
  size_t count;
} policyc_values;

/* flags */
enum {
  POLICYC_HAS_NOW = 1,   /* `now` counts */
  POLICYC_DESCRIBED = 2, /* the resource is not in the snapshot; `resource` is its kind, or kind:id */
  POLICYC_ON_BEHALF = 4  /* `on_behalf_of` counts; without it, it must be empty or 0 */
};

typedef struct policyc_request {
  uint32_t size;
  uint32_t flags;
  policyc_string subject;  /* kind:id */
  policyc_string action;   /* scope.action */
  policyc_string resource; /* kind:id or system */
  policyc_string parent;   /* of a described resource */
  /* Another principal for whom the subject asks, kind:id: both must be allowed. The flag says that there
   * is one, so that a text which came out empty is an error (-POLICYC_MALFORMED), and never nobody. */
  policyc_string on_behalf_of;
  int64_t now; /* microseconds since 1970-01-01T00:00:00Z */
  policyc_values parameters;
  policyc_values context;
  policyc_values subject_attributes;
  policyc_values resource_attributes;
  uint64_t at_least; /* the oldest generation that may answer; 0: any */
} policyc_request;
/* The _INIT macros give every field, so that no compiler of C or C++ warns of one that is missing. */
#define POLICYC_REQUEST_INIT                                                                         \
  {                                                                                                  \
    sizeof(policyc_request), 0, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, {NULL, 0}, \
        {NULL, 0}, {NULL, 0}, {NULL, 0}, 0                                                           \
  }

/* An entity resolved once, good for the snapshot that it came from: after another was loaded it is refused
 * (-POLICYC_STALE_HANDLE), and never someone else. 0 is no handle. */
typedef uint64_t policyc_handle;

typedef struct policyc_query {
  uint32_t size;
  uint32_t flags;
  policyc_handle subject;
  policyc_handle resource;
  policyc_handle on_behalf_of; /* with POLICYC_ON_BEHALF */
  uint32_t action;             /* of policyc_find_action */
  uint32_t reserved;           /* 0 */
  int64_t now;
  policyc_values parameters;
  policyc_values context;
  uint64_t at_least;
} policyc_query;
#define POLICYC_QUERY_INIT \
  { sizeof(policyc_query), 0, 0, 0, 0, 0, 0, 0, {NULL, 0}, {NULL, 0}, 0 }

/* why */
enum { POLICYC_BY_DEFAULT = 0, POLICYC_BY_RULE = 1, POLICYC_BY_ERROR = 2 };

typedef struct policyc_decision {
  uint32_t size;
  int32_t outcome; /* what the call returned */
  uint32_t why;
  uint32_t detail;     /* of an error: which parameter, field or attribute */
  uint64_t generation; /* of the pair that answered */
  int64_t
      valid_until;  /* before it time alone can't change the decision; INT64_MAX: nothing does; 0: an error */
  uint32_t obliged; /* 1: a deciding rule has obligations; see policyc_obligations */
  uint32_t reserved; /* 0 */
} policyc_decision;
#define POLICYC_DECISION_INIT \
  { sizeof(policyc_decision), 0, 0, 0, 0, 0, 0, 0 }

/* Where a list goes on. A list begins with POLICYC_CURSOR_INIT, or with a cursor that it ended with; while
 * `more` is 1 the next call goes on behind what was given. It is good for the pair that it came from: after a
 * load the list is to be begun again (-POLICYC_STALE_HANDLE). */
typedef struct policyc_cursor {
  uint32_t size;
  uint32_t more;       /* 1: there are more; 0: the list is whole, or begins */
  uint64_t generation; /* of the pair that answered */
  uint32_t passed;     /* these two are the library's */
  uint32_t place;
  uint32_t left_out; /* of policyc_list_actions: actions of which nothing can be said */
  uint32_t reserved; /* 0 */
} policyc_cursor;
#define POLICYC_CURSOR_INIT \
  { sizeof(policyc_cursor), 0, 0, 0, 0, 0, 0 }

/* A policy and a snapshot that can be exchanged while readers decide. */
typedef struct policyc_engine policyc_engine;
/* One thread's door to an engine. It may outlive it. */
typedef struct policyc_reader policyc_reader;

/* "0.1.0": of the library. */
POLICYC_EXPORT const char* policyc_version(void);
/* The POLICYC_ABI that the library was built with. */
POLICYC_EXPORT uint32_t policyc_abi(void);

/* "now_missing", for a code or its negative; never NULL. */
POLICYC_EXPORT const char* policyc_error_name(int code);
/* A sentence about it, likewise. Both are constants, which no one frees. */
POLICYC_EXPORT const char* policyc_error_text(int code);

/* An engine without a pair, which denies (-POLICYC_NOT_LOADED); NULL if there is no memory. */
POLICYC_EXPORT policyc_engine* policyc_engine_new(void);
/* Ends what policyc_engine_new gave, when no thread uses it any more; its readers may go on. NULL: nothing.
 */
POLICYC_EXPORT void policyc_engine_free(policyc_engine* engine);

/* Whose images are loaded. There is no default: 0 is refused. */
enum { POLICYC_TRUST_UNSIGNED_LOCAL = 1 };

/* Takes in a program image (.pbc) and a snapshot image (.psnap), both or neither: after an error the engine
 * goes on as it was. Returns 1, or an error; then `message` (room bytes, may be NULL with room 0) gets a
 * sentence with a final NUL, cut to the room. `generation` (may be NULL) gets the number of the new pair.
 * Cost: linear in the images. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_engine_load(policyc_engine* engine, uint32_t trust,
                                                        const void* program, size_t program_size,
                                                        const void* snapshot, size_t snapshot_size,
                                                        uint64_t* generation, char* message, size_t room);
/* The program alone, beside the snapshot that is in, and otherwise as policyc_engine_load;
 * -POLICYC_SCHEMA_MISMATCH if they were not made for each other, -POLICYC_NOT_LOADED if nothing is in. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_engine_load_program(policyc_engine* engine, uint32_t trust,
                                                                const void* program, size_t program_size,
                                                                uint64_t* generation, char* message,
                                                                size_t room);
/* The snapshot alone, beside the program that is in; otherwise the same. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_engine_load_snapshot(policyc_engine* engine, const void* snapshot,
                                                                 size_t snapshot_size, uint64_t* generation,
                                                                 char* message, size_t room);
/* The number of the pair that is in; 0 if none is. */
POLICYC_EXPORT uint64_t policyc_engine_generation(const policyc_engine* engine);

/* A reader of the engine, for one thread at a time; NULL if there is no memory or no engine. */
POLICYC_EXPORT policyc_reader* policyc_reader_new(policyc_engine* engine);
/* Ends what policyc_reader_new gave, before or after its engine. NULL: nothing. */
POLICYC_EXPORT void policyc_reader_free(policyc_reader* reader);

/* 1 allow, 0 deny, negative: an error, which denies. `decision` may be NULL; else it gets the whole answer.
 * Allocates only where a request has lists or more than 32 values. Takes no lock. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_decide(policyc_reader* reader, const policyc_request* request,
                                                   policyc_decision* decision);
/* The same question by handles and the number of an action, for hot paths: no text is looked up. A handle of
 * a snapshot that was replaced is refused (-POLICYC_STALE_HANDLE). */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_decide_query(policyc_reader* reader, const policyc_query* query,
                                                         policyc_decision* decision);

/* kind:id or system to a handle, which policyc_decide_query takes. 1, or an error. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_resolve(policyc_reader* reader, policyc_string entity,
                                                    policyc_handle* handle);
/* scope.action to the number that it has in the program that is in: ask again after another was loaded. 1, or
 * an error. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_find_action(policyc_reader* reader, policyc_string action,
                                                        uint32_t* number);

/* The ids of the rules that decided, in source order, each with a final NUL, one after the other in `buffer`
 * (room bytes, may be NULL with room 0); those that don't fit whole are left out. `needed` (may be NULL) gets
 * the bytes that all of them take. Returns how many deciding rules there are; 0 for a default deny; or an
 * error, -POLICYC_STALE_DECISION if another pair is in now. Allocates. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_reasons(policyc_reader* reader, const policyc_request* request,
                                                    const policyc_decision* decision, char* buffer,
                                                    size_t room, size_t* needed);

/* What the deciding rules oblige to, each once and in the order of the rules, each as a line of JSON such as
 * {"name":"notify","arguments":{"to":"ops@acme.io"}} with a final NUL: in all else as policyc_reasons. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_obligations(policyc_reader* reader,
                                                        const policyc_request* request,
                                                        const policyc_decision* decision, char* buffer,
                                                        size_t room, size_t* needed);

/* Lists: exactly those for which policyc_decide allows the same question. The request is one of
 * policyc_decide but for what is asked about; `at_least` counts in it, and POLICYC_ON_BEHALF.
 *
 * Each is a text with a final NUL, one after the other in `buffer` (room bytes). Those that don't fit whole
 * come with the next call:
 *
 *   policyc_cursor cursor = POLICYC_CURSOR_INIT;
 *   do {
 *     const int count = policyc_list_resources(reader, &request, &cursor, buffer, sizeof buffer, NULL);
 *     if (count < 0) return count;
 *     const char *text = buffer;
 *     for (int i = 0; i < count; ++i, text += strlen(text) + 1) puts(text);
 *   } while (cursor.more);
 *
 * Returns how many texts it gave, or an error, after which the cursor is as it was: -POLICYC_LIMIT_EXCEEDED
 * if there is no room for even one. `needed` (may be NULL) gets the bytes that were filled, or that the one
 * needs. Allocates. The first lists of a pair make indexes, which takes time linear in the snapshot. */

/* On which entities of the kind that `resource` names ("project") may the subject do the action? In the
 * snapshot's order. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_list_resources(policyc_reader* reader,
                                                           const policyc_request* request,
                                                           policyc_cursor* cursor, char* buffer, size_t room,
                                                           size_t* needed);
/* Who may do the action on the resource? Of the kind that `subject` names ("user"), or of every kind if it is
 * empty. First user:* for each kind of which everyone may, known or not; then those that the snapshot knows.
 */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_list_subjects(policyc_reader* reader,
                                                          const policyc_request* request,
                                                          policyc_cursor* cursor, char* buffer, size_t room,
                                                          size_t* needed);
/* What may the subject do on the resource? `action` is empty. Actions that need what the request doesn't say
 * are not in the list, and cursor.left_out says how many they are. */
POLICYC_EXPORT POLICYC_MUST_USE int policyc_list_actions(policyc_reader* reader,
                                                         const policyc_request* request,
                                                         policyc_cursor* cursor, char* buffer, size_t room,
                                                         size_t* needed);

/* A sentence about an error decision, with a final NUL, cut to the room; without memory for it, the one of
 * policyc_error_text. Returns the bytes that the whole takes, its NUL included. */
POLICYC_EXPORT size_t policyc_explain_error(policyc_reader* reader, const policyc_request* request,
                                            const policyc_decision* decision, char* buffer, size_t room);

#ifdef __cplusplus
}
#endif

#endif /* POLICYC_H */
