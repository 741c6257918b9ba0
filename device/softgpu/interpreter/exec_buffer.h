// MUBUF: memory through buffer descriptors.
#pragma once

#include "op.h"

handler_fn run_buffer;
