#include "image_rows.h"

#include "sampler_spans.h"
#include "texel_words.h"

#define ROWS_INLINE static inline __attribute__((always_inline))

enum { ALL_LANES = 0xffff };

ROWS_INLINE f32x16 float_of(u32x16 bits) { return __builtin_bit_cast(f32x16, bits); }
ROWS_INLINE u32x16 float_bits(f32x16 value) { return __builtin_bit_cast(u32x16, value); }

// --- Descriptors ---

static enum rows_kind kind_of(const struct image_format *format)
{
    if (format->bits[3] == 32) return ROWS_QUADRUPLES;
    return format->kind == TEXEL_UNORM && format->bits[0] == 8 && format->bits[3] == 8 ? ROWS_BYTES
                                                                                       : ROWS_OTHER;
}

bool image_rows_find(struct image_rows *rows, const struct image *image)
{
    const uint64_t most_bytes = 1u << 31;
    struct image_level level;
    image_level_find(image, 0, &level);
    if (image->tiling.block_log2[0]) return false; // tiled
    if (image->is_array && image->dimensions != 2) return false;
    if (image->first_accessible) return false;
    if (level.slice_bytes * (image->first_layer + image->size[2]) > most_bytes) return false;
    *rows = (struct image_rows){
        .format = image->format,
        .base = level.base + level.slice_bytes * image->first_layer,
        .stride = {image->format->bytes, (uint32_t)level.row_bytes, (uint32_t)level.slice_bytes},
        .coordinates = (uint8_t)(image->dimensions + image->is_array),
        .kind = kind_of(image->format),
        .is_array = image->is_array,
        .in_order = true,
    };
    for (unsigned c = 0; c < COMPONENTS; c++) {
        rows->selectors[c] = image->selectors[c];
        rows->in_order &= image->selectors[c] == SELECT_X + c;
    }
    for (unsigned i = 0; i < COORDINATES; i++) rows->size[i] = level.size[i];
    return rows->size[2] > 0;
}

static bool clamp_leaves(enum sampler_clamp clamp)
{
    return clamp != CLAMP_WRAP && clamp != CLAMP_MIRROR && clamp != CLAMP_LAST_TEXEL &&
           clamp != CLAMP_MIRROR_ONCE_LAST_TEXEL;
}

bool rows_sampler_find(struct rows_sampler *r, const struct sampler *s, const struct image *image)
{
    if (s->reduction != REDUCE_BLEND || s->anisotropic || s->truncates || sampler_needs_lod(s, image))
        return false;
    if (s->forces_degamma || s->skips_degamma) return false;
    *r = (struct rows_sampler){.normalised = !s->unnormalised};
    sampler_filters(s, image, sampler_levels(s, image, 0).filter, r->filter);
    sampler_border(s, image, r->border);
    for (unsigned i = 0; i < image->dimensions; i++) {
        r->clamp[i] = s->clamp[i];
        r->leaves |= clamp_leaves(s->clamp[i]);
        r->linear |= r->filter[i] == FILTER_LINEAR;
    }
    return true;
}

// --- Texels ---

// Whether the lanes' texels lie side by side, as those of most slices do. What is known of their addresses
// then spares taking each from a register.
ROWS_INLINE bool texels_follow(u32x16 offset, uint16_t inside, unsigned bytes)
{
    return inside == ALL_LANES && !lanes_any(offset != offset[0] + LANE_NUMBERS * bytes);
}

ROWS_INLINE void bytes_decode(u32x16 words, u32x16 texel[COMPONENTS])
{
    for (unsigned c = 0; c < COMPONENTS; c++)
        texel[c] = float_bits(unorm_float(words >> 8 * c & UINT8_MAX, 8));
}

ROWS_INLINE u32x16 bytes_encode(const u32x16 texel[COMPONENTS])
{
    u32x16 words = {0};
    for (unsigned c = 0; c < COMPONENTS; c++) words |= unorm_field(float_of(texel[c]), 8) << 8 * c;
    return words;
}

// Those of `inside`; the others' components are undefined.
ROWS_INLINE void texels_at(const struct image_rows *rows, u32x16 offset, uint16_t inside, enum rows_kind kind,
                           u32x16 texel[COMPONENTS])
{
    if (kind == ROWS_QUADRUPLES && texels_follow(offset, inside, 16)) {
        quadruples_row_read(texel, rows->base + offset[0]);
        return;
    }
    u64x16 from = rows->base + __builtin_convertvector(offset, u64x16);
    if (inside != ALL_LANES) {
        for (unsigned c = 0; c < COMPONENTS; c++) texel[c] = (u32x16){0};
        if (!inside) return;
        from = addresses_filled(&from, inside);
    }
    if (kind == ROWS_OTHER) {
        texels_read(rows->format, &from, inside, texel);
    } else if (kind == ROWS_QUADRUPLES) {
        quadruples_read(texel, from);
    } else {
        bytes_decode(texels_follow(offset, inside, 4) ? row_load(from[0], inside, offset) : words_at(from),
                     texel);
    }
}

// Which lanes have a texel; *offset is then theirs.
ROWS_INLINE i32x16 texels_find(const struct image_rows *rows, const u32x16 *const at[COORDINATES],
                               unsigned coordinates, u32x16 *offset)
{
    i32x16 is_inside = (i32x16){0} == 0;
    *offset = (u32x16){0};
    for (unsigned i = 0; i < coordinates; i++) {
        is_inside &= *at[i] < rows->size[i];
        *offset += *at[i] * rows->stride[i];
    }
    return is_inside;
}

ROWS_INLINE void load_run(const struct image_rows *rows, const u32x16 *const at[COORDINATES], uint16_t lanes,
                          u32x16 components[COMPONENTS], unsigned coordinates, enum rows_kind kind)
{
    u32x16 offset, selected[COMPONENTS], *texel = rows->in_order ? components : selected;
    i32x16 is_inside = texels_find(rows, at, coordinates, &offset);
    uint16_t inside = lanes & lanes_of(is_inside);
    texels_at(rows, offset, inside, kind, texel);
    if (inside != ALL_LANES)
        for (unsigned c = 0; c < COMPONENTS; c++) texel[c] = is_inside ? texel[c] : (u32x16){0};
    if (!rows->in_order) components_select(rows->format, rows->selectors, texel, components);
}

ROWS_INLINE void store_run(const struct image_rows *rows, const u32x16 *const at[COORDINATES], uint16_t lanes,
                           const u32x16 components[COMPONENTS], unsigned coordinates, enum rows_kind kind)
{
    u32x16 offset, selected[COMPONENTS];
    const u32x16 *texel = components;
    uint16_t inside = lanes & lanes_of(texels_find(rows, at, coordinates, &offset));
    u64x16 to = rows->base + __builtin_convertvector(offset, u64x16);
    if (!rows->in_order) {
        components_deselect(rows->selectors, components, selected);
        texel = selected;
    }
    if (kind == ROWS_BYTES) {
        u32x16 words = bytes_encode(texel);
        if (texels_follow(offset, inside, 4))
            full_row_store(rows->base + offset[0], words);
        else
            words_write(&words, to, inside, 1);
    } else if (kind == ROWS_QUADRUPLES && texels_follow(offset, inside, 16)) {
        quadruples_row_write(texel, rows->base + offset[0]);
    } else {
        texels_write(rows->format, &to, inside, texel);
    }
}

// --- Filters ---

// The texels that coordinates are between, in one dimension, and their shares.
struct rows_span {
    u32x16 offset[2];
    i32x16 outside[2];
    f32x16 weight[2];
    unsigned count;
};

ROWS_INLINE void span_place(const struct image_rows *rows, unsigned i, const struct spans *spans,
                            unsigned count, struct rows_span *place)
{
    place->count = count;
    place->weight[0] = 1 - spans->weight;
    place->weight[1] = spans->weight;
    for (unsigned k = 0; k < count; k++) {
        place->offset[k] = __builtin_bit_cast(u32x16, spans->texel[k]) * rows->stride[i];
        place->outside[k] = spans->texel[k] < 0;
    }
}

// What a corner of the texels around a place holds.
ROWS_INLINE void corner_read(const struct image_rows *rows, const struct rows_sampler *s, u32x16 offset,
                             i32x16 outside, uint16_t lanes, enum rows_kind kind, u32x16 texel[COMPONENTS])
{
    uint16_t inside = s->leaves ? lanes & (uint16_t)~lanes_of(outside) : lanes;
    texels_at(rows, offset, inside, kind, texel);
    if (!s->leaves || inside == lanes) return;
    for (unsigned c = 0; c < COMPONENTS; c++) texel[c] = outside ? (u32x16){0} + s->border[c] : texel[c];
}

// What has been added up. `whole`: of lanes that have but one texel, bit by bit.
struct rows_sum {
    f32x16 value[COMPONENTS];
    u32x16 whole[COMPONENTS];
    i32x16 only;
};

ROWS_INLINE void sum_add(struct rows_sum *sum, const u32x16 texel[COMPONENTS], f32x16 weight, bool exactly)
{
    i32x16 shares = weight != 0, only = weight == 1;
    for (unsigned c = 0; c < COMPONENTS; c++) {
        f32x16 after = sum->value[c] + float_of(texel[c]) * weight;
        sum->value[c] = exactly && !shares ? sum->value[c] : after;
        if (exactly) sum->whole[c] = only ? texel[c] : sum->whole[c];
    }
    if (exactly) sum->only |= only;
}

// `exactly`: some texels may have no share, be they NaNs, or be the only ones, be they denormal.
ROWS_INLINE void corners_add(const struct image_rows *rows, const struct rows_sampler *s,
                             const struct rows_span places[COORDINATES], uint16_t lanes,
                             u32x16 texel[COMPONENTS], unsigned coordinates, enum rows_kind kind,
                             bool exactly)
{
    struct rows_sum sum = {0};
    unsigned rows_count = coordinates > 1 ? places[1].count : 1;
    unsigned slices_count = coordinates > 2 ? places[2].count : 1;
    for (unsigned z = 0; z < slices_count; z++)
        for (unsigned y = 0; y < rows_count; y++)
            for (unsigned x = 0; x < places[0].count; x++) {
                u32x16 offset = places[0].offset[x];
                i32x16 outside = places[0].outside[x];
                f32x16 weight = places[0].weight[x];
                if (coordinates > 1) {
                    offset += places[1].offset[y];
                    outside |= places[1].outside[y];
                    weight *= places[1].weight[y];
                }
                if (coordinates > 2) {
                    offset += places[2].offset[z];
                    outside |= places[2].outside[z];
                    weight *= places[2].weight[z];
                }
                corner_read(rows, s, offset, outside, lanes, kind, texel);
                sum_add(&sum, texel, weight, exactly);
            }
    for (unsigned c = 0; c < COMPONENTS; c++) {
        texel[c] = kind == ROWS_BYTES ? float_bits(sum.value[c]) : blended(sum.value[c]);
        if (exactly) texel[c] = sum.only ? sum.whole[c] : texel[c];
    }
}

// Bytes are never NaNs: what has no share adds nothing.
ROWS_INLINE void sample_run(const struct image_rows *rows, const struct rows_sampler *s,
                            const u32x16 *const at[COORDINATES], uint16_t lanes,
                            u32x16 components[COMPONENTS], unsigned coordinates, enum rows_kind kind,
                            bool linear)
{
    struct rows_span places[COORDINATES];
    u32x16 selected[COMPONENTS], *texel = rows->in_order ? components : selected, offset = {0};
    i32x16 outside = {0};
    bool single = true, even = true;
    for (unsigned i = 0; i < coordinates; i++) {
        enum filter filter = linear ? s->filter[i] : FILTER_POINT;
        struct spans spans = i == 2 && rows->is_array
                                 ? sampler_layers(float_of(*at[i]), false, rows->size[i])
                                 : sampler_spans(s->clamp[i], s->normalised, filter, false, float_of(*at[i]),
                                                 (i32x16){0}, rows->size[i]);
        uint16_t between = linear ? lanes & lanes_of(spans.weight != 0) : 0;
        single &= !between;
        even &= !between || between == lanes;
        span_place(rows, i, &spans, between ? 2 : 1, &places[i]);
        offset += places[i].offset[0];
        outside |= places[i].outside[0];
    }
    if (!linear || single)
        corner_read(rows, s, offset, outside, lanes, kind, texel);
    else if (kind == ROWS_BYTES || even)
        corners_add(rows, s, places, lanes, texel, coordinates, kind, false);
    else
        corners_add(rows, s, places, lanes, texel, coordinates, kind, true);
    if (!rows->in_order) components_select(rows->format, rows->selectors, texel, components);
}

// --- One function for each common case ---

typedef void load_fn(const struct image_rows *, const u32x16 *const at[COORDINATES], uint16_t lanes,
                     u32x16 components[COMPONENTS]);
typedef void store_fn(const struct image_rows *, const u32x16 *const at[COORDINATES], uint16_t lanes,
                      const u32x16 components[COMPONENTS]);
typedef void sample_fn(const struct image_rows *, const struct rows_sampler *,
                       const u32x16 *const at[COORDINATES], uint16_t lanes, u32x16 components[COMPONENTS]);

#define CASE(name, coordinates, kind)                                                                        \
    static void load_##name(const struct image_rows *rows, const u32x16 *const at[COORDINATES],              \
                            uint16_t lanes, u32x16 components[COMPONENTS])                                   \
    {                                                                                                        \
        load_run(rows, at, lanes, components, coordinates, kind);                                            \
    }                                                                                                        \
    static void store_##name(const struct image_rows *rows, const u32x16 *const at[COORDINATES],             \
                             uint16_t lanes, const u32x16 components[COMPONENTS])                            \
    {                                                                                                        \
        store_run(rows, at, lanes, components, coordinates, kind);                                           \
    }                                                                                                        \
    static void nearest_##name(const struct image_rows *rows, const struct rows_sampler *s,                  \
                               const u32x16 *const at[COORDINATES], uint16_t lanes,                          \
                               u32x16 components[COMPONENTS])                                                \
    {                                                                                                        \
        sample_run(rows, s, at, lanes, components, coordinates, kind, false);                                \
    }                                                                                                        \
    static void linear_##name(const struct image_rows *rows, const struct rows_sampler *s,                   \
                              const u32x16 *const at[COORDINATES], uint16_t lanes,                           \
                              u32x16 components[COMPONENTS])                                                 \
    {                                                                                                        \
        sample_run(rows, s, at, lanes, components, coordinates, kind, true);                                 \
    }
#define KINDS(coordinates)                                                                                   \
    CASE(quadruples_##coordinates, coordinates, ROWS_QUADRUPLES)                                             \
    CASE(bytes_##coordinates, coordinates, ROWS_BYTES)                                                       \
    CASE(other_##coordinates, coordinates, ROWS_OTHER)
KINDS(1)
KINDS(2)
KINDS(3)

#define OF_KINDS(verb, coordinates)                                                                          \
    {verb##_quadruples_##coordinates, verb##_bytes_##coordinates, verb##_other_##coordinates}
#define OF_ALL(verb) {OF_KINDS(verb, 1), OF_KINDS(verb, 2), OF_KINDS(verb, 3)}

void rows_load(const struct image_rows *rows, const u32x16 *const at[COORDINATES], uint16_t lanes,
               u32x16 components[COMPONENTS])
{
    static load_fn *const load[COORDINATES][ROWS_KINDS] = OF_ALL(load);
    load[rows->coordinates - 1][rows->kind](rows, at, lanes, components);
}

void rows_store(const struct image_rows *rows, const u32x16 *const at[COORDINATES], uint16_t lanes,
                const u32x16 components[COMPONENTS])
{
    static store_fn *const store[COORDINATES][ROWS_KINDS] = OF_ALL(store);
    store[rows->coordinates - 1][rows->kind](rows, at, lanes, components);
}

void rows_sample(const struct image_rows *rows, const struct rows_sampler *s,
                 const u32x16 *const at[COORDINATES], uint16_t lanes, u32x16 components[COMPONENTS])
{
    static sample_fn *const sample[2][COORDINATES][ROWS_KINDS] = {OF_ALL(nearest), OF_ALL(linear)};
    sample[s->linear][rows->coordinates - 1][rows->kind](rows, s, at, lanes, components);
}
