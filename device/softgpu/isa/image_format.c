#include "image_format.h"

#include "memory.h"

#include <math.h>
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

// --- sRGB: the transfer functions of IEC 61966-2-1 ---

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

static f64x16 linear_to_srgb(f64x16 value)
{
    f64x16 result;
    for (unsigned i = 0; i < LANES; i++)
        result[i] = value[i] <= 0.0031308 ? value[i] * 12.92 : 1.055 * pow(value[i], 1 / 2.4) - 0.055;
    return result;
}

// --- Components ---

static u32x16 component_decode(enum texel_kind kind, u32x16 field, unsigned bits)
{
    switch (kind) {
    case TEXEL_UNORM:
        return float_bits(unsigned_float(field) / (float)bits_mask(bits));
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
    case TEXEL_FLOAT: {
        if (bits == 32) return field;
        u16x16 halves = __builtin_convertvector(field, u16x16);
        return float_bits(__builtin_convertvector(__builtin_bit_cast(f16x16, halves), f32x16));
    }
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
        return saturated(value * mask, 0, mask);
    case TEXEL_SRGB:
        return saturated(linear_to_srgb(value) * mask, 0, mask);
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
        f16x16 halves = __builtin_convertvector(float_of(component), f16x16);
        return __builtin_convertvector(__builtin_bit_cast(u16x16, halves), u32x16);
    }
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

// Of lanes that are not to read, another one's: so all can.
static u64x16 addresses_filled(const u64x16 *address, uint16_t lanes)
{
    u64x16 another = (u64x16){0} + (*address)[__builtin_ctz(lanes)];
    return __builtin_convertvector(exec_lanes(lanes), i64x16) != 0 ? *address : another;
}

static u32x16 words_masked(u32x16 words, uint16_t lanes)
{
    return __builtin_convertvector(exec_lanes(lanes), i32x16) != 0 ? words : (u32x16){0};
}

// Values of the type at each lane's address: a register is filled lane by lane, without memory in between.
#define AT(type, i) *(const type *)from[i]
#define AT_ALL(type)                                                                                         \
    {AT(type, 0),  AT(type, 1),  AT(type, 2),  AT(type, 3), AT(type, 4),  AT(type, 5),                       \
     AT(type, 6),  AT(type, 7),  AT(type, 8),  AT(type, 9), AT(type, 10), AT(type, 11),                      \
     AT(type, 12), AT(type, 13), AT(type, 14), AT(type, 15)}

HOST_ACCESS u32x16 bytes_at(u64x16 from) { return (u32x16)AT_ALL(uint8_t); }
HOST_ACCESS u32x16 shorts_at(u64x16 from) { return (u32x16)AT_ALL(host_u16); }
HOST_ACCESS u32x16 words_at(u64x16 from) { return (u32x16)AT_ALL(host_u32); }
HOST_ACCESS u64x16 pairs_at(u64x16 from) { return (u64x16)AT_ALL(host_u64); }

typedef uint32_t __attribute__((ext_vector_type(4))) u32x4;
typedef uint32_t __attribute__((ext_vector_type(8))) u32x8;
typedef u32x4 __attribute__((aligned(1), may_alias)) host_u32x4;

// Four lanes' quadruples, `first` and every fourth after it.
HOST_ACCESS u32x16 quadruples_at(u64x16 from, unsigned first)
{
    u32x4 a = AT(host_u32x4, first), b = AT(host_u32x4, first + 4), c = AT(host_u32x4, first + 8),
          d = AT(host_u32x4, first + 12);
    u32x8 low = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
    u32x8 high = __builtin_shufflevector(c, d, 0, 1, 2, 3, 4, 5, 6, 7);
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

// In each quarter: the first two elements of both, or the last two, in turn; the first pair of both, or the
// last.
#define TURNS(a, b, n)                                                                                       \
    __builtin_shufflevector(a, b, n, n + 16, n + 1, n + 17, n + 4, n + 20, n + 5, n + 21, n + 8, n + 24,     \
                            n + 9, n + 25, n + 12, n + 28, n + 13, n + 29)
#define PAIRS(a, b, n)                                                                                       \
    __builtin_shufflevector(a, b, n, n + 1, n + 16, n + 17, n + 4, n + 5, n + 20, n + 21, n + 8, n + 9,      \
                            n + 24, n + 25, n + 12, n + 13, n + 28, n + 29)

HOST_ACCESS void quadruples_read(u32x16 words[COMPONENTS], u64x16 from)
{
    u32x16 rows[] = {quadruples_at(from, 0), quadruples_at(from, 1), quadruples_at(from, 2),
                     quadruples_at(from, 3)};
    u32x16 low[] = {TURNS(rows[0], rows[1], 0), TURNS(rows[2], rows[3], 0)};
    u32x16 high[] = {TURNS(rows[0], rows[1], 2), TURNS(rows[2], rows[3], 2)};
    words[0] = PAIRS(low[0], low[1], 0);
    words[1] = PAIRS(low[0], low[1], 2);
    words[2] = PAIRS(high[0], high[1], 0);
    words[3] = PAIRS(high[0], high[1], 2);
}

HOST_ACCESS void words_read(u32x16 words[COMPONENTS], u64x16 from, unsigned bytes)
{
    switch (bytes) {
    case 1:
        words[0] = bytes_at(from);
        break;
    case 2:
        words[0] = shorts_at(from);
        break;
    case 4:
        words[0] = words_at(from);
        break;
    case 8: {
        u64x16 pairs = pairs_at(from);
        words[0] = __builtin_convertvector(pairs, u32x16);
        words[1] = __builtin_convertvector(pairs >> 32, u32x16);
        break;
    }
    case 12:
        for (unsigned k = 0; k < 3; k++) words[k] = words_at(from + 4 * k);
        break;
    default:
        quadruples_read(words, from);
    }
}

HOST_ACCESS void words_write(const u32x16 *words, const u64x16 *address, uint16_t lanes, unsigned count)
{
    EACH_LANE(i, lanes)
    {
        host_u32 *to = (host_u32 *)(*address)[i];
        for (unsigned k = 0; k < count; k++) to[k] = words[k][i];
    }
}

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
        words_write(words, address, lanes, format->bytes / sizeof(uint32_t));
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
