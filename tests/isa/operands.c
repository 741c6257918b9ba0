// What the text of an instruction does not tell of its operands: values of constants, implicit operands,
// widths.
#include "device/softgpu/isa/table/isa.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS = 5 };
enum { VCC = 106, EXEC = 126 };

static struct instruction decode(const uint32_t words[WORDS], bool wave64)
{
    struct instruction in;
    size_t size = instruction_decode(&in, words, WORDS * sizeof *words, wave64);
    assert_true(size > 0);
    assert_int_equal(size, in.size);
    return in;
}

static void constants(void **state)
{
    (void)state;
    static const struct {
        uint32_t words[WORDS];
        unsigned source;
        enum value_type type;
        uint64_t value;
    } cases[] = {
        {{0x640204f2}, 0, TYPE_F16, 0x3c00},                         // v_add_f16 v1, 1.0, v2
        {{0x640204c1}, 0, TYPE_F16, 0xffff},                         // v_add_f16 v1, -1, v2
        {{0x640204ff, 0xffff1234}, 0, TYPE_F16, 0x1234},             // v_add_f16 v1, 0x1234, v2
        {{0x060204f2}, 0, TYPE_F32, 0x3f800000},                     // v_add_f32 v1, 1.0, v2
        {{0x060204d0}, 0, TYPE_F32, 0xfffffff0},                     // v_add_f32 v1, -16, v2
        {{0xd5640002, 0x000208f2}, 0, TYPE_F64, 0x3ff0000000000000}, // v_add_f64 v[2:3], 1.0, v[4:5]
        {{0xd5640002, 0x000208ff, 0x40590000},
         0,
         TYPE_F64,
         0x4059000000000000},                                        // v_add_f64 v[2:3], 100, v[4:5]
        {{0xd5640002, 0x000208c1}, 0, TYPE_F64, UINT64_MAX},         // v_add_f64 v[2:3], -1, v[4:5]
        {{0xd5760400, 0x03060702}, 2, TYPE_U64, UINT64_MAX},         // v_mad_u64_u32 ..., v2, v3, -1
        {{0x7d4204c2}, 0, TYPE_I64, UINT64_MAX - 1},                 // v_cmp_lt_i64 vcc, -2, v[2:3]
        {{0x7d4204ff, 0x80000000}, 0, TYPE_I64, 0xffffffff80000000}, // v_cmp_lt_i64 vcc, 0x80000000, v[2:3]
        {{0x7dc204ff, 0x80000000}, 0, TYPE_U64, 0x80000000},         // v_cmp_lt_u64 vcc, 0x80000000, v[2:3]
        {{0xbe8004ff, 0x80000000}, 0, TYPE_B64, 0x80000000},         // s_mov_b64 s[0:1], 0x80000000
        {{0xbe8004c1}, 0, TYPE_B64, UINT64_MAX},                     // s_mov_b64 s[0:1], -1
        {{0xbe8004f2}, 0, TYPE_B64, 0x3ff0000000000000},             // s_mov_b64 s[0:1], 1.0
        {{0xcc0f4000, 0x180202f2}, 0, TYPE_PK_F16, 0x3c00},          // v_pk_add_f16 v0, 1.0, v1
        {{0xcc0a4000, 0x180202f2}, 0, TYPE_PK_U16, 0x3f800000},      // v_pk_add_u16 v0, 1.0, v1
        {{0xcc0a4000, 0x180202c1}, 0, TYPE_PK_U16, 0xffffffff},      // v_pk_add_u16 v0, -1, v1
        {{0xcc0f4000, 0x180202ff, 0x3c004000}, 0, TYPE_PK_F16, 0x3c004000}, // v_pk_add_f16 v0, 0x3c004000, v1
        {{0xcc200000, 0x0c05e4f2}, 0, TYPE_F16, 0x3c00}, // v_fma_mix_f32 v0, 1.0, 1.0, v1 op_sel_hi:[1,0,0]
        {{0xcc200000, 0x0c05e4f2}, 1, TYPE_F32, 0x3f800000},     // the same
        {{0xd7400000, 0x040a02ff, 0x1fff}, 0, TYPE_U16, 0x1fff}, // v_mad_u16 v0, 0x1fff, v1, v2
        {{0xb003fffe}, 1, TYPE_I16, UINT64_MAX - 1},             // s_movk_i32 s3, -2
        {{0x58020702, 0x40000000}, 1, TYPE_F32, 0x40000000},     // v_fmamk_f32 v1, v2, 2.0, v3
        {{0x70020702, 0x00004000}, 2, TYPE_F16, 0x4000},         // v_fmaak_f16 v1, v2, v3, 2.0
        {{0xd6ff0000, 0x00020484}, 0, TYPE_B32, 4},              // v_lshlrev_b64 v[0:1], 4, v[2:3]
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct instruction in = decode(cases[i].words, false);
        const struct operand *o = &in.src[cases[i].source];
        assert_int_equal(o->file, FILE_CONSTANT);
        assert_int_equal(o->type, cases[i].type);
        assert_int_equal(o->value, cases[i].value);
    }
}

static void assert_register(const struct operand *o, enum operand_file file, unsigned index, unsigned dwords)
{
    assert_int_equal(o->file, file);
    assert_int_equal(o->index, index);
    assert_int_equal(o->dwords, dwords);
}

// Lane masks are a register in wave32 and a pair in wave64, whether a field names them or not.
static void lane_masks(void **state)
{
    (void)state;
    for (unsigned dwords = 1; dwords <= 2; dwords++) {
        bool wave64 = dwords == 2;
        struct instruction select = decode((uint32_t[WORDS]){0x02020702}, wave64); // v_cndmask_b32_e32
        assert_register(&select.src[2], FILE_SGPR, VCC, dwords);
        select = decode((uint32_t[WORDS]){0xd5010001, 0x001a0702}, wave64); // v_cndmask_b32_e64 ..., s6
        assert_register(&select.src[2], FILE_SGPR, 6, dwords);
        struct instruction carry = decode((uint32_t[WORDS]){0x50020702}, wave64); // v_add_co_ci_u32_e32
        assert_register(&carry.dst2, FILE_SGPR, VCC, dwords);
        assert_register(&carry.src[2], FILE_SGPR, VCC, dwords);
        carry = decode((uint32_t[WORDS]){0xd70f0401, 0x00020702}, wave64); // v_add_co_u32 v1, s4, v2, v3
        assert_register(&carry.dst2, FILE_SGPR, 4, dwords);
        // v_div_fmas_f32
        struct instruction divide = decode((uint32_t[WORDS]){0xd56f0001, 0x04120702}, wave64);
        assert_register(&divide.src[3], FILE_SGPR, VCC, dwords);
        struct instruction compare = decode((uint32_t[WORDS]){0x7c220501}, wave64); // v_cmpx_lt_f32_e32
        assert_register(&compare.dst, FILE_SGPR, EXEC, dwords);
        compare = decode((uint32_t[WORDS]){0x7c020501}, wave64); // v_cmp_lt_f32_e32
        assert_register(&compare.dst, FILE_SGPR, VCC, dwords);
        compare = decode((uint32_t[WORDS]){0xd4010004, 0x00020501}, wave64); // v_cmp_lt_f32_e64 s4
        assert_register(&compare.dst, FILE_SGPR, 4, dwords);
    }
}

static void old_destinations(void **state)
{
    (void)state;
    struct instruction in = decode((uint32_t[WORDS]){0x56020702}, false); // v_fmac_f32 v1, v2, v3
    assert_register(&in.src[2], FILE_VGPR, 1, 1);
    assert_int_equal(in.src[2].type, TYPE_F32);
    in = decode((uint32_t[WORDS]){0x7e02cb02}, false); // v_swap_b32 v1, v2
    assert_register(&in.dst2, FILE_VGPR, 2, 1);
    assert_register(&in.src[1], FILE_VGPR, 1, 1);
    in = decode((uint32_t[WORDS]){0xb7830001}, false); // s_addk_i32 s3, 1
    assert_register(&in.src[0], FILE_SGPR, 3, 1);
}

static void modifiers(void **state)
{
    (void)state;
    // v_add_f32_sdwa v1, -v2, |v3| dst_sel:WORD_1 dst_unused:UNUSED_PRESERVE src0_sel:BYTE_1 src1_sel:DWORD
    struct instruction in = decode((uint32_t[WORDS]){0x060206f9, 0x26111502}, false);
    assert_int_equal(in.form, FORM_SDWA);
    assert_int_equal(in.dst_sdwa, SDWA_WORD_1);
    assert_int_equal(in.dst_unused, SDWA_UNUSED_PRESERVE);
    assert_int_equal(in.src[0].sdwa, SDWA_BYTE_1);
    assert_true(in.src[0].neg && !in.src[0].abs && !in.src[1].neg && in.src[1].abs);
    // v_mov_b32_dpp v1, v2 row_shl:3 row_mask:0x5 bank_mask:0x3 bound_ctrl:1
    in = decode((uint32_t[WORDS]){0x7e0202fa, 0x53090302}, false);
    assert_int_equal(in.form, FORM_DPP16);
    assert_int_equal(in.dpp_ctrl, 0x103);
    assert_true(in.row_mask == 5 && in.bank_mask == 3 && in.bound_ctrl && !in.fetch_inactive);
    // v_fma_f16 v1, v2, v3, v4 op_sel:[1,0,1,1] clamp mul:4
    in = decode((uint32_t[WORDS]){0xd74be801, 0x14120702}, false);
    assert_true(in.src[0].op_sel == 1 && in.src[1].op_sel == 0 && in.src[2].op_sel == 1 &&
                in.dst_op_sel == 1);
    assert_true(in.clamp && in.omod == 2);
    // v_fma_mixhi_f16 writes the high half, whatever OP_SEL says
    in = decode((uint32_t[WORDS]){0xcc220000, 0x04020501}, false);
    assert_int_equal(in.dst_op_sel, 1);
}

static void memory(void **state)
{
    (void)state;
    // global_load_dwordx2 v[4:5], v1, s[2:3] offset:-8 glc
    struct instruction in = decode((uint32_t[WORDS]){0xdc358ff8, 0x04020001}, false);
    assert_register(&in.dst, FILE_VGPR, 4, 2);
    assert_register(&in.src[0], FILE_VGPR, 1, 1);
    assert_register(&in.src[2], FILE_SGPR, 2, 2);
    assert_true(in.offset == -8 && in.glc && !in.slc && !in.dlc);
    // scratch_store_dword off, v3, s4 offset:16
    in = decode((uint32_t[WORDS]){0xdc704010, 0x00040300}, false);
    assert_int_equal(in.dst.file, FILE_NONE);
    assert_int_equal(in.src[0].file, FILE_NONE);
    assert_register(&in.src[1], FILE_VGPR, 3, 1);
    assert_register(&in.src[2], FILE_SGPR, 4, 1);
    // ds_read2_b32 v[0:1], v2 offset0:3 offset1:7
    in = decode((uint32_t[WORDS]){0xd8dc0703, 0x00000002}, false);
    assert_int_equal(in.offset, 0x0703);
    // s_load_dwordx4 s[4:7], s[2:3], -0x10
    in = decode((uint32_t[WORDS]){0xf4080101, 0xfa1ffff0}, false);
    assert_int_equal(in.offset, -0x10);
    assert_int_equal(in.src[1].file, FILE_NULL);
    // buffer_atomic_cmpswap v[1:2], v3, s[4:7], s8 offen offset:4 glc: returns one dword of two
    in = decode((uint32_t[WORDS]){0xe0c45004, 0x08010103}, false);
    assert_register(&in.dst, FILE_VGPR, 1, 1);
    assert_register(&in.src[3], FILE_VGPR, 1, 2);
    // image_load v[0:1], [v3, v9, v7], s[8:15] dmask:0x3 dim:SQ_RSRC_IMG_3D
    in = decode((uint32_t[WORDS]){0xf0000312, 0x00020003, 0x00000709}, false);
    assert_register(&in.dst, FILE_VGPR, 0, 2);
    assert_true(in.nsa_count == 2 && in.nsa[0] == 9 && in.nsa[1] == 7 && in.size == 12);
}

// However little may be read, no more is (the sanitizers watch), and nothing that ends beyond it is accepted.
static void truncation(void **state)
{
    (void)state;
    static const uint32_t instructions[][WORDS] = {
        {0xf0000312, 0x00020003, 0x00000709},
        {0xd5640002, 0x000208ff, 0x40590000},
        {0x060206f9, 0x26111502},
        {0x640204ff, 0x1234},
        {0xbe8004ff, 0x80000000},
        {0xf4080101, 0xfa1ffff0},
        {0xd8dc0703, 0x00000002},
        {0x58020702, 0x40000000},
        {0xba800001, 5},
    };
    for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++) {
        size_t size = decode(instructions[i], false).size;
        for (size_t available = 0; available < size; available++) {
            struct instruction in;
            void *code = malloc(available ? available : 1);
            assert_non_null(code);
            memcpy(code, instructions[i], available);
            assert_int_equal(instruction_decode(&in, code, available, false), 0);
            free(code);
        }
    }
}

// Like snprintf, instruction_print returns the whole length and never writes past the buffer.
static void short_buffers(void **state)
{
    (void)state;
    char whole[128], part[129];
    struct instruction in = decode((uint32_t[WORDS]){0x060206f9, 0x26111502}, false);
    int length = instruction_print(whole, sizeof whole, &in, false);
    assert_int_equal(length, strlen(whole));
    for (size_t size = 0; size <= sizeof whole; size++) {
        memset(part, '#', sizeof part);
        assert_int_equal(instruction_print(part, size, &in, false), length);
        assert_int_equal(part[size], '#');
        if (size == 0) continue;
        size_t expected = size - 1 < (size_t)length ? size - 1 : (size_t)length;
        assert_int_equal(strlen(part), expected);
        assert_memory_equal(part, whole, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants),     cmocka_unit_test(lane_masks), cmocka_unit_test(old_destinations),
        cmocka_unit_test(modifiers),     cmocka_unit_test(memory),     cmocka_unit_test(truncation),
        cmocka_unit_test(short_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
