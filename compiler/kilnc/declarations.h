// Builtin functions of extensions that clang does not know, for OpenCL C.
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
