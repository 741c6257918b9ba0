// Straight code: every instruction that is translated, in every form, with random operands, modifiers and
// EXEC; translated must be interpreted, bit for bit.
//
// usage: test_translator_blocks SEMANTICS [rounds] [instruction]
#include "arithmetic.h"
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRAM_INSTRUCTIONS = 40, PROGRAM_WORDS = PROGRAM_INSTRUCTIONS * GENERATED_WORDS + 4 };
enum {
    S_SLEEP = (int)0xbf8e0000,
    S_MOV_B64_EXEC_S = (int)0xbefe0400,
    S_MOV_B64_EXEC_ALL = (int)0xbefe04c1,
    MODE_USUAL = 0x3f0,
    MODE_ALL = 0x3ff
};

static struct generator generator = {2};
static bool wave64;
static uint32_t mode = MODE_USUAL;

struct program {
    uint32_t words[PROGRAM_WORDS];
    size_t count; // words
    unsigned instructions;
};

// An instruction of this row and form, if one is found.
static void instruction_append(struct program *p, const struct opcode *row, enum vector_form form)
{
    uint32_t words[GENERATED_WORDS];
    size_t size = arithmetic_generate(&generator, row, form, wave64, mode, words);
    memcpy(p->words + p->count, words, size);
    p->count += size / 4;
    p->instructions += size != 0;
}

static void program_print(const struct program *p)
{
    for (size_t at = 0; at < p->count;) {
        struct instruction in;
        char text[200];
        size_t size = instruction_decode(&in, p->words + at, (p->count - at) * 4, wave64);
        if (!size) return;
        instruction_print(text, sizeof text, &in, wave64);
        fprintf(stderr, "    %s\n", text);
        at += size / 4;
    }
}

// Returns whether both ways agree. EXEC is either what the wave begins with, so that lanes outside it mean
// nothing, or comes from registers, and they become active in the end.
static bool program_check(const struct program *p, bool report)
{
    static struct program_state start, interpreted, translated;
    enum { FROM = 20 };
    uint32_t words[PROGRAM_WORDS];
    uint64_t exec = generate_u32(&generator) | (uint64_t)generate_u32(&generator) << 32;
    if (generate_u32(&generator) % 3 == 0) exec = UINT64_MAX;
    bool moved = generate_u32(&generator) % 2;
    program_state_fill(&start, 1, wave64, mode, exec);
    wave_write64(start.waves, FROM, exec);
    size_t count = 0;
    if (moved) words[count++] = (uint32_t)S_MOV_B64_EXEC_S | FROM;
    memcpy(words + count, p->words, p->count * 4);
    count += p->count;
    if (moved) words[count++] = (uint32_t)S_MOV_B64_EXEC_ALL;
    words[count++] = (uint32_t)S_SLEEP;
    bool same = program_run(words, &start, 1, UINT32_MAX, &interpreted, &translated) &&
                !program_differs(&interpreted, &translated, 1, moved ? UINT64_MAX : exec);
    if (!same && report) program_print(p);
    return same;
}

static int checked, failed;

// One at a time, to find which; all together where none fails alone.
static void program_split(const struct program *p)
{
    bool alone = false;
    for (size_t at = 0; at < p->count;) {
        struct program one = {.instructions = 1};
        struct instruction in;
        size_t size = instruction_decode(&in, p->words + at, (p->count - at) * 4, wave64);
        memcpy(one.words, p->words + at, size);
        one.count = size / 4;
        at += one.count;
        for (int i = 0; i < 3; i++) {
            if (program_check(&one, true)) continue;
            alone = true;
            break;
        }
    }
    if (!alone) program_print(p);
}

static void program_finish(struct program *p)
{
    checked += (int)p->instructions;
    if (p->instructions && !program_check(p, false)) {
        failed++;
        program_split(p);
    }
    *p = (struct program){0};
    mode = generate_u32(&generator) % 2 ? MODE_USUAL : generate_u32(&generator) & MODE_ALL;
}

static bool is_float(unsigned type) { return type == TYPE_F16 || type == TYPE_F32 || type == TYPE_F64; }

// Comparisons with zero, as LLVM knows it, which denormals equal or not as MODE says.
static void zero_compare(struct program *p, unsigned denormals)
{
    const uint32_t null = 125, v0 = 256, vop3 = 0xd4000000;
    mode = (MODE_USUAL & ~0xf0u) | denormals << 4 | denormals << 6;
    for (unsigned id = 0; id < OPCODE_ID_COUNT; id++) {
        const struct opcode *row = &opcodes[id];
        bool compares = row->src[1] == TYPE_F32 || row->src[1] == TYPE_F64;
        if (row->encoding != ENCODING_VOPC || !compares || row->flags & OPCODE_WRITES_EXEC) continue;
        if (p->instructions == PROGRAM_INSTRUCTIONS) break;
        p->words[p->count++] = vop3 | (uint32_t)row->number << 16 | p->instructions * 2;
        p->words[p->count++] = null | (v0 + p->instructions * 2) << 9;
        p->instructions++;
    }
    program_finish(p);
}

// Conversions of a constant that no float is the same as, to be rounded as MODE says.
static void constant_convert(struct program *p, uint32_t number, unsigned rounding)
{
    const uint32_t literal = 255, vop1 = 0x7e000000;
    mode = (MODE_USUAL & ~15u) | rounding;
    for (unsigned id = 0; id < OPCODE_ID_COUNT; id++) {
        const struct opcode *row = &opcodes[id];
        bool converts = (row->src[0] == TYPE_U32 || row->src[0] == TYPE_I32) && is_float(row->dst);
        if (row->encoding != ENCODING_VOP1 || !converts || !row->vector) continue;
        if (p->instructions == PROGRAM_INSTRUCTIONS) break;
        p->words[p->count++] = vop1 | p->instructions * 2 << 17 | (uint32_t)row->number << 9 | literal;
        p->words[p->count++] = number;
        p->instructions++;
    }
    program_finish(p);
}

int main(int argc, char **argv)
{
    if (argc < 2) return 2;
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 1;
    const char *only = argc > 3 ? argv[3] : "";
    program_start(argv[1]);
    for (int round = 0; round < 2 * rounds; round++) {
        wave64 = round % 2;
        struct program p = {0};
        for (unsigned id = 0; id < OPCODE_ID_COUNT; id++) {
            const struct opcode *row = &opcodes[(id * 7 + (unsigned)round) % OPCODE_ID_COUNT];
            if (!strstr(row->name, only)) continue;
            for (int form = FORM_NATIVE; form <= FORM_DPP8; form++) {
                if (!form_exists(row, (enum vector_form)form)) continue;
                instruction_append(&p, row, (enum vector_form)form);
                if (p.instructions == PROGRAM_INSTRUCTIONS) program_finish(&p);
            }
        }
        program_finish(&p);
        for (unsigned denormals = 0; denormals < 4; denormals++) zero_compare(&p, denormals);
        for (unsigned rounding = 0; rounding < 16; rounding++) {
            constant_convert(&p, 0xeec43aa1, rounding);
            constant_convert(&p, UINT32_MAX, rounding);
        }
    }
    printf("%d instructions checked, %d failures\n", checked, failed);
    return failed != 0 || checked == 0;
}
