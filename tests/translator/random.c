// Random programs: branches, loops, divergence, calls, barriers, LDS, memory, images, private memory, changes
// of MODE, and between them instructions of all kinds; translated must be interpreted, bit for bit, in
// registers and memory.
//
// usage: test_translator_random SEMANTICS [programs] [seed]
#include "arithmetic.h"
#include "images.h"
#include "launch.h"
#include "program.h"

#include "device/softgpu/interpreter/exec_lanes.h"
#include "device/softgpu/interpreter/exec_memory.h"
#include "device/softgpu/translator/code.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEPTH = 3,
    ROOM = 64, // words that are left for what ends a program

    MODE_USUAL = 0x3f0,
    MODE_ALL = 0x3ff,
};

static uint32_t mode;
static unsigned depth; // of loops and conditions
static long blocks;    // generated so far

// Launched as a kernel is, to be run by whole work-groups; else waves begin with all registers random.
static bool launched;
static bool tame; // EXEC is always a part of what waves were launched with, and rows stay known

// A VGPR that has a value.
static unsigned any_vector(void) { return below(launched ? V_LAUNCHED - 4 : 200); }

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
    unsigned id = in->opcode->id, hwreg = in->offset & HWREG_ID;
    bool setreg = id == ID(s_setreg_b32__SOPK) || id == ID(s_setreg_imm32_b32__SOPK);
    bool scratch = hwreg == HWREG_FLAT_SCR_LO || hwreg == HWREG_FLAT_SCR_HI;
    bool getreg = id == ID(s_getreg_b32__SOPK);
    return !((setreg || getreg) && scratch); // it is at another address in every process
}

// --- Straight code of programs that are launched ---

static uint32_t confined(uint32_t index) { return index % (V_LAUNCHED - 4); }

static void source_confine(uint32_t *word, unsigned shift, unsigned bits)
{
    uint32_t mask = (1u << bits) - 1, code = *word >> shift & mask;
    if (bits == 9 && code < 256) return;
    code = bits == 9 ? 256 + confined(code - 256) : confined(code);
    *word = (*word & ~(mask << shift)) | code << shift;
}

// Names VGPRs that have values.
static void registers_confine(uint32_t *code, const struct instruction *in)
{
    unsigned encoding = in->opcode->encoding;
    bool long_form = in->form == FORM_VOP3 || encoding == ENCODING_VOP3 || encoding == ENCODING_VOP3P;
    bool extended = in->form == FORM_SDWA || in->form == FORM_DPP16 || in->form == FORM_DPP8;
    if (encoding < ENCODING_VOP1) return;
    if (in->dst.file == FILE_VGPR) source_confine(code, long_form ? 0 : 17, 8);
    if (long_form) {
        for (unsigned i = 0; i < 3; i++) source_confine(code + 1, 9 * i, 9);
        return;
    }
    if (!extended) source_confine(code, 0, 9);
    if (extended && in->src[0].file == FILE_VGPR) source_confine(code + 1, 0, 8);
    if (encoding != ENCODING_VOP1 && in->src[1].file == FILE_VGPR) source_confine(code, 9, 8);
}

static bool has_value(const struct operand *o)
{
    return o->file != FILE_VGPR || o->index + o->dwords <= V_LAUNCHED;
}

// Whether it keeps work-groups from being run whole, or from knowing rows.
static bool is_wild(const struct instruction *in)
{
    const struct code code = {.wave64 = wave64, .mode = mode};
    enum treatment treatment = treatment_of(&code, in);
    bool inactive = in->fetch_inactive || in->opcode->id == ID(v_readlane_b32__VOP3);
    if (treatment == TREAT_INTERPRETED || treatment == TREAT_UNTRANSLATED) return true;
    return tame && (inactive || (writes_exec(in) && !narrows_exec(in)));
}

// Returns whether it may be part of such a program; changes it so that it may.
static bool launched_admits(struct instruction *in, uint32_t *code, size_t size)
{
    const struct opcode *row = in->opcode;
    unsigned form = in->form;
    registers_confine(code, in);
    if (instruction_decode(in, code, size, wave64) != size || in->opcode != row || in->form != form)
        return false;
    bool values = has_value(&in->dst) && has_value(&in->dst2);
    for (unsigned i = 0; i < 4; i++) values &= has_value(&in->src[i]);
    return values && !is_wild(in);
}

// --- Straight code ---

// One that moves values between lanes, of which the table has few.
static const struct opcode *exchange_choose(enum encoding encoding)
{
    for (;;) {
        const struct opcode *row = &opcodes[below(OPCODE_ID_COUNT)];
        if (row->encoding == encoding && row->lanes) return row;
    }
}

static void straight(void)
{
    for (unsigned tries = 0; tries < 20; tries++) {
        const struct opcode *row =
            below(30) ? &opcodes[below(OPCODE_ID_COUNT)] : exchange_choose(ENCODING_VOP3);
        enum vector_form form = (enum vector_form)below(FORM_DPP8 + 1);
        struct instruction in;
        uint32_t code[GENERATED_WORDS];
        if (!form_exists(row, form)) continue;
        size_t size = arithmetic_generate(&generator, row, form, wave64, mode, code);
        if (!size) continue;
        instruction_decode(&in, code, size, wave64);
        if (launched && !launched_admits(&in, code, size)) continue;
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
        if (row->encoding == encoding && (row->vector || row->lanes)) return row;
    }
}

// Offsets below `size`; of all alignments, but for atomics.
static void address_make(uint32_t size, bool aligned, unsigned from)
{
    if (launched && below(2)) {
        vop2(ID(v_lshlrev_b32__VOP2), V_ADDRESS, small(aligned ? 3 : 2 + (int)below(3)), V_ID);
        return;
    }
    vop2(ID(v_and_b32__VOP2), V_ADDRESS, LITERAL, from);
    put((size - 1) & (aligned ? ~7u : below(2) ? ~3u : ~0u));
    if (below(4) == 0) vop1(ID(v_mov_b32__VOP1), V_ADDRESS, small((int)below(8) * 8)); // the same for all
    if (below(4)) return;
    // one behind another
    vop1(ID(v_mov_b32__VOP1), V_ADDRESS, small(-1));
    vop3(ID(v_mbcnt_lo_u32_b32__VOP3), V_ADDRESS, small(-1), small(0), 0);
    if (below(2)) // in halves of a slice
        vop2(ID(v_and_b32__VOP2), V_ADDRESS, small(below(2) ? 7 : 8 * ((int)below(3) + 1)), V_ADDRESS);
    vop2(ID(v_lshlrev_b32__VOP2), V_ADDRESS, small(2 + (int)below(3)), V_ADDRESS);
    vop2(ID(v_and_b32__VOP2), V_ADDRESS, LITERAL, V_ADDRESS);
    put((size - 1) & ~7u);
}

static void data_choose(unsigned *data, unsigned *dst)
{
    *data = any_vector();
    *dst = any_vector();
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
    bool flat = row->encoding == ENCODING_FLAT;
    bool based = !flat && (!row->src[0] || below(2)); // without VGPR the lane's number is the offset
    bool atomic = row->flags & OPCODE_ATOMIC;
    unsigned data, dst, aperture = flat ? below(launched ? 2 : 4) : 0;
    size_t begin = count;
    data_choose(&data, &dst);
    address_make(aperture == 1   ? PROGRAM_LDS / 2
                 : aperture == 2 ? PROGRAM_SCRATCH_LANE / 2
                                 : PROGRAM_MEMORY,
                 atomic, any_vector());
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
    const struct opcode *row = below(3) ? row_choose(ENCODING_DS) : exchange_choose(ENCODING_DS);
    unsigned data, dst, offset = below(2) * below(row->lanes ? 0x10000 : 0x400);
    bool atomic = row->flags & OPCODE_ATOMIC;
    size_t begin = count;
    data_choose(&data, &dst);
    address_make(2 * PROGRAM_LDS, atomic, any_vector()); // half of it beyond the end
    size_t from = count;
    put(0xd8000000 | row->number << 18 | (atomic ? offset & ~7u : offset));
    put(V_ADDRESS | data << 8 | any_vector() << 16 | dst << 24);
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
        address_make(PROGRAM_SCRATCH_LANE / 4, below(2), any_vector());
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
    unsigned size = below(4), d = below(6) * 8;
    smem(ids[size], d, S_MEMORY, below(PROGRAM_MEMORY));
}

// Often it ends within what is loaded.
static void scalar_buffer_load(void)
{
    static const unsigned ids[] = {ID(s_buffer_load_dword__SMEM), ID(s_buffer_load_dwordx2__SMEM),
                                   ID(s_buffer_load_dwordx4__SMEM), ID(s_buffer_load_dwordx8__SMEM),
                                   ID(s_buffer_load_dwordx16__SMEM)};
    unsigned descriptor = below(12) * 4, stride = below(2) * 4, d = below(3) * 16;
    uint32_t offset = below(PROGRAM_MEMORY / 2), size = offset + below(80);
    sop1(ID(s_mov_b64__SOP1), descriptor, S_MEMORY);
    if (stride) {
        sop2(ID(s_or_b32__SOP2), descriptor + 1, descriptor + 1, LITERAL);
        put(stride << 16);
    }
    sop1(ID(s_mov_b32__SOP1), descriptor + 2, LITERAL);
    put(stride ? size / stride : size);
    smem(ids[below(5)], d, descriptor, offset);
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
    vopc(ID(v_cmp_gt_u32__VOPC), vgpr(any_vector()), any_vector());
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
    vop2(ID(v_and_b32__VOP2), counter, small(3), any_vector());
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

// Where it is reached, the wave stops.
static void undecodable(void)
{
    const uint32_t ds_read_b64 = 0xd9d80000;
    if (!depth || below(4)) return;
    put(below(2) ? ds_read_b64 : UINT32_MAX);
    put(UINT32_MAX); // in the second word of DS some bits are to be 0
}

static void exec_whole(void)
{
    if (tame || (launched && below(2)))
        exec_launched();
    else
        sop1(ID(s_mov_b64__SOP1), EXEC, small(-1));
}

static bool barriers; // allowed where all waves pass as often

// What nothing reads from one barrier to the next lies in the wave meanwhile; behind them it may be that
// lanes which are not active are read first.
static void meeting(void)
{
    for (unsigned n = 1 + below(2); n; n--) sopp(ID(s_barrier__SOPP), 0);
    if (below(2)) return;
    vopc(ID(v_cmpx_gt_u32__VOPC), vgpr(any_vector()), any_vector());
    if (below(2)) straight();
    exec_whole();
}

static void structure(unsigned choice)
{
    void (*const nested[])(void) = {condition_divergent, condition_uniform, loop_uniform, loop_divergent};
    nested[choice]();
}

// What runs the program, with all that decides how.
static struct {
    struct program_state start, interpreted, translated;
    struct launch_shape shape; // where it is launched
    bool waves_too;
    bool scratch;
    bool images; // are accessed
    unsigned waves;
    uint32_t budget;
    uint64_t lanes; // that mean something in the end
    bool whole;     // a work-group was run whole
} group;

static void rows(void)
{
    if (below(3) == 0) return row_access();
    for (unsigned n = below(4) + 1; n; n--) row_step();
}

// What is multiplied: a number in two VGPRs or SGPRs, or constants.
struct factor {
    uint32_t lower, upper;
};

static struct factor factor_choose(void)
{
    unsigned choice = below(4), v = any_vector(), s = below(S_KEPT - 1);
    if (choice < 2) return (struct factor){vgpr(v), vgpr(v + 1)};
    if (choice == 2) return (struct factor){s, s + 1};
    return (struct factor){small((int)below(65)), small((int)below(65))};
}

// A product of 64 bits, as compilers make it of 32-bit ones: with itself again, most often. Now and then it
// is none, for the halves do not belong together, or one is read before it is whole.
static void product(void)
{
    unsigned d = any_vector(), x = any_vector(), y = any_vector();
    struct factor a = below(4) ? (struct factor){vgpr(d), vgpr(d + 1)} : factor_choose(), b = factor_choose();
    bool crossed = below(8) == 0, early = below(8) == 0, narrow = below(4) == 0;
    vop3(ID(v_mul_lo_u32__VOP3), x, b.upper, a.lower, 0);
    vop3(ID(v_mul_lo_u32__VOP3), y, a.upper, crossed ? b.upper : b.lower, 0);
    uint32_t more = below(2) ? small((int)below(65)) : vgpr(any_vector());
    vop3b(ID(v_mad_u64_u32__VOP3), d, S_NULL, a.lower, b.lower, more);
    if (early) vop1(ID(v_mov_b32__VOP1), any_vector(), vgpr(d + below(2)));
    if (narrow)
        vop2(ID(v_add_nc_u32__VOP2), d + 1, vgpr(below(2) ? x : y), d + 1);
    else
        vop3(ID(v_add3_u32__VOP3), d + 1, vgpr(x), vgpr(y), vgpr(d + 1));
}

static void products(void)
{
    for (unsigned n = below(3) + 1; n; n--) product();
}

static long image_accesses;

static void piece(void)
{
    unsigned choice = below(launched ? 36 : 28);
    if (count + WORDS / 8 > WORDS) return;
    if (group.images && below(6) == 0) {
        image_accesses += image_access(launched ? V_LAUNCHED : 200);
        return;
    }
    if (choice < 4 && depth < DEPTH) return structure(choice);
    if (choice >= 28 || (launched && !group.scratch && (choice == 9 || choice == 10))) return rows();
    if (launched && (choice == 12 || choice == 13)) return straight();
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
        undecodable();
        return below(2) ? scalar_load() : scalar_buffer_load();
    case 12:
        return call();
    case 13:
        return below(4) ? straight() : mode_changed();
    case 14:
        return exec_whole();
    case 15:
        if (barriers && !depth) meeting();
        return;
    case 16:
    case 17:
        return products();
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

// Returns whether both ways agree, or one of them is not to be had.
static bool group_check(void)
{
    if (launched) {
        struct program_launch launch = {words, wave64, group.scratch, mode, {0}, {0}, group.waves_too};
        memcpy(launch.local, group.shape.local, sizeof launch.local);
        memcpy(launch.groups, group.shape.groups, sizeof launch.groups);
        group.whole = false;
        return !program_launch(&launch, &group.start, &group.interpreted, &group.translated, &group.whole) ||
               !program_differs(&group.interpreted, &group.translated, 0, 0);
    }
    if (!program_run(words, &group.start, group.waves, group.budget, &group.interpreted, &group.translated))
        return true;
    return !program_differs(&group.interpreted, &group.translated, group.waves, group.lanes);
}

// Where the body lies among the words: what is before and behind it gives registers values, and puts them
// out.
static size_t body_begins, body_ends;

// The words of so many instructions of the body, 0 where there are none.
static size_t instructions_size(size_t at, unsigned number)
{
    size_t from = at;
    for (; number && at < body_ends; number--) {
        struct instruction in;
        size_t size = instruction_decode(&in, words + at, (count - at) * 4, wave64) / 4;
        if (!size) break;
        at += size;
    }
    return at - from;
}

// Leaves out what makes no difference, so that what is left shows why: many instructions at a time, then
// fewer. What stops only since something has been left out shows something else.
static void program_reduce(void)
{
    const uint32_t s_nop = 0xbf800000;
    const bool stopped = group.interpreted.stopped;
    static uint32_t kept[WORDS];
    for (unsigned number = 32; number; number /= 2)
        for (size_t at = body_begins, size; (size = instructions_size(at, number)); at += size) {
            memcpy(kept, words + at, size * 4);
            for (size_t i = 0; i < size; i++) words[at + i] = s_nop;
            if (!memcmp(kept, words + at, size * 4)) continue;
            bool agrees = group_check(), other = group.interpreted.stopped && !stopped;
            if (agrees || other) memcpy(words + at, kept, size * 4);
        }
    group_check();
}

// Waves with random registers.
static void program_make(void)
{
    group.waves = 1 + below(2);
    // Lanes outside of what waves begin with may mean nothing; where EXEC comes from registers, all may
    // become active.
    uint64_t exec =
        below(2) ? generate_u32(&generator) | (uint64_t)generate_u32(&generator) << 32 : UINT64_MAX;
    bool moved = below(2);
    group.lanes = moved ? UINT64_MAX : exec;
    barriers = group.waves > 1;
    if (moved) sop1(ID(s_mov_b64__SOP1), EXEC, below(S_KEPT) & ~1u);
    body_begins = count;
    body();
    body_ends = count;
    sopp(ID(s_sleep__SOPP), 0);
    state_fill(&group.start, group.waves, exec);
    // Waves that race for memory take turns at barriers only. No loop lasts so long, but where what ends it
    // has been left out.
    enum { ENOUGH = 1000 };
    group.budget = group.waves > 1 || below(2) ? ENOUGH : 1 + below(5);
}

static void program_make_launched(void)
{
    group.shape = launch_shape_choose();
    group.waves_too = below(2);
    group.scratch = below(2);
    tame = below(4) != 0;
    barriers = true;
    launch_begin(group.scratch);
    body_begins = count;
    body();
    body_ends = count;
    launch_end(&group.shape);
    program_state_fill(&group.start, 1, wave64, mode, UINT64_MAX);
}

static long launches, whole; // of work-groups

static bool program_check(void)
{
    launched = below(2);
    tame = false;
    wave64 = below(3) == 0;
    mode = below(2) ? MODE_USUAL : generate_u32(&generator) & MODE_ALL;
    count = 0;
    depth = 0;
    blocks++;
    group.images = below(launched ? 4 : 2) == 0; // they keep work-groups from being run whole
    (launched ? program_make_launched : program_make)();
    bool agrees = group_check();
    launches += launched;
    whole += launched && group.whole;
    if (agrees) return true;
    program_reduce();
    fprintf(stderr, "wave%d, mode %x, ", wave64 ? 64 : 32, mode);
    if (launched)
        fprintf(stderr, "%u work-groups of %u x %u x %u\n", group.shape.groups[0] * group.shape.groups[1],
                group.shape.local[0], group.shape.local[1], group.shape.local[2]);
    else
        fprintf(stderr, "%u waves\n", group.waves);
    print();
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 2) return 2;
    long programs = argc > 2 ? strtol(argv[2], NULL, 10) : 40, failed = 0;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    program_start(argv[1]);
    for (long i = 0; i < programs && failed < 10; i++) {
        generator = (struct generator){seed + (uint64_t)i};
        program_seed(seed + (uint64_t)i);
        if (program_check()) continue;
        fprintf(stderr, "seed %" PRIu64 "\n", seed + (uint64_t)i);
        failed++;
    }
    printf(
        "%ld programs, %ld blocks, %ld launched, %ld of them by whole work-groups, %ld image accesses, %ld "
        "failures\n",
        programs, blocks, launches, whole, image_accesses, failed);
    bool idle = programs >= 40 && (!whole || !image_accesses); // what is to be tried is not
    return failed != 0 || idle;
}
