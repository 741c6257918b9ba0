// Program objects: their sources or binaries, and what building made of them for each device.
#pragma once

#include "api/machinery/executable.h"
#include "api/machinery/module.h"
#include "api/machinery/program_binary.h"
#include "api/machinery/unfinished.h"
#include "api/object.h"

#include <pthread.h>

struct kiln_context;
struct kiln_device;

enum program_origin { PROGRAM_OF_SOURCE, PROGRAM_OF_IL, PROGRAM_OF_BINARY, PROGRAM_OF_LINK };

// A device's share of a program. Guarded by the program's lock.
struct program_device {
    struct kiln_device *device;
    cl_build_status status;
    char *options, *log;           // of the last build; NULL: empty
    struct program_binary *binary; // NULL: none
    struct executable *executable; // the binary, loaded; NULL: it is none
    struct unfinished *unfinished; // built, but neither of the above is there yet; NULL: nothing is
};

struct kiln_program {
    struct object object;
    struct kiln_context *context;
    enum program_origin origin;
    char *source;                   // NUL-terminated; "" where the program was not created from source
    size_t source_size;             // without the NUL
    struct module *module;          // PROGRAM_OF_IL; its constants are guarded by the lock
    _Atomic(unsigned) kernel_count; // kernel objects attached
    pthread_mutex_t lock;           // never held while compiling
    pthread_cond_t built;           // a device's build has ended
    unsigned device_count;
    struct program_device devices[];
};

static inline struct kiln_program *program_from(cl_program handle) { return (struct kiln_program *)handle; }
static inline cl_program program_handle(const struct kiln_program *program)
{
    return (cl_program)(uintptr_t)program;
}
static inline bool program_is(cl_program handle) { return object_is(handle, OBJECT_PROGRAM); }

// A program for these devices with nothing in it yet, one reference. NULL: out of memory.
struct kiln_program *program_create(struct kiln_context *, enum program_origin,
                                    struct kiln_device *const *devices, unsigned count);
void program_retain(struct kiln_program *);
void program_release(struct kiln_program *);

// The program's entry for a device; NULL where the program is not for it.
struct program_device *program_device(struct kiln_program *, const struct kiln_device *);

// The entry whose build holds for a device: its own, or that of the device which it is a part of while it has
// none. NULL where the program is not for it. The program's lock is held.
struct program_device *program_device_built(struct kiln_program *, const struct kiln_device *);

// The same once no build for the device is under way: waits for its end. The lock is held, but not while
// waiting. Not to be called by what a build waits for.
struct program_device *program_device_await(struct kiln_program *, const struct kiln_device *);

// The same once all code is made as well.
struct program_device *program_device_await_code(struct kiln_program *, const struct kiln_device *);

// The executable for a device, retained; NULL where none is built. Waits for a build that is under way, and
// for all code.
struct executable *program_executable(struct kiln_program *, const struct kiln_device *);

// The executable that has a kernel, or has not: waits for the code of this kernel only. *executable is NULL
// where none is built. CL_INVALID_KERNEL_NAME; CL_INVALID_PROGRAM_EXECUTABLE where the code cannot be made.
cl_int program_kernel_executable(struct kiln_program *, const struct kiln_device *, const char *kernel,
                                 struct executable **executable);
