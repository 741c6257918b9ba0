// Control flow and waits: what SOPP, calls and jumps do.
#pragma once

#include "op.h"

struct region;

// The handler of a control instruction; NULL for others.
handler_fn *control_handler(const struct instruction *in);
// Resolves a branch's target, and the return address of calls and s_getpc.
void control_lower(const struct region *region, struct op *op);

// An op that goes on at `address`, and one behind the last of a region.
void control_jump(struct op *op, uint64_t address, const struct region *region);
void control_end(struct op *op);

// Stops the wave: no instruction, or one that this device does not execute.
handler_fn run_illegal;
