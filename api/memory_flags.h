// Rules for cl_mem_flags. Source: OpenCL 3.0, "List of supported memory flag values".
#pragma once

#include <CL/cl.h>
#include <stdbool.h>

#define MEMORY_FLAGS_KERNEL  (CL_MEM_READ_WRITE | CL_MEM_WRITE_ONLY | CL_MEM_READ_ONLY)
#define MEMORY_FLAGS_STORAGE (CL_MEM_USE_HOST_PTR | CL_MEM_ALLOC_HOST_PTR | CL_MEM_COPY_HOST_PTR)
#define MEMORY_FLAGS_HOST    (CL_MEM_HOST_WRITE_ONLY | CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_NO_ACCESS)

// Whether a buffer may be created with these: known ones, and no two that exclude each other.
bool memory_flags_valid(cl_mem_flags);

// A sub-buffer's flags: what is given and, group by group, what is inherited where nothing of the group is
// given. False where the specification forbids the combination.
bool memory_flags_inherit(cl_mem_flags parent, cl_mem_flags given, cl_mem_flags *result);
