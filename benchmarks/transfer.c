// Blocking writes and reads, and copies on the device followed by a finish.
#include "benchmark.h"

#include <stdlib.h>
#include <string.h>

enum direction { WRITE, READ, COPY };

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
    }
}

// What was written, copied and read is what was there.
static bool transfer_verify(const struct target *target, void *opened)
{
    struct state *state = opened;
    transfer_do(target, state, WRITE);
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
};
// clang-format on
const struct figures transfer_figures = {figures, sizeof figures / sizeof *figures};
