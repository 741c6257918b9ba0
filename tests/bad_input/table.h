// The table of bad arguments: one line per call, what is wrong with it, and the error that OpenCL 3.0 has for
// it. Each function of the table is a section of the specification. The calls go straight to the driver's
// dispatch table: a loader would answer some itself, and dereference garbage.
#pragma once

#include "subject.h"

#include <CL/cl_icd.h>
#include <stdbool.h>
#include <stdint.h>

// A call and its error. Where an object is returned, it must be NULL, the error is at `error_out`, and the
// call is made once more with no place for the error.
#define BAD(expected, call)                                                                                  \
    do {                                                                                                     \
        row_begin(&(const struct row){__FILE__, __LINE__, #call, expected, !RETURNS_STATUS(call)});          \
        row_end((intptr_t)(call));                                                                           \
        if (RETURNS_STATUS(call)) break;                                                                     \
        error_out = NULL;                                                                                    \
        row_end((intptr_t)(call));                                                                           \
        error_out = &error;                                                                                  \
    } while (0)

// Buffers are `cl_mem` here; these are images, and memory objects of any kind.
typedef cl_mem image_mem, any_mem;

// As BAD, once for each thing that is no handle of `type`: in the call it is `bad`.
#define BAD_HANDLES(type, expected, call)                                                                    \
    for (handle_first(#type); handle_exists(); handle_next()) {                                              \
        type bad = handle_bad();                                                                             \
        BAD(expected, call);                                                                                 \
    }

// An enqueue's queue and wait list, in all the ways in which they can be wrong: in the call they are `on` and
// `WAIT`.
#define WAIT waits, wait_list
#define BAD_COMMAND(call)                                                                                    \
    do {                                                                                                     \
        BAD_QUEUES(call);                                                                                    \
        waits = 1, wait_list = NULL;                                                                         \
        BAD(CL_INVALID_EVENT_WAIT_LIST, call);                                                               \
        waits = 0, wait_list = &event;                                                                       \
        BAD(CL_INVALID_EVENT_WAIT_LIST, call);                                                               \
        waits = 1, wait_list = &other.event;                                                                 \
        BAD(CL_INVALID_CONTEXT, call);                                                                       \
        waits = 2, wait_list = (cl_event[]){event, NULL};                                                    \
        BAD_HANDLES(cl_event, CL_INVALID_EVENT_WAIT_LIST, (((cl_event *)wait_list)[1] = bad, call));         \
        waits = 0, wait_list = NULL;                                                                         \
    } while (0)

// The queue alone, for commands that nothing but it is looked at of.
#define BAD_QUEUES(call)                                                                                     \
    do {                                                                                                     \
        BAD_HANDLES(cl_command_queue, CL_INVALID_COMMAND_QUEUE, (on = bad, call));                           \
        on = queue;                                                                                          \
    } while (0)

// A call with no error to return: it has no result, or it is NULL.
#define NO_RESULT(call) row_begin(&(const struct row){__FILE__, __LINE__, #call, 0, false}), (void)(call)
#define NULL_RESULT(call)                                                                                    \
    row_begin(&(const struct row){__FILE__, __LINE__, #call, 0, false}), row_end((intptr_t)(call))

#define RETURNS_STATUS(call) _Generic((call), cl_int: true, default: false)

struct row {
    const char *file;
    int line;
    const char *call;
    cl_int expected;
    bool returns_object;
};

extern cl_int error, *error_out;
extern cl_command_queue on;
extern cl_uint waits;
extern const cl_event *wait_list;

void row_begin(const struct row *);
void row_end(intptr_t result);

// Walks over what is no handle of the named type.
void handle_first(const char *type);
void handle_next(void);
bool handle_exists(void);
void *handle_bad(void);

// The table's parts: cmocka tests.
void platforms(void **), devices(void **), sub_devices(void **), contexts(void **), interop(void **);
void queues(void **), events(void **), markers(void **), profiling(void **), flush_and_finish(void **);
void buffers(void **), sub_buffers(void **), reads_and_writes(void **), rectangles(void **), copies(void **);
void fills(void **), maps(void **), unmaps(void **), migrations(void **), memory_objects(void **);
void images(void **), image_descriptions(void **), image_parents(void **), image_commands(void **),
    image_copies(void **), image_maps(void **), mipmaps(void **), image_requirements(void **), pipes(void **),
    samplers(void **), svm(void **), svm_commands(void **);
void sources(void **), binaries(void **), intermediate_languages(void **), builds(void **),
    compilations(void **);
void links(void **), compilers(void **), program_queries(void **), global_variables(void **);
void kernels(void **), arguments(void **), image_arguments(void **), arguments_released(void **),
    kernel_queries(void **), launches(void **), native_kernels(void **);
