// Carries out one job inside kilnc's process.
#pragma once

#include "compiler/client/compiler.h"

#include "bridge.h"

// As compiler_run, for a program whose relative file names start from `directory` and whose errors name
// `file`. `output` is BRIDGE_OBJECT for what the job says; else LINK and BUILD stop at the object's assembly
// or IR.
void job_run(const struct compiler_job *job, const char *directory, const char *file,
             enum bridge_output output, struct compiler_result *result);
