// What the compiler's tests share.
#pragma once

#include "compiler/client/compiler.h"
#include "compiler/client/metadata.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ISA "amdgcn-amd-amdhsa--gfx1030"

static inline struct compiler_job job_of(enum compiler_action action, const char *options, const char *source)
{
    return (struct compiler_job){.action = action,
                                 .isa = ISA,
                                 .options = options,
                                 .defines = "",
                                 .source = source,
                                 .source_size = source ? strlen(source) : 0};
}

// Runs a job that must succeed; a failure prints the log.
static inline struct compiler_result job_expect_ok(const struct compiler_job *job)
{
    struct compiler_result result;
    compiler_run(job, &result);
    if (result.status != COMPILER_OK) fail_msg("status %d, log:\n%s", result.status, result.log);
    return result;
}

// Runs a job that must end with `status` and say `words` in its log.
static inline void job_expect(const struct compiler_job *job, enum compiler_status status, const char *words)
{
    struct compiler_result result;
    compiler_run(job, &result);
    if (result.status != status || !strstr(result.log, words))
        fail_msg("status %d instead of %d, or no \"%s\" in the log:\n%s", result.status, status, words,
                 result.log);
    assert_null(result.binary);
    compiler_result_free(&result);
}

static inline struct compiler_result build_expect_ok(const char *options, const char *source)
{
    struct compiler_job job = job_of(COMPILER_BUILD, options, source);
    return job_expect_ok(&job);
}

static inline void build_expect(enum compiler_status status, const char *options, const char *source,
                                const char *words)
{
    struct compiler_job job = job_of(COMPILER_BUILD, options, source);
    job_expect(&job, status, words);
}
