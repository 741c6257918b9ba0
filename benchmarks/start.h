// Figures whose every sample is a new process: what it is told to do, and what it answers.
#pragma once

#include "benchmark.h"

struct answer {
    double done;   // when the first result was there, on the clock that parent and child share
    double own;    // seconds that the task itself took
    double memory; // megabytes resident that the driver added to the process
};

// The other half: what the new process does. `cache` is the driver's cache folder; NULL: an empty one.
// Returns its exit status.
int start_child(const char *folder, unsigned target, const char *task, const char *cache);
