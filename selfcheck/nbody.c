#include "selfcheck.h"

#include <math.h>
#include <stdlib.h>

enum { COUNT = 512 };

static const char source[] =
    "kernel void nbody(global const float4 *body, global float4 *acceleration, int count)\n"
    "{\n"
    "    int i = get_global_id(0);\n"
    "    float4 me = body[i];\n"
    "    float3 sum = 0;\n"
    "    for (int j = 0; j < count; j++) {\n"
    "        float4 other = body[j];\n"
    "        float3 d = other.xyz - me.xyz;\n"
    "        float r = rsqrt(dot(d, d) + 0.01f);\n"
    "        sum += d * (other.w * r * r * r);\n"
    "    }\n"
    "    acceleration[i] = (float4)(sum, 0);\n"
    "}\n";

static bool verify(const float *body, const float *acceleration)
{
    for (int i = 0; i < COUNT; i++) {
        double sum[3] = {0}, scale = 0;
        for (int j = 0; j < COUNT; j++) {
            double d[3], square = 0.01;
            for (int k = 0; k < 3; k++) {
                d[k] = (double)body[4 * j + k] - body[4 * i + k];
                square += d[k] * d[k];
            }
            double factor = body[4 * j + 3] / (square * sqrt(square));
            for (int k = 0; k < 3; k++) {
                sum[k] += d[k] * factor;
                scale += fabs(d[k] * factor);
            }
        }
        for (int k = 0; k < 3; k++)
            if (fabs(acceleration[4 * i + k] - sum[k]) > 1e-5 * scale) return false;
    }
    return true;
}

static bool run(const struct session *session, cl_kernel kernel)
{
    const size_t size = sizeof(float) * 4 * COUNT, global = COUNT;
    const cl_int count = COUNT;
    float *body = check_alloc(size), *acceleration = check_alloc(size);
    check_random(body, (size_t)4 * COUNT, 6);
    cl_mem body_buffer = check_buffer(session, size, body), result_buffer = check_buffer(session, size, NULL);
    CL(clSetKernelArg(kernel, 0, sizeof body_buffer, &body_buffer));
    CL(clSetKernelArg(kernel, 1, sizeof result_buffer, &result_buffer));
    CL(clSetKernelArg(kernel, 2, sizeof count, &count));
    check_run(session, kernel, 1, &global, NULL);
    check_read(session, result_buffer, acceleration, size);
    CL(clReleaseMemObject(body_buffer));
    bool right = verify(body, acceleration);
    free(body);
    free(acceleration);
    return right;
}

const struct check check_nbody = {"nbody", source, run};
