#include "exec_sample.h"

#include "components.h"
#include "image_access.h"

#include <math.h>

enum { QUAD = 4 };

struct sample_access {
    struct image_access image;
    struct sampler sampler;
    struct image decoded; // the image, where the sampler decodes it otherwise
    bool needs_lod;
};

// --- Operands ---

// What the lowest bits of an opcode's number say of the level of detail.
enum lod_form { LOD_IMPLICIT, LOD_IMPLICIT_CLAMPED, LOD_GIVEN = 4, LOD_BIASED, LOD_BIASED_CLAMPED, LOD_ZERO };
static enum lod_form lod_form(const struct instruction *in) { return in->opcode->number & 7; }

// Whether the level of detail is that of derivatives.
static bool is_derived(const struct instruction *in)
{
    return in->opcode->flags & OPCODE_GRADIENTS || (lod_form(in) != LOD_GIVEN && lod_form(in) != LOD_ZERO);
}

static f32x16 address_floats(u32x16 bits, bool half)
{
    return half ? halves_value(bits & 0xffff) : __builtin_bit_cast(f32x16, bits);
}

static void coordinates_get(const struct sample_access *s, f32x16 coordinates[COORDINATES])
{
    u32x16 bits[COORDINATES];
    image_coordinates_bits(&s->image, bits);
    for (unsigned i = 0; i < COORDINATES; i++) coordinates[i] = address_floats(bits[i], s->image.in->a16);
}

// By x and y of the screen, from dword `first` on. Those of 16 bits lie two a dword, by x and y separately.
static void derivatives_get(const struct sample_access *s, unsigned first, f32x16 derivatives[2][COORDINATES])
{
    static const uint8_t counts[] = {1, 2, 3, 2, 1, 2}; // SQ_RSRC_IMG_x
    unsigned count = counts[s->image.in->dim];
    bool half = s->image.in->opcode->flags & OPCODE_G16;
    for (unsigned k = 0; k < 2; k++)
        for (unsigned i = 0; i < count; i++) {
            unsigned dword = half ? k * ((count + 1) / 2) + i / 2 : k * count + i;
            u32x16 bits = image_address_dword(&s->image, first + dword);
            derivatives[k][i] = address_floats(half ? bits >> 16 * (i & 1) : bits, half);
        }
}

// Between the lanes of each quad, active or not.
static void derivatives_find(const struct sample_access *s, f32x16 derivatives[2][COORDINATES])
{
    f32x16 all[COORDINATES];
    coordinates_get(s, all);
    for (unsigned axis = 0; axis < COORDINATES; axis++)
        for (unsigned i = 0; i < SLICE_LANES; i++) {
            unsigned first = i / QUAD * QUAD;
            for (unsigned k = 0; k < 2; k++)
                derivatives[k][axis][i] = all[axis][first + 1 + k] - all[axis][first];
        }
}

// Six bits of each byte, one an axis.
static i32x16 offsets_get(u32x16 bits, unsigned axis)
{
    return __builtin_bit_cast(i32x16, bits << (26 - 8 * axis)) >> 26;
}

// The levels of detail, before the sampler has its say. `dword` is where the derivatives would be.
static f32x16 lods_find(const struct sample_access *s, unsigned dword)
{
    const struct instruction *in = s->image.in;
    f32x16 derivatives[2][COORDINATES] = {{(f32x16){0}}}, lods;
    if (in->opcode->flags & OPCODE_GRADIENTS)
        derivatives_get(s, dword, derivatives);
    else if (lod_form(in) == LOD_GIVEN)
        return address_floats(image_level_bits(&s->image), in->a16);
    else
        derivatives_find(s, derivatives);
    for (unsigned i = 0; i < SLICE_LANES; i++) {
        float lane[2][COORDINATES];
        for (unsigned k = 0; k < 2; k++)
            for (unsigned axis = 0; axis < COORDINATES; axis++) lane[k][axis] = derivatives[k][axis][i];
        lods[i] = sampler_derivatives_lod(&s->sampler, s->image.image, lane);
    }
    return lods;
}

// What the sampler and then the image make of a level of detail. Gathers take the level that is asked for.
static float lod_limited(const struct sample_access *s, float lod, float bias, float lowest)
{
    lod = sampler_lod(&s->sampler, lod, bias, lowest);
    return s->image.in->opcode->flags & OPCODE_GATHER4 ? lod : fmaxf(lod, s->image.image->least_lod);
}

static void levels_choose(const struct sample_access *s, unsigned dword, f32x16 bias, struct samples *samples)
{
    const struct instruction *in = s->image.in;
    bool derived = in->opcode->flags & OPCODE_GRADIENTS;
    if (!s->needs_lod || (!derived && lod_form(in) == LOD_ZERO)) {
        samples->one_level = true;
        float lod = in->opcode->flags & OPCODE_GATHER4 ? 0 : s->image.image->least_lod;
        samples->levels[0] = sampler_levels(&s->sampler, s->image.image, lod);
        return;
    }
    f32x16 lods = lods_find(s, dword), lowest = {0};
    if (in->opcode->flags & OPCODE_LOD && (derived || lod_form(in) != LOD_GIVEN))
        lowest = address_floats(image_level_bits(&s->image), in->a16);
    for (unsigned i = 0; i < SLICE_LANES; i++) {
        float lod = lod_limited(s, lods[i], bias[i], lowest[i]);
        samples->levels[i] = sampler_levels(&s->sampler, s->image.image, lod);
    }
}

// Offset, bias, reference and derivatives come in this order, each where there is one.
static void samples_get(const struct sample_access *s, struct samples *samples)
{
    const struct instruction *in = s->image.in;
    unsigned dword = 0;
    u32x16 offset = {0};
    f32x16 bias = {0};
    samples->one_level = false;
    samples->compares = in->opcode->flags & OPCODE_COMPARE;
    if (in->opcode->flags & OPCODE_OFFSET) offset = image_address_dword(&s->image, dword++);
    for (unsigned i = 0; i < COORDINATES; i++) samples->offset[i] = offsets_get(offset, i);
    if (in->opcode->flags & OPCODE_BIAS)
        bias = address_floats(image_address_dword(&s->image, dword++), in->a16);
    if (samples->compares)
        samples->reference = address_floats(image_address_dword(&s->image, dword++), false);
    coordinates_get(s, samples->coordinates);
    levels_choose(s, dword, bias, samples);
}

// --- Instructions ---

// The image with the format that the sampler has it decoded in.
static const char *format_choose(struct sample_access *s)
{
    const struct image *image = s->image.image;
    const struct image_format *format;
    bool plain = !(s->image.in->opcode->flags & (OPCODE_COMPARE | OPCODE_GATHER4));
    const char *lacks = sampler_degamma(&s->sampler, image, plain, &format);
    if (lacks || format == image->format) return lacks;
    s->decoded = *image;
    s->decoded.format = format;
    s->image.image = &s->decoded;
    return NULL;
}

static bool is_anisotropic(const struct sample_access *s)
{
    bool single = s->sampler.single_isotropic && s->image.image->levels == 1;
    return s->sampler.anisotropic && !single && is_derived(s->image.in);
}

// Returns NULL, or what this device lacks.
static const char *sample_begin(struct sample_access *s, struct wave *w, const struct op *op)
{
    const char *lacks = image_access_begin(&s->image, w, op);
    if (!lacks) lacks = sampler_decode(&s->sampler, &w->sgpr[op->in->src[2].index]);
    if (!lacks && s->image.image->size[2] == 0) lacks = "no layers";
    if (!lacks && is_anisotropic(s)) lacks = "anisotropic filter";
    if (!lacks) lacks = format_choose(s);
    if (lacks) return lacks;
    s->sampler.unnormalised |= op->in->unorm;
    s->needs_lod = sampler_needs_lod(&s->sampler, s->image.image);
    return NULL;
}

static enum wave_state run_sample(struct wave *w, const struct op *op)
{
    struct sample_access s;
    const char *lacks = sample_begin(&s, w, op);
    if (lacks) return image_access_stop(&s.image, lacks);
    const struct image *image = s.image.image;
    arithmetic_begin(w);
    for (unsigned slice = 0; image_access_next(&s.image, &slice);) {
        struct samples samples;
        u32x16 texel[COMPONENTS], components[COMPONENTS];
        samples_get(&s, &samples);
        samples_filter(&s.sampler, image, s.image.levels, &samples, s.image.exec, texel);
        components_select(image->format, image->selectors, texel, components);
        image_data_write(&s.image, components);
    }
    arithmetic_end(w);
    NEXT(w, op);
}

static enum wave_state run_sample_rows(struct wave *w, const struct op *op)
{
    struct image_rows_access a;
    const struct rows_sampler *sampler = NULL;
    if (image_rows_begin(&a, w, op)) sampler = image_kept_sampler(a.kept, &w->sgpr[op->in->src[2].index]);
    if (!sampler) BECOME(run_sample, w, op);
    arithmetic_begin(w);
    while (image_rows_next(&a)) {
        rows_sample(&a.kept->rows, sampler, a.at, a.lanes, image_rows_target(&a));
        image_rows_write(&a);
    }
    arithmetic_end(w);
    NEXT(w, op);
}

// The mask tells which component is gathered; all four texels are returned.
static enum wave_state run_gather4(struct wave *w, const struct op *op)
{
    struct sample_access s;
    const char *lacks = sample_begin(&s, w, op);
    if (lacks) return image_access_stop(&s.image, lacks);
    unsigned component = (unsigned)__builtin_ctz(op->in->dmask);
    arithmetic_begin(w);
    for (unsigned slice = 0; image_access_next(&s.image, &slice);) {
        struct samples samples;
        u32x16 texels[COMPONENTS];
        samples_get(&s, &samples);
        samples_gather(&s.sampler, s.image.image, s.image.levels, &samples, s.image.exec, component, texels);
        image_data_write(&s.image, texels);
    }
    arithmetic_end(w);
    NEXT(w, op);
}

// The level of detail that would be sampled, and what it was before it was limited.
static enum wave_state run_get_lod(struct wave *w, const struct op *op)
{
    struct sample_access s;
    const char *lacks = sample_begin(&s, w, op);
    if (lacks) return image_access_stop(&s.image, lacks);
    arithmetic_begin(w);
    for (unsigned slice = 0; image_access_next(&s.image, &slice);) {
        f32x16 raw = lods_find(&s, 0), lods;
        for (unsigned i = 0; i < SLICE_LANES; i++) {
            float lod = fminf(lod_limited(&s, raw[i], 0, 0), (float)(s.image.image->levels - 1));
            lods[i] = s.sampler.mip == FILTER_MIP_POINT ? floorf(lod + 0.5f) : lod;
        }
        const u32x16 components[COMPONENTS] = {__builtin_bit_cast(u32x16, lods),
                                               __builtin_bit_cast(u32x16, raw)};
        image_data_write(&s.image, components);
    }
    arithmetic_end(w);
    NEXT(w, op);
}

handler_fn *sample_handler(const struct instruction *in)
{
    switch (in->opcode->image) {
    case IMAGE_SAMPLE:
        return image_form_is_short(in) && !in->unorm ? run_sample_rows : run_sample;
    case IMAGE_GATHER4:
        return run_gather4;
    case IMAGE_GET_LOD:
        return run_get_lod;
    default:
        return NULL;
    }
}
