// Vector memory: LDS, FLAT, GLOBAL, SCRATCH and MUBUF. Finds each lane's host address, then runs the
// instruction's meaning on it.
#pragma once

#include "region.h"

// The handler of a vector memory instruction that this device executes; NULL for others.
handler_fn *memory_handler(const struct instruction *in);
// Resolves its operands.
void memory_lower(struct region *region, struct op *op);

// An active lane's address that no x86 access can reach, for which the host does not tell the faulting one; 0
// if none.
uint64_t memory_unreachable_address(const struct wave *w);
// The address that the interpreter would name where native code could not access `address` for `op`.
uint64_t memory_gathered_address(const struct wave *w, const struct op *op, uint64_t address);
