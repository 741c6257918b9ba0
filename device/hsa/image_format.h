// The formats of images: OpenCL's names for them, HSA's, and the bits of a texel.
#pragma once

#include <CL/cl.h>
#include <hsa/hsa_ext_image.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What a descriptor selects for a component that a kernel reads. Source: AMD's RDNA 2 ISA, "Image Resource
// Descriptor", DST_SEL.
enum image_select { SELECT_0 = 0, SELECT_1 = 1, SELECT_X = 4, SELECT_Y, SELECT_Z, SELECT_W };

enum image_number { NUMBER_UNORM, NUMBER_SNORM, NUMBER_UINT, NUMBER_SINT, NUMBER_FLOAT };

struct image_format {
    size_t texel;    // bytes
    uint8_t bits[4]; // of each channel, from the lowest on
    enum image_number number;
    bool srgb;
    uint8_t select[4]; // enum image_select: where red, green, blue and alpha come from
    // What a kernel that asks is told, and the format with the same channels that HSA's runtime has. Where
    // they differ, the descriptor is changed.
    hsa_ext_image_format_t told, known;
    uint32_t gfx10; // number of the format in a descriptor; 0: that of `known`
};

// False: no such format.
bool image_format_find(const cl_image_format *, struct image_format *);
// The index-th of all combinations of order and type; false: there is none, or no more when *end.
bool image_format_at(unsigned index, cl_image_format *, bool *end);
// Whether `known` is not the format itself.
bool image_format_changed(const struct image_format *);

// The texels as unsigned integers: what copies read and write.
hsa_ext_image_format_t image_format_raw(size_t texel);

// The texel that writing a color gives: four floats, int32s or uint32s. (OpenCL 3.0, 8.3 "Conversion Rules")
void image_format_encode(const struct image_format *, const void *color, uint8_t texel[16]);
