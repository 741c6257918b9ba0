// Tells debuggers and profilers of native code: GDB through its JIT interface, perf through /tmp/perf-PID.map
// (KILN_PERF_MAP).
#pragma once

#include <stddef.h>

struct told;

// `size` bytes of code at `code`. NULL: memory is short, and GDB is not told.
struct told *tell(const char *name, const void *code, size_t size);

// Before the code goes. (perf never forgets.)
void tell_no_more(struct told *told);
