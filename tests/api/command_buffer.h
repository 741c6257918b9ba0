// The entry points of cl_khr_command_buffer and cl_khr_command_buffer_mutable_dispatch, and shortcuts.
#pragma once

#include "group.h"

#include "api/command_buffer_khr.h"

#define ENTRY_POINTS(X)                                                                                      \
    X(clCreateCommandBufferKHR)                                                                              \
    X(clRetainCommandBufferKHR)                                                                              \
    X(clReleaseCommandBufferKHR)                                                                             \
    X(clFinalizeCommandBufferKHR)                                                                            \
    X(clEnqueueCommandBufferKHR)                                                                             \
    X(clGetCommandBufferInfoKHR)                                                                             \
    X(clCommandBarrierWithWaitListKHR)                                                                       \
    X(clCommandCopyBufferKHR)                                                                                \
    X(clCommandCopyBufferRectKHR)                                                                            \
    X(clCommandCopyBufferToImageKHR)                                                                         \
    X(clCommandCopyImageKHR)                                                                                 \
    X(clCommandCopyImageToBufferKHR)                                                                         \
    X(clCommandFillBufferKHR)                                                                                \
    X(clCommandFillImageKHR)                                                                                 \
    X(clCommandNDRangeKernelKHR)                                                                             \
    X(clCommandSVMMemcpyKHR)                                                                                 \
    X(clCommandSVMMemFillKHR)                                                                                \
    X(clUpdateMutableCommandsKHR)                                                                            \
    X(clGetMutableCommandInfoKHR)

// By their own names; `api.` reaches them.
extern struct entry_points {
#define MEMBER(name) __typeof__(name) *name;
    ENTRY_POINTS(MEMBER)
#undef MEMBER
} api;

extern cl_program program;

// A cmocka group's: opens the session, finds the entry points and builds the program; the end of all that.
int command_buffer_open(void **state, const char *source);
int command_buffer_close(void **state);

cl_command_buffer_khr buffer_new(cl_command_queue, cl_command_buffer_flags_khr);
void buffer_finalize(cl_command_buffer_khr);
void buffer_release(cl_command_buffer_khr);
cl_command_buffer_state_khr buffer_state(cl_command_buffer_khr);

// Enqueues it where it was recorded for, and waits.
void buffer_run(cl_command_buffer_khr);

// Records a kernel on `items` work-items; returns its sync point.
cl_sync_point_khr kernel_record(cl_command_buffer_khr, cl_kernel, size_t items);

// A buffer of `count` zeros.
cl_mem words_new(size_t count);
cl_int word_at(cl_mem, size_t index); // waits for the session's queue
