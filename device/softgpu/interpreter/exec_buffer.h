// MUBUF: memory through buffer descriptors.
#pragma once

#include "op.h"

// The handler of a MUBUF instruction that has a meaning.
handler_fn *buffer_handler(const struct instruction *in);
