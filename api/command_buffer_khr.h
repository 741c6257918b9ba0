// cl_khr_command_buffer 1.0.0 and cl_khr_command_buffer_mutable_dispatch 0.9.5. Debian's headers have earlier
// versions: what has other parameters since, or other members, has a name of its own here, which the
// application does not see.
#pragma once

#include <CL/cl_ext.h>

#define clCommandBarrierWithWaitListKHR clCommandBarrierWithWaitListKHR_1_0
#define clCommandCopyBufferKHR          clCommandCopyBufferKHR_1_0
#define clCommandCopyBufferRectKHR      clCommandCopyBufferRectKHR_1_0
#define clCommandCopyBufferToImageKHR   clCommandCopyBufferToImageKHR_1_0
#define clCommandCopyImageKHR           clCommandCopyImageKHR_1_0
#define clCommandCopyImageToBufferKHR   clCommandCopyImageToBufferKHR_1_0
#define clCommandFillBufferKHR          clCommandFillBufferKHR_1_0
#define clCommandFillImageKHR           clCommandFillImageKHR_1_0
#define clCommandNDRangeKernelKHR       clCommandNDRangeKernelKHR_1_0
#define clCommandSVMMemcpyKHR           clCommandSVMMemcpyKHR_1_0
#define clCommandSVMMemFillKHR          clCommandSVMMemFillKHR_1_0
#define clUpdateMutableCommandsKHR      clUpdateMutableCommandsKHR_0_9_5

typedef cl_properties command_properties; // cl_command_properties_khr

#ifndef CL_COMMAND_BUFFER_CONTEXT_KHR
#define CL_COMMAND_BUFFER_CONTEXT_KHR 0x1299
#endif
#ifndef CL_DEVICE_COMMAND_BUFFER_SUPPORTED_QUEUE_PROPERTIES_KHR
#define CL_DEVICE_COMMAND_BUFFER_SUPPORTED_QUEUE_PROPERTIES_KHR 0x129A
#endif
#ifndef CL_COMMAND_BUFFER_STATE_FINALIZED_KHR
#define CL_COMMAND_BUFFER_STATE_FINALIZED_KHR 2
#endif
#ifndef CL_MUTABLE_COMMAND_PROPERTIES_ARRAY_KHR
#define CL_MUTABLE_COMMAND_PROPERTIES_ARRAY_KHR 0x12A2
#endif
#ifndef CL_MUTABLE_DISPATCH_ASSERTS_KHR
#define CL_COMMAND_BUFFER_MUTABLE_DISPATCH_ASSERTS_KHR           0x12B7
#define CL_MUTABLE_DISPATCH_ASSERTS_KHR                          0x12B8
#define CL_MUTABLE_DISPATCH_ASSERT_NO_ADDITIONAL_WORK_GROUPS_KHR (1 << 0)
#endif

enum {
    UPDATE_DISPATCH_CONFIG = 0, // CL_STRUCTURE_TYPE_MUTABLE_DISPATCH_CONFIG_KHR
    COMMAND_BUFFER_CAPABILITIES =
        CL_COMMAND_BUFFER_CAPABILITY_KERNEL_PRINTF_KHR | CL_COMMAND_BUFFER_CAPABILITY_SIMULTANEOUS_USE_KHR,
    // Of queues that command buffers are enqueued to.
    COMMAND_BUFFER_QUEUE_PROPERTIES = CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE | CL_QUEUE_PROFILING_ENABLE,
    MUTABLE_DISPATCH_FIELDS = CL_MUTABLE_DISPATCH_GLOBAL_OFFSET_KHR | CL_MUTABLE_DISPATCH_GLOBAL_SIZE_KHR |
                              CL_MUTABLE_DISPATCH_LOCAL_SIZE_KHR | CL_MUTABLE_DISPATCH_ARGUMENTS_KHR |
                              CL_MUTABLE_DISPATCH_EXEC_INFO_KHR,
};

// cl_mutable_dispatch_config_khr
struct dispatch_config {
    cl_mutable_command_khr command;
    cl_uint num_args, num_svm_args, num_exec_infos, work_dim;
    const cl_mutable_dispatch_arg_khr *arg_list, *arg_svm_list;
    const cl_mutable_dispatch_exec_info_khr *exec_info_list;
    const size_t *global_work_offset, *global_work_size, *local_work_size;
};

CL_API_ENTRY cl_int CL_API_CALL clCommandBarrierWithWaitListKHR(
    cl_command_buffer_khr, cl_command_queue, const command_properties *, cl_uint wait_count,
    const cl_sync_point_khr *wait, cl_sync_point_khr *, cl_mutable_command_khr *);
CL_API_ENTRY cl_int CL_API_CALL clCommandCopyBufferKHR(cl_command_buffer_khr, cl_command_queue,
                                                       const command_properties *, cl_mem from, cl_mem to,
                                                       size_t from_offset, size_t to_offset, size_t size,
                                                       cl_uint wait_count, const cl_sync_point_khr *wait,
                                                       cl_sync_point_khr *, cl_mutable_command_khr *);
CL_API_ENTRY cl_int CL_API_CALL clCommandCopyBufferRectKHR(
    cl_command_buffer_khr, cl_command_queue, const command_properties *, cl_mem from, cl_mem to,
    const size_t *from_origin, const size_t *to_origin, const size_t *region, size_t from_row_pitch,
    size_t from_slice_pitch, size_t to_row_pitch, size_t to_slice_pitch, cl_uint wait_count,
    const cl_sync_point_khr *wait, cl_sync_point_khr *, cl_mutable_command_khr *);
CL_API_ENTRY cl_int CL_API_CALL clCommandCopyBufferToImageKHR(cl_command_buffer_khr, cl_command_queue,
                                                              const command_properties *, cl_mem from,
                                                              cl_mem to, size_t offset, const size_t *origin,
                                                              const size_t *region, cl_uint wait_count,
                                                              const cl_sync_point_khr *wait,
                                                              cl_sync_point_khr *, cl_mutable_command_khr *);
CL_API_ENTRY cl_int CL_API_CALL clCommandCopyImageKHR(cl_command_buffer_khr, cl_command_queue,
                                                      const command_properties *, cl_mem from, cl_mem to,
                                                      const size_t *from_origin, const size_t *to_origin,
                                                      const size_t *region, cl_uint wait_count,
                                                      const cl_sync_point_khr *wait, cl_sync_point_khr *,
                                                      cl_mutable_command_khr *);
CL_API_ENTRY cl_int CL_API_CALL clCommandCopyImageToBufferKHR(
    cl_command_buffer_khr, cl_command_queue, const command_properties *, cl_mem from, cl_mem to,
    const size_t *origin, const size_t *region, size_t offset, cl_uint wait_count,
    const cl_sync_point_khr *wait, cl_sync_point_khr *, cl_mutable_command_khr *);
CL_API_ENTRY cl_int CL_API_CALL clCommandFillBufferKHR(cl_command_buffer_khr, cl_command_queue,
                                                       const command_properties *, cl_mem,
                                                       const void *pattern, size_t pattern_size,
                                                       size_t offset, size_t size, cl_uint wait_count,
                                                       const cl_sync_point_khr *wait, cl_sync_point_khr *,
                                                       cl_mutable_command_khr *);
CL_API_ENTRY cl_int CL_API_CALL clCommandFillImageKHR(cl_command_buffer_khr, cl_command_queue,
                                                      const command_properties *, cl_mem, const void *color,
                                                      const size_t *origin, const size_t *region,
                                                      cl_uint wait_count, const cl_sync_point_khr *wait,
                                                      cl_sync_point_khr *, cl_mutable_command_khr *);
CL_API_ENTRY cl_int CL_API_CALL clCommandNDRangeKernelKHR(cl_command_buffer_khr, cl_command_queue,
                                                          const command_properties *, cl_kernel,
                                                          cl_uint dimensions, const size_t *offset,
                                                          const size_t *global, const size_t *local,
                                                          cl_uint wait_count, const cl_sync_point_khr *wait,
                                                          cl_sync_point_khr *, cl_mutable_command_khr *);
CL_API_ENTRY cl_int CL_API_CALL clCommandSVMMemcpyKHR(cl_command_buffer_khr, cl_command_queue,
                                                      const command_properties *, void *to, const void *from,
                                                      size_t size, cl_uint wait_count,
                                                      const cl_sync_point_khr *wait, cl_sync_point_khr *,
                                                      cl_mutable_command_khr *);
CL_API_ENTRY cl_int CL_API_CALL clCommandSVMMemFillKHR(cl_command_buffer_khr, cl_command_queue,
                                                       const command_properties *, void *to,
                                                       const void *pattern, size_t pattern_size, size_t size,
                                                       cl_uint wait_count, const cl_sync_point_khr *wait,
                                                       cl_sync_point_khr *, cl_mutable_command_khr *);
CL_API_ENTRY cl_int CL_API_CALL clUpdateMutableCommandsKHR(cl_command_buffer_khr, cl_uint count,
                                                           const cl_uint *types, const void **configs);
