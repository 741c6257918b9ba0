#include "api/enqueue_kernel.h"

#include "api/cl_device.h"
#include "api/context.h"
#include "api/machinery/kernel_command.h"
#include "api/memory.h"
#include "api/sampler.h"

// ---- Checks -------------------------------------------------------------------------------------------

// An argument is set, and the object that was set is still there: kernels do not retain them.
static bool argument_ready(const struct kernel_argument *argument, enum argument_kind kind)
{
    if (!argument->set) return false;
    if (kind == ARGUMENT_SAMPLER) return sampler_is(argument->sampler);
    if (kind == ARGUMENT_IMAGE) return memory_is_image(argument->memory);
    return !argument->memory || memory_is_buffer(argument->memory);
}

static cl_int arguments_check(const struct kiln_kernel *kernel)
{
    for (uint32_t i = 0; i < kernel->metadata->explicit_count; i++)
        if (!argument_ready(&kernel->arguments[i], kernel->metadata->arguments[i].kind))
            return CL_INVALID_KERNEL_ARGS;
    return CL_SUCCESS;
}

static cl_int dimensions_check(const struct range *range)
{
    return range->dimensions < 1 || range->dimensions > 3 ? CL_INVALID_WORK_DIMENSION : CL_SUCCESS;
}

// What enqueuing a kernel checks before it looks at the sizes.
static cl_int kernel_check(const struct kiln_queue *queue, cl_kernel handle, const struct range *range,
                           const struct kernel_device **on)
{
    if (!kernel_is(handle)) return CL_INVALID_KERNEL;
    const struct kiln_kernel *kernel = kernel_from(handle);
    if (kernel->program->context != queue->context) return CL_INVALID_CONTEXT;
    *on = kernel_device(kernel, queue->device);
    if (!*on) return CL_INVALID_PROGRAM_EXECUTABLE;
    cl_int error = arguments_check(kernel);
    return error ? error : dimensions_check(range);
}

cl_int kernel_range_check(const struct kiln_queue *queue, cl_kernel kernel, const struct range *range)
{
    struct launch launch;
    cl_int error = dimensions_check(range);
    if (error || range_is_empty(range)) return error;
    return launch_fill(kernel_device(kernel_from(kernel), queue->device), range, &launch);
}

// ---- Entry points -------------------------------------------------------------------------------------

cl_int kernel_enqueue(const struct command_request *request, cl_kernel handle, const struct range *range)
{
    const struct kernel_device *on;
    cl_int error = kernel_check(request->queue, handle, range, &on);
    if (error) return error;
    if (range_is_empty(range)) return command_enqueue_nothing(request);
    return kernel_command_enqueue(request, kernel_from(handle), on, range);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel,
                                                       cl_uint dimensions, const size_t *offset,
                                                       const size_t *global, const size_t *local,
                                                       cl_uint wait_count, const cl_event *wait,
                                                       cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_NDRANGE_KERNEL, wait_count, wait, event);
    if (error) return error;
    const struct range range = {dimensions, offset, global, local};
    return kernel_enqueue(&request, kernel, &range);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueTask(cl_command_queue queue, cl_kernel kernel, cl_uint wait_count,
                                              const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_TASK, wait_count, wait, event);
    if (error) return error;
    static const size_t one = 1;
    const struct range range = {1, NULL, &one, &one};
    return kernel_enqueue(&request, kernel, &range);
}

// Answers with what an enqueue would do. (OpenCL 3.1 has it in its core, by the name without a suffix.)
CL_API_ENTRY cl_int CL_API_CALL clGetKernelSuggestedLocalWorkSizeKHR(cl_command_queue queue, cl_kernel kernel,
                                                                     cl_uint dimensions, const size_t *offset,
                                                                     const size_t *global, size_t *suggested)
{
    if (!queue_is(queue)) return CL_INVALID_COMMAND_QUEUE;
    const struct range range = {dimensions, offset, global, NULL};
    const struct kernel_device *on;
    cl_int error = kernel_check(queue_from(queue), kernel, &range, &on);
    if (error) return error;
    if (!suggested) return CL_INVALID_VALUE;
    if (range_is_empty(&range)) return CL_INVALID_GLOBAL_WORK_SIZE;
    struct launch launch;
    error = launch_fill(on, &range, &launch);
    for (cl_uint i = 0; !error && i < dimensions; i++) suggested[i] = launch.local[i];
    return error;
}

// CL_DEVICE_EXECUTION_CAPABILITIES has no CL_EXEC_NATIVE_KERNEL.
CL_API_ENTRY cl_int CL_API_CALL clEnqueueNativeKernel(cl_command_queue queue,
                                                      void(CL_CALLBACK *function)(void *), void *arguments,
                                                      size_t size, cl_uint memory_count,
                                                      const cl_mem *memories, const void **locations,
                                                      cl_uint wait_count, const cl_event *wait,
                                                      cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_NATIVE_KERNEL, wait_count, wait, event);
    if (error) return error;
    if (!function || !arguments != !size || (!arguments && memory_count)) return CL_INVALID_VALUE;
    if (memory_count ? !memories || !locations : memories || locations) return CL_INVALID_VALUE;
    return CL_INVALID_OPERATION;
}
