// compiler.h's functions: a job becomes a message to kilnc, its answer a result.
#define _GNU_SOURCE
#include "compiler.h"

#include "base/config.h"
#include "base/log.h"
#include "cache.h"
#include "compiler/protocol.h"
#include "pool.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int kilnc_path(char *path, size_t size)
{
    const char *libdir = config_libdir();
    return libdir && snprintf(path, size, "%s/kilnc", libdir) < (int)size ? 0 : -1;
}

int compiler_available(char *why, size_t why_size)
{
    char path[PATH_MAX];
    if (kilnc_path(path, sizeof path)) {
        snprintf(why, why_size, "the folder that holds kilnc is unknown: set KILN_LIBDIR");
        return 0;
    }
    if (access(path, X_OK)) {
        snprintf(why, why_size, "%s: %s", path, strerror(errno));
        return 0;
    }
    return 1;
}

// A result whose log is Kiln's own words, and a line of them for the person at the terminal. Consumes
// `reason`.
static void result_fail(struct compiler_result *result, enum compiler_status status, struct buffer *reason)
{
    struct buffer log = {0};
    if (reason->size) {
        buffer_printf(&log, "kiln: %s", reason->data);
        log_info("%.*s", (int)strcspn(reason->data, "\n"), reason->data);
    }
    *result = (struct compiler_result){.status = status, .log = log.size ? log.data : strdup("")};
    buffer_clear(reason);
}

// --- one job ---

struct compilation {
    struct cache_key key;
    struct buffer request;
    struct worker worker; // while `working`
    struct exchange exchange;
    pthread_mutex_t lock; // of `working`
    bool working, stopped;
};

// The worker's part in it is over. Returns whether it was told to stop.
static bool worker_leave(struct compilation *compilation, bool usable)
{
    pthread_mutex_lock(&compilation->lock);
    compilation->working = false;
    bool stopped = compilation->stopped;
    pthread_mutex_unlock(&compilation->lock);
    pool_return(&compilation->worker, usable && !stopped);
    return stopped;
}

// A dying worker's last words come as an answer.
static void answer_take(struct compilation *compilation, enum worker_outcome outcome,
                        struct compiler_result *result)
{
    const struct buffer *payload = &compilation->exchange.payload;
    struct buffer reason = {0};
    int decoded = answer_decode(payload->data, payload->size, result);
    bool crashed = !decoded && result->status == COMPILER_CRASHED;
    if (crashed) {
        buffer_append_string(&reason, result->log);
        compiler_result_free(result);
        exchange_messages(&compilation->worker, &compilation->exchange, &reason);
    } else if (decoded) {
        buffer_append_string(&reason, "kilnc gave an answer that is damaged, or memory ran out\n");
    }
    worker_leave(compilation, !crashed && !decoded && outcome == WORKER_ANSWERED);
    if (crashed || decoded) result_fail(result, COMPILER_CRASHED, &reason);
}

bool compilation_next(struct compilation *compilation, struct compiler_part *part,
                      struct compiler_result *result)
{
    struct buffer reason = {0};
    const struct buffer *payload = &compilation->exchange.payload;
    enum worker_outcome outcome = worker_exchange(&compilation->worker, &compilation->exchange, &reason);
    if (outcome == WORKER_PART) {
        if (!part_decode(payload->data, payload->size, part)) return true;
        buffer_append_string(&reason, "kilnc gave a part that is damaged, or memory ran out\n");
        outcome = WORKER_FAILED;
    }
    if (outcome == WORKER_FAILED) {
        if (worker_leave(compilation, false)) buffer_clear(&reason); // no misfortune, then
        result_fail(result, COMPILER_CRASHED, &reason);
    } else {
        answer_take(compilation, outcome, result);
    }
    cache_keep(&compilation->key, result);
    cache_learn(false);
    return false;
}

void compilation_want(struct compilation *compilation, const char *kernel)
{
    struct buffer message = {0};
    want_encode(kernel, &message);
    pthread_mutex_lock(&compilation->lock);
    if (compilation->working && !message.failed) worker_tell(&compilation->worker, &message);
    pthread_mutex_unlock(&compilation->lock);
    buffer_clear(&message);
}

void compilation_stop(struct compilation *compilation)
{
    pthread_mutex_lock(&compilation->lock);
    compilation->stopped = true;
    if (compilation->working) worker_interrupt(&compilation->worker);
    pthread_mutex_unlock(&compilation->lock);
}

void compilation_abandon(struct compilation *compilation)
{
    if (!compilation->key.valid) compilation_stop(compilation);
}

void compilation_free(struct compilation *compilation)
{
    exchange_end(&compilation->exchange);
    buffer_clear(&compilation->request);
    pthread_mutex_destroy(&compilation->lock);
    free(compilation);
}

// Sends the request to a worker; where there is none, `result` says why.
static bool compilation_begin(struct compilation *compilation, const char *kilnc,
                              struct compiler_result *result)
{
    struct buffer reason = {0};
    if (compilation->request.failed) {
        result_fail(result, COMPILER_OUT_OF_MEMORY, &reason);
        return false;
    }
    int error = pool_take(&compilation->worker, kilnc);
    if (error) {
        buffer_printf(&reason, "cannot start %s: %s\n", kilnc, strerror(error));
        result_fail(result, COMPILER_UNAVAILABLE, &reason);
        return false;
    }
    compilation->working = true;
    exchange_begin(&compilation->exchange, &compilation->request, (int)config_get()->compile_seconds);
    return true;
}

void compiler_prepare(void)
{
    char path[PATH_MAX];
    if (!cache_likely() && !kilnc_path(path, sizeof path)) pool_prepare(path);
}

void compiler_unload(void) { pool_empty(); }

struct compilation *compiler_begin(const struct compiler_job *job, struct compiler_result *result,
                                   struct compiler_part *names)
{
    char path[PATH_MAX], directory[PATH_MAX];
    char why[PATH_MAX + 64];
    struct buffer reason = {0};

    *result = (struct compiler_result){0};
    if (!compiler_available(why, sizeof why) || kilnc_path(path, sizeof path)) {
        buffer_printf(&reason, "no compiler: %s\n", why);
        result_fail(result, COMPILER_UNAVAILABLE, &reason);
        return NULL;
    }
    // An application may stand in a folder that is gone: then only absolute names are found.
    if (!getcwd(directory, sizeof directory)) snprintf(directory, sizeof directory, "/");
    struct cache_key key = cache_key_of(job, path, directory);
    if (cache_find(&key, result)) {
        cache_learn(true);
        return NULL;
    }
    struct compilation *compilation = calloc(1, sizeof *compilation);
    if (!compilation) {
        result_fail(result, COMPILER_OUT_OF_MEMORY, &reason);
        return NULL;
    }
    pthread_mutex_init(&compilation->lock, NULL);
    compilation->key = key;
    request_encode(job, directory, &compilation->request);
    if (compilation_begin(compilation, path, result) && compilation_next(compilation, names, result))
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
