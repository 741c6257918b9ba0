// cl_khr_command_buffer_mutable_dispatch: every field changed, all or nothing of an update, arguments that
// are set after recording, what submissions under way keep; queries; what is refused.
#include "command_buffer.h"

#include <string.h>

enum { COUNT = 256 };

static const char source[] =
    "kernel void set(global int *out, int n, local int *room) {"
    "  room[get_local_id(0)] = n; barrier(CLK_LOCAL_MEM_FENCE);"
    "  out[get_global_id(0)] = room[get_local_size(0) - 1] + get_local_size(0) * 1000; }"
    "kernel void add(global int *out, int n) { out[get_global_id(0)] += n; }";

static int open_group(void **state) { return command_buffer_open(state, source); }

static cl_kernel kernel_new(const char *name, cl_mem memory, cl_int n)
{
    cl_int error;
    cl_kernel kernel = clCreateKernel(program, name, &error);
    assert_int_equal(error, CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof memory, (void *)&memory), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof n, &n), CL_SUCCESS);
    if (!strcmp(name, "set"))
        assert_int_equal(clSetKernelArg(kernel, 2, COUNT * sizeof(cl_int), NULL), CL_SUCCESS);
    return kernel;
}

// Recorded with these sizes; all fields may change unless `properties` says otherwise.
static cl_mutable_command_khr record(cl_command_buffer_khr buffer, cl_kernel kernel, size_t items,
                                     size_t local, const command_properties *properties)
{
    cl_mutable_command_khr handle;
    assert_int_equal(api.clCommandNDRangeKernelKHR(buffer, NULL, properties, kernel, 1, NULL, &items,
                                                   local ? &local : NULL, 0, NULL, NULL, &handle),
                     CL_SUCCESS);
    return handle;
}

static cl_int update(cl_command_buffer_khr buffer, const struct dispatch_config *config)
{
    const cl_uint type = UPDATE_DISPATCH_CONFIG;
    const void *configs[] = {config};
    return api.clUpdateMutableCommandsKHR(buffer, 1, &type, configs);
}

// ---- Changes ------------------------------------------------------------------------------------------

static void fields(void **state)
{
    (void)state;
    cl_mem one = words_new(COUNT), two = words_new(COUNT);
    cl_kernel kernel = kernel_new("set", one, 5);
    cl_command_buffer_khr buffer = buffer_new(session.queue, CL_COMMAND_BUFFER_MUTABLE_KHR);
    cl_mutable_command_khr handle = record(buffer, kernel, 64, 32, NULL);
    buffer_finalize(buffer);
    buffer_run(buffer);
    assert_int_equal(word_at(one, 63), 32005);
    assert_int_equal(word_at(one, 64), 0);
    const cl_int n = 6;
    const cl_mutable_dispatch_arg_khr arguments[] = {{0, sizeof two, (void *)&two}, {1, sizeof n, &n}};
    const size_t offset = 3, global = 32, local = 16;
    struct dispatch_config config = {.command = handle, .num_args = 2, .arg_list = arguments};
    assert_int_equal(update(buffer, &config), CL_SUCCESS);
    buffer_run(buffer);
    assert_int_equal(word_at(two, 63), 32006);
    config = (struct dispatch_config){.command = handle,
                                      .work_dim = 1,
                                      .global_work_offset = &offset,
                                      .global_work_size = &global,
                                      .local_work_size = &local};
    assert_int_equal(update(buffer, &config), CL_SUCCESS);
    buffer_run(buffer);
    assert_int_equal(word_at(two, 2), 32006);
    assert_int_equal(word_at(two, 3), 16006);
    assert_int_equal(word_at(two, 34), 16006);
    assert_int_equal(word_at(two, 35), 32006);
    // A kernel's own arguments are another matter, and an empty range is fine.
    clSetKernelArg(kernel, 1, sizeof n, &(cl_int){9});
    const size_t none = 0;
    config = (struct dispatch_config){.command = handle, .global_work_size = &none};
    assert_int_equal(update(buffer, &config), CL_SUCCESS);
    buffer_run(buffer);
    config.global_work_size = &local;
    assert_int_equal(update(buffer, &config), CL_SUCCESS);
    buffer_run(buffer);
    assert_int_equal(word_at(two, 3), 16006);
    buffer_release(buffer);
    clReleaseKernel(kernel);
    clReleaseMemObject(one);
    clReleaseMemObject(two);
}

static void local_and_shared_arguments(void **state)
{
    (void)state;
    cl_mem memory = words_new(COUNT);
    cl_int *shared = clSVMAlloc(session.context, 0, COUNT * sizeof *shared, 0);
    cl_kernel kernel = kernel_new("set", memory, 5);
    cl_command_buffer_khr buffer = buffer_new(session.queue, CL_COMMAND_BUFFER_MUTABLE_KHR);
    cl_mutable_command_khr handle = record(buffer, kernel, 64, 64, NULL);
    buffer_finalize(buffer);
    const cl_mutable_dispatch_arg_khr local = {2, 64 * sizeof(cl_int), NULL}, pointer = {0, 0, shared};
    const struct dispatch_config config = {
        .command = handle, .num_args = 1, .arg_list = &local, .num_svm_args = 1, .arg_svm_list = &pointer};
    assert_int_equal(update(buffer, &config), CL_SUCCESS);
    buffer_run(buffer);
    assert_int_equal(shared[63], 64005);
    assert_int_equal(word_at(memory, 63), 0);
    buffer_release(buffer);
    clReleaseKernel(kernel);
    clReleaseMemObject(memory);
    clSVMFree(session.context, shared);
}

// Several of one call for one command: the last one counts. One that is wrong: none does.
static void all_or_nothing(void **state)
{
    (void)state;
    cl_mem memory = words_new(COUNT);
    cl_kernel kernel = kernel_new("add", memory, 1);
    cl_command_buffer_khr buffer = buffer_new(session.queue, CL_COMMAND_BUFFER_MUTABLE_KHR);
    cl_mutable_command_khr first = record(buffer, kernel, COUNT, 0, NULL);
    cl_mutable_command_khr second = record(buffer, kernel, COUNT, 0, NULL);
    buffer_finalize(buffer);
    const cl_int values[] = {10, 20, 300};
    const size_t half = COUNT / 2;
    const cl_mutable_dispatch_arg_khr arguments[] = {
        {1, sizeof(cl_int), &values[0]},
        {1, sizeof(cl_int), &values[1]},
        {1, sizeof(cl_int), &values[2]},
        {7, sizeof(cl_int), &values[0]}, // there is none
    };
    const struct dispatch_config configs[] = {
        {.command = first, .num_args = 1, .arg_list = &arguments[0]},
        {.command = second, .num_args = 1, .arg_list = &arguments[2]},
        {.command = first, .num_args = 1, .arg_list = &arguments[1], .global_work_size = &half},
        {.command = second, .num_args = 1, .arg_list = &arguments[3]},
    };
    const void *list[] = {&configs[0], &configs[1], &configs[2], &configs[3]};
    const cl_uint types[4] = {0};
    assert_int_equal(api.clUpdateMutableCommandsKHR(buffer, 4, types, list), CL_INVALID_ARG_INDEX);
    buffer_run(buffer);
    assert_int_equal(word_at(memory, 0), 2);
    assert_int_equal(api.clUpdateMutableCommandsKHR(buffer, 3, types, list), CL_SUCCESS);
    buffer_run(buffer);
    assert_int_equal(word_at(memory, 0), 2 + 20 + 300);
    assert_int_equal(word_at(memory, COUNT - 1), 2 + 300);
    buffer_release(buffer);
    clReleaseKernel(kernel);
    clReleaseMemObject(memory);
}

// A submission is what the buffer was when it was enqueued, be it held back or behind others.
static void submissions_keep_theirs(void **state)
{
    (void)state;
    cl_mem memory = words_new(COUNT);
    cl_kernel kernel = kernel_new("add", memory, 1);
    cl_command_buffer_khr buffer =
        buffer_new(session.queue, CL_COMMAND_BUFFER_MUTABLE_KHR | CL_COMMAND_BUFFER_SIMULTANEOUS_USE_KHR);
    cl_mutable_command_khr handle = record(buffer, kernel, COUNT, 0, NULL);
    buffer_finalize(buffer);
    cl_event gate = clCreateUserEvent(session.context, NULL);
    for (cl_int n = 1; n <= 10000; n *= 10) {
        const cl_mutable_dispatch_arg_khr argument = {1, sizeof n, &n};
        const struct dispatch_config config = {.command = handle, .num_args = 1, .arg_list = &argument};
        assert_int_equal(update(buffer, &config), CL_SUCCESS);
        assert_int_equal(api.clEnqueueCommandBufferKHR(0, NULL, buffer, 1, &gate, NULL), CL_SUCCESS);
    }
    buffer_release(buffer);
    clSetUserEventStatus(gate, CL_COMPLETE);
    assert_int_equal(word_at(memory, 0), 11111);
    clReleaseEvent(gate);
    clReleaseKernel(kernel);
    clReleaseMemObject(memory);
}

// Arguments that are not set when the kernel is recorded.
static void arguments_later(void **state)
{
    (void)state;
    cl_mem memory = words_new(COUNT);
    cl_int error, n = 4;
    cl_kernel kernel = clCreateKernel(program, "add", &error);
    cl_command_buffer_khr buffer = buffer_new(session.queue, CL_COMMAND_BUFFER_MUTABLE_KHR);
    const command_properties sizes_only[] = {CL_MUTABLE_DISPATCH_UPDATABLE_FIELDS_KHR,
                                             CL_MUTABLE_DISPATCH_GLOBAL_SIZE_KHR, 0};
    const size_t items = COUNT, far = SIZE_MAX;
    cl_mutable_command_khr handle;
    assert_int_equal(api.clCommandNDRangeKernelKHR(buffer, NULL, sizes_only, kernel, 1, NULL, &items, NULL, 0,
                                                   NULL, NULL, &handle),
                     CL_INVALID_KERNEL_ARGS);
    assert_int_equal(
        api.clCommandNDRangeKernelKHR(buffer, NULL, NULL, kernel, 1, NULL, &items, NULL, 0, NULL, NULL, NULL),
        CL_INVALID_KERNEL_ARGS);
    assert_int_equal(api.clCommandNDRangeKernelKHR(buffer, NULL, NULL, kernel, 1, NULL, &far, NULL, 0, NULL,
                                                   NULL, &handle),
                     CL_INVALID_GLOBAL_WORK_SIZE);
    handle = record(buffer, kernel, COUNT, 0, NULL);
    buffer_finalize(buffer);
    assert_int_equal(buffer_state(buffer), CL_COMMAND_BUFFER_STATE_FINALIZED_KHR);
    assert_int_equal(api.clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, NULL), CL_INVALID_OPERATION);
    const cl_mutable_dispatch_arg_khr arguments[] = {{0, sizeof memory, (void *)&memory}, {1, sizeof n, &n}};
    struct dispatch_config config = {.command = handle, .num_args = 1, .arg_list = &arguments[0]};
    assert_int_equal(update(buffer, &config), CL_SUCCESS);
    assert_int_equal(buffer_state(buffer), CL_COMMAND_BUFFER_STATE_FINALIZED_KHR);
    config.arg_list = &arguments[1];
    assert_int_equal(update(buffer, &config), CL_SUCCESS);
    assert_int_equal(buffer_state(buffer), CL_COMMAND_BUFFER_STATE_EXECUTABLE_KHR);
    buffer_run(buffer);
    assert_int_equal(word_at(memory, COUNT - 1), 4);
    buffer_release(buffer);
    clReleaseKernel(kernel);
    clReleaseMemObject(memory);
}

// ---- Queries ------------------------------------------------------------------------------------------

static void queries(void **state)
{
    (void)state;
    cl_mem memory = words_new(COUNT);
    cl_kernel kernel = kernel_new("add", memory, 1);
    cl_command_buffer_khr buffer = buffer_new(session.queue, CL_COMMAND_BUFFER_MUTABLE_KHR);
    const command_properties list[] = {CL_MUTABLE_DISPATCH_UPDATABLE_FIELDS_KHR,
                                       CL_MUTABLE_DISPATCH_GLOBAL_OFFSET_KHR |
                                           CL_MUTABLE_DISPATCH_GLOBAL_SIZE_KHR,
                                       CL_MUTABLE_DISPATCH_ASSERTS_KHR, 0, 0};
    const size_t global[] = {16, 4}, local[] = {8, 2}, offset[] = {1, 0}, new_global[] = {8, 8};
    cl_mutable_command_khr handle, plain = record(buffer, kernel, 32, 0, NULL);
    assert_int_equal(api.clCommandNDRangeKernelKHR(buffer, NULL, list, kernel, 2, NULL, global, local, 0,
                                                   NULL, NULL, &handle),
                     CL_SUCCESS);
    cl_command_queue queue;
    cl_command_buffer_khr whose;
    cl_command_type type;
    cl_kernel what;
    cl_uint dimensions;
    size_t sizes[2], size;
    command_properties told[5];
#define ASK(command, name, value)                                                                            \
    assert_int_equal(api.clGetMutableCommandInfoKHR(command, name, sizeof(value), &(value), &size),          \
                     CL_SUCCESS)
#define ASK_SIZES(command, name, x, y)                                                                       \
    do {                                                                                                     \
        ASK(command, name, sizes);                                                                           \
        assert_int_equal(size, sizeof sizes);                                                                \
        assert_int_equal(sizes[0], x);                                                                       \
        assert_int_equal(sizes[1], y);                                                                       \
    } while (false)
    ASK(handle, CL_MUTABLE_COMMAND_COMMAND_QUEUE_KHR, queue);
    assert_ptr_equal(queue, session.queue);
    ASK(handle, CL_MUTABLE_COMMAND_COMMAND_BUFFER_KHR, whose);
    assert_ptr_equal(whose, buffer);
    ASK(handle, CL_MUTABLE_COMMAND_COMMAND_TYPE_KHR, type);
    assert_int_equal(type, CL_COMMAND_NDRANGE_KERNEL);
    ASK(handle, CL_MUTABLE_DISPATCH_KERNEL_KHR, what);
    assert_ptr_equal(what, kernel);
    ASK(handle, CL_MUTABLE_DISPATCH_DIMENSIONS_KHR, dimensions);
    assert_int_equal(dimensions, 2);
    ASK(handle, CL_MUTABLE_COMMAND_PROPERTIES_ARRAY_KHR, told);
    assert_int_equal(size, sizeof list);
    assert_memory_equal(told, list, sizeof list);
    ASK_SIZES(handle, CL_MUTABLE_DISPATCH_GLOBAL_WORK_SIZE_KHR, 16, 4);
    ASK_SIZES(handle, CL_MUTABLE_DISPATCH_LOCAL_WORK_SIZE_KHR, 8, 2);
    ASK_SIZES(handle, CL_MUTABLE_DISPATCH_GLOBAL_WORK_OFFSET_KHR, 0, 0);
    ASK(plain, CL_MUTABLE_COMMAND_PROPERTIES_ARRAY_KHR, told);
    assert_int_equal(size, 0);
    ASK(plain, CL_MUTABLE_DISPATCH_LOCAL_WORK_SIZE_KHR, sizes[0]);
    assert_int_equal(size, sizeof *sizes);
    assert_int_equal(sizes[0], 0); // none was given
    buffer_finalize(buffer);
    const struct dispatch_config config = {
        .command = handle, .global_work_offset = offset, .global_work_size = new_global};
    assert_int_equal(update(buffer, &config), CL_SUCCESS);
    ASK_SIZES(handle, CL_MUTABLE_DISPATCH_GLOBAL_WORK_SIZE_KHR, 8, 8);
    ASK_SIZES(handle, CL_MUTABLE_DISPATCH_GLOBAL_WORK_OFFSET_KHR, 1, 0);
    ASK_SIZES(handle, CL_MUTABLE_DISPATCH_LOCAL_WORK_SIZE_KHR, 8, 2);
    assert_int_equal(api.clGetMutableCommandInfoKHR(handle, 0, sizeof size, &size, NULL), CL_INVALID_VALUE);
    assert_int_equal(api.clGetMutableCommandInfoKHR(handle, CL_MUTABLE_DISPATCH_KERNEL_KHR, 1, &size, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(api.clGetMutableCommandInfoKHR((cl_mutable_command_khr)buffer,
                                                    CL_MUTABLE_DISPATCH_KERNEL_KHR, 0, NULL, NULL),
                     CL_INVALID_MUTABLE_COMMAND_KHR);
    buffer_release(buffer);
    assert_int_equal(api.clGetMutableCommandInfoKHR(handle, CL_MUTABLE_DISPATCH_KERNEL_KHR, 0, NULL, NULL),
                     CL_INVALID_MUTABLE_COMMAND_KHR);
    clReleaseKernel(kernel);
    clReleaseMemObject(memory);
}

// ---- What is refused ----------------------------------------------------------------------------------

static void refused_recordings(void **state)
{
    (void)state;
    cl_mem memory = words_new(COUNT);
    cl_kernel kernel = kernel_new("add", memory, 1);
    cl_command_buffer_khr buffer = buffer_new(session.queue, CL_COMMAND_BUFFER_MUTABLE_KHR);
    const size_t items = COUNT;
    const struct {
        command_properties list[5];
        cl_int error;
    } rows[] = {
        {{0x1234, 1, 0}, CL_INVALID_VALUE},
        {{CL_MUTABLE_DISPATCH_UPDATABLE_FIELDS_KHR, 1, CL_MUTABLE_DISPATCH_UPDATABLE_FIELDS_KHR, 1, 0},
         CL_INVALID_VALUE},
        {{CL_MUTABLE_DISPATCH_UPDATABLE_FIELDS_KHR, 1 << 9, 0}, CL_INVALID_OPERATION},
        {{CL_MUTABLE_DISPATCH_ASSERTS_KHR, 4, 0}, CL_INVALID_VALUE},
        {{CL_MUTABLE_DISPATCH_ASSERTS_KHR, CL_MUTABLE_DISPATCH_ASSERT_NO_ADDITIONAL_WORK_GROUPS_KHR, 0},
         CL_INVALID_VALUE}, // without a local size
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(api.clCommandNDRangeKernelKHR(buffer, NULL, rows[i].list, kernel, 1, NULL, &items,
                                                       NULL, 0, NULL, NULL, NULL),
                         rows[i].error);
    buffer_release(buffer);
    clReleaseKernel(kernel);
    clReleaseMemObject(memory);
}

static void refused_updates(void **state)
{
    (void)state;
    cl_mem memory = words_new(COUNT);
    cl_kernel kernel = kernel_new("add", memory, 1);
    cl_command_buffer_khr buffer = buffer_new(session.queue, CL_COMMAND_BUFFER_MUTABLE_KHR),
                          other = buffer_new(session.queue, CL_COMMAND_BUFFER_MUTABLE_KHR),
                          fixed = buffer_new(session.queue, 0);
    const command_properties nothing[] = {CL_MUTABLE_DISPATCH_UPDATABLE_FIELDS_KHR, 0, 0};
    cl_mutable_command_khr free = record(buffer, kernel, 64, 32, NULL),
                           bound = record(buffer, kernel, 64, 32, nothing),
                           others = record(other, kernel, 64, 32, NULL),
                           fixed_one = record(fixed, kernel, 64, 32, NULL);
    const cl_mutable_dispatch_arg_khr argument = {1, sizeof(cl_int), &(cl_int){3}}, wrong = {1, 1, "x"};
    const cl_mutable_dispatch_exec_info_khr info = {0x1234, 0, NULL};
    const size_t size = 32, uneven = 33, large = 512;
    const struct dispatch_config change = {.command = free, .global_work_size = &size};
    assert_int_equal(update(buffer, &change), CL_INVALID_OPERATION); // not finalized yet
    buffer_finalize(buffer);
    buffer_finalize(other);
    buffer_finalize(fixed);
    const struct {
        cl_command_buffer_khr buffer;
        struct dispatch_config config;
        cl_int error;
    } rows[] = {
        {NULL, {.command = free}, CL_INVALID_COMMAND_BUFFER_KHR},
        {fixed, {.command = fixed_one}, CL_INVALID_OPERATION},
        {buffer, {.command = NULL}, CL_INVALID_MUTABLE_COMMAND_KHR},
        {buffer, {.command = others}, CL_INVALID_MUTABLE_COMMAND_KHR},
        {buffer, {.command = (cl_mutable_command_khr)buffer}, CL_INVALID_MUTABLE_COMMAND_KHR},
        {buffer, {.command = free, .work_dim = 2}, CL_INVALID_OPERATION},
        {buffer, {.command = bound, .global_work_offset = &size}, CL_INVALID_OPERATION},
        {buffer, {.command = bound, .global_work_size = &size}, CL_INVALID_OPERATION},
        {buffer, {.command = bound, .local_work_size = &size}, CL_INVALID_OPERATION},
        {buffer, {.command = bound, .num_args = 1, .arg_list = &argument}, CL_INVALID_OPERATION},
        {buffer, {.command = bound, .num_svm_args = 1, .arg_svm_list = &argument}, CL_INVALID_OPERATION},
        {buffer, {.command = bound, .num_exec_infos = 1, .exec_info_list = &info}, CL_INVALID_OPERATION},
        {buffer, {.command = bound}, CL_SUCCESS},
        {buffer, {.command = free, .num_args = 1}, CL_INVALID_VALUE},
        {buffer, {.command = free, .arg_list = &argument}, CL_INVALID_VALUE},
        {buffer, {.command = free, .num_svm_args = 1}, CL_INVALID_VALUE},
        {buffer, {.command = free, .arg_svm_list = &argument}, CL_INVALID_VALUE},
        {buffer, {.command = free, .num_exec_infos = 1}, CL_INVALID_VALUE},
        {buffer, {.command = free, .exec_info_list = &info}, CL_INVALID_VALUE},
        {buffer, {.command = free, .num_exec_infos = 1, .exec_info_list = &info}, CL_INVALID_VALUE},
        {buffer, {.command = free, .num_args = 1, .arg_list = &wrong}, CL_INVALID_ARG_SIZE},
        {buffer, {.command = free, .num_svm_args = 1, .arg_svm_list = &argument}, CL_INVALID_ARG_VALUE},
        {buffer, {.command = free, .global_work_size = &uneven}, CL_INVALID_OPERATION},
        {buffer,
         {.command = free, .global_work_size = &large, .local_work_size = &large},
         CL_INVALID_WORK_GROUP_SIZE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(update(rows[i].buffer, &rows[i].config), rows[i].error);
    const cl_uint types[] = {0, 77};
    const void *configs[] = {&change, NULL};
    assert_int_equal(api.clUpdateMutableCommandsKHR(buffer, 1, NULL, configs), CL_INVALID_VALUE);
    assert_int_equal(api.clUpdateMutableCommandsKHR(buffer, 1, types, NULL), CL_INVALID_VALUE);
    assert_int_equal(api.clUpdateMutableCommandsKHR(buffer, 0, types, NULL), CL_INVALID_VALUE);
    assert_int_equal(api.clUpdateMutableCommandsKHR(buffer, 0, NULL, configs), CL_INVALID_VALUE);
    assert_int_equal(api.clUpdateMutableCommandsKHR(buffer, 2, (cl_uint[]){0, 0}, configs), CL_INVALID_VALUE);
    assert_int_equal(api.clUpdateMutableCommandsKHR(buffer, 1, &types[1], configs), CL_INVALID_VALUE);
    assert_int_equal(api.clUpdateMutableCommandsKHR(buffer, 0, NULL, NULL), CL_SUCCESS);
    buffer_run(buffer); // as it was recorded
    assert_int_equal(word_at(memory, 63), 2);
    assert_int_equal(word_at(memory, 64), 0);
    buffer_release(buffer);
    buffer_release(other);
    buffer_release(fixed);
    clReleaseKernel(kernel);
    clReleaseMemObject(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),
        cmocka_unit_test(local_and_shared_arguments),
        cmocka_unit_test(all_or_nothing),
        cmocka_unit_test(submissions_keep_theirs),
        cmocka_unit_test(arguments_later),
        cmocka_unit_test(queries),
        cmocka_unit_test(refused_recordings),
        cmocka_unit_test(refused_updates),
    };
    return cmocka_run_group_tests(tests, open_group, command_buffer_close);
}
