// What image instructions have in common: their operands, by lane, and the image that they name.
#pragma once

#include "device/softgpu/isa/sample.h"

#include "op.h"

struct image_access {
    struct wave *wave;
    const struct op *op;
    const struct instruction *in;
    struct image_address address;
    struct image image;
    struct image_levels levels;
};

// Returns NULL, or what this device lacks.
const char *image_access_begin(struct image_access *, struct wave *, const struct op *);
// Stops the wave, for want of that.
enum wave_state image_access_stop(const struct image_access *, const char *lacks);

// One dword of the address.
uint32_t image_address_dword(const struct image_access *, unsigned lane, unsigned dword);
// Coordinates as they lie in the registers, by axis; those that the instruction lacks are 0.
void image_coordinates_bits(const struct image_access *, unsigned lane, uint32_t bits[COORDINATES]);
// What follows the coordinates: the level, or what limits it.
uint32_t image_level_bits(const struct image_access *, unsigned lane);
// The address of the texel that integer coordinates mean. Returns false where the image has none, or no such
// level.
bool image_texel_find(struct image_access *, unsigned lane, uint64_t *address);

// The components that the instruction wants, from the destination on; with TFE, that all was there.
void image_data_write(const struct image_access *, unsigned lane, const uint32_t components[COMPONENTS]);
void image_data_read(const struct image_access *, unsigned lane, uint32_t components[COMPONENTS]);
