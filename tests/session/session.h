// What the tests of this folder share: Kiln's device, and shortcuts that fail the test on an error.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <CL/cl.h>

struct session {
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
    unsigned fault_count; // calls of the context's callback
    char fault_text[512]; // the last one's text
};

void session_open(struct session *);
void session_close(struct session *);
cl_platform_id session_platform(const struct session *);
// Without properties, and with CL_QUEUE_PROPERTIES.
cl_command_queue session_queue(const struct session *);
cl_command_queue session_queue_of(const struct session *, cl_command_queue_properties);

// A program built from source.
cl_program session_program(const struct session *, const char *source, const char *options);

// CL_EVENT_COMMAND_EXECUTION_STATUS.
cl_int session_status(cl_event event);

// A kernel built from source; its program is released already (the kernel keeps it).
cl_kernel session_kernel(const struct session *, const char *source, const char *name, const char *options);

// Has something enqueued with the standard output in a file, and returns what is in it when clFinish has;
// until the next call.
char *session_captured(const struct session *, cl_int (*enqueue)(void *argument), void *argument);

// Runs a kernel with the standard output in a file, and returns what is in it when clFinish has; until the
// next call.
char *session_printed(const struct session *, cl_kernel kernel, size_t items);
