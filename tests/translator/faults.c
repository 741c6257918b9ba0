// Loads and stores of which some lanes have strayed: native code names the address that the interpreter does.
//
// usage: test_translator_faults SEMANTICS [rounds] [seed]
#include "program.h"
#include "writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODE_USUAL = 0x3f0, END = PROGRAM_OUT_AT + PROGRAM_OUT, LANES = 64 };

static struct program_state start, interpreted, translated;
static int faults, differences;

// Where each lane goes; a few of them to where memory ends, or beyond.
static void offsets_choose(void)
{
    uint32_t offsets[LANES];
    for (unsigned i = 0; i < LANES; i++) offsets[i] = below(2000);
    for (unsigned strays = 1 + below(3); strays; strays--)
        offsets[below(32)] = END - 20 + below(below(2) ? 40 : 8000);
    memcpy(start.memory, offsets, sizeof offsets);
}

static void check(bool partial, const char *name)
{
    bool whole;
    struct program_launch launch = {
        .code = words,
        .wave64 = wave64,
        .mode = MODE_USUAL,
        .local = {partial ? 31 : LANES, 1, 1},
        .groups = {1, 1, 1},
        .waves_too = true,
    };
    sopp(ID(s_endpgm__SOPP), 0);
    if (!program_launch(&launch, &start, &interpreted, &translated, &whole)) exit(2);
    faults += interpreted.stopped;
    if (!program_differs(&interpreted, &translated, 0, 0)) return;
    fprintf(stderr, "%s, wave%d, %s group\n", name, wave64 ? 64 : 32, partial ? "partial" : "full");
    differences++;
}

static void program_begin(void)
{
    count = 0;
    program_state_fill(&start, 1, wave64, MODE_USUAL, UINT64_MAX);
    offsets_choose();
}

static void vector_access(const struct opcode *row, bool partial)
{
    enum { ADDRESS = 4, DATA = 6, RESULT = 10, OUT = 20 };
    bool based = row->encoding == ENCODING_GLOBAL;
    program_begin();
    vop2(ID(v_lshlrev_b32__VOP2), ADDRESS, small(2), 0);
    flat(ID(global_load_dword__GLOBAL), ADDRESS, ADDRESS, 0, 0, 0);
    vop1(ID(v_mov_b32__VOP1), ADDRESS + 1, 1);
    if (!based) vop2(ID(v_add_nc_u32__VOP2), ADDRESS, 0, ADDRESS);
    flat(row->id, RESULT, ADDRESS, DATA, based ? 0 : S_NULL, 0);
    // What nobody looks at is loaded by its whole meaning.
    vop2(ID(v_lshlrev_b32__VOP2), OUT, small(4), 0);
    vop2(ID(v_add_nc_u32__VOP2), OUT, LITERAL, OUT);
    put(PROGRAM_OUT_AT);
    flat(ID(global_store_dwordx4__GLOBAL), 0, OUT, RESULT, 0, 0);
    check(partial, row->name);
}

static void scalar_access(const struct opcode *row, unsigned dwords)
{
    program_begin();
    smem(row->id, 16, 0, END - 4 * (int)below(dwords));
    check(false, row->name);
}

static void round_check(void)
{
    static const unsigned scalar[] = {ID(s_load_dword__SMEM), ID(s_load_dwordx2__SMEM),
                                      ID(s_load_dwordx4__SMEM), ID(s_load_dwordx8__SMEM),
                                      ID(s_load_dwordx16__SMEM)};
    for (unsigned id = 0; id < OPCODE_ID_COUNT; id++) {
        const struct opcode *row = &opcodes[id];
        bool vector = row->encoding == ENCODING_GLOBAL || row->encoding == ENCODING_FLAT;
        if (!vector || !row->vector || !row->src[0] || row->flags & OPCODE_ATOMIC) continue;
        vector_access(row, below(2));
    }
    for (unsigned i = 0; i < sizeof scalar / sizeof *scalar; i++) scalar_access(&opcodes[scalar[i]], 1u << i);
}

int main(int argc, char **argv)
{
    if (argc < 2) return 2;
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 2;
    generator = (struct generator){argc > 3 ? strtoull(argv[3], NULL, 10) : 1};
    program_start(argv[1]);
    for (int i = 0; i < 2 * rounds; i++) {
        wave64 = i % 2;
        round_check();
    }
    printf("%d faults, %d of them other ones as native code\n", faults, differences);
    return differences || !faults;
}
