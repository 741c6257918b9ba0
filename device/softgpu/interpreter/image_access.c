#include "image_access.h"

#include "components.h"
#include "report.h"

// Which of x, y and z each coordinate is, by the instruction's dimension: a layer is z. SQ_RSRC_IMG_x.
enum { DIM_CUBE = 3, DIM_2D_ARRAY = 5 };
static const uint8_t axes[DIM_2D_ARRAY + 1][COORDINATES] = {{0}, {0, 1}, {0, 1, 2}, {0}, {0, 2}, {0, 1, 2}};

const char *image_access_begin(struct image_access *a, struct wave *w, const struct op *op)
{
    const struct instruction *in = op->in;
    w->op = op;
    for (unsigned slice = 0; slice < w->slices; slice++) w->lanes[slice].exec = 0;
    a->wave = w;
    a->op = op;
    a->in = in;
    a->address = image_address_of(in);
    if (in->dim == DIM_CUBE || in->dim > DIM_2D_ARRAY) return "dimension";
    if (in->r128) return "descriptor of 128 bits";
    if (in->dmask == 0) return "empty mask of components";
    const char *lacks = image_decode(&a->image, &w->sgpr[in->src[1].index]);
    if (lacks) return lacks;
    a->levels.found = 0;
    return in->d16 && !halves_hold(a->image.format) ? "integers of 32 bits in halves" : NULL;
}

enum wave_state image_access_stop(const struct image_access *a, const char *lacks)
{
    return wave_stop(a->wave, a->op, FAULT_ILLEGAL_INSTRUCTION, "image not supported (%s)", lacks);
}

uint32_t image_address_dword(const struct image_access *a, unsigned lane, unsigned dword)
{
    const struct instruction *in = a->in;
    unsigned index = in->nsa_count && dword ? in->nsa[dword - 1] : in->src[0].index + dword;
    return *wave_lane(a->wave, lane, index);
}

// One of what lies from the first coordinate on, of 16 bits with A16.
static uint32_t packed_value(const struct image_access *a, unsigned lane, unsigned i)
{
    uint32_t value = image_address_dword(a, lane, a->address.first_coordinate + (a->in->a16 ? i / 2 : i));
    return a->in->a16 ? value >> 16 * (i & 1) & 0xffff : value;
}

void image_coordinates_bits(const struct image_access *a, unsigned lane, uint32_t bits[COORDINATES])
{
    for (unsigned i = 0; i < COORDINATES; i++) bits[i] = 0;
    for (unsigned i = 0; i < a->address.coordinates; i++)
        bits[axes[a->in->dim][i]] = packed_value(a, lane, i);
}

uint32_t image_level_bits(const struct image_access *a, unsigned lane)
{
    return packed_value(a, lane, a->address.coordinates);
}

bool image_texel_find(struct image_access *a, unsigned lane, uint64_t *address)
{
    uint32_t bits[COORDINATES], number = 0;
    int64_t at[COORDINATES];
    image_coordinates_bits(a, lane, bits);
    for (unsigned i = 0; i < COORDINATES; i++) at[i] = a->in->a16 ? bits[i] : (int32_t)bits[i];
    if (a->in->opcode->flags & OPCODE_LOD) number = image_level_bits(a, lane);
    if (number >= a->image.levels) return false;
    const struct image_level *level = image_levels_get(&a->levels, &a->image, number);
    if (!image_contains(level, at)) return false;
    *address = image_texel(&a->image, level, at);
    return true;
}

void image_data_write(const struct image_access *a, unsigned lane, const uint32_t components[COMPONENTS])
{
    const struct operand *to = &a->in->dst;
    unsigned mask = a->in->opcode->flags & OPCODE_GATHER4 ? 15 : a->in->dmask;
    components_put(a->wave, lane, to->index, mask, component_form(a->image.format, a->in->d16), components);
    if (a->in->tfe) *wave_lane(a->wave, lane, to->index + to->dwords - 1u) = 0;
}

void image_data_read(const struct image_access *a, unsigned lane, uint32_t components[COMPONENTS])
{
    components_get(a->wave, lane, a->in->src[3].index, a->in->dmask,
                   component_form(a->image.format, a->in->d16), components);
}
