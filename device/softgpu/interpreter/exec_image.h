// MIMG: images through their descriptors.
#pragma once

#include "op.h"

// The handler of an image instruction that this device executes; NULL for others.
handler_fn *image_handler(const struct instruction *in);
