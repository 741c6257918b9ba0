#include "command_buffer.h"

struct entry_points api;
cl_program program;

int command_buffer_open(void **state, const char *source)
{
    session_group_open(state);
#define FIND(name)                                                                                           \
    api.name =                                                                                               \
        (__typeof__(api.name))clGetExtensionFunctionAddressForPlatform(session_platform(&session), #name);   \
    assert_non_null(api.name);
    ENTRY_POINTS(FIND)
#undef FIND
    program = session_program(&session, source, "-cl-std=CL1.2");
    return 0;
}

int command_buffer_close(void **state)
{
    clReleaseProgram(program);
    return session_group_close(state);
}

cl_command_buffer_khr buffer_new(cl_command_queue queue, cl_command_buffer_flags_khr flags)
{
    const cl_command_buffer_properties_khr properties[] = {CL_COMMAND_BUFFER_FLAGS_KHR, flags, 0};
    cl_int error;
    cl_command_buffer_khr buffer = api.clCreateCommandBufferKHR(1, &queue, flags ? properties : NULL, &error);
    assert_int_equal(error, CL_SUCCESS);
    assert_non_null(buffer);
    return buffer;
}

void buffer_finalize(cl_command_buffer_khr buffer)
{
    assert_int_equal(api.clFinalizeCommandBufferKHR(buffer), CL_SUCCESS);
}

void buffer_release(cl_command_buffer_khr buffer)
{
    assert_int_equal(api.clReleaseCommandBufferKHR(buffer), CL_SUCCESS);
}

cl_command_buffer_state_khr buffer_state(cl_command_buffer_khr buffer)
{
    cl_command_buffer_state_khr state;
    assert_int_equal(
        api.clGetCommandBufferInfoKHR(buffer, CL_COMMAND_BUFFER_STATE_KHR, sizeof state, &state, NULL),
        CL_SUCCESS);
    return state;
}

void buffer_run(cl_command_buffer_khr buffer)
{
    cl_event event;
    assert_int_equal(api.clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, &event), CL_SUCCESS);
    assert_int_equal(clWaitForEvents(1, &event), CL_SUCCESS);
    clReleaseEvent(event);
}

cl_sync_point_khr kernel_record(cl_command_buffer_khr buffer, cl_kernel kernel, size_t items)
{
    cl_sync_point_khr point;
    assert_int_equal(api.clCommandNDRangeKernelKHR(buffer, NULL, NULL, kernel, 1, NULL, &items, NULL, 0, NULL,
                                                   &point, NULL),
                     CL_SUCCESS);
    return point;
}

cl_mem words_new(size_t count)
{
    cl_int error, zero = 0;
    cl_mem memory = clCreateBuffer(session.context, 0, count * sizeof zero, NULL, &error);
    assert_int_equal(error, CL_SUCCESS);
    assert_int_equal(
        clEnqueueFillBuffer(session.queue, memory, &zero, sizeof zero, 0, count * sizeof zero, 0, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    return memory;
}

cl_int word_at(cl_mem memory, size_t index)
{
    cl_int value;
    assert_int_equal(clEnqueueReadBuffer(session.queue, memory, CL_TRUE, index * sizeof value, sizeof value,
                                         &value, 0, NULL, NULL),
                     CL_SUCCESS);
    return value;
}
