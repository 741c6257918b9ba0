// Shared virtual memory: CL_DEVICE_SVM_CAPABILITIES is 0, so nothing can be allocated and every command is
// refused.
#pragma clang diagnostic ignored "-Wunused-parameter" // what a signature must name
// NOLINTBEGIN(misc-unused-parameters)
#include "api/queue.h"

static cl_int svm_refuse(cl_command_queue queue)
{
    return queue_is(queue) ? CL_INVALID_OPERATION : CL_INVALID_COMMAND_QUEUE;
}

CL_API_ENTRY void *CL_API_CALL clSVMAlloc(cl_context context, cl_svm_mem_flags flags, size_t size,
                                          cl_uint alignment)
{
    return NULL;
}

CL_API_ENTRY void CL_API_CALL clSVMFree(cl_context context, void *pointer) {}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMFree(cl_command_queue queue, cl_uint count, void *pointers[],
                                                 void(CL_CALLBACK *free_function)(cl_command_queue, cl_uint,
                                                                                  void *[], void *),
                                                 void *argument, cl_uint wait_count, const cl_event *wait,
                                                 cl_event *event)
{
    return svm_refuse(queue);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMMemcpy(cl_command_queue queue, cl_bool blocking, void *to,
                                                   const void *from, size_t size, cl_uint wait_count,
                                                   const cl_event *wait, cl_event *event)
{
    return svm_refuse(queue);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMMemFill(cl_command_queue queue, void *to, const void *pattern,
                                                    size_t pattern_size, size_t size, cl_uint wait_count,
                                                    const cl_event *wait, cl_event *event)
{
    return svm_refuse(queue);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMMap(cl_command_queue queue, cl_bool blocking, cl_map_flags flags,
                                                void *pointer, size_t size, cl_uint wait_count,
                                                const cl_event *wait, cl_event *event)
{
    return svm_refuse(queue);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMUnmap(cl_command_queue queue, void *pointer, cl_uint wait_count,
                                                  const cl_event *wait, cl_event *event)
{
    return svm_refuse(queue);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMMigrateMem(cl_command_queue queue, cl_uint count,
                                                       const void **pointers, const size_t *sizes,
                                                       cl_mem_migration_flags flags, cl_uint wait_count,
                                                       const cl_event *wait, cl_event *event)
{
    return svm_refuse(queue);
}
// NOLINTEND(misc-unused-parameters)
