#include "selfcheck.h"

#include <math.h>
#include <stdlib.h>

enum { COUNT = 1 << 20 };

static const char source[] = "kernel void saxpy(float a, global const float *x, global float *y)\n"
                             "{\n"
                             "    size_t i = get_global_id(0);\n"
                             "    y[i] = fma(a, x[i], y[i]);\n"
                             "}\n";

static bool run(const struct session *session, cl_kernel kernel)
{
    const size_t size = COUNT * sizeof(float), global = COUNT;
    const float a = 2.5f;
    float *x = check_alloc(size), *y = check_alloc(size), *result = check_alloc(size);
    check_random(x, COUNT, 1);
    check_random(y, COUNT, 2);
    cl_mem x_buffer = check_buffer(session, size, x), y_buffer = check_buffer(session, size, y);
    CL(clSetKernelArg(kernel, 0, sizeof a, &a));
    CL(clSetKernelArg(kernel, 1, sizeof x_buffer, &x_buffer));
    CL(clSetKernelArg(kernel, 2, sizeof y_buffer, &y_buffer));
    check_run(session, kernel, 1, &global, NULL);
    check_read(session, y_buffer, result, size);
    CL(clReleaseMemObject(x_buffer));
    bool right = true;
    for (size_t i = 0; i < COUNT; i++) right &= result[i] == fmaf(a, x[i], y[i]); // exact: fma is
    free(x);
    free(y);
    free(result);
    return right;
}

const struct check check_saxpy = {"saxpy", source, run};
