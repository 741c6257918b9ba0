// Sampler objects: how kernels read images. (Those that programs have as constants are code.)
#pragma once

#include "api/object.h"
#include "device/device_image.h"

struct kiln_context;

struct kiln_sampler {
    struct object object;
    struct kiln_context *context; // retained
    struct device_sampler_description description;
    struct device_sampler *device;
    cl_sampler_properties *properties;
    size_t property_count; // with the terminating 0; 0: none were given
};

static inline struct kiln_sampler *sampler_from(cl_sampler handle) { return (struct kiln_sampler *)handle; }
static inline cl_sampler sampler_handle(const struct kiln_sampler *sampler)
{
    return (cl_sampler)(uintptr_t)sampler;
}
static inline bool sampler_is(cl_sampler handle) { return object_is(handle, OBJECT_SAMPLER); }

void sampler_retain(struct kiln_sampler *);
void sampler_release(struct kiln_sampler *);
