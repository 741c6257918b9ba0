// Rules for cl_mem_flags and cl_map_flags. Source: OpenCL 3.0, "List of supported memory flag values" and
// "List of supported map flag values".
#pragma once

#include <CL/cl.h>
#include <stdbool.h>

#define MEMORY_FLAGS_KERNEL  (CL_MEM_READ_WRITE | CL_MEM_WRITE_ONLY | CL_MEM_READ_ONLY)
#define MEMORY_FLAGS_STORAGE (CL_MEM_USE_HOST_PTR | CL_MEM_ALLOC_HOST_PTR | CL_MEM_COPY_HOST_PTR)
#define MEMORY_FLAGS_HOST    (CL_MEM_HOST_WRITE_ONLY | CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_NO_ACCESS)

enum { MAP_WRITES = CL_MAP_WRITE | CL_MAP_WRITE_INVALIDATE_REGION };

// Whether a region may be mapped with these.
bool map_flags_valid(cl_map_flags);

// Whether a buffer may be created with these: known ones, and no two that exclude each other.
bool memory_flags_valid(cl_mem_flags);

// A sub-buffer's flags: what is given and, group by group, what is inherited where nothing of the group is
// given. False where the specification forbids the combination.
bool memory_flags_inherit(cl_mem_flags parent, cl_mem_flags given, cl_mem_flags *result);
