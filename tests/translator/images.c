#include "writer.h"

#include "images.h"
#include "program.h"

#include "device/softgpu/interpreter/exec_buffer.h"
#include "device/softgpu/interpreter/exec_memory.h"

#include <string.h>

enum {
    IMAGE_DWORDS = 8,
    SAMPLER_DWORDS = 4,
    ADDRESSES = 12, // registers of an address, at most
    DATA_DWORDS = 5,
    NSA_REGISTERS = 4,
    ALIGNMENT = 256,
    HALF = 240, // the constant 0.5
};

// --- Descriptors: SGPRs that hold them ---

static void words_put(unsigned first, const uint32_t *values, unsigned number)
{
    for (unsigned i = 0; i < number; i++) {
        sop1(ID(s_mov_b32__SOP1), first + i, LITERAL);
        put(values[i]);
    }
}

// Of SQ_RSRC_IMG_x, in the order of an instruction's dimensions; 0: refused.
static const uint8_t types[] = {8, 9, 10, 0, 12, 13};

static unsigned dimension_choose(void)
{
    static const uint8_t dimensions[] = {0, 1, 1, 2, 4, 5};
    return dimensions[below(sizeof dimensions)];
}

// At most 8 KiB of memory's first 8: rows have no more than 256 bytes.
static void image_words(unsigned dimension, bool atomic, uint32_t words8[IMAGE_DWORDS])
{
    enum { WIDTH = 16, HEIGHT = 8, DEPTH = 4, MODES = 3, R32_UINT = 20, RG32_UINT = 62, FORMATS = 78 };
    bool layers = dimension > 1, flat = dimension == 0 || dimension == 4;
    uint64_t base = (program_memory() + below(PROGRAM_MEMORY / 2 / ALIGNMENT) * ALIGNMENT) >> 8;
    uint32_t width = below(WIDTH), height = flat ? 0 : below(HEIGHT),
             mode = dimension == 1 ? below(MODES) : 0;
    uint32_t format = atomic ? (below(4) ? R32_UINT : RG32_UINT) : 1 + below(FORMATS - 1);
    memset(words8, 0, IMAGE_DWORDS * sizeof *words8);
    words8[0] = (uint32_t)base;
    words8[1] = (uint32_t)(base >> 32) | format << 20 | (width & 3) << 30;
    words8[2] = width >> 2 | height << 14 | 1u << 31;
    words8[3] = (below(4) ? 0xfac : 0xf2e) | mode << 20 | (uint32_t)types[dimension] << 28;
    if (layers) words8[4] = below(DEPTH);
}

static void sampler_words(uint32_t words4[SAMPLER_DWORDS])
{
    uint32_t filter = below(2), clamp = below(8);
    words4[0] = clamp * 0111 | below(2) << 15 | below(8) << 12 | (below(8) == 0) * 1u << 27;
    words4[1] = 0x00fff000;
    words4[2] = filter << 20 | filter << 22 | below(3) << 24;
    words4[3] = below(3) << 30;
}

static void buffer_words(uint32_t words4[SAMPLER_DWORDS])
{
    uint64_t base = program_memory() + below(PROGRAM_MEMORY / 2);
    bool raw = below(2);
    words4[0] = (uint32_t)base;
    words4[1] = (uint32_t)(base >> 32) | below(33) << 16;
    words4[2] = below(raw ? PROGRAM_MEMORY / 2 : 200);
    words4[3] = 0xfac | (1 + below(77)) << 12 | 1u << 24 | (raw ? 3u << 28 : 0);
}

// --- Addresses ---

// Small integers, or floats from 0 to a few texels beyond the image.
static void coordinate_make(unsigned v, bool floats, bool halves)
{
    if (below(8) == 0) return; // anything
    vop2(ID(v_and_b32__VOP2), v, LITERAL, v);
    put(halves ? 0x00070007 : floats ? 31 : 15);
    if (!floats || halves) return;
    vop1(ID(v_cvt_f32_u32__VOP1), v, vgpr(v));
    for (unsigned n = below(3); n; n--) vop2(ID(v_mul_f32__VOP2), v, HALF, v);
}

static unsigned registers_choose(unsigned number, unsigned vectors) { return below(vectors - number + 1); }

// --- Image instructions ---

// Levels that lanes' neighbours decide are for another time: those may be inactive, and mean nothing.
static bool is_derived(const struct opcode *row)
{
    enum { GIVEN = 4, ZERO = 7 };
    unsigned form = row->number & 7;
    return row->flags & OPCODE_SAMPLER && !(row->flags & OPCODE_GRADIENTS) && form != GIVEN && form != ZERO;
}

static const struct opcode *image_row_choose(void)
{
    for (;;) {
        const struct opcode *row = &opcodes[below(OPCODE_ID_COUNT)];
        bool lod = row->id == ID(image_get_lod__MIMG);
        if (row->encoding == ENCODING_MIMG && !(row->flags & OPCODE_BVH) && !is_derived(row) && !lod)
            return row;
    }
}

static unsigned mask_choose(const struct opcode *row, bool wide)
{
    bool swap = row->id == ID(image_atomic_cmpswap__MIMG) || row->id == ID(image_atomic_fcmpswap__MIMG);
    if (row->flags & OPCODE_ATOMIC) return (1u << (swap + 1) * (wide + 1)) - 1;
    return row->flags & OPCODE_GATHER4 ? 1u << below(4) : 1 + below(15);
}

static bool image_write(unsigned vectors)
{
    const struct opcode *row = image_row_choose();
    bool sampled = row->flags & OPCODE_SAMPLER, atomic = row->flags & OPCODE_ATOMIC, a16 = below(8) == 0;
    unsigned dimension = dimension_choose(),
             descriptor = below((S_KEPT - IMAGE_DWORDS - SAMPLER_DWORDS) / 4) * 4;
    unsigned sampler = descriptor + IMAGE_DWORDS, nsa = below(4) == 0,
             data = registers_choose(DATA_DWORDS, vectors);
    uint32_t image[IMAGE_DWORDS], code[3], samplers[SAMPLER_DWORDS];
    struct instruction in;
    image_words(dimension, atomic, image);
    sampler_words(samplers);
    bool wide = (image[1] >> 20 & 0x1ff) == 62, d16 = row->flags & OPCODE_D16 && below(4) == 0;
    code[0] = 0xf0000000 | (row->number & 0x7f) << 18 | row->number >> 7 | dimension << 3 | nsa << 1 |
              mask_choose(row, wide) << 8 | below(2) << 12 | below(2) << 13 | (below(8) == 0) * 1u << 16;
    code[1] = registers_choose(ADDRESSES, vectors) | data << 8 | descriptor / 4 << 16 |
              (sampled ? sampler / 4 << 21 : 0) | (uint32_t)a16 << 30 | (uint32_t)d16 << 31;
    code[2] = 0;
    for (unsigned i = 0; i < NSA_REGISTERS; i++) code[2] |= below(vectors) << 8 * i;
    size_t size = instruction_decode(&in, code, (2 + nsa) * sizeof *code, wave64);
    if (!size || !in.opcode || !memory_handler(&in) || in.src[0].dwords > ADDRESSES) return false;
    for (unsigned i = 0; i < in.src[0].dwords; i++)
        coordinate_make(in.nsa_count && i ? in.nsa[i - 1] : in.src[0].index + i, sampled, a16);
    words_put(descriptor, image, IMAGE_DWORDS);
    if (sampled) words_put(sampler, samplers, SAMPLER_DWORDS);
    for (unsigned i = 0; i < size / sizeof *code; i++) put(code[i]);
    return true;
}

// --- Typed buffers ---

static const struct opcode *buffer_row_choose(void)
{
    for (;;) {
        const struct opcode *row = &opcodes[below(OPCODE_ID_COUNT)];
        struct instruction in = {.opcode = row};
        bool buffer = row->encoding == ENCODING_MUBUF || row->encoding == ENCODING_MTBUF;
        if (buffer && buffer_format_handler(&in)) return row;
    }
}

static bool buffer_write(unsigned vectors)
{
    const struct opcode *row = buffer_row_choose();
    bool typed = row->encoding == ENCODING_MTBUF;
    unsigned descriptor = below((S_KEPT - SAMPLER_DWORDS) / 4) * 4, v = registers_choose(2, vectors);
    uint32_t buffer[SAMPLER_DWORDS], code[2];
    struct instruction in;
    buffer_words(buffer);
    code[0] = below(4) << 12 | below(2) * below(64);
    code[0] |=
        typed ? 0xe8000000 | (row->number & 7) << 16 | (1 + below(77)) << 19 : 0xe0000000 | row->number << 18;
    code[1] = v | registers_choose(DATA_DWORDS, vectors) << 8 | descriptor / 4 << 16 | small(0) << 24;
    if (typed) code[1] |= row->number >> 3 << 21;
    if (instruction_decode(&in, code, sizeof code, wave64) != sizeof code || !memory_handler(&in))
        return false;
    for (unsigned i = 0; i < 2; i++) coordinate_make(v + i, false, false);
    words_put(descriptor, buffer, SAMPLER_DWORDS);
    for (unsigned i = 0; i < 2; i++) put(code[i]);
    return true;
}

bool image_access(unsigned vectors)
{
    for (unsigned tries = 0; tries < 20; tries++)
        if (below(4) ? image_write(vectors) : buffer_write(vectors)) return true;
    return false;
}
