// The fake device's images: rows behind rows, in memory of their own that the host does not reach, or where
// they are told to lie. Kernels do not see them.
#include "device/device_image.h"

#include <stdlib.h>
#include <string.h>

enum { MAX = 16384, ALIGNMENT = 16 };

struct device_image {
    size_t texel;
    bool layers_are_rows; // of a 1D array
    struct device_image_layout layout;
    uint8_t *texels;
    bool own, reached;
};

struct device_sampler {
    struct device_sampler_description description;
};

const struct device_image_limits *device_image_limits(const struct device *device)
{
    static const struct device_image_limits limits = {
        .max_width = MAX,
        .max_height = MAX,
        .max_3d = {MAX, MAX, MAX},
        .max_layers = MAX,
        .max_buffer_size = 1 << 27,
        .pitch_alignment = ALIGNMENT,
        .base_alignment = 1,
        .max_levels = 1,
    };
    (void)device;
    return &limits;
}

const struct device_image_format *device_image_formats(const struct device *device, cl_mem_object_type type,
                                                       unsigned *count)
{
    static const struct device_image_format formats[] = {
        {{CL_RGBA, CL_UNORM_INT8}, DEVICE_IMAGE_READ | DEVICE_IMAGE_WRITE | DEVICE_IMAGE_READ_WRITE},
        {{CL_RGBA, CL_FLOAT}, DEVICE_IMAGE_READ | DEVICE_IMAGE_WRITE},
        {{CL_sRGBA, CL_UNORM_INT8}, DEVICE_IMAGE_READ},
    };
    (void)device, (void)type;
    *count = sizeof formats / sizeof *formats;
    return formats;
}

size_t device_image_texel_size(const cl_image_format *format)
{
    return format->image_channel_data_type == CL_FLOAT ? 16 : 4;
}

// ---- Images -------------------------------------------------------------------------------------------

cl_int device_image_layout(struct device *const *devices, unsigned count,
                           const struct device_image_description *description,
                           struct device_image_layout *layout)
{
    (void)devices, (void)count;
    size_t least = description->width * device_image_texel_size(&description->format);
    size_t row = description->row_pitch ? description->row_pitch : least;
    size_t rows = description->height ? description->height : 1;
    size_t slices = description->depth ? description->depth : description->layers ? description->layers : 1;
    size_t slice = description->slice_pitch ? description->slice_pitch : row * rows;
    if (row % ALIGNMENT) return CL_INVALID_IMAGE_SIZE;
    *layout = (struct device_image_layout){.size = slice * slices,
                                           .alignment = ALIGNMENT,
                                           .row_pitch = row,
                                           .slice_pitch = slice,
                                           .row_pitch_alignment = ALIGNMENT};
    return CL_SUCCESS;
}

cl_int device_image_create(struct device *const *devices, unsigned count,
                           const struct device_image_description *description, struct device_image **result)
{
    struct device_image_layout layout;
    struct device_image_description padded = *description;
    size_t texel = device_image_texel_size(&description->format);
    if (!padded.row_pitch)
        padded.row_pitch = (description->width * texel + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    cl_int error = device_image_layout(devices, count, &padded, &layout);
    if (error) return error;
    struct device_image *image = calloc(1, sizeof *image);
    if (!image) return CL_OUT_OF_HOST_MEMORY;
    image->texel = texel;
    image->layers_are_rows = description->type == CL_MEM_OBJECT_IMAGE1D_ARRAY;
    image->layout = description->view ? description->view->layout : layout;
    image->own = !description->memory && !description->view;
    image->reached = description->memory || description->linear;
    image->texels = image->own            ? calloc(1, layout.size)
                    : description->memory ? description->memory
                                          : description->view->texels;
    if (!image->texels) {
        free(image);
        return CL_OUT_OF_HOST_MEMORY;
    }
    *result = image;
    return CL_SUCCESS;
}

void device_image_destroy(struct device_image *image)
{
    if (image->own) free(image->texels);
    free(image);
}

const struct device_image_layout *device_image_laid_out(const struct device_image *image)
{
    return &image->layout;
}

const void *device_image_descriptor(const struct device_image *image, const struct device *device)
{
    (void)device;
    return image;
}

bool device_image_host(const struct device_image *image, unsigned level, struct device_rect *rect)
{
    (void)level;
    *rect = (struct device_rect){image->texels, image->layout.row_pitch, image->layout.slice_pitch};
    return image->reached;
}

void device_image_host_wrote(const struct device_image *image) { (void)image; }

// ---- Samplers -----------------------------------------------------------------------------------------

cl_int device_sampler_create(struct device *const *devices, unsigned count,
                             const struct device_sampler_description *description,
                             struct device_sampler **sampler)
{
    (void)devices, (void)count;
    *sampler = calloc(1, sizeof **sampler);
    if (!*sampler) return CL_OUT_OF_HOST_MEMORY;
    (*sampler)->description = *description;
    return CL_SUCCESS;
}

void device_sampler_destroy(struct device_sampler *sampler) { free(sampler); }

const void *device_sampler_descriptor(const struct device_sampler *sampler, const struct device *device)
{
    (void)device;
    return sampler;
}

// ---- Commands -----------------------------------------------------------------------------------------

static struct device_rect rect_of(const struct device_image_place *place)
{
    const struct device_image *image = place->image;
    const struct device_image_layout *layout = &image->layout;
    size_t row = image->layers_are_rows ? layout->slice_pitch : layout->row_pitch;
    return (struct device_rect){image->texels + place->origin[0] * image->texel + place->origin[1] * row +
                                    place->origin[2] * layout->slice_pitch,
                                row, layout->slice_pitch};
}

static cl_int copy(struct device_queue *queue, const struct device_command *command,
                   const struct device_image *image, struct device_rect to, struct device_rect from,
                   const size_t region[3])
{
    return device_queue_copy_rect(queue, command, &to, &from,
                                  (size_t[]){region[0] * image->texel, region[1], region[2]});
}

static struct device_rect memory_rect(const struct device_image *image, const struct device_rect *given)
{
    size_t row = image->layers_are_rows ? given->slice_pitch : given->row_pitch;
    return (struct device_rect){given->base, row, given->slice_pitch};
}

cl_int device_queue_read_image(struct device_queue *queue, const struct device_command *command,
                               const struct device_rect *to, const struct device_image_place *from,
                               const size_t region[3])
{
    return copy(queue, command, from->image, memory_rect(from->image, to), rect_of(from), region);
}

cl_int device_queue_write_image(struct device_queue *queue, const struct device_command *command,
                                const struct device_image_place *to, const struct device_rect *from,
                                const size_t region[3])
{
    return copy(queue, command, to->image, rect_of(to), memory_rect(to->image, from), region);
}

cl_int device_queue_copy_image(struct device_queue *queue, const struct device_command *command,
                               const struct device_image_place *to, const struct device_image_place *from,
                               const size_t region[3])
{
    return copy(queue, command, to->image, rect_of(to), rect_of(from), region);
}

// Of formats whose texels are as large as a color only.
cl_int device_queue_fill_image(struct device_queue *queue, const struct device_command *command,
                               const struct device_image_place *place, const void *color,
                               const size_t region[3])
{
    struct device_rect rect = rect_of(place);
    for (size_t z = 0; z < region[2]; z++)
        for (size_t y = 0; y < region[1]; y++)
            for (size_t x = 0; x < region[0]; x++)
                memcpy(rect.base + z * rect.slice_pitch + y * rect.row_pitch + x * place->image->texel, color,
                       place->image->texel);
    return device_queue_barrier(queue, command);
}
