#include "api/machinery/image_map.h"

#include "api/context.h"
#include "api/machinery/image_transfer.h"
#include "api/machinery/mapping.h"
#include "api/machinery/memory_flags.h"

// A copy in memory of its own.
static cl_int staging_create(struct kiln_memory *memory, struct memory_map *map)
{
    const struct image_shape *shape = &memory->image->shape;
    map->copied = true;
    image_region_pitches(shape, map->box.region, &map->pitches); // of 0: they are in order
    map->pool = &memory->context->storage;
    map->staging_size = image_region_bytes(shape, map->box.region, &map->pitches);
    cl_int error =
        storage_create(memory->context, map->staging_size, DEVICE_MEMORY_HOST, NULL, &map->staging);
    if (!error) map->pointer = device_memory_host(map->staging);
    return error;
}

// Where the host finds the region.
static cl_int map_place(struct kiln_memory *memory, struct memory_map *map)
{
    const struct image *image = memory->image;
    struct device_rect texels = {memory->host_pointer, image->shape.row_pitch, image->shape.slice_pitch};
    map->copied = image->apart;
    if (!image->apart && !device_image_host(image->device, map->box.level, &texels))
        return staging_create(memory, map);
    map->pitches = (struct image_pitches){texels.row_pitch, texels.slice_pitch};
    map->pointer = texels.base + image_texel_offset(&image->shape, map->box.origin, &map->pitches);
    return CL_SUCCESS;
}

struct memory_map *image_map_create(struct kiln_memory *memory, cl_map_flags flags,
                                    const struct image_box *box, cl_int *error)
{
    struct memory_map *map = memory_map_create(memory, flags, box);
    *error = map ? map_place(memory, map) : CL_OUT_OF_HOST_MEMORY;
    if (!*error) return map;
    if (map) memory_map_release(map);
    return NULL;
}

// The texels that the host has a copy of, in one direction or the other.
static void transfer_describe(struct image_transfer *transfer, enum image_transfer_kind kind,
                              struct kiln_memory *memory, const struct memory_map *map)
{
    const struct device_image_place place = image_place(memory, &map->box);
    *transfer = (struct image_transfer){
        .kind = kind,
        .memories = {memory},
        .from = place,
        .to = place,
        .memory = {map->pointer, map->pitches.row, map->pitches.slice},
        .region = {map->box.region[0], map->box.region[1], map->box.region[2]},
    };
}

cl_int image_map_enqueue(const struct command_request *request, struct kiln_memory *memory,
                         const struct memory_map *map)
{
    bool reads = map->copied && !(map->flags & CL_MAP_WRITE_INVALIDATE_REGION);
    struct image_transfer transfer;
    transfer_describe(&transfer, reads ? IMAGE_READ : IMAGE_NOTHING, memory, map);
    return image_transfer_enqueue(request, &transfer);
}

// Without memory for the command, or for giving it to the device, it stays mapped.
cl_int image_unmap_enqueue(const struct command_request *request, struct kiln_memory *memory, void *pointer)
{
    struct command *command;
    struct image_transfer *transfer;
    cl_int error = image_transfer_create(request, &command, &transfer);
    if (error) return error;
    struct memory_map *map = mapping_take(memory, pointer);
    if (!map) {
        command_free(command);
        return CL_INVALID_VALUE;
    }
    bool wrote = map->flags & MAP_WRITES;
    if (wrote && !map->copied) device_image_host_wrote(memory->image->device);
    transfer_describe(transfer, wrote && map->copied ? IMAGE_WRITE : IMAGE_NOTHING, memory, map);
    memory_map_retain(transfer->map = map);
    memory_retain(memory);
    error = command_enqueue(request, command);
    mapping_end(memory, map, !error);
    return error;
}
