#include "image_access.h"

#include "components.h"
#include "compute_unit.h"
#include "report.h"

#include <string.h>

// Which of x, y and z each coordinate is, by the instruction's dimension: a layer is z. SQ_RSRC_IMG_x.
enum { DIM_CUBE = 3, DIM_2D_ARRAY = 5 };
enum { SHORT_WORDS = 4 }; // of descriptors of 128 bits, which 1D and 2D images can have; the others are 0
static const uint8_t axes[DIM_2D_ARRAY + 1][COORDINATES] = {{0}, {0, 1}, {0, 1, 2}, {0}, {0, 2}, {0, 1, 2}};

const char *image_access_begin(struct image_access *a, struct wave *w, const struct op *op)
{
    const struct instruction *in = op->in;
    w->op = op;
    a->wave = w;
    a->op = op;
    a->in = in;
    a->address = image_address_of(in);
    if (in->dim == DIM_CUBE || in->dim > DIM_2D_ARRAY) return "dimension";
    if (in->dmask == 0) return "empty mask of components";
    struct image_kept *kept;
    uint32_t words[IMAGE_WORDS] = {0};
    memcpy(words, &w->sgpr[in->src[1].index], (in->r128 ? SHORT_WORDS : IMAGE_WORDS) * sizeof *words);
    const char *lacks = images_kept_find(w->group->cu->images, words, &kept);
    if (lacks) return lacks;
    if (in->r128 && (kept->image.is_array || kept->image.dimensions > 2)) return "descriptor of 128 bits";
    a->image = &kept->image;
    a->levels = &kept->levels;
    if (in->lwe && a->image->warns_of_lod) return "MIN_LOD_WARN";
    return in->d16 && !halves_hold(a->image->format) ? "integers of 32 bits in halves" : NULL;
}

enum wave_state image_access_stop(const struct image_access *a, const char *lacks)
{
    return wave_stop(a->wave, a->op, FAULT_ILLEGAL_INSTRUCTION, "image not supported (%s)", lacks);
}

bool image_access_next(struct image_access *a, unsigned *slice)
{
    uint64_t exec = wave_exec(a->wave);
    for (; *slice < a->wave->slices; ++*slice) {
        a->slice = *slice;
        a->exec = (uint16_t)(exec >> SLICE_LANES * *slice);
        if (a->exec) return ++*slice, true;
    }
    return false;
}

u32x16 image_address_dword(const struct image_access *a, unsigned dword)
{
    const struct instruction *in = a->in;
    unsigned index = in->nsa_count && dword ? in->nsa[dword - 1] : in->src[0].index + dword;
    return *wave_vgpr(a->wave, a->slice, index);
}

// One of what lies from the first coordinate on, of 16 bits with A16.
static u32x16 packed_value(const struct image_access *a, unsigned i)
{
    u32x16 value = image_address_dword(a, a->address.first_coordinate + (a->in->a16 ? i / 2 : i));
    return a->in->a16 ? value >> 16 * (i & 1) & 0xffff : value;
}

void image_coordinates_bits(const struct image_access *a, u32x16 bits[COORDINATES])
{
    for (unsigned i = 0; i < COORDINATES; i++) bits[i] = (u32x16){0};
    for (unsigned i = 0; i < a->address.coordinates; i++) bits[axes[a->in->dim][i]] = packed_value(a, i);
}

u32x16 image_level_bits(const struct image_access *a) { return packed_value(a, a->address.coordinates); }

// Texels of the levels that `numbers` name for `lanes`, some of which the image lacks.
static uint16_t leveled_texels_find(struct image_access *a, u32x16 numbers, const i32x16 at[COORDINATES],
                                    u64x16 *address)
{
    uint16_t found = 0;
    for (unsigned number = a->image->first_accessible; number < a->image->levels; number++) {
        u64x16 there;
        uint16_t lanes = 0;
        for (unsigned i = 0; i < SLICE_LANES; i++) lanes |= (uint16_t)((numbers[i] == number) << i);
        if (!(lanes &= a->exec)) continue;
        lanes = image_texels(a->image, image_levels_get(a->levels, a->image, number), at, lanes, &there);
        for (unsigned i = 0; i < SLICE_LANES; i++)
            if (lanes >> i & 1) (*address)[i] = there[i];
        found |= lanes;
    }
    return found;
}

uint16_t image_texels_find(struct image_access *a, u64x16 *address)
{
    u32x16 bits[COORDINATES];
    i32x16 at[COORDINATES];
    image_coordinates_bits(a, bits);
    for (unsigned i = 0; i < COORDINATES; i++) at[i] = __builtin_bit_cast(i32x16, bits[i]);
    if (a->in->opcode->flags & OPCODE_LOD) return leveled_texels_find(a, image_level_bits(a), at, address);
    uint16_t lanes = a->image->first_accessible ? 0 : a->exec;
    return image_texels(a->image, image_levels_get(a->levels, a->image, 0), at, lanes, address);
}

void image_data_write(const struct image_access *a, const u32x16 components[COMPONENTS])
{
    unsigned mask = a->in->opcode->flags & OPCODE_GATHER4 ? 15 : a->in->dmask;
    components_put(a->wave, a->slice, a->exec, a->in->dst.index, mask,
                   component_form(a->image->format, a->in->d16), components);
}

void image_data_read(const struct image_access *a, u32x16 components[COMPONENTS])
{
    components_get(a->wave, a->slice, a->in->src[3].index, a->in->dmask,
                   component_form(a->image->format, a->in->d16), components);
}

// --- The short way ---

bool image_form_is_short(const struct instruction *in)
{
    enum { LONG = OPCODE_OFFSET | OPCODE_BIAS | OPCODE_COMPARE | OPCODE_GRADIENTS | OPCODE_LOD };
    return (in->dim < DIM_CUBE || in->dim == DIM_2D_ARRAY) && !in->a16 && !in->d16 && !in->tfe && !in->r128 &&
           !in->lwe && in->dmask && !(in->opcode->flags & LONG);
}

bool image_rows_begin(struct image_rows_access *a, struct wave *w, const struct op *op)
{
    static const uint8_t coordinates[] = {1, 2, 3, 0, 0, 3};
    const struct instruction *in = a->in = op->in;
    a->wave = w;
    a->exec = wave_exec(w);
    a->slice = 0;
    w->op = op;
    if (images_kept_find(w->group->cu->images, &w->sgpr[in->src[1].index], &a->kept)) return false;
    const struct image_kept *kept = a->kept;
    bool as_many = kept->rows.coordinates == coordinates[in->dim];
    return kept->has_rows && as_many && kept->rows.is_array == (in->dim == DIM_2D_ARRAY);
}
