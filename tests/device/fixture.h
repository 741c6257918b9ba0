// What the tests of the device layer share: one device, one program, and short ways to run things.
#pragma once

#include "device/device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GROUP      64u  // work-items a group of kernels.cl
#define LOCAL_SIZE 256u // bytes of local memory that every dispatch here gets

struct fixture {
    struct device *device;
    struct device_program *program;
};

// Opened by main; the tests fail when there is no device.
extern struct fixture fixture;

// A queue that stops the test when it faults.
struct device_queue *fixture_queue(void);

// Device memory of `count` words that the host reaches too.
struct device_memory *fixture_words(size_t count, uint32_t **words);

// A kernel of kernels.cl.
struct device_code fixture_kernel(const char *name);

struct device_signal *fixture_signal(void);

// Runs kernel(arguments) on `items` work-items; the arguments are 4- or 8-byte values, already laid out.
cl_int fixture_run(struct device_queue *, const struct device_command *, const char *name,
                   const void *arguments, size_t size, uint32_t items);

// The same without waits; `done` may be NULL.
cl_int fixture_start(struct device_queue *, struct device_signal *done, const char *name,
                     const void *arguments, size_t size, uint32_t items);

// Numbers that look random and are the same in every run.
uint32_t fixture_random(uint32_t *state);
void fixture_fill(void *bytes, size_t size, uint32_t seed);

#define assert_ok(call) assert_int_equal((call), CL_SUCCESS)

int discovery_tests(void);
int memory_tests(void);
int signal_tests(void);
int copy_tests(void);
int image_tests(void);
int queue_tests(void);
int order_tests(void);
int fault_tests(void);
int refused_thread_tests(void);
int pool_tests(void);

// From here on this layer gets no threads: those it has that may be used have ended.
void threads_refuse(void);
// It gets them again; some must have been refused.
void threads_allow(void);
