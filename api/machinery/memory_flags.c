#include "api/machinery/memory_flags.h"

// At most one flag of each of these may be given.
static const cl_mem_flags exclusive[] = {
    MEMORY_FLAGS_KERNEL,
    MEMORY_FLAGS_HOST,
    CL_MEM_USE_HOST_PTR | CL_MEM_ALLOC_HOST_PTR,
    CL_MEM_USE_HOST_PTR | CL_MEM_COPY_HOST_PTR,
};

// A parent with `parent` refuses sub-buffers with any of `refused`.
static const struct {
    cl_mem_flags parent, refused;
} narrowing[] = {
    {CL_MEM_WRITE_ONLY, CL_MEM_READ_WRITE | CL_MEM_READ_ONLY},
    {CL_MEM_READ_ONLY, CL_MEM_READ_WRITE | CL_MEM_WRITE_ONLY},
    {CL_MEM_HOST_WRITE_ONLY, CL_MEM_HOST_READ_ONLY},
    {CL_MEM_HOST_READ_ONLY, CL_MEM_HOST_WRITE_ONLY},
    {CL_MEM_HOST_NO_ACCESS, CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_WRITE_ONLY},
};

bool memory_flags_valid(cl_mem_flags flags)
{
    if (flags & ~(cl_mem_flags)(MEMORY_FLAGS_KERNEL | MEMORY_FLAGS_STORAGE | MEMORY_FLAGS_HOST)) return false;
    for (unsigned i = 0; i < sizeof exclusive / sizeof *exclusive; i++)
        if (__builtin_popcountll(flags & exclusive[i]) > 1) return false;
    return true;
}

bool memory_flags_inherit(cl_mem_flags parent, cl_mem_flags given, cl_mem_flags *result)
{
    if (!memory_flags_valid(given) || (given & MEMORY_FLAGS_STORAGE)) return false;
    for (unsigned i = 0; i < sizeof narrowing / sizeof *narrowing; i++)
        if ((parent & narrowing[i].parent) && (given & narrowing[i].refused)) return false;
    *result = given | (parent & MEMORY_FLAGS_STORAGE);
    if (!(given & MEMORY_FLAGS_KERNEL)) *result |= parent & MEMORY_FLAGS_KERNEL;
    if (!(given & MEMORY_FLAGS_HOST)) *result |= parent & MEMORY_FLAGS_HOST;
    return true;
}

bool map_flags_valid(cl_map_flags flags)
{
    if (flags & ~(cl_map_flags)(CL_MAP_READ | MAP_WRITES)) return false;
    return !(flags & CL_MAP_WRITE_INVALIDATE_REGION) || !(flags & (CL_MAP_READ | CL_MAP_WRITE));
}
