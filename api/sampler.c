#include "api/sampler.h"

#include "api/context.h"
#include "api/machinery/image_devices.h"
#include "api/machinery/info.h"

#include <CL/cl_ext.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void sampler_free(struct kiln_sampler *sampler)
{
    if (sampler->device) device_sampler_destroy(sampler->device);
    free(sampler->properties);
    free(sampler);
}

void sampler_retain(struct kiln_sampler *sampler) { object_retain(&sampler->object); }

void sampler_release(struct kiln_sampler *sampler)
{
    if (!object_release(&sampler->object)) return;
    context_release(sampler->context);
    sampler_free(sampler);
}

// ---- Properties ---------------------------------------------------------------------------------------

static bool normalized_valid(cl_sampler_properties value) { return value <= CL_TRUE; }

static bool addressing_valid(cl_sampler_properties value)
{
    return value >= CL_ADDRESS_NONE && value <= CL_ADDRESS_MIRRORED_REPEAT;
}

static bool filter_valid(cl_sampler_properties value)
{
    return value == CL_FILTER_NEAREST || value == CL_FILTER_LINEAR;
}

// Levels of detail are floats, whose bits are the lower half of a property.
static float lod_of(cl_sampler_properties value)
{
    uint32_t bits = (uint32_t)value;
    float lod;
    memcpy(&lod, &bits, sizeof lod);
    return lod;
}

static bool lod_valid(cl_sampler_properties value) { return !isnan(lod_of(value)); }

enum { NORMALIZED, ADDRESSING, FILTER, MIP_FILTER, LOD_MIN, LOD_MAX, KINDS };
enum { MAXFLOAT_BITS = 0x7f7fffff };

static const struct {
    cl_sampler_properties name, otherwise;
    bool (*valid)(cl_sampler_properties value);
    bool of_mipmaps;
} kinds[KINDS] = {
    [NORMALIZED] = {CL_SAMPLER_NORMALIZED_COORDS, CL_TRUE, normalized_valid, false},
    [ADDRESSING] = {CL_SAMPLER_ADDRESSING_MODE, CL_ADDRESS_CLAMP, addressing_valid, false},
    [FILTER] = {CL_SAMPLER_FILTER_MODE, CL_FILTER_NEAREST, filter_valid, false},
    [MIP_FILTER] = {CL_SAMPLER_MIP_FILTER_MODE_KHR, CL_FILTER_NEAREST, filter_valid, true},
    [LOD_MIN] = {CL_SAMPLER_LOD_MIN_KHR, 0, lod_valid, true},
    [LOD_MAX] = {CL_SAMPLER_LOD_MAX_KHR, MAXFLOAT_BITS, lod_valid, true},
};

static bool context_has_mipmaps(const struct kiln_context *context)
{
    for (unsigned i = 0; i < context->device_count; i++)
        if (device_image_limits(context->devices[i]->device)->max_levels > 1) return true;
    return false;
}

// Reads a list, NULL too, and counts its words, the terminating 0 included.
static cl_int properties_read(const struct kiln_context *context, const cl_sampler_properties *list,
                              struct device_sampler_description *description, size_t *count)
{
    bool mipmaps = context_has_mipmaps(context);
    cl_sampler_properties values[KINDS];
    bool seen[KINDS] = {false};
    for (unsigned i = 0; i < KINDS; i++) values[i] = kinds[i].otherwise;
    *count = list ? 1 : 0;
    for (const cl_sampler_properties *p = list; p && *p; p += 2, *count += 2) {
        unsigned kind = 0;
        while (kind < KINDS && kinds[kind].name != *p) kind++;
        if (kind == KINDS || seen[kind] || !kinds[kind].valid(p[1]) || (kinds[kind].of_mipmaps && !mipmaps))
            return CL_INVALID_VALUE;
        seen[kind] = true;
        values[kind] = p[1];
    }
    *description = (struct device_sampler_description){.normalized = values[NORMALIZED],
                                                       .addressing = (cl_addressing_mode)values[ADDRESSING],
                                                       .filter = (cl_filter_mode)values[FILTER],
                                                       .mip_filter = (cl_filter_mode)values[MIP_FILTER],
                                                       .min_lod = lod_of(values[LOD_MIN]),
                                                       .max_lod = lod_of(values[LOD_MAX])};
    return description->min_lod <= description->max_lod ? CL_SUCCESS : CL_INVALID_VALUE;
}

// ---- Creating -----------------------------------------------------------------------------------------

static cl_int properties_keep(struct kiln_sampler *sampler, const cl_sampler_properties *list, size_t count)
{
    if (!count) return CL_SUCCESS;
    sampler->properties = malloc(count * sizeof *list);
    if (!sampler->properties) return CL_OUT_OF_HOST_MEMORY;
    memcpy(sampler->properties, list, count * sizeof *list);
    sampler->property_count = count;
    return CL_SUCCESS;
}

static cl_int device_sampler_make(struct kiln_sampler *sampler)
{
    struct image_devices devices;
    if (!image_devices_find(sampler->context, &devices)) return CL_OUT_OF_HOST_MEMORY;
    cl_int error =
        device_sampler_create(devices.list, devices.count, &sampler->description, &sampler->device);
    free(devices.list);
    return error;
}

// `list` is what is kept of `properties`: NULL where the application gave them in another way.
static cl_int sampler_create(struct kiln_context *context, const cl_sampler_properties *properties,
                             const cl_sampler_properties *list, struct kiln_sampler **result)
{
    struct device_sampler_description description;
    size_t count;
    if (!image_device_first(context)) return CL_INVALID_OPERATION;
    cl_int error = properties_read(context, properties, &description, &count);
    if (error) return error;
    struct kiln_sampler *sampler = calloc(1, sizeof *sampler);
    if (!sampler) return CL_OUT_OF_HOST_MEMORY;
    sampler->context = context;
    sampler->description = description;
    error = properties_keep(sampler, list, list ? count : 0);
    if (!error) error = device_sampler_make(sampler);
    if (!error && !object_init(&sampler->object, OBJECT_SAMPLER)) error = CL_OUT_OF_HOST_MEMORY;
    if (error) {
        sampler_free(sampler);
        return error;
    }
    context_retain(context);
    *result = sampler;
    return CL_SUCCESS;
}

static cl_sampler sampler_new(cl_context context, const cl_sampler_properties *properties,
                              const cl_sampler_properties *list, cl_int *error_out)
{
    if (!context_is(context)) return error_return(error_out, CL_INVALID_CONTEXT);
    struct kiln_sampler *sampler;
    cl_int error = sampler_create(context_from(context), properties, list, &sampler);
    if (error) return error_return(error_out, error);
    error_return(error_out, CL_SUCCESS);
    return sampler_handle(sampler);
}

CL_API_ENTRY cl_sampler CL_API_CALL clCreateSamplerWithProperties(cl_context context,
                                                                  const cl_sampler_properties *properties,
                                                                  cl_int *error_out)
{
    return sampler_new(context, properties, properties, error_out);
}

CL_API_ENTRY cl_sampler CL_API_CALL clCreateSampler(cl_context context, cl_bool normalized,
                                                    cl_addressing_mode addressing, cl_filter_mode filter,
                                                    cl_int *error_out)
{
    const cl_sampler_properties properties[] = {CL_SAMPLER_NORMALIZED_COORDS,
                                                normalized,
                                                CL_SAMPLER_ADDRESSING_MODE,
                                                addressing,
                                                CL_SAMPLER_FILTER_MODE,
                                                filter,
                                                0};
    return sampler_new(context, properties, NULL, error_out);
}

// ---- Holding and asking -------------------------------------------------------------------------------

CL_API_ENTRY cl_int CL_API_CALL clRetainSampler(cl_sampler sampler)
{
    if (!sampler_is(sampler)) return CL_INVALID_SAMPLER;
    object_retain_handle(&sampler_from(sampler)->object);
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clReleaseSampler(cl_sampler sampler)
{
    if (!sampler_is(sampler) || !object_release_handle(&sampler_from(sampler)->object))
        return CL_INVALID_SAMPLER;
    sampler_release(sampler_from(sampler));
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clGetSamplerInfo(cl_sampler handle, cl_sampler_info name, size_t size,
                                                 void *value, size_t *size_out)
{
    if (!sampler_is(handle)) return CL_INVALID_SAMPLER;
    const struct kiln_sampler *sampler = sampler_from(handle);
    const struct info_out out = {size, value, size_out};
    switch (name) {
    case CL_SAMPLER_REFERENCE_COUNT:
        return INFO_SCALAR(&out, cl_uint, sampler->object.handles);
    case CL_SAMPLER_CONTEXT:
        return INFO_SCALAR(&out, cl_context, context_handle(sampler->context));
    case CL_SAMPLER_NORMALIZED_COORDS:
        return INFO_SCALAR(&out, cl_bool, sampler->description.normalized);
    case CL_SAMPLER_ADDRESSING_MODE:
        return INFO_SCALAR(&out, cl_addressing_mode, sampler->description.addressing);
    case CL_SAMPLER_FILTER_MODE:
        return INFO_SCALAR(&out, cl_filter_mode, sampler->description.filter);
    case CL_SAMPLER_MIP_FILTER_MODE_KHR:
        return INFO_SCALAR(&out, cl_filter_mode, sampler->description.mip_filter);
    case CL_SAMPLER_LOD_MIN_KHR:
        return INFO_SCALAR(&out, cl_float, sampler->description.min_lod);
    case CL_SAMPLER_LOD_MAX_KHR:
        return INFO_SCALAR(&out, cl_float, sampler->description.max_lod);
    case CL_SAMPLER_PROPERTIES:
        return info_bytes(&out, sampler->properties, sampler->property_count * sizeof *sampler->properties);
    default:
        return CL_INVALID_VALUE;
    }
}
