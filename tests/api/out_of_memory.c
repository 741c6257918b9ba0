// Memory runs out: every entry point that allocates says CL_OUT_OF_HOST_MEMORY, leaves nothing behind, and
// what there was works on. (Those of programs and kernels: out_of_memory_programs.c.)
#include "scarce.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// ---- Objects ------------------------------------------------------------------------------------------

static cl_int make_context(void)
{
    cl_int status;
    cl_context made_one;
    const cl_context_properties list[] = {CL_CONTEXT_PLATFORM, (cl_context_properties)platform, 0};
    ARMED(made_one = clCreateContext(list, 1, &device, NULL, NULL, &status));
    if (made_one) clReleaseContext(made_one);
    return status;
}

static cl_int make_context_of_type(void)
{
    cl_int status;
    cl_context made_one;
    ARMED(made_one = clCreateContextFromType(NULL, CL_DEVICE_TYPE_ALL, NULL, NULL, &status));
    if (made_one) clReleaseContext(made_one);
    return status;
}

static void CL_CALLBACK context_gone(cl_context of, void *unused) { (void)of, (void)unused; }

static cl_int set_context_callback(void)
{
    cl_int status;
    ARMED(status = clSetContextDestructorCallback(context, context_gone, NULL));
    return status;
}

static cl_int make_queue(void)
{
    cl_int status;
    cl_command_queue made_one;
    const cl_queue_properties list[] = {CL_QUEUE_PROPERTIES, manner.queue, 0};
    ARMED(made_one = clCreateCommandQueueWithProperties(context, device, list, &status));
    if (made_one) clReleaseCommandQueue(made_one);
    return status;
}

static uint8_t large[SIZE + 4096];

static cl_int make_buffer(void)
{
    cl_int status;
    cl_mem made_one;
    ARMED(made_one = clCreateBuffer(context, 0, sizeof large, NULL, &status));
    if (made_one) clReleaseMemObject(made_one);
    return status;
}

static cl_int make_buffer_copied(void)
{
    cl_int status;
    cl_mem made_one;
    ARMED(made_one = clCreateBuffer(context, CL_MEM_COPY_HOST_PTR, sizeof large, large, &status));
    if (made_one) clReleaseMemObject(made_one);
    return status;
}

static cl_int make_buffer_used(void)
{
    cl_int status;
    cl_mem made_one;
    ARMED(made_one = clCreateBuffer(context, CL_MEM_USE_HOST_PTR, sizeof large, large, &status));
    if (made_one) clReleaseMemObject(made_one);
    return status;
}

static cl_int make_sub_buffer(void)
{
    cl_int status;
    cl_mem made_one;
    const cl_buffer_region region = {0, 128};
    ARMED(made_one = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &status));
    if (made_one) clReleaseMemObject(made_one);
    return status;
}

static cl_int make_image_of(cl_mem_flags flags, const cl_image_desc *description, void *host)
{
    cl_int status;
    cl_mem made_one;
    const cl_mem_properties list[] = {0};
    ARMED(made_one = clCreateImageWithProperties(context, list, flags, &format, description, host, &status));
    if (made_one) clReleaseMemObject(made_one);
    return status;
}

static cl_int make_image(void) { return make_image_of(0, &square, NULL); }
static cl_int make_image_copied(void) { return make_image_of(CL_MEM_COPY_HOST_PTR, &square, large); }
static cl_int make_image_used(void) { return make_image_of(CL_MEM_USE_HOST_PTR, &square, large); }

// Rows that the device cannot have there.
static cl_int make_image_apart(void)
{
    cl_image_desc narrow = square;
    narrow.image_width = 3;
    return make_image_of(CL_MEM_USE_HOST_PTR, &narrow, large);
}

static cl_int make_image_in_buffer(void)
{
    cl_image_desc within = square;
    within.mem_object = buffer;
    return make_image_of(0, &within, NULL);
}

static cl_int make_image_in_image(void)
{
    cl_image_desc within = square;
    within.mem_object = image;
    return make_image_of(0, &within, NULL);
}

static cl_int list_formats(void)
{
    cl_int status;
    cl_uint count;
    ARMED(status = clGetSupportedImageFormats(context, 0, CL_MEM_OBJECT_IMAGE2D, 0, NULL, &count));
    return status;
}

static cl_int make_sampler(void)
{
    cl_int status;
    cl_sampler made_one;
    const cl_sampler_properties list[] = {CL_SAMPLER_FILTER_MODE, CL_FILTER_LINEAR, 0};
    ARMED(made_one = clCreateSamplerWithProperties(context, list, &status));
    if (made_one) clReleaseSampler(made_one);
    return status;
}

// ---- Another driver's memory (the fake device has 64 KiB for any file) ----

static const cl_mem_properties foreign[] = {CL_EXTERNAL_MEMORY_HANDLE_DMA_BUF_KHR, 0, 0};

static cl_int import_buffer(void)
{
    cl_int status;
    cl_mem made_one;
    ARMED(made_one = clCreateBufferWithProperties(context, foreign, 0, SIZE, NULL, &status));
    if (made_one) clReleaseMemObject(made_one);
    return status;
}

static cl_int import_image(void)
{
    cl_int status;
    cl_mem made_one;
    ARMED(made_one = clCreateImageWithProperties(context, foreign, 0, &format, &square, NULL, &status));
    if (made_one) clReleaseMemObject(made_one);
    return status;
}

// ---- Memory by its address ----

static cl_int freed(void *memory, cl_int status)
{
    if (memory) assert_int_equal(clMemFreeINTEL(context, memory), CL_SUCCESS);
    return status;
}

static cl_int allocate_of_host(void)
{
    cl_int status;
    void *memory;
    ARMED(memory = clHostMemAllocINTEL(context, NULL, 64, 0, &status));
    return freed(memory, status);
}

static cl_int allocate_of_device(void)
{
    cl_int status;
    void *memory;
    ARMED(memory = clDeviceMemAllocINTEL(context, device, NULL, 64, 0, &status));
    return freed(memory, status);
}

static cl_int allocate_of_both(void)
{
    cl_int status;
    void *memory;
    ARMED(memory = clSharedMemAllocINTEL(context, device, NULL, 64, 0, &status));
    return freed(memory, status);
}

// What could not be freed is still there, and is freed another time.
static cl_int free_when_idle(void)
{
    cl_int status;
    void *memory = clHostMemAllocINTEL(context, NULL, 64, 0, &status);
    assert_int_equal(status, CL_SUCCESS);
    ARMED(status = clMemBlockingFreeINTEL(context, memory));
    return status ? freed(memory, status) : status;
}

static void CL_CALLBACK memory_gone(cl_mem of, void *unused) { (void)of, (void)unused; }

static cl_int set_memory_callback(void)
{
    cl_int status;
    ARMED(status = clSetMemObjectDestructorCallback(buffer, memory_gone, NULL));
    return status;
}

static cl_int allocate_svm(void)
{
    void *memory;
    ARMED(memory = clSVMAlloc(context, CL_MEM_READ_WRITE, 64, 0));
    clSVMFree(context, memory);
    return memory ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
}

static cl_int make_program(void)
{
    cl_int status;
    cl_program made_one;
    const char *source = "kernel void nothing(void) {}";
    ARMED(made_one = clCreateProgramWithSource(context, 1, &source, NULL, &status));
    if (made_one) clReleaseProgram(made_one);
    return status;
}

// ---- Events -------------------------------------------------------------------------------------------

static cl_int make_user_event(void)
{
    cl_int status;
    cl_event made_one;
    ARMED(made_one = clCreateUserEvent(context, &status));
    if (made_one) clReleaseEvent(made_one);
    return status;
}

static const cl_semaphore_properties_khr binary[] = {CL_SEMAPHORE_TYPE_KHR, CL_SEMAPHORE_TYPE_BINARY_KHR, 0};

static cl_int make_semaphore(void)
{
    cl_int status;
    cl_semaphore_khr semaphore;
    ARMED(semaphore = clCreateSemaphoreWithPropertiesKHR(context, binary, &status));
    if (semaphore) clReleaseSemaphoreKHR(semaphore);
    return status;
}

// A wait command that there was no memory for leaves another one its signal.
static cl_int wait_beside_another(void)
{
    cl_int status, result = CL_QUEUED;
    cl_event waited;
    cl_semaphore_khr semaphore = clCreateSemaphoreWithPropertiesKHR(context, binary, NULL);
    cl_command_queue signalling = clCreateCommandQueueWithProperties(context, device, NULL, NULL);
    assert_int_equal(clEnqueueWaitSemaphoresKHR(queue, 1, &semaphore, NULL, 0, NULL, &waited), CL_SUCCESS);
    ARMED(status = clEnqueueWaitSemaphoresKHR(queue, 1, &semaphore, NULL, 0, NULL, NULL));
    assert_int_equal(clEnqueueSignalSemaphoresKHR(signalling, 1, &semaphore, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clFinish(signalling), CL_SUCCESS);
    for (unsigned i = 0; i < 20000 && result != CL_COMPLETE; i++, usleep(500))
        clGetEventInfo(waited, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof result, &result, NULL);
    assert_int_equal(result, CL_COMPLETE);
    assert_int_equal(clReleaseEvent(waited), CL_SUCCESS);
    assert_int_equal(clReleaseSemaphoreKHR(semaphore), CL_SUCCESS);
    assert_int_equal(clReleaseCommandQueue(signalling), CL_SUCCESS);
    return status;
}

static _Atomic(unsigned) calls;
static void CL_CALLBACK event_ended(cl_event event, cl_int status, void *unused)
{
    (void)event, (void)status, (void)unused;
    calls++;
}

// One that was refused is not called; the next one is.
static cl_int set_event_callback(void)
{
    cl_int status;
    cl_event event = clCreateUserEvent(context, &status);
    assert_int_equal(status, CL_SUCCESS);
    unsigned before = calls;
    ARMED(status = clSetEventCallback(event, CL_COMPLETE, event_ended, NULL));
    assert_int_equal(clSetEventCallback(event, CL_COMPLETE, event_ended, NULL), CL_SUCCESS);
    assert_int_equal(clSetUserEventStatus(event, CL_COMPLETE), CL_SUCCESS);
    unsigned expected = before + 1 + !status;
    while (calls < expected) usleep(100);
    assert_int_equal(clReleaseEvent(event), CL_SUCCESS);
    return status;
}

// A held command for which there is no memory when it may go ends with that error.
static cl_int open_a_gate(void)
{
    cl_int status, result;
    cl_event event;
    assert_int_equal(clEnqueueMarkerWithWaitList(queue, WAITS, gates, &event), CL_SUCCESS);
    for (unsigned i = 1; i < WAITS; i++) clSetUserEventStatus(gates[i], CL_COMPLETE);
    ARMED(status = clSetUserEventStatus(gates[0], CL_COMPLETE));
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof result, &result, NULL),
                     CL_SUCCESS);
    assert_int_equal(clReleaseEvent(event), CL_SUCCESS);
    return result;
}

// ---- Commands -----------------------------------------------------------------------------------------

static cl_int read_buffer(void) { ENQUEUE(clEnqueueReadBuffer, buffer, manner.blocking, 0, SIZE, bytes); }
static cl_int write_buffer(void) { ENQUEUE(clEnqueueWriteBuffer, buffer, manner.blocking, 0, SIZE, bytes); }
static cl_int copy_buffer(void) { ENQUEUE(clEnqueueCopyBuffer, buffer, other, 0, 0, SIZE); }
static cl_int fill_buffer(void) { ENQUEUE(clEnqueueFillBuffer, buffer, "x", 1, 0, SIZE); }
static cl_int migrate(void) { ENQUEUE(clEnqueueMigrateMemObjects, 1, &buffer, 0); }
static cl_int svm_copy(void)
{
    cl_int status;
    cl_event event = NULL;
    ARMED(status = clEnqueueSVMMemcpy(queue, manner.blocking, shared, bytes, 64, wait_count(), wait_list(),
                                      manner.event ? &event : NULL));
    if (event) clReleaseEvent(event);
    return status;
}
static cl_int svm_fill(void) { ENQUEUE(clEnqueueSVMMemFill, shared, "x", 1, 64); }
static cl_int svm_map(void)
{
    ENQUEUE(clEnqueueSVMMap, manner.blocking, CL_MAP_READ | CL_MAP_WRITE, shared, 64);
}
static cl_int svm_migrate(void) { ENQUEUE(clEnqueueSVMMigrateMem, 1, (const void **)&shared, NULL, 0); }
static cl_int svm_unmap(void) { ENQUEUE(clEnqueueSVMUnmap, shared); }

static const size_t origin[3] = {0, 0, 0}, region[3] = {16, 4, 2}, texels[3] = {16, 8, 1};

static cl_int read_rect(void)
{
    ENQUEUE(clEnqueueReadBufferRect, buffer, manner.blocking, origin, origin, region, 16, 128, 32, 256,
            bytes);
}

static cl_int write_rect(void)
{
    ENQUEUE(clEnqueueWriteBufferRect, buffer, manner.blocking, origin, origin, region, 16, 128, 32, 256,
            bytes);
}

static cl_int copy_rect(void)
{
    ENQUEUE(clEnqueueCopyBufferRect, buffer, other, origin, origin, region, 16, 128, 32, 256);
}

static cl_int read_image(void)
{
    ENQUEUE(clEnqueueReadImage, image, manner.blocking, origin, texels, 0, 0, bytes);
}

static cl_int write_image(void)
{
    ENQUEUE(clEnqueueWriteImage, image, manner.blocking, origin, texels, 0, 0, bytes);
}

static cl_int copy_image(void) { ENQUEUE(clEnqueueCopyImage, image, other_image, origin, origin, texels); }
static cl_int image_to_buffer(void) { ENQUEUE(clEnqueueCopyImageToBuffer, image, buffer, origin, texels, 0); }
static cl_int fill_image(void) { ENQUEUE(clEnqueueFillImage, image, bytes, origin, texels); }

static cl_int marker(void)
{
    cl_int status;
    cl_event event = NULL;
    ARMED(status =
              clEnqueueMarkerWithWaitList(queue, wait_count(), wait_list(), manner.event ? &event : NULL));
    if (event) clReleaseEvent(event);
    return status;
}

static cl_int barrier(void)
{
    cl_int status;
    cl_event event = NULL;
    ARMED(status =
              clEnqueueBarrierWithWaitList(queue, wait_count(), wait_list(), manner.event ? &event : NULL));
    if (event) clReleaseEvent(event);
    return status;
}

static cl_int map_buffer(void)
{
    cl_int status;
    cl_event event = NULL;
    void *mapped;
    ARMED(mapped = clEnqueueMapBuffer(queue, buffer, manner.blocking, CL_MAP_READ | CL_MAP_WRITE, 0, SIZE,
                                      wait_count(), wait_list(), manner.event ? &event : NULL, &status));
    if (event) clReleaseEvent(event);
    if (mapped) assert_int_equal(clEnqueueUnmapMemObject(queue, buffer, mapped, 0, NULL, NULL), CL_SUCCESS);
    return status;
}

// What could not be unmapped is still mapped, and is unmapped another time.
static cl_int unmap_buffer(void)
{
    cl_int status;
    cl_event event = NULL;
    uint8_t *mapped =
        clEnqueueMapBuffer(queue, buffer, CL_FALSE, CL_MAP_WRITE, 0, SIZE, 0, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    memset(mapped, 0x5a, SIZE);
    ARMED(status = clEnqueueUnmapMemObject(queue, buffer, mapped, wait_count(), wait_list(),
                                           manner.event ? &event : NULL));
    if (event) clReleaseEvent(event);
    if (status) assert_int_equal(clEnqueueUnmapMemObject(queue, buffer, mapped, 0, NULL, NULL), CL_SUCCESS);
    gates_open();
    assert_int_equal(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, SIZE, bytes, 0, NULL, NULL), CL_SUCCESS);
    for (unsigned i = 0; i < SIZE; i++) assert_int_equal(bytes[i], 0x5a);
    return status;
}

static cl_int map_image(void)
{
    cl_int status;
    cl_event event = NULL;
    void *mapped;
    size_t pitch;
    ARMED(mapped = clEnqueueMapImage(queue, image, manner.blocking, CL_MAP_READ | CL_MAP_WRITE, origin,
                                     texels, &pitch, NULL, wait_count(), wait_list(),
                                     manner.event ? &event : NULL, &status));
    if (event) clReleaseEvent(event);
    if (mapped) assert_int_equal(clEnqueueUnmapMemObject(queue, image, mapped, 0, NULL, NULL), CL_SUCCESS);
    return status;
}

// As unmap_buffer.
static cl_int unmap_image(void)
{
    cl_int status;
    cl_event event = NULL;
    size_t pitch;
    uint8_t *mapped = clEnqueueMapImage(queue, image, CL_FALSE, CL_MAP_WRITE, origin, texels, &pitch, NULL, 0,
                                        NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    for (unsigned y = 0; y < texels[1]; y++) memset(mapped + y * pitch, 0x5a, texels[0] * 4);
    ARMED(status = clEnqueueUnmapMemObject(queue, image, mapped, wait_count(), wait_list(),
                                           manner.event ? &event : NULL));
    if (event) clReleaseEvent(event);
    if (status) assert_int_equal(clEnqueueUnmapMemObject(queue, image, mapped, 0, NULL, NULL), CL_SUCCESS);
    gates_open();
    assert_int_equal(clEnqueueReadImage(queue, image, CL_TRUE, origin, texels, 0, 0, bytes, 0, NULL, NULL),
                     CL_SUCCESS);
    for (unsigned i = 0; i < texels[0] * texels[1] * 4; i++) assert_int_equal(bytes[i], 0x5a);
    return status;
}

static cl_int buffer_to_image(void) { ENQUEUE(clEnqueueCopyBufferToImage, buffer, image, 0, origin, texels); }

static cl_int foreign_enqueue(bool acquires)
{
    cl_int status;
    const clEnqueueAcquireExternalMemObjectsKHR_fn function =
        acquires ? clEnqueueAcquireExternalMemObjectsKHR : clEnqueueReleaseExternalMemObjectsKHR;
    cl_event event = NULL;
    cl_mem imported = clCreateBufferWithProperties(context, foreign, 0, SIZE, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    ARMED(status = function(queue, 1, &imported, wait_count(), wait_list(), manner.event ? &event : NULL));
    if (event) clReleaseEvent(event);
    assert_int_equal(clReleaseMemObject(imported), CL_SUCCESS);
    return status;
}

static cl_int acquire(void) { return foreign_enqueue(true); }
static cl_int give_back(void) { return foreign_enqueue(false); }

// One that could not be signalled can be signalled another time.
static cl_int signal_semaphore(void)
{
    cl_int status;
    cl_event event = NULL;
    cl_semaphore_khr semaphore = clCreateSemaphoreWithPropertiesKHR(context, binary, &status);
    assert_int_equal(status, CL_SUCCESS);
    ARMED(status = clEnqueueSignalSemaphoresKHR(queue, 1, &semaphore, NULL, wait_count(), wait_list(),
                                                manner.event ? &event : NULL));
    if (event) clReleaseEvent(event);
    if (status)
        assert_int_equal(clEnqueueSignalSemaphoresKHR(queue, 1, &semaphore, NULL, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clReleaseSemaphoreKHR(semaphore), CL_SUCCESS);
    return status;
}

static cl_int usm_copy(void) { ENQUEUE(clEnqueueMemcpyINTEL, manner.blocking, shared, bytes, 64); }
static cl_int usm_fill(void) { ENQUEUE(clEnqueueMemFillINTEL, shared, "x", 1, 64); }
static cl_int usm_migrate(void) { ENQUEUE(clEnqueueMigrateMemINTEL, shared, 64, 0); }
static cl_int usm_advise(void) { ENQUEUE(clEnqueueMemAdviseINTEL, shared, 64, 0); }

static void CL_CALLBACK svm_free_called(cl_command_queue of, cl_uint count, void **pointers, void *unused)
{
    (void)of, (void)count, (void)pointers, (void)unused;
}

static cl_int svm_free_command(void)
{
    void *pointers[] = {bytes};
    ENQUEUE(clEnqueueSVMFree, 1, pointers, svm_free_called, NULL);
}

static void objects(void **state)
{
    (void)state;
    static const struct scene scenes[] = {
        SCENE(make_context),        SCENE(make_context_of_type), SCENE(set_context_callback),
        SCENE(make_queue),          SCENE(make_buffer),          SCENE(make_buffer_copied),
        SCENE(make_buffer_used),    SCENE(make_sub_buffer),      SCENE(set_memory_callback),
        SCENE(allocate_svm),        SCENE(make_program),         SCENE(make_user_event),
        SCENE(set_event_callback),  SCENE(make_image),           SCENE(make_image_copied),
        SCENE(make_image_used),     SCENE(make_image_apart),     SCENE(make_image_in_buffer),
        SCENE(make_image_in_image), SCENE(list_formats),         SCENE(make_sampler),
        SCENE(make_semaphore),      SCENE(wait_beside_another),  SCENE(import_buffer),
        SCENE(import_image),        SCENE(allocate_of_host),     SCENE(allocate_of_device),
        SCENE(allocate_of_both),    SCENE(free_when_idle),
    };
    manner = (struct manner){.name = "objects"};
    SCENES(scenes_run, scenes);
}

static void commands(void **state)
{
    (void)state;
    static const struct scene scenes[] = {
        SCENE(read_buffer),     SCENE(write_buffer), SCENE(copy_buffer),      SCENE(fill_buffer),
        SCENE(migrate),         SCENE(svm_copy),     SCENE(svm_fill),         SCENE(svm_unmap),
        SCENE(read_rect),       SCENE(copy_rect),    SCENE(marker),           SCENE(barrier),
        SCENE(map_buffer),      SCENE(unmap_buffer), SCENE(svm_free_command), SCENE(read_image),
        SCENE(write_image),     SCENE(copy_image),   SCENE(image_to_buffer),  SCENE(fill_image),
        SCENE(map_image),       SCENE(unmap_image),  SCENE(svm_map),          SCENE(svm_migrate),
        SCENE(write_rect),      SCENE(acquire),      SCENE(give_back),        SCENE(signal_semaphore),
        SCENE(usm_copy),        SCENE(usm_fill),     SCENE(usm_migrate),      SCENE(usm_advise),
        SCENE(buffer_to_image),
    };
    SCENES(scenes_run_in_all_manners, scenes);
}

static void held_commands_that_may_go(void **state)
{
    (void)state;
    static const struct scene scenes[] = {SCENE(open_a_gate)};
    SCENES(scenes_run_held, scenes);
}

// In a process of its own, for devices are found once. Returns whether an allocation was refused.
static bool devices_refused(unsigned nth)
{
    pid_t child = fork();
    if (child) {
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
        return WEXITSTATUS(status);
    }
    cl_int status;
    cl_uint count = 0;
    scarce_refuse(nth, nth);
    clGetPlatformIDs(1, &platform, NULL);
    ARMED(status = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, &count));
    if (!scarce_refused()) _exit(status == CL_SUCCESS ? 0 : 2);
    if (status != CL_OUT_OF_HOST_MEMORY) _exit(3);
    status = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, &count);
    _exit(status == CL_SUCCESS && count ? 1 : 4);
}

// A device that there was no memory for is found by the next call.
static void finding_devices(void **state)
{
    (void)state;
    unsigned nth = 1;
    while (devices_refused(nth)) nth++;
    assert_in_range(nth, 2, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects),
        cmocka_unit_test(commands),
        cmocka_unit_test(held_commands_that_may_go),
    };
    const struct CMUnitTest first[] = {cmocka_unit_test(finding_devices)};
    return cmocka_run_group_tests(first, NULL, NULL) + cmocka_run_group_tests(tests, scarce_open, NULL);
}
