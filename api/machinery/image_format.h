// Which channel orders and channel data types OpenCL lets go together.
// Source: OpenCL 3.0, 5.3.1.1 "Image Format Descriptor".
#pragma once

#include <CL/cl.h>
#include <stdbool.h>

// Whether there is such a format. (Which ones a device has: device_image_formats.)
bool image_format_valid(const cl_image_format *);
