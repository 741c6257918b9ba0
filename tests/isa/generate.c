// Random instruction words. The layouts are stated here a second time, apart from the decoder's.
#include "generate.h"

struct span {
    uint8_t low, bits; // low >= 32: in the second dword
};

// An encoding's constant bits, where its opcode is, its source operands (9 or 8 bits wide) and the fields
// that most instructions require to be 0.
static const struct {
    uint32_t base;
    struct span opcode;
    struct span sources[3];
    struct span zeros[14];
} layouts[ENCODING_COUNT] = {
    [ENCODING_SOP1] = {0xbe800000, {8, 8}, {{0, 8}}, {{0}}},
    [ENCODING_SOP2] = {0x80000000, {23, 7}, {{0, 8}, {8, 8}}, {{0}}},
    [ENCODING_SOPK] = {0xb0000000, {23, 5}, {{0}}, {{0}}},
    [ENCODING_SOPC] = {0xbf000000, {16, 7}, {{0, 8}, {8, 8}}, {{0}}},
    [ENCODING_SOPP] = {0xbf800000, {16, 7}, {{0}}, {{0, 16}}},
    [ENCODING_SMEM] = {0xf4000000, {18, 8}, {{0}}, {{32, 21}}},
    [ENCODING_VOP1] = {0x7e000000, {9, 8}, {{0, 9}}, {{17, 8}}},
    [ENCODING_VOP2] = {0x00000000, {25, 6}, {{0, 9}}, {{0}}},
    [ENCODING_VOPC] = {0x7c000000, {17, 8}, {{0, 9}}, {{0}}},
    [ENCODING_VOP3] = {0xd4000000,
                       {16, 10},
                       {{32, 9}, {41, 9}, {50, 9}},
                       {{8, 1},
                        {9, 1},
                        {10, 1},
                        {11, 1},
                        {12, 1},
                        {13, 1},
                        {14, 1},
                        {15, 1},
                        {59, 2},
                        {61, 1},
                        {62, 1},
                        {63, 1},
                        {0, 8}}},
    [ENCODING_VOP3P] =
        {0xcc000000,
         {16, 7},
         {{32, 9}, {41, 9}, {50, 9}},
         {{8, 1}, {9, 1}, {10, 1}, {11, 3}, {13, 1}, {15, 1}, {59, 2}, {61, 1}, {62, 1}, {63, 1}}},
    [ENCODING_VINTRP] = {0xc8000000, {16, 2}, {{0}}, {{0}}},
    [ENCODING_DS] = {0xd8000000,
                     {18, 8},
                     {{0}},
                     {{0, 8}, {8, 8}, {17, 1}, {32, 8}, {40, 8}, {48, 8}, {56, 8}}},
    [ENCODING_FLAT] = {0xdc000000, {18, 7}, {{0}}, {{13, 1}, {55, 1}, {0, 12}}},
    [ENCODING_GLOBAL] = {0xdc008000, {18, 7}, {{0}}, {{13, 1}, {55, 1}, {0, 12}}},
    [ENCODING_SCRATCH] = {0xdc004000, {18, 7}, {{0}}, {{13, 1}, {55, 1}, {0, 12}}},
    [ENCODING_MUBUF] = {0xe0000000,
                        {18, 8},
                        {{56, 8}},
                        {{16, 1}, {55, 1}, {53, 1}, {0, 12}, {52, 1}, {32, 16}}},
    [ENCODING_MTBUF] = {0xe8000000, {16, 3}, {{56, 8}}, {{55, 1}, {0, 12}, {52, 1}}},
    [ENCODING_MIMG] = {0xf0000000,
                       {18, 7},
                       {{0}},
                       {{1, 1},
                        {2, 1},
                        {6, 1},
                        {14, 1},
                        {16, 1},
                        {17, 1},
                        {52, 1},
                        {57, 1},
                        {58, 4},
                        {62, 1},
                        {63, 1},
                        {12, 1},
                        {15, 1}}},
    [ENCODING_EXP] = {0xf8000000, {0, 0}, {{0}}, {{13, 13}}},
};

uint32_t generate_u32(struct generator *g) // splitmix64
{
    uint64_t z = g->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (uint32_t)(z >> 32);
}

static uint32_t below(struct generator *g, uint32_t limit)
{
    return (uint32_t)((uint64_t)generate_u32(g) * limit >> 32);
}

static void set_span(uint32_t *words, struct span s, uint32_t value)
{
    uint32_t mask = (uint32_t)((1ull << s.bits) - 1), *word = &words[s.low / 32];
    *word = (*word & ~(mask << s.low % 32)) | (value & mask) << s.low % 32;
}

static uint32_t source_code(struct generator *g)
{
    switch (below(g, 8)) {
    case 0:
        return 256 + below(g, 256);
    case 1:
        return 256 + below(g, 16);
    case 2:
        return below(g, 106);
    case 3:
        return 106 + below(g, 22);
    case 4:
        return 128 + below(g, 81);
    case 5:
        return 240 + below(g, 9);
    case 6:
        return 235 + below(g, 21);
    default:
        return 255;
    }
}

// Literals that have a short name, in some width, are rare among random ones.
static uint32_t literal(struct generator *g)
{
    static const uint32_t named[] = {0,          1,          64,         65,         0xfffffff0,
                                     0xffffffef, 0xfff0,     0x3c00,     0x3f800000, 0xbf000000,
                                     0x3ff00000, 0x3e22f983, 0x3118,     0x10003c00, 0xb800,
                                     0xffff,     0x7fffffff, 0x80000000, 0x10000};
    return below(g, 4) ? generate_u32(g) : named[below(g, sizeof named / sizeof *named)];
}

static void generate_sdwa(struct generator *g, uint32_t *words)
{
    set_span(words, (struct span){0, 9}, 0xf9);
    for (unsigned low = 40; low <= 56; low += 8) set_span(words, (struct span){(uint8_t)low, 3}, below(g, 7));
    set_span(words, (struct span){43, 2}, below(g, 3));
    static const struct span zeros[] = {{46, 2}, {51, 1}, {52, 1}, {53, 1}, {59, 1},
                                        {60, 1}, {61, 1}, {40, 8}, {56, 8}};
    for (unsigned i = 0; i < sizeof zeros / sizeof *zeros; i++)
        if (below(g, 4)) set_span(words, zeros[i], 0);
}

static void generate_dpp16(struct generator *g, uint32_t *words)
{
    static const uint16_t controls[] = {0,     0xe4,  0x101, 0x10f, 0x113, 0x12f,
                                        0x140, 0x141, 0x142, 0x150, 0x16f};
    set_span(words, (struct span){0, 9}, 0xfa);
    if (below(g, 2))
        set_span(words, (struct span){40, 9}, controls[below(g, sizeof controls / sizeof *controls)]);
    for (unsigned low = 52; low < 56; low++)
        if (below(g, 4)) set_span(words, (struct span){(uint8_t)low, 1}, 0);
}

static void set_opcode(uint32_t *words, enum encoding encoding, unsigned number)
{
    set_span(words, layouts[encoding].opcode, number);
    if (encoding == ENCODING_MIMG) set_span(words, (struct span){0, 1}, number >> 7);
    if (encoding == ENCODING_MTBUF) set_span(words, (struct span){53, 1}, number >> 3);
}

static void set_base(uint32_t *words, enum encoding encoding)
{
    // The leading ones and zeros of the base, down to the opcode.
    unsigned top =
        encoding == ENCODING_VOP2 ? 31 : layouts[encoding].opcode.low + layouts[encoding].opcode.bits;
    if (encoding == ENCODING_SOPK) top = 28;
    if (encoding == ENCODING_SOP1 || encoding == ENCODING_SOPC || encoding == ENCODING_SOPP) top = 23;
    if (encoding == ENCODING_MTBUF || encoding == ENCODING_EXP || encoding == ENCODING_VINTRP) top = 26;
    uint32_t mask = ~(uint32_t)((1ull << top) - 1);
    if (encoding >= ENCODING_FLAT && encoding <= ENCODING_SCRATCH) mask |= 0xc000;
    words[0] = (words[0] & ~mask) | layouts[encoding].base;
}

static unsigned vop3_number(const struct opcode *row)
{
    switch (row->encoding) {
    case ENCODING_VOP1:
        return 0x180u + row->number;
    case ENCODING_VOP2:
        return 0x100u + row->number;
    case ENCODING_VINTRP:
        return 0x200u + row->number;
    default:
        return row->number;
    }
}

bool form_exists(const struct opcode *row, enum vector_form form)
{
    bool promotable =
        row->encoding == ENCODING_VOP1 || row->encoding == ENCODING_VOP2 || row->encoding == ENCODING_VOPC;
    switch (form) {
    case FORM_NATIVE:
        return true;
    case FORM_VOP3:
        return row->encoding == ENCODING_VINTRP || (promotable && !(row->flags & OPCODE_NO_VOP3));
    case FORM_SDWA:
        return promotable && !(row->flags & OPCODE_NO_SDWA);
    default:
        return promotable && row->encoding != ENCODING_VOPC && !(row->flags & OPCODE_NO_DPP);
    }
}

void generate_instruction(struct generator *g, const struct opcode *row, enum vector_form form,
                          uint32_t words[GENERATED_WORDS])
{
    enum encoding encoding = form == FORM_VOP3 ? ENCODING_VOP3 : (enum encoding)row->encoding;
    for (unsigned i = 0; i < GENERATED_WORDS; i++) words[i] = literal(g);
    unsigned tameness = below(g, 4); // 0: leave all fields random
    for (unsigned i = 0; i < 14 && tameness; i++)
        if (below(g, 4) < tameness + 1) set_span(words, layouts[encoding].zeros[i], 0);
    for (unsigned i = 0; i < 3; i++) set_span(words, layouts[encoding].sources[i], source_code(g));
    if (encoding >= ENCODING_FLAT && encoding <= ENCODING_SCRATCH && below(g, 2))
        set_span(words, (struct span){48, 7}, below(g, 2) ? 0x7d : 0x7f);
    if (encoding == ENCODING_SMEM && below(g, 2)) set_span(words, (struct span){57, 7}, 0x7d);
    if (form == FORM_SDWA) generate_sdwa(g, words);
    if (form == FORM_DPP16) generate_dpp16(g, words);
    if (form == FORM_DPP8) set_span(words, (struct span){0, 9}, 0xe9 + below(g, 2));
    if (row->flags & OPCODE_GDS) words[0] |= 1u << 17;
    if (row->flags & OPCODE_BVH && below(g, 4)) {
        words[0] = 0xf1989f01 | (below(g, 2) ? 6 : 0) | (below(g, 2) ? 4 : 0);
        words[1] &= 0x401fffff;
    }
    set_base(words, encoding);
    set_opcode(words, encoding, encoding == ENCODING_VOP3 ? vop3_number(row) : row->number);
}

void generate_words(struct generator *g, uint32_t words[GENERATED_WORDS])
{
    for (unsigned i = 0; i < GENERATED_WORDS; i++) words[i] = generate_u32(g);
    set_base(words, (enum encoding)below(g, ENCODING_COUNT));
}
