// Where the files are that kilnc is installed with.
#pragma once

#include "compiler/buffer.h"

// The path of a file, by its name within kilnc's folder. Returns 0, or -1 and a line in `log`.
int installed_file(const char *name, char *path, size_t size, struct buffer *log);
