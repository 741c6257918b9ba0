// A scalar reference of the vector ALU, one lane at a time, written from the ISA guide in plain C and sharing
// nothing with device/softgpu/isa/valu_*.c. Every instruction registers itself under its mnemonic.
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct lane {
    uint32_t s[3][4]; // the sources' registers
    uint32_t d[4];    // the destination's
    bool mask_in, mask_out;
    unsigned number; // of the lane in its wave
    bool clamp, ieee;
    bool unspecified; // out: any result will do
};

enum compare {
    COMPARE_BITS,  // identical
    COMPARE_VALUE, // identical, but that any quiet NaN is like any other
    COMPARE_NEAR,  // at most one unit in the last place apart, NaNs as above
};

typedef void reference_fn(struct lane *x);

struct reference {
    const char *name;
    reference_fn *compute;
    enum compare compare;
    const struct reference *next;
};

void reference_register(struct reference *reference);

#define DEFINE(name_, compare_)                                                                              \
    static reference_fn reference_##name_;                                                                   \
    __attribute__((constructor)) static void register_##name_(void)                                          \
    {                                                                                                        \
        static struct reference entry = {#name_, reference_##name_, compare_, NULL};                         \
        reference_register(&entry);                                                                          \
    }                                                                                                        \
    static void reference_##name_(struct lane *x)

// Source `i` as a type, and the destination.
static inline uint32_t u32(const struct lane *x, int i) { return x->s[i][0]; }
static inline int32_t i32(const struct lane *x, int i) { return (int32_t)x->s[i][0]; }
static inline uint16_t u16(const struct lane *x, int i) { return (uint16_t)x->s[i][0]; }
static inline int16_t i16(const struct lane *x, int i) { return (int16_t)x->s[i][0]; }
static inline uint64_t u64(const struct lane *x, int i) { return x->s[i][0] | (uint64_t)x->s[i][1] << 32; }
static inline int64_t i64(const struct lane *x, int i) { return (int64_t)u64(x, i); }
static inline void set_u32(struct lane *x, uint32_t v) { x->d[0] = v; }
static inline void set_u64(struct lane *x, uint64_t v)
{
    x->d[0] = (uint32_t)v;
    x->d[1] = (uint32_t)(v >> 32);
}

static inline float float_of(uint32_t bits)
{
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}
static inline uint32_t bits_of(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof v);
    return bits;
}
static inline double double_of(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}
static inline uint64_t bits_of_double(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof v);
    return bits;
}
static inline float f32(const struct lane *x, int i) { return float_of(x->s[i][0]); }
static inline double f64(const struct lane *x, int i) { return double_of(u64(x, i)); }
static inline void set_f32(struct lane *x, float v) { x->d[0] = bits_of(v); }
static inline void set_f64(struct lane *x, double v) { set_u64(x, bits_of_double(v)); }

// f16: every value is a double; rounding to nearest even.
double f16_value(uint16_t bits);
uint16_t f16_round(double v);
static inline double f16(const struct lane *x, int i) { return f16_value(u16(x, i)); }
static inline void set_f16(struct lane *x, double v) { x->d[0] = f16_round(v); }
