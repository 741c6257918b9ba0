// Scalar arithmetic, scalar memory and hardware registers.
#pragma once

#include "op.h"

// The handler of a scalar instruction; NULL for others.
handler_fn *scalar_handler(const struct instruction *in);
// Resolves its operands.
void scalar_lower(struct op *op);

// Resolves operand `in` as a scalar source; a constant is kept in `constant`, whose place is final.
struct source scalar_source(const struct operand *in, uint64_t *constant);
// The place of scalar destination `in` in the wave, as an offset.
uint32_t scalar_destination(const struct operand *in);
// Whether `in` reads a value that has no register: VCCZ, EXECZ.
bool scalar_computed(const struct operand *in);
// Puts that value where scalar_source looks for it.
void scalar_compute(struct wave *w, const struct operand *in);
