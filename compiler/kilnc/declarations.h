// What clang lacks for OpenCL C: builtin functions of extensions, and a macro.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// A header's text.
extern const char declarations_text[];

#ifdef __cplusplus
}
#endif

// What it is called in the compiler's file system, where no file of the disk is.
#define DECLARATIONS_PATH "/kiln/declarations.h"
