// Random programs: branches, loops, divergence, calls, barriers, LDS, memory, private memory, changes of
// MODE, and between them instructions of all kinds; translated must be interpreted, bit for bit, in registers
// and memory.
//
// usage: test_translator_random SEMANTICS [programs] [seed]
#include "arithmetic.h"
#include "program.h"

#include "device/softgpu/interpreter/exec_lanes.h"
#include "device/softgpu/interpreter/exec_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORDS = 8192,
    DEPTH = 3,
    ROOM = 64, // words that are left for what ends a program

    // Registers that random instructions leave alone.
    S_KEPT = 64,
    S_DESCRIPTOR = 68,
    S_MEMORY = 72,
    S_SOFFSET = 74, // the wave's scratch, in bytes
    S_COUNTER = 76, // of loops, by depth
    S_SAVED = 80,   // EXEC, by depth
    S_TARGET = 96,
    S_RETURN = 98,
    V_KEPT = 240,
    V_ADDRESS = 240, // a pair
    V_SAME = 242,
    V_COUNTER = 244, // of divergent loops, by depth
    MODE_USUAL = 0x3f0,
    MODE_ALL = 0x3ff,
};

static struct generator generator;
static bool wave64;
static uint32_t mode;
static uint32_t words[WORDS];
static size_t count;   // words
static unsigned depth; // of loops and conditions
static long blocks;    // generated so far

static unsigned below(unsigned limit) { return generate_u32(&generator) % limit; }
static void put(uint32_t word) { words[count++] = word; }

// --- Instructions by name ---

static uint32_t number(unsigned id) { return opcodes[id].number; }
static uint32_t vgpr(unsigned index) { return 256 + index; }
static uint32_t small(int value) { return value < 0 ? 192 - (uint32_t)value : 128 + (uint32_t)value; }

static void sop1(unsigned id, uint32_t d, uint32_t s) { put(0xbe800000 | d << 16 | number(id) << 8 | s); }
static void sop2(unsigned id, uint32_t d, uint32_t s0, uint32_t s1)
{
    put(0x80000000 | number(id) << 23 | d << 16 | s1 << 8 | s0);
}
static void sopc(unsigned id, uint32_t s0, uint32_t s1) { put(0xbf000000 | number(id) << 16 | s1 << 8 | s0); }
static void sopp(unsigned id, uint32_t immediate)
{
    put(0xbf800000 | number(id) << 16 | (immediate & 0xffff));
}
static void vop1(unsigned id, uint32_t d, uint32_t s) { put(0x7e000000 | d << 17 | number(id) << 9 | s); }
static void vop2(unsigned id, uint32_t d, uint32_t s0, uint32_t v1)
{
    put(number(id) << 25 | d << 17 | v1 << 9 | s0);
}
static void vopc(unsigned id, uint32_t s0, uint32_t v1) { put(0x7c000000 | number(id) << 17 | v1 << 9 | s0); }

#define ID(name)             OPCODE_ID_##name
#define BY_WIDTH(name, kind) (wave64 ? ID(name##_b64__##kind) : ID(name##_b32__##kind))

enum { LITERAL = 255, EXEC = 126, VCC = 106, S_NULL = 125 };

// A branch whose target comes later, or came earlier.
static size_t branch_begin(unsigned id)
{
    sopp(id, 0);
    return count;
}
static void branch_end(size_t from) { words[from - 1] |= (uint32_t)(count - from) & 0xffff; }
static void branch_back(unsigned id, size_t to) { sopp(id, (uint32_t)(to - count - 1)); }

// --- Straight code ---

static bool is_kept(const struct operand *o)
{
    if (o->file == FILE_VGPR) return o->index + o->dwords > V_KEPT;
    if (o->file != FILE_SGPR) return false;
    return o->index + o->dwords > S_KEPT && o->index < SGPR_VCC;
}

static bool is_float(unsigned type)
{
    return type == TYPE_F16 || type == TYPE_F32 || type == TYPE_F64 || type == TYPE_PK_F16;
}

// Of several NaNs LLVM may choose either, which branches and addresses would then show.
static bool may_have_two_nans(const struct instruction *in)
{
    unsigned floats = 0;
    for (unsigned i = 0; i < 4; i++) {
        const struct operand *o = &in->src[i];
        bool mixed = opcode_is_mixed_precision(in->opcode);
        if ((is_float(o->type) || mixed) && (o->file == FILE_VGPR || o->file == FILE_SGPR)) floats++;
    }
    return floats > 1 && !(in->dst.type == TYPE_LANE_MASK);
}

static bool is_followed(const struct instruction *in)
{
    enum { HWREG_FLAT_SCR_LO = 20, HWREG_FLAT_SCR_HI = 21 };
    unsigned id = in->opcode->id, hwreg = in->offset & 63;
    bool setreg = id == ID(s_setreg_b32__SOPK) || id == ID(s_setreg_imm32_b32__SOPK);
    bool scratch = hwreg == HWREG_FLAT_SCR_LO || hwreg == HWREG_FLAT_SCR_HI;
    bool getreg = id == ID(s_getreg_b32__SOPK);
    return !((setreg || getreg) && scratch); // it is at another address in every process
}

static void straight(void)
{
    for (unsigned tries = 0; tries < 20; tries++) {
        const struct opcode *row = &opcodes[below(OPCODE_ID_COUNT)];
        enum vector_form form = (enum vector_form)below(FORM_DPP8 + 1);
        struct instruction in;
        uint32_t code[GENERATED_WORDS];
        if (!form_exists(row, form)) continue;
        size_t size = arithmetic_generate(&generator, row, form, wave64, mode, code);
        if (!size) continue;
        instruction_decode(&in, code, size, wave64);
        if (is_kept(&in.dst) || is_kept(&in.dst2) || may_have_two_nans(&in) || !is_followed(&in)) continue;
        memcpy(words + count, code, size);
        count += size / 4;
        return;
    }
}

static void straights(unsigned most)
{
    for (unsigned n = below(most) + 1; n; n--) straight();
}

// --- Memory ---

// A row of an encoding that the interpreter executes, in VOP's place: any of them.
static const struct opcode *row_choose(enum encoding encoding)
{
    for (;;) {
        const struct opcode *row = &opcodes[below(OPCODE_ID_COUNT)];
        if (row->encoding == encoding && (row->vector || row->flags & OPCODE_WAVE)) return row;
    }
}

// Offsets below `size`; of all alignments, but for atomics.
static void address_make(uint32_t size, bool aligned, unsigned from)
{
    vop2(ID(v_and_b32__VOP2), V_ADDRESS, LITERAL, from);
    put((size - 1) & (aligned ? ~7u : below(2) ? ~3u : ~0u));
    if (below(4) == 0) vop1(ID(v_mov_b32__VOP1), V_ADDRESS, small((int)below(8) * 8)); // the same for all
    if (below(4)) return;
    // one behind another
    vop1(ID(v_mov_b32__VOP1), V_ADDRESS, small(-1));
    put(0xd7650000 | V_ADDRESS), put(small(-1) | small(0) << 9); // v_mbcnt_lo
    vop2(ID(v_lshlrev_b32__VOP2), V_ADDRESS, small(2 + (int)below(3)), V_ADDRESS);
    vop2(ID(v_and_b32__VOP2), V_ADDRESS, LITERAL, V_ADDRESS);
    put((size - 1) & ~7u);
}

static void data_choose(unsigned *data, unsigned *dst)
{
    *data = below(200);
    *dst = below(200);
}

static bool is_executed(size_t from)
{
    struct instruction in;
    size_t size = instruction_decode(&in, words + from, (count - from) * 4, wave64);
    return size == (count - from) * 4 && in.opcode && (memory_handler(&in) || lanes_handler(&in)) &&
           !is_kept(&in.dst);
}

static void access_finish(size_t begin, size_t from)
{
    if (!is_executed(from)) count = begin;
}

static void global_access(void)
{
    const struct opcode *row = row_choose(below(2) ? ENCODING_GLOBAL : ENCODING_FLAT);
    bool flat = row->encoding == ENCODING_FLAT, based = !flat && below(2);
    bool atomic = row->flags & OPCODE_ATOMIC;
    unsigned data, dst, aperture = flat ? below(4) : 0;
    size_t begin = count;
    data_choose(&data, &dst);
    address_make(aperture == 1   ? PROGRAM_LDS / 2
                 : aperture == 2 ? PROGRAM_SCRATCH_LANE / 2
                                 : PROGRAM_MEMORY,
                 atomic, below(200));
    if (aperture == 1 || aperture == 2) {
        vop1(ID(v_mov_b32__VOP1), V_ADDRESS + 1, LITERAL);
        put(aperture == 1 ? 0x00010000 : 0x00020000);
    } else if (!based) {
        vop2(ID(v_add_nc_u32__VOP2), V_ADDRESS, S_MEMORY, V_ADDRESS);
        vop1(ID(v_mov_b32__VOP1), V_ADDRESS + 1, S_MEMORY + 1);
    }
    size_t from = count;
    uint32_t offset = aperture || atomic ? 0 : below(2) * below(256), glc = below(2);
    put(0xdc000000 | (flat ? 0 : 2u << 14) | row->number << 18 | glc << 16 | offset);
    put(V_ADDRESS | data << 8 | (based ? S_MEMORY : S_NULL) << 16 | dst << 24);
    access_finish(begin, from);
}

static void lds_access(void)
{
    const struct opcode *row = row_choose(ENCODING_DS);
    unsigned data, dst, offset = below(2) * below(row->flags & OPCODE_WAVE ? 0xe000 : 0x400);
    bool atomic = row->flags & OPCODE_ATOMIC;
    size_t begin = count;
    data_choose(&data, &dst);
    address_make(2 * PROGRAM_LDS, atomic, below(200)); // half of it beyond the end
    size_t from = count;
    put(0xd8000000 | row->number << 18 | (atomic ? offset & ~7u : offset));
    put(V_ADDRESS | data << 8 | below(200) << 16 | dst << 24);
    access_finish(begin, from);
}

static void private_access(void)
{
    const struct opcode *row = row_choose(ENCODING_MUBUF);
    unsigned data, dst, offen = below(2), offset = below(PROGRAM_SCRATCH_LANE / 2);
    size_t begin = count;
    data_choose(&data, &dst);
    if (row->flags & OPCODE_ATOMIC) return;
    if (below(4)) offset &= ~3u;
    if (offen) {
        address_make(PROGRAM_SCRATCH_LANE / 4, below(2), below(200));
        if (below(2)) vop1(ID(v_mov_b32__VOP1), V_ADDRESS, small(4 * (int)below(3)));
        if (offset > PROGRAM_SCRATCH_LANE / 4) offset = 4;
    }
    size_t from = count;
    put(0xe0000000 | row->number << 18 | offen << 12 | offset);
    put(V_ADDRESS | (row->flags & OPCODE_STORE ? data : dst) << 8 | S_DESCRIPTOR / 4 << 16 | small(0) << 24);
    access_finish(begin, from);
}

static void scalar_load(void)
{
    static const unsigned ids[] = {ID(s_load_dword__SMEM), ID(s_load_dwordx2__SMEM), ID(s_load_dwordx4__SMEM),
                                   ID(s_load_dwordx8__SMEM)};
    unsigned size = below(4);
    put(0xf4000000 | number(ids[size]) << 18 | (below(6) * 8) << 6 | S_MEMORY / 2);
    put(below(PROGRAM_MEMORY) | (uint32_t)S_NULL << 25);
}

// --- Structure ---

static void body(void);

static void inner(void)
{
    depth++;
    blocks += 2;
    body();
    depth--;
}

static void condition_divergent(void)
{
    unsigned saved = S_SAVED + 2 * depth;
    vopc(ID(v_cmp_gt_u32__VOPC), vgpr(below(200)), below(200));
    sop1(BY_WIDTH(s_and_saveexec, SOP1), saved, VCC);
    bool jumps = below(2);
    size_t from = jumps ? branch_begin(ID(s_cbranch_execz__SOPP)) : 0;
    inner();
    if (jumps) branch_end(from);
    if (below(2))
        sop2(BY_WIDTH(s_or, SOP2), EXEC, EXEC, saved);
    else
        sop1(BY_WIDTH(s_mov, SOP1), EXEC, saved);
}

static void condition_uniform(void)
{
    sopc(ID(s_cmp_gt_u32__SOPC), below(S_KEPT), below(S_KEPT));
    size_t from = branch_begin(below(2) ? ID(s_cbranch_scc0__SOPP) : ID(s_cbranch_scc1__SOPP));
    inner();
    if (below(2)) {
        branch_end(from);
        return;
    }
    size_t otherwise = branch_begin(ID(s_branch__SOPP));
    branch_end(from);
    inner();
    branch_end(otherwise);
}

static void loop_uniform(void)
{
    unsigned counter = S_COUNTER + depth;
    sop1(ID(s_mov_b32__SOP1), counter, small(1 + (int)below(4)));
    size_t start = count;
    inner();
    sop2(ID(s_sub_u32__SOP2), counter, counter, small(1));
    sopc(ID(s_cmp_lg_u32__SOPC), counter, small(0));
    branch_back(ID(s_cbranch_scc1__SOPP), start);
}

static void loop_divergent(void)
{
    unsigned counter = V_COUNTER + depth, saved = S_SAVED + 2 * depth;
    sop1(BY_WIDTH(s_mov, SOP1), saved, EXEC);
    vop2(ID(v_and_b32__VOP2), counter, small(3), below(200));
    size_t start = count;
    inner();
    vop2(ID(v_add_nc_u32__VOP2), counter, small(-1), counter);
    vopc(ID(v_cmp_lt_i32__VOPC), small(0), counter);
    sop2(BY_WIDTH(s_and, SOP2), EXEC, EXEC, VCC);
    branch_back(ID(s_cbranch_execnz__SOPP), start);
    sop1(BY_WIDTH(s_mov, SOP1), EXEC, saved);
}

// A function that stands in the way of those who do not call it.
static void call(void)
{
    if (depth) return; // one return address
    size_t around = branch_begin(ID(s_branch__SOPP)), function = count;
    inner();
    sop1(ID(s_setpc_b64__SOP1), 0, S_RETURN);
    branch_end(around);
    for (unsigned calls = 1 + below(2); calls; calls--) {
        sop1(ID(s_getpc_b64__SOP1), S_TARGET, 0);
        size_t here = count;
        sop2(ID(s_sub_u32__SOP2), S_TARGET, S_TARGET, LITERAL);
        put((uint32_t)(here - function) * 4);
        sop2(ID(s_subb_u32__SOP2), S_TARGET + 1, S_TARGET + 1, small(0));
        sop1(ID(s_swappc_b64__SOP1), S_RETURN, S_TARGET);
        straight();
    }
}

static void mode_changed(void)
{
    uint32_t changed = generate_u32(&generator) & 0xff;
    sopp(ID(s_round_mode__SOPP), changed & 0xf);
    sopp(ID(s_denorm_mode__SOPP), changed >> 4);
    straights(4);
    sopp(ID(s_denorm_mode__SOPP), mode >> 4 & 0xf);
    sopp(ID(s_round_mode__SOPP), mode & 0xf);
}

static void exec_whole(void) { sop1(ID(s_mov_b64__SOP1), EXEC, small(-1)); }

static unsigned barriers; // allowed where all waves pass as often

static void piece(void)
{
    unsigned choice = below(28);
    if (count + WORDS / 8 > WORDS) return;
    if (choice < 4 && depth < DEPTH) {
        void (*const nested[])(void) = {condition_divergent, condition_uniform, loop_uniform, loop_divergent};
        nested[choice]();
        return;
    }
    switch (choice) {
    case 4:
    case 5:
    case 6:
        return global_access();
    case 7:
    case 8:
        return lds_access();
    case 9:
    case 10:
        return private_access();
    case 11:
        return scalar_load();
    case 12:
        return call();
    case 13:
        return below(4) ? straight() : mode_changed();
    case 14:
        return exec_whole();
    case 15:
        if (barriers && !depth) sopp(ID(s_barrier__SOPP), 0);
        return;
    default:
        return straights(6);
    }
}

static void body(void)
{
    for (unsigned n = 1 + below(depth ? 4 : 12); n && count < WORDS / 2; n--) piece();
}

// --- One program ---

static void print(void)
{
    for (size_t at = 0; at < count;) {
        struct instruction in;
        char text[200];
        size_t size = instruction_decode(&in, words + at, (count - at) * 4, wave64);
        if (size) instruction_print(text, sizeof text, &in, wave64);
        if (words[at] != 0xbf800000) fprintf(stderr, "  %4zu  %s\n", at, size ? text : "?");
        at += size ? size / 4 : 1;
    }
}

static void state_fill(struct program_state *start, unsigned waves, uint64_t exec)
{
    uint64_t memory = program_memory();
    program_state_fill(start, waves, wave64, mode, exec);
    for (unsigned i = 0; i < waves; i++) {
        struct wave *w = &start->waves[i];
        program_descriptor(start, i, &w->sgpr[S_DESCRIPTOR]);
        wave_write64(w, S_MEMORY, memory);
        for (unsigned slice = 0; slice < w->slices; slice++)
            memset(&w->vgpr[slice][V_KEPT], 0, (256 - V_KEPT) * sizeof(u32x16));
    }
}

// A work-group for the program, with all that decides how it runs.
static struct {
    struct program_state start, interpreted, translated;
    unsigned waves;
    uint32_t budget;
    uint64_t lanes; // that mean something in the end
} group;

// Returns whether both ways agree, or one of them is not to be had.
static bool group_check(void)
{
    if (!program_run(words, &group.start, group.waves, group.budget, &group.interpreted, &group.translated))
        return true;
    return !program_differs(&group.interpreted, &group.translated, group.waves, group.lanes);
}

// Leaves out what makes no difference, so that what is left shows why.
static void program_reduce(void)
{
    const uint32_t s_nop = 0xbf800000;
    for (size_t at = 0; at + 1 < count;) {
        struct instruction in;
        uint32_t kept[GENERATED_WORDS];
        size_t size = instruction_decode(&in, words + at, (count - at) * 4, wave64) / 4;
        if (!size) return;
        memcpy(kept, words + at, size * 4);
        for (size_t i = 0; i < size; i++) words[at + i] = s_nop;
        if (group_check()) memcpy(words + at, kept, size * 4);
        at += size;
    }
    group_check();
}

static bool program_check(void)
{
    wave64 = below(3) == 0;
    mode = below(2) ? MODE_USUAL : generate_u32(&generator) & MODE_ALL;
    group.waves = 1 + below(2);
    // Lanes outside of what waves begin with may mean nothing; where EXEC comes from registers, all may
    // become active.
    uint64_t exec =
        below(2) ? generate_u32(&generator) | (uint64_t)generate_u32(&generator) << 32 : UINT64_MAX;
    bool moved = below(2);
    group.lanes = moved ? UINT64_MAX : exec;
    barriers = group.waves > 1;
    count = 0;
    depth = 0;
    blocks++;
    if (moved) sop1(ID(s_mov_b64__SOP1), EXEC, below(S_KEPT) & ~1u);
    body();
    sopp(ID(s_sleep__SOPP), 0);
    state_fill(&group.start, group.waves, exec);
    // Waves that race for memory take turns at barriers only.
    group.budget = group.waves > 1 || below(2) ? UINT32_MAX : 1 + below(5);
    if (group_check()) return true;
    program_reduce();
    fprintf(stderr, "wave%d, mode %x, %u waves\n", wave64 ? 64 : 32, mode, group.waves);
    print();
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 2) return 2;
    long programs = argc > 2 ? strtol(argv[2], NULL, 10) : 60, failed = 0;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    program_start(argv[1]);
    for (long i = 0; i < programs && failed < 10; i++) {
        generator = (struct generator){seed + (uint64_t)i};
        program_seed(seed + (uint64_t)i);
        if (program_check()) continue;
        fprintf(stderr, "seed %" PRIu64 "\n", seed + (uint64_t)i);
        failed++;
    }
    printf("%ld programs, %ld blocks, %ld failures\n", programs, blocks, failed);
    return failed != 0;
}
