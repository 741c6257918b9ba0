// What the GPU is in numbers, for all who must agree on them: what the topology says, packets are checked
// against, and the interpreter has room for.
#pragma once

#include <stdint.h>

enum {
    GROUP_ITEMS_MAX = 1024,    // work-items of a work-group
    LDS_BYTES_MAX = 64 * 1024, // of a work-group
    SCRATCH_GRANULE = 1024,    // bytes of a wave that COMPUTE_TMPRING_SIZE.WAVESIZE counts
};

// Where the kernels' flat address space sees LDS and scratch, 4 GiB each. ROCr hands the high words to the
// queues.
#define APERTURE_SHARED  UINT64_C(0x0001000000000000)
#define APERTURE_PRIVATE UINT64_C(0x0002000000000000)
#define APERTURE_SIZE    (UINT64_C(1) << 32)
