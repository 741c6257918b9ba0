// Control flow and waits: what SOPP, calls and jumps do.
#pragma once

#include "op.h"

struct region;

// Whether `in` at `address` is a branch or call with a target known from its encoding.
bool control_target(const struct instruction *in, uint64_t address, uint64_t *target);
// Whether execution never goes on behind `in`.
bool control_stops(const struct instruction *in);

// The handler of a control instruction; NULL for others.
handler_fn *control_handler(uint16_t id);
// Resolves a branch's target, and the return address of calls and s_getpc.
void control_lower(const struct region *region, struct op *op);

// An op that goes on at `address`, and one behind the last of a region.
void control_jump(struct op *op, uint64_t address, const struct region *region);
void control_end(struct op *op);

// Stops the wave: no instruction, or one that this device does not execute.
handler_fn run_illegal;
