// Which file is the software GPU on this machine. As a library that ROCr finds by its SONAME it has the name
// of the thunk that it stands in for.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define THUNK_FILE "libhsakmt.so.1"

// The software GPU in `folder` (of Kiln's own files; NULL: unknown) for the best CPU level that the host runs
// and that is installed, by its path. False: `reason` says in one line why there is none.
bool software_find(const char *folder, char *path, size_t path_size, char *reason, size_t size);
