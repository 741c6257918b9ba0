#include "image_format.h"

#include "memory.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

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

static uint32_t float_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t bits_mask(unsigned bits) { return bits < 32 ? (1u << bits) - 1 : UINT32_MAX; }

static int32_t sign_extend(uint32_t field, unsigned bits)
{
    return (int32_t)(field << (32 - bits)) >> (32 - bits);
}

// The transfer functions of IEC 61966-2-1.
static double srgb_to_linear(double value)
{
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double linear_to_srgb(double value)
{
    return value <= 0.0031308 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055;
}

static float half_to_float(uint16_t bits)
{
    _Float16 half;
    memcpy(&half, &bits, sizeof half);
    return (float)half;
}

static uint16_t float_to_half(float value)
{
    _Float16 half = (_Float16)value;
    uint16_t bits;
    memcpy(&bits, &half, sizeof bits);
    return bits;
}

static uint32_t component_decode(enum texel_kind kind, uint32_t field, unsigned bits)
{
    double unorm = (double)field / bits_mask(bits);
    switch (kind) {
    case TEXEL_UNORM:
        return float_bits((float)unorm);
    case TEXEL_SRGB:
        return float_bits((float)srgb_to_linear(unorm));
    case TEXEL_SNORM:
        return float_bits(fmaxf((float)sign_extend(field, bits) / (float)bits_mask(bits - 1), -1));
    case TEXEL_USCALED:
        return float_bits((float)field);
    case TEXEL_SSCALED:
        return float_bits((float)sign_extend(field, bits));
    case TEXEL_SINT:
        return (uint32_t)sign_extend(field, bits);
    case TEXEL_FLOAT:
        return bits == 16 ? float_bits(half_to_float((uint16_t)field)) : field;
    case TEXEL_UINT:
        break;
    }
    return field;
}

// The nearest integer between the two, to nearest even. A NaN is 0.
static int32_t saturated(double value, double low, double high)
{
    if (isnan(value)) return 0;
    return (int32_t)lrint(fmin(fmax(value, low), high));
}

// `value` in units of 1 / `scale`.
static int32_t normalised(double value, double low, uint32_t scale)
{
    return saturated(value * scale, low * scale, scale);
}

static uint32_t component_encode(enum texel_kind kind, uint32_t component, unsigned bits)
{
    float value = float_of(component);
    int32_t integer = (int32_t)component, highest = (int32_t)bits_mask(bits - 1);
    switch (kind) {
    case TEXEL_UNORM:
        return (uint32_t)normalised(value, 0, bits_mask(bits));
    case TEXEL_SRGB:
        return (uint32_t)normalised(linear_to_srgb(fmaxf(value, 0)), 0, bits_mask(bits));
    case TEXEL_SNORM:
        return (uint32_t)normalised(value, -1, bits_mask(bits - 1));
    case TEXEL_USCALED:
        return (uint32_t)saturated(value, 0, bits_mask(bits));
    case TEXEL_SSCALED:
        return (uint32_t)saturated(value, ~highest, highest);
    case TEXEL_SINT:
        return (uint32_t)(integer > highest ? highest : integer < ~highest ? ~highest : integer);
    case TEXEL_FLOAT:
        return bits == 16 ? float_to_half(value) : component;
    case TEXEL_UINT:
        break;
    }
    return component > bits_mask(bits) ? bits_mask(bits) : component;
}

// Alpha is linear in sRGB formats.
static enum texel_kind component_kind(const struct image_format *format, unsigned component)
{
    return format->kind == TEXEL_SRGB && component == 3 ? TEXEL_UNORM : format->kind;
}

void texel_decode(const struct image_format *format, const void *texel, uint32_t components[COMPONENTS])
{
    uint32_t words[TEXEL_BYTES_MAX / 4] = {0};
    memcpy(words, texel, format->bytes);
    for (unsigned c = 0, at = 0; c < COMPONENTS; at += format->bits[c++]) {
        unsigned bits = format->bits[c];
        components[c] = 0;
        if (bits == 0) continue;
        uint32_t field = words[at / 32] >> at % 32 & bits_mask(bits);
        components[c] = component_decode(component_kind(format, c), field, bits);
    }
}

void texel_encode(const struct image_format *format, const uint32_t components[COMPONENTS], void *texel)
{
    uint32_t words[TEXEL_BYTES_MAX / 4] = {0};
    for (unsigned c = 0, at = 0; c < COMPONENTS; at += format->bits[c++]) {
        unsigned bits = format->bits[c];
        if (bits == 0) continue;
        uint32_t field = component_encode(component_kind(format, c), components[c], bits);
        words[at / 32] |= (field & bits_mask(bits)) << at % 32;
    }
    memcpy(texel, words, format->bytes);
}

HOST_ACCESS void bytes_read(uint8_t *to, uint64_t address, unsigned size)
{
    const uint8_t *from = (const uint8_t *)address;
    for (unsigned i = 0; i < size; i++) to[i] = from[i];
}

HOST_ACCESS void bytes_write(uint64_t address, const uint8_t *from, unsigned size)
{
    uint8_t *to = (uint8_t *)address;
    for (unsigned i = 0; i < size; i++) to[i] = from[i];
}

void texel_read(const struct image_format *format, uint64_t address, uint32_t components[COMPONENTS])
{
    uint8_t bytes[TEXEL_BYTES_MAX];
    bytes_read(bytes, address, format->bytes);
    texel_decode(format, bytes, components);
}

void texel_write(const struct image_format *format, uint64_t address, const uint32_t components[COMPONENTS])
{
    uint8_t bytes[TEXEL_BYTES_MAX];
    texel_encode(format, components, bytes);
    bytes_write(address, bytes, format->bytes);
}

void texel_read_raw(const struct image_format *format, uint64_t address, bool is_signed,
                    uint32_t words[COMPONENTS])
{
    memset(words, 0, COMPONENTS * sizeof *words);
    bytes_read((uint8_t *)words, address, format->bytes);
    if (is_signed && format->bytes == 1) words[0] = (uint32_t)(int8_t)words[0];
    if (is_signed && format->bytes == 2) words[0] = (uint32_t)(int16_t)words[0];
}

void texel_write_raw(const struct image_format *format, uint64_t address, const uint32_t words[COMPONENTS])
{
    bytes_write(address, (const uint8_t *)words, format->bytes);
}

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
                       const uint32_t texel[COMPONENTS], uint32_t components[COMPONENTS])
{
    uint32_t one = image_format_is_integer(format) ? 1 : float_bits(1);
    for (unsigned c = 0; c < COMPONENTS; c++)
        components[c] = selectors[c] >= SELECT_X   ? texel[selectors[c] - SELECT_X]
                        : selectors[c] == SELECT_1 ? one
                                                   : 0;
}

void components_deselect(const uint8_t selectors[COMPONENTS], const uint32_t components[COMPONENTS],
                         uint32_t texel[COMPONENTS])
{
    for (unsigned c = 0; c < COMPONENTS; c++) texel[c] = 0;
    for (unsigned c = COMPONENTS; c-- > 0;)
        if (selectors[c] >= SELECT_X) texel[selectors[c] - SELECT_X] = components[c];
}
