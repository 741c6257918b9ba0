// An object file for the loader's tests: all kinds of references that LLVM makes.
#include <stdint.h>

uint64_t helper_twice(uint64_t value);
extern const uint32_t helper_table[4];

static __attribute__((noinline)) uint64_t square(uint64_t x) { return x * x + 1; }
static __attribute__((noinline)) uint64_t half(uint64_t x) { return x / 2; }

typedef uint64_t operation(uint64_t);
static operation *const operations[] = {square, half, helper_twice}; // .data.rel.ro: R_X86_64_64

const uint32_t numbers[] = {2, 10, 20};

uint64_t apply(unsigned which, uint64_t x) { return operations[which % 3](x); }

uint64_t call(uint64_t x) { return helper_twice(x) + 1; } // PLT32

uint64_t look(unsigned i) { return helper_table[i & 3] + numbers[i % 2 + 1]; } // GOTPCREL, PC32

double constant(double x) { return x * 0.37; } // .rodata.cst8

int choose(int x) // a table of jumps
{
    switch (x) {
    case 0:
        return (int)helper_twice(7);
    case 1:
        return -3;
    case 2:
        return (int)square(9);
    case 3:
        return 77;
    case 4:
        return (int)helper_twice(1) * 5;
    case 5:
        return 1234;
    default:
        return 0;
    }
}
