#include "image_box.h"

#include <stdatomic.h>
#include <string.h>

enum {
    ROWS = 8,       // that are copied together: they have most cache lines of a block in common
    RUN_BYTES = 16, // texels that lie one behind the other in a block's row, at most
    LINE_RUNS = 4,  // a cache line of memory
};
typedef uint32_t run_vector __attribute__((vector_size(RUN_BYTES)));
typedef uint64_t line_vector __attribute__((vector_size(LINE_RUNS * RUN_BYTES)));

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
    bool streams; // past the caches
    bool squares; // a cache line of the image is a run of each of four rows
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
        .streams = box->streams,
    };
    for (unsigned i = 0; i < band.rows; i++)
        band.offset[i] = image->xor ^ tiling_offset(t, 1, y + i + level->within[1]) ^
                         tiling_offset(t, 2, slice + level->within[2]);
    band.squares = tiling_offset(t, 1, 1) == RUN_BYTES && tiling_offset(t, 1, 2) == 2 * RUN_BYTES &&
                   band.offset[0] % (LINE_RUNS * RUN_BYTES) == 0;
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

// Where the runs of a line begin that is at x in the first row.
struct line {
    uint64_t block[LINE_RUNS];
    uint32_t offset[LINE_RUNS];
};

static inline struct line line_find(const struct band *band, uint32_t x)
{
    struct line line;
    for (unsigned k = 0; k < LINE_RUNS; k++, x += RUN_BYTES / band->texel) {
        line.block[k] = band->base + ((uint64_t)(x >> band->block_log2) << band->size_log2);
        line.offset[k] = band->columns[(x + band->within) % TILING_PERIOD];
    }
    return line;
}

// What will be read and written a little later: so many places at a time are more than a processor foresees.
static inline __attribute__((always_inline)) void line_prefetch(const struct band *band, uint32_t x,
                                                                const uint8_t *memory, bool read)
{
    struct line line = line_find(band, x);
    for (unsigned i = 0; i < ROWS; i += ROWS / 2)
        for (unsigned k = 0; k < LINE_RUNS; k++) {
            const void *texels = (const void *)(line.block[k] + (band->offset[i] ^ line.offset[k]));
            if (read)
                __builtin_prefetch(texels, 0);
            else
                __builtin_prefetch(texels, 1);
        }
    for (unsigned i = 0; i < ROWS; i++) {
        if (read)
            __builtin_prefetch(memory + i * band->row_pitch, 1);
        else
            __builtin_prefetch(memory + i * band->row_pitch, 0);
    }
}

static inline __attribute__((always_inline)) void run_copy(uint8_t *texels, uint8_t *memory, bool read,
                                                           bool streams)
{
    run_vector run;
    memcpy(&run, read ? texels : memory, sizeof run);
    if (streams)
        __builtin_nontemporal_store(run, (run_vector *)texels);
    else
        memcpy(read ? memory : texels, &run, sizeof run);
}

// Four lines of the image, and of four rows of memory: each has a run of each of the others.
static inline __attribute__((always_inline)) void
square_copy(uint8_t *const texels[LINE_RUNS], uint8_t *memory, size_t row_pitch, bool read, bool streams)
{
    line_vector in[LINE_RUNS], half[LINE_RUNS], out[LINE_RUNS];
    for (unsigned i = 0; i < LINE_RUNS; i++)
        memcpy(&in[i], read ? texels[i] : memory + i * row_pitch, sizeof in[i]);
    for (unsigned i = 0; i < LINE_RUNS; i += 2) {
        half[i] = __builtin_shufflevector(in[i], in[i + 1], 0, 1, 2, 3, 8, 9, 10, 11);
        half[i + 1] = __builtin_shufflevector(in[i], in[i + 1], 4, 5, 6, 7, 12, 13, 14, 15);
    }
    for (unsigned i = 0; i < 2; i++) {
        out[2 * i] = __builtin_shufflevector(half[i], half[i + 2], 0, 1, 4, 5, 8, 9, 12, 13);
        out[2 * i + 1] = __builtin_shufflevector(half[i], half[i + 2], 2, 3, 6, 7, 10, 11, 14, 15);
    }
    for (unsigned i = 0; i < LINE_RUNS; i++) {
        if (streams)
            __builtin_nontemporal_store(out[i], (line_vector *)texels[i]);
        else
            memcpy(read ? memory + i * row_pitch : texels[i], &out[i], sizeof out[i]);
    }
}

static inline __attribute__((always_inline)) void
squares_copy(const struct band *band, const struct line *line, uint8_t *memory, bool read, bool streams)
{
    for (unsigned row = 0; row < ROWS; row += LINE_RUNS, memory += LINE_RUNS * band->row_pitch) {
        uint8_t *texels[LINE_RUNS];
        for (unsigned k = 0; k < LINE_RUNS; k++)
            texels[k] = (uint8_t *)(line->block[k] + (band->offset[row] ^ line->offset[k]));
        square_copy(texels, memory, band->row_pitch, read, streams);
    }
}

// Copies whole lines of memory in ROWS rows. What is written is so line by line: rows that are a power of two
// apart share few places of a cache. Returns where it ends. `read` and `streams`, which is for writing, are
// constants.
static inline __attribute__((always_inline)) uint32_t lines_copy(const struct band *of, uint32_t x,
                                                                 uint32_t end, uint8_t *memory, bool read,
                                                                 bool streams)
{
    enum { LINE = LINE_RUNS * RUN_BYTES, AHEAD = 4 }; // lines
    const struct band band = *of;
    uint32_t step = LINE / band.texel;
    for (; end - x >= step; x += step, memory += LINE) {
        struct line line = line_find(&band, x);
        if (!streams && end - x > AHEAD * step)
            line_prefetch(&band, x + AHEAD * step, memory + (size_t)AHEAD * LINE, read);
        if (band.squares) {
            squares_copy(&band, &line, memory, read, streams);
            continue;
        }
        for (unsigned n = 0; n < ROWS * LINE_RUNS; n++) {
            unsigned row = read ? n / LINE_RUNS : n % ROWS, k = read ? n % LINE_RUNS : n / ROWS;
            run_copy((uint8_t *)(line.block[k] + (band.offset[row] ^ line.offset[k])),
                     memory + row * band.row_pitch + (size_t)k * RUN_BYTES, read, streams);
        }
    }
    return x;
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
    if (bytes == RUN_BYTES && band->rows == ROWS) {
        uint32_t from = x;
        x = read            ? lines_copy(band, x, end, memory, true, false)
            : band->streams ? lines_copy(band, x, end, memory, false, true)
                            : lines_copy(band, x, end, memory, false, false);
        memory += (size_t)(x - from) * band->texel;
    }
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
    if (box->streams) atomic_thread_fence(memory_order_seq_cst); // such stores keep no order by themselves
}
