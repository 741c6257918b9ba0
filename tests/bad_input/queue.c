// Sections 5.1 and 5.11 to 5.15: queues and events.
#include "table.h"

#include <stdlib.h>

static size_t size;
static char text[256];

#define PROPERTIES(...) (const cl_queue_properties[]){__VA_ARGS__, 0}

// 5.1 Command-Queues
void queues(void **state)
{
    (void)state;
    const cl_command_queue_properties unknown = 1 << 20;
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clCreateCommandQueueWithProperties(bad, device, NULL, error_out));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE,
                cl->clCreateCommandQueueWithProperties(context, bad, NULL, error_out));
    BAD(CL_INVALID_VALUE,
        cl->clCreateCommandQueueWithProperties(context, device, PROPERTIES(0x7777, 0), error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateCommandQueueWithProperties(
                              context, device, PROPERTIES(CL_QUEUE_PROPERTIES, unknown), error_out));
    BAD(CL_INVALID_VALUE, // without CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE
        cl->clCreateCommandQueueWithProperties(
            context, device, PROPERTIES(CL_QUEUE_PROPERTIES, CL_QUEUE_ON_DEVICE), error_out));
    BAD(CL_INVALID_QUEUE_PROPERTIES,
        cl->clCreateCommandQueueWithProperties(
            context, device,
            PROPERTIES(CL_QUEUE_PROPERTIES, CL_QUEUE_ON_DEVICE | CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE),
            error_out));
    BAD(CL_INVALID_VALUE,
        cl->clCreateCommandQueueWithProperties(context, device, PROPERTIES(CL_QUEUE_SIZE, 64), error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreateCommandQueue(bad, device, 0, error_out));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, cl->clCreateCommandQueue(context, bad, 0, error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateCommandQueue(context, device, unknown, error_out));
    BAD_HANDLES(cl_command_queue, CL_INVALID_COMMAND_QUEUE, cl->clRetainCommandQueue(bad));
    BAD_HANDLES(cl_command_queue, CL_INVALID_COMMAND_QUEUE, cl->clReleaseCommandQueue(bad));
    BAD_HANDLES(cl_command_queue, CL_INVALID_COMMAND_QUEUE,
                cl->clGetCommandQueueInfo(bad, CL_QUEUE_CONTEXT, 0, NULL, &size));
    BAD(CL_INVALID_VALUE, cl->clGetCommandQueueInfo(queue, 0, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetCommandQueueInfo(queue, CL_QUEUE_CONTEXT, 4, text, &size));
    BAD(CL_INVALID_COMMAND_QUEUE,
        cl->clGetCommandQueueInfo(queue, CL_QUEUE_SIZE, sizeof text, text, &size)); // of queues on the device
    BAD_HANDLES(cl_command_queue, CL_INVALID_COMMAND_QUEUE, cl->clSetCommandQueueProperty(bad, 0, 0, NULL));
    BAD(CL_INVALID_OPERATION, cl->clSetCommandQueueProperty(queue, CL_QUEUE_PROFILING_ENABLE, CL_TRUE, NULL));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clSetDefaultDeviceCommandQueue(bad, device, queue));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, cl->clSetDefaultDeviceCommandQueue(context, bad, queue));
    BAD(CL_INVALID_OPERATION, cl->clSetDefaultDeviceCommandQueue(context, device, queue));
}

static void CL_CALLBACK not_called(cl_event of, cl_int status, void *user)
{
    (void)of, (void)status, (void)user;
    abort();
}

// 5.11 Event Objects
void events(void **state)
{
    (void)state;
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreateUserEvent(bad, error_out));
    BAD_HANDLES(cl_event, CL_INVALID_EVENT, cl->clSetUserEventStatus(bad, CL_COMPLETE));
    BAD(CL_INVALID_EVENT, cl->clSetUserEventStatus(marker, CL_COMPLETE)); // not a user event
    BAD(CL_INVALID_VALUE, cl->clSetUserEventStatus(event, CL_RUNNING));
    BAD(CL_INVALID_VALUE, cl->clSetUserEventStatus(event, CL_QUEUED));
    BAD(CL_INVALID_VALUE, cl->clSetUserEventStatus(event, INT32_MAX));
    BAD(CL_INVALID_VALUE, cl->clWaitForEvents(0, NULL));
    BAD(CL_INVALID_VALUE, cl->clWaitForEvents(0, &event));
    BAD(CL_INVALID_VALUE, cl->clWaitForEvents(1, NULL));
    BAD(CL_INVALID_CONTEXT, cl->clWaitForEvents(2, (cl_event[]){marker, other.event}));
    BAD_HANDLES(cl_event, CL_INVALID_EVENT, cl->clWaitForEvents(1, &bad));
    BAD_HANDLES(cl_event, CL_INVALID_EVENT, cl->clWaitForEvents(2, (cl_event[]){marker, bad}));
    BAD_HANDLES(cl_event, CL_INVALID_EVENT, cl->clGetEventInfo(bad, CL_EVENT_CONTEXT, 0, NULL, &size));
    BAD(CL_INVALID_VALUE, cl->clGetEventInfo(event, 0, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetEventInfo(event, CL_EVENT_CONTEXT, 4, text, &size));
    BAD_HANDLES(cl_event, CL_INVALID_EVENT, cl->clSetEventCallback(bad, CL_COMPLETE, not_called, NULL));
    BAD(CL_INVALID_VALUE, cl->clSetEventCallback(event, CL_COMPLETE, NULL, NULL));
    BAD(CL_INVALID_VALUE, cl->clSetEventCallback(event, CL_QUEUED, not_called, NULL));
    BAD(CL_INVALID_VALUE, cl->clSetEventCallback(event, -1, not_called, NULL));
    BAD(CL_INVALID_VALUE, cl->clSetEventCallback(event, INT32_MAX, not_called, NULL));
    BAD_HANDLES(cl_event, CL_INVALID_EVENT, cl->clRetainEvent(bad));
    BAD_HANDLES(cl_event, CL_INVALID_EVENT, cl->clReleaseEvent(bad));
}

// 5.12 Markers, Barriers and Waiting for Events
void markers(void **state)
{
    (void)state;
    cl_event made;
    BAD_COMMAND(cl->clEnqueueMarkerWithWaitList(on, WAIT, NULL));
    BAD_COMMAND(cl->clEnqueueMarkerWithWaitList(on, WAIT, &made));
    BAD_COMMAND(cl->clEnqueueBarrierWithWaitList(on, WAIT, NULL));
    BAD_QUEUES(cl->clEnqueueMarker(on, &made));
    BAD(CL_INVALID_VALUE, cl->clEnqueueMarker(queue, NULL));
    BAD_QUEUES(cl->clEnqueueBarrier(on));
    BAD_QUEUES(cl->clEnqueueWaitForEvents(on, 1, &marker));
    BAD(CL_INVALID_VALUE, cl->clEnqueueWaitForEvents(queue, 0, &marker));
    BAD(CL_INVALID_VALUE, cl->clEnqueueWaitForEvents(queue, 1, NULL));
    BAD(CL_INVALID_CONTEXT, cl->clEnqueueWaitForEvents(queue, 1, &other.event));
    BAD_HANDLES(cl_event, CL_INVALID_EVENT, cl->clEnqueueWaitForEvents(queue, 1, &bad));
}

// 5.14 Profiling Operations on Memory Objects and Kernels
void profiling(void **state)
{
    (void)state;
    cl_ulong time;
    BAD_HANDLES(cl_event, CL_INVALID_EVENT,
                cl->clGetEventProfilingInfo(bad, CL_PROFILING_COMMAND_END, sizeof time, &time, NULL));
    BAD(CL_PROFILING_INFO_NOT_AVAILABLE, // a user event
        cl->clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof time, &time, NULL));
    BAD(CL_PROFILING_INFO_NOT_AVAILABLE, // of a queue without profiling
        cl->clGetEventProfilingInfo(marker, CL_PROFILING_COMMAND_END, sizeof time, &time, NULL));
    BAD(CL_INVALID_VALUE, cl->clGetEventProfilingInfo(timed, 0, sizeof time, &time, NULL));
    BAD(CL_INVALID_VALUE, cl->clGetEventProfilingInfo(timed, CL_PROFILING_COMMAND_END, 4, &time, NULL));
}

// 5.15 Flush and Finish
void flush_and_finish(void **state)
{
    (void)state;
    BAD_QUEUES(cl->clFlush(on));
    BAD_QUEUES(cl->clFinish(on));
}
