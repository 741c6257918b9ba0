// compiler.h's functions: a job becomes a task of kilnc's, its answer a result.
#include "compiler.h"

#include "compiler/compile_task.h"
#include "pool.h"
#include "task.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int compiler_available(char *why, size_t why_size)
{
    char path[PATH_MAX];
    return !task_kilnc(path, sizeof path, why, why_size);
}

// --- one job ---

struct compilation {
    struct task task;
};

bool compilation_next(struct compilation *compilation, struct compiler_part *part,
                      struct compiler_result *result)
{
    struct task *task = &compilation->task;
    if (task_next(task, result)) {
        int decoded = part_decode(task->exchange.payload.data, task->exchange.payload.size, part);
        if (!decoded) return true;
        task_refuse(task, decoded, result);
    }
    cache_learn(false);
    return false;
}

void compilation_want(struct compilation *compilation, const char *kernel)
{
    struct buffer message = {0};
    want_encode(kernel, &message);
    task_tell(&compilation->task, &message);
    buffer_clear(&message);
}

void compilation_stop(struct compilation *compilation) { task_stop(&compilation->task); }

void compilation_abandon(struct compilation *compilation)
{
    if (!compilation->task.key.valid) compilation_stop(compilation);
}

void compilation_free(struct compilation *compilation)
{
    task_end(&compilation->task);
    free(compilation);
}

void compiler_prepare(void)
{
    char path[PATH_MAX], why[PATH_MAX + 64];
    if (!cache_likely() && !task_kilnc(path, sizeof path, why, sizeof why)) pool_prepare(path);
}

void compiler_unload(void) { pool_empty(); }

static void job_encode(const struct compiler_job *job, const char *directory, struct buffer *request)
{
    struct buffer payload = {0};
    compile_task_encode(job, directory, &payload);
    request_encode(TASK_COMPILE, &payload, request);
    buffer_clear(&payload);
}

// The request that kilnc would get is the key, but for the directory: nothing that it could know is left out.
static struct cache_key key_of(const struct compiler_job *job, const char *kilnc, const char *directory)
{
    struct buffer request = {0};
    job_encode(job, "", &request);
    struct cache_key key = cache_key_of(&request, kilnc, directory);
    buffer_clear(&request);
    return key;
}

struct compilation *compiler_begin(const struct compiler_job *job, struct compiler_result *result,
                                   struct compiler_part *names)
{
    char path[PATH_MAX], directory[PATH_MAX];
    char why[PATH_MAX + 64];
    struct buffer reason = {0};

    *result = (struct compiler_result){0};
    if (task_kilnc(path, sizeof path, why, sizeof why)) {
        buffer_printf(&reason, "no compiler: %s\n", why);
        task_fail(result, COMPILER_UNAVAILABLE, &reason);
        return NULL;
    }
    // An application may stand in a folder that is gone: then only absolute names are found.
    if (!getcwd(directory, sizeof directory)) snprintf(directory, sizeof directory, "/");
    struct cache_key key = key_of(job, path, directory);
    if (cache_find(&key, result)) {
        cache_learn(true);
        return NULL;
    }
    struct compilation *compilation = malloc(sizeof *compilation);
    if (!compilation) {
        task_fail(result, COMPILER_OUT_OF_MEMORY, &reason);
        return NULL;
    }
    task_init(&compilation->task);
    compilation->task.key = key;
    job_encode(job, directory, &compilation->task.request);
    if (task_begin(&compilation->task, URGENT, path, result) && compilation_next(compilation, names, result))
        return compilation;
    compilation_free(compilation);
    return NULL;
}

void compilation_drop(struct compilation *compilation)
{
    struct compiler_part part;
    struct compiler_result result;
    compilation_stop(compilation);
    while (compilation_next(compilation, &part, &result)) compiler_part_free(&part);
    compiler_result_free(&result);
    compilation_free(compilation);
}

void compiler_run(const struct compiler_job *job, struct compiler_result *result)
{
    struct compiler_part part;
    struct compilation *compilation = compiler_begin(job, result, &part);
    if (!compilation) return;
    do compiler_part_free(&part);
    while (compilation_next(compilation, &part, result));
    compilation_free(compilation);
}
