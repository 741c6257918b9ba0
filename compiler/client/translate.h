// Native code for the software GPU's kernels, which kilnc makes.
#pragma once

#include "compiler/translate_task.h"
#include "task.h"

// What the cache has. Returns false where that is nothing that still holds.
bool translate_find(const struct translate_task *translation, struct compiler_result *result);

// Has it made, and waits for that. `task` is one that task_init has made ready, and may be stopped meanwhile.
void translate_make(const struct translate_task *translation, enum urgency urgency, struct task *task,
                    struct compiler_result *result);
