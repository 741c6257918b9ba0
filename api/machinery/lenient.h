// Where a strict reading of the specification refuses what widely used programs pass and other drivers take,
// Kiln takes it too. Each such case is here, with the program that needs it.
#pragma once

#include <CL/cl.h>

// OpenCV asks for devices of type 0xffffffffffffffff where it wants any (OPENCV_OPENCL_DEVICE=:ALL:0).
static inline cl_device_type lenient_device_type(cl_device_type type)
{
    return type == ~(cl_device_type)0 ? CL_DEVICE_TYPE_ALL : type;
}
