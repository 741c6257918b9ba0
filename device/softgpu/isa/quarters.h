// Rows in quarters of four dwords, within which hosts shuffle cheaply, as they do in all quarters at once:
// between what lies in memory lane by lane, pairs or quadruples of dwords, and a register for each dword.
#pragma once

#include "memory.h"

typedef uint32_t __attribute__((ext_vector_type(4))) u32x4;
typedef uint32_t __attribute__((ext_vector_type(8))) u32x8;
typedef u32x4 __attribute__((aligned(1), may_alias)) host_u32x4;

// Four lanes' quadruples, one a quarter.
HOST_ACCESS u32x16 quarters_join(u32x4 a, u32x4 b, u32x4 c, u32x4 d)
{
    u32x8 low = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
    u32x8 high = __builtin_shufflevector(c, d, 0, 1, 2, 3, 4, 5, 6, 7);
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

// In each quarter: the first two elements of both, or the last two, in turn; the first pair of both, or the
// last.
#define TURNS(a, b, n)                                                                                       \
    __builtin_shufflevector(a, b, n, n + 16, n + 1, n + 17, n + 4, n + 20, n + 5, n + 21, n + 8, n + 24,     \
                            n + 9, n + 25, n + 12, n + 28, n + 13, n + 29)
#define PAIRS(a, b, n)                                                                                       \
    __builtin_shufflevector(a, b, n, n + 1, n + 16, n + 17, n + 4, n + 5, n + 20, n + 21, n + 8, n + 9,      \
                            n + 24, n + 25, n + 12, n + 13, n + 28, n + 29)

// Rows: of lanes n, n + 4, n + 8 and n + 12, one a quarter. Words: of all lanes, by component. Both ways.
HOST_ACCESS void quadruples_to_words(const u32x16 rows[4], u32x16 words[4])
{
    u32x16 low[] = {TURNS(rows[0], rows[1], 0), TURNS(rows[2], rows[3], 0)};
    u32x16 high[] = {TURNS(rows[0], rows[1], 2), TURNS(rows[2], rows[3], 2)};
    words[0] = PAIRS(low[0], low[1], 0);
    words[1] = PAIRS(low[0], low[1], 2);
    words[2] = PAIRS(high[0], high[1], 0);
    words[3] = PAIRS(high[0], high[1], 2);
}

// Quadruples side by side, from memory.
#define QUADRUPLES_FROM(n) quarters_join(from[n], from[n + 4], from[n + 8], from[n + 12])
HOST_ACCESS void quadruples_row_read(u32x16 words[4], uint64_t base)
{
    const host_u32x4 *from = (const host_u32x4 *)base;
    const u32x16 rows[] = {QUADRUPLES_FROM(0), QUADRUPLES_FROM(1), QUADRUPLES_FROM(2), QUADRUPLES_FROM(3)};
    quadruples_to_words(rows, words);
}

// From the lowest address on.
#define QUARTER(row, n) __builtin_shufflevector(row, row, n, n + 1, n + 2, n + 3)
HOST_ACCESS void quadruples_row_write(const u32x16 words[4], uint64_t base)
{
    volatile host_u32x4 *to = (volatile host_u32x4 *)base;
    u32x16 rows[4];
    quadruples_to_words(words, rows);
    for (unsigned n = 0; n < 4; n++) to[n] = QUARTER(rows[n], 0);
    for (unsigned n = 0; n < 4; n++) to[4 + n] = QUARTER(rows[n], 4);
    for (unsigned n = 0; n < 4; n++) to[8 + n] = QUARTER(rows[n], 8);
    for (unsigned n = 0; n < 4; n++) to[12 + n] = QUARTER(rows[n], 12);
}

// The same of pairs. Rows: of lanes n, n + 1 of each four; words: of all lanes.
HOST_ACCESS void pairs_row_read(u32x16 words[2], uint64_t base)
{
    const host_u32x4 *from = (const host_u32x4 *)base;
    const u32x16 low = quarters_join(from[0], from[2], from[4], from[6]);
    const u32x16 high = quarters_join(from[1], from[3], from[5], from[7]);
    words[0] = __builtin_shufflevector(low, high, 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30);
    words[1] = __builtin_shufflevector(low, high, 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31);
}

HOST_ACCESS void pairs_row_write(const u32x16 words[2], uint64_t base)
{
    volatile host_u32x4 *to = (volatile host_u32x4 *)base;
    const u32x16 low = TURNS(words[0], words[1], 0), high = TURNS(words[0], words[1], 2);
    to[0] = QUARTER(low, 0);
    to[1] = QUARTER(high, 0);
    to[2] = QUARTER(low, 4);
    to[3] = QUARTER(high, 4);
    to[4] = QUARTER(low, 8);
    to[5] = QUARTER(high, 8);
    to[6] = QUARTER(low, 12);
    to[7] = QUARTER(high, 12);
}
