#include "image_model.h"

#include <CL/cl_ext.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---- Formats ------------------------------------------------------------------------------------------

enum { RED, GREEN, BLUE, ALPHA, GRAY, ALL }; // what a channel is; GRAY: three colors, ALL: alpha too

static const struct order {
    cl_channel_order order;
    unsigned channels, bytes; // that mean something, and of one byte each that there are
    uint8_t what[4];
    bool srgb;
} orders[] = {
    {CL_R, 1, 1, {RED}, false},
    {CL_Rx, 1, 1, {RED}, false},
    {CL_A, 1, 1, {ALPHA}, false},
    {CL_RG, 2, 2, {RED, GREEN}, false},
    {CL_RGx, 2, 2, {RED, GREEN}, false},
    {CL_RA, 2, 2, {RED, ALPHA}, false},
    {CL_RGB, 3, 3, {RED, GREEN, BLUE}, false},
    {CL_RGBx, 3, 3, {RED, GREEN, BLUE}, false},
    {CL_RGBA, 4, 4, {RED, GREEN, BLUE, ALPHA}, false},
    {CL_BGRA, 4, 4, {BLUE, GREEN, RED, ALPHA}, false},
    {CL_ARGB, 4, 4, {ALPHA, RED, GREEN, BLUE}, false},
    {CL_ABGR, 4, 4, {ALPHA, BLUE, GREEN, RED}, false},
    {CL_INTENSITY, 1, 1, {ALL}, false},
    {CL_LUMINANCE, 1, 1, {GRAY}, false},
    {CL_DEPTH, 1, 1, {RED}, false},
    {CL_sRGBA, 4, 4, {RED, GREEN, BLUE, ALPHA}, true},
    {CL_sBGRA, 4, 4, {BLUE, GREEN, RED, ALPHA}, true},
    {CL_sRGBx, 3, 4, {RED, GREEN, BLUE}, true},
};

static const struct order *order_find(cl_channel_order order)
{
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (orders[i].order == order) return &orders[i];
    abort();
}

// Of formats with channels of several sizes in one word: from which bit on each is, and how many it has.
static const struct packed {
    cl_channel_type type;
    unsigned bytes;
    uint8_t first[4], bits[4];
} packed_types[] = {
    {CL_UNORM_SHORT_565, 2, {11, 5, 0}, {5, 6, 5}},
    {CL_UNORM_SHORT_555, 2, {10, 5, 0}, {5, 5, 5}},
    {CL_UNORM_INT_101010, 4, {20, 10, 0}, {10, 10, 10}},
    {CL_UNORM_INT_101010_2, 4, {22, 12, 2, 0}, {10, 10, 10, 2}},
};

static const struct packed *packed_find(cl_channel_type type)
{
    for (size_t i = 0; i < sizeof packed_types / sizeof *packed_types; i++)
        if (packed_types[i].type == type) return &packed_types[i];
    return NULL;
}

static size_t channel_bytes(cl_channel_type type)
{
    switch (type) {
    case CL_SNORM_INT8:
    case CL_UNORM_INT8:
    case CL_SIGNED_INT8:
    case CL_UNSIGNED_INT8:
        return 1;
    case CL_SIGNED_INT32:
    case CL_UNSIGNED_INT32:
    case CL_FLOAT:
        return 4;
    default:
        return 2;
    }
}

char format_kind(const cl_image_format *format)
{
    switch (format->image_channel_data_type) {
    case CL_SIGNED_INT8:
    case CL_SIGNED_INT16:
    case CL_SIGNED_INT32:
        return 'i';
    case CL_UNSIGNED_INT8:
    case CL_UNSIGNED_INT16:
    case CL_UNSIGNED_INT32:
        return 'u';
    default:
        return 'f';
    }
}

size_t format_texel(const cl_image_format *format)
{
    const struct packed *packed = packed_find(format->image_channel_data_type);
    if (packed) return packed->bytes;
    return order_find(format->image_channel_order)->bytes * channel_bytes(format->image_channel_data_type);
}

// ---- Texels -------------------------------------------------------------------------------------------

static double half_decode(uint16_t bits)
{
    _Float16 half;
    memcpy(&half, &bits, sizeof half);
    return (double)half;
}

static double float_decode(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

static double channel_decode(cl_channel_type type, uint32_t bits)
{
    switch (type) {
    case CL_SNORM_INT8:
        return fmax((int8_t)bits / 127.0, -1);
    case CL_SNORM_INT16:
        return fmax((int16_t)bits / 32767.0, -1);
    case CL_UNORM_INT8:
        return bits / 255.0;
    case CL_UNORM_INT16:
        return bits / 65535.0;
    case CL_SIGNED_INT8:
        return (int8_t)bits;
    case CL_SIGNED_INT16:
        return (int16_t)bits;
    case CL_SIGNED_INT32:
        return (int32_t)bits;
    case CL_HALF_FLOAT:
        return half_decode((uint16_t)bits);
    case CL_FLOAT:
        return float_decode(bits);
    default:
        return bits;
    }
}

static double srgb_decode(double value)
{
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double texel_channel(const cl_image_format *format, const uint8_t *texel, unsigned channel)
{
    const struct packed *packed = packed_find(format->image_channel_data_type);
    uint32_t bits = 0;
    if (packed) {
        memcpy(&bits, texel, packed->bytes);
        uint32_t most = (1u << packed->bits[channel]) - 1;
        return (double)(bits >> packed->first[channel] & most) / most;
    }
    size_t size = channel_bytes(format->image_channel_data_type);
    memcpy(&bits, texel + channel * size, size);
    return channel_decode(format->image_channel_data_type, bits);
}

void texel_decode(const cl_image_format *format, const uint8_t *texel, double color[4])
{
    const struct order *order = order_find(format->image_channel_order);
    for (unsigned i = 0; i < 4; i++) color[i] = i == ALPHA && order->what[0] != ALPHA;
    for (unsigned i = 0; i < order->channels; i++) {
        double value = texel_channel(format, texel, i);
        unsigned what = order->what[i];
        if (order->srgb && what != ALPHA) value = srgb_decode(value);
        if (what < GRAY) color[what] = value;
        for (unsigned j = 0; what >= GRAY && j < (what == ALL ? 4 : 3); j++) color[j] = value;
    }
}

static uint64_t random_state = 0x9e3779b97f4a7c15;

void random_seed(uint64_t seed) { random_state ^= seed * 0xbf58476d1ce4e5b9; }

uint32_t random_number(uint32_t below)
{
    random_state = random_state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)((random_state >> 33) % below);
}

void texel_random(const cl_image_format *format, uint8_t *texel)
{
    size_t bytes = format_texel(format);
    for (size_t i = 0; i < bytes; i++) texel[i] = (uint8_t)random_number(256);
    switch (format->image_channel_data_type) {
    case CL_SNORM_INT8: // the least number is equal to the next
        for (size_t i = 0; i < bytes; i++) texel[i] = texel[i] == 0x80 ? 0 : texel[i];
        break;
    case CL_SNORM_INT16:
        for (size_t i = 1; i < bytes; i += 2) texel[i] = texel[i] == 0x80 ? 0 : texel[i];
        break;
    case CL_HALF_FLOAT: // neither very small nor very large
        for (size_t i = 1; i < bytes; i += 2) texel[i] = (texel[i] & 0x83) | 0x38;
        break;
    case CL_FLOAT:
        for (size_t i = 3; i < bytes; i += 4) texel[i] = (texel[i] & 0x80) | 0x3f;
        break;
    default:
        break;
    }
}

bool texels_equal(const cl_image_format *format, const uint8_t *one, const uint8_t *other)
{
    uint8_t mask[TEXEL_MAX];
    memset(mask, 0xff, sizeof mask);
    if (format->image_channel_order == CL_sRGBx) mask[3] = 0;
    if (format->image_channel_data_type == CL_UNORM_SHORT_555) mask[1] = 0x7f;
    if (format->image_channel_data_type == CL_UNORM_INT_101010) mask[3] = 0x3f;
    for (size_t i = 0; i < format_texel(format); i++)
        if ((one[i] ^ other[i]) & mask[i]) return false;
    return true;
}

// ---- Images -------------------------------------------------------------------------------------------

static unsigned type_dimensions(cl_mem_object_type type)
{
    switch (type) {
    case CL_MEM_OBJECT_IMAGE2D:
    case CL_MEM_OBJECT_IMAGE2D_ARRAY:
        return 2;
    case CL_MEM_OBJECT_IMAGE3D:
        return 3;
    default:
        return 1;
    }
}

static bool type_is_array(cl_mem_object_type type)
{
    return type == CL_MEM_OBJECT_IMAGE1D_ARRAY || type == CL_MEM_OBJECT_IMAGE2D_ARRAY;
}

static void texels_create(struct model *model)
{
    model->texels = malloc(model_bytes(model));
    if (!model->texels) abort();
    for (size_t i = 0; i < model_bytes(model); i += model->texel)
        texel_random(&model->format, model->texels + i);
}

void model_create(struct model *model, cl_mem_object_type type, const cl_image_format *format,
                  const size_t most[3])
{
    *model = (struct model){.type = type, .format = *format, .texel = format_texel(format)};
    unsigned axes = type_dimensions(type) + type_is_array(type);
    for (unsigned i = 0; i < 3; i++) model->size[i] = i < axes ? 1 + random_number((uint32_t)most[i]) : 1;
    texels_create(model);
}

void model_create_level(struct model *model, const struct model *first, unsigned level)
{
    *model = *first;
    model->mipmap = true;
    model->level = level;
    for (unsigned i = 0; i < type_dimensions(model->type); i++)
        model->size[i] = first->size[i] >> level ? first->size[i] >> level : 1;
    texels_create(model);
}

void model_destroy(struct model *model) { free(model->texels); }

uint8_t *model_texel(const struct model *model, size_t x, size_t y, size_t z)
{
    return model->texels + ((z * model->size[1] + y) * model->size[0] + x) * model->texel;
}

size_t model_bytes(const struct model *model)
{
    return model->size[0] * model->size[1] * model->size[2] * model->texel;
}

cl_image_desc model_description(const struct model *model)
{
    unsigned dimensions = type_dimensions(model->type);
    return (cl_image_desc){
        .image_type = model->type,
        .image_width = model->size[0],
        .image_height = dimensions > 1 ? model->size[1] : 0,
        .image_depth = dimensions > 2 ? model->size[2] : 0,
        .image_array_size = type_is_array(model->type) ? model->size[dimensions] : 0,
    };
}

cl_int image_requirement(cl_context context, const cl_image_format *format, const cl_image_desc *description,
                         cl_uint name, size_t size, void *value)
{
    static clGetImageRequirementsInfoEXT_fn function;
    cl_device_id device;
    cl_platform_id platform;
    if (!function) {
        clGetContextInfo(context, CL_CONTEXT_DEVICES, sizeof device, &device, NULL);
        clGetDeviceInfo(device, CL_DEVICE_PLATFORM, sizeof platform, &platform, NULL);
        function = (clGetImageRequirementsInfoEXT_fn)clGetExtensionFunctionAddressForPlatform(
            platform, "clGetImageRequirementsInfoEXT");
        if (!function) abort();
    }
    return function(context, NULL, 0, format, description, name, size, value, NULL);
}

static size_t alignment_of(const struct model *model, cl_context context, cl_uint name)
{
    const cl_image_desc description = model_description(model);
    size_t alignment = 0;
    if (image_requirement(context, &model->format, &description, name, sizeof alignment, &alignment)) abort();
    return alignment;
}

cl_mem model_in_buffer(const struct model *model, cl_context context, size_t offset, size_t pitches[2],
                       cl_mem *buffer)
{
    cl_image_desc description = model_description(model);
    bool layers_are_rows = model->type == CL_MEM_OBJECT_IMAGE1D_ARRAY;
    size_t row = model->size[0] * model->texel,
           align = alignment_of(model, context, CL_IMAGE_REQUIREMENTS_ROW_PITCH_ALIGNMENT_EXT);
    pitches[0] = (row + align - 1) / align * align;
    pitches[1] = pitches[0] * (layers_are_rows ? 1 : model->size[1]);
    size_t bytes = pitches[0] * model->size[1] * model->size[2];
    uint8_t *texels = calloc(1, offset + bytes);
    for (size_t z = 0; z < model->size[2]; z++)
        for (size_t y = 0; y < model->size[1]; y++)
            memcpy(texels + offset + (z * model->size[1] + y) * pitches[0], model_texel(model, 0, y, z), row);
    *buffer = clCreateBuffer(context, CL_MEM_COPY_HOST_PTR, offset + bytes, texels, NULL);
    const cl_buffer_region region = {offset, bytes};
    description.mem_object = clCreateSubBuffer(*buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, NULL);
    cl_mem image = clCreateImage(context, 0, &model->format, &description, NULL, NULL);
    if (!image) abort();
    clReleaseMemObject(description.mem_object); // the image keeps it
    free(texels);
    return image;
}

void model_region(const struct model *model, size_t origin[3], size_t region[3])
{
    for (unsigned i = 0; i < 3; i++) {
        origin[i] = random_number((uint32_t)model->size[i]);
        region[i] = 1 + random_number((uint32_t)(model->size[i] - origin[i]));
    }
}

void model_origin(const struct model *model, const size_t origin[3], size_t told[4])
{
    for (unsigned i = 0; i < 4; i++) told[i] = i < 3 ? origin[i] : SIZE_MAX; // not looked at
    if (model->mipmap) told[type_dimensions(model->type) + type_is_array(model->type)] = model->level;
}
