// Vector memory: LDS, FLAT, GLOBAL, SCRATCH and MUBUF. Finds each lane's host address, then runs the
// instruction's meaning on it.
#pragma once

#include "region.h"

// The handler of a vector memory instruction that this device executes; NULL for others.
handler_fn *memory_handler(const struct instruction *in);
// Resolves its operands.
void memory_lower(struct region *region, struct op *op);
