// What kilnc gets of the application's environment.
#pragma once

// The variables that mean something to kilnc: Kiln's own options and the time zone (__TIME__). All others are
// the application's: what steers its loader, its allocator or its sanitizers would break a process that it
// was not meant for. A NULL-terminated array for the caller to free; its strings are the environment's own.
// NULL: out of memory.
char **environment_of_worker(void);
