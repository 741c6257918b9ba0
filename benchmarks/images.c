// Times kernels that read images through samplers, and without: a linear resize, a separable convolution with
// 9 taps in one direction, rays through a volume; and what writes images: a picture turned upside down. What
// they compute is compared with plain C first.
#include "benchmark.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { COMPONENTS = 4, TAPS = 9, STEPS = 32 };

// All read a RGBA image, and write a float4 for each item, or such an image's texel.
struct scene {
    const char *name;   // of the kernel
    const char *source; // its arguments: image, output
    cl_channel_type type;
    size_t in[3], out[2]; // texels; in[2] is 0 for images of two dimensions
    bool writes_image;    // of the same type
    void (*reference)(const float *in, float *out);
    double tolerance; // weights have 8 bits on some devices
};

struct state {
    const struct scene *scene;
    float *texels; // as kernels read them
    cl_mem image, output;
    cl_kernel kernel;
};

// --- What is computed ---

enum { PICTURE = 384, RESIZED = 256, VOLUME = 48, RAYS = 128 };

static double blend(double a, double b, double weight) { return a + (b - a) * weight; }

static unsigned clamped(long at, unsigned size)
{
    return at < 0 ? 0 : at >= (long)size ? size - 1 : (unsigned)at;
}

static double bilinear(const float *in, unsigned size, double x, double y, unsigned c)
{
    double left = floor(x - 0.5), top = floor(y - 0.5), row[2];
    for (int i = 0; i < 2; i++) {
        const float *line = in + (size_t)clamped((long)top + i, size) * size * COMPONENTS;
        row[i] = blend((double)line[clamped((long)left, size) * COMPONENTS + c],
                       (double)line[clamped((long)left + 1, size) * COMPONENTS + c], x - 0.5 - left);
    }
    return blend(row[0], row[1], y - 0.5 - top);
}

static void resize(const float *in, float *out)
{
    for (unsigned y = 0; y < RESIZED; y++)
        for (unsigned x = 0; x < RESIZED; x++)
            for (unsigned c = 0; c < COMPONENTS; c++, out++)
                *out = (float)bilinear(in, PICTURE, (x + 0.5) * PICTURE / RESIZED,
                                       (y + 0.5) * PICTURE / RESIZED, c);
}

static void turn(const float *in, float *out)
{
    for (unsigned y = 0; y < PICTURE; y++)
        for (unsigned i = 0; i < PICTURE * COMPONENTS; i++, out++)
            *out = 1 - in[(PICTURE - 1 - y) * PICTURE * COMPONENTS + i];
}

static void convolve(const float *in, float *out)
{
    for (unsigned y = 0; y < PICTURE; y++)
        for (unsigned x = 0; x < PICTURE; x++)
            for (unsigned c = 0; c < COMPONENTS; c++, out++) {
                double sum = 0;
                for (int k = 0; k < TAPS; k++) {
                    unsigned at = y * PICTURE + clamped((long)x + k - TAPS / 2, PICTURE);
                    sum += (5 - abs(k - TAPS / 2)) / 25.0 * (double)in[at * COMPONENTS + c];
                }
                *out = (float)sum;
            }
}

static double trilinear(const float *in, double x, double y, double z, unsigned c)
{
    double front = floor(z - 0.5), slice[2];
    for (int i = 0; i < 2; i++)
        slice[i] = bilinear(in + (size_t)clamped((long)front + i, VOLUME) * VOLUME * VOLUME * COMPONENTS,
                            VOLUME, x, y, c);
    return blend(slice[0], slice[1], z - 0.5 - front);
}

static void rays(const float *in, float *out)
{
    for (unsigned y = 0; y < RAYS; y++)
        for (unsigned x = 0; x < RAYS; x++)
            for (unsigned c = 0; c < COMPONENTS; c++, out++) {
                double sum = 0;
                for (unsigned k = 0; k < STEPS; k++)
                    sum += trilinear(in, (x + 0.5) * VOLUME / RAYS, (y + 0.5) * VOLUME / RAYS,
                                     (k + 0.5) * VOLUME / STEPS, c);
                *out = (float)(sum / STEPS);
            }
}

#define PLACE                                                                                                \
    "    int x = get_global_id(0), y = get_global_id(1);\n"                                                  \
    "    float2 size = (float2)(get_global_size(0), get_global_size(1));\n"
#define OUT "out[y * get_global_size(0) + x] = "

static const struct scene scene_resize = {
    .name = "resize",
    .source = "constant sampler_t linear = CLK_NORMALIZED_COORDS_TRUE | CLK_ADDRESS_CLAMP_TO_EDGE | "
              "CLK_FILTER_LINEAR;\n"
              "kernel void resize(read_only image2d_t in, global float4 *out)\n"
              "{\n" PLACE "    " OUT "read_imagef(in, linear, ((float2)(x, y) + 0.5f) / size);\n"
              "}\n",
    .type = CL_UNORM_INT8,
    .in = {PICTURE, PICTURE},
    .out = {RESIZED, RESIZED},
    .reference = resize,
    .tolerance = 1.0 / 100,
};

#define CONVOLVE(name, read)                                                                                 \
    "constant sampler_t nearest = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP_TO_EDGE | "                \
    "CLK_FILTER_NEAREST;\n"                                                                                  \
    "kernel void " name "(read_only image2d_t in, global float4 *out)\n"                                     \
    "{\n" PLACE "    float4 sum = 0;\n"                                                                      \
    "    for (int k = -4; k <= 4; k++) sum += (5 - abs(k)) / 25.0f * read_imagef(in, " read ");\n"           \
    "    " OUT "sum;\n"                                                                                      \
    "}\n"

static const struct scene scene_convolve = {
    .name = "convolve",
    .source = CONVOLVE("convolve", "nearest, (int2)(x + k, y)"),
    .type = CL_FLOAT,
    .in = {PICTURE, PICTURE},
    .out = {PICTURE, PICTURE},
    .reference = convolve,
    .tolerance = 1e-5,
};

static const struct scene scene_samplerless = {
    .name = "samplerless",
    .source = CONVOLVE("samplerless", "(int2)(clamp(x + k, 0, (int)size.x - 1), y)"),
    .type = CL_FLOAT,
    .in = {PICTURE, PICTURE},
    .out = {PICTURE, PICTURE},
    .reference = convolve,
    .tolerance = 1e-5,
};

static const struct scene scene_rays = {
    .name = "rays",
    .source = "constant sampler_t linear = CLK_NORMALIZED_COORDS_TRUE | CLK_ADDRESS_CLAMP_TO_EDGE | "
              "CLK_FILTER_LINEAR;\n"
              "kernel void rays(read_only image3d_t in, global float4 *out)\n"
              "{\n" PLACE "    float2 at = ((float2)(x, y) + 0.5f) / size;\n"
              "    float4 sum = 0;\n"
              "    for (int k = 0; k < 32; k++)\n"
              "        sum += read_imagef(in, linear, (float4)(at, (k + 0.5f) / 32, 0));\n"
              "    " OUT "sum / 32;\n"
              "}\n",
    .type = CL_FLOAT,
    .in = {VOLUME, VOLUME, VOLUME},
    .out = {RAYS, RAYS},
    .reference = rays,
    .tolerance = 1.0 / 100,
};

#define TURN                                                                                                 \
    "kernel void turn(read_only image2d_t in, write_only image2d_t out)\n"                                   \
    "{\n" PLACE                                                                                              \
    "    write_imagef(out, (int2)(x, y), 1 - read_imagef(in, (int2)(x, (int)size.y - 1 - y)));\n"            \
    "}\n"

static const struct scene scene_turn_bytes = {
    .name = "turn",
    .source = TURN,
    .type = CL_UNORM_INT8,
    .in = {PICTURE, PICTURE},
    .out = {PICTURE, PICTURE},
    .writes_image = true,
    .reference = turn,
    .tolerance = 1e-6,
};

static const struct scene scene_turn_floats = {
    .name = "turn",
    .source = TURN,
    .type = CL_FLOAT,
    .in = {PICTURE, PICTURE},
    .out = {PICTURE, PICTURE},
    .writes_image = true,
    .reference = turn,
    .tolerance = 0,
};

// --- How it is run ---

static size_t texels_count(const struct scene *scene)
{
    return scene->in[0] * scene->in[1] * (scene->in[2] ? scene->in[2] : 1) * COMPONENTS;
}

// Without data the image is one to write, of the size of what the kernel makes.
static cl_mem image_create(const struct target *target, const struct scene *scene, const void *data)
{
    const size_t *size = data ? scene->in : scene->out;
    const cl_image_format format = {CL_RGBA, scene->type};
    const cl_image_desc description = {
        .image_type = data && scene->in[2] ? CL_MEM_OBJECT_IMAGE3D : CL_MEM_OBJECT_IMAGE2D,
        .image_width = size[0],
        .image_height = size[1],
        .image_depth = data ? scene->in[2] : 0,
    };
    const cl_mem_flags flags = data ? CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR : CL_MEM_WRITE_ONLY;
    cl_int status;
    cl_mem image =
        clCreateImage(target->context, flags, &format, &description, (void *)(uintptr_t)data, &status);
    CL(status);
    return image;
}

static void *scene_open(const struct target *target, const void *detail)
{
    const struct scene *scene = detail;
    struct state *state = alloc(sizeof *state);
    size_t count = texels_count(scene), outputs = scene->out[0] * scene->out[1];
    uint8_t *bytes = alloc(count);
    uint64_t random = 1;
    *state = (struct state){.scene = scene, .texels = alloc(count * sizeof(float))};
    for (size_t i = 0; i < count; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(random >> 56);
        state->texels[i] = (float)bytes[i] / 255;
    }
    state->image = image_create(target, scene, scene->type == CL_FLOAT ? (void *)state->texels : bytes);
    state->output = scene->writes_image ? image_create(target, scene, NULL)
                                        : target_buffer(target, outputs * COMPONENTS * sizeof(float), NULL);
    state->kernel = target_kernel(target, scene->source, "", scene->name);
    CL(clSetKernelArg(state->kernel, 0, sizeof(cl_mem), &state->image));
    CL(clSetKernelArg(state->kernel, 1, sizeof(cl_mem), &state->output));
    free(bytes);
    return state;
}

static void scene_close(void *opened)
{
    struct state *state = opened;
    CL(clReleaseMemObject(state->image));
    CL(clReleaseMemObject(state->output));
    CL(clReleaseKernel(state->kernel));
    free(state->texels);
    free(state);
}

static struct cost scene_sample(const struct target *target, void *opened)
{
    static const size_t local[] = {16, 16};
    struct state *state = opened;
    struct cost begin = cost_now();
    CL(clEnqueueNDRangeKernel(target->queue, state->kernel, 2, NULL, state->scene->out, local, 0, NULL,
                              NULL));
    CL(clFinish(target->queue));
    return cost_since(begin, 1);
}

// What the kernel wrote, as floats.
static void output_read(const struct target *target, const struct state *state, float *out)
{
    const struct scene *scene = state->scene;
    size_t count = scene->out[0] * scene->out[1] * COMPONENTS;
    const size_t origin[3] = {0}, region[] = {scene->out[0], scene->out[1], 1};
    if (!scene->writes_image) {
        CL(clEnqueueReadBuffer(target->queue, state->output, CL_TRUE, 0, count * sizeof *out, out, 0, NULL,
                               NULL));
        return;
    }
    CL(clEnqueueReadImage(target->queue, state->output, CL_TRUE, origin, region, 0, 0, out, 0, NULL, NULL));
    if (scene->type == CL_FLOAT) return;
    for (size_t i = count; i-- > 0;) out[i] = (float)((const uint8_t *)out)[i] / 255;
}

static bool scene_verify(const struct target *target, void *opened)
{
    struct state *state = opened;
    const struct scene *scene = state->scene;
    size_t count = scene->out[0] * scene->out[1] * COMPONENTS, size = count * sizeof(float);
    float *out = alloc(size), *expected = alloc(size);
    bool right = true;
    scene->reference(state->texels, expected);
    scene_sample(target, state);
    output_read(target, state, out);
    for (size_t i = 0; i < count; i++)
        right &= fabs((double)out[i] - (double)expected[i]) <= scene->tolerance;
    free(out);
    free(expected);
    return right;
}

#define FIGURE(name, scene) {"image: " name, &(scene), scene_open, scene_verify, scene_sample, scene_close}

static const struct figure figures[] = {
    FIGURE("linear resize, RGBA8", scene_resize),
    FIGURE("9 taps, sampler, RGBA32F", scene_convolve),
    FIGURE("9 taps, no sampler, RGBA32F", scene_samplerless),
    FIGURE("3D trilinear, RGBA32F", scene_rays),
    FIGURE("turned, written, RGBA8", scene_turn_bytes),
    FIGURE("turned, written, RGBA32F", scene_turn_floats),
};
const struct figures image_figures = {figures, sizeof figures / sizeof *figures};
