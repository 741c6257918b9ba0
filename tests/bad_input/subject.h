// What the bad calls are made with where an argument is to be good: one valid object of each kind, and more
// of those that are good for some calls only.
#pragma once

#include <CL/cl_icd.h>

enum {
    BUFFER_SIZE = 4096,
    SUBJECT_ARGUMENT = 7, // `kernel` writes its global id and this to `buffer`
};

extern const cl_icd_dispatch *cl; // the driver's
extern cl_platform_id platform;
extern cl_device_id device;
extern cl_context context;
extern cl_command_queue queue;
extern cl_event event;               // a user event that has not ended
extern cl_event marker;              // of a command that has ended, on a queue without profiling
extern cl_event timed;               // the same, with profiling
extern cl_mem buffer, sub_buffer;    // BUFFER_SIZE bytes; its second half
extern cl_mem write_only, read_only; // what kernels may do
extern cl_mem host_no_access, host_writes, host_reads; // what the host may do
extern cl_mem image, cube, lines;                      // 4 x 4, 4 x 4 x 4, a 1D array of 4 x 4
extern cl_mem floats;                                  // 4 x 4 of another format
extern cl_mem image_written, image_read;               // what kernels may do
extern cl_mem image_hidden;                            // CL_MEM_HOST_NO_ACCESS
extern cl_sampler sampler;
extern cl_program program, unbuilt, broken, object, whole; // built; not; failed to; compiled; linked
extern cl_kernel kernel, plain;                            // all arguments set; none
extern cl_kernel sized;                                    // reqd_work_group_size(8, 1, 1), no arguments
extern cl_kernel pictured; // a read-only 2D image, a write-only one, a sampler: all set. NULL without images
extern char host[BUFFER_SIZE];

// The same of another context, on the same device.
extern struct other {
    cl_context context;
    cl_command_queue queue;
    cl_event event;
    cl_mem buffer, image;
    cl_sampler sampler;
    cl_program program;
    cl_kernel kernel;
} other;

// What the device can: where it cannot, calls have another error.
extern cl_bool has_images, has_svm, has_pipes, has_il, has_sub_groups, has_mipmaps, is_before_3_1;

void subject_create(const char *library);
void subject_destroy(void);

// Handles that were valid once.
struct stale {
    const char *type;
    void *handle;
};
extern struct stale stale[8];
