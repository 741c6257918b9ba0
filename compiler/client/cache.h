// Results kept on disk, so that a program is compiled once on a machine. A result is found under a digest of
// its whole job, and used while all that it rests on besides (evidence.h) is as it was. Whatever is wrong
// with the folder or with what lies in it costs the keeping, never the build. Safe for any number of threads
// and processes; options are KILN_CACHE, KILN_CACHE_DIR and KILN_CACHE_MB.
#pragma once

#include "compiler/buffer.h"
#include "compiler/digest.h"
#include "compiler/job.h"

#include <stdbool.h>

// Where a job's result may lie: most do not depend on the application's working directory.
struct cache_key {
    struct digest anywhere, here;
    bool valid; // false: the cache is off, or memory ran out
};

// `material`: all that the result follows from, but `kilnc`, the compiler's path, and `directory`, the
// application's.
struct cache_key cache_key_of(const struct buffer *material, const char *kilnc, const char *directory);

// Fills `result` and returns true where there is one that still holds.
bool cache_find(const struct cache_key *key, struct compiler_result *result);

// Keeps a result that succeeded, and makes room for it where the folder has grown beyond its bound.
void cache_keep(const struct cache_key *key, const struct compiler_result *result);

// Whether this program's builds are likely to be found, so that there is no use in starting a compiler before
// one is asked for: it was so when it last ran, or it has run once, and what it built was kept. A guess, of
// which only time depends.
bool cache_likely(void);

// Remembers whether a build was found, for the program's next process. Only the first of a process counts.
void cache_learn(bool found);
