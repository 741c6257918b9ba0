// What clCreateBufferWithProperties and clCreateImageWithProperties are asked for in a list of properties.
// Source: OpenCL 3.1, "Creating Buffer Objects"; cl_khr_external_memory; cl_ext_buffer_device_address.
#pragma once

#include <CL/cl_ext.h>

#include <stdbool.h>
#include <stddef.h>

struct kiln_context;
struct kiln_device;

struct memory_properties {
    size_t count;     // of the list's elements with its end; 0: there is no list
    bool has_address; // CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT
    bool foreign;     // it is another driver's memory,
    int file;         // by this file descriptor
};

// `list` may be NULL. CL_INVALID_PROPERTY; CL_INVALID_DEVICE: one that the context has not got.
cl_int memory_properties_read(const struct kiln_context *, const cl_mem_properties *list,
                              struct memory_properties *);

// Whether a device is one that a list, read before, names; all are of a list that names none.
bool memory_properties_have_device(const cl_mem_properties *list, const struct kiln_device *);
