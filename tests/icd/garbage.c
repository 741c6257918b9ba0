// usage: garbage libkiln.so. Handles that never were, are no more, or are something else: the loader cannot
// pass them on, so the dispatch table is called directly. None may be dereferenced.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <CL/cl_icd.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static const cl_icd_dispatch *cl;
static cl_platform_id platform;
static cl_device_id device;
static cl_context context;
static cl_command_queue queue;
static cl_event event;

enum { HANDLES = 8 };
static void *handles[HANDLES];

static int library_open(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    clIcdGetPlatformIDsKHR_fn get = library ? dlsym(library, "clIcdGetPlatformIDsKHR") : NULL;
    if (!get || get(1, &platform, NULL)) {
        fprintf(stderr, "%s\n", dlerror());
        return -1;
    }
    cl = *(const cl_icd_dispatch *const *)platform;
    return 0;
}

static int objects_create(void **state)
{
    cl_int status;
    (void)state;
    assert_int_equal(cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL), CL_SUCCESS);
    context = cl->clCreateContext(NULL, 1, &device, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    queue = cl->clCreateCommandQueueWithProperties(context, device, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    event = cl->clCreateUserEvent(context, &status);
    assert_int_equal(status, CL_SUCCESS);
    cl_event stale = cl->clCreateUserEvent(context, &status);
    assert_int_equal(cl->clReleaseEvent(stale), CL_SUCCESS);
    handles[0] = NULL;
    handles[1] = (void *)1;
    handles[2] = (void *)UINTPTR_MAX;
    handles[3] = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); // faults when read
    handles[4] = stale;
    handles[5] = calloc(1, 256);      // no object at all
    handles[6] = (char *)context + 8; // inside an object
    handles[7] = platform;            // one of another type
    return 0;
}

static int objects_release(void **state)
{
    (void)state;
    munmap(handles[3], 4096);
    free(handles[5]);
    assert_int_equal(cl->clReleaseEvent(event), CL_SUCCESS);
    assert_int_equal(cl->clReleaseCommandQueue(queue), CL_SUCCESS);
    assert_int_equal(cl->clReleaseContext(context), CL_SUCCESS);
    return 0;
}

static void devices(void **state)
{
    size_t size;
    cl_ulong time;
    cl_uint count;
    (void)state;
    for (int i = 0; i < HANDLES; i++) {
        cl_device_id bad = handles[i];
        assert_int_equal(cl->clGetDeviceInfo(bad, CL_DEVICE_NAME, 0, NULL, &size), CL_INVALID_DEVICE);
        assert_int_equal(cl->clRetainDevice(bad), CL_INVALID_DEVICE);
        assert_int_equal(cl->clReleaseDevice(bad), CL_INVALID_DEVICE);
        assert_int_equal(cl->clCreateSubDevices(bad, NULL, 0, NULL, &count), CL_INVALID_DEVICE);
        assert_int_equal(cl->clGetDeviceAndHostTimer(bad, &time, &time), CL_INVALID_DEVICE);
        assert_int_equal(cl->clGetHostTimer(bad, &time), CL_INVALID_DEVICE);
        if (handles[i] != platform)
            assert_int_equal(cl->clGetDeviceIDs((cl_platform_id)bad, CL_DEVICE_TYPE_ALL, 0, NULL, &count),
                             CL_INVALID_PLATFORM);
    }
}

static void contexts(void **state)
{
    size_t size;
    cl_int status;
    (void)state;
    for (int i = 0; i < HANDLES; i++) {
        cl_context bad = handles[i];
        const cl_context_properties properties[] = {CL_CONTEXT_PLATFORM, (cl_context_properties)bad, 0};
        assert_int_equal(cl->clRetainContext(bad), CL_INVALID_CONTEXT);
        assert_int_equal(cl->clReleaseContext(bad), CL_INVALID_CONTEXT);
        assert_int_equal(cl->clGetContextInfo(bad, CL_CONTEXT_DEVICES, 0, NULL, &size), CL_INVALID_CONTEXT);
        assert_null(cl->clCreateUserEvent(bad, &status));
        assert_int_equal(status, CL_INVALID_CONTEXT);
        assert_null(cl->clCreateCommandQueueWithProperties(bad, device, NULL, &status));
        assert_int_equal(status, CL_INVALID_CONTEXT);
        assert_null(cl->clCreateContext(NULL, 1, (cl_device_id *)&handles[i], NULL, NULL, &status));
        assert_int_equal(status, CL_INVALID_DEVICE);
        if (handles[i] == platform) continue;
        assert_null(cl->clCreateContext(properties, 1, &device, NULL, NULL, &status));
        assert_int_equal(status, CL_INVALID_PLATFORM);
    }
}

static void queues(void **state)
{
    size_t size;
    cl_int status;
    (void)state;
    for (int i = 0; i < HANDLES; i++) {
        cl_command_queue bad = handles[i];
        assert_null(cl->clCreateCommandQueueWithProperties(context, (cl_device_id)bad, NULL, &status));
        assert_int_equal(status, CL_INVALID_DEVICE);
        assert_int_equal(cl->clRetainCommandQueue(bad), CL_INVALID_COMMAND_QUEUE);
        assert_int_equal(cl->clReleaseCommandQueue(bad), CL_INVALID_COMMAND_QUEUE);
        assert_int_equal(cl->clGetCommandQueueInfo(bad, CL_QUEUE_CONTEXT, 0, NULL, &size),
                         CL_INVALID_COMMAND_QUEUE);
        assert_int_equal(cl->clFlush(bad), CL_INVALID_COMMAND_QUEUE);
        assert_int_equal(cl->clFinish(bad), CL_INVALID_COMMAND_QUEUE);
        assert_int_equal(cl->clEnqueueMarkerWithWaitList(bad, 0, NULL, NULL), CL_INVALID_COMMAND_QUEUE);
        assert_int_equal(cl->clEnqueueBarrierWithWaitList(bad, 0, NULL, NULL), CL_INVALID_COMMAND_QUEUE);
        assert_int_equal(cl->clEnqueueMarker(bad, NULL), CL_INVALID_COMMAND_QUEUE);
        assert_int_equal(cl->clEnqueueBarrier(bad), CL_INVALID_COMMAND_QUEUE);
        assert_int_equal(cl->clEnqueueWaitForEvents(bad, 1, &event), CL_INVALID_COMMAND_QUEUE);
    }
}

static void CL_CALLBACK not_called(cl_event unused, cl_int status, void *argument)
{
    (void)unused, (void)status, (void)argument;
    abort();
}

static void events(void **state)
{
    size_t size;
    (void)state;
    for (int i = 0; i < HANDLES; i++) {
        cl_event bad = handles[i], list[] = {event, bad};
        assert_int_equal(cl->clRetainEvent(bad), CL_INVALID_EVENT);
        assert_int_equal(cl->clReleaseEvent(bad), CL_INVALID_EVENT);
        assert_int_equal(cl->clGetEventInfo(bad, CL_EVENT_CONTEXT, 0, NULL, &size), CL_INVALID_EVENT);
        assert_int_equal(cl->clGetEventProfilingInfo(bad, CL_PROFILING_COMMAND_END, 0, NULL, &size),
                         CL_INVALID_EVENT);
        assert_int_equal(cl->clSetUserEventStatus(bad, CL_COMPLETE), CL_INVALID_EVENT);
        assert_int_equal(cl->clSetEventCallback(bad, CL_COMPLETE, not_called, NULL), CL_INVALID_EVENT);
        assert_int_equal(cl->clWaitForEvents(2, list), CL_INVALID_EVENT);
        assert_int_equal(cl->clEnqueueMarkerWithWaitList(queue, 2, list, NULL), CL_INVALID_EVENT_WAIT_LIST);
        assert_int_equal(cl->clEnqueueWaitForEvents(queue, 2, list), CL_INVALID_EVENT);
    }
}

// A handle released as often as the application may is its no more, though the queue still keeps the object.
static void released_too_often(void **state)
{
    cl_int status;
    cl_uint references;
    (void)state;
    cl_context mine = cl->clCreateContext(NULL, 1, &device, NULL, NULL, &status);
    cl_command_queue keeper = cl->clCreateCommandQueueWithProperties(mine, device, NULL, &status);
    assert_int_equal(
        cl->clGetContextInfo(mine, CL_CONTEXT_REFERENCE_COUNT, sizeof references, &references, NULL),
        CL_SUCCESS);
    assert_int_equal(references, 1);
    assert_int_equal(cl->clRetainContext(mine), CL_SUCCESS);
    assert_int_equal(cl->clReleaseContext(mine), CL_SUCCESS);
    assert_int_equal(cl->clReleaseContext(mine), CL_SUCCESS);
    assert_int_equal(cl->clReleaseContext(mine), CL_INVALID_CONTEXT);
    assert_int_equal(cl->clFinish(keeper), CL_SUCCESS);
    assert_int_equal(cl->clReleaseCommandQueue(keeper), CL_SUCCESS);
    assert_int_equal(cl->clReleaseCommandQueue(keeper), CL_INVALID_COMMAND_QUEUE);
    assert_int_equal(cl->clRetainContext(mine), CL_INVALID_CONTEXT);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices), cmocka_unit_test(contexts),           cmocka_unit_test(queues),
        cmocka_unit_test(events),  cmocka_unit_test(released_too_often),
    };
    if (argc != 2 || library_open(argv[1])) return 2;
    return cmocka_run_group_tests(tests, objects_create, objects_release);
}
