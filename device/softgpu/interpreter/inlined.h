// Handlers of single instructions, in wave32, with the meaning inlined: the same source as the function that
// the opcode table refers to, compiled once more.
#pragma once

#include "op.h"

// The handler of scalar instruction `id`; NULL for what is not scalar arithmetic.
handler_fn *inlined_scalar(unsigned id);
// The handler of vector instruction `id` run as `kind` (enum vector_kind); NULL for what inlined.def does not
// list.
handler_fn *inlined_vector(unsigned id, unsigned kind);

// What stands before and behind the inclusion of a file of isa/: all it defines becomes local.
#define INLINED_BEGIN                                                                                        \
    _Pragma("clang diagnostic ignored \"-Wunused-function\"")                                                \
        _Pragma("clang attribute push(__attribute__((internal_linkage)), apply_to = function)")
#define INLINED_END _Pragma("clang attribute pop")

// Defines the handlers of one ROW of inlined.def.
#define INLINED_HANDLER(name, body, meaning)                                                                 \
    handler_fn name;                                                                                         \
    enum wave_state name(struct wave *w, const struct op *op)                                                \
    {                                                                                                        \
        body(w, op, meaning, 2);                                                                             \
        NEXT(w, op);                                                                                         \
    }
#define INLINED_PLAIN(name)                                                                                  \
    INLINED_HANDLER(run_##name, slices_plain, sem_##name)                                                    \
    INLINED_HANDLER(run_broadcast_##name, slices_broadcast, sem_##name)
#define INLINED_FLOAT(name)                                                                                  \
    INLINED_PLAIN(name)                                                                                      \
    INLINED_HANDLER(run_signs_##name, slices_signs, sem_##name)
#define INLINED_MASK(name)    INLINED_HANDLER(run_##name, slices_mask, sem_##name)
#define INLINED_COMPARE(name) INLINED_HANDLER(run_##name, slices_compare, sem_##name)
