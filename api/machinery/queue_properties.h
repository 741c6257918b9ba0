// The property list of clCreateCommandQueueWithProperties. Source: OpenCL 3.0, table "List of supported queue
// creation properties"; cl_khr_priority_hints; cl_khr_throttle_hints.
#pragma once

#include <CL/cl.h>
#include <CL/cl_ext.h>
#include <stddef.h>

struct queue_properties {
    cl_command_queue_properties flags;
    cl_queue_priority_khr priority;
    cl_queue_throttle_khr throttle;
    size_t count; // elements of the list with its terminating 0; 0: there was none
};

// CL_INVALID_VALUE for what is no valid list, CL_INVALID_QUEUE_PROPERTIES for what no device offers. `list`
// may be NULL.
cl_int queue_properties_read(const cl_queue_properties *list, struct queue_properties *);
