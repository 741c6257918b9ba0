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
    struct image_access a;
    const char *lacks = image_access_begin(&a, w, op);
    bool compares = op->vector == mem_atomic_cmpswap || op->vector == mem_atomic_fcmpswap;
    if (!lacks && (a.image.format->bits[0] != 32 || a.image.format->bits[1])) lacks = "atomic on this format";
    if (!lacks && op->in->dmask != (compares ? 3 : 1)) lacks = "atomic of this size";
    if (lacks) return image_access_stop(&a, lacks);
    uint64_t exec = wave_exec(w);
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        uint16_t inside = texel_addresses(&a, slice, (uint16_t)exec);
        if (inside) access_run(w, op, slice, inside);
        if (op->d_dwords) lanes_merge(destination_vector(w, op, slice), zeros, 1, (uint16_t)(exec & ~inside));
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
    case OPCODE_ID_image_store__MIMG:
    case OPCODE_ID_image_store_mip__MIMG:
        return run_store;
    case OPCODE_ID_image_get_resinfo__MIMG:
        return run_get_resinfo;
    default:
        return NULL;
    }
}
