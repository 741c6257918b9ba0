// Filling in `struct fault`.
#pragma once

#include "op.h"

// Stops the wave at `op`: fills its group's fault with `kind` and a line that begins with the formatted text.
enum wave_state wave_stop(struct wave *w, const struct op *op, enum fault_kind kind, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// A memory fault of `op`, told as writing where it is one that writes.
enum wave_state wave_stop_memory(struct wave *w, const struct op *op, uint64_t address);

// A dispatch that cannot be run at all.
void fault_invalid_dispatch(struct fault *fault, const struct dispatch *dispatch, const char *what);
