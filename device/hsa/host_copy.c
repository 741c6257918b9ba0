#include "host_copy.h"

#include "share.h"

#include <stdbool.h>
#include <string.h>

enum {
    SHARED_MINIMUM = 4 << 20, // bytes from which on several threads are worth waking
    PART = 512 << 10,         // bytes that a thread takes at a time
};

// ---- Copies -------------------------------------------------------------------------------------------

// A box is copied in chunks: its rows, or parts of them.
struct box {
    const struct device_rect *to, *from;
    const size_t *extent;
    size_t chunk;           // bytes
    size_t row_chunks, all; // chunks in a row; in all
    size_t part_chunks;     // that a thread takes at a time
};

static size_t side_offset(const struct device_rect *side, size_t y, size_t z, size_t x)
{
    return z * side->slice_pitch + y * side->row_pitch + x;
}

static void chunk_copy(const struct box *box, size_t index)
{
    size_t row = index / box->row_chunks, x = index % box->row_chunks * box->chunk;
    size_t y = row % box->extent[1], z = row / box->extent[1], left = box->extent[0] - x;
    memmove(box->to->base + side_offset(box->to, y, z, x), box->from->base + side_offset(box->from, y, z, x),
            left < box->chunk ? left : box->chunk);
}

static void box_part(void *argument, size_t index)
{
    const struct box *box = argument;
    size_t begin = index * box->part_chunks, left = box->all - begin;
    size_t end = begin + (left < box->part_chunks ? left : box->part_chunks);
    for (size_t i = begin; i < end; i++) chunk_copy(box, i);
}

static uintptr_t side_end(const struct device_rect *side, const size_t extent[3])
{
    return (uintptr_t)side->base + side_offset(side, extent[1] - 1, extent[2] - 1, extent[0]);
}

// Where the sides overlap the order matters.
static bool sides_are_apart(const struct device_rect *to, const struct device_rect *from,
                            const size_t extent[3])
{
    return side_end(to, extent) <= (uintptr_t)from->base || side_end(from, extent) <= (uintptr_t)to->base;
}

void host_copy(const struct device_rect *to, const struct device_rect *from, const size_t extent[3])
{
    size_t rows = extent[1] * extent[2];
    bool shared = extent[0] * rows >= SHARED_MINIMUM && sides_are_apart(to, from, extent);
    size_t chunk = shared && extent[0] > PART ? PART : extent[0];
    size_t row_chunks = (extent[0] - 1) / chunk + 1, all = row_chunks * rows;
    struct box box = {to, from, extent, chunk, row_chunks, all, shared ? PART / chunk : all};
    share_parts((all - 1) / box.part_chunks + 1, box_part, &box);
}

// ---- Fills --------------------------------------------------------------------------------------------

enum { LINE = 64, LINES_MINIMUM = 2 << 20 };

static void pattern_repeat(const uint8_t *pattern, size_t pattern_size, uint8_t *to, size_t size)
{
    size_t filled = pattern_size < size ? pattern_size : size;
    memcpy(to, pattern, filled);
    for (size_t part; filled < size; filled += part) {
        part = filled < size - filled ? filled : size - filled;
        if (part > 4096 * pattern_size) part = 4096 * pattern_size; // the source stays in the cache
        memcpy(to + filled, to, part);
    }
}

// For what is too large for the caches plain stores in ascending order are half as fast again as memcpy, and
// faster than streaming stores. After `lines` lines the pattern lies in them as in the first.
static void pattern_repeat_lines(const uint8_t *pattern, size_t pattern_size, uint8_t *to, size_t size)
{
    typedef uint8_t line __attribute__((vector_size(LINE), aligned(1), may_alias));
    uint8_t table[(HOST_PATTERN_MOST + 1) * LINE];
    size_t lines = 1, done = -(uintptr_t)to % LINE;
    while (lines * LINE % pattern_size) lines++;
    pattern_repeat(pattern, pattern_size, table, (lines + 1) * LINE);
    memcpy(to, table, done);
    const line *from = (const line *)(table + done);
    size_t i = 0;
    for (; size - done >= LINE; done += LINE) {
        *(line *)(to + done) = from[i];
        if (++i == lines) i = 0;
    }
    memcpy(to + done, &from[i], size - done);
}

struct fill {
    uint8_t *to;
    size_t size, part; // bytes; a part has whole patterns
    const uint8_t *pattern;
    size_t pattern_size;
};

static void fill_part(void *argument, size_t index)
{
    const struct fill *fill = argument;
    size_t begin = index * fill->part, left = fill->size - begin;
    pattern_repeat_lines(fill->pattern, fill->pattern_size, fill->to + begin,
                         left < fill->part ? left : fill->part);
}

void host_fill(uint8_t *to, size_t size, const uint8_t *pattern, size_t pattern_size)
{
    if (size < LINES_MINIMUM) {
        pattern_repeat(pattern, pattern_size, to, size);
        return;
    }
    size_t part = size < SHARED_MINIMUM ? size : PART - PART % pattern_size;
    struct fill fill = {to, size, part, pattern, pattern_size};
    share_parts((size - 1) / part + 1, fill_part, &fill);
}
