// What image instructions have in common: their operands, by slice, and the image that they name.
#pragma once

#include "device/softgpu/isa/sample.h"

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

// The components that the instruction wants, from the destination on; with TFE, that all was there.
void image_data_write(const struct image_access *, const u32x16 components[COMPONENTS]);
void image_data_read(const struct image_access *, u32x16 components[COMPONENTS]);

// --- The short way (image_rows.h) ---

// Whether an instruction has the form that the short way is for.
bool image_form_is_short(const struct instruction *);
// What the instruction's image is kept as; NULL: it is to be read the long way, which tells what is wrong
// with it.
struct image_kept *image_rows_begin(struct wave *, const struct op *);
// The registers of the coordinates in a slice.
static inline void image_coordinates_at(struct wave *w, const struct instruction *in, unsigned slice,
                                        const u32x16 *at[COORDINATES])
{
    unsigned first = in->src[0].index;
    for (unsigned i = 0; i < COORDINATES; i++)
        at[i] = wave_vgpr(w, slice, i && in->nsa_count ? in->nsa[i - 1] : first + i);
}

// The components that the mask names, from the destination on.
static inline void image_rows_write(struct wave *w, const struct instruction *in, unsigned slice,
                                    uint16_t exec, const u32x16 components[COMPONENTS])
{
    u32x16 *to = wave_vgpr(w, slice, in->dst.index);
    for (unsigned c = 0; c < COMPONENTS; c++) {
        if (!(in->dmask >> c & 1)) continue;
        if (exec == UINT16_MAX)
            *to = components[c];
        else
            lanes_merge(to, &components[c], 1, exec);
        to++;
    }
}
