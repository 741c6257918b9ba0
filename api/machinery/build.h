// One clBuildProgram, clCompileProgram or clLinkProgram: a job for the compiler for each device, then the
// code object is loaded and the program's entry for that device replaced.
#pragma once

#include "api/program.h"
#include "compiler/client/compiler.h"

typedef void(CL_CALLBACK *build_notify)(cl_program, void *);

struct build_target {
    struct program_device *entry;
    char *options;                  // the entry's, once the build is under way
    struct program_binary **inputs; // of a link: input_count of them
};

struct build {
    struct kiln_program *program;
    enum compiler_action action;
    char *options;
    struct build_target *targets;
    unsigned target_count, input_count;
    struct compiler_header *headers; // of a compilation: text belongs to `header_programs`
    struct kiln_program **header_programs;
    unsigned header_count;
    struct compiler_constant *constants; // of SPIR-V, as they were set when the build began
    size_t constant_count;
    build_notify notify;
    void *argument;
};

// A build of these devices, or of all that the program has where `count` is 0. CL_INVALID_DEVICE for one that
// the program is not for. `options` may be NULL.
cl_int build_create(struct kiln_program *, enum compiler_action, cl_uint count, const cl_device_id *devices,
                    const char *options, struct build **);
void build_destroy(struct build *);

// Runs the build: here, or with `notify` on a thread of its own, which calls it at the end. Takes the build
// over. CL_INVALID_OPERATION where a build of one of the devices is under way or kernels are attached; else
// what the calling entry point should return.
cl_int build_start(struct build *, build_notify, void *argument);
