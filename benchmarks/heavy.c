#include "heavy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEPS = 6, ITEMS = 256, GROUP = 64 };

static void function_write(FILE *out, int kernel)
{
    fprintf(out, "float4 f%d(float4 v, int n)\n{\n    for (int k = 0; k < n; k++) {\n", kernel);
    fprintf(out, "        v = sin(v) * (float4)(%d.5f) + cos(v.yzwx);\n", kernel);
    fprintf(out, "        v += sqrt(fabs(v.wzyx)) * native_exp(-v * v);\n");
    fprintf(out, "        if (any(v > (float4)(100.0f))) v = fmod(v, (float4)(7.0f));\n");
    fprintf(out, "        v = mix(v, clamp(v, -1.0f, 1.0f), smoothstep(0.0f, 1.0f, v.zwxy));\n");
    fprintf(out, "    }\n    return v;\n}\n");
}

// The function that a kernel calls in one of its steps.
static int function_of(int kernel, int step) { return (kernel + step) % (kernel + 1); }

static void step_write(FILE *out, int kernel, int step)
{
    fprintf(out, "    {\n        float4 x = f%d(t[(l + %d) %% s], (b[g] & 3) + 1);\n",
            function_of(kernel, step), step + 1);
    fprintf(out, "        switch (b[g] & 7) {\n");
    fprintf(out, "        case 0: x = x.wzyx; break;\n");
    fprintf(out, "        case 1: x *= 2.0f; break;\n");
    fprintf(out, "        case 2: x = normalize(x); break;\n");
    fprintf(out, "        case 3: x += dot(x, x); break;\n");
    fprintf(out, "        case 4: x = convert_float4(convert_int4_sat(x)); break;\n");
    fprintf(out, "        case 5: x = as_float4(as_int4(x) ^ %d); break;\n", step * 37);
    fprintf(out, "        default: x -= %d.0f;\n        }\n", step);
    fprintf(out, "        barrier(CLK_LOCAL_MEM_FENCE);\n        t[l] += x;\n"
                 "        barrier(CLK_LOCAL_MEM_FENCE);\n    }\n");
}

static void kernel_write(FILE *out, int kernel)
{
    fprintf(out, "kernel void k%d(global float4 *a, global const int *b, local float4 *t)\n{\n", kernel);
    fprintf(out, "    int g = get_global_id(0), l = get_local_id(0), s = get_local_size(0);\n"
                 "    t[l] = a[g];\n    barrier(CLK_LOCAL_MEM_FENCE);\n");
    for (int step = 0; step < STEPS; step++) step_write(out, kernel, step);
    fprintf(out, "    a[g] = t[l];\n}\n");
}

static char *source_write(void)
{
    char *source = NULL;
    size_t size;
    FILE *out = open_memstream(&source, &size);
    if (!out) die("out of memory");
    for (int kernel = 0; kernel < HEAVY_KERNELS; kernel++) {
        function_write(out, kernel);
        kernel_write(out, kernel);
    }
    if (fclose(out)) die("out of memory");
    return source;
}

// What a kernel makes of a value that all items have, where all choices are 0.
static double kernel_result(int kernel, double value)
{
    for (int step = 0; step < STEPS; step++) {
        double v = sin(value) * (function_of(kernel, step) + 0.5) + cos(value);
        v += sqrt(fabs(v)) * exp(-v * v);
        double inner = fmax(-1, fmin(v, 1)), t = fmax(0, fmin(v, 1));
        value += v + (inner - v) * t * t * (3 - 2 * t);
    }
    return value;
}

// Each step may make an error of rounding some times larger.
static bool is_close(double one, double other) { return fabs(one - other) <= 1e-2 * (1 + fabs(other)); }

static void kernel_run(const struct target *target, cl_program program, int number)
{
    const size_t items = ITEMS, group = GROUP;
    const float value = 0.25F;
    float values[ITEMS * 4];
    cl_int choices[ITEMS] = {0}, status;
    char name[16];
    snprintf(name, sizeof name, "k%d", number);
    for (size_t i = 0; i < items * 4; i++) values[i] = value;
    cl_mem buffers[] = {target_buffer(target, sizeof values, values),
                        target_buffer(target, sizeof choices, choices)};
    cl_kernel kernel = clCreateKernel(program, name, &status);
    cl_check(status, "clCreateKernel");
    for (cl_uint i = 0; i < 2; i++) CL(clSetKernelArg(kernel, i, sizeof(cl_mem), &buffers[i]));
    CL(clSetKernelArg(kernel, 2, group * sizeof(cl_float4), NULL));
    CL(clEnqueueNDRangeKernel(target->queue, kernel, 1, NULL, &items, &group, 0, NULL, NULL));
    CL(clEnqueueReadBuffer(target->queue, buffers[0], CL_TRUE, 0, sizeof values, values, 0, NULL, NULL));
    CL(clReleaseKernel(kernel));
    for (cl_uint i = 0; i < 2; i++) CL(clReleaseMemObject(buffers[i]));
    for (size_t i = 0; i < items * 4; i++)
        if (!is_close(values[i], kernel_result(number, value)))
            die("%s: kernel %d of a heavy program is wrong: %g, not %g", target->name, number, values[i],
                kernel_result(number, value));
}

double heavy_run(const struct target *target, unsigned count)
{
    char *text = source_write();
    struct cost begin = cost_now();
    cl_program program = target_program(target, text, "", "a heavy program");
    for (unsigned i = 0; i < count; i++) kernel_run(target, program, (int)i);
    double own = cost_since(begin, 1).wall;
    CL(clReleaseProgram(program));
    free(text);
    return own;
}
