// Vector instructions that look across lanes or registers: readlane, permutes, swizzles, relative moves.
#pragma once

#include "region.h"

// The handler of such an instruction; NULL for others.
handler_fn *lanes_handler(const struct instruction *in);
// Resolves its operands.
void lanes_lower(struct region *region, struct op *op);
