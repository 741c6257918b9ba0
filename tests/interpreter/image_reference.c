#include "image_reference.h"

#include <math.h>
#include <string.h>

const struct format formats[] = {
    {1, "unorm", {8}},
    {2, "snorm", {8}},
    {3, "uscaled", {8}},
    {4, "sscaled", {8}},
    {5, "uint", {8}},
    {6, "sint", {8}},
    {7, "unorm", {16}},
    {8, "snorm", {16}},
    {9, "uscaled", {16}},
    {10, "sscaled", {16}},
    {11, "uint", {16}},
    {12, "sint", {16}},
    {13, "float", {16}},
    {14, "unorm", {8, 8}},
    {15, "snorm", {8, 8}},
    {16, "uscaled", {8, 8}},
    {17, "sscaled", {8, 8}},
    {18, "uint", {8, 8}},
    {19, "sint", {8, 8}},
    {20, "uint", {32}},
    {21, "sint", {32}},
    {22, "float", {32}},
    {23, "unorm", {16, 16}},
    {24, "snorm", {16, 16}},
    {25, "uscaled", {16, 16}},
    {26, "sscaled", {16, 16}},
    {27, "uint", {16, 16}},
    {28, "sint", {16, 16}},
    {29, "float", {16, 16}},
    {30, "unorm", {10, 11, 11}},
    {31, "snorm", {10, 11, 11}},
    {32, "uscaled", {10, 11, 11}},
    {33, "sscaled", {10, 11, 11}},
    {34, "uint", {10, 11, 11}},
    {35, "sint", {10, 11, 11}},
    {36, "float", {10, 11, 11}},
    {37, "unorm", {11, 11, 10}},
    {38, "snorm", {11, 11, 10}},
    {39, "uscaled", {11, 11, 10}},
    {40, "sscaled", {11, 11, 10}},
    {41, "uint", {11, 11, 10}},
    {42, "sint", {11, 11, 10}},
    {43, "float", {11, 11, 10}},
    {44, "unorm", {10, 10, 10, 2}},
    {45, "snorm", {10, 10, 10, 2}},
    {46, "uscaled", {10, 10, 10, 2}},
    {47, "sscaled", {10, 10, 10, 2}},
    {48, "uint", {10, 10, 10, 2}},
    {49, "sint", {10, 10, 10, 2}},
    {50, "unorm", {2, 10, 10, 10}},
    {51, "snorm", {2, 10, 10, 10}},
    {52, "uscaled", {2, 10, 10, 10}},
    {53, "sscaled", {2, 10, 10, 10}},
    {54, "uint", {2, 10, 10, 10}},
    {55, "sint", {2, 10, 10, 10}},
    {56, "unorm", {8, 8, 8, 8}},
    {57, "snorm", {8, 8, 8, 8}},
    {58, "uscaled", {8, 8, 8, 8}},
    {59, "sscaled", {8, 8, 8, 8}},
    {60, "uint", {8, 8, 8, 8}},
    {61, "sint", {8, 8, 8, 8}},
    {62, "uint", {32, 32}},
    {63, "sint", {32, 32}},
    {64, "float", {32, 32}},
    {65, "unorm", {16, 16, 16, 16}},
    {66, "snorm", {16, 16, 16, 16}},
    {67, "uscaled", {16, 16, 16, 16}},
    {68, "sscaled", {16, 16, 16, 16}},
    {69, "uint", {16, 16, 16, 16}},
    {70, "sint", {16, 16, 16, 16}},
    {71, "float", {16, 16, 16, 16}},
    {72, "uint", {32, 32, 32}},
    {73, "sint", {32, 32, 32}},
    {74, "float", {32, 32, 32}},
    {75, "uint", {32, 32, 32, 32}},
    {76, "sint", {32, 32, 32, 32}},
    {77, "float", {32, 32, 32, 32}},
    {128, "srgb", {8}},
    {129, "srgb", {8, 8}},
    {130, "srgb", {8, 8, 8, 8}},
    {133, "unorm", {5, 6, 5}},
    {134, "unorm", {1, 5, 5, 5}},
    {135, "unorm", {5, 5, 5, 1}},
};
const unsigned format_count = sizeof formats / sizeof *formats;

float as_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

uint32_t as_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static unsigned component_count(const struct format *f)
{
    unsigned n = 0;
    while (n < 4 && f->bits[n]) n++;
    return n;
}

// Component 0 is in the lowest bits, whose width the name tells last.
static unsigned width_of(const struct format *f, unsigned c)
{
    unsigned n = component_count(f);
    return c < n ? f->bits[n - 1 - c] : 0;
}

unsigned format_bytes(const struct format *f)
{
    unsigned bits = 0;
    for (unsigned c = 0; c < 4; c++) bits += f->bits[c];
    return bits / 8;
}

bool format_is(const struct format *f, const char *kind) { return strcmp(f->kind, kind) == 0; }

bool format_is_of_images(const struct format *f) { return format_bytes(f) != 12; }

bool format_is_integer(const struct format *f) { return format_is(f, "uint") || format_is(f, "sint"); }

uint32_t reference_field(const struct format *f, const uint8_t *texel, unsigned c)
{
    unsigned first = 0;
    uint32_t field = 0;
    for (unsigned before = 0; before < c; before++) first += width_of(f, before);
    for (unsigned b = 0; b < width_of(f, c); b++)
        field |= (uint32_t)(texel[(first + b) / 8] >> (first + b) % 8 & 1) << b;
    return field;
}

static double half_value(uint32_t bits)
{
    int exponent = bits >> 10 & 31;
    double mantissa = bits & 1023, sign = bits >> 15 ? -1 : 1;
    if (exponent == 31) return mantissa != 0 ? NAN : sign * INFINITY;
    return sign * (exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24));
}

double reference_small_float(unsigned bits, double value)
{
    if (isnan(value) || value <= 0) return isnan(value) ? value : 0;
    if (value >= 0x1p16) return INFINITY;
    double unit = ldexp(1, (int)fmax(floor(log2(value)), -14) - (int)(bits - 5)),
           rounded = rint(value / unit) * unit;
    return rounded >= 0x1p16 ? INFINITY : rounded;
}

static double field_signed(uint32_t field, unsigned bits)
{
    double span = ldexp(1, (int)bits);
    return field >= span / 2 ? field - span : field;
}

void reference_decode(const struct format *f, const uint8_t *texel, uint32_t components[4])
{
    for (unsigned c = 0; c < 4; c++) {
        unsigned bits = width_of(f, c);
        components[c] = 0;
        if (bits == 0) continue;
        uint32_t field = reference_field(f, texel, c);
        double top = ldexp(1, (int)bits) - 1, half = ldexp(1, (int)bits - 1) - 1, unorm = field / top;
        if (format_is(f, "float"))
            components[c] =
                bits == 32 ? field : as_bits((float)half_value(bits < 16 ? field << (15 - bits) : field));
        else if (format_is(f, "uint"))
            components[c] = field;
        else if (format_is(f, "sint"))
            components[c] = (uint32_t)(int64_t)field_signed(field, bits);
        else if (format_is(f, "snorm"))
            components[c] = as_bits((float)fmax(field_signed(field, bits) / half, -1));
        else if (format_is(f, "uscaled"))
            components[c] = as_bits((float)field);
        else if (format_is(f, "sscaled"))
            components[c] = as_bits((float)field_signed(field, bits));
        else if (format_is(f, "unorm") || c == 3)
            components[c] = as_bits((float)unorm);
        else
            components[c] =
                as_bits((float)(unorm <= 0.04045 ? unorm / 12.92 : pow((unorm + 0.055) / 1.055, 2.4)));
    }
}

static double clamped(double value, double low, double high)
{
    return isnan(value) ? 0 : fmin(fmax(value, low), high);
}

double reference_units(const struct format *f, unsigned c, uint32_t component)
{
    unsigned bits = width_of(f, c);
    double top = ldexp(1, (int)bits) - 1, half = ldexp(1, (int)bits - 1) - 1, value = as_float(component);
    if (format_is(f, "uint")) return fmin(component, top);
    if (format_is(f, "sint")) return clamped((int32_t)component, -half - 1, half);
    if (format_is(f, "snorm")) return clamped(value, -1, 1) * half;
    if (format_is(f, "uscaled")) return clamped(value, 0, top);
    if (format_is(f, "sscaled")) return clamped(value, -half - 1, half);
    return clamped(value, 0, 1) * top;
}

double reference_field_units(const struct format *f, unsigned c, uint32_t field)
{
    bool is_signed = format_is(f, "sint") || format_is(f, "snorm") || format_is(f, "sscaled");
    return is_signed ? field_signed(field, width_of(f, c)) : field;
}

// --- Samplers ---

static int bordered(int texel, int size) { return texel >= 0 && texel < size ? texel : -1; }

static int texel_of(unsigned clamp, int texel, int size)
{
    if (clamp == 0) return (texel % size + size) % size;
    if (clamp == 1) {
        while (texel < 0 || texel >= size) texel = texel < 0 ? -1 - texel : 2 * size - 1 - texel;
        return texel;
    }
    bool once = clamp & 1;
    if (once && texel < 0) texel = -1 - texel;
    if (clamp <= 3) return texel < 0 ? 0 : texel >= size ? size - 1 : texel;
    return bordered(texel, size);
}

struct reference_span reference_span(unsigned clamp, bool normalised, bool linear, double coordinate,
                                     int size)
{
    double position = normalised ? coordinate * size : coordinate;
    if (clamp == 4) position = fmin(fmax(position, 0), size);
    if (clamp == 5) position = fmin(fabs(position), size);
    if (!linear) {
        int texel = texel_of(clamp, (int)floor(rint(position * 256) / 256), size);
        return (struct reference_span){{texel, texel}, 0};
    }
    int first = (int)floor(position - 0.5);
    return (struct reference_span){{texel_of(clamp, first, size), texel_of(clamp, first + 1, size)},
                                   position - 0.5 - first};
}
