#include "launch.h"

#include "program.h"

// --- Launching ---

struct launch_shape launch_shape_choose(void)
{
    static const uint16_t locals[][3] = {{64, 1, 1},  {32, 1, 1}, {32, 2, 1}, {16, 4, 1}, {16, 2, 4},
                                         {128, 1, 1}, {64, 2, 2}, {48, 4, 1}, {8, 8, 1},  {40, 1, 1}};
    static const unsigned count_of = sizeof locals / sizeof *locals;
    const uint16_t *local = locals[below(count_of)];
    struct launch_shape shape = {{local[0], local[1], local[2]}, {1, 1, 1}};
    bool whole = local[0] % 16 == 0 && local[0] * local[1] * local[2] % 64 == 0;
    for (int i = 0; i < 2 && whole; i++) shape.groups[i] = 1 + below(2);
    return shape;
}

static void add_64(unsigned d, uint32_t literal)
{
    sop2(ID(s_add_u32__SOP2), d, d, LITERAL);
    put(literal);
    sop2(ID(s_addc_u32__SOP2), d + 1, d + 1, small(0));
}

// As compilers begin kernels that have private memory.
static void scratch_begin(void)
{
    enum { S_SCRATCH = 6, S_OFFSET = 11 };
    for (unsigned i = 0; i < 4; i += 2) sop1(ID(s_mov_b64__SOP1), S_DESCRIPTOR + i, i);
    for (unsigned i = 0; i < 2; i++) {
        unsigned d = i ? S_SCRATCH : S_DESCRIPTOR;
        sop2(ID(s_add_u32__SOP2), d, d, S_OFFSET);
        sop2(ID(s_addc_u32__SOP2), d + 1, d + 1, small(0));
    }
    for (unsigned i = 0; i < 2 && below(2); i++)
        sopk(ID(s_setreg_b32__SOPK), S_SCRATCH + i, (HWREG_FLAT_SCR_LO + i) | HWREG_ALL_BITS);
}

void launch_begin(bool scratch)
{
    const unsigned memory = scratch ? 4 : 0, ids = scratch ? 8 : 2;
    sop1(BY_WIDTH(s_mov, SOP1), S_LAUNCH, EXEC);
    if (scratch) scratch_begin();
    sop1(ID(s_mov_b64__SOP1), S_MEMORY, memory);
    sop1(ID(s_mov_b64__SOP1), S_OUT, memory);
    add_64(S_OUT, PROGRAM_OUT_AT);
    for (unsigned i = 0; i < 3; i++) sop1(ID(s_mov_b32__SOP1), S_GROUP + i, ids + i);
    for (unsigned i = 0; i < 3; i++) vop1(ID(v_mov_b32__VOP1), V_ID + i, vgpr(i));
    for (unsigned i = 0; i < S_KEPT; i += 16)
        smem(ID(s_load_dwordx16__SMEM), i, S_MEMORY, below(PROGRAM_MEMORY / 4) * 4);
    vop2(ID(v_lshlrev_b32__VOP2), V_ADDRESS, small(4), V_ID);
    for (unsigned i = 4; i < V_LAUNCHED; i += 4)
        flat(ID(global_load_dwordx4__GLOBAL), i, V_ADDRESS, 0, S_MEMORY, i * 64);
    vop1(ID(v_mov_b32__VOP1), 3, below(S_KEPT));
    for (unsigned i = 0; i < V_ROW_COUNT; i++)
        vop2(ID(v_add_nc_u32__VOP2), V_ROWS + i, below(2) ? below(S_KEPT) : small((int)below(64)),
             V_ID + i % 3);
}

void exec_launched(void) { sop1(BY_WIDTH(s_mov, SOP1), EXEC, S_LAUNCH); }

// The item's number in its work-group, and the address of its work-group's first.
static void address_out(const struct launch_shape *shape)
{
    const uint16_t *local = shape->local;
    vop2(ID(v_mul_u32_u24__VOP2), V_ADDRESS, LITERAL, V_ID + 1);
    put(local[0]);
    vop2(ID(v_add_nc_u32__VOP2), V_ADDRESS, vgpr(V_ID), V_ADDRESS);
    vop2(ID(v_mul_u32_u24__VOP2), V_SAME, LITERAL, V_ID + 2);
    put((uint32_t)local[0] * local[1]);
    vop2(ID(v_add_nc_u32__VOP2), V_ADDRESS, vgpr(V_SAME), V_ADDRESS);
    vop2(ID(v_lshlrev_b32__VOP2), V_ADDRESS, small(4), V_ADDRESS);
    sop2(ID(s_mul_i32__SOP2), S_TARGET, S_GROUP + 1, small((int)shape->groups[0]));
    sop2(ID(s_add_u32__SOP2), S_TARGET, S_TARGET, S_GROUP);
    sop2(ID(s_mul_i32__SOP2), S_TARGET, S_TARGET, LITERAL);
    put(16u * local[0] * local[1] * local[2]);
    sop2(ID(s_add_u32__SOP2), S_OUT, S_OUT, S_TARGET);
    sop2(ID(s_addc_u32__SOP2), S_OUT + 1, S_OUT + 1, small(0));
}

static void registers_out(const struct launch_shape *shape, unsigned first, unsigned number)
{
    uint32_t items = 1;
    for (int i = 0; i < 3; i++) items *= shape->local[i] * shape->groups[i];
    for (unsigned i = first; i < first + number; i += 4) {
        flat(ID(global_store_dwordx4__GLOBAL), 0, V_ADDRESS, i, S_OUT, 0);
        add_64(S_OUT, 16 * items);
    }
}

void launch_end(const struct launch_shape *shape)
{
    sop2(ID(s_cselect_b32__SOP2), S_COUNTER, small(1), small(0)); // SCC
    exec_launched();
    address_out(shape);
    registers_out(shape, 0, V_LAUNCHED);
    registers_out(shape, V_ROWS, V_ROW_COUNT);
    vop1(ID(v_mov_b32__VOP1), 0, S_COUNTER);
    vop1(ID(v_mov_b32__VOP1), 1, VCC);
    for (unsigned i = 2; i < 8; i++) vop1(ID(v_mov_b32__VOP1), i, below(S_KEPT));
    registers_out(shape, 0, 8);
    sopp(ID(s_endpgm__SOPP), 0);
}

// --- Rows ---

static unsigned row_choose(void) { return below(3) ? V_ROWS + below(V_ROW_COUNT) : V_ID + below(3); }

static uint32_t literal; // of the instruction that is being written
static bool literal_wanted;

static uint32_t source_choose(void)
{
    unsigned choice = below(16);
    if (choice < 8) return vgpr(row_choose());
    if (choice < 13) return small((int)below(choice < 11 ? 8 : 65));
    if (choice < 14) return small(-1 - (int)below(16));
    if (choice < 15 || literal_wanted) return below(S_KEPT);
    literal_wanted = true;
    literal = generate_u32(&generator) >> below(32);
    return LITERAL;
}

static void literal_finish(void)
{
    if (literal_wanted) put(literal);
    literal_wanted = false;
}

static void row_step_two(void)
{
    static const unsigned ids[] = {
        ID(v_add_nc_u32__VOP2),  ID(v_sub_nc_u32__VOP2),  ID(v_subrev_nc_u32__VOP2), ID(v_lshlrev_b32__VOP2),
        ID(v_lshrrev_b32__VOP2), ID(v_ashrrev_i32__VOP2), ID(v_mul_u32_u24__VOP2),   ID(v_and_b32__VOP2),
        ID(v_or_b32__VOP2),      ID(v_xor_b32__VOP2)};
    unsigned id = ids[below(sizeof ids / sizeof *ids)];
    bool sign = id == ID(v_ashrrev_i32__VOP2) && below(2);
    vop2(id, V_ROWS + below(V_ROW_COUNT), sign ? small(31) : source_choose(), row_choose());
    literal_finish();
}

static void row_step_three(void)
{
    static const unsigned ids[] = {
        ID(v_add3_u32__VOP3),    ID(v_lshl_add_u32__VOP3), ID(v_add_lshl_u32__VOP3), ID(v_mul_lo_u32__VOP3),
        ID(v_mad_u32_u24__VOP3), ID(v_and_or_b32__VOP3),   ID(v_lshl_or_b32__VOP3),  ID(v_mul_lo_u32__VOP3)};
    unsigned id = ids[below(sizeof ids / sizeof *ids)];
    uint32_t s0 = source_choose(), s1 = source_choose(), s2 = opcodes[id].src[2] ? source_choose() : 0;
    vop3(id, V_ROWS + below(V_ROW_COUNT), s0, s1, s2);
    literal_finish();
}

static unsigned pair_choose(void) { return V_ROWS + below(V_ROW_COUNT / 2) * 2; }

// A sum of 64 bits, in two instructions; most often of numbers that lie in a register and the next.
static void row_step_sum(void)
{
    unsigned d = pair_choose(), pair = pair_choose();
    unsigned low = below(3) ? pair : row_choose(), high = below(3) ? pair + 1 : row_choose();
    uint32_t scalar = below(S_KEPT - 1);
    bool scalars = below(3) == 0;
    vop3b(ID(v_add_co_u32__VOP3), d, VCC, scalars ? scalar : source_choose(), vgpr(low), 0);
    literal_finish();
    if (below(4) == 0) vop1(ID(v_mov_b32__VOP1), V_ROWS + below(V_ROW_COUNT), source_choose());
    literal_finish();
    vop2(ID(v_add_co_ci_u32__VOP2), d + 1, scalars ? scalar + 1 : source_choose(), high);
    literal_finish();
}

// What products of 64 bits end with.
static void row_step_above(void)
{
    // A product's upper half is read, too, and is one of them.
    unsigned upper = V_ROWS + below(V_ROW_COUNT / 2 - 1) * 2 + 1;
    uint32_t scalar = below(S_KEPT), source = source_choose();
    switch (below(3)) {
    case 0:
        vop2(ID(v_add_nc_u32__VOP2), upper, source, upper);
        break;
    case 1:
        vop3(ID(v_add3_u32__VOP3), upper, scalar, source, vgpr(upper));
        break;
    default:
        vop3b(ID(v_mad_u64_u32__VOP3), upper, below(2) ? S_NULL : VCC, scalar, source, vgpr(upper));
    }
    literal_finish();
}

static void row_step_wide(void)
{
    if (below(3) == 0) return row_step_above();
    if (below(2)) {
        vop3(ID(v_lshlrev_b64__VOP3), pair_choose(), small((int)below(12)), vgpr(pair_choose()), 0);
        return;
    }
    uint32_t s0 = below(2) ? below(S_KEPT) : source_choose(), s1 = source_choose();
    vop3b(ID(v_mad_u64_u32__VOP3), pair_choose(), below(2) ? S_NULL : VCC, s0, s1, vgpr(pair_choose()));
    literal_finish();
}

void row_step(void)
{
    switch (below(8)) {
    case 0:
        vop1(ID(v_mov_b32__VOP1), V_ROWS + below(V_ROW_COUNT), source_choose());
        literal_finish();
        return;
    case 1:
        return row_step_sum();
    case 2:
        return row_step_wide();
    case 3:
    case 4:
        return row_step_three();
    default:
        return row_step_two();
    }
}

// --- Accesses ---

// Bytes from the start of memory, of elements of 1 << size bytes.
static void offsets_make(unsigned size)
{
    if (below(4))
        vop2(ID(v_lshlrev_b32__VOP2), V_ADDRESS, small((int)size), V_ID);
    else
        vop1(ID(v_mov_b32__VOP1), V_ADDRESS, small(8 * (int)below(8)));
    if (below(2)) vop2(ID(v_add_nc_u32__VOP2), V_ADDRESS, small((int)below(16) * 4), V_ADDRESS);
}

static void addresses_make(void)
{
    vop3b(ID(v_add_co_u32__VOP3), V_ADDRESS, VCC, S_MEMORY, vgpr(V_ADDRESS), 0);
    vop1(ID(v_mov_b32__VOP1), V_ADDRESS + 1, S_MEMORY + 1);
    vop2(ID(v_add_co_ci_u32__VOP2), V_ADDRESS + 1, small(0), V_ADDRESS + 1);
}

// LDS, lanes that are any constant apart, or none; one or two accesses each.
static void lds_access(unsigned id, unsigned data, unsigned dst, unsigned offset)
{
    static const unsigned pairs[][2] = {{ID(ds_read2_b32__DS), ID(ds_write2_b32__DS)},
                                        {ID(ds_read2_b64__DS), ID(ds_write2_b64__DS)},
                                        {ID(ds_read2st64_b32__DS), ID(ds_write2st64_b32__DS)},
                                        {ID(ds_read2st64_b64__DS), ID(ds_write2st64_b64__DS)}};
    const bool store = opcodes[id].flags & OPCODE_STORE;
    unsigned apart = below(10), first = below(8), second = below(2) ? first + 1 : below(8);
    if (apart < 3) vop2(ID(v_lshlrev_b32__VOP2), V_ADDRESS, small((int)below(3)), V_ADDRESS);
    if (apart == 3) vop2(ID(v_mul_u32_u24__VOP2), V_ADDRESS, small((int)below(8)), V_ADDRESS);
    if (apart == 4) { // the other way
        vop1(ID(v_mov_b32__VOP1), V_SAME, LITERAL);
        put(PROGRAM_LDS / 2);
        vop2(ID(v_subrev_nc_u32__VOP2), V_ADDRESS, vgpr(V_ADDRESS), V_SAME);
    }
    if (apart == 5) vop2(ID(v_lshrrev_b32__VOP2), V_ADDRESS, small((int)below(6)), V_ADDRESS);
    if (apart == 6) // before LDS, which some lanes may be
        vop2(ID(v_add_nc_u32__VOP2), V_ADDRESS, small(-4 * (1 + (int)below(4))), V_ADDRESS);
    if (apart == 7) // as compilers add where they know of bits that are zero
        vop2(ID(v_or_b32__VOP2), V_ADDRESS, small(1 << below(7)), V_ADDRESS);
    if (below(2)) return ds(id, dst, V_ADDRESS, data, 0, offset);
    ds(pairs[below(4)][store], dst, V_ADDRESS, data, below(V_LAUNCHED - 3), first | second << 8);
}

void row_access(void)
{
    static const unsigned ids[][2][3] = {
        {{ID(global_load_dword__GLOBAL), ID(global_load_dwordx2__GLOBAL), ID(global_load_dwordx4__GLOBAL)},
         {ID(global_store_dword__GLOBAL), ID(global_store_dwordx2__GLOBAL),
          ID(global_store_dwordx4__GLOBAL)}},
        {{ID(flat_load_dword__FLAT), ID(flat_load_dwordx2__FLAT), ID(flat_load_dwordx4__FLAT)},
         {ID(flat_store_dword__FLAT), ID(flat_store_dwordx2__FLAT), ID(flat_store_dwordx4__FLAT)}},
        {{ID(ds_read_b32__DS), ID(ds_read_b64__DS), ID(ds_read_b128__DS)},
         {ID(ds_write_b32__DS), ID(ds_write_b64__DS), ID(ds_write_b128__DS)}}};
    unsigned how = below(4), size = below(3), store = below(2), offset = below(2) * below(64) * 4;
    unsigned data = store ? below(V_LAUNCHED - 3) : 0, dst = store ? 0 : below(V_LAUNCHED - 3);
    offsets_make(2 + size);
    if (how != 1 && below(3) == 0) // further apart, or overlapping
        vop2(below(2) ? ID(v_lshlrev_b32__VOP2) : ID(v_lshrrev_b32__VOP2), V_ADDRESS, small(1), V_ADDRESS);
    switch (how) {
    case 0:
        return flat(ids[0][store][size], dst, V_ADDRESS, data, S_MEMORY, offset);
    case 1:
        return lds_access(ids[2][store][size], data, dst, offset);
    default:
        addresses_make();
        return flat(ids[how - 2][store][size], dst, V_ADDRESS, data, S_NULL, offset);
    }
}
