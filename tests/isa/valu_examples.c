// The functional examples of the ISA guide, sections 12.7 to 12.11.
#include "valu_operands.h"
#include "valu_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>

#include <cmocka.h>

static const struct example {
    const char *name;
    uint32_t source, result;
} examples[] = {
    {"v_exp_f32", 0xff800000, 0x00000000},  {"v_exp_f32", 0x80000000, 0x3f800000},
    {"v_exp_f32", 0x7f800000, 0x7f800000},  {"v_log_f32", 0xff800000, 0xffc00000},
    {"v_log_f32", 0xbf800000, 0xffc00000},  {"v_log_f32", 0x80000000, 0xff800000},
    {"v_log_f32", 0x00000000, 0xff800000},  {"v_log_f32", 0x3f800000, 0x00000000},
    {"v_log_f32", 0x7f800000, 0x7f800000},  {"v_rcp_f32", 0xff800000, 0x80000000},
    {"v_rcp_f32", 0xc0000000, 0xbf000000},  {"v_rcp_f32", 0x80000000, 0xff800000},
    {"v_rcp_f32", 0x00000000, 0x7f800000},  {"v_rcp_f32", 0x7f800000, 0x00000000},
    {"v_rsq_f32", 0xff800000, 0xffc00000},  {"v_rsq_f32", 0x80000000, 0xff800000},
    {"v_rsq_f32", 0x00000000, 0x7f800000},  {"v_rsq_f32", 0x40800000, 0x3f000000},
    {"v_rsq_f32", 0x7f800000, 0x00000000},  {"v_sqrt_f32", 0xff800000, 0xffc00000},
    {"v_sqrt_f32", 0x80000000, 0x80000000}, {"v_sqrt_f32", 0x00000000, 0x00000000},
    {"v_sqrt_f32", 0x40800000, 0x40000000}, {"v_sqrt_f32", 0x7f800000, 0x7f800000},
    {"v_sin_f32", 0xff800000, 0xffc00000},  {"v_sin_f32", 0xff7fffff, 0x00000000},
    {"v_sin_f32", 0x80000000, 0x80000000},  {"v_sin_f32", 0x3e800000, 0x3f800000},
    {"v_sin_f32", 0x7f800000, 0xffc00000},  {"v_cos_f32", 0xff800000, 0xffc00000},
    {"v_cos_f32", 0xff7fffff, 0x3f800000},  {"v_cos_f32", 0x80000000, 0x3f800000},
    {"v_cos_f32", 0x3e800000, 0x00000000},  {"v_cos_f32", 0x7f800000, 0xffc00000},
    {"v_rcp_f16", 0xfc00, 0x8000},          {"v_rcp_f16", 0xc000, 0xb800},
    {"v_rcp_f16", 0x8000, 0xfc00},          {"v_rcp_f16", 0x0000, 0x7c00},
    {"v_rcp_f16", 0x7c00, 0x0000},          {"v_sqrt_f16", 0xfc00, 0xfe00},
    {"v_sqrt_f16", 0x8000, 0x8000},         {"v_sqrt_f16", 0x4400, 0x4000},
    {"v_sqrt_f16", 0x7c00, 0x7c00},         {"v_rsq_f16", 0xfc00, 0xfe00},
    {"v_rsq_f16", 0x8000, 0xfc00},          {"v_rsq_f16", 0x0000, 0x7c00},
    {"v_rsq_f16", 0x4400, 0x3800},          {"v_rsq_f16", 0x7c00, 0x0000},
    {"v_log_f16", 0xfc00, 0xfe00},          {"v_log_f16", 0xbc00, 0xfe00},
    {"v_log_f16", 0x8000, 0xfc00},          {"v_log_f16", 0x0000, 0xfc00},
    {"v_log_f16", 0x3c00, 0x0000},          {"v_log_f16", 0x7c00, 0x7c00},
    {"v_exp_f16", 0xfc00, 0x0000},          {"v_exp_f16", 0x8000, 0x3c00},
    {"v_exp_f16", 0x7c00, 0x7c00},          {"v_sin_f16", 0xfc00, 0xfe00},
    {"v_sin_f16", 0xfbff, 0x0000},          {"v_sin_f16", 0x8000, 0x8000},
    {"v_sin_f16", 0x3400, 0x3c00},          {"v_sin_f16", 0x7bff, 0x0000},
    {"v_sin_f16", 0x7c00, 0xfe00},          {"v_cos_f16", 0xfc00, 0xfe00},
    {"v_cos_f16", 0xfbff, 0x3c00},          {"v_cos_f16", 0x8000, 0x3c00},
    {"v_cos_f16", 0x3400, 0x0000},          {"v_cos_f16", 0x7bff, 0x3c00},
    {"v_cos_f16", 0x7c00, 0xfe00},          {"v_ffbh_u32", 0x00000000, 0xffffffff},
    {"v_ffbh_u32", 0x800000ff, 0},          {"v_ffbh_u32", 0x100000ff, 3},
    {"v_ffbh_u32", 0x0000ffff, 16},         {"v_ffbh_u32", 0x00000001, 31},
    {"v_ffbl_b32", 0x00000000, 0xffffffff}, {"v_ffbl_b32", 0xff000001, 0},
    {"v_ffbl_b32", 0xff000008, 3},          {"v_ffbl_b32", 0xffff0000, 16},
    {"v_ffbl_b32", 0x80000000, 31},         {"v_ffbh_i32", 0x00000000, 0xffffffff},
    {"v_ffbh_i32", 0x40000000, 1},          {"v_ffbh_i32", 0x80000000, 1},
    {"v_ffbh_i32", 0x0fffffff, 4},          {"v_ffbh_i32", 0xffff0000, 16},
    {"v_ffbh_i32", 0xfffffffe, 31},         {"v_ffbh_i32", 0xffffffff, 0xffffffff},
    {"v_cvt_off_f32_i4", 0x8, 0xbf000000},  {"v_cvt_off_f32_i4", 0xf, 0xbd800000},
    {"v_cvt_off_f32_i4", 0x0, 0x00000000},  {"v_cvt_off_f32_i4", 0x7, 0x3ee00000},
};

static const struct opcode *opcode_find(const char *name)
{
    for (int id = 0; id < OPCODE_ID_COUNT; id++) {
        if (strcmp(opcodes[id].name, name) == 0) return &opcodes[id];
    }
    return NULL;
}

void guide_examples_hold(void **state)
{
    (void)state;
    int failures = 0;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        const struct example *e = &examples[i];
        const struct opcode *op = opcode_find(e->name);
        assert_non_null(op);
        struct lanes lanes = {.exec = 0xffff, .mode = 0xf0};
        u32x16 source = (u32x16)e->source, result;
        op->vector(&result, &source, NULL, NULL, &lanes);
        for (int lane = 0; lane < 16; lane++) {
            if (result[lane] == e->result) continue;
            fprintf(stderr, "%s(%08x) is %08x, not %08x\n", e->name, e->source, e->result, result[lane]);
            failures++;
            break;
        }
    }
    assert_int_equal(failures, 0);
}
