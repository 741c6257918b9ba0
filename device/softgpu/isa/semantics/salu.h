// Shorthands of the scalar semantics files.
#pragma once

#include "semantics.h"

// The heads of a scalar_fn: PURE for one that neither reads nor writes `struct scalar`.
#define SCALAR(name)                                                                                         \
    scalar_fn sem_##name;                                                                                    \
    uint64_t sem_##name(__attribute__((unused)) uint64_t s0, __attribute__((unused)) uint64_t s1,            \
                        struct scalar *s)
#define PURE(name)                                                                                           \
    scalar_fn sem_##name;                                                                                    \
    uint64_t sem_##name(__attribute__((unused)) uint64_t s0, __attribute__((unused)) uint64_t s1,            \
                        __attribute__((unused)) struct scalar *s)

// Sources come as 64 bits; the high half of a 32-bit one is whatever lies beside it.
#define LOW(x)      ((uint32_t)(x))
#define SIGNED(x)   ((int32_t)(x))
#define SIGNED64(x) ((int64_t)(x))
