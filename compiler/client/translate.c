#include "translate.h"

#include <limits.h>

// The request is the key.
static struct cache_key prepare(const struct translate_task *translation, const char *kilnc,
                                struct buffer *request)
{
    struct buffer payload = {0};
    translate_task_encode(translation, &payload);
    request_encode(TASK_TRANSLATE, &payload, request);
    buffer_clear(&payload);
    return cache_key_of(request, kilnc, "");
}

bool translate_find(const struct translate_task *translation, struct compiler_result *result)
{
    char kilnc[PATH_MAX], why[PATH_MAX + 64];
    struct buffer request = {0};
    if (task_kilnc(kilnc, sizeof kilnc, why, sizeof why)) return false;
    struct cache_key key = prepare(translation, kilnc, &request);
    buffer_clear(&request);
    return cache_find(&key, result);
}

void translate_make(const struct translate_task *translation, enum urgency urgency, struct task *task,
                    struct compiler_result *result)
{
    char kilnc[PATH_MAX], why[PATH_MAX + 64];
    struct buffer reason = {0};
    if (task_kilnc(kilnc, sizeof kilnc, why, sizeof why)) {
        buffer_printf(&reason, "no compiler: %s\n", why);
        task_fail(result, COMPILER_UNAVAILABLE, &reason);
        return;
    }
    task->key = prepare(translation, kilnc, &task->request);
    if (!task_begin(task, urgency, kilnc, result)) return;
    if (task_next(task, result)) task_refuse(task, -1, result); // translations have no parts
}
