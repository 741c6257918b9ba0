// The folder of kept results, and whom to trust in it.
#pragma once

#include <stdbool.h>
#include <sys/stat.h>

// Whether KILN_CACHE is on.
bool cache_on(void);

// Opens the folder. Returns a descriptor, or -1 where there is none that can be used. `create` makes it, and
// says in the log why it cannot.
int cache_folder_open(bool create);

// Whether only this process's user can have written what this describes.
bool cache_trusts(const struct stat *status);

// The first complaint of a process goes to the log: one line, at level info.
void cache_complain(const char *about, const char *why);
