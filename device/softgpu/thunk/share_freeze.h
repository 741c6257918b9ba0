// Holding up all writers of a range of memory while its contents move.
#pragma once

#include <stdint.h>

// From here on whoever writes to the range waits until `share_thaw`. Returns what thaws it, -1 with errno if
// the system does not offer that (user-mode userfaultfd write protection, Linux 5.11).
int share_freeze(void *base, uint64_t size);
void share_thaw(int freeze); // -1 is ignored
