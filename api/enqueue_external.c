// Memory that other drivers share: whose it is for now. Kiln keeps nothing of it elsewhere, so that acquiring
// it is a barrier, and releasing it, too. Source: OpenCL 3.1, "Sharing Memory Objects created from External
// Memory Handles" (cl_khr_external_memory).
#include "api/machinery/command.h"
#include "api/machinery/memory_properties.h"
#include "api/memory.h"

static cl_int objects_check(const struct command_request *request, cl_uint count, const cl_mem *list)
{
    if ((count == 0) != (list == NULL)) return CL_INVALID_VALUE;
    for (cl_uint i = 0; i < count; i++) {
        if (!memory_is(list[i]) || !memory_from(list[i])->foreign) return CL_INVALID_MEM_OBJECT;
        const struct kiln_memory *memory = memory_from(list[i]);
        if (!context_has_device(memory->context, request->queue->device) ||
            !memory_properties_have_device(memory->properties, request->queue->device))
            return CL_INVALID_COMMAND_QUEUE;
        if (memory->context != request->queue->context) return CL_INVALID_CONTEXT;
    }
    for (cl_uint i = 0; i < request->wait_count; i++)
        if (event_result(event_from(request->wait[i])) < 0)
            return CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST;
    return CL_SUCCESS;
}

static cl_int external_enqueue(cl_command_queue queue, cl_command_type type, cl_uint count,
                               const cl_mem *objects, cl_uint wait_count, const cl_event *wait,
                               cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, type, wait_count, wait, event);
    if (!error) error = objects_check(&request, count, objects);
    bool acquires = type == CL_COMMAND_ACQUIRE_EXTERNAL_MEM_OBJECTS_KHR;
    for (cl_uint i = 0; !error && acquires && i < count; i++)
        device_memory_host_wrote(memory_from(objects[i])->storage);
    return error ? error : command_enqueue_nothing(&request);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueAcquireExternalMemObjectsKHR(cl_command_queue queue, cl_uint count,
                                                                      const cl_mem *objects,
                                                                      cl_uint wait_count,
                                                                      const cl_event *wait, cl_event *event)
{
    return external_enqueue(queue, CL_COMMAND_ACQUIRE_EXTERNAL_MEM_OBJECTS_KHR, count, objects, wait_count,
                            wait, event);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueReleaseExternalMemObjectsKHR(cl_command_queue queue, cl_uint count,
                                                                      const cl_mem *objects,
                                                                      cl_uint wait_count,
                                                                      const cl_event *wait, cl_event *event)
{
    return external_enqueue(queue, CL_COMMAND_RELEASE_EXTERNAL_MEM_OBJECTS_KHR, count, objects, wait_count,
                            wait, event);
}
