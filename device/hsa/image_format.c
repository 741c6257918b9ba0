#include "image_format.h"

#include <math.h>
#include <string.h>

// ---- Types --------------------------------------------------------------------------------------------

enum { // bits of `types` in an order
    SNORM8 = 1 << 0,
    SNORM16 = 1 << 1,
    UNORM8 = 1 << 2,
    UNORM16 = 1 << 3,
    UNORM_555 = 1 << 4,
    UNORM_565 = 1 << 5,
    UNORM_101010 = 1 << 6,
    UNORM_101010_2 = 1 << 7,
    SINT8 = 1 << 8,
    SINT16 = 1 << 9,
    SINT32 = 1 << 10,
    UINT8 = 1 << 11,
    UINT16 = 1 << 12,
    UINT32 = 1 << 13,
    HALF = 1 << 14,
    FLOAT = 1 << 15,

    BYTES = SNORM8 | UNORM8 | SINT8 | UINT8,
    GRAY = SNORM8 | SNORM16 | UNORM8 | UNORM16 | HALF | FLOAT,
    PLAIN = GRAY | SINT8 | SINT16 | SINT32 | UINT8 | UINT16 | UINT32,
    PACKED = UNORM_555 | UNORM_565 | UNORM_101010,
};

// HSA has no name for 10, 10, 10 and 2 bits: what a kernel is told then.
#define TYPE_UNORM_101010_2 16u

static const struct channel_type {
    cl_channel_type type;
    uint32_t told, known; // HSA's
    enum image_number number;
    uint8_t bits[4]; // of a packed texel's channels, or of each of the others' in the first
    uint32_t gfx10;
} types[] = {
// in the order of the bits above
#define TYPE(name) HSA_EXT_IMAGE_CHANNEL_TYPE_##name
    {CL_SNORM_INT8, TYPE(SNORM_INT8), TYPE(SNORM_INT8), NUMBER_SNORM, {8}, 0},
    {CL_SNORM_INT16, TYPE(SNORM_INT16), TYPE(SNORM_INT16), NUMBER_SNORM, {16}, 0},
    {CL_UNORM_INT8, TYPE(UNORM_INT8), TYPE(UNORM_INT8), NUMBER_UNORM, {8}, 0},
    {CL_UNORM_INT16, TYPE(UNORM_INT16), TYPE(UNORM_INT16), NUMBER_UNORM, {16}, 0},
    {CL_UNORM_SHORT_555, TYPE(UNORM_SHORT_555), TYPE(UNORM_SHORT_555), NUMBER_UNORM, {5, 5, 5, 1}, 0},
    {CL_UNORM_SHORT_565, TYPE(UNORM_SHORT_565), TYPE(UNORM_SHORT_565), NUMBER_UNORM, {5, 6, 5, 0}, 0},
    {CL_UNORM_INT_101010,
     TYPE(UNORM_SHORT_101010),
     TYPE(UNORM_SHORT_101010),
     NUMBER_UNORM,
     {10, 10, 10, 2},
     0},
    {CL_UNORM_INT_101010_2,
     TYPE_UNORM_101010_2,
     TYPE(UNORM_SHORT_101010),
     NUMBER_UNORM,
     {2, 10, 10, 10},
     44}, // 10_10_10_2_UNORM
    {CL_SIGNED_INT8, TYPE(SIGNED_INT8), TYPE(SIGNED_INT8), NUMBER_SINT, {8}, 0},
    {CL_SIGNED_INT16, TYPE(SIGNED_INT16), TYPE(SIGNED_INT16), NUMBER_SINT, {16}, 0},
    {CL_SIGNED_INT32, TYPE(SIGNED_INT32), TYPE(SIGNED_INT32), NUMBER_SINT, {32}, 0},
    {CL_UNSIGNED_INT8, TYPE(UNSIGNED_INT8), TYPE(UNSIGNED_INT8), NUMBER_UINT, {8}, 0},
    {CL_UNSIGNED_INT16, TYPE(UNSIGNED_INT16), TYPE(UNSIGNED_INT16), NUMBER_UINT, {16}, 0},
    {CL_UNSIGNED_INT32, TYPE(UNSIGNED_INT32), TYPE(UNSIGNED_INT32), NUMBER_UINT, {32}, 0},
    {CL_HALF_FLOAT, TYPE(HALF_FLOAT), TYPE(HALF_FLOAT), NUMBER_FLOAT, {16}, 0},
    {CL_FLOAT, TYPE(FLOAT), TYPE(FLOAT), NUMBER_FLOAT, {32}, 0},
#undef TYPE
};

// ---- Orders -------------------------------------------------------------------------------------------

static const struct channel_order {
    cl_channel_order order;
    unsigned types;
    unsigned channels;    // of texels that are not packed
    uint32_t told, known; // HSA's
    uint8_t select[4];
    bool srgb;
} orders[] = {
#define ORDER(name)                     HSA_EXT_IMAGE_CHANNEL_ORDER_##name
#define SELECT(red, green, blue, alpha) {SELECT_##red, SELECT_##green, SELECT_##blue, SELECT_##alpha}
    {CL_RGBA, PLAIN, 4, ORDER(RGBA), ORDER(RGBA), SELECT(X, Y, Z, W), false},
    {CL_BGRA, BYTES, 4, ORDER(BGRA), ORDER(BGRA), SELECT(Z, Y, X, W), false},
    {CL_R, PLAIN, 1, ORDER(R), ORDER(R), SELECT(X, 0, 0, 1), false},
    {CL_RG, PLAIN, 2, ORDER(RG), ORDER(RG), SELECT(X, Y, 0, 1), false},
    {CL_A, PLAIN, 1, ORDER(A), ORDER(A), SELECT(0, 0, 0, X), false},
    {CL_RA, PLAIN, 2, ORDER(RA), ORDER(RA), SELECT(X, 0, 0, Y), false},
    {CL_Rx, PLAIN, 1, ORDER(RX), ORDER(R), SELECT(X, 0, 0, 1), false},
    {CL_RGx, PLAIN, 2, ORDER(RGX), ORDER(RG), SELECT(X, Y, 0, 1), false},
    {CL_ARGB, BYTES, 4, ORDER(ARGB), ORDER(ARGB), SELECT(Y, Z, W, X), false},
    {CL_ABGR, BYTES, 4, ORDER(ABGR), ORDER(ARGB), SELECT(W, Z, Y, X), false},
    {CL_INTENSITY, GRAY, 1, ORDER(INTENSITY), ORDER(INTENSITY), SELECT(X, X, X, X), false},
    {CL_LUMINANCE, GRAY, 1, ORDER(LUMINANCE), ORDER(LUMINANCE), SELECT(X, X, X, 1), false},
    {CL_DEPTH, UNORM16 | FLOAT, 1, ORDER(DEPTH), ORDER(DEPTH), SELECT(X, 0, 0, 0), false},
    {CL_sRGBA, UNORM8, 4, ORDER(SRGBA), ORDER(SRGBA), SELECT(X, Y, Z, W), true},
    {CL_sBGRA, UNORM8, 4, ORDER(SBGRA), ORDER(SRGBA), SELECT(Z, Y, X, W), true},
    {CL_sRGBx, UNORM8, 4, ORDER(SRGBX), ORDER(SRGBA), SELECT(X, Y, Z, 1), true},
    {CL_RGB, PACKED, 3, ORDER(RGB), ORDER(RGB), SELECT(Z, Y, X, 1), false},
    {CL_RGBx, PACKED, 3, ORDER(RGBX), ORDER(RGB), SELECT(Z, Y, X, 1), false},
    {CL_RGBA, UNORM_101010_2, 4, ORDER(RGBA), ORDER(RGB), SELECT(W, Z, Y, X), false},
#undef ORDER
#undef SELECT
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static bool type_is_packed(const struct channel_type *type) { return type->bits[1]; }

static void format_fill(struct image_format *format, const struct channel_order *order,
                        const struct channel_type *type)
{
    *format = (struct image_format){
        .number = type->number,
        .srgb = order->srgb,
        .told = {type->told, order->told},
        .known = {type->known, order->known},
        .gfx10 = type->gfx10,
    };
    memcpy(format->select, order->select, sizeof format->select);
    unsigned bits = 0;
    for (unsigned i = 0; i < 4; i++) {
        if (type_is_packed(type))
            format->bits[i] = type->bits[i];
        else if (i < order->channels)
            format->bits[i] = type->bits[0];
        bits += format->bits[i];
    }
    format->texel = bits / 8;
}

bool image_format_find(const cl_image_format *wanted, struct image_format *format)
{
    for (size_t i = 0; i < COUNT(orders); i++) {
        if (orders[i].order != wanted->image_channel_order) continue;
        for (size_t j = 0; j < COUNT(types); j++) {
            if (types[j].type != wanted->image_channel_data_type || !(orders[i].types >> j & 1)) continue;
            format_fill(format, &orders[i], &types[j]);
            return true;
        }
    }
    return false;
}

bool image_format_at(unsigned index, cl_image_format *format, bool *end)
{
    size_t order = index / COUNT(types), type = index % COUNT(types);
    *end = order >= COUNT(orders);
    if (*end || !(orders[order].types >> type & 1)) return false;
    *format = (cl_image_format){orders[order].order, types[type].type};
    return true;
}

bool image_format_changed(const struct image_format *format)
{
    return format->told.channel_order != format->known.channel_order ||
           format->told.channel_type != format->known.channel_type;
}

hsa_ext_image_format_t image_format_raw(size_t texel)
{
    hsa_ext_image_format_t format = {HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32,
                                     HSA_EXT_IMAGE_CHANNEL_ORDER_R};
    if (texel == 1) format.channel_type = HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT8;
    if (texel == 2) format.channel_type = HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT16;
    if (texel == 8) format.channel_order = HSA_EXT_IMAGE_CHANNEL_ORDER_RG;
    if (texel == 16) format.channel_order = HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA;
    return format;
}

// ---- Encoding -----------------------------------------------------------------------------------------

// Source: OpenCL 3.0, 8.3.4 "Conversion rules for sRGBA and sBGRA Images".
static double srgb_encode(double linear)
{
    if (!(linear > 0)) return 0; // NaN too
    if (linear > 1) return 1;
    return linear < 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
}

static double clamp(double value, double least, double most)
{
    if (!(value > least)) return least; // NaN too
    return value < most ? value : most;
}

static uint32_t normalised_encode(double value, unsigned bits, bool is_signed)
{
    if (isnan(value)) value = 0;
    double most = (double)((1u << (bits - is_signed)) - 1);
    return (uint32_t)(int32_t)rint(clamp(value, is_signed ? -1 : 0, 1) * most);
}

static uint32_t half_encode(float value)
{
    _Float16 half = (_Float16)value; // rounds to nearest even
    uint16_t bits;
    memcpy(&bits, &half, sizeof bits);
    return bits;
}

static uint32_t float_encode(const struct image_format *format, float value, unsigned bits, bool color)
{
    uint32_t word;
    switch (format->number) {
    case NUMBER_UNORM:
        return normalised_encode(format->srgb && color ? srgb_encode((double)value) : (double)value, bits,
                                 false);
    case NUMBER_SNORM:
        return normalised_encode((double)value, bits, true);
    default:
        if (bits == 16) return half_encode(value);
        memcpy(&word, &value, sizeof word);
        return word;
    }
}

static uint32_t integer_encode(const struct image_format *format, uint32_t value, unsigned bits)
{
    if (bits == 32) return value;
    uint32_t most = (1u << bits) - 1;
    if (format->number == NUMBER_UINT) return value < most ? value : most;
    int32_t half = (int32_t)(most >> 1), given = (int32_t)value;
    return (uint32_t)(given > half ? half : given < -half - 1 ? -half - 1 : given);
}

// Which of red, green, blue and alpha a channel holds; 4: none.
static unsigned channel_component(const struct image_format *format, unsigned channel)
{
    unsigned component = 0;
    while (component < 4 && format->select[component] != SELECT_X + channel) component++;
    return component;
}

static uint32_t channel_encode(const struct image_format *format, const void *color, unsigned channel)
{
    unsigned component = channel_component(format, channel), bits = format->bits[channel];
    if (component == 4 && !format->srgb) return 0; // an x of RGBx
    if (component == 4) component = 3;             // sRGBx is filled as sRGBA
    uint32_t word;
    memcpy(&word, (const uint8_t *)color + component * sizeof word, sizeof word);
    if (format->number == NUMBER_UINT || format->number == NUMBER_SINT)
        return integer_encode(format, word, bits);
    float value;
    memcpy(&value, &word, sizeof value);
    return float_encode(format, value, bits, component < 3);
}

void image_format_encode(const struct image_format *format, const void *color, uint8_t texel[16])
{
    memset(texel, 0, 16);
    unsigned at = 0;
    for (unsigned channel = 0; channel < 4 && format->bits[channel]; channel++) {
        unsigned bits = format->bits[channel]; // all in one word
        uint32_t word, value = channel_encode(format, color, channel) & (~0u >> (32 - bits));
        memcpy(&word, texel + at / 32 * 4, sizeof word);
        word |= value << at % 32;
        memcpy(texel + at / 32 * 4, &word, sizeof word);
        at += bits;
    }
}
