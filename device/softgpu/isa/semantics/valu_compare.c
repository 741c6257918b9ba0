// Vector comparisons. "RDNA 2" ISA guide, section 12.9. V_CMPX has the same functions: where the result goes
// is the caller's affair.
#include "valu_float.h"

#define COMPARISON(name)                                                                                     \
    extern vector_fn sem_v_cmpx_##name __attribute__((alias("sem_v_cmp_" #name)));                           \
    VECTOR(v_cmp_##name)
#define COMPARE(name, T, condition)                                                                          \
    COMPARISON(name)                                                                                         \
    {                                                                                                        \
        vec_##T a = load_##T(s0, l), b = load_##T(s1, l);                                                    \
        l->mask_out = LANE_BITS(condition);                                                                  \
    }
#define CONSTANT(name, bits)                                                                                 \
    COMPARISON(name) { l->mask_out = (bits); }

#define COMPARE_ORDER(T)                                                                                     \
    COMPARE(lt_##T, T, a < b)                                                                                \
    COMPARE(eq_##T, T, a == b)                                                                               \
    COMPARE(le_##T, T, a <= b)                                                                               \
    COMPARE(gt_##T, T, a > b)                                                                                \
    COMPARE(ne_##T, T, a != b)                                                                               \
    COMPARE(ge_##T, T, a >= b)
#define COMPARE_INTEGER(T)                                                                                   \
    CONSTANT(f_##T, 0)                                                                                       \
    COMPARE_ORDER(T)                                                                                         \
    CONSTANT(t_##T, 0xffff)

COMPARE_ORDER(u16)
COMPARE_ORDER(i16)
COMPARE_INTEGER(u32)
COMPARE_INTEGER(i32)
COMPARE_INTEGER(u64)
COMPARE_INTEGER(i64)

// "lg" is less or greater: false for NaNs, where C's != is true.
#define COMPARE_FLOAT(T)                                                                                     \
    CONSTANT(f_##T, 0)                                                                                       \
    COMPARE(lt_##T, T, a < b)                                                                                \
    COMPARE(eq_##T, T, a == b)                                                                               \
    COMPARE(le_##T, T, a <= b)                                                                               \
    COMPARE(gt_##T, T, a > b)                                                                                \
    COMPARE(lg_##T, T, (a < b) | (a > b))                                                                    \
    COMPARE(ge_##T, T, a >= b)                                                                               \
    COMPARE(o_##T, T, (a == a) & (b == b))                                                                   \
    COMPARE(u_##T, T, (a != a) | (b != b))                                                                   \
    COMPARE(nge_##T, T, ~(a >= b))                                                                           \
    COMPARE(nlg_##T, T, ~((a < b) | (a > b)))                                                                \
    COMPARE(ngt_##T, T, ~(a > b))                                                                            \
    COMPARE(nle_##T, T, ~(a <= b))                                                                           \
    COMPARE(neq_##T, T, a != b)                                                                              \
    COMPARE(nlt_##T, T, ~(a < b))                                                                            \
    CONSTANT(tru_##T, 0xffff)

COMPARE_FLOAT(f16)
COMPARE_FLOAT(f32)
COMPARE_FLOAT(f64)

// --- Classes: the second source selects some of the ten that class_T() tells apart ---

COMPARISON(class_f32) { l->mask_out = LANE_BITS((class_f32((f32x16)s0[0]) & s1[0]) != 0); }

COMPARISON(class_f64)
{
    u64x16 selected = CONVERT(s1[0], u64x16);
    l->mask_out = LANE_BITS((class_f64(load_f64(s0, l)) & selected) != 0);
}

// The f16 as an f32 of the same class: its exponent widened so that denormals remain denormals.
INLINE f32x16 f16_of_same_class(u32x16 bits)
{
    u32x16 exponent = bits >> 10 & 31, sign = bits >> 15 & 1;
    u32x16 wide = SELECT(exponent == 31, (u32x16)255, exponent);
    return (f32x16)(sign << 31 | wide << 23 | (bits & 0x3ff) << 13);
}

COMPARISON(class_f16) { l->mask_out = LANE_BITS((class_f32(f16_of_same_class(s0[0])) & s1[0]) != 0); }
