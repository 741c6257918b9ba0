#include "image_box.h"

#include <string.h>

enum {
    ROWS = 8,       // that are copied together: they have most cache lines of a block in common
    RUN_BYTES = 16, // texels that lie one behind the other in a block's row, at most
};

// Rows of a level within one row of its blocks, and of memory.
struct band {
    const uint16_t *columns; // what x makes of offsets, by x modulo the period
    unsigned block_log2, size_log2;
    uint64_t base;         // of the first block
    uint32_t offset[ROWS]; // in blocks: what y and z make of it
    unsigned rows;
    unsigned within; // in x
    unsigned texel;  // bytes
    size_t row_pitch;
};

static struct band band_find(const struct image *image, const struct image_level *level,
                             const struct image_box *box, const uint16_t columns[TILING_PERIOD], uint32_t y,
                             uint32_t z)
{
    const struct tiling *t = &image->tiling;
    uint32_t slice = z + image->first_layer, end = box->origin[1] + box->size[1];
    uint32_t aligned = (1u << t->block_log2[1] < ROWS || y % ROWS) ? 1 : ROWS;
    struct band band = {
        .columns = columns,
        .block_log2 = t->block_log2[0],
        .size_log2 = t->size_log2,
        .base = level->base + (slice >> t->block_log2[2]) * level->slice_bytes +
                (y >> t->block_log2[1]) * level->row_bytes,
        .rows = end - y < aligned ? 1 : aligned,
        .within = level->within[0],
        .texel = image->format->bytes,
        .row_pitch = box->row_pitch,
    };
    for (unsigned i = 0; i < band.rows; i++)
        band.offset[i] = image->xor ^ tiling_offset(t, 1, y + i + level->within[1]) ^
                         tiling_offset(t, 2, slice + level->within[2]);
    return band;
}

// Texels, a power of two, that lie one behind the other where x is a multiple of their number.
static uint32_t run_texels(const struct image *image)
{
    const struct tiling *t = &image->tiling;
    unsigned bytes = image->format->bytes;
    uint32_t run = 1;
    while (run < 1u << t->block_log2[0] && run * bytes < RUN_BYTES && tiling_offset(t, 0, run) == run * bytes)
        run *= 2;
    return run;
}

// Copies runs of `bytes` bytes in each of `rows` rows; these and `read` are constants where this is inlined.
// (The band is a copy: what is written cannot be part of it.)
static inline __attribute__((always_inline)) void runs_copy(const struct band *of, uint32_t x, uint32_t end,
                                                            uint8_t *memory, unsigned bytes, unsigned rows,
                                                            bool read)
{
    const struct band band = *of;
    for (uint32_t step = bytes / band.texel; x < end; x += step, memory += bytes) {
        uint64_t block = band.base + ((uint64_t)(x >> band.block_log2) << band.size_log2);
        uint32_t offset = band.columns[(x + band.within) % TILING_PERIOD];
        for (unsigned i = 0; i < rows; i++) {
            uint8_t *texel = (uint8_t *)(block + (band.offset[i] ^ offset)),
                    *at = memory + i * band.row_pitch;
            memcpy(read ? at : texel, read ? texel : at, bytes);
        }
    }
}

#define RUNS(bytes)                                                                                          \
    if (band->rows == ROWS && read)                                                                          \
        runs_copy(band, x, end, memory, bytes, ROWS, true);                                                  \
    else if (band->rows == ROWS)                                                                             \
        runs_copy(band, x, end, memory, bytes, ROWS, false);                                                 \
    else                                                                                                     \
        runs_copy(band, x, end, memory, bytes, 1, read);                                                     \
    break

static void runs_of(const struct band *band, uint32_t x, uint32_t end, uint8_t *memory, unsigned bytes,
                    bool read)
{
    switch (bytes) {
    case 1:
        RUNS(1);
    case 2:
        RUNS(2);
    case 4:
        RUNS(4);
    case 8:
        RUNS(8);
    default:
        RUNS(16);
    }
}

// Whole runs, and the texels before and after them.
static void band_copy(const struct band *band, uint32_t x, uint32_t end, uint8_t *memory, uint32_t run,
                      bool read)
{
    uint32_t first = x + (-(x + band->within) & (run - 1)), last;
    if (first > end) first = end;
    last = first + ((end - first) & -run);
    const uint32_t from[] = {x, first, last, end};
    for (int i = 0; i < 3; i++) {
        if (from[i] < from[i + 1])
            runs_of(band, from[i], from[i + 1], memory, i == 1 ? run * band->texel : band->texel, read);
        memory += (size_t)(from[i + 1] - from[i]) * band->texel;
    }
}

void image_box_copy(const struct image *image, const struct image_level *level, const struct image_box *box,
                    bool read)
{
    uint32_t run = run_texels(image), begin = box->origin[0], end = begin + box->size[0];
    uint16_t columns[TILING_PERIOD];
    for (uint32_t x = 0; x < TILING_PERIOD; x++) columns[x] = (uint16_t)tiling_offset(&image->tiling, 0, x);
    for (uint32_t slice = 0; slice < box->size[2]; slice++)
        for (uint32_t row = 0; row < box->size[1];) {
            struct band band =
                band_find(image, level, box, columns, box->origin[1] + row, box->origin[2] + slice);
            uint8_t *memory = box->memory + slice * box->slice_pitch + row * box->row_pitch;
            band_copy(&band, begin, end, memory, run, read);
            row += band.rows;
        }
}
