// Images: how they lie in memory, and their descriptors.
#include "image.h"

#include "place.h"

#include "base/config.h"

#include <stdlib.h>
#include <string.h>

enum { LINEAR_BYTES = 256 }; // that rows and addresses of what is not tiled are multiples of

// ---- What is wanted -----------------------------------------------------------------------------------

struct wanted {
    const struct device_image_description *description;
    struct image_format format;
    size_t size[3]; // in coordinates: layers follow the others
    bool tiled;
    unsigned levels;
    struct device_image_layout layout;
};

static bool is_array(cl_mem_object_type type)
{
    return type == CL_MEM_OBJECT_IMAGE1D_ARRAY || type == CL_MEM_OBJECT_IMAGE2D_ARRAY;
}

// Whether the descriptor has the depth where others have the row pitch.
static bool has_slices(cl_mem_object_type type) { return type == CL_MEM_OBJECT_IMAGE3D || is_array(type); }

static unsigned plain_dimensions(cl_mem_object_type type)
{
    switch (type) {
    case CL_MEM_OBJECT_IMAGE1D:
    case CL_MEM_OBJECT_IMAGE1D_BUFFER:
    case CL_MEM_OBJECT_IMAGE1D_ARRAY:
        return 1;
    case CL_MEM_OBJECT_IMAGE2D:
    case CL_MEM_OBJECT_IMAGE2D_ARRAY:
        return 2;
    case CL_MEM_OBJECT_IMAGE3D:
        return 3;
    default:
        return 0;
    }
}

static void size_fill(struct wanted *wanted)
{
    const struct device_image_description *description = wanted->description;
    const size_t sizes[] = {description->width, description->height, description->depth};
    unsigned dimensions = plain_dimensions(description->type);
    for (unsigned i = 0; i < 3; i++) wanted->size[i] = i < dimensions ? sizes[i] : 1;
    if (is_array(description->type)) wanted->size[dimensions] = description->layers;
}

static bool size_fits(const struct wanted *wanted, const struct device_image_limits *limits)
{
    const struct device_image_description *description = wanted->description;
    size_t most[3] = {limits->max_width, limits->max_height, 1};
    unsigned dimensions = plain_dimensions(description->type);
    if (dimensions == 3) memcpy(most, limits->max_3d, sizeof most);
    if (dimensions == 1) most[1] = 1;
    if (is_array(description->type)) most[dimensions] = limits->max_layers;
    if (description->type == CL_MEM_OBJECT_IMAGE1D_BUFFER) most[0] = limits->max_buffer_size;
    for (unsigned i = 0; i < 3; i++)
        if (!wanted->size[i] || wanted->size[i] > most[i]) return false;
    return true;
}

// Levels that get smaller still. (OpenCL 3.0 extensions, cl_khr_mipmap_image)
static unsigned levels_most(const struct wanted *wanted)
{
    unsigned dimensions = plain_dimensions(wanted->description->type), most = 1;
    for (unsigned i = 0; i < dimensions; i++)
        while (wanted->size[i] >> most) most++;
    return wanted->description->type == CL_MEM_OBJECT_IMAGE1D_BUFFER ? 1 : most;
}

static cl_int wanted_check(struct wanted *wanted, const struct device *device)
{
    const struct device_image_description *description = wanted->description;
    const struct device_image_limits *limits = device_image_limits(device);
    if (!limits->max_width || !image_format_uses(device, description->type, &wanted->format))
        return CL_IMAGE_FORMAT_NOT_SUPPORTED;
    if (!size_fits(wanted, limits)) return CL_INVALID_IMAGE_SIZE;
    bool levels = wanted->levels <= limits->max_levels && wanted->levels <= levels_most(wanted);
    return levels ? CL_SUCCESS : CL_INVALID_IMAGE_DESCRIPTOR;
}

static bool view_fits(const struct wanted *wanted)
{
    const struct device_image *image = wanted->description->view;
    return image->type == wanted->description->type && image->texel == wanted->format.texel &&
           image->levels == wanted->levels && !memcmp(image->size, wanted->size, sizeof image->size);
}

// Devices of one kind lay tiles alike.
static bool devices_alike(struct device *const *devices, unsigned count)
{
    for (unsigned i = 1; i < count; i++)
        if (devices[i]->info.chip_id != devices[0]->info.chip_id ||
            strcmp(devices[i]->info.isa, devices[0]->info.isa) != 0)
            return false;
    return true;
}

// ---- Layout -------------------------------------------------------------------------------------------

static hsa_ext_image_descriptor_t hsa_descriptor(const struct wanted *wanted, hsa_ext_image_format_t format,
                                                 hsa_ext_image_geometry_t geometry)
{
    const struct device_image_description *description = wanted->description;
    unsigned dimensions = plain_dimensions(description->type);
    return (hsa_ext_image_descriptor_t){
        .geometry = geometry,
        .width = description->width,
        .height = dimensions > 1 ? description->height : 0,
        .depth = dimensions > 2 ? description->depth : 0,
        .array_size = is_array(description->type) ? description->layers : 0,
        .format = format,
    };
}

static hsa_ext_image_descriptor_t known_descriptor(const struct wanted *wanted)
{
    return hsa_descriptor(wanted, wanted->format.known,
                          image_geometry(wanted->description->type, &wanted->format));
}

static size_t row_align(size_t bytes) { return (bytes + LINEAR_BYTES - 1) / LINEAR_BYTES * LINEAR_BYTES; }

// Bytes of a row of a level, and of all its rows: there is room for half of the level before, rounded up.
// Source: ROCr, addrlib/src/gfx10, HwlComputeSurfaceInfoLinear.
static size_t level_row(const size_t size[3], size_t texel, unsigned level)
{
    return row_align((((size[0] - 1) >> level) + 1) * texel);
}

static size_t level_bytes(const size_t size[3], size_t texel, unsigned dimensions, unsigned level)
{
    size_t rows = dimensions > 1 ? ((size[1] - 1) >> level) + 1 : 1;
    return rows * level_row(size, texel, level);
}

// Of a mipmap: each slice has all levels, the smallest first.
static cl_int levels_fill(struct wanted *wanted)
{
    const struct device_image_description *description = wanted->description;
    const size_t *size = wanted->size, texel = wanted->format.texel;
    unsigned dimensions = plain_dimensions(description->type);
    size_t slice = 0, slices = size[2] * (dimensions == 1 ? size[1] : 1);
    if (description->memory || description->row_pitch || description->slice_pitch)
        return CL_INVALID_IMAGE_SIZE;
    for (unsigned i = 0; i < wanted->levels; i++) slice += level_bytes(size, texel, dimensions, i);
    wanted->layout = (struct device_image_layout){
        .size = slice * slices,
        .alignment = LINEAR_BYTES,
        .row_pitch = level_row(size, texel, 0),
        .slice_pitch = slice,
        .row_pitch_alignment = LINEAR_BYTES,
        .slice_pitch_alignment = slice,
    };
    return CL_SUCCESS;
}

// The pitches of what lies row by row: those given, or the smallest.
static bool pitches_fill(struct wanted *wanted)
{
    const struct device_image_description *description = wanted->description;
    struct device_image_layout *layout = &wanted->layout;
    size_t row = wanted->size[0] * wanted->format.texel, height = 1;
    size_t least = row_align(row);
    layout->row_pitch_alignment = LINEAR_BYTES;
    layout->row_pitch = description->row_pitch ? description->row_pitch : least;
    if (layout->row_pitch < row || layout->row_pitch % LINEAR_BYTES) return false;
    if (!has_slices(description->type)) return true;
    if (plain_dimensions(description->type) > 1) height = wanted->size[1];
    layout->slice_pitch = layout->row_pitch * height;
    layout->slice_pitch_alignment = layout->slice_pitch;
    return layout->row_pitch == least &&
           (!description->slice_pitch || description->slice_pitch == layout->slice_pitch);
}

// A 1D image in a buffer has no rows.
static void buffer_layout(struct wanted *wanted, const struct device *device)
{
    size_t row = wanted->size[0] * wanted->format.texel;
    bool any = image_descriptors_known(device);
    wanted->layout = (struct device_image_layout){
        .size = row,
        .alignment = any ? wanted->format.texel : LINEAR_BYTES,
        .row_pitch = row,
        .row_pitch_alignment = 1,
    };
}

static cl_int layout_ask(struct wanted *wanted, const struct device *device)
{
    hsa_ext_image_descriptor_t descriptor = known_descriptor(wanted);
    hsa_ext_image_data_info_t info = {0};
    struct device_image_layout *layout = &wanted->layout;
    if (!wanted->tiled && !pitches_fill(wanted)) return CL_INVALID_IMAGE_SIZE;
    hsa_status_t status =
        wanted->tiled ? hsa_images.hsa_ext_image_data_get_info(device->agent, &descriptor,
                                                               HSA_ACCESS_PERMISSION_RW, &info)
                      : hsa_images.hsa_ext_image_data_get_info_with_layout(
                            device->agent, &descriptor, HSA_ACCESS_PERMISSION_RW,
                            HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR, layout->row_pitch, layout->slice_pitch, &info);
    if (status != HSA_STATUS_SUCCESS) return CL_INVALID_IMAGE_SIZE;
    if (info.size > layout->size) layout->size = info.size;
    if (info.alignment > layout->alignment) layout->alignment = info.alignment;
    return CL_SUCCESS;
}

// One row needs no tiles, nor do kernels that the host's own threads run: there maps of rows move nothing.
static bool tiles_pay(const struct device *device)
{
    if (device->profile != HSA_PROFILE_BASE) return false;
    return config_get()->images == IMAGES_TILED || !image_host_copies_tiles(device);
}

static cl_int wanted_fill(struct wanted *wanted, struct device *const *devices, unsigned count,
                          const struct device_image_description *description)
{
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    *wanted =
        (struct wanted){.description = description, .levels = description->levels ? description->levels : 1};
    unsigned dimensions = plain_dimensions(description->type);
    if (!dimensions || !count) return CL_INVALID_IMAGE_DESCRIPTOR;
    if (!image_format_find(&description->format, &wanted->format)) return CL_IMAGE_FORMAT_NOT_SUPPORTED;
    size_fill(wanted);
    cl_int error = CL_SUCCESS;
    for (unsigned i = 0; !error && i < count; i++) error = wanted_check(wanted, devices[i]);
    if (error) return error;
    if (description->view) {
        if (!view_fits(wanted)) return CL_INVALID_IMAGE_DESCRIPTOR;
        wanted->layout = description->view->layout;
        wanted->tiled = !wanted->layout.row_pitch;
        return CL_SUCCESS;
    }
    if (wanted->levels > 1) return levels_fill(wanted);
    wanted->tiled = dimensions > 1 && !description->linear && !description->memory && tiles_pay(devices[0]) &&
                    devices_alike(devices, count);
    for (unsigned i = 0; !error && i < count; i++) {
        if (description->type == CL_MEM_OBJECT_IMAGE1D_BUFFER)
            buffer_layout(wanted, devices[i]);
        else
            error = layout_ask(wanted, devices[i]);
    }
    return error;
}

cl_int device_image_layout(struct device *const *devices, unsigned count,
                           const struct device_image_description *description,
                           struct device_image_layout *layout)
{
    struct wanted wanted;
    cl_int error = wanted_fill(&wanted, devices, count, description);
    if (!error) *layout = wanted.layout;
    return error;
}

// ---- Descriptors --------------------------------------------------------------------------------------

// Bits of a descriptor's words. Source: AMD's RDNA 2 ISA, "Buffer Resource Descriptor", "Image Resource
// Descriptor"; words 8 and 9 are what kernels that ask for type and order are told.
enum {
    WORD_TYPE = 8,
    WORD_ORDER = 9,
    SELECT_BITS = 3,
    IMAGE_FORMAT_SHIFT = 20,
    IMAGE_FORMAT_MASK = 0x1ff,
    BUFFER_FORMAT_SHIFT = 12,
    BUFFER_FORMAT_MASK = 0x7f,
    BUFFER_BASE_HIGH_MASK = 0xffff,
    PITCH_MASK = 0x3fff,
    LAST_LEVEL_SHIFT = 16,
    MOST_LEVEL_SHIFT = 4,
};

static void descriptor_select(uint32_t *word, const uint8_t select[4])
{
    for (unsigned i = 0; i < 4; i++) {
        *word &= ~(7u << SELECT_BITS * i);
        *word |= (uint32_t)select[i] << SELECT_BITS * i;
    }
}

// What HSA has no name for.
static void descriptor_change(uint32_t *words, const struct wanted *wanted)
{
    const struct image_format *format = &wanted->format;
    descriptor_select(&words[3], format->select);
    words[WORD_TYPE] = format->told.channel_type;
    words[WORD_ORDER] = format->told.channel_order;
    if (!format->gfx10) return;
    bool buffer = wanted->description->type == CL_MEM_OBJECT_IMAGE1D_BUFFER;
    uint32_t *word = &words[buffer ? 3 : 1], mask = buffer ? BUFFER_FORMAT_MASK : IMAGE_FORMAT_MASK;
    unsigned shift = buffer ? BUFFER_FORMAT_SHIFT : IMAGE_FORMAT_SHIFT;
    *word &= ~(mask << shift);
    *word |= format->gfx10 << shift;
}

// HSA's runtime has no mipmaps, and asks for a pitch that they do not have.
static void levels_change(uint32_t *words, const struct wanted *wanted)
{
    if (!has_slices(wanted->description->type)) words[4] &= ~(uint32_t)PITCH_MASK;
    words[3] |= (wanted->levels - 1) << LAST_LEVEL_SHIFT;
    words[5] |= (wanted->levels - 1) << MOST_LEVEL_SHIFT;
}

// HSA's runtime takes aligned addresses only, and counts bytes where the hardware counts texels.
static void buffer_descriptor_change(uint32_t *words, const struct wanted *wanted, const uint8_t *address)
{
    words[0] = (uint32_t)(uintptr_t)address;
    words[1] &= ~(uint32_t)BUFFER_BASE_HIGH_MASK;
    words[1] |= (uint32_t)((uintptr_t)address >> 32) & BUFFER_BASE_HIGH_MASK;
    words[2] = (uint32_t)wanted->size[0];
}

static hsa_status_t hsa_image_create(const struct wanted *wanted, const struct device *device,
                                     const hsa_ext_image_descriptor_t *descriptor, const uint8_t *address,
                                     hsa_ext_image_t *image)
{
    bool buffer = wanted->description->type == CL_MEM_OBJECT_IMAGE1D_BUFFER;
    if (buffer && image_descriptors_known(device)) address -= (uintptr_t)address % LINEAR_BYTES;
    if (wanted->tiled || buffer)
        return hsa_images.hsa_ext_image_create(device->agent, descriptor, address, HSA_ACCESS_PERMISSION_RW,
                                               image);
    struct device_image_layout layout = wanted->layout;
    if (wanted->levels > 1) layout.slice_pitch = 0; // as if there were one
    return hsa_images.hsa_ext_image_create_with_layout(
        device->agent, descriptor, address, HSA_ACCESS_PERMISSION_RW, HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR,
        layout.row_pitch, layout.slice_pitch, image);
}

// Whether the runtime's kernels are to copy or fill what lies so. (Of mipmaps, they fill a slice at a time.)
static bool runtime_copies(const struct wanted *wanted, const struct device *device)
{
    if (wanted->tiled) return !image_host_copies_tiles(device);
    return wanted->levels == 1 && !device->host_cached &&
           wanted->description->type != CL_MEM_OBJECT_IMAGE1D_BUFFER;
}

static cl_int view_create(struct image_view *view, const struct wanted *wanted, struct device *device,
                          const uint8_t *address)
{
    cl_mem_object_type type = wanted->description->type;
    hsa_ext_image_descriptor_t descriptor = known_descriptor(wanted);
    view->device = device;
    if (hsa_image_create(wanted, device, &descriptor, address, &view->image) != HSA_STATUS_SUCCESS)
        return CL_OUT_OF_RESOURCES;
    uint32_t *words = (uint32_t *)(uintptr_t)view->image.handle;
    if (image_format_changed(&wanted->format)) descriptor_change(words, wanted);
    if (type == CL_MEM_OBJECT_IMAGE1D_BUFFER && image_descriptors_known(device))
        buffer_descriptor_change(words, wanted, address);
    if (wanted->levels > 1) levels_change(words, wanted);
    if (!runtime_copies(wanted, device)) return CL_SUCCESS;
    struct image_format raw = {.known = image_format_raw(wanted->format.texel)};
    descriptor = hsa_descriptor(wanted, raw.known, image_geometry(type, &raw));
    return hsa_image_create(wanted, device, &descriptor, address, &view->raw) == HSA_STATUS_SUCCESS
               ? CL_SUCCESS
               : CL_OUT_OF_RESOURCES;
}

static void view_destroy(const struct image_view *view)
{
    if (view->image.handle) hsa_images.hsa_ext_image_destroy(view->device->agent, view->image);
    if (view->raw.handle) hsa_images.hsa_ext_image_destroy(view->device->agent, view->raw);
}

// ---- Images -------------------------------------------------------------------------------------------

enum { PAGE = 4096 }; // bytes that memory of the device's own is aligned to

static cl_int memory_find(struct device_image *image, const struct wanted *wanted,
                          struct device *const *devices, unsigned count)
{
    const struct device_image_description *description = wanted->description;
    size_t alignment = wanted->layout.alignment, slack = alignment > PAGE ? alignment - PAGE : 0;
    if (description->view) {
        image->address = description->view->address;
        return CL_SUCCESS;
    }
    if (description->memory) {
        image->address = description->memory;
        return (uintptr_t)image->address % alignment ? CL_INVALID_IMAGE_SIZE : CL_SUCCESS;
    }
    cl_int error = device_memory_create(devices, count, wanted->layout.size + slack, DEVICE_MEMORY_LOCAL,
                                        NULL, &image->memory);
    if (error) return error;
    uint8_t *address = device_memory_address(image->memory);
    image->address = address + (-(uintptr_t)address & (alignment - 1));
    return CL_SUCCESS;
}

cl_int device_image_create(struct device *const *devices, unsigned count,
                           const struct device_image_description *description, struct device_image **result)
{
    struct wanted wanted;
    cl_int error = wanted_fill(&wanted, devices, count, description);
    if (error) return error;
    struct device_image *image = calloc(1, sizeof *image + count * sizeof *image->views);
    if (!image) return CL_OUT_OF_HOST_MEMORY;
    image->type = description->type;
    image->format = description->format;
    image->texel = wanted.format.texel;
    memcpy(image->size, wanted.size, sizeof image->size);
    image->layout = wanted.layout;
    image->levels = wanted.levels;
    image->dimensions = plain_dimensions(description->type);
    image->count = count;
    error = memory_find(image, &wanted, devices, count);
    for (unsigned i = 0; !error && i < count; i++)
        error = view_create(&image->views[i], &wanted, devices[i], image->address);
    if (error) {
        device_image_destroy(image);
        return error;
    }
    *result = image;
    return CL_SUCCESS;
}

void device_image_destroy(struct device_image *image)
{
    for (unsigned i = 0; i < image->count && runtime_alive(); i++) view_destroy(&image->views[i]);
    if (image->memory) device_memory_destroy(image->memory);
    free(image);
}

const struct device_image_layout *device_image_laid_out(const struct device_image *image)
{
    return &image->layout;
}

struct image_level image_level_find(const struct device_image *image, unsigned level)
{
    struct image_level found = {.row_pitch = image->layout.row_pitch};
    for (unsigned i = 0; i < 3; i++) {
        size_t smaller = i < image->dimensions ? image->size[i] >> level : image->size[i];
        found.size[i] = smaller ? smaller : 1;
    }
    if (image->levels > 1) found.row_pitch = level_row(image->size, image->texel, level);
    for (unsigned i = level + 1; i < image->levels; i++)
        found.offset += level_bytes(image->size, image->texel, image->dimensions, i);
    return found;
}

const struct image_view *image_view_find(const struct device_image *image, const struct device *device)
{
    for (unsigned i = 0; i < image->count; i++)
        if (image->views[i].device == device) return &image->views[i];
    return NULL;
}

const void *device_image_descriptor(const struct device_image *image, const struct device *device)
{
    const struct image_view *view = image_view_find(image, device);
    return view ? (const void *)(uintptr_t)view->image.handle : NULL;
}

bool device_image_host(const struct device_image *image, unsigned level, struct device_rect *rect)
{
    const struct device_image_layout *layout = &image->layout;
    if (!layout->row_pitch || !runtime_alive()) return false;
    struct place place = place_find(image->views[0].device, image->address, layout->size);
    if (!place_host_reaches(&place, SIZE_MAX, SIZE_MAX)) return false;
    struct image_level found = image_level_find(image, level);
    *rect = (struct device_rect){place.host + found.offset, found.row_pitch, layout->slice_pitch};
    return true;
}

void device_image_host_wrote(const struct device_image *image)
{
    for (unsigned i = 0; i < image->count; i++) device_host_wrote(image->views[i].device);
}
