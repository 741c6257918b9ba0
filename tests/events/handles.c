// Handles that are none: NULL, garbage, stale ones, and ones of another type give the specified error at
// every call.
#include "session.h"

#include <CL/cl_ext.h>

static struct session session;
static cl_event stale_event;
static cl_context stale_context;
static cl_command_queue stale_queue;

static int open_all(void **state)
{
    cl_int status;
    (void)state;
    session_open(&session);
    stale_event = clCreateUserEvent(session.context, &status);
    clReleaseEvent(stale_event);
    stale_queue = session_queue(&session);
    clReleaseCommandQueue(stale_queue);
    stale_context = clCreateContext(NULL, 1, &session.device, NULL, NULL, &status);
    clReleaseContext(stale_context);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    session_close(&session);
    return 0;
}

// The loader itself answers for NULL, and dereferences what it is given: garbage must at least begin with a
// dispatch table. So each wrong handle is a live one of another type, or a stale one kept alive by the
// allocator.
static void wrong_type(void **state)
{
    size_t size;
    cl_int status;
    const cl_queue_properties none[] = {0};
    (void)state;
    assert_int_equal(clRetainContext((cl_context)session.queue), CL_INVALID_CONTEXT);
    assert_int_equal(clReleaseContext((cl_context)session.device), CL_INVALID_CONTEXT);
    assert_int_equal(clGetContextInfo((cl_context)session.queue, CL_CONTEXT_DEVICES, 0, NULL, &size),
                     CL_INVALID_CONTEXT);
    assert_int_equal(clRetainCommandQueue((cl_command_queue)session.context), CL_INVALID_COMMAND_QUEUE);
    assert_int_equal(clReleaseCommandQueue((cl_command_queue)session.context), CL_INVALID_COMMAND_QUEUE);
    assert_int_equal(clFinish((cl_command_queue)session.context), CL_INVALID_COMMAND_QUEUE);
    assert_int_equal(clFlush((cl_command_queue)session.device), CL_INVALID_COMMAND_QUEUE);
    assert_int_equal(
        clGetCommandQueueInfo((cl_command_queue)session.context, CL_QUEUE_CONTEXT, 0, NULL, &size),
        CL_INVALID_COMMAND_QUEUE);
    assert_int_equal(clRetainEvent((cl_event)session.queue), CL_INVALID_EVENT);
    assert_int_equal(clReleaseEvent((cl_event)session.queue), CL_INVALID_EVENT);
    assert_int_equal(clSetUserEventStatus((cl_event)session.queue, CL_COMPLETE), CL_INVALID_EVENT);
    assert_int_equal(clGetEventInfo((cl_event)session.queue, CL_EVENT_CONTEXT, 0, NULL, &size),
                     CL_INVALID_EVENT);
    assert_int_equal(clGetDeviceInfo((cl_device_id)session.queue, CL_DEVICE_NAME, 0, NULL, &size),
                     CL_INVALID_DEVICE);
    assert_int_equal(clRetainDevice((cl_device_id)session.queue), CL_INVALID_DEVICE);
    assert_null(clCreateCommandQueueWithProperties((cl_context)session.queue, session.device, none, &status));
    assert_int_equal(status, CL_INVALID_CONTEXT);
    assert_null(
        clCreateCommandQueueWithProperties(session.context, (cl_device_id)session.queue, none, &status));
    assert_int_equal(status, CL_INVALID_DEVICE);
    assert_null(clCreateUserEvent((cl_context)session.queue, &status));
    assert_int_equal(status, CL_INVALID_CONTEXT);
}

static void null_handles(void **state)
{
    cl_int status;
    cl_ulong time;
    (void)state;
    assert_int_equal(clRetainContext(NULL), CL_INVALID_CONTEXT);
    assert_int_equal(clReleaseContext(NULL), CL_INVALID_CONTEXT);
    assert_int_equal(clFinish(NULL), CL_INVALID_COMMAND_QUEUE);
    assert_int_equal(clRetainEvent(NULL), CL_INVALID_EVENT);
    assert_int_equal(clReleaseEvent(NULL), CL_INVALID_EVENT);
    assert_int_equal(clWaitForEvents(0, NULL), CL_INVALID_VALUE);
    assert_int_equal(clGetHostTimer(NULL, &time), CL_INVALID_DEVICE);
    assert_int_equal(clGetHostTimer(session.device, NULL), CL_INVALID_VALUE);
    assert_int_equal(clEnqueueMarkerWithWaitList(session.queue, 1, NULL, NULL), CL_INVALID_EVENT_WAIT_LIST);
    assert_null(clCreateContext(NULL, 0, &session.device, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(clCreateContext(NULL, 1, &session.device, NULL, &session, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
}

static void forbidden_properties(void **state)
{
    cl_int status;
    const cl_context_properties unknown[] = {0x7777, 1, 0},
                                platform[] = {CL_CONTEXT_PLATFORM, (cl_context_properties)&session, 0};
    const cl_queue_properties out_of_order[] = {CL_QUEUE_PROPERTIES, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE,
                                                0};
    const cl_queue_properties bits[] = {CL_QUEUE_PROPERTIES, 0x1000, 0}, key[] = {0x7777, 0, 0};
    (void)state;
    assert_null(clCreateContext(unknown, 1, &session.device, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_PROPERTY);
    assert_null(clCreateContext(platform, 1, &session.device, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_PLATFORM);
    assert_null(clCreateCommandQueueWithProperties(session.context, session.device, out_of_order, &status));
    assert_int_equal(status, CL_INVALID_QUEUE_PROPERTIES);
    assert_null(clCreateCommandQueueWithProperties(session.context, session.device, bits, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(clCreateCommandQueueWithProperties(session.context, session.device, key, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(clCreateContextFromType(NULL, 0x4000, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_DEVICE_TYPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_type),
        cmocka_unit_test(null_handles),
        cmocka_unit_test(forbidden_properties),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
