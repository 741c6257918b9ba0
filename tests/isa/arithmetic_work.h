// An instruction's work in MPFR, and the functions that do it.
#pragma once

#include "arithmetic.h"
#include "arithmetic_format.h"

struct work {
    const struct arithmetic_case *c;
    struct value s[3];
    mpfr_rnd_t round;
    uint32_t mode;
    bool mask, unspecified; // as struct arithmetic_result has them
};

#define A (w->s[0].v)
#define B (w->s[1].v)
#define C (w->s[2].v)

// Computes into `r`, which has the destination's precision (64 bits for integers), and returns MPFR's ternary
// value.
typedef int compute_fn(mpfr_t r, struct work *w);

// NULL: there is no row of it.
compute_fn *compute_of(const struct opcode *opcode);

compute_fn compute_div_scale, compute_div_fmas, compute_div_fixup, compute_trig_preop, compute_cube_face,
    compute_cube_s, compute_cube_t, compute_cube_major, compute_multiply_lit, compute_signed_normalized,
    compute_unsigned_normalized, compute_signed_normalized2, compute_unsigned_normalized2,
    compute_insert_byte, compute_convert_toward_zero, compute_convert_sixteenths, compute_dot,
    compute_is_of_class, compute_mul_legacy;
