// Which images a kernel's image argument takes. Source: OpenCL 3.0, "clSetKernelArg"; OpenCL C, "Other
// Built-in Data Types".
#pragma once

#include "api/machinery/image_shape.h"
#include "compiler/client/metadata.h"

// CL_INVALID_MEM_OBJECT: its type is another. CL_INVALID_ARG_VALUE: its flags forbid what the argument's
// access qualifier allows the kernel.
cl_int image_argument_check(const struct argument_metadata *, const struct image_shape *, cl_mem_flags);
