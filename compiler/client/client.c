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

static void job_send(const char *kilnc, const struct buffer *message, struct compiler_result *result)
{
    struct worker worker;
    struct buffer reason = {0};
    int error = pool_take(&worker, kilnc);
    if (error) {
        buffer_printf(&reason, "cannot start %s: %s\n", kilnc, strerror(error));
        result_fail(result, COMPILER_UNAVAILABLE, &reason);
        return;
    }
    enum worker_outcome outcome =
        worker_exchange(&worker, message, (int)config_get()->compile_seconds, result, &reason);
    pool_return(&worker, outcome == WORKER_ANSWERED);
    if (outcome == WORKER_FAILED) result_fail(result, COMPILER_CRASHED, &reason);
}

void compiler_prepare(void)
{
    char path[PATH_MAX];
    if (!cache_likely() && !kilnc_path(path, sizeof path)) pool_prepare(path);
}

void compiler_unload(void) { pool_empty(); }

void compiler_run(const struct compiler_job *job, struct compiler_result *result)
{
    char path[PATH_MAX], directory[PATH_MAX];
    char why[PATH_MAX + 64];
    struct buffer message = {0}, reason = {0};

    *result = (struct compiler_result){0};
    if (!compiler_available(why, sizeof why) || kilnc_path(path, sizeof path)) {
        buffer_printf(&reason, "no compiler: %s\n", why);
        result_fail(result, COMPILER_UNAVAILABLE, &reason);
        return;
    }
    // An application may stand in a folder that is gone: then only absolute names are found.
    if (!getcwd(directory, sizeof directory)) snprintf(directory, sizeof directory, "/");
    struct cache_key key = cache_key_of(job, path, directory);
    if (cache_find(&key, result)) {
        cache_learn(true);
        return;
    }
    request_encode(job, directory, &message);
    if (message.failed)
        result_fail(result, COMPILER_OUT_OF_MEMORY, &reason);
    else
        job_send(path, &message, result);
    buffer_clear(&message);
    cache_keep(&key, result);
    cache_learn(false);
}
