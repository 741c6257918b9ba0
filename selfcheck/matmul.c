#include "selfcheck.h"

#include <stdlib.h>

enum { N = 128, TILE = 16 };

static const char source[] =
    "#define TILE 16\n"
    "kernel void matmul(global const float *a, global const float *b, global float *c, int n)\n"
    "{\n"
    "    local float as[TILE][TILE], bs[TILE][TILE];\n"
    "    int x = get_local_id(0), y = get_local_id(1), column = get_global_id(0), row = get_global_id(1);\n"
    "    float sum = 0;\n"
    "    for (int t = 0; t < n; t += TILE) {\n"
    "        as[y][x] = a[row * n + t + x];\n"
    "        bs[y][x] = b[(t + y) * n + column];\n"
    "        barrier(CLK_LOCAL_MEM_FENCE);\n"
    "        for (int k = 0; k < TILE; k++) sum += as[y][k] * bs[k][x];\n"
    "        barrier(CLK_LOCAL_MEM_FENCE);\n"
    "    }\n"
    "    c[row * n + column] = sum;\n"
    "}\n";

static bool verify(const float *a, const float *b, const float *c)
{
    for (int row = 0; row < N; row++)
        for (int column = 0; column < N; column++) {
            double sum = 0;
            for (int k = 0; k < N; k++) sum += (double)a[row * N + k] * b[k * N + column];
            if (!check_close(c[row * N + column], sum, 1e-4)) return false;
        }
    return true;
}

static bool run(const struct session *session, cl_kernel kernel)
{
    const size_t count = (size_t)N * N, size = count * sizeof(float), global[] = {N, N},
                 local[] = {TILE, TILE};
    const cl_int n = N;
    float *a = check_alloc(size), *b = check_alloc(size), *c = check_alloc(size);
    check_random(a, count, 3);
    check_random(b, count, 4);
    cl_mem buffers[] = {check_buffer(session, size, a), check_buffer(session, size, b),
                        check_buffer(session, size, NULL)};
    for (cl_uint i = 0; i < 3; i++) CL(clSetKernelArg(kernel, i, sizeof(cl_mem), &buffers[i]));
    CL(clSetKernelArg(kernel, 3, sizeof n, &n));
    check_run(session, kernel, 2, global, local);
    check_read(session, buffers[2], c, size);
    CL(clReleaseMemObject(buffers[0]));
    CL(clReleaseMemObject(buffers[1]));
    bool right = verify(a, b, c);
    free(a);
    free(b);
    free(c);
    return right;
}

const struct check check_matmul = {"matmul", source, run};
