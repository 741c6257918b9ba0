// Carries out one task of translation inside kilnc's process.
#pragma once

#include "compiler/job.h"
#include "compiler/translate_task.h"

// Fills `result`: its binary is an object as device/softgpu/translator/translated.h describes, its log a line
// that says how much of the code is translated, or why nothing is.
void translate_run(const struct translate_task *task, struct compiler_result *result);
