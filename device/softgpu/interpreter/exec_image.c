#include "exec_image.h"

#include "components.h"
#include "exec_sample.h"
#include "exec_vector.h"
#include "image_access.h"
#include "private_memory.h"

#include <string.h>

static enum wave_state run_load(struct wave *w, const struct op *op)
{
    struct image_access a;
    const char *lacks = image_access_begin(&a, w, op);
    if (lacks) return image_access_stop(&a, lacks);
    arithmetic_begin(w);
    EACH_ACTIVE(w, lane)
    {
        uint64_t address;
        uint32_t texel[COMPONENTS] = {0}, components[COMPONENTS];
        if (image_texel_find(&a, (unsigned)lane, &address)) texel_read(a.image.format, address, texel);
        components_select(a.image.format, a.image.selectors, texel, components);
        image_data_write(&a, (unsigned)lane, components);
    }
    arithmetic_end(w);
    NEXT(w, op);
}

static enum wave_state run_store(struct wave *w, const struct op *op)
{
    struct image_access a;
    const char *lacks = image_access_begin(&a, w, op);
    if (lacks) return image_access_stop(&a, lacks);
    arithmetic_begin(w);
    EACH_ACTIVE(w, lane)
    {
        uint64_t address;
        uint32_t texel[COMPONENTS], components[COMPONENTS];
        if (!image_texel_find(&a, (unsigned)lane, &address)) continue;
        image_data_read(&a, (unsigned)lane, components);
        components_deselect(a.image.selectors, components, texel);
        texel_write(a.image.format, address, texel);
    }
    arithmetic_end(w);
    NEXT(w, op);
}

// Texels as they lie in memory.
static bool is_sign_extended(const struct instruction *in)
{
    return in->opcode->id == OPCODE_ID_image_load_pck_sgn__MIMG ||
           in->opcode->id == OPCODE_ID_image_load_mip_pck_sgn__MIMG;
}

static enum wave_state run_load_raw(struct wave *w, const struct op *op)
{
    struct image_access a;
    const char *lacks = image_access_begin(&a, w, op);
    if (lacks) return image_access_stop(&a, lacks);
    EACH_ACTIVE(w, lane)
    {
        uint64_t address;
        uint32_t words[COMPONENTS] = {0};
        if (image_texel_find(&a, (unsigned)lane, &address))
            texel_read_raw(a.image.format, address, is_sign_extended(op->in), words);
        image_data_write(&a, (unsigned)lane, words);
    }
    NEXT(w, op);
}

static enum wave_state run_store_raw(struct wave *w, const struct op *op)
{
    struct image_access a;
    const char *lacks = image_access_begin(&a, w, op);
    if (lacks) return image_access_stop(&a, lacks);
    EACH_ACTIVE(w, lane)
    {
        uint64_t address;
        uint32_t words[COMPONENTS];
        if (!image_texel_find(&a, (unsigned)lane, &address)) continue;
        image_data_read(&a, (unsigned)lane, words);
        texel_write_raw(a.image.format, address, words);
    }
    NEXT(w, op);
}

// Width, height, depth or layers, and the number of levels. A level that the image lacks has no size.
static enum wave_state run_get_resinfo(struct wave *w, const struct op *op)
{
    struct image_access a;
    const char *lacks = image_access_begin(&a, w, op);
    if (lacks) return image_access_stop(&a, lacks);
    EACH_ACTIVE(w, lane)
    {
        uint32_t number = image_level_bits(&a, (unsigned)lane), info[COMPONENTS] = {0, 0, 0, a.image.levels};
        if (number < a.image.levels)
            memcpy(info, image_levels_get(&a.levels, &a.image, number)->size, COORDINATES * sizeof *info);
        image_data_write(&a, (unsigned)lane, info);
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
    const struct image_format *format = a->access.image.format;
    if (format->bits[0] != 32 || format->bytes > 8) return "atomic on this format";
    a->dwords = format->bytes / 4u;
    a->meaning = a->dwords == 1 ? op->vector : wide_atomics[op->in->opcode->number - FIRST_ATOMIC];
    return op->in->dmask == (1u << a->dwords * (compares ? 2 : 1)) - 1 ? NULL : "atomic of this size";
}

// Sets the addresses of one slice; returns the lanes whose texels exist.
static uint16_t texel_addresses(struct image_access *a, unsigned slice, uint16_t exec)
{
    struct lanes *l = &a->wave->lanes[slice];
    uint16_t inside = 0;
    for (unsigned i = 0; i < SLICE_LANES; i++) {
        uint64_t address;
        if (!(exec >> i & 1) || !image_texel_find(a, l->first_lane + i, &address)) continue;
        l->address[i] = address;
        inside |= (uint16_t)(1u << i);
    }
    return inside;
}

// Where there is no texel, nothing is written and 0 is returned.
static enum wave_state run_atomic(struct wave *w, const struct op *op)
{
    static const u32x16 zeros[2];
    struct atomic a;
    const char *lacks = atomic_begin(&a, w, op);
    if (lacks) return image_access_stop(&a.access, lacks);
    uint64_t exec = wave_exec(w);
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        struct lanes *l = &w->lanes[slice];
        u32x16 *d = op->d_dwords ? destination_vector(w, op, slice) : w->result;
        l->exec = texel_addresses(&a.access, slice, (uint16_t)exec);
        if (l->exec) a.meaning(d, NULL, source_vector(w, &op->s[1], slice), NULL, l);
        if (op->d_dwords) lanes_merge(d, zeros, a.dwords, (uint16_t)(exec & ~l->exec));
    }
    NEXT(w, op);
}

handler_fn *image_handler(const struct instruction *in)
{
    if (in->opcode->flags & OPCODE_SAMPLER) return sample_handler(in);
    if (in->opcode->flags & OPCODE_ATOMIC) return in->tfe ? NULL : run_atomic;
    switch (in->opcode->id) {
    case OPCODE_ID_image_load__MIMG:
    case OPCODE_ID_image_load_mip__MIMG:
        return run_load;
    case OPCODE_ID_image_load_pck__MIMG:
    case OPCODE_ID_image_load_pck_sgn__MIMG:
    case OPCODE_ID_image_load_mip_pck__MIMG:
    case OPCODE_ID_image_load_mip_pck_sgn__MIMG:
        return run_load_raw;
    case OPCODE_ID_image_store__MIMG:
    case OPCODE_ID_image_store_mip__MIMG:
        return run_store;
    case OPCODE_ID_image_store_pck__MIMG:
    case OPCODE_ID_image_store_mip_pck__MIMG:
        return run_store_raw;
    case OPCODE_ID_image_get_resinfo__MIMG:
        return run_get_resinfo;
    default:
        return NULL;
    }
}
