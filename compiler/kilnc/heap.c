#define _DEFAULT_SOURCE // sbrk
// Where the worker's heap begins. The driver has it ask for huge pages (client/environment.c), and a small
// program takes less than two: were the first of them cut by the heap's begin, each page of 4 KiB would cost
// a fault, as much as a tenth of what such a program takes.
#include <stdint.h>
#include <unistd.h>

enum { HUGE_PAGE = 2 << 20 };

// Before constructors, which take memory. (An environment may forbid it: then there are more faults.)
static void heap_align(void) { sbrk((intptr_t)(-(uintptr_t)sbrk(0) & (HUGE_PAGE - 1))); }

__attribute__((section(".preinit_array"), used)) static void (*const before_constructors)(void) = heap_align;
