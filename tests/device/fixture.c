#include "fixture.h"

#include <stdio.h>

struct fixture fixture;

static void queue_must_not_fault(void *argument, const struct device_fault *fault)
{
    (void)argument;
    fprintf(stderr, "unexpected fault: %s\n", fault->text);
    abort();
}

struct device_queue *fixture_queue(void)
{
    struct device_queue *queue;
    struct device_queue_options options = {.on_fault = queue_must_not_fault};
    assert_ok(device_queue_create(fixture.device, &options, &queue));
    return queue;
}

struct device_memory *fixture_words(size_t count, uint32_t **words)
{
    struct device_memory *memory;
    assert_ok(
        device_memory_create(&fixture.device, 1, count * sizeof **words, DEVICE_MEMORY_LOCAL, NULL, &memory));
    *words = device_memory_host(memory);
    assert_non_null(*words);
    memset(*words, 0, count * sizeof **words);
    return memory;
}

struct device_code fixture_kernel(const char *name)
{
    struct device_code kernel = {0};
    char symbol[64];
    snprintf(symbol, sizeof symbol, "%s.kd", name);
    assert_ok(device_program_kernel(fixture.program, symbol, &kernel));
    return kernel;
}

struct device_signal *fixture_signal(void)
{
    struct device_signal *signal;
    assert_ok(device_signal_create(&signal));
    return signal;
}

cl_int fixture_run(struct device_queue *queue, const struct device_command *command, const char *name,
                   const void *arguments, size_t size, uint32_t items)
{
    struct device_code kernel = fixture_kernel(name);
    uint8_t kernarg[512] = {0};
    assert_true(size <= kernel.kernarg_size && kernel.kernarg_size <= sizeof kernarg);
    if (size) memcpy(kernarg, arguments, size);
    struct device_dispatch dispatch = {
        .kernel = &kernel,
        .kernarg = kernarg,
        .dimensions = 1,
        .global = {items, 1, 1},
        .local = {GROUP, 1, 1},
        .group_size = kernel.group_size + LOCAL_SIZE,
    };
    return device_queue_dispatch(queue, command, &dispatch);
}

cl_int fixture_start(struct device_queue *queue, struct device_signal *done, const char *name,
                     const void *arguments, size_t size, uint32_t items)
{
    struct device_command command = {.done = done};
    return fixture_run(queue, &command, name, arguments, size, items);
}

uint32_t fixture_random(uint32_t *state) { return *state = *state * 1664525 + 1013904223; }

void fixture_fill(void *bytes, size_t size, uint32_t seed)
{
    uint8_t *byte = bytes;
    for (size_t i = 0; i < size; i++) byte[i] = (uint8_t)(fixture_random(&seed) >> 24);
}
