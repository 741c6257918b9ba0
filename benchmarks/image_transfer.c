// The same of images (RGBA, a byte a channel) as transfer.c does of buffers. A map is of all texels or of a
// tile of 64 x 64 in the middle.
#include "benchmark.h"

#include <stdlib.h>
#include <string.h>

enum { TEXEL = 4, PAGE = 4096, TILE = 64 };
enum direction { WRITE, READ, COPY, FILL, MAP, MAP_TILE };

struct transfer {
    enum direction direction;
    size_t side;      // texels
    unsigned repeats; // in one sample
};

struct state {
    const struct transfer *transfer;
    size_t size; // bytes
    unsigned char *from, *to;
    cl_mem source, target;
};

static const size_t start[3];

static cl_mem image_create(const struct target *target, size_t side)
{
    const cl_image_format format = {CL_RGBA, CL_UNSIGNED_INT8};
    const cl_image_desc description = {
        .image_type = CL_MEM_OBJECT_IMAGE2D, .image_width = side, .image_height = side};
    cl_int error;
    cl_mem image = clCreateImage(target->context, 0, &format, &description, NULL, &error);
    CL(error);
    return image;
}

static void *transfer_open(const struct target *target, const void *detail)
{
    struct state *state = alloc(sizeof *state);
    const struct transfer *transfer = detail;
    size_t size = transfer->side * transfer->side * TEXEL;
    *state = (struct state){
        .transfer = transfer,
        .size = size,
        .from = alloc(size),
        .to = alloc(size),
        .source = image_create(target, transfer->side),
        .target = image_create(target, transfer->side),
    };
    for (size_t i = 0; i < size; i++) state->from[i] = (unsigned char)(i * 251 >> 3);
    memset(state->to, 0, size);
    return state;
}

static void transfer_close(void *opened)
{
    struct state *state = opened;
    CL(clReleaseMemObject(state->source));
    CL(clReleaseMemObject(state->target));
    free(state->from);
    free(state->to);
    free(state);
}

static void image_touch(const struct target *target, cl_mem image, const size_t origin[3],
                        const size_t region[3])
{
    cl_int error;
    size_t pitch, step = PAGE / TEXEL / region[0];
    unsigned char *bytes = clEnqueueMapImage(target->queue, image, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE,
                                             origin, region, &pitch, NULL, 0, NULL, NULL, &error);
    CL(error);
    for (size_t y = 0; y < region[1]; y += step ? step : 1)
        for (size_t x = 0; x < region[0] * TEXEL; x += PAGE) bytes[y * pitch + x]++;
    CL(clEnqueueUnmapMemObject(target->queue, image, bytes, 0, NULL, NULL));
    CL(clFinish(target->queue));
}

static void transfer_do(const struct target *target, struct state *state, enum direction direction)
{
    static const cl_uint color[4] = {1, 2, 3, 4};
    size_t side = state->transfer->side;
    const size_t all[3] = {side, side, 1}, tile[3] = {TILE, TILE, 1}, middle[3] = {side / 2, side / 2, 0};
    cl_command_queue queue = target->queue;
    switch (direction) {
    case WRITE:
        CL(clEnqueueWriteImage(queue, state->source, CL_TRUE, start, all, 0, 0, state->from, 0, NULL, NULL));
        break;
    case READ:
        CL(clEnqueueReadImage(queue, state->target, CL_TRUE, start, all, 0, 0, state->to, 0, NULL, NULL));
        break;
    case COPY:
        CL(clEnqueueCopyImage(queue, state->source, state->target, start, start, all, 0, NULL, NULL));
        CL(clFinish(queue));
        break;
    case FILL:
        CL(clEnqueueFillImage(queue, state->source, color, start, all, 0, NULL, NULL));
        CL(clFinish(queue));
        break;
    case MAP:
        image_touch(target, state->source, start, all);
        break;
    case MAP_TILE:
        image_touch(target, state->source, middle, tile);
        break;
    }
}

static bool filled_verify(const struct target *target, struct state *state)
{
    transfer_do(target, state, FILL);
    transfer_do(target, state, COPY);
    transfer_do(target, state, READ);
    for (size_t i = 0; i < state->size; i++)
        if (state->to[i] != i % TEXEL + 1) return false;
    return true;
}

// What was written, changed in a mapping, copied and read is what was there; and so is what was filled.
static bool transfer_verify(const struct target *target, void *opened)
{
    struct state *state = opened;
    size_t row = state->transfer->side * TEXEL;
    if (!filled_verify(target, state)) return false;
    transfer_do(target, state, WRITE);
    transfer_do(target, state, MAP);
    for (size_t i = 0; i < state->size; i += row < PAGE ? row : PAGE) state->from[i]++;
    transfer_do(target, state, COPY);
    transfer_do(target, state, READ);
    return !memcmp(state->from, state->to, state->size);
}

static struct cost transfer_sample(const struct target *target, void *opened)
{
    struct state *state = opened;
    const struct transfer *transfer = state->transfer;
    struct cost begin = cost_now();
    for (unsigned i = 0; i < transfer->repeats; i++) transfer_do(target, state, transfer->direction);
    return cost_since(begin, transfer->repeats);
}

#define FIGURE(name, direction, side, repeats)                                                               \
    {name,                                                                                                   \
     &(const struct transfer){direction, side, repeats},                                                     \
     transfer_open,                                                                                          \
     transfer_verify,                                                                                        \
     transfer_sample,                                                                                        \
     transfer_close}

// clang-format off
static const struct figure figures[] = {
    FIGURE("image write 1024",  WRITE,    1024, 10),
    FIGURE("image write 2048",  WRITE,    2048, 3),
    FIGURE("image read 1024",   READ,     1024, 10),
    FIGURE("image read 2048",   READ,     2048, 3),
    FIGURE("image copy 1024",   COPY,     1024, 10),
    FIGURE("image copy 2048",   COPY,     2048, 3),
    FIGURE("image fill 1024",   FILL,     1024, 10),
    FIGURE("image fill 2048",   FILL,     2048, 3),
    FIGURE("image map 1024",    MAP,      1024, 10),
    FIGURE("image map 2048",    MAP,      2048, 3),
    FIGURE("image map 64 of 2048", MAP_TILE, 2048, 100),
};
// clang-format on
const struct figures image_transfer_figures = {figures, sizeof figures / sizeof *figures};
