// What image instructions have in common: their operands, by slice, and the image that they name.
#pragma once

#include "device/softgpu/isa/image/sample.h"

#include "exec_vector.h"
#include "images_kept.h"
#include "op.h"

struct image_access {
    struct wave *wave;
    const struct op *op;
    const struct instruction *in;
    struct image_address address;
    const struct image *image; // kept by the compute unit
    struct image_levels *levels;
    unsigned slice; // that it is the turn of, and its active lanes
    uint16_t exec;
};

// Returns NULL, or what this device lacks.
const char *image_access_begin(struct image_access *, struct wave *, const struct op *);
// Stops the wave, for want of that.
enum wave_state image_access_stop(const struct image_access *, const char *lacks);
// Goes on to the next slice that has active lanes, from `slice` on. Returns false after the last.
bool image_access_next(struct image_access *, unsigned *slice);

// One dword of the address.
u32x16 image_address_dword(const struct image_access *, unsigned dword);
// Coordinates as they lie in the registers, by axis; those that the instruction lacks are 0.
void image_coordinates_bits(const struct image_access *, u32x16 bits[COORDINATES]);
// What follows the coordinates: the level, or what limits it.
u32x16 image_level_bits(const struct image_access *);
// The addresses of the texels that integer coordinates mean. Returns the active lanes whose texels, and
// levels, the image has.
uint16_t image_texels_find(struct image_access *, u64x16 *address);

// The components that the instruction wants, from the destination on. TFE and LWE have a status written
// behind them, where a texel is not resident or a level of detail is too low: on this device, never.
void image_data_write(const struct image_access *, const u32x16 components[COMPONENTS]);
void image_data_read(const struct image_access *, u32x16 components[COMPONENTS]);

// --- The short way (image_rows.h) ---

// Whether an instruction has the form that the short way is for.
bool image_form_is_short(const struct instruction *);

enum { ALL_COMPONENTS = (1 << COMPONENTS) - 1 };

struct image_rows_access {
    struct wave *wave;
    const struct instruction *in;
    struct image_kept *kept; // what the instruction's image is
    uint64_t exec;           // of the slice whose turn it is, and those after it
    unsigned slice;
    uint16_t lanes;                // active ones
    const u32x16 *at[COORDINATES]; // registers of coordinates
    u32x16 *data;                  // the first register of the data
    u32x16 components[COMPONENTS];
};

// Returns false where the long way is to be taken, which tells what is wrong with the image, if anything is.
bool image_rows_begin(struct image_rows_access *, struct wave *, const struct op *);

// Goes on to the next slice that has active lanes. Returns false after the last.
static inline bool image_rows_next(struct image_rows_access *a)
{
    const struct instruction *in = a->in;
    const struct operand *data = in->opcode->flags & OPCODE_STORE ? &in->src[3] : &in->dst;
    for (; a->exec; a->exec >>= SLICE_LANES, a->slice++) {
        if (!(a->lanes = (uint16_t)a->exec)) continue;
        for (unsigned i = 0; i < COORDINATES; i++)
            a->at[i] =
                wave_vgpr(a->wave, a->slice, i && in->nsa_count ? in->nsa[i - 1] : in->src[0].index + i);
        a->data = wave_vgpr(a->wave, a->slice, data->index);
        return a->exec >>= SLICE_LANES, a->slice++, true;
    }
    return false;
}

// Where to put all components of a texel: the registers themselves, if that is where they all belong.
static inline u32x16 *image_rows_target(struct image_rows_access *a)
{
    return a->lanes == UINT16_MAX && a->in->dmask == ALL_COMPONENTS ? a->data : a->components;
}

// Those that the mask names, into the registers.
static inline void image_rows_write(struct image_rows_access *a)
{
    u32x16 *to = a->data;
    if (image_rows_target(a) == to) return;
    for (unsigned c = 0; c < COMPONENTS; c++)
        if (a->in->dmask >> c & 1) lanes_merge(to++, &a->components[c], 1, a->lanes);
}

// The components to store: where the mask does not name one, it is 0.
static inline const u32x16 *image_rows_read(struct image_rows_access *a)
{
    const u32x16 *from = a->data;
    if (a->in->dmask == ALL_COMPONENTS) return from;
    for (unsigned c = 0; c < COMPONENTS; c++)
        a->components[c] = a->in->dmask >> c & 1 ? *from++ : (u32x16){0};
    return a->components;
}
