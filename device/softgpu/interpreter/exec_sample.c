#include "exec_sample.h"

#include "components.h"
#include "image_access.h"

#include <math.h>

enum { QUAD = 4 };

struct sample_access {
    struct image_access image;
    struct sampler sampler;
    bool needs_lod;
};

// --- Operands ---

// What the lowest bits of an opcode's number say of the level of detail.
enum lod_form { LOD_IMPLICIT, LOD_IMPLICIT_CLAMPED, LOD_GIVEN = 4, LOD_BIASED, LOD_BIASED_CLAMPED, LOD_ZERO };
static enum lod_form lod_form(const struct instruction *in) { return in->opcode->number & 7; }

static float address_float(uint32_t bits, bool half)
{
    return half ? half_value(bits & 0xffff) : __builtin_bit_cast(float, bits);
}

static void coordinates_get(const struct sample_access *s, unsigned lane, float coordinates[COORDINATES])
{
    uint32_t bits[COORDINATES];
    image_coordinates_bits(&s->image, lane, bits);
    for (unsigned i = 0; i < COORDINATES; i++) coordinates[i] = address_float(bits[i], s->image.in->a16);
}

// By x and y of the screen, from dword `first` on. Those of 16 bits lie two a dword, by x and y separately.
static void derivatives_get(const struct sample_access *s, unsigned lane, unsigned first,
                            float derivatives[2][COORDINATES])
{
    static const uint8_t counts[] = {1, 2, 3, 2, 1, 2}; // SQ_RSRC_IMG_x
    unsigned count = counts[s->image.in->dim];
    bool half = s->image.in->opcode->flags & OPCODE_G16;
    for (unsigned k = 0; k < 2; k++)
        for (unsigned i = 0; i < count; i++) {
            unsigned dword = half ? k * ((count + 1) / 2) + i / 2 : k * count + i;
            uint32_t bits = image_address_dword(&s->image, lane, first + dword);
            derivatives[k][i] = address_float(half ? bits >> 16 * (i & 1) : bits, half);
        }
}

// Between the lanes of the quad, active or not.
static void derivatives_find(const struct sample_access *s, unsigned lane, float derivatives[2][COORDINATES])
{
    float corner[COORDINATES];
    unsigned first = lane / QUAD * QUAD;
    coordinates_get(s, first, corner);
    for (unsigned k = 0; k < 2; k++) {
        coordinates_get(s, first + 1 + k, derivatives[k]);
        for (unsigned i = 0; i < COORDINATES; i++) derivatives[k][i] -= corner[i];
    }
}

static int8_t offset_field(uint32_t bits, unsigned axis)
{
    return (int8_t)((int8_t)(bits >> 8 * axis << 2) >> 2);
}

// The level of detail, before the sampler has its say. `dword` is where the derivatives would be.
static float lod_find(const struct sample_access *s, unsigned lane, unsigned dword)
{
    const struct instruction *in = s->image.in;
    float derivatives[2][COORDINATES] = {0};
    if (in->opcode->flags & OPCODE_GRADIENTS)
        derivatives_get(s, lane, dword, derivatives);
    else if (lod_form(in) == LOD_GIVEN)
        return address_float(image_level_bits(&s->image, lane), in->a16);
    else
        derivatives_find(s, lane, derivatives);
    return sampler_derivatives_lod(&s->sampler, &s->image.image, derivatives);
}

static void levels_choose(const struct sample_access *s, unsigned lane, unsigned dword, float bias,
                          struct levels *levels)
{
    const struct instruction *in = s->image.in;
    float lod = 0, lowest = 0;
    bool limited =
        in->opcode->flags & OPCODE_LOD && (in->opcode->flags & OPCODE_GRADIENTS || lod_form(in) != LOD_GIVEN);
    if (s->needs_lod && (in->opcode->flags & OPCODE_GRADIENTS || lod_form(in) != LOD_ZERO)) {
        if (limited) lowest = address_float(image_level_bits(&s->image, lane), in->a16);
        lod = sampler_lod(&s->sampler, lod_find(s, lane, dword), bias, lowest);
    }
    *levels = sampler_levels(&s->sampler, &s->image.image, lod);
}

// Offset, bias, reference and derivatives come in this order, each where there is one.
static void sample_get(const struct sample_access *s, unsigned lane, struct sample *sample)
{
    const struct instruction *in = s->image.in;
    unsigned dword = 0;
    float bias = 0;
    *sample = (struct sample){.compares = in->opcode->flags & OPCODE_COMPARE};
    if (in->opcode->flags & OPCODE_OFFSET) {
        uint32_t bits = image_address_dword(&s->image, lane, dword++);
        for (unsigned i = 0; i < COORDINATES; i++) sample->offset[i] = offset_field(bits, i);
    }
    if (in->opcode->flags & OPCODE_BIAS)
        bias = address_float(image_address_dword(&s->image, lane, dword++), in->a16);
    if (sample->compares)
        sample->reference = address_float(image_address_dword(&s->image, lane, dword++), false);
    coordinates_get(s, lane, sample->coordinates);
    levels_choose(s, lane, dword, bias, &sample->levels);
}

// --- Instructions ---

// Returns NULL, or what this device lacks.
static const char *sample_begin(struct sample_access *s, struct wave *w, const struct op *op)
{
    const char *lacks = image_access_begin(&s->image, w, op);
    if (!lacks) lacks = sampler_decode(&s->sampler, &w->sgpr[op->in->src[2].index]);
    if (!lacks && s->image.image.size[2] == 0) lacks = "no layers";
    s->sampler.unnormalised |= op->in->unorm;
    s->needs_lod = !lacks && sampler_needs_lod(&s->sampler, &s->image.image);
    return lacks;
}

static enum wave_state run_sample(struct wave *w, const struct op *op)
{
    struct sample_access s;
    const char *lacks = sample_begin(&s, w, op);
    if (lacks) return image_access_stop(&s.image, lacks);
    struct image *image = &s.image.image;
    arithmetic_begin(w);
    EACH_ACTIVE(w, lane)
    {
        struct sample sample;
        uint32_t texel[COMPONENTS], components[COMPONENTS];
        sample_get(&s, (unsigned)lane, &sample);
        sample_filter(&s.sampler, image, &s.image.levels, &sample, texel);
        components_select(image->format, image->selectors, texel, components);
        image_data_write(&s.image, (unsigned)lane, components);
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
    EACH_ACTIVE(w, lane)
    {
        struct sample sample;
        uint32_t texels[COMPONENTS];
        sample_get(&s, (unsigned)lane, &sample);
        sample_gather(&s.sampler, &s.image.image, &s.image.levels, &sample, component, texels);
        image_data_write(&s.image, (unsigned)lane, texels);
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
    EACH_ACTIVE(w, lane)
    {
        float raw = lod_find(&s, (unsigned)lane, 0);
        float lod = fminf(sampler_lod(&s.sampler, raw, 0, 0), (float)(s.image.image.levels - 1));
        if (s.sampler.mip == FILTER_MIP_POINT) lod = floorf(lod + 0.5f);
        uint32_t components[COMPONENTS] = {__builtin_bit_cast(uint32_t, lod),
                                           __builtin_bit_cast(uint32_t, raw)};
        image_data_write(&s.image, (unsigned)lane, components);
    }
    arithmetic_end(w);
    NEXT(w, op);
}

handler_fn *sample_handler(const struct instruction *in)
{
    if (in->opcode->id == OPCODE_ID_image_gather4h__MIMG) return NULL;
    if (in->opcode->id == OPCODE_ID_image_get_lod__MIMG) return run_get_lod;
    return in->opcode->flags & OPCODE_GATHER4 ? run_gather4 : run_sample;
}
