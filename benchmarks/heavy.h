// A program as renderers and simulations have them: 32 kernels with loops over sin, cos, fmod and exp on
// vectors, barriers and switches.
#pragma once

#include "benchmark.h"

enum { HEAVY_KERNELS = 32 };

// Builds it and runs its first `count` kernels one after the other, checking what each made. Returns the
// seconds from before the build until the last result.
double heavy_run(const struct target *, unsigned count);
