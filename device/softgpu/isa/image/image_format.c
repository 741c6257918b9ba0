#include "image_format.h"

#include "texel_words.h"

#include <stddef.h>

enum { LANES = 16, FLOAT_ONE = 0x3f800000 };

static const struct image_format formats[] = {
#define FORMAT(number, name, kind, x, y, z, w) [number] = {(x + y + z + w) / 8, TEXEL_##kind, {x, y, z, w}},
#include "image_formats.def"
#undef FORMAT
};

const struct image_format *image_format_find(unsigned number)
{
    if (number >= sizeof formats / sizeof *formats || formats[number].bytes == 0) return NULL;
    return &formats[number];
}

bool image_format_is_integer(const struct image_format *format)
{
    return format->kind == TEXEL_UINT || format->kind == TEXEL_SINT;
}

bool image_format_is_stored(const struct image_format *format) { return format->kind != TEXEL_SRGB; }

const struct image_format *image_format_other_gamma(const struct image_format *format)
{
    static const uint8_t pairs[][2] = {{1, 128}, {14, 129}, {56, 130}}; // 8_, 8_8_, 8_8_8_8_UNORM and _SRGB
    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (unsigned k = 0; k < 2; k++)
            if (format == &formats[pairs[i][k]]) return &formats[pairs[i][!k]];
    return NULL;
}

static uint32_t bits_mask(unsigned bits) { return bits < 32 ? (1u << bits) - 1 : UINT32_MAX; }

static i32x16 sign_extend(u32x16 field, unsigned bits)
{
    return __builtin_bit_cast(i32x16, field << (32 - bits)) >> (int32_t)(32 - bits);
}

static u32x16 float_bits(f32x16 value) { return __builtin_bit_cast(u32x16, value); }
static f32x16 float_of(u32x16 bits) { return __builtin_bit_cast(f32x16, bits); }

// Of no more than 31 bits.
static f32x16 unsigned_float(u32x16 field)
{
    return __builtin_convertvector(__builtin_bit_cast(i32x16, field), f32x16);
}

static f32x16 signed_float(i32x16 field) { return __builtin_convertvector(field, f32x16); }

// --- sRGB: the transfer function of IEC 61966-2-1 ---

enum { SRGB_VALUES = 256 };
static const float srgb_values[SRGB_VALUES] = {
#define SRGB(value) value,
#include "srgb.def"
#undef SRGB
};

static f32x16 srgb_to_linear(u32x16 field)
{
    f32x16 result;
    for (unsigned i = 0; i < LANES; i++) result[i] = srgb_values[field[i] % SRGB_VALUES];
    return result;
}

// --- Floats of 16 bits, and of 10 and 11 bits, which are those of 16 without sign and lowest bits ---

enum { SMALL_SIGN = 15, FLOAT_FRACTION_BITS = 23 };

static u32x16 half_decode(u32x16 field, unsigned bits)
{
    u32x16 halves = bits < 16 ? field << (SMALL_SIGN - bits) : field;
    u16x16 narrow = __builtin_convertvector(halves, u16x16);
    return float_bits(__builtin_convertvector(__builtin_bit_cast(f16x16, narrow), f32x16));
}

// The nearest float without sign whose fraction has so many bits, to nearest even; what is below 0 is 0.
static u32x16 unsigned_encode(f32x16 value, unsigned fraction)
{
    const unsigned lost = FLOAT_FRACTION_BITS - fraction;
    const uint32_t infinity = 31u << fraction, rebias = (127u - 15) << fraction;
    const float least_normal = 0x1p-14f;
    u32x16 wide = float_bits(value), zeros = {0};
    u32x16 normal = ((wide + ((1u << (lost - 1)) - 1) + (wide >> lost & 1)) >> lost) - rebias;
    f32x16 units = __builtin_elementwise_roundeven((value < least_normal ? value : least_normal) *
                                                   ((float)(1u << fraction) / least_normal));
    u32x16 denormal = __builtin_bit_cast(u32x16, __builtin_convertvector(units, i32x16));
    u32x16 field = value < least_normal ? denormal : normal > infinity ? zeros + infinity : normal;
    field = value > 0 ? field : zeros;
    return value == value ? field : zeros + (infinity | 1u << (fraction - 1));
}

// --- Components ---

static u32x16 component_decode(enum texel_kind kind, u32x16 field, unsigned bits)
{
    switch (kind) {
    case TEXEL_UNORM:
        return float_bits(unorm_float(field, bits));
    case TEXEL_SRGB:
        return float_bits(srgb_to_linear(field));
    case TEXEL_SNORM: {
        f32x16 value = signed_float(sign_extend(field, bits)) / (float)bits_mask(bits - 1);
        return float_bits(value < -1.f ? (f32x16){0} - 1.f : value);
    }
    case TEXEL_USCALED:
        return float_bits(unsigned_float(field));
    case TEXEL_SSCALED:
        return float_bits(signed_float(sign_extend(field, bits)));
    case TEXEL_SINT:
        return __builtin_bit_cast(u32x16, sign_extend(field, bits));
    case TEXEL_FLOAT:
        return bits == 32 ? field : half_decode(field, bits);
    case TEXEL_UINT:
        break;
    }
    return field;
}

// The nearest integer between the two, to nearest even. A NaN is 0.
static u32x16 saturated(f64x16 value, double low, double high)
{
    const f64x16 zero = {0};
    value = value == value ? value : zero;
    value = value < low ? zero + low : value > high ? zero + high : value;
    return __builtin_bit_cast(u32x16,
                              __builtin_convertvector(__builtin_elementwise_roundeven(value), i32x16));
}

static u32x16 integers_saturated(u32x16 component, int32_t highest)
{
    i32x16 value = __builtin_bit_cast(i32x16, component), zero = {0};
    value = value > highest ? zero + highest : value < ~highest ? zero + ~highest : value;
    return __builtin_bit_cast(u32x16, value);
}

static u32x16 component_encode(enum texel_kind kind, u32x16 component, unsigned bits)
{
    f64x16 value = __builtin_convertvector(float_of(component), f64x16);
    uint32_t mask = bits_mask(bits);
    int32_t highest = (int32_t)bits_mask(bits - 1);
    switch (kind) {
    case TEXEL_UNORM:
        return unorm_field(float_of(component), bits);
    case TEXEL_SNORM:
        return saturated(value * highest, -highest, highest);
    case TEXEL_USCALED:
        return saturated(value, 0, mask);
    case TEXEL_SSCALED:
        return saturated(value, ~highest, highest);
    case TEXEL_SINT:
        return integers_saturated(component, highest);
    case TEXEL_FLOAT: {
        if (bits == 32) return component;
        if (bits < 16) return unsigned_encode(float_of(component), bits == 11 ? 6 : 5);
        f16x16 halves = __builtin_convertvector(float_of(component), f16x16);
        return __builtin_convertvector(__builtin_bit_cast(u16x16, halves), u32x16);
    }
    case TEXEL_SRGB: // has no way into memory
    case TEXEL_UINT:
        break;
    }
    return component > mask ? (u32x16){0} + mask : component;
}

// Alpha is linear in sRGB formats.
static enum texel_kind component_kind(const struct image_format *format, unsigned component)
{
    return format->kind == TEXEL_SRGB && component == 3 ? TEXEL_UNORM : format->kind;
}

static void texels_decode(const struct image_format *format, const u32x16 words[COMPONENTS],
                          u32x16 components[COMPONENTS])
{
    for (unsigned c = 0, at = 0; c < COMPONENTS; at += format->bits[c++]) {
        unsigned bits = format->bits[c];
        components[c] = (u32x16){0};
        if (bits == 0) continue;
        u32x16 field = words[at / 32] >> at % 32 & bits_mask(bits);
        components[c] = component_decode(component_kind(format, c), field, bits);
    }
}

static void texels_encode(const struct image_format *format, const u32x16 components[COMPONENTS],
                          u32x16 words[COMPONENTS])
{
    for (unsigned c = 0; c < COMPONENTS; c++) words[c] = (u32x16){0};
    for (unsigned c = 0, at = 0; c < COMPONENTS; at += format->bits[c++]) {
        unsigned bits = format->bits[c];
        if (bits == 0) continue;
        u32x16 field = component_encode(component_kind(format, c), components[c], bits);
        words[at / 32] |= (field & bits_mask(bits)) << at % 32;
    }
}

// --- Memory ---

HOST_ACCESS void small_write(const u32x16 *words, const u64x16 *address, uint16_t lanes, unsigned bytes)
{
    EACH_LANE(i, lanes)
    {
        if (bytes == 1)
            *(uint8_t *)(*address)[i] = (uint8_t)words[0][i];
        else
            *(host_u16 *)(*address)[i] = (uint16_t)words[0][i];
    }
}

void texels_read_raw(const struct image_format *format, const u64x16 *address, uint16_t lanes, bool is_signed,
                     u32x16 words[COMPONENTS])
{
    for (unsigned k = 0; k < COMPONENTS; k++) words[k] = (u32x16){0};
    if (!lanes) return;
    words_read(words, addresses_filled(address, lanes), format->bytes);
    for (unsigned k = 0; 4 * k < format->bytes; k++) words[k] = words_masked(words[k], lanes);
    if (is_signed && format->bytes < 4)
        words[0] = __builtin_bit_cast(u32x16, sign_extend(words[0], 8u * format->bytes));
}

void texels_write_raw(const struct image_format *format, const u64x16 *address, uint16_t lanes,
                      const u32x16 words[COMPONENTS])
{
    if (format->bytes < sizeof(uint32_t))
        small_write(words, address, lanes, format->bytes);
    else
        words_write(words, *address, lanes, format->bytes / sizeof(uint32_t));
}

void texels_read(const struct image_format *format, const u64x16 *address, uint16_t lanes,
                 u32x16 components[COMPONENTS])
{
    u32x16 words[COMPONENTS];
    texels_read_raw(format, address, lanes, false, words);
    texels_decode(format, words, components);
}

void texels_write(const struct image_format *format, const u64x16 *address, uint16_t lanes,
                  const u32x16 components[COMPONENTS])
{
    u32x16 words[COMPONENTS];
    texels_encode(format, components, words);
    texels_write_raw(format, address, lanes, words);
}

// --- Selectors ---

bool selectors_decode(uint32_t word, uint8_t selectors[COMPONENTS])
{
    bool valid = true;
    for (unsigned c = 0; c < COMPONENTS; c++) {
        unsigned selector = selectors[c] = word >> 3 * c & 7;
        valid &= selector <= SELECT_1 || selector >= SELECT_X;
    }
    return valid;
}

void components_select(const struct image_format *format, const uint8_t selectors[COMPONENTS],
                       const u32x16 texel[COMPONENTS], u32x16 components[COMPONENTS])
{
    uint32_t one = image_format_is_integer(format) ? 1 : FLOAT_ONE;
    for (unsigned c = 0; c < COMPONENTS; c++)
        if (selectors[c] >= SELECT_X)
            components[c] = texel[selectors[c] - SELECT_X];
        else
            components[c] = (u32x16){0} + (selectors[c] == SELECT_1 ? one : 0);
}

void components_deselect(const uint8_t selectors[COMPONENTS], const u32x16 components[COMPONENTS],
                         u32x16 texel[COMPONENTS])
{
    for (unsigned c = 0; c < COMPONENTS; c++) texel[c] = (u32x16){0};
    for (unsigned c = COMPONENTS; c-- > 0;)
        if (selectors[c] >= SELECT_X) texel[selectors[c] - SELECT_X] = components[c];
}
