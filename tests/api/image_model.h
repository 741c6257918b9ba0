// Images as OpenCL 3.0 describes them, in plain C: what the tests of images compare with. Texels lie without
// gaps; x, y and z are coordinates (of a 1D array, y is the layer; of a 2D array, z is).
#pragma once

#include <CL/cl.h>
#include <stdbool.h>
#include <stdint.h>

enum { TEXEL_MAX = 16 }; // bytes

struct model {
    cl_mem_object_type type;
    cl_image_format format;
    size_t size[3], texel; // texels; bytes of one
    uint8_t *texels;
    bool mipmap; // it is this level of one
    unsigned level;
};

// 'f', 'i' or 'u': by which functions kernels read and write such a format.
char format_kind(const cl_image_format *);
// Bytes of a texel.
size_t format_texel(const cl_image_format *);
// Red, green, blue and alpha. (Of CL_DEPTH: the depth is the first.)
void texel_decode(const cl_image_format *, const uint8_t *texel, double color[4]);
// A texel that decodes to finite numbers and which no other one is equal to.
void texel_random(const cl_image_format *, uint8_t *texel);
// Whether two texels are alike in all bits but the x of some formats.
bool texels_equal(const cl_image_format *, const uint8_t *, const uint8_t *);

uint32_t random_number(uint32_t below);
// Other numbers from here on; without, or with 0, they are always the same.
void random_seed(uint64_t seed);

// An image's sizes as the type wants them: those of up to three random numbers from 1 on.
void model_create(struct model *, cl_mem_object_type, const cl_image_format *, const size_t most[3]);
// A level of the mipmap whose first level has these sizes.
void model_create_level(struct model *, const struct model *first, unsigned level);
void model_destroy(struct model *);
uint8_t *model_texel(const struct model *, size_t x, size_t y, size_t z);
size_t model_bytes(const struct model *);
// As clCreateImage wants to be told.
cl_image_desc model_description(const struct model *);
// clGetImageRequirementsInfoEXT with no properties and flags: a loader does not have it.
cl_int image_requirement(cl_context, const cl_image_format *, const cl_image_desc *, cl_uint name,
                         size_t size, void *value);
// An image in a buffer of its own, where its rows are `pitches[0]` bytes apart and its slices pitches[1],
// which begins `offset` bytes after it, and has the model's texels. (cl_ext_image_from_buffer)
cl_mem model_in_buffer(const struct model *, cl_context, size_t offset, size_t pitches[2], cl_mem *buffer);
// A region that is not empty.
void model_region(const struct model *, size_t origin[3], size_t region[3]);
// An origin as commands want to be told: of a mipmap, with the level behind its coordinates.
void model_origin(const struct model *, const size_t origin[3], size_t told[4]);
