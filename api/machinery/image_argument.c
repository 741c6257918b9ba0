#include "api/machinery/image_argument.h"

#include <string.h>

static const struct {
    const char *name;
    cl_mem_object_type type;
    bool depth;
} types[] = {
    {"image1d_t", CL_MEM_OBJECT_IMAGE1D, false},
    {"image1d_array_t", CL_MEM_OBJECT_IMAGE1D_ARRAY, false},
    {"image1d_buffer_t", CL_MEM_OBJECT_IMAGE1D_BUFFER, false},
    {"image2d_t", CL_MEM_OBJECT_IMAGE2D, false},
    {"image2d_array_t", CL_MEM_OBJECT_IMAGE2D_ARRAY, false},
    {"image2d_depth_t", CL_MEM_OBJECT_IMAGE2D, true},
    {"image2d_array_depth_t", CL_MEM_OBJECT_IMAGE2D_ARRAY, true},
    {"image3d_t", CL_MEM_OBJECT_IMAGE3D, false},
};

// An argument's type may also go by a name of the program's own: then any image is taken to be right.
static bool type_fits(const char *name, const struct image_shape *shape)
{
    for (unsigned i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcmp(types[i].name, name))
            return types[i].type == shape->type &&
                   types[i].depth == (shape->format.image_channel_order == CL_DEPTH);
    return true;
}

cl_int image_argument_check(const struct argument_metadata *argument, const struct image_shape *shape,
                            cl_mem_flags flags)
{
    if (!type_fits(argument->type_name, shape)) return CL_INVALID_MEM_OBJECT;
    cl_mem_flags refused = argument->access == ACCESS_READ_ONLY    ? CL_MEM_WRITE_ONLY
                           : argument->access == ACCESS_WRITE_ONLY ? CL_MEM_READ_ONLY
                                                                   : 0;
    return flags & refused ? CL_INVALID_ARG_VALUE : CL_SUCCESS;
}
