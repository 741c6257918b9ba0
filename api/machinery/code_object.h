// What the API layer reads of a code object's ELF itself. (Kernels and their arguments:
// compiler/client/metadata.h.) Untrusted bytes are welcome: nothing outside the given ones is read.
#pragma once

#include <stddef.h>

// Checks all that ROCr's loader takes on trust: it would follow a damaged offset out of the file. NULL:
// sound; else what is wrong, a constant string.
const char *code_object_check(const void *code_object, size_t size);

// Bytes of program-scope variables in the global address space: CL_PROGRAM_BUILD_GLOBAL_VARIABLE_TOTAL_SIZE.
// The code object is sound.
size_t code_object_variables_size(const void *code_object, size_t size);
