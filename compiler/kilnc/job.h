// Carries out one job inside kilnc's process.
#pragma once

#include "compiler/job.h"

#include "bridge.h"

struct job_setting {
    const char *directory;              // what the program's relative file names start from
    const char *file;                   // what its errors call the source
    enum bridge_output output;          // of LINK and BUILD: the job's, or the object's assembly or IR
    unsigned threads;                   // at most, for large programs
    const struct bridge_stream *stream; // for parts of a large BUILD; NULL: none are wanted
};

// As compiler_run.
void job_run(const struct compiler_job *job, const struct job_setting *setting,
             struct compiler_result *result);
