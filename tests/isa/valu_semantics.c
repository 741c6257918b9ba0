// Every vector ALU instruction of the opcode table against the scalar reference, on edge values and random
// ones. The modes of what has to do with floating-point numbers: arithmetic.c.
#include "valu_operands.h"
#include "valu_reference.h"
#include "valu_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SLICES = 1500, FAILURES_SHOWN = 3 };
enum { MODE_KEEP_DENORMALS = 0xf0 };

// --- The table's rows that the semantics have to provide ---

static const bool expected[OPCODE_ID_COUNT] = {
#define OTHERWISE        false
#define VECTOR(function) true
#define I(encoding, number, name, dst, dst2, src0, src1, src2, src3, flags, meaning)                         \
    [OPCODE_ID_##name##__##encoding] = meaning,
#include "device/softgpu/isa/table/opcodes.def"
};

static bool is_valu(const struct opcode *op)
{
    return op->encoding >= ENCODING_VOP1 && op->encoding <= ENCODING_VOP3P && expected[op->id];
}

static const struct reference *references;

void reference_register(struct reference *reference)
{
    reference->next = references;
    references = reference;
}

// V_CMPX computes what V_CMP does.
static const struct reference *reference_find(const char *name)
{
    char plain[64];
    bool exec = strncmp(name, "v_cmpx_", 7) == 0;
    snprintf(plain, sizeof plain, "%s%s", exec ? "v_cmp_" : "", exec ? name + 7 : name);
    for (const struct reference *r = references; r; r = r->next) {
        if (strcmp(r->name, plain) == 0) return r;
    }
    return NULL;
}

// --- One slice ---

struct slice {
    u32x16 s[3][4], d[4];
    struct lanes lanes;
};

static void slice_fill(struct slice *x, const struct opcode *op)
{
    for (int lane = 0; lane < 16; lane++) {
        uint32_t v[3][4] = {{0}};
        for (int i = 0; i < 3; i++) {
            bool repeat = i > 0 && operand_random() % 4 == 0;
            const uint32_t *like = v[operand_random() % (i ? (unsigned)i : 1)];
            if (repeat)
                memcpy(v[i], like, sizeof v[i]);
            else
                operand_pick(v[i], op->src[i]);
            for (int k = 0; k < 4; k++) x->s[i][k][lane] = v[i][k];
        }
    }
    for (int k = 0; k < 4; k++) x->d[k] = (u32x16)0xdeadbeef;
    x->lanes.exec = 0xffff;
    x->lanes.mask_in = (uint16_t)operand_random();
    x->lanes.first_lane = operand_random() % 4 * 16;
    x->lanes.wave64 = true;
}

static struct lane lane_get(const struct slice *x, int lane)
{
    struct lane r = {
        .mask_in = x->lanes.mask_in >> lane & 1,
        .number = x->lanes.first_lane + (unsigned)lane,
        .clamp = x->lanes.clamp,
        .ieee = x->lanes.mode & MODE_IEEE,
    };
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 4; k++) r.s[i][k] = x->s[i][k][lane];
    }
    return r;
}

static void failure_print(const struct opcode *op, const struct lane *x, const struct slice *got, int lane)
{
    fprintf(stderr, "%s clamp=%d ieee=%d lane=%u mask=%d:", op->name, x->clamp, x->ieee, x->number,
            x->mask_in);
    for (int i = 0; i < 3 && op->src[i]; i++) {
        fprintf(stderr, " ");
        for (int k = operand_dwords(op->src[i]); k-- > 0;) fprintf(stderr, "%08x", x->s[i][k]);
    }
    fprintf(stderr, " -> ");
    for (int k = operand_dwords(op->dst); k-- > 0;) fprintf(stderr, "%08x", got->d[k][lane]);
    fprintf(stderr, " mask %d, expected ", got->lanes.mask_out >> lane & 1);
    for (int k = operand_dwords(op->dst); k-- > 0;) fprintf(stderr, "%08x", x->d[k]);
    fprintf(stderr, " mask %d\n", x->mask_out);
}

static bool lane_matches(const struct opcode *op, const struct reference *reference, const struct lane *want,
                         const struct slice *got, int lane)
{
    if (want->unspecified) return true;
    bool mask_matches = (got->lanes.mask_out >> lane & 1) == want->mask_out;
    bool wants_mask = op->dst == TYPE_LANE_MASK || op->dst2 == TYPE_LANE_MASK;
    if (wants_mask && !mask_matches) return false;
    if (op->dst == TYPE_LANE_MASK) return true;
    uint32_t d[4];
    for (int k = 0; k < 4; k++) d[k] = got->d[k][lane];
    return result_matches(reference->compare, op->dst, d, want->d);
}

// Runs slices through both. Returns the number of lanes that differ.
static int opcode_check(const struct opcode *op, const struct reference *reference, uint32_t mode, bool clamp)
{
    int failures = 0;
    for (int n = 0; n < SLICES; n++) {
        struct slice x = {0};
        slice_fill(&x, op);
        x.lanes.mode = mode;
        x.lanes.clamp = clamp;
        op->vector(x.d, x.s[0], x.s[1], x.s[2], &x.lanes);
        for (int lane = 0; lane < 16; lane++) {
            struct lane want = lane_get(&x, lane);
            reference->compute(&want);
            if (lane_matches(op, reference, &want, &x, lane)) continue;
            if (failures++ < FAILURES_SHOWN) failure_print(op, &want, &x, lane);
        }
    }
    return failures;
}

static bool saturates(const struct opcode *op)
{
    return (op->encoding == ENCODING_VOP3P || op->flags & OPCODE_CLAMP) && operand_is_integer(op->dst);
}

// --- Tests ---

static void every_instruction_has_a_function(void **state)
{
    (void)state;
    int count = 0, missing = 0;
    for (int id = 0; id < OPCODE_ID_COUNT; id++) {
        if (!is_valu(&opcodes[id])) continue;
        count++;
        if (!opcodes[id].vector) fprintf(stderr, "%s has no function\n", opcodes[id].name), missing++;
    }
    assert_int_equal(missing, 0);
    assert_true(count >= 444);
}

static void every_instruction_has_a_reference(void **state)
{
    (void)state;
    int missing = 0;
    for (int id = 0; id < OPCODE_ID_COUNT; id++) {
        bool found = !is_valu(&opcodes[id]) || reference_find(opcodes[id].name);
        if (!found) fprintf(stderr, "%s has no reference\n", opcodes[id].name), missing++;
    }
    assert_int_equal(missing, 0);
}

static void instructions_match_reference(void **state)
{
    (void)state;
    int failed = 0;
    for (int id = 0; id < OPCODE_ID_COUNT; id++) {
        const struct opcode *op = &opcodes[id];
        const struct reference *reference = is_valu(op) && op->vector ? reference_find(op->name) : NULL;
        if (!reference) continue;
        int lanes = opcode_check(op, reference, MODE_KEEP_DENORMALS, false);
        lanes += opcode_check(op, reference, MODE_KEEP_DENORMALS | MODE_IEEE, saturates(op));
        if (lanes) fprintf(stderr, "%s: %d lanes differ\n", op->name, lanes), failed++;
    }
    assert_int_equal(failed, 0);
}

// The destination may be one of the sources' registers.
static void destination_may_be_a_source(void **state)
{
    (void)state;
    int failed = 0;
    for (int id = 0; id < OPCODE_ID_COUNT; id++) {
        const struct opcode *op = &opcodes[id];
        if (!is_valu(op) || !op->vector || op->dst == TYPE_LANE_MASK) continue;
        for (int i = 0; i < 3; i++) {
            struct slice x = {0}, y;
            slice_fill(&x, op);
            x.lanes.mode = MODE_KEEP_DENORMALS;
            y = x;
            op->vector(x.d, x.s[0], x.s[1], x.s[2], &x.lanes);
            op->vector(y.s[i], y.s[0], y.s[1], y.s[2], &y.lanes);
            size_t size = (size_t)operand_dwords(op->dst) * sizeof x.d[0];
            bool same = memcmp(x.d, y.s[i], size) == 0 && x.lanes.mask_out == y.lanes.mask_out;
            if (!same) fprintf(stderr, "%s: writes before it has read source %d\n", op->name, i), failed++;
        }
    }
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction_has_a_function),
        cmocka_unit_test(every_instruction_has_a_reference),
        cmocka_unit_test(instructions_match_reference),
        cmocka_unit_test(destination_may_be_a_source),
        cmocka_unit_test(divisions_are_correctly_rounded),
        cmocka_unit_test(guide_examples_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
