#include "selfcheck.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 1 << 18, BINS = 256, GROUP = 256, GROUPS = 16 };

static const char source[] =
    "kernel void histogram(global const uchar *data, uint count, global uint *bins)\n"
    "{\n"
    "    local uint mine[256];\n"
    "    uint i = get_local_id(0);\n"
    "    mine[i] = 0;\n"
    "    barrier(CLK_LOCAL_MEM_FENCE);\n"
    "    for (uint k = get_global_id(0); k < count; k += get_global_size(0)) atomic_inc(&mine[data[k]]);\n"
    "    barrier(CLK_LOCAL_MEM_FENCE);\n"
    "    atomic_add(&bins[i], mine[i]);\n"
    "}\n";

static void data_make(unsigned char *data)
{
    float *random = check_alloc(COUNT * sizeof *random);
    check_random(random, COUNT, 5);
    for (size_t i = 0; i < COUNT; i++) data[i] = (unsigned char)(random[i] * random[i] * 255); // not uniform
    free(random);
}

static bool run(const struct session *session, cl_kernel kernel)
{
    const size_t global = (size_t)GROUP * GROUPS, local = GROUP;
    const cl_uint count = COUNT;
    cl_uint bins[BINS] = {0}, expected[BINS] = {0};
    unsigned char *data = check_alloc(COUNT);
    data_make(data);
    for (size_t i = 0; i < COUNT; i++) expected[data[i]]++;
    cl_mem data_buffer = check_buffer(session, COUNT, data),
           bins_buffer = check_buffer(session, sizeof bins, bins);
    CL(clSetKernelArg(kernel, 0, sizeof data_buffer, &data_buffer));
    CL(clSetKernelArg(kernel, 1, sizeof count, &count));
    CL(clSetKernelArg(kernel, 2, sizeof bins_buffer, &bins_buffer));
    check_run(session, kernel, 1, &global, &local);
    check_read(session, bins_buffer, bins, sizeof bins);
    CL(clReleaseMemObject(data_buffer));
    free(data);
    return !memcmp(bins, expected, sizeof bins);
}

const struct check check_histogram = {"histogram", source, run};
