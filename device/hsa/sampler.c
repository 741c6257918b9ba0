// Samplers: their descriptors.
#include "image.h"

#include <stdlib.h>

struct sampler_view {
    struct device *device;
    hsa_ext_sampler_t sampler; // the handle is the descriptor's address
};

struct device_sampler {
    unsigned count;
    struct sampler_view views[];
};

static bool addressing_find(cl_addressing_mode mode, hsa_ext_sampler_addressing_mode32_t *found)
{
    static const struct {
        cl_addressing_mode mode;
        hsa_ext_sampler_addressing_mode32_t found;
    } modes[] = {
        {CL_ADDRESS_NONE, HSA_EXT_SAMPLER_ADDRESSING_MODE_UNDEFINED},
        {CL_ADDRESS_CLAMP_TO_EDGE, HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_EDGE},
        {CL_ADDRESS_CLAMP, HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_BORDER},
        {CL_ADDRESS_REPEAT, HSA_EXT_SAMPLER_ADDRESSING_MODE_REPEAT},
        {CL_ADDRESS_MIRRORED_REPEAT, HSA_EXT_SAMPLER_ADDRESSING_MODE_MIRRORED_REPEAT},
    };
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (modes[i].mode != mode) continue;
        *found = modes[i].found;
        return true;
    }
    return false;
}

static bool filter_is_known(cl_filter_mode mode)
{
    return mode == CL_FILTER_NEAREST || mode == CL_FILTER_LINEAR;
}

static bool descriptor_fill(const struct device_sampler_description *description,
                            hsa_ext_sampler_descriptor_t *descriptor)
{
    *descriptor = (hsa_ext_sampler_descriptor_t){
        .coordinate_mode = description->normalized ? HSA_EXT_SAMPLER_COORDINATE_MODE_NORMALIZED
                                                   : HSA_EXT_SAMPLER_COORDINATE_MODE_UNNORMALIZED,
        .filter_mode = description->filter == CL_FILTER_LINEAR ? HSA_EXT_SAMPLER_FILTER_MODE_LINEAR
                                                               : HSA_EXT_SAMPLER_FILTER_MODE_NEAREST,
    };
    return addressing_find(description->addressing, &descriptor->address_mode) &&
           filter_is_known(description->filter) &&
           (!description->mip_filter || filter_is_known(description->mip_filter));
}

// HSA knows no mipmaps. Bits of a descriptor's words: AMD's RDNA 2 ISA, "Image Sampler", where levels have 8
// bits behind the point.
static void descriptor_set_levels(uint32_t *words, const struct device_sampler_description *description)
{
    enum { LEVEL_BITS = 12, LEVEL_MASK = 0xfff, MIP_FILTER_SHIFT = 26, POINT = 1, LINEAR = 2 };
    const float ends[] = {description->min_lod, description->max_lod};
    words[1] &= ~0xffffffu;
    for (int i = 0; i < 2; i++) {
        float level = ends[i] * 256;
        uint32_t fixed = level > 0 ? level < (float)LEVEL_MASK ? (uint32_t)level : LEVEL_MASK : 0; // NaN: 0
        words[1] |= fixed << LEVEL_BITS * i;
    }
    if (description->normalized) // others take the first level only
        words[2] |= (description->mip_filter == CL_FILTER_LINEAR ? LINEAR : POINT) << MIP_FILTER_SHIFT;
}

cl_int device_sampler_create(struct device *const *devices, unsigned count,
                             const struct device_sampler_description *description,
                             struct device_sampler **result)
{
    hsa_ext_sampler_descriptor_t descriptor;
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    if (!descriptor_fill(description, &descriptor)) return CL_INVALID_VALUE;
    struct device_sampler *sampler = calloc(1, sizeof *sampler + count * sizeof *sampler->views);
    if (!sampler) return CL_OUT_OF_HOST_MEMORY;
    for (; sampler->count < count; sampler->count++) {
        struct sampler_view *view = &sampler->views[sampler->count];
        view->device = devices[sampler->count];
        if (!device_image_limits(view->device)->max_width) continue; // none of its kernels takes one
        if (hsa_images.hsa_ext_sampler_create(view->device->agent, &descriptor, &view->sampler) !=
            HSA_STATUS_SUCCESS) {
            device_sampler_destroy(sampler);
            return CL_OUT_OF_RESOURCES;
        }
        if (description->mip_filter && image_descriptors_known(view->device))
            descriptor_set_levels((uint32_t *)(uintptr_t)view->sampler.handle, description);
    }
    *result = sampler;
    return CL_SUCCESS;
}

void device_sampler_destroy(struct device_sampler *sampler)
{
    for (unsigned i = 0; i < sampler->count && runtime_alive(); i++) {
        const struct sampler_view *view = &sampler->views[i];
        if (view->sampler.handle) hsa_images.hsa_ext_sampler_destroy(view->device->agent, view->sampler);
    }
    free(sampler);
}

const void *device_sampler_descriptor(const struct device_sampler *sampler, const struct device *device)
{
    for (unsigned i = 0; i < sampler->count; i++)
        if (sampler->views[i].device == device)
            return (const void *)(uintptr_t)sampler->views[i].sampler.handle;
    return NULL;
}
