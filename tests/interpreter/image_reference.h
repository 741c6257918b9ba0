// What image instructions must give, in plain double arithmetic.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// A texel format, by its name in AMD's manuals: bits of the components, the one in the highest bits first.
struct format {
    unsigned number; // in a T#
    const char *kind;
    unsigned bits[4];
};
extern const struct format formats[];
extern const unsigned format_count;

unsigned format_bytes(const struct format *);
bool format_is(const struct format *, const char *kind);
bool format_is_integer(const struct format *);
bool format_is_of_images(const struct format *); // else of buffers only
// A texel's components as they come to registers, those it lacks as 0.
void reference_decode(const struct format *, const uint8_t *texel, uint32_t components[4]);
// The float nearest to a number, to nearest even, among those of 10 or 11 bits.
double reference_small_float(unsigned bits, double value);
// Component `c` of an encoded texel, as an unsigned field.
uint32_t reference_field(const struct format *, const uint8_t *texel, unsigned c);
// The exact value that the field stands for in its own units (0.5 of which a conversion may be off), of a
// register's bits.
double reference_units(const struct format *, unsigned c, uint32_t component);
double reference_field_units(const struct format *, unsigned c, uint32_t field);

float as_float(uint32_t bits);
uint32_t as_bits(float value);

// A sampled position in one dimension, as OpenCL's section 8.2 says, with the weight not yet rounded: -1 is
// the border. Clamp is a S#'s code. Nearest texels in mirrored tiles are GL's: see texels_clamp,
// sampler_spans.h.
struct reference_span {
    int texel[2];
    double weight;
};
struct reference_span reference_span(unsigned clamp, bool normalised, bool linear, double coordinate,
                                     int size);
