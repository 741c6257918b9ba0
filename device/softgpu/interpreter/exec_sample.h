// MIMG: what samples images.
#pragma once

#include "op.h"

// The handler of an instruction with a sampler that this device executes; NULL for others.
handler_fn *sample_handler(const struct instruction *in);
