#include "exec_image.h"

#include "device/softgpu/isa/sampler.h"

#include "components.h"
#include "exec_vector.h"
#include "private_memory.h"
#include "report.h"

// Which of x, y and z each coordinate is, by the instruction's dimension: a layer is z. SQ_RSRC_IMG_x.
enum { DIM_CUBE = 3, DIM_2D_ARRAY = 5 };
static const uint8_t axes[DIM_2D_ARRAY + 1][COORDINATES] = {{0}, {0, 1}, {0, 1, 2}, {0}, {0, 2}, {0, 1, 2}};

// --- Operands ---

static uint32_t address_dword(struct wave *w, const struct instruction *in, unsigned lane, unsigned dword)
{
    unsigned index = in->nsa_count && dword ? in->nsa[dword - 1] : in->src[0].index + dword;
    return *wave_lane(w, lane, index);
}

// Coordinates as they lie in the registers, by axis; those that the instruction lacks are 0.
static void coordinates_fetch(struct wave *w, const struct instruction *in, unsigned lane,
                              uint32_t coordinates[COORDINATES])
{
    struct image_address address = image_address_of(in);
    for (unsigned i = 0; i < COORDINATES; i++) coordinates[i] = 0;
    for (unsigned i = 0; i < address.coordinates; i++) {
        unsigned dword = address.first_coordinate + (in->a16 ? i / 2 : i);
        uint32_t value = address_dword(w, in, lane, dword);
        if (in->a16) value = value >> 16 * (i & 1) & 0xffff;
        coordinates[axes[in->dim][i]] = value;
    }
}

// The texel that integer coordinates mean. Returns false where the image has none, or no such level.
static bool texel_find(struct wave *w, const struct instruction *in, unsigned lane, const struct image *image,
                       int64_t at[COORDINATES])
{
    struct image_address address = image_address_of(in);
    uint32_t coordinates[COORDINATES], level = 0;
    coordinates_fetch(w, in, lane, coordinates);
    for (unsigned i = 0; i < COORDINATES; i++) at[i] = in->a16 ? coordinates[i] : (int32_t)coordinates[i];
    if (in->opcode->flags & OPCODE_LOD) {
        unsigned packed = address.coordinates;
        level = address_dword(w, in, lane, address.first_coordinate + (in->a16 ? packed / 2 : packed));
        if (in->a16) level = level >> 16 * (packed & 1) & 0xffff;
    }
    return level == 0 && image_contains(image, at);
}

static void data_write(struct wave *w, const struct instruction *in, unsigned lane,
                       const uint32_t components[COMPONENTS])
{
    components_put(w, lane, in->dst.index, in->dmask, in->d16, components);
}

static void data_read(struct wave *w, const struct instruction *in, unsigned lane,
                      uint32_t components[COMPONENTS])
{
    components_get(w, lane, in->src[3].index, in->dmask, in->d16, components);
}

// --- Descriptors ---

// Returns NULL, or what this device lacks.
static const char *image_find(struct wave *w, const struct op *op, struct image *image)
{
    const struct instruction *in = op->in;
    w->op = op;
    for (unsigned slice = 0; slice < w->slices; slice++) w->lanes[slice].exec = 0;
    if (in->dim == DIM_CUBE || in->dim > DIM_2D_ARRAY) return "dimension";
    if (in->r128) return "descriptor of 128 bits";
    if (in->dmask == 0) return "empty mask of components";
    const char *lacks = image_decode(image, &w->sgpr[in->src[1].index]);
    if (!lacks && in->d16 && image_format_is_integer(image->format))
        return "integers of 16 bits in registers";
    return lacks;
}

static enum wave_state image_stop(struct wave *w, const struct op *op, const char *lacks)
{
    return wave_stop(w, op, FAULT_ILLEGAL_INSTRUCTION, "image not supported (%s)", lacks);
}

// --- Instructions ---

static enum wave_state run_load(struct wave *w, const struct op *op)
{
    struct image image;
    const char *lacks = image_find(w, op, &image);
    if (lacks) return image_stop(w, op, lacks);
    arithmetic_begin(w);
    EACH_ACTIVE(w, lane)
    {
        int64_t at[COORDINATES];
        uint32_t texel[COMPONENTS] = {0}, components[COMPONENTS];
        if (texel_find(w, op->in, (unsigned)lane, &image, at))
            texel_read(image.format, image_texel(&image, at), texel);
        components_select(image.format, image.selectors, texel, components);
        data_write(w, op->in, (unsigned)lane, components);
    }
    arithmetic_end(w);
    NEXT(w, op);
}

static enum wave_state run_store(struct wave *w, const struct op *op)
{
    struct image image;
    const char *lacks = image_find(w, op, &image);
    if (lacks) return image_stop(w, op, lacks);
    arithmetic_begin(w);
    EACH_ACTIVE(w, lane)
    {
        int64_t at[COORDINATES];
        uint32_t texel[COMPONENTS], components[COMPONENTS];
        if (!texel_find(w, op->in, (unsigned)lane, &image, at)) continue;
        data_read(w, op->in, (unsigned)lane, components);
        components_deselect(image.selectors, components, texel);
        texel_write(image.format, image_texel(&image, at), texel);
    }
    arithmetic_end(w);
    NEXT(w, op);
}

static void sample_lane(struct wave *w, const struct instruction *in, unsigned lane,
                        const struct sampler *sampler, const struct image *image)
{
    uint32_t bits[COORDINATES], texel[COMPONENTS], components[COMPONENTS];
    float coordinates[COORDINATES];
    coordinates_fetch(w, in, lane, bits);
    for (unsigned i = 0; i < COORDINATES; i++)
        coordinates[i] = in->a16 ? half_value(bits[i]) : __builtin_bit_cast(float, bits[i]);
    sampler_sample(sampler, image, coordinates, texel);
    components_select(image->format, image->selectors, texel, components);
    data_write(w, in, lane, components);
}

// Images have one level, and the sampler's filter is the same at all: bias, gradients and level of detail
// change nothing.
static enum wave_state run_sample(struct wave *w, const struct op *op)
{
    struct image image;
    struct sampler sampler;
    const char *lacks = image_find(w, op, &image);
    if (!lacks) lacks = sampler_decode(&sampler, &w->sgpr[op->in->src[2].index]);
    if (!lacks && (image.size[2] == 0)) lacks = "no layers";
    if (lacks) return image_stop(w, op, lacks);
    sampler.unnormalised |= op->in->unorm;
    arithmetic_begin(w);
    EACH_ACTIVE(w, lane) sample_lane(w, op->in, (unsigned)lane, &sampler, &image);
    arithmetic_end(w);
    NEXT(w, op);
}

// Width, height, depth or layers, and the number of levels. A level that the image lacks has no size.
static enum wave_state run_get_resinfo(struct wave *w, const struct op *op)
{
    struct image image;
    const char *lacks = image_find(w, op, &image);
    if (lacks) return image_stop(w, op, lacks);
    EACH_ACTIVE(w, lane)
    {
        uint32_t level = address_dword(w, op->in, (unsigned)lane, 0) & (op->in->a16 ? 0xffff : UINT32_MAX);
        uint32_t info[COMPONENTS] = {image.size[0], image.size[1], image.size[2], 1};
        if (level != 0) info[0] = info[1] = info[2] = 0;
        data_write(w, op->in, (unsigned)lane, info);
    }
    NEXT(w, op);
}

// Sets the addresses of one slice; returns the lanes whose texels exist.
static uint16_t texel_addresses(struct wave *w, const struct op *op, const struct image *image,
                                unsigned slice, uint16_t exec)
{
    struct lanes *l = &w->lanes[slice];
    uint16_t inside = 0;
    for (unsigned i = 0; i < SLICE_LANES; i++) {
        int64_t at[COORDINATES];
        if (!(exec >> i & 1) || !texel_find(w, op->in, l->first_lane + i, image, at)) continue;
        l->address[i] = image_texel(image, at);
        inside |= (uint16_t)(1u << i);
    }
    return inside;
}

// Where there is no texel, nothing is written and 0 is returned.
static enum wave_state run_atomic(struct wave *w, const struct op *op)
{
    static const u32x16 zeros[2];
    struct image image;
    const char *lacks = image_find(w, op, &image);
    bool compares = op->vector == mem_atomic_cmpswap || op->vector == mem_atomic_fcmpswap;
    if (!lacks && (image.format->bits[0] != 32 || image.format->bits[1])) lacks = "atomic on this format";
    if (!lacks && op->in->dmask != (compares ? 3 : 1)) lacks = "atomic of this size";
    if (lacks) return image_stop(w, op, lacks);
    uint64_t exec = wave_exec(w);
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        uint16_t inside = texel_addresses(w, op, &image, slice, (uint16_t)exec);
        if (inside) access_run(w, op, slice, inside);
        if (op->d_dwords) lanes_merge(destination_vector(w, op, slice), zeros, 1, (uint16_t)(exec & ~inside));
    }
    NEXT(w, op);
}

handler_fn *image_handler(const struct instruction *in)
{
    const unsigned not_executed = OPCODE_GATHER4 | OPCODE_OFFSET | OPCODE_COMPARE | OPCODE_BVH;
    if (in->tfe || in->opcode->flags & not_executed) return NULL;
    if (in->opcode->flags & OPCODE_ATOMIC) return run_atomic;
    switch (in->opcode->id) {
    case OPCODE_ID_image_load__MIMG:
    case OPCODE_ID_image_load_mip__MIMG:
        return run_load;
    case OPCODE_ID_image_store__MIMG:
    case OPCODE_ID_image_store_mip__MIMG:
        return run_store;
    case OPCODE_ID_image_get_resinfo__MIMG:
        return run_get_resinfo;
    case OPCODE_ID_image_get_lod__MIMG:
        return NULL;
    default:
        return in->opcode->flags & OPCODE_SAMPLER ? run_sample : NULL;
    }
}
