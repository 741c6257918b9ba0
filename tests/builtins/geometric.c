// length, distance and normalize of vectors whose components are of all sizes, zeros, infinities and NaNs:
// against the host, in double.
#include "session.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH_MAX = 4 };

static struct session session;

static const float edges[] = {0,  -0.0F,   0x1p-149F,  -0x1.8p-130F,    0x1p-126F, -0x1.2p-70F, 1,
                              -3, 0x1p63F, -0x1.9p64F, 0x1.fffffep127F, INFINITY,  -INFINITY,   NAN};

enum { EDGES = sizeof edges / sizeof *edges, VECTORS = EDGES * EDGES * EDGES * EDGES };

static float vectors[VECTORS][WIDTH_MAX], lengths[VECTORS], distances[VECTORS], normals[VECTORS][WIDTH_MAX];

static void vectors_fill(void)
{
    for (unsigned i = 0; i < VECTORS; i++)
        for (unsigned c = 0, rest = i; c < WIDTH_MAX; c++, rest /= EDGES) vectors[i][c] = edges[rest % EDGES];
}

static cl_mem buffer_new(size_t size, void *content)
{
    cl_int status;
    cl_mem_flags flags = content ? CL_MEM_COPY_HOST_PTR : 0;
    cl_mem buffer = clCreateBuffer(session.context, flags, size, content, &status);
    assert_int_equal(status, CL_SUCCESS);
    return buffer;
}

static void buffer_take(cl_mem buffer, size_t size, void *to)
{
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, size, to, 0, NULL, NULL), 0);
    clReleaseMemObject(buffer);
}

static cl_kernel kernel_new(int width)
{
    static const char form[] = "kernel void f(global const float4 *v, global float *lengths, global float "
                               "*distances, global float4 *normals)\n"
                               "{\n"
                               "    size_t i = get_global_id(0);\n"
                               "    lengths[i] = length(v[i].%s);\n"
                               "    distances[i] = distance(v[i].%s, v[0].%s);\n"
                               "    normals[i].%s = normalize(v[i].%s);\n"
                               "}\n";
    char source[sizeof form + 64], components[] = "xyzw";
    components[width] = '\0';
    snprintf(source, sizeof source, form, components, components, components, components, components);
    return session_kernel(&session, source, "f", "");
}

static void kernel_run(int width)
{
    cl_kernel kernel = kernel_new(width);
    cl_mem buffers[] = {buffer_new(sizeof vectors, vectors), buffer_new(sizeof lengths, NULL),
                        buffer_new(sizeof distances, NULL), buffer_new(sizeof normals, normals)};
    for (cl_uint i = 0; i < 4; i++) clSetKernelArg(kernel, i, sizeof buffers[i], &buffers[i]);
    size_t items = VECTORS;
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL), 0);
    buffer_take(buffers[1], sizeof lengths, lengths);
    buffer_take(buffers[2], sizeof distances, distances);
    buffer_take(buffers[3], sizeof normals, normals);
    clReleaseMemObject(buffers[0]);
    clReleaseKernel(kernel);
}

// Within 4 units of the last place of what is expected.
static bool is_close(float result, double expected)
{
    if (isnan(expected)) return isnan(result);
    if ((float)expected == result) return true;
    float size = fmaxf(fabsf((float)expected), 0x1p-126F);
    return fabs(result - expected) <= 4.0 * (nextafterf(size, INFINITY) - size);
}

static double length_of(const float *v, int width)
{
    double square = 0;
    for (int c = 0; c < width; c++) square += (double)v[c] * v[c];
    return sqrt(square);
}

// An infinite component becomes 1, and all others 0, before.
static double normal_of(const float *v, int width, int component)
{
    double length = length_of(v, width), infinities = 0;
    for (int c = 0; c < width; c++) infinities += isinf(v[c]) != 0;
    if (isnan(length) || length == 0) return length == 0 ? v[component] : NAN;
    if (infinities == 0) return v[component] / length;
    return copysign(isinf(v[component]) ? 1 / sqrt(infinities) : 0, v[component]);
}

static void vector_check(unsigned i, int width)
{
    const float *v = vectors[i];
    double length = length_of(v, width);
    bool right = is_close(lengths[i], length) && is_close(distances[i], length);
    for (int c = 0; c < width; c++) {
        double expected = normal_of(v, width, c);
        right = right && is_close(normals[i][c], expected);
        right = right && (isnan(expected) || !signbit(normals[i][c]) == !signbit(v[c]));
    }
    if (!right)
        fail_msg("width %d of (%a %a %a %a): length %a, distance %a, normalize (%a %a %a %a)", width, v[0],
                 v[1], v[2], v[3], lengths[i], distances[i], normals[i][0], normals[i][1], normals[i][2],
                 normals[i][3]);
}

static void test_geometric(void **state)
{
    (void)state;
    vectors_fill();
    for (int width = 2; width <= WIDTH_MAX; width++) {
        kernel_run(width);
        for (unsigned i = 0; i < VECTORS; i++) vector_check(i, width);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_geometric)};
    session_open(&session);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    session_close(&session);
    return failed;
}
