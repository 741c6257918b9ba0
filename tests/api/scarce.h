// Memory that runs out: a scene runs with its n-th allocation refused, for n = 1, 2, … until none is. The
// API's allocations and those of the fake device come here (-Wl,--wrap), and the compiler's client's.
#pragma once

#include <CL/cl_ext.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// The call alone is to run out of memory.
void scarce_begin(void);
void scarce_end(void);
#define ARMED(call) (scarce_begin(), (call), scarce_end())

// Allocations number `from` to `to` of the next call are refused; whether one was, since this was said.
void scarce_refuse(unsigned from, unsigned to);
bool scarce_refused(void);

// ---- What each scene stands on ------------------------------------------------------------------------

enum { SIZE = 4096, WAITS = 40 }; // so many that a list of signals is allocated

extern cl_platform_id platform;
extern cl_device_id device;
extern cl_context context;
extern cl_command_queue queue;
extern cl_mem buffer, other, image, other_image;
extern cl_event gates[WAITS];
extern uint8_t bytes[SIZE];
extern uint8_t *shared; // SVM

extern const cl_image_format format;
extern const cl_image_desc square;

// How the commands are enqueued.
extern struct manner {
    const char *name;
    cl_command_queue_properties queue;
    bool event, waits, held, blocking;
} manner;

void gates_open(void); // what is held may go

cl_uint wait_count(void);
const cl_event *wait_list(void);

// Enqueues with this manner's wait list and event.
#define ENQUEUE(function, ...)                                                                               \
    cl_int status;                                                                                           \
    cl_event event = NULL;                                                                                   \
    ARMED(status = function(queue, __VA_ARGS__, wait_count(), wait_list(), manner.event ? &event : NULL));   \
    if (status) assert_null(event);                                                                          \
    if (event) assert_int_equal(clReleaseEvent(event), CL_SUCCESS);                                          \
    return status

// ---- The n-th allocation ------------------------------------------------------------------------------

// A scene says what its armed call returned: CL_SUCCESS or, where an allocation was refused,
// CL_OUT_OF_HOST_MEMORY. It leaves nothing behind.
struct scene {
    const char *name;
    cl_int (*run)(void);
};
#define SCENE(name) {#name, name}

void scenes_run(const struct scene *, size_t count); // in the manner that is set
void scenes_run_in_all_manners(const struct scene *, size_t count);
void scenes_run_held(const struct scene *, size_t count); // in those where commands are held
#define SCENES(run, scenes) run(scenes, sizeof(scenes) / sizeof *(scenes))

// A cmocka group's: finds the device, and makes what grows once large enough before anything is counted.
int scarce_open(void **state);
