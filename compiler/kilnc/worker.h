// kilnc as the driver's worker: requests on standard input, answers on standard output, until the input ends.
#pragma once

struct worker_limits {
    long memory_mb, seconds; // 0: none
    unsigned threads;        // of one job
};

// Returns the process's exit status.
int worker_serve(const struct worker_limits *limits);
