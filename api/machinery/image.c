#include "api/machinery/image.h"

#include <stdlib.h>

void image_free(struct image *image)
{
    if (image->device) device_image_destroy(image->device);
    free(image);
}
