#include "task.h"

#include "base/config.h"
#include "base/log.h"
#include "pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int task_kilnc(char *path, size_t path_size, char *why, size_t why_size)
{
    const char *libdir = config_libdir();
    if (!libdir || snprintf(path, path_size, "%s/kilnc", libdir) >= (int)path_size) {
        snprintf(why, why_size, "the folder that holds kilnc is unknown: set KILN_LIBDIR");
        return -1;
    }
    if (!access(path, X_OK)) return 0;
    snprintf(why, why_size, "%s: %s", path, strerror(errno));
    return -1;
}

void task_fail(struct compiler_result *result, enum compiler_status status, struct buffer *reason)
{
    struct buffer log = {0};
    if (reason->size) {
        buffer_printf(&log, "kiln: %s", reason->data);
        log_info("%.*s", (int)strcspn(reason->data, "\n"), reason->data);
    }
    *result = (struct compiler_result){.status = status, .log = log.size ? log.data : strdup("")};
    buffer_clear(reason);
}

void task_init(struct task *task)
{
    *task = (struct task){0};
    pthread_mutex_init(&task->lock, NULL);
}

void task_end(struct task *task)
{
    exchange_end(&task->exchange);
    buffer_clear(&task->request);
    pthread_mutex_destroy(&task->lock);
}

// The worker's part in it is over. Returns whether it was told to stop.
static bool worker_leave(struct task *task, bool usable)
{
    pthread_mutex_lock(&task->lock);
    task->working = false;
    bool stopped = task->stopped;
    pthread_mutex_unlock(&task->lock);
    pool_return(&task->worker, usable && !stopped);
    return stopped;
}

bool task_begin(struct task *task, enum urgency urgency, const char *kilnc, struct compiler_result *result)
{
    struct buffer reason = {0};
    if (task->request.failed) {
        task_fail(result, COMPILER_OUT_OF_MEMORY, &reason);
        return false;
    }
    int error = pool_take(&task->worker, urgency, kilnc);
    if (error) {
        buffer_printf(&reason, "cannot start %s: %s\n", kilnc, strerror(error));
        task_fail(result, error == ENOMEM ? COMPILER_OUT_OF_MEMORY : COMPILER_UNAVAILABLE, &reason);
        return false;
    }
    pthread_mutex_lock(&task->lock);
    task->working = true;
    if (task->stopped) worker_interrupt(&task->worker);
    pthread_mutex_unlock(&task->lock);
    exchange_begin(&task->exchange, &task->request, (int)config_get()->compile_seconds);
    return true;
}

// Of what answer_decode and part_decode return. What only memory was missing for may go well another time.
static enum compiler_status refusal_of(int decoded)
{
    return decoded == -2 ? COMPILER_OUT_OF_MEMORY : COMPILER_CRASHED;
}

static void refusal_describe(const char *what, int decoded, struct buffer *reason)
{
    if (decoded == -2)
        buffer_printf(reason, "out of memory for %s of the compiler's\n", what);
    else
        buffer_printf(reason, "kilnc gave %s that is damaged\n", what);
}

// A dying worker's last words come as an answer.
static void answer_take(struct task *task, enum worker_outcome outcome, struct compiler_result *result)
{
    const struct buffer *payload = &task->exchange.payload;
    struct buffer reason = {0};
    int decoded = answer_decode(payload->data, payload->size, result);
    bool crashed = !decoded && result->status == COMPILER_CRASHED;
    if (crashed) {
        buffer_append_string(&reason, result->log);
        compiler_result_free(result);
        exchange_messages(&task->worker, &task->exchange, &reason);
    } else if (decoded) {
        refusal_describe("an answer", decoded, &reason);
    }
    worker_leave(task, !crashed && !decoded && outcome == WORKER_ANSWERED);
    if (crashed || decoded) task_fail(result, refusal_of(decoded), &reason);
}

static void ended_early(struct task *task, enum compiler_status status, struct buffer *reason,
                        struct compiler_result *result)
{
    if (worker_leave(task, false)) buffer_clear(reason); // no misfortune, then
    task_fail(result, status, reason);
}

bool task_next(struct task *task, struct compiler_result *result)
{
    struct buffer reason = {0};
    enum worker_outcome outcome = worker_exchange(&task->worker, &task->exchange, &reason);
    if (outcome == WORKER_PART) return true;
    if (outcome == WORKER_NO_MEMORY)
        ended_early(task, COMPILER_OUT_OF_MEMORY, &reason, result);
    else if (outcome == WORKER_FAILED)
        ended_early(task, COMPILER_CRASHED, &reason, result);
    else
        answer_take(task, outcome, result);
    cache_keep(&task->key, result);
    return false;
}

void task_refuse(struct task *task, int decoded, struct compiler_result *result)
{
    struct buffer reason = {0};
    refusal_describe("a part", decoded, &reason);
    ended_early(task, refusal_of(decoded), &reason, result);
}

void task_tell(struct task *task, const struct buffer *message)
{
    pthread_mutex_lock(&task->lock);
    if (task->working && !message->failed) worker_tell(&task->worker, message);
    pthread_mutex_unlock(&task->lock);
}

void task_stop(struct task *task)
{
    pthread_mutex_lock(&task->lock);
    task->stopped = true;
    if (task->working) worker_interrupt(&task->worker);
    pthread_mutex_unlock(&task->lock);
}
