#include "table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

cl_int error, *error_out = &error;
cl_command_queue on;
cl_uint waits;
const cl_event *wait_list;

// ---- Handles that are none ----------------------------------------------------------------------------

struct handle {
    const char *what, *type; // `type`: of which it is a valid handle; "" of none
    void *handle;
};

static struct handle handles[32];
static unsigned handle_count, handle_at;
static const char *handle_type;
static void *unreadable, *foreign[64], *zeros[64];

static void handle_add(const char *what, const char *type, void *handle)
{
    handles[handle_count++] = (struct handle){what, type, handle};
}

static void foreign_function(void) { abort(); }

static void handles_create(void)
{
    static void *dispatch[512];
    for (size_t i = 0; i < sizeof dispatch / sizeof *dispatch; i++) dispatch[i] = (void *)foreign_function;
    foreign[0] = dispatch;
    unreadable = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    handle_add("NULL", "", NULL);
    handle_add("1", "", (void *)1);
    handle_add("the last address", "", (void *)UINTPTR_MAX);
    handle_add("memory that cannot be read", "", unreadable);
    handle_add("zeros", "", zeros);
    handle_add("another driver's object", "", foreign);
    handle_add("an address inside an object", "", (char *)context + 8);
    for (size_t i = 0; i < sizeof stale / sizeof *stale; i++) handle_add(stale[i].type, "", stale[i].handle);
    handle_add("a platform", "cl_platform_id", platform);
    handle_add("a device", "cl_device_id", device);
    handle_add("a context", "cl_context", context);
    handle_add("a queue", "cl_command_queue", queue);
    handle_add("an event", "cl_event", event);
    handle_add("a buffer", "cl_mem", buffer);
    handle_add("a program", "cl_program", program);
    handle_add("a kernel", "cl_kernel", kernel);
    if (!has_images) return;
    handle_add("an image", "image_mem", image);
    handle_add("a sampler", "cl_sampler", sampler);
}

bool handle_exists(void)
{
    if (handle_at < handle_count) return true;
    handle_type = NULL;
    return false;
}

static bool handle_is_valid(const struct handle *handle)
{
    if (!strcmp(handle_type, "any_mem"))
        return !strcmp(handle->type, "cl_mem") || !strcmp(handle->type, "image_mem");
    return !strcmp(handle->type, handle_type);
}

static void handle_skip_valid(void)
{
    while (handle_at < handle_count && handle_is_valid(&handles[handle_at])) handle_at++;
}

void handle_first(const char *type)
{
    handle_type = type;
    handle_at = 0;
    handle_skip_valid();
}

void handle_next(void)
{
    handle_at++;
    handle_skip_valid();
}

void *handle_bad(void) { return handles[handle_at].handle; }

// ---- Rows ---------------------------------------------------------------------------------------------

static struct row row;
static unsigned row_count, failure_count;

// The entry points, and whether a row has called them.
static struct {
    const char *name;
    bool tried;
} functions[] = {
#define FUNCTION(name) {#name, false},
#define WINDOWS(name)
#define WINDOWS_OBJECT(name)
#include "icd/functions.def"
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

static void function_note(const char *call)
{
    const char *name = strstr(call, "cl->");
    name = name ? name + 4 : call; // found by name, not in the table
    size_t length = strcspn(name, "(");
    for (unsigned i = 0; i < FUNCTIONS; i++)
        if (strlen(functions[i].name) == length && !memcmp(functions[i].name, name, length))
            functions[i].tried = true;
}

void row_begin(const struct row *begun)
{
    row = *begun;
    error = CL_SUCCESS;
    row_count++;
    function_note(row.call);
}

static void row_fail(const char *what, long got)
{
    failure_count++;
    fprintf(stderr, "%s:%d: %s", row.file, row.line, row.call);
    if (handle_type) fprintf(stderr, ", a bad %s being %s", handle_type, handles[handle_at].what);
    fprintf(stderr, ": %s %ld, not %d\n", what, got, row.expected);
}

void row_end(intptr_t result)
{
    if (!row.returns_object && (cl_int)result != row.expected)
        row_fail("returns", (cl_int)result);
    else if (row.returns_object && result)
        row_fail("returns an object and", error);
    else if (row.returns_object && error != row.expected)
        row_fail("gives", error);
}

// ---- The table ----------------------------------------------------------------------------------------

static int rows_judge(void **state)
{
    (void)state;
    unsigned failed = failure_count;
    failure_count = 0;
    return failed ? -1 : 0;
}

static void every_entry_point_is_tried(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FUNCTIONS; i++)
        if (!functions[i].tried) fail_msg("no row calls %s", functions[i].name);
    print_message("%u bad calls\n", row_count);
}

// A handle released as often as the application may is no handle of its any more, though another object keeps
// what it meant.
static void handles_kept_by_others(void **state)
{
    (void)state;
    cl_context mine = cl->clCreateContext(NULL, 1, &device, NULL, NULL, NULL);
    cl_command_queue keeper = cl->clCreateCommandQueueWithProperties(mine, device, NULL, NULL);
    assert_int_equal(cl->clRetainContext(mine), CL_SUCCESS);
    assert_int_equal(cl->clReleaseContext(mine), CL_SUCCESS);
    assert_int_equal(cl->clReleaseContext(mine), CL_SUCCESS);
    assert_int_equal(cl->clReleaseContext(mine), CL_INVALID_CONTEXT);
    assert_int_equal(cl->clFinish(keeper), CL_SUCCESS);
    assert_int_equal(cl->clReleaseCommandQueue(keeper), CL_SUCCESS);
    assert_int_equal(cl->clReleaseCommandQueue(keeper), CL_INVALID_COMMAND_QUEUE);
    assert_int_equal(cl->clRetainContext(mine), CL_INVALID_CONTEXT);
}

#define ASSERT_ONE_REFERENCE(get, handle, query)                                                             \
    do {                                                                                                     \
        cl_uint count = 0;                                                                                   \
        assert_int_equal(cl->get(handle, query, sizeof count, &count, NULL), CL_SUCCESS);                    \
        assert_int_equal(count, 1);                                                                          \
    } while (0)

// All that is valid still is, belongs to the application alone, and works.
static void nothing_is_lost(void **state)
{
    (void)state;
    ASSERT_ONE_REFERENCE(clGetContextInfo, context, CL_CONTEXT_REFERENCE_COUNT);
    ASSERT_ONE_REFERENCE(clGetCommandQueueInfo, queue, CL_QUEUE_REFERENCE_COUNT);
    ASSERT_ONE_REFERENCE(clGetMemObjectInfo, buffer, CL_MEM_REFERENCE_COUNT);
    ASSERT_ONE_REFERENCE(clGetMemObjectInfo, sub_buffer, CL_MEM_REFERENCE_COUNT);
    if (has_images) {
        ASSERT_ONE_REFERENCE(clGetMemObjectInfo, image, CL_MEM_REFERENCE_COUNT);
        ASSERT_ONE_REFERENCE(clGetSamplerInfo, sampler, CL_SAMPLER_REFERENCE_COUNT);
    }
    ASSERT_ONE_REFERENCE(clGetProgramInfo, program, CL_PROGRAM_REFERENCE_COUNT);
    ASSERT_ONE_REFERENCE(clGetKernelInfo, kernel, CL_KERNEL_REFERENCE_COUNT);
    ASSERT_ONE_REFERENCE(clGetEventInfo, event, CL_EVENT_REFERENCE_COUNT);
    const cl_int before = 0;
    cl_int result[8];
    const size_t size = 8;
    assert_int_equal(
        cl->clEnqueueFillBuffer(queue, buffer, &before, sizeof before, 0, sizeof result, 0, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(cl->clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &size, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(cl->clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, sizeof result, result, 0, NULL, NULL),
                     CL_SUCCESS);
    for (cl_int i = 0; i < 8; i++) assert_int_equal(result[i], i + SUBJECT_ARGUMENT);
}

int main(int argc, char **argv)
{
#define ROWS(function) cmocka_unit_test_teardown(function, rows_judge)
    const struct CMUnitTest tests[] = {
        ROWS(platforms),
        ROWS(devices),
        ROWS(sub_devices),
        ROWS(contexts),
        ROWS(interop),
        ROWS(queues),
        ROWS(buffers),
        ROWS(sub_buffers),
        ROWS(reads_and_writes),
        ROWS(rectangles),
        ROWS(copies),
        ROWS(fills),
        ROWS(maps),
        ROWS(images),
        ROWS(image_descriptions),
        ROWS(image_parents),
        ROWS(image_copies),
        ROWS(image_maps),
        ROWS(mipmaps),
        ROWS(image_requirements),
        ROWS(image_commands),
        ROWS(pipes),
        ROWS(unmaps),
        ROWS(migrations),
        ROWS(memory_objects),
        ROWS(svm),
        ROWS(svm_commands),
        ROWS(samplers),
        ROWS(sources),
        ROWS(binaries),
        ROWS(intermediate_languages),
        ROWS(builds),
        ROWS(compilations),
        ROWS(links),
        ROWS(compilers),
        ROWS(program_queries),
        ROWS(global_variables),
        ROWS(kernels),
        ROWS(arguments),
        ROWS(image_arguments),
        ROWS(arguments_released),
        ROWS(kernel_queries),
        ROWS(launches),
        ROWS(native_kernels),
        ROWS(events),
        ROWS(markers),
        ROWS(profiling),
        ROWS(flush_and_finish),
        cmocka_unit_test(every_entry_point_is_tried),
        cmocka_unit_test(handles_kept_by_others),
        cmocka_unit_test(nothing_is_lost),
    };
    if (argc != 2) return 2;
    subject_create(argv[1]);
    on = queue;
    handles_create();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    munmap(unreadable, 4096);
    subject_destroy();
    return failed;
}
