// What image instructions have in common: their operands, by lane, and the image that they name.
#pragma once

#include "device/softgpu/isa/image.h"

#include "op.h"

struct image_access {
    struct wave *wave;
    const struct op *op;
    const struct instruction *in;
    struct image_address address;
    struct image image;
    struct image_level level; // of number
    uint32_t number;          // as coordinates count levels; image.levels: none has been looked for yet
};

// Returns NULL, or what this device lacks.
const char *image_access_begin(struct image_access *, struct wave *, const struct op *);
// Stops the wave, for want of that.
enum wave_state image_access_stop(const struct image_access *, const char *lacks);

// The level of that number, which the image must have.
const struct image_level *image_access_level(struct image_access *, uint32_t number);

// One dword of the address.
uint32_t image_address_dword(const struct image_access *, unsigned lane, unsigned dword);
// Coordinates as they lie in the registers, by axis; those that the instruction lacks are 0.
void image_coordinates_bits(const struct image_access *, unsigned lane, uint32_t bits[COORDINATES]);
// What follows the coordinates: the level, or what limits it.
uint32_t image_level_bits(const struct image_access *, unsigned lane);
// The texel that integer coordinates mean, in the access's level. Returns false where the image has none, or
// no such level.
bool image_texel_find(struct image_access *, unsigned lane, int64_t at[COORDINATES]);

void image_data_write(const struct image_access *, unsigned lane, const uint32_t components[COMPONENTS]);
void image_data_read(const struct image_access *, unsigned lane, uint32_t components[COMPONENTS]);
