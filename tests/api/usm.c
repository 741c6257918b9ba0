// cl_intel_unified_shared_memory: allocation and what is told of it, freeing, every command, kernels that
// follow pointers.
#include "group.h"
#include "idle.h"

#include <CL/cl_ext.h>
#include <pthread.h>
#include <stdatomic.h>

enum { COUNT = 1000, SIZE = COUNT * sizeof(cl_int) };

// ---- The entry points ---------------------------------------------------------------------------------

#define ENTRY_POINTS(X)                                                                                      \
    X(clHostMemAllocINTEL)                                                                                   \
    X(clDeviceMemAllocINTEL)                                                                                 \
    X(clSharedMemAllocINTEL)                                                                                 \
    X(clMemFreeINTEL)                                                                                        \
    X(clMemBlockingFreeINTEL)                                                                                \
    X(clGetMemAllocInfoINTEL)                                                                                \
    X(clSetKernelArgMemPointerINTEL)                                                                         \
    X(clEnqueueMemFillINTEL)                                                                                 \
    X(clEnqueueMemcpyINTEL)                                                                                  \
    X(clEnqueueMigrateMemINTEL)                                                                              \
    X(clEnqueueMemAdviseINTEL)
static struct {
#define MEMBER(name) name##_fn name;
    ENTRY_POINTS(MEMBER)
} usm;

static int open_session(void **state)
{
    session_group_open(state);
    cl_platform_id platform;
    clGetDeviceInfo(session.device, CL_DEVICE_PLATFORM, sizeof platform, (void *)&platform, NULL);
#define FIND(name)                                                                                           \
    usm.name = (name##_fn)clGetExtensionFunctionAddressForPlatform(platform, #name);                         \
    assert_non_null(usm.name);
    ENTRY_POINTS(FIND)
    return 0;
}

// ---- Allocation ---------------------------------------------------------------------------------------

enum kind { HOST, DEVICE, SHARED, KINDS };
static const cl_uint types[] = {CL_MEM_TYPE_HOST_INTEL, CL_MEM_TYPE_DEVICE_INTEL, CL_MEM_TYPE_SHARED_INTEL};

static void *allocate(enum kind kind, const cl_mem_properties_intel *properties, size_t size,
                      cl_uint alignment, cl_int *error)
{
    if (kind == HOST) return usm.clHostMemAllocINTEL(session.context, properties, size, alignment, error);
    return kind == DEVICE ? usm.clDeviceMemAllocINTEL(session.context, session.device, properties, size,
                                                      alignment, error)
                          : usm.clSharedMemAllocINTEL(session.context, session.device, properties, size,
                                                      alignment, error);
}

static void *memory_new(enum kind kind)
{
    cl_int error;
    void *memory = allocate(kind, NULL, SIZE, 0, &error);
    assert_int_equal(error, CL_SUCCESS);
    assert_non_null(memory);
    assert_int_equal((uintptr_t)memory % 128, 0);
    return memory;
}

static void memory_free(void *memory)
{
    assert_int_equal(usm.clMemFreeINTEL(session.context, memory), CL_SUCCESS);
}

static void refused_allocations(void **state)
{
    (void)state;
    const cl_mem_properties_intel unknown[] = {0x1234, 1, 0};
    const cl_mem_properties_intel twice[] = {CL_MEM_ALLOC_FLAGS_INTEL, 0, CL_MEM_ALLOC_FLAGS_INTEL, 0, 0};
    const cl_mem_properties_intel bad[] = {CL_MEM_ALLOC_FLAGS_INTEL, 1 << 10, 0};
    const cl_mem_properties_intel both[] = {
        CL_MEM_ALLOC_FLAGS_INTEL,
        CL_MEM_ALLOC_INITIAL_PLACEMENT_DEVICE_INTEL | CL_MEM_ALLOC_INITIAL_PLACEMENT_HOST_INTEL, 0};
    const struct {
        const cl_mem_properties_intel *properties;
        size_t size;
        cl_uint alignment;
        cl_int error;
    } cases[] = {
        {NULL, 0, 0, CL_INVALID_BUFFER_SIZE},  {NULL, SIZE_MAX, 0, CL_INVALID_BUFFER_SIZE},
        {NULL, 64, 3, CL_INVALID_VALUE},       {NULL, 64, 1u << 31, CL_INVALID_VALUE},
        {unknown, 64, 0, CL_INVALID_PROPERTY}, {twice, 64, 0, CL_INVALID_PROPERTY},
        {bad, 64, 0, CL_INVALID_PROPERTY},     {both, 64, 0, CL_INVALID_PROPERTY},
    };
    cl_int error;
    for (enum kind kind = HOST; kind < KINDS; kind++) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            assert_null(allocate(kind, cases[i].properties, cases[i].size, cases[i].alignment, &error));
            assert_int_equal(error, cases[i].error);
        }
    }
    assert_null(usm.clHostMemAllocINTEL(NULL, NULL, 64, 0, &error));
    assert_int_equal(error, CL_INVALID_CONTEXT);
    assert_null(usm.clDeviceMemAllocINTEL(session.context, NULL, NULL, 64, 0, &error));
    assert_int_equal(error, CL_INVALID_DEVICE);
    assert_null(
        usm.clSharedMemAllocINTEL(session.context, (cl_device_id)session.context, NULL, 64, 0, &error));
    assert_int_equal(error, CL_INVALID_DEVICE);
    void *memory = usm.clSharedMemAllocINTEL(session.context, NULL, NULL, 64, 0, NULL);
    assert_non_null(memory);
    memory_free(memory);
}

static void query(const void *pointer, cl_mem_info_intel name, size_t size, void *value)
{
    size_t told;
    assert_int_equal(usm.clGetMemAllocInfoINTEL(session.context, pointer, name, size, value, &told),
                     CL_SUCCESS);
    assert_int_equal(told, size);
}

static void assert_info(const void *pointer, cl_uint wanted_type, const void *wanted_base, size_t wanted_size,
                        cl_device_id wanted_device)
{
    cl_uint type;
    void *base;
    size_t size;
    cl_device_id device;
    query(pointer, CL_MEM_ALLOC_TYPE_INTEL, sizeof type, &type);
    query(pointer, CL_MEM_ALLOC_BASE_PTR_INTEL, sizeof base, (void *)&base);
    query(pointer, CL_MEM_ALLOC_SIZE_INTEL, sizeof size, &size);
    query(pointer, CL_MEM_ALLOC_DEVICE_INTEL, sizeof device, (void *)&device);
    assert_int_equal(type, wanted_type);
    assert_ptr_equal(base, wanted_base);
    assert_int_equal(size, wanted_size);
    assert_ptr_equal(device, wanted_device);
}

static void allocations_are_told(void **state)
{
    (void)state;
    const cl_mem_properties_intel combined[] = {CL_MEM_ALLOC_FLAGS_INTEL, CL_MEM_ALLOC_WRITE_COMBINED_INTEL,
                                                0};
    cl_mem_alloc_flags_intel flags;
    cl_int error, here = 0;
    for (enum kind kind = HOST; kind < KINDS; kind++) {
        char *memory = allocate(kind, combined, SIZE, 4096, &error);
        assert_int_equal(error, CL_SUCCESS);
        assert_int_equal((uintptr_t)memory % 4096, 0);
        assert_info(memory, types[kind], memory, SIZE, kind == HOST ? NULL : session.device);
        assert_info(memory + SIZE - 1, types[kind], memory, SIZE, kind == HOST ? NULL : session.device);
        query(memory, CL_MEM_ALLOC_FLAGS_INTEL, sizeof flags, &flags);
        assert_int_equal(flags, CL_MEM_ALLOC_WRITE_COMBINED_INTEL);
        memory_free(memory);
        assert_info(memory, CL_MEM_TYPE_UNKNOWN_INTEL, NULL, 0, NULL);
    }
    void *svm = clSVMAlloc(session.context, CL_MEM_READ_WRITE, SIZE, 0);
    assert_info(svm, CL_MEM_TYPE_UNKNOWN_INTEL, NULL, 0, NULL);
    assert_info(&here, CL_MEM_TYPE_UNKNOWN_INTEL, NULL, 0, NULL);
    assert_info(NULL, CL_MEM_TYPE_UNKNOWN_INTEL, NULL, 0, NULL);
    assert_int_equal(usm.clGetMemAllocInfoINTEL(session.context, svm, 0x1234, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(usm.clGetMemAllocInfoINTEL(NULL, svm, CL_MEM_ALLOC_SIZE_INTEL, 0, NULL, NULL),
                     CL_INVALID_CONTEXT);
    assert_int_equal(usm.clMemFreeINTEL(session.context, svm), CL_INVALID_VALUE); // not its own
    clSVMFree(session.context, svm);
}

static void wrong_pointers_are_not_freed(void **state)
{
    (void)state;
    char *memory = memory_new(SHARED);
    cl_int here;
    assert_int_equal(usm.clMemFreeINTEL(session.context, memory + 1), CL_INVALID_VALUE);
    assert_int_equal(usm.clMemFreeINTEL(session.context, &here), CL_INVALID_VALUE);
    assert_int_equal(usm.clMemFreeINTEL(NULL, memory), CL_INVALID_CONTEXT);
    assert_int_equal(usm.clMemFreeINTEL(session.context, NULL), CL_SUCCESS);
    assert_int_equal(usm.clMemBlockingFreeINTEL(session.context, memory + 1), CL_INVALID_VALUE);
    assert_int_equal(usm.clMemBlockingFreeINTEL(session.context, NULL), CL_SUCCESS);
    clSVMFree(session.context, memory); // not its own
    assert_info(memory, CL_MEM_TYPE_SHARED_INTEL, memory, SIZE, session.device);
    assert_int_equal(usm.clMemBlockingFreeINTEL(session.context, memory), CL_SUCCESS);
    assert_int_equal(usm.clMemFreeINTEL(session.context, memory), CL_INVALID_VALUE);
}

// ---- Commands -----------------------------------------------------------------------------------------

static cl_command_type type_of(cl_event event)
{
    cl_command_type type;
    assert_int_equal(clGetEventInfo(event, CL_EVENT_COMMAND_TYPE, sizeof type, &type, NULL), CL_SUCCESS);
    clReleaseEvent(event);
    return type;
}

static void memory_is_filled_and_copied(void **state)
{
    (void)state;
    const cl_int pattern[2] = {0x01020304, -7};
    cl_command_queue queue = session.queue;
    cl_event events[4];
    for (enum kind kind = HOST; kind < KINDS; kind++) {
        cl_int *memory = memory_new(kind), got[COUNT];
        assert_int_equal(
            usm.clEnqueueMemFillINTEL(queue, memory, pattern, sizeof pattern, SIZE, 0, NULL, &events[0]),
            CL_SUCCESS);
        assert_int_equal(usm.clEnqueueMigrateMemINTEL(queue, memory, SIZE, CL_MIGRATE_MEM_OBJECT_HOST, 1,
                                                      events, &events[1]),
                         CL_SUCCESS);
        assert_int_equal(usm.clEnqueueMemAdviseINTEL(queue, memory, SIZE, 0, 0, NULL, &events[2]),
                         CL_SUCCESS);
        assert_int_equal(usm.clEnqueueMemcpyINTEL(queue, CL_TRUE, got, memory, SIZE, 3, events, &events[3]),
                         CL_SUCCESS);
        for (int i = 0; i < COUNT; i++) assert_int_equal(got[i], pattern[i % 2]);
        const cl_command_type wanted[] = {CL_COMMAND_MEMFILL_INTEL, CL_COMMAND_MIGRATEMEM_INTEL,
                                          CL_COMMAND_MEMADVISE_INTEL, CL_COMMAND_MEMCPY_INTEL};
        for (int i = 0; i < 4; i++) assert_int_equal(type_of(events[i]), wanted[i]);
        memory_free(memory);
    }
}

static void wrong_commands_are_refused(void **state)
{
    (void)state;
    cl_command_queue queue = session.queue;
    char *memory = memory_new(SHARED);
    const cl_int pattern = 0;
    assert_int_equal(usm.clEnqueueMemFillINTEL(queue, memory + 1, &pattern, 4, 16, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(usm.clEnqueueMemFillINTEL(queue, memory, &pattern, 3, 15, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(usm.clEnqueueMemFillINTEL(queue, memory, NULL, 4, 16, 0, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(usm.clEnqueueMemFillINTEL(NULL, memory, &pattern, 4, 16, 0, NULL, NULL),
                     CL_INVALID_COMMAND_QUEUE);
    assert_int_equal(usm.clEnqueueMemcpyINTEL(queue, CL_TRUE, NULL, memory, 8, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(usm.clEnqueueMemcpyINTEL(queue, CL_TRUE, memory + 4, memory, 8, 0, NULL, NULL),
                     CL_MEM_COPY_OVERLAP);
    assert_int_equal(usm.clEnqueueMemcpyINTEL(queue, CL_TRUE, memory, memory + 8, 8, 1, NULL, NULL),
                     CL_INVALID_EVENT_WAIT_LIST);
    assert_int_equal(usm.clEnqueueMigrateMemINTEL(queue, NULL, 8, 0, 0, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(usm.clEnqueueMigrateMemINTEL(queue, memory, 8, 1 << 9, 0, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(usm.clEnqueueMemAdviseINTEL(queue, NULL, 8, 0, 0, NULL, NULL), CL_INVALID_VALUE);
    memory_free(memory);
}

// ---- Kernels ------------------------------------------------------------------------------------------

static const char source[] =
    "kernel void add(global int *to, global int *from) { size_t i = get_global_id(0); to[i] += from[i]; }\n"
    "struct pair { global int *to, *from; };\n"
    "kernel void follow(global struct pair *p) { size_t i = get_global_id(0); p->to[i] = p->from[i] * 3; }\n"
    "kernel void spin(volatile global int *stop, global int *told) { while (!*stop) continue; *told = 1; }\n";

static void run(cl_kernel kernel)
{
    const size_t items = COUNT;
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
}

static void kernels_take_and_follow_pointers(void **state)
{
    (void)state;
    cl_kernel add = session_kernel(&session, source, "add", ""),
              follow = session_kernel(&session, source, "follow", "");
    cl_int *host = memory_new(HOST), *device = memory_new(DEVICE), *shared = memory_new(SHARED), got[COUNT];
    for (int i = 0; i < COUNT; i++) {
        host[i] = i;
        got[i] = 5 * i;
    }
    usm.clEnqueueMemcpyINTEL(session.queue, CL_TRUE, device, got, SIZE, 0, NULL, NULL);
    assert_int_equal(usm.clSetKernelArgMemPointerINTEL(add, 0, device), CL_SUCCESS);
    assert_int_equal(usm.clSetKernelArgMemPointerINTEL(add, 1, host), CL_SUCCESS);
    assert_int_equal(usm.clSetKernelArgMemPointerINTEL(add, 2, host), CL_INVALID_ARG_INDEX);
    assert_int_equal(usm.clSetKernelArgMemPointerINTEL(NULL, 0, host), CL_INVALID_KERNEL);
    run(add);
    struct {
        cl_int *to, *from;
    } *pair = memory_new(SHARED);
    pair->to = shared;
    pair->from = device;
    const cl_bool yes = CL_TRUE;
    void *const pointers[] = {shared, device};
    for (cl_kernel_exec_info name = CL_KERNEL_EXEC_INFO_INDIRECT_HOST_ACCESS_INTEL;
         name <= CL_KERNEL_EXEC_INFO_INDIRECT_SHARED_ACCESS_INTEL; name++) {
        assert_int_equal(clSetKernelExecInfo(follow, name, sizeof yes, &yes), CL_SUCCESS);
        assert_int_equal(clSetKernelExecInfo(follow, name, 1, &yes), CL_INVALID_VALUE);
    }
    assert_int_equal(
        clSetKernelExecInfo(follow, CL_KERNEL_EXEC_INFO_USM_PTRS_INTEL, sizeof pointers, pointers),
        CL_SUCCESS);
    assert_int_equal(usm.clSetKernelArgMemPointerINTEL(follow, 0, pair), CL_SUCCESS);
    run(follow);
    for (int i = 0; i < COUNT; i++) assert_int_equal(shared[i], 18 * i);
    memory_free(pair);
    memory_free(host);
    memory_free(device);
    memory_free(shared);
    clReleaseKernel(add);
    clReleaseKernel(follow);
}

static void buffers_lie_in_it(void **state)
{
    (void)state;
    cl_int *shared = memory_new(SHARED), error, got;
    shared[3] = 77;
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_USE_HOST_PTR, SIZE, shared, &error);
    assert_int_equal(error, CL_SUCCESS);
    clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 3 * sizeof got, sizeof got, &got, 0, NULL, NULL);
    assert_int_equal(got, 77);
    memory_free(shared); // the buffer keeps it
    clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 3 * sizeof got, sizeof got, &got, 0, NULL, NULL);
    assert_int_equal(got, 77);
    clReleaseMemObject(buffer);
}

// ---- Waiting ------------------------------------------------------------------------------------------

// A thread ends the kernels, when they have run for a while in which nobody should have freed.
struct stopper {
    volatile cl_int *stop;
    atomic_bool freed;
};

static void *stopper_run(void *argument)
{
    struct stopper *stopper = argument;
    for (int i = 0; i < 10 && !stopper->freed; i++) work_wait();
    *stopper->stop = 1;
    return NULL;
}

static void freeing_waits_for_all_queues(void **state)
{
    (void)state;
    enum { QUEUES = 3 };
    cl_kernel spin = session_kernel(&session, source, "spin", "");
    cl_int *stop = memory_new(HOST), *told[QUEUES], *freed = memory_new(DEVICE), error;
    const size_t one = 1;
    *stop = 0;
    cl_event gate = clCreateUserEvent(session.context, &error);
    for (int i = 0; i < QUEUES; i++) {
        cl_command_queue queue =
            clCreateCommandQueueWithProperties(session.context, session.device, NULL, &error);
        told[i] = memory_new(HOST);
        *told[i] = 0;
        usm.clSetKernelArgMemPointerINTEL(spin, 0, stop);
        usm.clSetKernelArgMemPointerINTEL(spin, 1, told[i]);
        assert_int_equal(
            clEnqueueNDRangeKernel(queue, spin, 1, NULL, &one, NULL, i == 1, i == 1 ? &gate : NULL, NULL),
            CL_SUCCESS);
        clReleaseCommandQueue(queue);
    }
    assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
    struct stopper stopper = {.stop = stop};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stopper_run, &stopper), 0);
    assert_int_equal(usm.clMemBlockingFreeINTEL(session.context, freed), CL_SUCCESS);
    for (int i = 0; i < QUEUES; i++) assert_int_equal(*told[i], 1);
    stopper.freed = true;
    pthread_join(thread, NULL);
    for (int i = 0; i < QUEUES; i++) memory_free(told[i]);
    memory_free(stop);
    clReleaseEvent(gate);
    clReleaseKernel(spin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_allocations),
        cmocka_unit_test(allocations_are_told),
        cmocka_unit_test(wrong_pointers_are_not_freed),
        cmocka_unit_test(memory_is_filled_and_copied),
        cmocka_unit_test(wrong_commands_are_refused),
        cmocka_unit_test(kernels_take_and_follow_pointers),
        cmocka_unit_test(buffers_lie_in_it),
        cmocka_unit_test(freeing_waits_for_all_queues),
    };
    return cmocka_run_group_tests(tests, open_session, session_group_close);
}
