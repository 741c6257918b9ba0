// What kilnc made of a region, ready to run.
#pragma once

#include "device/softgpu/interpreter/tier.h"

// Loads the object and has the region run it. Returns NULL, or why not (a constant string).
const char *made_load(struct region *region, uint32_t mode, const void *object, size_t size);
