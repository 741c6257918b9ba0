// The C side's view of clang, LLVM and lld: the only part of Kiln written in C++ is behind these functions.
// All append diagnostics to `log`, return whether they succeeded, and leave `out` alone where they did not.
#pragma once

#include "compiler/buffer.h"
#include "compiler/evidence.h"
#include "compiler/job.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bridge_source {
    const char *text;
    size_t size;
    const char *name;      // in diagnostics
    const char *directory; // absolute: what relative file names start from
    const struct compiler_header *headers;
    size_t header_count;
    const char *const *arguments; // for clang -cc1, without the input's name
    size_t argument_count;
    const char *resources;     // clang's own folder of headers
    struct evidence *evidence; // is told what the result rests on
};

// OpenCL C to unoptimised LLVM bitcode.
bool bridge_compile(const struct bridge_source *source, struct buffer *bitcode, struct buffer *log);

struct bridge_spirv_module {
    const void *words;                         // untrusted, of either byte order, not aligned
    size_t size;                               // bytes
    const char *name;                          // in diagnostics
    const struct compiler_constant *constants; // set by the application
    size_t constant_count;
    const char *processor, *features; // as in bridge_program
    const char *extensions;           // of the device, as clang's -cl-ext= takes them
    unsigned lanes;                   // of a sub-group
    bool correctly_rounded;           // division of floats
    bool unsafe_math, finite_math;
    bool debug; // line tables are wanted
};

// SPIR-V to unoptimised LLVM bitcode. What is wrong with a module is told with the word where it is.
bool bridge_spirv(const struct bridge_spirv_module *module, struct buffer *bitcode, struct buffer *log);

enum bridge_output { BRIDGE_CODE_OBJECT, BRIDGE_ASSEMBLY, BRIDGE_IR };

// Where parts of a large program go as they are made. All are called on the thread of bridge_link.
struct bridge_stream {
    // No error is left to be found but by generating code: these are the kernels.
    void (*begin)(const char *const *kernels, size_t count, const struct buffer *log);
    // Some of them as a code object of their own; it is empty where they failed.
    void (*part)(const char *const *kernels, size_t count, const struct buffer *code,
                 const struct buffer *log);
    // Waits until a kernel is asked for, and returns its name; NULL where `wake` is readable before that, or
    // nothing comes for so long (-1: for ever).
    const char *(*wanted)(int wake, int milliseconds);
};

struct bridge_program {
    const struct compiler_blob *modules; // bitcode
    size_t module_count;
    const char *library;         // the device library's file, of which only what is needed is linked
    const char *const *settings; // the pieces of it that define its constants
    size_t setting_count;
    const char *processor; // "gfx1030"
    const char *features;  // "+xnack,-sramecc"; may be ""
    unsigned lanes;        // of a sub-group
    int optimisation;      // 0 to 3
    bool denormals_zero;   // f32 denormals are flushed, in programs without doubles and in their libraries
    unsigned threads;      // at most, where the program is large
    enum bridge_output output;
    const struct bridge_stream *stream; // NULL: only the whole is wanted
};

// Bitcode and device libraries to a code object (which ROCr loads), assembly or IR, optimised.
bool bridge_link(const struct bridge_program *program, struct buffer *out, struct buffer *log);

// Whether lld stopped in a state from which it cannot start again: the process should end after this job.
bool bridge_spent(void);

// Makes LLVM's fatal errors and exhausted memory call these, which must not return, and further threads begin
// with `begin`.
void bridge_on_fatal(void (*fatal)(const char *message), void (*no_memory)(void), void (*begin)(void));
void bridge_thread_begin(void);

// What a processor's name may be followed by, and whether it has image instructions.
enum { PROCESSOR_SRAMECC = 1, PROCESSOR_XNACK = 2, PROCESSOR_IMAGES = 4 };

// Whether LLVM knows an AMD GPU of this name, and which of the above it has.
bool bridge_processor(const char *name, unsigned *features);

// "LLVM 22.1.8"
const char *bridge_version(void);

#ifdef __cplusplus
}
#endif
