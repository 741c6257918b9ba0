#include "exec_image.h"

#include "components.h"
#include "exec_sample.h"
#include "exec_vector.h"
#include "image_access.h"
#include "private_memory.h"

static enum wave_state run_load(struct wave *w, const struct op *op)
{
    struct image_access a;
    const char *lacks = image_access_begin(&a, w, op);
    if (lacks) return image_access_stop(&a, lacks);
    arithmetic_begin(w);
    for (unsigned slice = 0; image_access_next(&a, &slice);) {
        u64x16 address;
        u32x16 texel[COMPONENTS], components[COMPONENTS];
        uint16_t inside = image_texels_find(&a, &address);
        texels_read(a.image->format, &address, inside, texel);
        components_select(a.image->format, a.image->selectors, texel, components);
        image_data_write(&a, components);
    }
    arithmetic_end(w);
    NEXT(w, op);
}

static enum wave_state run_load_rows(struct wave *w, const struct op *op)
{
    struct image_rows_access a;
    if (!image_rows_begin(&a, w, op)) BECOME(run_load, w, op);
    arithmetic_begin(w);
    while (image_rows_next(&a)) {
        rows_load(&a.kept->rows, a.at, a.lanes, image_rows_target(&a));
        image_rows_write(&a);
    }
    arithmetic_end(w);
    NEXT(w, op);
}

static enum wave_state run_store(struct wave *w, const struct op *op)
{
    struct image_access a;
    const char *lacks = image_access_begin(&a, w, op);
    if (!lacks && !image_format_is_stored(a.image->format)) lacks = "store to sRGB";
    if (lacks) return image_access_stop(&a, lacks);
    arithmetic_begin(w);
    for (unsigned slice = 0; image_access_next(&a, &slice);) {
        u64x16 address;
        u32x16 texel[COMPONENTS], components[COMPONENTS];
        uint16_t inside = image_texels_find(&a, &address);
        image_data_read(&a, components);
        components_deselect(a.image->selectors, components, texel);
        texels_write(a.image->format, &address, inside, texel);
    }
    arithmetic_end(w);
    NEXT(w, op);
}

static enum wave_state run_store_rows(struct wave *w, const struct op *op)
{
    struct image_rows_access a;
    if (!image_rows_begin(&a, w, op) || !image_format_is_stored(a.kept->rows.format))
        BECOME(run_store, w, op);
    arithmetic_begin(w);
    while (image_rows_next(&a)) rows_store(&a.kept->rows, a.at, a.lanes, image_rows_read(&a));
    arithmetic_end(w);
    NEXT(w, op);
}

// Texels as they lie in memory.
static enum wave_state run_load_raw(struct wave *w, const struct op *op)
{
    struct image_access a;
    const char *lacks = image_access_begin(&a, w, op);
    if (lacks) return image_access_stop(&a, lacks);
    for (unsigned slice = 0; image_access_next(&a, &slice);) {
        u64x16 address;
        u32x16 words[COMPONENTS];
        uint16_t inside = image_texels_find(&a, &address);
        bool sign_extended = op->in->opcode->image == IMAGE_LOAD_RAW_SIGNED;
        texels_read_raw(a.image->format, &address, inside, sign_extended, words);
        image_data_write(&a, words);
    }
    NEXT(w, op);
}

static enum wave_state run_store_raw(struct wave *w, const struct op *op)
{
    struct image_access a;
    const char *lacks = image_access_begin(&a, w, op);
    if (lacks) return image_access_stop(&a, lacks);
    for (unsigned slice = 0; image_access_next(&a, &slice);) {
        u64x16 address;
        u32x16 words[COMPONENTS];
        uint16_t inside = image_texels_find(&a, &address);
        image_data_read(&a, words);
        texels_write_raw(a.image->format, &address, inside, words);
    }
    NEXT(w, op);
}

// Width, height, depth or layers, and the number of levels. A level that the image lacks has no size.
static enum wave_state run_get_resinfo(struct wave *w, const struct op *op)
{
    struct image_access a;
    const char *lacks = image_access_begin(&a, w, op);
    if (lacks) return image_access_stop(&a, lacks);
    for (unsigned slice = 0; image_access_next(&a, &slice);) {
        u32x16 number = image_level_bits(&a), info[COMPONENTS] = {(u32x16){0}};
        info[COMPONENTS - 1] += a.image->levels;
        for (unsigned i = 0; i < SLICE_LANES; i++) {
            if (number[i] >= a.image->levels) continue;
            const struct image_level *level = image_levels_get(a.levels, a.image, number[i]);
            for (unsigned k = 0; k < COORDINATES; k++) info[k][i] = level->size[k];
        }
        image_data_write(&a, info);
    }
    NEXT(w, op);
}

// --- Atomics ---

// Of texels of 64 bits, by the opcode's number, which counts from image_atomic_swap's.
enum { FIRST_ATOMIC = 0x0f, ATOMICS = 17 };
vector_fn mem_atomic_swap_x2, mem_atomic_add_x2, mem_atomic_sub_x2, mem_atomic_smin_x2, mem_atomic_umin_x2,
    mem_atomic_smax_x2, mem_atomic_umax_x2, mem_atomic_and_x2, mem_atomic_or_x2, mem_atomic_xor_x2,
    mem_atomic_inc_x2, mem_atomic_dec_x2, mem_atomic_fmin_x2, mem_atomic_fmax_x2;
static vector_fn *const wide_atomics[ATOMICS] = {
    mem_atomic_swap_x2, mem_atomic_cmpswap_x2, mem_atomic_add_x2,  mem_atomic_sub_x2,  NULL,
    mem_atomic_smin_x2, mem_atomic_umin_x2,    mem_atomic_smax_x2, mem_atomic_umax_x2, mem_atomic_and_x2,
    mem_atomic_or_x2,   mem_atomic_xor_x2,     mem_atomic_inc_x2,  mem_atomic_dec_x2,  mem_atomic_fcmpswap_x2,
    mem_atomic_fmin_x2, mem_atomic_fmax_x2,
};

struct atomic {
    struct image_access access;
    vector_fn *meaning;
    unsigned dwords; // that it returns
};

// Returns NULL, or what this device lacks. The mask's bits are the dwords of the data.
static const char *atomic_begin(struct atomic *a, struct wave *w, const struct op *op)
{
    const char *lacks = image_access_begin(&a->access, w, op);
    if (lacks) return lacks;
    bool compares = op->vector == mem_atomic_cmpswap || op->vector == mem_atomic_fcmpswap;
    const struct image_format *format = a->access.image->format;
    if (format->bits[0] != 32 || format->bytes > 8) return "atomic on this format";
    a->dwords = format->bytes / 4u;
    a->meaning = a->dwords == 1 ? op->vector : wide_atomics[op->in->opcode->number - FIRST_ATOMIC];
    return op->in->dmask == (1u << a->dwords * (compares ? 2 : 1)) - 1 ? NULL : "atomic of this size";
}

// Where there is no texel, nothing is written and 0 is returned.
static enum wave_state run_atomic(struct wave *w, const struct op *op)
{
    static const u32x16 zeros[2];
    struct atomic a;
    const char *lacks = atomic_begin(&a, w, op);
    if (lacks) return image_access_stop(&a.access, lacks);
    for (unsigned next = 0; image_access_next(&a.access, &next);) {
        unsigned slice = a.access.slice;
        struct lanes *l = &w->lanes[slice];
        u32x16 *d = op->d_dwords ? destination_vector(w, op, slice) : w->result;
        l->exec = image_texels_find(&a.access, &l->address);
        if (l->exec) a.meaning(d, NULL, source_vector(w, &op->s[1], slice), NULL, l);
        if (op->d_dwords) lanes_merge(d, zeros, a.dwords, a.access.exec & (uint16_t)~l->exec);
    }
    NEXT(w, op);
}

handler_fn *image_handler(const struct instruction *in)
{
    if (in->opcode->flags & OPCODE_ATOMIC) return run_atomic;
    switch (in->opcode->image) {
    case IMAGE_LOAD:
        return image_form_is_short(in) ? run_load_rows : run_load;
    case IMAGE_LOAD_MIP:
        return run_load;
    case IMAGE_LOAD_RAW:
    case IMAGE_LOAD_RAW_SIGNED:
        return run_load_raw;
    case IMAGE_STORE:
        return image_form_is_short(in) ? run_store_rows : run_store;
    case IMAGE_STORE_MIP:
        return run_store;
    case IMAGE_STORE_RAW:
        return run_store_raw;
    case IMAGE_RESINFO:
        return run_get_resinfo;
    default:
        return sample_handler(in);
    }
}
