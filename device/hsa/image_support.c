// What a device can do with images. Asked for when it is first wanted: HSA's runtime then starts its own part
// for images.
#include "image.h"

#include "base/log.h"
#include "kick.h"

#include <stdlib.h>
#include <string.h>

hsa_ext_images_1_pfn_t hsa_images;

enum {
    TYPES = 6,
    FORMATS_MAX = 160,
    BUFFER_TEXELS_MAX = 1 << 27, // of 16 bytes: what 31 bits address
    LINEAR_ALIGNMENT = 256,      // bytes
};

static const cl_mem_object_type types[TYPES] = {
    CL_MEM_OBJECT_IMAGE1D,       CL_MEM_OBJECT_IMAGE2D,       CL_MEM_OBJECT_IMAGE3D,
    CL_MEM_OBJECT_IMAGE1D_ARRAY, CL_MEM_OBJECT_IMAGE2D_ARRAY, CL_MEM_OBJECT_IMAGE1D_BUFFER,
}; // in the order of HSA's geometries

struct device_images {
    struct device_image_limits limits; // all 0: no images
    struct device_image_format formats[TYPES][FORMATS_MAX];
    unsigned format_count[TYPES];
};

// ---- The runtime --------------------------------------------------------------------------------------

// Hardware whose texture units the compiler uses, and on which HSA's runtime copies images.
static bool isa_has_images(const char *isa)
{
    static const char *const with[] = {"gfx8", "gfx900", "gfx902", "gfx904", "gfx906", "gfx90c", "gfx10"};
    const char *name = strstr(isa, "--gfx");
    for (size_t i = 0; name && i < sizeof with / sizeof *with; i++)
        if (!strncmp(name + 2, with[i], strlen(with[i]))) return true;
    return false;
}

static bool functions_find(void)
{
    return hsa.extension_table(HSA_EXTENSION_IMAGES, 1, sizeof hsa_images, &hsa_images) == HSA_STATUS_SUCCESS;
}

// The runtime writes 32-bit numbers, whatever hsa_ext_image.h says.
static bool limit_get(const struct device *device, int attribute, uint32_t values[3])
{
    memset(values, 0, 3 * sizeof *values);
    // The extension's attributes are numbers outside HSA's enumeration.
    // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange)
    return hsa.agent_get_info(device->agent, (hsa_agent_info_t)attribute, values) == HSA_STATUS_SUCCESS &&
           values[0];
}

bool image_descriptors_known(const struct device *device) { return strstr(device->info.isa, "--gfx10"); }

bool image_host_copies_tiles(const struct device *device) { return device->host_cached && kick_texels(); }

static unsigned levels_most(uint32_t size)
{
    unsigned levels = 0;
    while (size >> levels) levels++;
    return levels;
}

static bool limits_get(const struct device *device, struct device_image_limits *limits)
{
    uint32_t plane[3], box[3], layers[3], buffer[3];
    if (!limit_get(device, HSA_EXT_AGENT_INFO_IMAGE_2D_MAX_ELEMENTS, plane) ||
        !limit_get(device, HSA_EXT_AGENT_INFO_IMAGE_3D_MAX_ELEMENTS, box) ||
        !limit_get(device, HSA_EXT_AGENT_INFO_IMAGE_ARRAY_MAX_LAYERS, layers) ||
        !limit_get(device, HSA_EXT_AGENT_INFO_IMAGE_1DB_MAX_ELEMENTS, buffer))
        return false;
    *limits = (struct device_image_limits){
        .max_width = plane[0],
        .max_height = plane[1],
        .max_3d = {box[0], box[1], box[2]},
        .max_layers = layers[0],
        .max_buffer_size = buffer[0] < BUFFER_TEXELS_MAX ? buffer[0] : BUFFER_TEXELS_MAX,
        .pitch_alignment = LINEAR_ALIGNMENT,
        .base_alignment = LINEAR_ALIGNMENT,
        .texel_alignment = image_descriptors_known(device),
        .max_levels = image_descriptors_known(device) ? levels_most(plane[0]) : 1,
    };
    return true;
}

// ---- Formats ------------------------------------------------------------------------------------------

static int type_index(cl_mem_object_type type)
{
    for (int i = 0; i < TYPES; i++)
        if (types[i] == type) return i;
    return -1;
}

hsa_ext_image_geometry_t image_geometry(cl_mem_object_type type, const struct image_format *format)
{
    if (format->known.channel_order != HSA_EXT_IMAGE_CHANNEL_ORDER_DEPTH)
        return (hsa_ext_image_geometry_t)type_index(type);
    return type == CL_MEM_OBJECT_IMAGE2D ? HSA_EXT_IMAGE_GEOMETRY_2DDEPTH : HSA_EXT_IMAGE_GEOMETRY_2DADEPTH;
}

static bool type_has_depth(cl_mem_object_type type)
{
    return type == CL_MEM_OBJECT_IMAGE2D || type == CL_MEM_OBJECT_IMAGE2D_ARRAY;
}

unsigned image_format_uses(const struct device *device, cl_mem_object_type type,
                           const struct image_format *format)
{
    bool depth = format->known.channel_order == HSA_EXT_IMAGE_CHANNEL_ORDER_DEPTH;
    uint32_t uses = 0; // numbered as device_image.h does
    if ((depth && !type_has_depth(type)) ||
        (image_format_changed(format) && !image_descriptors_known(device)))
        return 0;
    if (hsa_images.hsa_ext_image_get_capability(device->agent, image_geometry(type, format), &format->known,
                                                &uses) != HSA_STATUS_SUCCESS)
        return 0;
    // Kernels convert what they write to sRGB (compiler/libraries/image.cl). Not of sRGBx: the descriptor,
    // which makes its alpha 1, leaves them no way to write an x, and the Khronos suite looks for one.
    if (format->srgb && format->select[3] != SELECT_1 && uses & DEVICE_IMAGE_READ &&
        image_descriptors_known(device))
        uses |= DEVICE_IMAGE_WRITE | DEVICE_IMAGE_READ_WRITE;
    return uses & (DEVICE_IMAGE_READ | DEVICE_IMAGE_WRITE | DEVICE_IMAGE_READ_WRITE);
}

static void formats_find(const struct device *device, struct device_images *images, int type)
{
    bool end = false;
    for (unsigned i = 0; !end; i++) {
        struct device_image_format *found = &images->formats[type][images->format_count[type]];
        struct image_format format;
        if (!image_format_at(i, &found->format, &end) || !image_format_find(&found->format, &format))
            continue;
        found->uses = image_format_uses(device, types[type], &format);
        if (found->uses) images->format_count[type]++;
    }
}

// ---- Once a device ------------------------------------------------------------------------------------

static struct device_images *images_describe(const struct device *device)
{
    struct device_images *images = calloc(1, sizeof *images);
    if (!images || !isa_has_images(device->info.isa)) return images;
    if (!functions_find() || !limits_get(device, &images->limits)) {
        log_info("device: %s has no images: the HSA runtime is without them", device->info.name);
        return images;
    }
    for (int i = 0; i < TYPES; i++) formats_find(device, images, i);
    return images;
}

static const struct device_images *images_of(const struct device *device)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static struct device_images *described[DEVICES_MAX];
    static const struct device_images none;
    unsigned index = 0;
    while (index < devices.count && devices.list[index] != device) index++;
    if (index == devices.count || !runtime_alive()) return &none;
    pthread_mutex_lock(&mutex);
    if (!described[index]) described[index] = images_describe(device);
    const struct device_images *images = described[index];
    pthread_mutex_unlock(&mutex);
    return images ? images : &none;
}

const struct device_image_limits *device_image_limits(const struct device *device)
{
    return &images_of(device)->limits;
}

const struct device_image_format *device_image_formats(const struct device *device, cl_mem_object_type type,
                                                       unsigned *count)
{
    const struct device_images *images = images_of(device);
    int index = type_index(type);
    *count = index < 0 ? 0 : images->format_count[index];
    return index < 0 ? NULL : images->formats[index];
}

size_t device_image_texel_size(const cl_image_format *wanted)
{
    struct image_format format;
    return image_format_find(wanted, &format) ? format.texel : 0;
}
