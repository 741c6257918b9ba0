#include "selfcheck.h"

#include <stdlib.h>

enum { COUNT = 1 << 19, GROUP = 128, GROUPS = 32 };

static const char source[] =
    "kernel void reduction(global const uint *data, uint count, local uint *partial, global ulong *sums)\n"
    "{\n"
    "    uint i = get_local_id(0), sum = 0;\n"
    "    for (uint k = get_global_id(0); k < count; k += get_global_size(0)) sum += data[k];\n"
    "    partial[i] = sum;\n"
    "    for (uint half_size = get_local_size(0) / 2; half_size; half_size /= 2) {\n"
    "        barrier(CLK_LOCAL_MEM_FENCE);\n"
    "        if (i < half_size) partial[i] += partial[i + half_size];\n"
    "    }\n"
    "    if (i == 0) sums[get_group_id(0)] = partial[0];\n"
    "}\n";

static bool run(const struct session *session, cl_kernel kernel)
{
    const size_t size = sizeof(cl_uint) * COUNT, global = (size_t)GROUP * GROUPS, local = GROUP;
    const cl_uint count = COUNT;
    cl_ulong sums[GROUPS], sum = 0, expected = 0;
    cl_uint *data = check_alloc(size);
    for (cl_uint i = 0; i < COUNT; i++) expected += data[i] = (i * 2654435761u) >> 20;
    cl_mem data_buffer = check_buffer(session, size, data),
           sums_buffer = check_buffer(session, sizeof sums, NULL);
    CL(clSetKernelArg(kernel, 0, sizeof data_buffer, &data_buffer));
    CL(clSetKernelArg(kernel, 1, sizeof count, &count));
    CL(clSetKernelArg(kernel, 2, sizeof(cl_uint) * GROUP, NULL));
    CL(clSetKernelArg(kernel, 3, sizeof sums_buffer, &sums_buffer));
    check_run(session, kernel, 1, &global, &local);
    check_read(session, sums_buffer, sums, sizeof sums);
    CL(clReleaseMemObject(data_buffer));
    free(data);
    for (int i = 0; i < GROUPS; i++) sum += sums[i];
    return sum == expected;
}

const struct check check_reduction = {"reduction", source, run};
