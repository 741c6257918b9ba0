// Floating-point formats, and numbers of them in MPFR.
#pragma once

#include "device/softgpu/isa/table/isa.h"

#include <mpfr.h>
#include <string.h>

enum {
    PRECISE = 220, // bits: far more than any result has
};

struct format {
    int precision, exponent_bits;
    uint32_t in, out; // MODE's bits that keep denormals
};

extern const struct format format_f16, format_f32, format_f64;

static inline int bias(const struct format *f) { return (1 << (f->exponent_bits - 1)) - 1; }
static inline int width(const struct format *f) { return f->precision + f->exponent_bits; }

// NULL: of integers.
const struct format *format_of(unsigned type);

struct value {
    mpfr_t v;
    bool signalling;
};

void value_init(struct value *x, int precision);
// Of bits, with the denormals that MODE keeps.
void float_read(struct value *x, uint64_t bits, const struct format *f, uint32_t mode);
void value_read(struct value *x, uint64_t bits, unsigned type, uint32_t mode);
// The bits of a value that the format has.
uint64_t float_bits(const mpfr_t v, const struct format *f);

bool below_normal(const mpfr_t v, const struct format *f);
// `v`, which has the format's precision and was rounded with the ternary value `inexact`, into its range.
// Says in *tiny whether it was below the normal numbers before.
void into_range(mpfr_t v, int inexact, const struct format *f, mpfr_rnd_t round, bool *tiny);
