// What the driver asks of kilnc, and what comes of it.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum compiler_action {
    COMPILER_COMPILE, // OpenCL C or SPIR-V to an object (LLVM bitcode in Kiln's container)
    COMPILER_LINK,    // objects and libraries to an executable code object
    COMPILER_LIBRARY, // objects to a library (-create-library)
    COMPILER_BUILD,   // OpenCL C or SPIR-V to an executable code object: AMDGPU ELF, code object v5
};

enum compiler_status {
    COMPILER_OK,
    COMPILER_FAILED,          // the program is at fault: errors are in the log
    COMPILER_INVALID_OPTIONS, // an option is unknown or malformed: the log says which
    COMPILER_UNAVAILABLE,     // kilnc is missing or cannot be started: the log says why
    COMPILER_CRASHED,         // kilnc died, ran out of memory or time: the log says how
    COMPILER_OUT_OF_MEMORY,   // of this process
};

struct compiler_blob {
    const void *data;
    size_t size;
};

struct compiler_header {
    const char *name; // as written in #include
    const char *text; // NUL-terminated
};

// What a source is written in.
enum compiler_language { COMPILER_OPENCL_C, COMPILER_SPIRV };

// What a specialization constant of a SPIR-V module is set to.
struct compiler_constant {
    uint32_t id;    // its SpecId
    uint32_t size;  // bytes: 1, 2, 4 or 8; of a boolean 1
    uint64_t value; // its bits, the lowest first
};

struct compiler_job {
    enum compiler_action action;
    const char *isa;     // HSA ISA name of the agent, e.g. "amdgcn-amd-amdhsa--gfx1030"
    const char *options; // clBuildProgram's options as given; never NULL
    const char *defines; // the device's own: "-D__OPENCL_VERSION__=300 -cl-ext=-all,+cl_khr_…"; may be ""
    const char *source;  // COMPILE, BUILD; need not be NUL-terminated
    size_t source_size;
    enum compiler_language language;           // of the source
    const struct compiler_constant *constants; // COMPILE, BUILD of SPIR-V
    size_t constant_count;
    const struct compiler_header *headers; // COMPILE: embedded headers
    size_t header_count;
    const struct compiler_blob *inputs; // LINK, LIBRARY
    size_t input_count;
};

// All are malloc'd; the caller frees with compiler_result_free. `log` is NUL-terminated and never NULL after
// a job.
struct compiler_result {
    enum compiler_status status;
    char *log;
    void *binary;
    size_t binary_size;
    void *evidence; // what the result rests on besides the job (evidence.h), for the cache
    size_t evidence_size;
};

void compiler_result_free(struct compiler_result *result);

// Some of a program's kernels, before the whole is done. All are malloc'd; freed with compiler_part_free.
struct compiler_part {
    enum compiler_status status; // OK or FAILED
    char *log;                   // NUL-terminated, of this part
    char **kernels;              // names
    size_t kernel_count;
    void *code; // a code object of its own
    size_t code_size;
};

void compiler_part_free(struct compiler_part *part);
