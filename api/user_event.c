// User events: what the application ends itself.
#include "api/event.h"
#include "api/machinery/command.h"
#include "api/machinery/held.h"
#include "api/machinery/info.h"

CL_API_ENTRY cl_event CL_API_CALL clCreateUserEvent(cl_context context, cl_int *error_out)
{
    struct kiln_event *event;
    if (!context_is(context)) return error_return(error_out, CL_INVALID_CONTEXT);
    cl_int error = event_create(context_from(context), NULL, CL_COMMAND_USER, &event);
    if (error) return error_return(error_out, error);
    if (error_out) *error_out = CL_SUCCESS;
    return event_handle(event);
}

CL_API_ENTRY cl_int CL_API_CALL clSetUserEventStatus(cl_event handle, cl_int status)
{
    if (!event_is(handle) || event_from(handle)->owner) return CL_INVALID_EVENT;
    if (status > CL_COMPLETE) return CL_INVALID_VALUE;
    struct kiln_event *event = event_from(handle);
    pthread_mutex_lock(&event->lock);
    bool first = !event->is_submitted; // of a user event: its status is set
    event->is_submitted = true;
    pthread_mutex_unlock(&event->lock);
    if (!first) return CL_INVALID_OPERATION;
    event_retain(event); // what waits for it may release the application's reference
    device_signal_set(event->signal, status);
    held_event_known(event);
    commands_resume(event->context);
    event_release(event);
    return CL_SUCCESS;
}
