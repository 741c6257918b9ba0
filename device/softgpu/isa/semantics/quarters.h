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

#define QUARTER(row, n) __builtin_shufflevector(row, row, n, n + 1, n + 2, n + 3)

// --- Rows in memory: quadruples or pairs, side by side ---

#ifdef __AVX512F__
// This host's moves and shuffles are of whole vectors. `words` is a register for each dword.

// Every fourth dword of both from the n-th on, then every fourth from the next on; lower and upper halves.
#define FOURTHS(a, b, n)                                                                                     \
    __builtin_shufflevector(a, b, n, n + 4, n + 8, n + 12, n + 16, n + 20, n + 24, n + 28, n + 1, n + 5,     \
                            n + 9, n + 13, n + 17, n + 21, n + 25, n + 29)
#define HALVES(a, b, n)                                                                                      \
    __builtin_shufflevector(a, b, n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 16, n + 17,        \
                            n + 18, n + 19, n + 20, n + 21, n + 22, n + 23)
#define SECONDS(a, b, n)                                                                                     \
    __builtin_shufflevector(a, b, n, n + 2, n + 4, n + 6, n + 8, n + 10, n + 12, n + 14, n + 16, n + 18,     \
                            n + 20, n + 22, n + 24, n + 26, n + 28, n + 30)
// Back: dwords of both in turn, or pairs, from the n-th on.
#define MERGED(a, b, n)                                                                                      \
    __builtin_shufflevector(a, b, n, n + 16, n + 1, n + 17, n + 2, n + 18, n + 3, n + 19, n + 4, n + 20,     \
                            n + 5, n + 21, n + 6, n + 22, n + 7, n + 23)
#define MERGED_PAIRS(a, b, n)                                                                                \
    __builtin_shufflevector(a, b, n, n + 1, n + 16, n + 17, n + 2, n + 3, n + 18, n + 19, n + 4, n + 5,      \
                            n + 20, n + 21, n + 6, n + 7, n + 22, n + 23)

// Lanes 0 to 7 from `low` on, the others from `high` on: two rows, or one of all of them.
HOST_ACCESS void quadruples_halves_read(u32x16 words[4], uint64_t low_base, uint64_t high_base)
{
    const host_u32x16 *front = (const host_u32x16 *)low_base, *back = (const host_u32x16 *)high_base;
    const u32x16 rows[] = {front[0], front[1], back[0], back[1]};
    const u32x16 low[] = {FOURTHS(rows[0], rows[1], 0), FOURTHS(rows[2], rows[3], 0)};
    const u32x16 high[] = {FOURTHS(rows[0], rows[1], 2), FOURTHS(rows[2], rows[3], 2)};
    words[0] = HALVES(low[0], low[1], 0);
    words[1] = HALVES(low[0], low[1], 8);
    words[2] = HALVES(high[0], high[1], 0);
    words[3] = HALVES(high[0], high[1], 8);
}

HOST_ACCESS void pairs_halves_read(u32x16 words[2], uint64_t low_base, uint64_t high_base)
{
    const u32x16 low = *(const host_u32x16 *)low_base, high = *(const host_u32x16 *)high_base;
    words[0] = SECONDS(low, high, 0);
    words[1] = SECONDS(low, high, 1);
}

// From the lowest address on, in quarters: but within a page all can be written, or nothing.
HOST_ACCESS void rows_write(const u32x16 *rows, uint64_t base, unsigned count)
{
    enum { PAGE = 4096 };
    if (base % PAGE <= PAGE - count * sizeof *rows) {
        for (unsigned i = 0; i < count; i++) ((host_u32x16 *)base)[i] = rows[i];
        return;
    }
    u32x4 quarters[16];
    for (unsigned i = 0; i < count; i++) __builtin_memcpy(&quarters[4 * i], &rows[i], sizeof *rows);
#pragma clang loop unroll(disable)
    for (unsigned i = 0; i < 4 * count; i++) ((volatile host_u32x4 *)base)[i] = quarters[i];
}

HOST_ACCESS void quadruples_row_write(const u32x16 words[4], uint64_t base)
{
    const u32x16 low[] = {MERGED(words[0], words[1], 0), MERGED(words[0], words[1], 8)};
    const u32x16 high[] = {MERGED(words[2], words[3], 0), MERGED(words[2], words[3], 8)};
    const u32x16 rows[] = {MERGED_PAIRS(low[0], high[0], 0), MERGED_PAIRS(low[0], high[0], 8),
                           MERGED_PAIRS(low[1], high[1], 0), MERGED_PAIRS(low[1], high[1], 8)};
    rows_write(rows, base, 4);
}

HOST_ACCESS void pairs_row_write(const u32x16 words[2], uint64_t base)
{
    const u32x16 rows[] = {MERGED(words[0], words[1], 0), MERGED(words[0], words[1], 8)};
    rows_write(rows, base, 2);
}
#else
// Quadruples side by side, from memory.
#define QUADRUPLES_FROM(n) quarters_join(front[n], front[n + 4], back[n], back[n + 4])
HOST_ACCESS void quadruples_halves_read(u32x16 words[4], uint64_t low_base, uint64_t high_base)
{
    const host_u32x4 *front = (const host_u32x4 *)low_base, *back = (const host_u32x4 *)high_base;
    const u32x16 rows[] = {QUADRUPLES_FROM(0), QUADRUPLES_FROM(1), QUADRUPLES_FROM(2), QUADRUPLES_FROM(3)};
    quadruples_to_words(rows, words);
}

// From the lowest address on.
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
HOST_ACCESS void pairs_halves_read(u32x16 words[2], uint64_t low_base, uint64_t high_base)
{
    const host_u32x4 *front = (const host_u32x4 *)low_base, *back = (const host_u32x4 *)high_base;
    const u32x16 low = quarters_join(front[0], front[2], back[0], back[2]);
    const u32x16 high = quarters_join(front[1], front[3], back[1], back[3]);
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
#endif

HOST_ACCESS void quadruples_row_read(u32x16 words[4], uint64_t base)
{
    quadruples_halves_read(words, base, base + 2 * sizeof *words);
}

HOST_ACCESS void pairs_row_read(u32x16 words[2], uint64_t base)
{
    pairs_halves_read(words, base, base + sizeof *words);
}
