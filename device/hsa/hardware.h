// Whether the kernel offers an AMD GPU to this user. Asks files only, so that no library is bound yet.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// False: `reason` says in one line which file, which error, and what would help.
bool hardware_present(char *reason, size_t size);
