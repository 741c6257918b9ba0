// Accesses of which some lanes have strayed, to where memory ends or where no x86 address leads: native code
// names the address that the interpreter does.
//
// usage: test_translator_faults SEMANTICS [rounds] [seed]
#include "program.h"
#include "writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MODE_USUAL = 0x3f0,
    END = PROGRAM_OUT_AT + PROGRAM_OUT,
    LANES = 64,
    FAR = 0x7000, // the high half of what leads from memory to addresses that are not canonical
    S_BASE = 8,
    ADDRESS = 4,
};

static struct program_state start, interpreted, translated;
static int faults, differences;

// Where each lane goes from the base, two halves. Slices are rows, halves of rows, all the same, or nothing
// of the kind; then a few lanes stray.
static void offsets_choose(unsigned size)
{
    uint32_t offsets[2][LANES] = {{0}};
    const unsigned shape = below(4), row[] = {below(1000), below(1000)};
    for (unsigned i = 0; i < LANES; i++) {
        if (shape == 0) offsets[0][i] = below(2000);
        if (shape == 1) offsets[0][i] = row[0] + i * size;
        if (shape == 2) offsets[0][i] = row[i / 8 % 2] + i % 8 * size;
        if (shape == 3) offsets[0][i] = row[0];
    }
    for (unsigned strays = below(4); strays; strays--) {
        unsigned lane = below(32);
        if (below(2))
            offsets[1][lane] = FAR;
        else
            offsets[0][lane] = END - 20 + below(below(2) ? 40 : 8000);
    }
    memcpy(start.memory, offsets, sizeof offsets);
}

// Where memory lies, or beyond; in the direction that the instruction has.
static bool is_told(const struct opcode *row, const char *text)
{
    bool writes = row->flags & (OPCODE_STORE | OPCODE_ATOMIC);
    const char *address = strstr(text, writes ? "fault writing 0x" : "fault reading 0x");
    return address && strtoull(strstr(address, "0x"), NULL, 16) >= program_memory();
}

static void check(const struct opcode *row, bool partial)
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
    bool untold = interpreted.stopped && !is_told(row, interpreted.text);
    if (untold) fprintf(stderr, "'%s'\n", interpreted.text);
    if (!program_differs(&interpreted, &translated, 0, 0) && !untold) return;
    fprintf(stderr, "%s, wave%d, %s group\n", row->name, wave64 ? 64 : 32, partial ? "partial" : "full");
    differences++;
}

// Memory, or if all lanes are to stray, what is far away. (Not where memory ends: which of several loads of a
// row is the first is LLVM's to choose.)
static void base_make(void)
{
    sop2(ID(s_add_u32__SOP2), S_BASE, 0, small(0));
    sop2(ID(s_addc_u32__SOP2), S_BASE + 1, 1, LITERAL);
    put(below(4) ? 0 : FAR);
}

// Bytes of what `row` accesses in a lane.
static unsigned size_of(const struct opcode *row)
{
    struct instruction in;
    count = 0;
    flat(row->id, 0, 0, 0, S_NULL, 0);
    instruction_decode(&in, words, count * sizeof *words, wave64);
    return access_size(&in);
}

static void program_begin(unsigned size)
{
    count = 0;
    program_state_fill(&start, 1, wave64, MODE_USUAL, UINT64_MAX);
    offsets_choose(size);
    base_make();
}

// A constant apart, as native code knows, or what offsets_choose chose.
static void offsets_make(bool based, unsigned size)
{
    if (below(2)) {
        const unsigned apart[] = {0, size, below(24), size};
        vop2(ID(v_mul_u32_u24__VOP2), ADDRESS, small((int)apart[below(4)]), 0);
        vop1(ID(v_mov_b32__VOP1), ADDRESS + 1, small(0));
        return;
    }
    vop2(ID(v_lshlrev_b32__VOP2), ADDRESS + 1, small(2), 0);
    flat(ID(global_load_dword__GLOBAL), ADDRESS, ADDRESS + 1, 0, 0, 0);
    if (!based) flat(ID(global_load_dword__GLOBAL), ADDRESS + 1, ADDRESS + 1, 0, 0, 4 * LANES);
}

static void addresses_make(bool based, unsigned size)
{
    offsets_make(based, size);
    if (based) return;
    vop3b(ID(v_add_co_u32__VOP3), ADDRESS, VCC, S_BASE, vgpr(ADDRESS), 0);
    vop1(ID(v_mov_b32__VOP1), ADDRESS + 2, S_BASE + 1);
    vop2(ID(v_add_co_ci_u32__VOP2), ADDRESS + 1, vgpr(ADDRESS + 1), ADDRESS + 2);
}

static void lanes_choose(void)
{
    if (below(3) == 0) vopc(ID(v_cmpx_gt_u32__VOPC), small((int)below(LANES)), 0);
}

static void vector_access(const struct opcode *row, bool partial)
{
    enum { DATA = 8, RESULT = 12, OUT = 20 };
    bool based = row->encoding == ENCODING_GLOBAL && below(2);
    const unsigned size = size_of(row);
    program_begin(size);
    addresses_make(based, size);
    lanes_choose();
    flat(row->id, RESULT, ADDRESS, DATA, based ? S_BASE : S_NULL, 0);
    // What nobody looks at is loaded by its whole meaning.
    vop2(ID(v_lshlrev_b32__VOP2), OUT, small(4), 0);
    vop2(ID(v_add_nc_u32__VOP2), OUT, LITERAL, OUT);
    put(PROGRAM_OUT_AT);
    flat(ID(global_store_dwordx4__GLOBAL), 0, OUT, RESULT, 0, 0);
    check(row, partial);
}

// A linear buffer that begins at the base.
static void descriptor_make(void)
{
    enum { UNCHECKED = 2u << 28 };
    sop1(ID(s_mov_b32__SOP1), S_BASE + 2, small(-1));
    sop1(ID(s_mov_b32__SOP1), S_BASE + 3, LITERAL);
    put(UNCHECKED);
}

static void buffer_access(const struct opcode *row, bool partial)
{
    enum { DATA = 8, OFFEN = 1 << 12 };
    program_begin(4);
    descriptor_make();
    offsets_make(true, 4);
    lanes_choose();
    put(0xe0000000 | (uint32_t)row->number << 18 | OFFEN);
    put(small(0) << 24 | S_BASE / 4 << 16 | DATA << 8 | ADDRESS);
    check(row, partial);
}

static void scalar_access(const struct opcode *row, bool partial)
{
    program_begin(4);
    descriptor_make();
    smem(row->id, 16, S_BASE, below(3) ? 4 * below(16) : END - 4 * below(16));
    check(row, partial);
}

static void access_check(const struct opcode *row)
{
    bool lanes = row->vector && row->src[0];
    if (lanes && (row->encoding == ENCODING_GLOBAL || row->encoding == ENCODING_FLAT))
        vector_access(row, below(2));
    else if (lanes && row->encoding == ENCODING_MUBUF)
        buffer_access(row, below(2));
    else if (row->encoding == ENCODING_SMEM && row->flags & OPCODE_LOAD)
        scalar_access(row, below(2));
}

static void round_check(void)
{
    for (unsigned id = 0; id < OPCODE_ID_COUNT; id++) access_check(&opcodes[id]);
}

int main(int argc, char **argv)
{
    if (argc < 2) return 2;
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 1;
    generator = (struct generator){argc > 3 ? strtoull(argv[3], NULL, 10) : 1};
    program_start(argv[1]);
    for (int i = 0; i < 2 * rounds; i++) {
        wave64 = i % 2;
        round_check();
    }
    printf("%d faults, %d of them other ones as native code, or not told of\n", faults, differences);
    return differences || !faults;
}
