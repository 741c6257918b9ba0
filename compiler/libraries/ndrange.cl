// Work-item functions that are about a whole launch, which may be several dispatches (compiler/launch.h). The others
// are about a work-group, for which a dispatch is as good, or about an item: its id has its dispatch's place in the
// global offset that the dispatch is given.
//
// Source: OpenCL C 3.0, "Work-Item Functions"; LLVM AMDGPUUsage, "Code Object V5 Metadata".
#include "compiler/launch.h"

#define BUILTIN __attribute__((overloadable, always_inline))
#define IMPLICIT(type, offset) ((const constant type *)(__builtin_amdgcn_implicitarg_ptr() + (offset)))

enum { BLOCK_GROUP_SIZE = 12, BLOCK_GLOBAL_OFFSET = 40, BLOCK_DIMENSIONS = 64 };

BUILTIN size_t get_global_id(uint dimension);

static uint group_in_dispatch(uint dimension)
{
    return dimension == 0   ? __builtin_amdgcn_workgroup_id_x()
           : dimension == 1 ? __builtin_amdgcn_workgroup_id_y()
                            : __builtin_amdgcn_workgroup_id_z();
}

BUILTIN size_t get_group_id(uint dimension)
{
    return dimension < 3 ? group_in_dispatch(dimension) + IMPLICIT(uint, LAUNCH_FIRST_GROUP)[dimension] : 0;
}

BUILTIN size_t get_num_groups(uint dimension)
{
    return dimension < 3 ? IMPLICIT(uint, LAUNCH_GROUPS)[dimension] : 1;
}

BUILTIN size_t get_global_size(uint dimension)
{
    return dimension < 3 ? IMPLICIT(ulong, LAUNCH_ITEMS)[dimension] : 1;
}

BUILTIN size_t get_global_offset(uint dimension)
{
    if (dimension > 2) return 0;
    size_t before = (size_t)IMPLICIT(uint, LAUNCH_FIRST_GROUP)[dimension] *
                    IMPLICIT(ushort, BLOCK_GROUP_SIZE)[dimension];
    return IMPLICIT(ulong, BLOCK_GLOBAL_OFFSET)[dimension] - before;
}

static size_t place(uint dimension) { return get_global_id(dimension) - get_global_offset(dimension); }

BUILTIN size_t get_global_linear_id(void)
{
    switch (*IMPLICIT(ushort, BLOCK_DIMENSIONS)) {
    case 1:
        return place(0);
    case 2:
        return place(1) * get_global_size(0) + place(0);
    default:
        return (place(2) * get_global_size(1) + place(1)) * get_global_size(0) + place(0);
    }
}
