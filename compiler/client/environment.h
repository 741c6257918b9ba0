// What kilnc gets of the application's environment.
#pragma once

// The variables that mean something to kilnc: Kiln's own options and the time zone (__TIME__). All others are
// the application's: what steers its loader, its allocator or its sanitizers would break a process that it
// was not meant for. Kiln adds its own setting of the allocator. A NULL-terminated array for the caller to
// free, but not its strings. NULL: out of memory.
char **environment_of_worker(void);
