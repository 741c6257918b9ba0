// What clang lacks for OpenCL C: builtin functions of extensions, and a macro.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// Headers' texts. The second one's functions are declared only where a program does not compile without them.
extern const char declarations_text[], intel_declarations_text[];

#ifdef __cplusplus
}
#endif

// What they are called in the compiler's file system, where no files of the disk are.
#define DECLARATIONS_PATH       "/kiln/declarations.h"
#define INTEL_DECLARATIONS_PATH "/kiln/intel_declarations.h"
