#include "api/machinery/image_format.h"

#include <CL/cl_ext.h>

// A channel data type as a bit of a set.
#define TYPE(type) (1U << ((type) - CL_SNORM_INT8))

enum {
    NORMALIZED = TYPE(CL_SNORM_INT8) | TYPE(CL_SNORM_INT16) | TYPE(CL_UNORM_INT8) | TYPE(CL_UNORM_INT16),
    FLOATS = TYPE(CL_HALF_FLOAT) | TYPE(CL_FLOAT),
    BYTES = TYPE(CL_SNORM_INT8) | TYPE(CL_UNORM_INT8) | TYPE(CL_SIGNED_INT8) | TYPE(CL_UNSIGNED_INT8),
    WHOLE = BYTES | NORMALIZED | FLOATS | TYPE(CL_SIGNED_INT16) | TYPE(CL_SIGNED_INT32) |
            TYPE(CL_UNSIGNED_INT16) | TYPE(CL_UNSIGNED_INT32), // all that fill bytes
    PACKED = TYPE(CL_UNORM_SHORT_565) | TYPE(CL_UNORM_SHORT_555) | TYPE(CL_UNORM_INT_101010),
};

static const struct {
    cl_channel_order order;
    unsigned types;
} orders[] = {
    {CL_R, WHOLE},
    {CL_Rx, WHOLE},
    {CL_A, WHOLE},
    {CL_RG, WHOLE},
    {CL_RGx, WHOLE},
    {CL_RA, WHOLE},
    {CL_RGBA, WHOLE | TYPE(CL_UNORM_INT_101010_2)},
    {CL_BGRA, BYTES},
    {CL_ARGB, BYTES},
    {CL_ABGR, BYTES},
    {CL_INTENSITY, NORMALIZED | FLOATS},
    {CL_LUMINANCE, NORMALIZED | FLOATS},
    {CL_RGB, PACKED},
    {CL_RGBx, PACKED},
    {CL_sRGB, TYPE(CL_UNORM_INT8)},
    {CL_sRGBx, TYPE(CL_UNORM_INT8)},
    {CL_sRGBA, TYPE(CL_UNORM_INT8)},
    {CL_sBGRA, TYPE(CL_UNORM_INT8)},
    {CL_DEPTH, TYPE(CL_UNORM_INT16) | TYPE(CL_FLOAT)},
};

bool image_format_valid(const cl_image_format *format)
{
    cl_channel_type type = format->image_channel_data_type;
    if (type < CL_SNORM_INT8 || type > CL_UNORM_INT_101010_2) return false;
    for (unsigned i = 0; i < sizeof orders / sizeof *orders; i++)
        if (orders[i].order == format->image_channel_order) return orders[i].types & TYPE(type);
    return false;
}
