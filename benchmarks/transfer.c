// Blocking writes and reads; copies and fills on the device followed by a finish; mapping, writing a byte in
// each page, and unmapping.
#include "benchmark.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096 };
enum direction { WRITE, READ, COPY, FILL, MAP };

struct transfer {
    enum direction direction;
    size_t size;      // bytes
    unsigned repeats; // in one sample
};

struct state {
    const struct transfer *transfer;
    unsigned char *from, *to;
    cl_mem source, target;
};

static void *transfer_open(const struct target *target, const void *detail)
{
    struct state *state = alloc(sizeof *state);
    const struct transfer *transfer = detail;
    *state = (struct state){
        .transfer = transfer,
        .from = alloc(transfer->size),
        .to = alloc(transfer->size),
        .source = target_buffer(target, transfer->size, NULL),
        .target = target_buffer(target, transfer->size, NULL),
    };
    for (size_t i = 0; i < transfer->size; i++) state->from[i] = (unsigned char)(i * 251 >> 3);
    memset(state->to, 0, transfer->size);
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

static const cl_uint pattern = 0x01020304;

static void buffer_touch(const struct target *target, cl_mem buffer, size_t size)
{
    cl_int error;
    unsigned char *bytes =
        clEnqueueMapBuffer(target->queue, buffer, CL_TRUE, CL_MAP_WRITE, 0, size, 0, NULL, NULL, &error);
    CL(error);
    for (size_t i = 0; i < size; i += PAGE) bytes[i]++;
    CL(clEnqueueUnmapMemObject(target->queue, buffer, bytes, 0, NULL, NULL));
    CL(clFinish(target->queue));
}

static void transfer_do(const struct target *target, struct state *state, enum direction direction)
{
    size_t size = state->transfer->size;
    cl_command_queue queue = target->queue;
    switch (direction) {
    case WRITE:
        CL(clEnqueueWriteBuffer(queue, state->source, CL_TRUE, 0, size, state->from, 0, NULL, NULL));
        break;
    case READ:
        CL(clEnqueueReadBuffer(queue, state->target, CL_TRUE, 0, size, state->to, 0, NULL, NULL));
        break;
    case COPY:
        CL(clEnqueueCopyBuffer(queue, state->source, state->target, 0, 0, size, 0, NULL, NULL));
        CL(clFinish(queue));
        break;
    case FILL:
        CL(clEnqueueFillBuffer(queue, state->source, &pattern, sizeof pattern, 0, size, 0, NULL, NULL));
        CL(clFinish(queue));
        break;
    case MAP:
        buffer_touch(target, state->source, size);
        break;
    }
}

static bool filled_verify(const struct target *target, struct state *state)
{
    transfer_do(target, state, FILL);
    transfer_do(target, state, COPY);
    transfer_do(target, state, READ);
    for (size_t i = 0; i < state->transfer->size; i++)
        if (state->to[i] != ((const unsigned char *)&pattern)[i % sizeof pattern]) return false;
    return true;
}

// What was written, changed in a mapping, copied and read is what was there; and so is what was filled.
static bool transfer_verify(const struct target *target, void *opened)
{
    struct state *state = opened;
    if (!filled_verify(target, state)) return false;
    transfer_do(target, state, WRITE);
    transfer_do(target, state, MAP);
    for (size_t i = 0; i < state->transfer->size; i += PAGE) state->from[i]++;
    transfer_do(target, state, COPY);
    transfer_do(target, state, READ);
    return !memcmp(state->from, state->to, state->transfer->size);
}

static struct cost transfer_sample(const struct target *target, void *opened)
{
    struct state *state = opened;
    const struct transfer *transfer = state->transfer;
    struct cost begin = cost_now();
    for (unsigned i = 0; i < transfer->repeats; i++) transfer_do(target, state, transfer->direction);
    return cost_since(begin, transfer->repeats);
}

#define FIGURE(name, direction, size, repeats)                                                               \
    {name,                                                                                                   \
     &(const struct transfer){direction, size, repeats},                                                     \
     transfer_open,                                                                                          \
     transfer_verify,                                                                                        \
     transfer_sample,                                                                                        \
     transfer_close}

// clang-format off
static const struct figure figures[] = {
    FIGURE("write 4 KiB",  WRITE, 4 << 10,  200),
    FIGURE("write 1 MiB",  WRITE, 1 << 20,  20),
    FIGURE("write 64 MiB", WRITE, 64 << 20, 1),
    FIGURE("read 4 KiB",   READ,  4 << 10,  200),
    FIGURE("read 1 MiB",   READ,  1 << 20,  20),
    FIGURE("read 64 MiB",  READ,  64 << 20, 1),
    FIGURE("copy 4 KiB",   COPY,  4 << 10,  200),
    FIGURE("copy 1 MiB",   COPY,  1 << 20,  20),
    FIGURE("copy 64 MiB",  COPY,  64 << 20, 1),
    FIGURE("fill 4 KiB",   FILL,  4 << 10,  200),
    FIGURE("fill 1 MiB",   FILL,  1 << 20,  20),
    FIGURE("fill 64 MiB",  FILL,  64 << 20, 1),
    FIGURE("map 4 KiB",    MAP,   4 << 10,  200),
    FIGURE("map 1 MiB",    MAP,   1 << 20,  20),
    FIGURE("map 64 MiB",   MAP,   64 << 20, 1),
};
// clang-format on
const struct figures transfer_figures = {figures, sizeof figures / sizeof *figures};
