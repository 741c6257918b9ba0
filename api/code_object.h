// What the API layer reads of a code object's ELF itself. (Kernels and their arguments:
// compiler/client/metadata.h.)
#pragma once

#include <stddef.h>

// Bytes of program-scope variables in the global address space: CL_PROGRAM_BUILD_GLOBAL_VARIABLE_TOTAL_SIZE.
// 0 where the tables are missing or damaged; never reads outside the given bytes.
size_t code_object_variables_size(const void *code_object, size_t size);
