// What the application waits with, and what it sends commands on their way with.
#include "api/event.h"
#include "api/machinery/command.h"

CL_API_ENTRY cl_int CL_API_CALL clFlush(cl_command_queue queue)
{
    if (!queue_is(queue)) return CL_INVALID_COMMAND_QUEUE;
    return queue_flush(queue_from(queue));
}

CL_API_ENTRY cl_int CL_API_CALL clFinish(cl_command_queue queue)
{
    if (!queue_is(queue)) return CL_INVALID_COMMAND_QUEUE;
    return commands_finish(queue_from(queue));
}

CL_API_ENTRY cl_int CL_API_CALL clWaitForEvents(cl_uint count, const cl_event *events)
{
    if (!count || !events) return CL_INVALID_VALUE;
    for (cl_uint i = 0; i < count; i++) {
        if (!event_is(events[i])) return CL_INVALID_EVENT;
        if (event_from(events[i])->context != event_from(events[0])->context) return CL_INVALID_CONTEXT;
    }
    cl_int result = CL_SUCCESS;
    for (cl_uint i = 0; i < count; i++) {
        struct kiln_event *event = event_from(events[i]);
        device_signal_wait(event->signal);
        if (event_result(event) < 0) result = CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST;
        if (event->owner) queue_reap((struct kiln_queue *)event->owner->queue);
    }
    return result;
}
