// Just enough of a loader: puts a gfx1030 code object into memory and dispatches its kernels.
#pragma once

#include "device/softgpu/interpreter/interpreter.h"

#include <stddef.h>

struct code_object;
// Ends the process with a message where the file cannot be read or is no code object.
struct code_object *code_object_load(const char *path);
void code_object_free(struct code_object *object);

// A grid and its work-groups' size; zero sizes count as 1.
struct shape {
    uint32_t global[3];
    uint16_t local[3];
    uint32_t dynamic_lds;
};

// Runs a kernel over a grid on this thread. `arguments` is laid out as the kernel's explicit arguments are;
// the hidden ones are added. Returns false with *fault filled where a work-group stopped.
bool kernel_run(struct code_object *object, const char *name, struct shape shape, const void *arguments,
                size_t size, struct fault *fault);

// The same, with work-groups spread over several threads.
bool kernel_run_threads(struct code_object *object, const char *name, struct shape shape,
                        const void *arguments, size_t size, unsigned threads, struct fault *fault);

// The address of a symbol; ends the process where there is none.
uint64_t code_object_symbol(const struct code_object *object, const char *name);
