// Commands on tiled images. Regions were checked.
#pragma once

#include "image.h"
#include "queue.h"

// Between an image and memory of the device or the host.
cl_int tiles_copy(struct device_queue *, const struct device_command *, const struct device_image_place *,
                  const struct device_rect *, const size_t region[3], bool read);
// From tiles to tiles.
cl_int tiles_to_tiles(struct device_queue *, const struct device_command *,
                      const struct device_image_place *to, const struct device_image_place *from,
                      const size_t region[3]);
// Also of linear images that the host does not write to.
cl_int tiles_fill(struct device_queue *, const struct device_command *, const struct device_image_place *,
                  const uint8_t texel[16], const size_t region[3]);
