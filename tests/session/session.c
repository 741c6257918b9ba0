#include "session.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static cl_device_id device_find(void)
{
    cl_platform_id platforms[8];
    cl_device_id device = NULL;
    cl_uint count = 0;
    assert_int_equal(clGetPlatformIDs(8, platforms, &count), CL_SUCCESS);
    for (cl_uint i = 0; i < count && !device; i++) {
        char name[64] = "";
        clGetPlatformInfo(platforms[i], CL_PLATFORM_NAME, sizeof name, name, NULL);
        if (!strcmp(name, "Kiln"))
            assert_int_equal(clGetDeviceIDs(platforms[i], CL_DEVICE_TYPE_ALL, 1, &device, NULL), CL_SUCCESS);
    }
    assert_non_null(device);
    return device;
}

cl_platform_id session_platform(const struct session *session)
{
    cl_platform_id platform;
    assert_int_equal(
        clGetDeviceInfo(session->device, CL_DEVICE_PLATFORM, sizeof(cl_platform_id), &platform, NULL),
        CL_SUCCESS);
    return platform;
}

static void CL_CALLBACK context_fault(const char *text, const void *info, size_t size, void *user)
{
    struct session *session = user;
    (void)info, (void)size;
    snprintf(session->fault_text, sizeof session->fault_text, "%s", text);
    __atomic_fetch_add(&session->fault_count, 1, __ATOMIC_RELEASE);
}

static cl_command_queue queue_create(const struct session *session, const cl_queue_properties *properties)
{
    cl_int status;
    cl_command_queue queue =
        clCreateCommandQueueWithProperties(session->context, session->device, properties, &status);
    assert_int_equal(status, CL_SUCCESS);
    return queue;
}

cl_command_queue session_queue(const struct session *session) { return queue_create(session, NULL); }

cl_command_queue session_queue_of(const struct session *session, cl_command_queue_properties flags)
{
    return queue_create(session, (const cl_queue_properties[]){CL_QUEUE_PROPERTIES, flags, 0});
}

void session_open(struct session *session)
{
    cl_int status;
    *session = (struct session){.device = device_find()};
    session->context = clCreateContext(NULL, 1, &session->device, context_fault, session, &status);
    assert_int_equal(status, CL_SUCCESS);
    session->queue = session_queue(session);
}

static void CL_CALLBACK context_ended(cl_context context, void *argument)
{
    (void)context;
    *(_Atomic(bool) *)argument = true;
}

// Dead queues end on a thread of the driver's. What they hold looks lost to a leak checker that comes before
// that.
void session_close(struct session *session)
{
    _Atomic(bool) ended = false;
    bool waits = session->fault_count;
    if (waits)
        assert_int_equal(clSetContextDestructorCallback(session->context, context_ended, &ended), CL_SUCCESS);
    assert_int_equal(clReleaseCommandQueue(session->queue), CL_SUCCESS);
    assert_int_equal(clReleaseContext(session->context), CL_SUCCESS);
    for (unsigned i = 0; waits && !ended && i < 30000; i++) usleep(1000);
    assert_true(ended || !waits);
}

cl_program session_program(const struct session *session, const char *source, const char *options)
{
    cl_int status;
    cl_program program = clCreateProgramWithSource(session->context, 1, &source, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    if (clBuildProgram(program, 1, &session->device, options, NULL, NULL) != CL_SUCCESS) {
        static _Thread_local char log[1 << 18] = ""; // a generated program has much to say
        clGetProgramBuildInfo(program, session->device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
        fail_msg("%s", log);
    }
    return program;
}

cl_kernel session_kernel(const struct session *session, const char *source, const char *name,
                         const char *options)
{
    cl_int status;
    cl_program program = session_program(session, source, options);
    cl_kernel kernel = clCreateKernel(program, name, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
    return kernel;
}

cl_int session_status(cl_event event)
{
    cl_int status;
    assert_int_equal(clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof status, &status, NULL),
                     CL_SUCCESS);
    return status;
}

char *session_captured(const struct session *session, cl_int (*enqueue)(void *), void *argument)
{
    static char text[4 << 20];
    FILE *file = tmpfile();
    int terminal = dup(STDOUT_FILENO);
    if (!file || terminal < 0) abort();
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    cl_int error = enqueue(argument);
    if (!error) error = clFinish(session->queue);
    dup2(terminal, STDOUT_FILENO);
    close(terminal);
    assert_int_equal(error, CL_SUCCESS);
    ssize_t length = pread(fileno(file), text, sizeof text - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    fclose(file);
    return text;
}

struct printing {
    cl_command_queue queue;
    cl_kernel kernel;
    size_t items;
};

static cl_int printing_enqueue(void *argument)
{
    const struct printing *printing = argument;
    return clEnqueueNDRangeKernel(printing->queue, printing->kernel, 1, NULL, &printing->items, NULL, 0, NULL,
                                  NULL);
}

char *session_printed(const struct session *session, cl_kernel kernel, size_t items)
{
    return session_captured(session, printing_enqueue, &(struct printing){session->queue, kernel, items});
}
