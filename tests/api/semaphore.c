// cl_khr_semaphore: signals and waits of one queue and of several, in both orders; queries; what is refused.
#include "group.h"

#include <CL/cl_ext.h>

#include <string.h>

enum { COUNT = 64, ROUNDS = 300, DEVICE_LIST = 0x2053 };

#define ENTRY_POINTS(X)                                                                                      \
    X(clCreateSemaphoreWithPropertiesKHR)                                                                    \
    X(clRetainSemaphoreKHR)                                                                                  \
    X(clReleaseSemaphoreKHR)                                                                                 \
    X(clGetSemaphoreInfoKHR)                                                                                 \
    X(clEnqueueWaitSemaphoresKHR)                                                                            \
    X(clEnqueueSignalSemaphoresKHR)
static struct {
#define MEMBER(name) name##_fn name;
    ENTRY_POINTS(MEMBER)
} api;

static cl_command_queue queues[3]; // in order, in order, out of order

static int open_group(void **state)
{
    session_group_open(state);
#define FIND(name)                                                                                           \
    api.name = (name##_fn)clGetExtensionFunctionAddressForPlatform(session_platform(&session), #name);       \
    assert_non_null(api.name);
    ENTRY_POINTS(FIND)
    for (unsigned i = 0; i < 3; i++)
        queues[i] = session_queue_of(&session, i == 2 ? CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE : 0);
    return 0;
}

static int close_group(void **state)
{
    for (unsigned i = 0; i < 3; i++) clReleaseCommandQueue(queues[i]);
    return session_group_close(state);
}

static cl_semaphore_khr semaphore_new(void)
{
    const cl_semaphore_properties_khr list[] = {CL_SEMAPHORE_TYPE_KHR, CL_SEMAPHORE_TYPE_BINARY_KHR, 0};
    cl_int error;
    cl_semaphore_khr semaphore = api.clCreateSemaphoreWithPropertiesKHR(session.context, list, &error);
    assert_int_equal(error, CL_SUCCESS);
    assert_non_null(semaphore);
    return semaphore;
}

static void semaphore_release(cl_semaphore_khr semaphore)
{
    assert_int_equal(api.clReleaseSemaphoreKHR(semaphore), CL_SUCCESS);
}

static void wait_for(cl_command_queue queue, cl_semaphore_khr semaphore, cl_event *event)
{
    assert_int_equal(api.clEnqueueWaitSemaphoresKHR(queue, 1, &semaphore, NULL, 0, NULL, event), CL_SUCCESS);
}

static void signal_to(cl_command_queue queue, cl_semaphore_khr semaphore, const cl_event *after)
{
    assert_int_equal(api.clEnqueueSignalSemaphoresKHR(queue, 1, &semaphore, NULL, after ? 1 : 0, after, NULL),
                     CL_SUCCESS);
}

static cl_semaphore_payload_khr payload(cl_semaphore_khr semaphore)
{
    cl_semaphore_payload_khr value = 77;
    assert_int_equal(
        api.clGetSemaphoreInfoKHR(semaphore, CL_SEMAPHORE_PAYLOAD_KHR, sizeof value, &value, NULL),
        CL_SUCCESS);
    return value;
}

// ---- Order --------------------------------------------------------------------------------------------

// Two queues take turns at one number.
static void queues_take_turns(void **state)
{
    (void)state;
    cl_kernel kernel = session_kernel(
        &session, "kernel void step(global int *out, int mul, int add) { *out = *out * mul + add; }", "step",
        "");
    cl_int zero = 0, error, value, want = 0;
    cl_mem memory = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, sizeof zero, &zero, &error);
    cl_semaphore_khr there = semaphore_new(), back = semaphore_new();
    const size_t one = 1;
    clSetKernelArg(kernel, 0, sizeof memory, (void *)&memory);
    for (int i = 0; i < ROUNDS; i++) {
        clSetKernelArg(kernel, 1, sizeof(cl_int), &(cl_int){1});
        clSetKernelArg(kernel, 2, sizeof(cl_int), &(cl_int){i});
        if (i) wait_for(queues[0], back, NULL);
        clEnqueueNDRangeKernel(queues[0], kernel, 1, NULL, &one, NULL, 0, NULL, NULL);
        signal_to(queues[0], there, NULL);
        wait_for(queues[1], there, NULL);
        clSetKernelArg(kernel, 1, sizeof(cl_int), &(cl_int){3});
        clEnqueueNDRangeKernel(queues[1], kernel, 1, NULL, &one, NULL, 0, NULL, NULL);
        signal_to(queues[1], back, NULL);
        want = (cl_int)((cl_uint)(want + i) * 3 + (cl_uint)i) % 1000003;
        clEnqueueReadBuffer(queues[1], memory, CL_TRUE, 0, sizeof value, &value, 0, NULL, NULL);
        value %= 1000003;
        assert_int_equal(value, want);
        clEnqueueWriteBuffer(queues[1], memory, CL_TRUE, 0, sizeof value, &value, 0, NULL, NULL);
    }
    semaphore_release(there);
    semaphore_release(back);
    clReleaseKernel(kernel);
    clReleaseMemObject(memory);
}

// The wait command may come first, and the semaphore may go before either has ended.
static void wait_before_signal(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        cl_semaphore_khr semaphore = semaphore_new();
        cl_event waited, gate = clCreateUserEvent(session.context, NULL);
        wait_for(queues[i], semaphore, &waited);
        assert_true(session_status(waited) > CL_COMPLETE);
        signal_to(queues[(i + 1) % 3], semaphore, &gate);
        semaphore_release(semaphore);
        assert_true(session_status(waited) > CL_COMPLETE);
        clSetUserEventStatus(gate, CL_COMPLETE);
        assert_int_equal(clWaitForEvents(1, &waited), CL_SUCCESS);
        clReleaseEvent(waited);
        clReleaseEvent(gate);
    }
}

// A signal that never comes, or ends with an error, is the wait command's error.
static void errors_pass(void **state)
{
    (void)state;
    cl_semaphore_khr semaphore = semaphore_new();
    cl_event waited, gate = clCreateUserEvent(session.context, NULL);
    wait_for(queues[2], semaphore, &waited);
    semaphore_release(semaphore);
    assert_int_not_equal(clWaitForEvents(1, &waited), CL_SUCCESS);
    assert_true(session_status(waited) < 0);
    clReleaseEvent(waited);
    semaphore = semaphore_new();
    signal_to(queues[2], semaphore, &gate);
    wait_for(queues[2], semaphore, &waited);
    clSetUserEventStatus(gate, -5);
    assert_int_not_equal(clWaitForEvents(1, &waited), CL_SUCCESS);
    assert_true(session_status(waited) < 0);
    assert_int_equal(api.clEnqueueSignalSemaphoresKHR(queues[0], 1, &semaphore, NULL, 1, &gate, NULL),
                     CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
    clReleaseEvent(waited);
    clReleaseEvent(gate);
    semaphore_release(semaphore);
}

static void several(void **state)
{
    (void)state;
    cl_semaphore_khr list[40];
    const cl_semaphore_payload_khr payloads[40] = {0};
    const cl_uint count = sizeof list / sizeof *list;
    cl_event signalled, waited;
    cl_command_type type;
    for (cl_uint i = 0; i < count; i++) list[i] = semaphore_new();
    for (unsigned round = 0; round < 3; round++) {
        assert_int_equal(
            api.clEnqueueSignalSemaphoresKHR(queues[0], count, list, payloads, 0, NULL, &signalled),
            CL_SUCCESS);
        assert_int_equal(clWaitForEvents(1, &signalled), CL_SUCCESS);
        clGetEventInfo(signalled, CL_EVENT_COMMAND_TYPE, sizeof type, &type, NULL);
        assert_int_equal(type, CL_COMMAND_SEMAPHORE_SIGNAL_KHR);
        for (cl_uint i = 0; i < count; i++) assert_int_equal(payload(list[i]), 1);
        assert_int_equal(
            api.clEnqueueWaitSemaphoresKHR(queues[2], count, list, payloads, 1, &signalled, &waited),
            CL_SUCCESS);
        assert_int_equal(clWaitForEvents(1, &waited), CL_SUCCESS);
        clGetEventInfo(waited, CL_EVENT_COMMAND_TYPE, sizeof type, &type, NULL);
        assert_int_equal(type, CL_COMMAND_SEMAPHORE_WAIT_KHR);
        for (cl_uint i = 0; i < count; i++) assert_int_equal(payload(list[i]), 0);
        clReleaseEvent(signalled);
        clReleaseEvent(waited);
    }
    for (cl_uint i = 0; i < count; i++) semaphore_release(list[i]);
}

// ---- Queries ------------------------------------------------------------------------------------------

static void queries(void **state)
{
    (void)state;
    const cl_semaphore_properties_khr list[] = {DEVICE_LIST,
                                                (cl_semaphore_properties_khr)session.device,
                                                0,
                                                CL_SEMAPHORE_TYPE_KHR,
                                                CL_SEMAPHORE_TYPE_BINARY_KHR,
                                                0};
    cl_semaphore_properties_khr told[6];
    cl_int error;
    cl_semaphore_khr semaphore = api.clCreateSemaphoreWithPropertiesKHR(session.context, list, &error);
    assert_int_equal(error, CL_SUCCESS);
    cl_context context;
    cl_uint number;
    cl_device_id device;
    size_t size;
#define ASK(name, value)                                                                                     \
    assert_int_equal(api.clGetSemaphoreInfoKHR(semaphore, name, sizeof(value), &(value), &size), CL_SUCCESS)
    ASK(CL_SEMAPHORE_CONTEXT_KHR, context);
    assert_ptr_equal(context, session.context);
    ASK(CL_SEMAPHORE_TYPE_KHR, number);
    assert_int_equal(number, CL_SEMAPHORE_TYPE_BINARY_KHR);
    ASK(CL_SEMAPHORE_PROPERTIES_KHR, told);
    assert_int_equal(size, sizeof list);
    assert_memory_equal(told, list, sizeof list);
    ASK(DEVICE_LIST, device);
    assert_int_equal(size, sizeof device);
    assert_ptr_equal(device, session.device);
    api.clRetainSemaphoreKHR(semaphore);
    ASK(CL_SEMAPHORE_REFERENCE_COUNT_KHR, number);
    assert_int_equal(number, 2);
    semaphore_release(semaphore);
    assert_int_equal(payload(semaphore), 0);
    assert_int_equal(api.clGetSemaphoreInfoKHR(semaphore, 0, 0, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(api.clGetSemaphoreInfoKHR(semaphore, CL_SEMAPHORE_TYPE_KHR, 1, &number, NULL),
                     CL_INVALID_VALUE);
    semaphore_release(semaphore);
    assert_int_equal(api.clReleaseSemaphoreKHR(semaphore), CL_INVALID_SEMAPHORE_KHR);
    assert_int_equal(
        clGetDeviceInfo(session.device, CL_DEVICE_SEMAPHORE_TYPES_KHR, sizeof number, &number, &size),
        CL_SUCCESS);
    assert_int_equal(number, CL_SEMAPHORE_TYPE_BINARY_KHR);
    assert_int_equal(clGetPlatformInfo(session_platform(&session), CL_PLATFORM_SEMAPHORE_TYPES_KHR,
                                       sizeof number, &number, &size),
                     CL_SUCCESS);
    assert_int_equal(number, CL_SEMAPHORE_TYPE_BINARY_KHR);
}

// ---- What is refused ----------------------------------------------------------------------------------

static void refused_creation(void **state)
{
    (void)state;
    const cl_semaphore_properties_khr device = (cl_semaphore_properties_khr)session.device,
                                      type = CL_SEMAPHORE_TYPE_KHR, binary = CL_SEMAPHORE_TYPE_BINARY_KHR;
    const struct {
        cl_semaphore_properties_khr list[8];
        cl_int error;
    } rows[] = {
        {{0}, CL_INVALID_VALUE},
        {{DEVICE_LIST, device, 0, 0}, CL_INVALID_VALUE},
        {{type, 2, 0}, CL_INVALID_PROPERTY},
        {{type, binary, type, binary, 0}, CL_INVALID_PROPERTY},
        {{0x1234, 1, type, binary, 0}, CL_INVALID_PROPERTY},
        {{type, binary, DEVICE_LIST, 0, 0}, CL_INVALID_DEVICE},
        {{type, binary, DEVICE_LIST, device, device, 0, 0}, CL_INVALID_DEVICE},
        {{type, binary, DEVICE_LIST, (cl_semaphore_properties_khr)session.queue, 0, 0}, CL_INVALID_DEVICE},
    };
    cl_int error;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_null(api.clCreateSemaphoreWithPropertiesKHR(session.context, rows[i].list, &error));
        assert_int_equal(error, rows[i].error);
    }
    assert_null(api.clCreateSemaphoreWithPropertiesKHR(session.context, NULL, &error));
    assert_int_equal(error, CL_INVALID_VALUE);
    assert_null(api.clCreateSemaphoreWithPropertiesKHR(NULL, rows[0].list, &error));
    assert_int_equal(error, CL_INVALID_CONTEXT);
}

static void refused_commands(void **state)
{
    (void)state;
    struct session other;
    session_open(&other);
    cl_semaphore_khr semaphore = semaphore_new(), nobody = NULL;
    cl_event event = clCreateUserEvent(other.context, NULL), garbage = (cl_event)(uintptr_t)16;
    const struct {
        cl_command_queue queue;
        cl_uint count;
        const cl_semaphore_khr *list;
        cl_uint wait_count;
        const cl_event *wait;
        cl_int error;
    } rows[] = {
        {NULL, 1, &semaphore, 0, NULL, CL_INVALID_COMMAND_QUEUE},
        {queues[0], 0, &semaphore, 0, NULL, CL_INVALID_VALUE},
        {queues[0], 1, NULL, 0, NULL, CL_INVALID_VALUE},
        {queues[0], 1, &nobody, 0, NULL, CL_INVALID_SEMAPHORE_KHR},
        {queues[0], 1, (cl_semaphore_khr *)&queues[0], 0, NULL, CL_INVALID_SEMAPHORE_KHR},
        {other.queue, 1, &semaphore, 0, NULL, CL_INVALID_CONTEXT},
        {queues[0], 1, &semaphore, 1, NULL, CL_INVALID_EVENT_WAIT_LIST},
        {queues[0], 1, &semaphore, 0, &event, CL_INVALID_EVENT_WAIT_LIST},
        {queues[0], 1, &semaphore, 1, &garbage, CL_INVALID_EVENT_WAIT_LIST},
        {queues[0], 1, &semaphore, 1, &event, CL_INVALID_CONTEXT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(api.clEnqueueSignalSemaphoresKHR(rows[i].queue, rows[i].count, rows[i].list, NULL,
                                                          rows[i].wait_count, rows[i].wait, NULL),
                         rows[i].error);
        assert_int_equal(api.clEnqueueWaitSemaphoresKHR(rows[i].queue, rows[i].count, rows[i].list, NULL,
                                                        rows[i].wait_count, rows[i].wait, NULL),
                         rows[i].error);
    }
    // Nothing of it was taken for a wait or a signal.
    signal_to(queues[0], semaphore, NULL);
    clFinish(queues[0]);
    assert_int_equal(payload(semaphore), 1);
    assert_int_equal(api.clRetainSemaphoreKHR(NULL), CL_INVALID_SEMAPHORE_KHR);
    assert_int_equal(api.clReleaseSemaphoreKHR(NULL), CL_INVALID_SEMAPHORE_KHR);
    assert_int_equal(api.clGetSemaphoreInfoKHR(NULL, CL_SEMAPHORE_TYPE_KHR, 0, NULL, NULL),
                     CL_INVALID_SEMAPHORE_KHR);
    semaphore_release(semaphore);
    clReleaseEvent(event);
    session_close(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queues_take_turns), cmocka_unit_test(wait_before_signal),
        cmocka_unit_test(errors_pass),       cmocka_unit_test(several),
        cmocka_unit_test(queries),           cmocka_unit_test(refused_creation),
        cmocka_unit_test(refused_commands),
    };
    return cmocka_run_group_tests(tests, open_group, close_group);
}
