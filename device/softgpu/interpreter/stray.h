// The address that a memory fault is told of.
#pragma once

#include "fault.h"
#include "op.h"

// Of `op`, which the wave could not finish. Native code and interpreted code find the same, but for lanes
// that lie a constant apart and begin at an address of the host's: there LLVM may have had a later one read
// first.
uint64_t stray_find(const struct wave *w, const struct op *op, const struct fault_trap *trap);
