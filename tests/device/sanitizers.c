#include "sanitizers.h"

// ROCr is never shut down, so what it holds at the end is not a leak of ours. To tell whose an allocation is,
// the stack has to be unwound through libraries without frame pointers.
const char *__asan_default_options(void);
const char *__lsan_default_suppressions(void);
int __lsan_is_turned_off(void);

bool sanitizers_leaks_ignored;

const char *__asan_default_options(void) { return "fast_unwind_on_malloc=0:print_suppressions=0"; }
const char *__lsan_default_suppressions(void) { return "leak:libhsa-runtime64\n"; }
int __lsan_is_turned_off(void) { return sanitizers_leaks_ignored; }
