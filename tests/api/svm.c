// Shared virtual memory: allocation, every command, kernels that follow pointers, atomics between host and
// device, buffers over shared memory.
#include "group.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 1000, SIZE = 64 << 10 };

static cl_device_svm_capabilities capabilities;

static int open_session(void **state)
{
    session_group_open(state);
    assert_int_equal(
        clGetDeviceInfo(session.device, CL_DEVICE_SVM_CAPABILITIES, sizeof capabilities, &capabilities, NULL),
        CL_SUCCESS);
    return 0;
}

static void *svm_new(cl_svm_mem_flags flags, size_t size)
{
    void *memory = clSVMAlloc(session.context, flags, size, 0);
    assert_non_null(memory);
    return memory;
}

static void run(cl_kernel kernel, size_t items)
{
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
}

// ---- Allocation ---------------------------------------------------------------------------------------

static void refused_allocations(void **state)
{
    (void)state;
    cl_ulong most;
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof most, &most, NULL),
                     CL_SUCCESS);
    const struct {
        cl_svm_mem_flags flags;
        size_t size;
        cl_uint alignment;
    } cases[] = {
        {0, 0, 0},
        {0, most + 1, 0},
        {0, SIZE_MAX, 0},
        {0, 64, 3},
        {0, 64, 1u << 31},
        {CL_MEM_READ_ONLY | CL_MEM_READ_WRITE, 64, 0},
        {CL_MEM_READ_ONLY | CL_MEM_WRITE_ONLY, 64, 0},
        {CL_MEM_SVM_ATOMICS, 64, 0},
        {CL_MEM_USE_HOST_PTR, 64, 0},
        {CL_MEM_HOST_READ_ONLY, 64, 0},
        {(cl_svm_mem_flags)1 << 40, 64, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_null(clSVMAlloc(session.context, cases[i].flags, cases[i].size, cases[i].alignment));
    assert_null(clSVMAlloc(NULL, 0, 64, 0));
}

static void alignments(void **state)
{
    (void)state;
    for (cl_uint alignment = 1; alignment <= 128; alignment *= 2) {
        void *memory = clSVMAlloc(session.context, 0, 1, alignment);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % alignment, 0);
        clSVMFree(session.context, memory);
    }
    void *memory = svm_new(0, 1);
    assert_int_equal((uintptr_t)memory % 128, 0);
    clSVMFree(session.context, memory);
    clSVMFree(session.context, NULL);
    clSVMFree(session.context, (char *)memory + 1); // nobody's: nothing happens
    clSVMFree(NULL, memory);
}

static void many_allocations(void **state)
{
    (void)state;
    static uint32_t *memory[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        memory[i] = svm_new(i % 2 ? CL_MEM_SVM_FINE_GRAIN_BUFFER : 0, 4 + i);
        *memory[i] = i;
    }
    for (uint32_t i = 0; i < COUNT; i += 3) clSVMFree(session.context, memory[i]);
    for (uint32_t i = 0; i < COUNT; i++) {
        if (i % 3 == 0) continue;
        assert_int_equal(*memory[i], i);
        const void *const pointer = memory[i];
        const size_t within = 4 + i, beyond = within + 1;
        assert_int_equal(
            clEnqueueSVMMigrateMem(session.queue, 1, (const void **)&pointer, &within, 0, 0, NULL, NULL),
            CL_SUCCESS);
        assert_int_equal(
            clEnqueueSVMMigrateMem(session.queue, 1, (const void **)&pointer, &beyond, 0, 0, NULL, NULL),
            CL_INVALID_VALUE);
    }
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    for (uint32_t i = 0; i < COUNT; i++)
        if (i % 3) clSVMFree(session.context, memory[i]);
}

// ---- Kernels ------------------------------------------------------------------------------------------

struct node {
    struct node *next;
    uint64_t value;
};

static const char list_source[] =
    "struct node { global struct node *next; ulong value; };\n"
    "kernel void sum(global struct node *list, global ulong *result) {\n"
    "    ulong sum = 0;\n"
    "    for (; list; list = list->next) { sum += list->value; list->value++; }\n"
    "    *result = sum;\n"
    "}\n";

// A list of the host's that a kernel walks and changes.
static void list_walk(struct node *nodes, uint64_t *result)
{
    cl_kernel kernel = session_kernel(&session, list_source, "sum", NULL);
    for (uint64_t i = 0; i < COUNT; i++) nodes[i] = (struct node){i + 1 < COUNT ? &nodes[i + 1] : NULL, i};
    assert_int_equal(clSetKernelArgSVMPointer(kernel, 0, nodes), CL_SUCCESS);
    assert_int_equal(clSetKernelArgSVMPointer(kernel, 1, result), CL_SUCCESS);
    assert_int_equal(
        clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(void *), (const void *[]){nodes}),
        CL_SUCCESS);
    run(kernel, 1);
    assert_int_equal(*result, COUNT * (COUNT - 1) / 2);
    for (uint64_t i = 0; i < COUNT; i++) assert_int_equal(nodes[i].value, i + 1);
    clReleaseKernel(kernel);
}

static void lists_in_every_kind(void **state)
{
    (void)state;
    const cl_svm_mem_flags kinds[] = {0, CL_MEM_SVM_FINE_GRAIN_BUFFER,
                                      CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if ((kinds[i] & CL_MEM_SVM_ATOMICS) && !(capabilities & CL_DEVICE_SVM_ATOMICS)) continue;
        struct node *nodes = svm_new(kinds[i], COUNT * sizeof *nodes);
        uint64_t *result = svm_new(kinds[i], sizeof *result);
        list_walk(nodes, result);
        clSVMFree(session.context, nodes);
        clSVMFree(session.context, result);
    }
}

static void list_in_system_memory(void **state)
{
    (void)state;
    if (!(capabilities & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM)) skip();
    struct node *nodes = calloc(COUNT, sizeof *nodes);
    uint64_t result = 0;
    list_walk(nodes, &result);
    free(nodes);
}

static void argument_errors(void **state)
{
    (void)state;
    static const char source[] = "kernel void k(global int *a, int b, local int *c, constant int *d) {}";
    cl_kernel kernel = session_kernel(&session, source, "k", NULL);
    const cl_bool yes = CL_TRUE, no = CL_FALSE;
    void *memory = svm_new(0, 64);
    assert_int_equal(clSetKernelArgSVMPointer(NULL, 0, memory), CL_INVALID_KERNEL);
    assert_int_equal(clSetKernelArgSVMPointer(kernel, 4, memory), CL_INVALID_ARG_INDEX);
    assert_int_equal(clSetKernelArgSVMPointer(kernel, 1, memory), CL_INVALID_ARG_VALUE);
    assert_int_equal(clSetKernelArgSVMPointer(kernel, 2, memory), CL_INVALID_ARG_VALUE);
    assert_int_equal(clSetKernelArgSVMPointer(kernel, 3, memory), CL_SUCCESS);
    assert_int_equal(clSetKernelArgSVMPointer(kernel, 0, NULL), CL_SUCCESS);
    assert_int_equal(clSetKernelExecInfo(NULL, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof memory, &memory),
                     CL_INVALID_KERNEL);
    assert_int_equal(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, 3, &memory), CL_INVALID_VALUE);
    assert_int_equal(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, 8, NULL), CL_INVALID_VALUE);
    assert_int_equal(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, 0, NULL), CL_SUCCESS);
    assert_int_equal(clSetKernelExecInfo(kernel, 0, sizeof yes, &yes), CL_INVALID_VALUE);
    assert_int_equal(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM, 1, &yes),
                     CL_INVALID_VALUE);
    assert_int_equal(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM, sizeof no, &no),
                     CL_SUCCESS);
    assert_int_equal(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM, sizeof yes, &yes),
                     capabilities & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM ? CL_SUCCESS : CL_INVALID_OPERATION);
    clSVMFree(session.context, memory);
    clReleaseKernel(kernel);
}

// NULL after a pointer is NULL, and a buffer after a pointer is the buffer.
static void pointer_then_buffer(void **state)
{
    (void)state;
    static const char source[] =
        "kernel void k(global uint *a, global ulong *out) { if (a) *a = 7; *out = (ulong)a; }";
    cl_kernel kernel = session_kernel(&session, source, "k", NULL);
    uint32_t *memory = svm_new(0, 64);
    uint64_t *out = svm_new(0, sizeof *out);
    *memory = 0;
    cl_mem buffer = clCreateBuffer(session.context, 0, 64, NULL, NULL);
    assert_int_equal(clSetKernelArgSVMPointer(kernel, 1, out), CL_SUCCESS);
    assert_int_equal(clSetKernelArgSVMPointer(kernel, 0, memory), CL_SUCCESS);
    run(kernel, 1);
    assert_int_equal(*out, (uintptr_t)memory);
    assert_int_equal(*memory, 7);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof buffer, NULL), CL_SUCCESS);
    run(kernel, 1);
    assert_int_equal(*out, 0);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof buffer, &buffer), CL_SUCCESS);
    run(kernel, 1);
    assert_true(*out && *out != (uintptr_t)memory);
    clReleaseMemObject(buffer);
    clSVMFree(session.context, memory);
    clSVMFree(session.context, out);
    clReleaseKernel(kernel);
}

// A kernel that runs until the host, which waits for it, answers.
static void host_and_kernel_talk(void **state)
{
    (void)state;
    if (!(capabilities & CL_DEVICE_SVM_ATOMICS)) skip();
    static const char source[] =
        "kernel void talk(global atomic_int *flag, global int *data) {\n"
        "    *data = 42;\n"
        "    atomic_store_explicit(flag, 1, memory_order_release, memory_scope_all_svm_devices);\n"
        "    while (atomic_load_explicit(flag, memory_order_acquire, memory_scope_all_svm_devices) != 2);\n"
        "    *data += 1;\n"
        "}\n";
    cl_kernel kernel = session_kernel(&session, source, "talk", "-cl-std=CL3.0");
    const cl_svm_mem_flags flags = CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS;
    int *flag = svm_new(flags, sizeof *flag), *data = svm_new(flags, sizeof *data);
    *flag = *data = 0;
    assert_int_equal(clSetKernelArgSVMPointer(kernel, 0, flag), CL_SUCCESS);
    assert_int_equal(clSetKernelArgSVMPointer(kernel, 1, data), CL_SUCCESS);
    const size_t one = 1;
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clFlush(session.queue), CL_SUCCESS);
    while (__atomic_load_n(flag, __ATOMIC_ACQUIRE) != 1) continue;
    assert_int_equal(*data, 42);
    __atomic_store_n(flag, 2, __ATOMIC_RELEASE);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    assert_int_equal(*data, 43);
    clSVMFree(session.context, flag);
    clSVMFree(session.context, data);
    clReleaseKernel(kernel);
}

// ---- Commands -----------------------------------------------------------------------------------------

static void event_expect(cl_event event, cl_command_type expected)
{
    cl_command_type type;
    assert_int_equal(clWaitForEvents(1, &event), CL_SUCCESS);
    assert_int_equal(clGetEventInfo(event, CL_EVENT_COMMAND_TYPE, sizeof type, &type, NULL), CL_SUCCESS);
    assert_int_equal(type, expected);
    assert_int_equal(session_status(event), CL_COMPLETE);
    clReleaseEvent(event);
}

static void copies(void **state)
{
    (void)state;
    uint8_t *from = svm_new(0, SIZE), *to = svm_new(CL_MEM_SVM_FINE_GRAIN_BUFFER, SIZE), *host = malloc(SIZE);
    cl_event event;
    for (size_t i = 0; i < SIZE; i++) from[i] = (uint8_t)(i * 7);
    memset(to, 0, SIZE);
    assert_int_equal(clEnqueueSVMMemcpy(session.queue, CL_TRUE, to, from, SIZE, 0, NULL, &event), CL_SUCCESS);
    assert_memory_equal(to, from, SIZE);
    event_expect(event, CL_COMMAND_SVM_MEMCPY);
    assert_int_equal(clEnqueueSVMMemcpy(session.queue, CL_TRUE, host, to + 1, SIZE - 1, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_memory_equal(host, from + 1, SIZE - 1);
    host[5] ^= 1;
    assert_int_equal(clEnqueueSVMMemcpy(session.queue, CL_FALSE, to, host, SIZE - 1, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueSVMMemcpy(session.queue, CL_FALSE, from, to, SIZE - 1, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    assert_memory_equal(from, host, SIZE - 1);
    assert_int_equal(clEnqueueSVMMemcpy(session.queue, CL_TRUE, to, from, 0, 0, NULL, &event), CL_SUCCESS);
    event_expect(event, CL_COMMAND_SVM_MEMCPY);
    assert_int_equal(clEnqueueSVMMemcpy(session.queue, CL_TRUE, NULL, from, 8, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueSVMMemcpy(session.queue, CL_TRUE, to, NULL, 8, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueSVMMemcpy(session.queue, CL_TRUE, to, to + 7, 8, 0, NULL, NULL),
                     CL_MEM_COPY_OVERLAP);
    assert_int_equal(clEnqueueSVMMemcpy(session.queue, CL_TRUE, to + 7, to, 8, 0, NULL, NULL),
                     CL_MEM_COPY_OVERLAP);
    assert_int_equal(clEnqueueSVMMemcpy(session.queue, CL_TRUE, to + 8, to, 8, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clEnqueueSVMMemcpy(NULL, CL_TRUE, to, from, 8, 0, NULL, NULL), CL_INVALID_COMMAND_QUEUE);
    clSVMFree(session.context, from);
    clSVMFree(session.context, to);
    free(host);
}

static void fills(void **state)
{
    (void)state;
    uint8_t *memory = svm_new(0, SIZE), pattern[256];
    cl_event event;
    for (size_t i = 0; i < sizeof pattern; i++) pattern[i] = (uint8_t)(i * 11 + 3);
    for (size_t size = 1; size <= 128; size *= 2) {
        memset(memory, 0, SIZE);
        assert_int_equal(clEnqueueSVMMemFill(session.queue, memory + size, pattern, size, SIZE - 2 * size, 0,
                                             NULL, &event),
                         CL_SUCCESS);
        event_expect(event, CL_COMMAND_SVM_MEMFILL);
        for (size_t i = 0; i < SIZE; i++) {
            bool inside = i >= size && i < SIZE - size;
            assert_int_equal(memory[i], inside ? pattern[i % size] : 0);
        }
    }
    const struct {
        void *to;
        const void *pattern;
        size_t pattern_size, size;
    } refused[] = {{NULL, pattern, 4, 4},       {memory, NULL, 4, 4},
                   {memory, pattern, 0, 4},     {memory, pattern, 3, 3},
                   {memory, pattern, 256, 256}, {memory, pattern, 4, 6},
                   {memory + 2, pattern, 4, 4}, {memory + 64, pattern, 128, 128}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_int_equal(clEnqueueSVMMemFill(session.queue, refused[i].to, refused[i].pattern,
                                             refused[i].pattern_size, refused[i].size, 0, NULL, NULL),
                         CL_INVALID_VALUE);
    clSVMFree(session.context, memory);
}

static void maps(void **state)
{
    (void)state;
    uint8_t *memory = svm_new(0, SIZE);
    cl_event event;
    const uint32_t pattern = 0x01020304;
    assert_int_equal(clEnqueueSVMMemFill(session.queue, memory, &pattern, 4, SIZE, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        clEnqueueSVMMap(session.queue, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, memory + 4, 16, 0, NULL, &event),
        CL_SUCCESS);
    assert_memory_equal(memory + SIZE - 4, &pattern, 4);
    event_expect(event, CL_COMMAND_SVM_MAP);
    assert_int_equal(clEnqueueSVMUnmap(session.queue, memory + 4, 0, NULL, &event), CL_SUCCESS);
    event_expect(event, CL_COMMAND_SVM_UNMAP);
    const struct {
        cl_map_flags flags;
        void *pointer;
        size_t size;
    } refused[] = {{CL_MAP_READ, NULL, 4},
                   {CL_MAP_READ, memory, 0},
                   {(cl_map_flags)1 << 20, memory, 4},
                   {CL_MAP_READ | CL_MAP_WRITE_INVALIDATE_REGION, memory, 4}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_int_equal(clEnqueueSVMMap(session.queue, CL_TRUE, refused[i].flags, refused[i].pointer,
                                         refused[i].size, 0, NULL, NULL),
                         CL_INVALID_VALUE);
    assert_int_equal(clEnqueueSVMUnmap(session.queue, NULL, 0, NULL, NULL), CL_INVALID_VALUE);
    clSVMFree(session.context, memory);
}

static void migrations(void **state)
{
    (void)state;
    uint8_t *memory = svm_new(0, SIZE), *freed = svm_new(0, SIZE);
    cl_event event;
    clSVMFree(session.context, freed);
    const void *inside[] = {memory, memory + SIZE - 1}, *outside[] = {memory, memory - 1};
    const size_t sizes[] = {SIZE, 0}, large[] = {SIZE, 2}, huge[] = {SIZE, SIZE_MAX};
    assert_int_equal(
        clEnqueueSVMMigrateMem(session.queue, 2, inside, sizes, CL_MIGRATE_MEM_OBJECT_HOST, 0, NULL, &event),
        CL_SUCCESS);
    event_expect(event, CL_COMMAND_SVM_MIGRATE_MEM);
    assert_int_equal(clEnqueueSVMMigrateMem(session.queue, 2, inside, NULL, 0, 0, NULL, NULL), CL_SUCCESS);
    const struct {
        cl_uint count;
        const void **pointers;
        const size_t *sizes;
        cl_mem_migration_flags flags;
    } refused[] = {{0, inside, sizes, 0},
                   {2, NULL, sizes, 0},
                   {2, inside, sizes, 1 << 10},
                   {2, outside, sizes, 0},
                   {2, inside, large, 0},
                   {2, inside, huge, 0},
                   {1, (const void *[]){freed}, NULL, 0}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_int_equal(clEnqueueSVMMigrateMem(session.queue, refused[i].count, refused[i].pointers,
                                                refused[i].sizes, refused[i].flags, 0, NULL, NULL),
                         CL_INVALID_VALUE);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    clSVMFree(session.context, memory);
}

struct freed {
    cl_command_queue queue;
    void *pointers[3];
    unsigned calls;
};

static void CL_CALLBACK free_called(cl_command_queue queue, cl_uint count, void *pointers[], void *argument)
{
    struct freed *freed = argument;
    if (count == 3 && queue == freed->queue && !memcmp(pointers, freed->pointers, sizeof freed->pointers))
        freed->calls++;
    for (cl_uint i = 0; i < count; i++) clSVMFree(session.context, pointers[i]);
}

static void frees(void **state)
{
    (void)state;
    cl_int status;
    cl_event event, gate = clCreateUserEvent(session.context, &status);
    struct freed freed = {.queue = session.queue};
    void *pointers[3];
    for (unsigned i = 0; i < 3; i++) freed.pointers[i] = pointers[i] = svm_new(0, SIZE);
    assert_int_equal(clEnqueueSVMFree(session.queue, 3, pointers, free_called, &freed, 1, &gate, &event),
                     CL_SUCCESS);
    memset(pointers, 0xff, sizeof pointers); // the list is the application's again
    memset(freed.pointers[2], 1, SIZE);      // not freed before its turn
    assert_int_equal(freed.calls, 0);
    assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
    event_expect(event, CL_COMMAND_SVM_FREE);
    assert_int_equal(freed.calls, 1);
    clReleaseEvent(gate);

    void *memory = svm_new(0, SIZE);
    assert_int_equal(clEnqueueSVMFree(session.queue, 1, &memory, NULL, NULL, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    assert_int_equal(clEnqueueSVMMigrateMem(session.queue, 1, (const void **)&memory, NULL, 0, 0, NULL, NULL),
                     CL_INVALID_VALUE); // it is gone
    assert_int_equal(clEnqueueSVMFree(session.queue, 0, NULL, NULL, NULL, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clEnqueueSVMFree(session.queue, 0, pointers, NULL, NULL, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueSVMFree(session.queue, 1, NULL, NULL, NULL, 0, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
}

// ---- Buffers over shared memory -----------------------------------------------------------------------

static void buffers_share(void **state)
{
    (void)state;
    uint8_t *memory = svm_new(0, SIZE), byte = 9;
    cl_int status;
    cl_bool uses = CL_FALSE;
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_USE_HOST_PTR, SIZE - 256, memory + 256, &status);
    assert_int_equal(status, CL_SUCCESS);
    const cl_buffer_region region = {256, 256};
    cl_mem sub = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &status);
    assert_int_equal(status, CL_SUCCESS);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(
            clGetMemObjectInfo(i ? sub : buffer, CL_MEM_USES_SVM_POINTER, sizeof uses, &uses, NULL), 0);
        assert_true(uses);
    }
    assert_int_equal(clEnqueueFillBuffer(session.queue, sub, &byte, 1, 1, 2, 0, NULL, NULL), CL_SUCCESS);
    assert_ptr_equal(clEnqueueMapBuffer(session.queue, sub, CL_TRUE, CL_MAP_READ, 1, 2, 0, NULL, NULL, NULL),
                     memory + 513);
    assert_int_equal(memory[513], 9);
    assert_int_equal(memory[514], 9);
    cl_mem same = clCreateBuffer(session.context, CL_MEM_USE_HOST_PTR, SIZE, memory, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clEnqueueCopyBuffer(session.queue, same, sub, 512, 0, 4, 0, NULL, NULL),
                     CL_MEM_COPY_OVERLAP);
    assert_null(clCreateBuffer(session.context, CL_MEM_USE_HOST_PTR, SIZE + 1, memory, &status));
    assert_int_equal(status, CL_INVALID_BUFFER_SIZE);
    assert_null(clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, SIZE, memory + 1, &status));
    assert_int_equal(status, CL_INVALID_BUFFER_SIZE);
    cl_mem copy = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, SIZE, memory, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clGetMemObjectInfo(copy, CL_MEM_USES_SVM_POINTER, sizeof uses, &uses, NULL), CL_SUCCESS);
    assert_false(uses);
    clReleaseMemObject(copy);
    clReleaseMemObject(same);
    clReleaseMemObject(buffer);
    clReleaseMemObject(sub);
    clSVMFree(session.context, memory);
}

// What the application forgets to free goes with its context.
static void left_behind(void **state)
{
    (void)state;
    cl_int status;
    cl_context context = clCreateContext(NULL, 1, &session.device, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    for (unsigned i = 0; i < 10; i++) assert_non_null(clSVMAlloc(context, 0, SIZE, 0));
    assert_int_equal(clReleaseContext(context), CL_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_allocations),
        cmocka_unit_test(alignments),
        cmocka_unit_test(many_allocations),
        cmocka_unit_test(lists_in_every_kind),
        cmocka_unit_test(list_in_system_memory),
        cmocka_unit_test(argument_errors),
        cmocka_unit_test(pointer_then_buffer),
        cmocka_unit_test(host_and_kernel_talk),
        cmocka_unit_test(copies),
        cmocka_unit_test(fills),
        cmocka_unit_test(maps),
        cmocka_unit_test(migrations),
        cmocka_unit_test(frees),
        cmocka_unit_test(buffers_share),
        cmocka_unit_test(left_behind),
    };
    return cmocka_run_group_tests_name("svm", tests, open_session, session_group_close);
}
