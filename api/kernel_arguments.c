// clSetKernelArg, and what else a kernel is told before it is enqueued.
#include "api/cl_device.h"
#include "api/device_address.h"
#include "api/kernel.h"
#include "api/machinery/image_argument.h"
#include "api/memory.h"
#include "api/sampler.h"

#include <string.h>

typedef cl_int set_function(struct kiln_kernel *, unsigned index, size_t size, const void *value);

static cl_int set_value(struct kiln_kernel *kernel, unsigned index, size_t size, const void *value)
{
    const struct argument_metadata *argument = &kernel->metadata->arguments[index];
    if (!value) return CL_INVALID_ARG_VALUE;
    if (size != argument->size) return CL_INVALID_ARG_SIZE;
    memcpy(kernel->values + argument->offset, value, size);
    return CL_SUCCESS;
}

static cl_int set_buffer(struct kiln_kernel *kernel, unsigned index, size_t size, const void *value)
{
    cl_mem memory = NULL;
    if (value) {
        if (size != sizeof(cl_mem)) return CL_INVALID_ARG_SIZE;
        memcpy(&memory, value, sizeof(cl_mem));
    }
    cl_int error = memory ? memory_check_buffer(memory, kernel->program->context) : CL_SUCCESS;
    if (error) return error;
    kernel->arguments[index].memory = memory;
    memset(kernel->values + kernel->metadata->arguments[index].offset, 0, sizeof(void *)); // what NULL is
    return CL_SUCCESS;
}

// Since OpenCL 3.1 the size may be 0.
static cl_int set_local(struct kiln_kernel *kernel, unsigned index, size_t size, const void *value)
{
    if (value) return CL_INVALID_ARG_VALUE;
    kernel->arguments[index].local_size = size;
    return CL_SUCCESS;
}

static cl_int set_image(struct kiln_kernel *kernel, unsigned index, size_t size, const void *value)
{
    if (size != sizeof(cl_mem)) return CL_INVALID_ARG_SIZE;
    if (!value) return CL_INVALID_MEM_OBJECT;
    cl_mem handle;
    memcpy(&handle, value, sizeof handle);
    cl_int error = memory_check_image(handle, kernel->program->context);
    if (error) return error;
    const struct kiln_memory *memory = memory_from(handle);
    error = image_argument_check(&kernel->metadata->arguments[index], &memory->image->shape, memory->flags);
    if (!error) kernel->arguments[index].memory = handle;
    return error;
}

static cl_int set_sampler(struct kiln_kernel *kernel, unsigned index, size_t size, const void *value)
{
    if (size != sizeof(cl_sampler)) return CL_INVALID_ARG_SIZE;
    if (!value) return CL_INVALID_SAMPLER;
    cl_sampler handle;
    memcpy(&handle, value, sizeof handle);
    if (!sampler_is(handle)) return CL_INVALID_SAMPLER;
    if (sampler_from(handle)->context != kernel->program->context) return CL_INVALID_CONTEXT;
    kernel->arguments[index].sampler = handle;
    return CL_SUCCESS;
}

// No device of this driver has pipes or device queues, so that no handle can be one.
static cl_int set_refuse(size_t size, cl_int error)
{
    return size == sizeof(void *) ? error : CL_INVALID_ARG_SIZE;
}

static cl_int refuse_memory(struct kiln_kernel *kernel, unsigned index, size_t size, const void *value)
{
    (void)kernel, (void)index, (void)value;
    return set_refuse(size, CL_INVALID_MEM_OBJECT);
}

static cl_int refuse_queue(struct kiln_kernel *kernel, unsigned index, size_t size, const void *value)
{
    (void)kernel, (void)index, (void)value;
    return set_refuse(size, CL_INVALID_DEVICE_QUEUE);
}

static set_function *const set_functions[] = {
    [ARGUMENT_BY_VALUE] = set_value,
    [ARGUMENT_GLOBAL_BUFFER] = set_buffer,
    [ARGUMENT_DYNAMIC_SHARED_POINTER] = set_local,
    [ARGUMENT_SAMPLER] = set_sampler,
    [ARGUMENT_IMAGE] = set_image,
    [ARGUMENT_PIPE] = refuse_memory,
    [ARGUMENT_QUEUE] = refuse_queue,
};

CL_API_ENTRY cl_int CL_API_CALL clSetKernelArg(cl_kernel handle, cl_uint index, size_t size,
                                               const void *value)
{
    if (!kernel_is(handle)) return CL_INVALID_KERNEL;
    struct kiln_kernel *kernel = kernel_from(handle);
    if (index >= kernel->metadata->explicit_count) return CL_INVALID_ARG_INDEX;
    cl_int error = set_functions[kernel->metadata->arguments[index].kind](kernel, index, size, value);
    if (!error) kernel->arguments[index].set = true;
    return error;
}

// ---- Addresses ----------------------------------------------------------------------------------------

// `mismatch`: the error for an argument that is no pointer to global or constant memory.
static cl_int set_address(cl_kernel handle, cl_uint index, uint64_t address, cl_int mismatch)
{
    if (!kernel_is(handle)) return CL_INVALID_KERNEL;
    struct kiln_kernel *kernel = kernel_from(handle);
    if (index >= kernel->metadata->explicit_count) return CL_INVALID_ARG_INDEX;
    const struct argument_metadata *argument = &kernel->metadata->arguments[index];
    if (argument->kind != ARGUMENT_GLOBAL_BUFFER) return mismatch;
    memcpy(kernel->values + argument->offset, &address, sizeof address);
    kernel->arguments[index].memory = NULL;
    kernel->arguments[index].set = true;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clSetKernelArgSVMPointer(cl_kernel kernel, cl_uint index, const void *value)
{
    return set_address(kernel, index, (uintptr_t)value, CL_INVALID_ARG_VALUE);
}

CL_API_ENTRY cl_int CL_API_CALL clSetKernelArgMemPointerINTEL(cl_kernel kernel, cl_uint index,
                                                              const void *value)
{
    return set_address(kernel, index, (uintptr_t)value, CL_INVALID_ARG_VALUE);
}

CL_API_ENTRY cl_int CL_API_CALL clSetKernelArgDevicePointerEXT(cl_kernel kernel, cl_uint index,
                                                               cl_mem_device_address_ext value)
{
    return set_address(kernel, index, value, CL_INVALID_ARG_INDEX);
}

// Whether all of the kernel's devices share the process's memory.
static bool reaches_process_memory(const struct kiln_kernel *kernel)
{
    for (unsigned i = 0; i < kernel->device_count; i++)
        if (!kernel->devices[i].device->info->process_memory) return false;
    return true;
}

static bool names_pointers(cl_kernel_exec_info name)
{
    return name == CL_KERNEL_EXEC_INFO_SVM_PTRS || name == CL_KERNEL_EXEC_INFO_DEVICE_PTRS_EXT ||
           name == CL_KERNEL_EXEC_INFO_USM_PTRS_INTEL;
}

static bool names_indirect_access(cl_kernel_exec_info name)
{
    return name == CL_KERNEL_EXEC_INFO_INDIRECT_HOST_ACCESS_INTEL ||
           name == CL_KERNEL_EXEC_INFO_INDIRECT_DEVICE_ACCESS_INTEL ||
           name == CL_KERNEL_EXEC_INFO_INDIRECT_SHARED_ACCESS_INTEL;
}

// Kernels reach all buffers and all shared virtual memory always, and so nothing of what they are said to
// need is kept.
CL_API_ENTRY cl_int CL_API_CALL clSetKernelExecInfo(cl_kernel handle, cl_kernel_exec_info name, size_t size,
                                                    const void *value)
{
    if (!kernel_is(handle)) return CL_INVALID_KERNEL;
    if (names_pointers(name))
        // An empty list takes back an earlier one.
        return !value == !size && size % sizeof(cl_ulong) == 0 ? CL_SUCCESS : CL_INVALID_VALUE;
    cl_bool wanted;
    bool system = name == CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM;
    if ((!system && !names_indirect_access(name)) || !value || size != sizeof wanted) return CL_INVALID_VALUE;
    memcpy(&wanted, value, sizeof wanted);
    return system && wanted && !reaches_process_memory(kernel_from(handle)) ? CL_INVALID_OPERATION
                                                                            : CL_SUCCESS;
}

// ---- For a launch -------------------------------------------------------------------------------------

static uint64_t align_up(uint64_t value, uint64_t alignment) { return (value + alignment - 1) & -alignment; }

// With `values` not NULL the LDS offsets of __local arguments are stored there.
static uint64_t local_place(const struct kiln_kernel *kernel, const struct kernel_device *on, uint8_t *values)
{
    uint64_t end = on->code.group_size;
    if (!on->takes_local) return end;
    for (uint32_t i = 0; i < on->metadata->explicit_count; i++) {
        const struct argument_metadata *argument = &on->metadata->arguments[i];
        if (argument->kind != ARGUMENT_DYNAMIC_SHARED_POINTER) continue;
        end = align_up(end, argument->align ? argument->align : 1);
        uint32_t offset = (uint32_t)end;
        if (values) memcpy(values + argument->offset, &offset, sizeof offset);
        uint64_t size = kernel->arguments[i].local_size;
        if (size > UINT32_MAX) return UINT64_MAX; // no device has that much; keeps the sum from wrapping
        end += size;
    }
    return end;
}

uint64_t kernel_group_size(const struct kiln_kernel *kernel, const struct kernel_device *on)
{
    return local_place(kernel, on, NULL);
}

void kernel_arguments_fill(const struct kiln_kernel *kernel, const struct kernel_device *on, uint8_t *block)
{
    memcpy(block, kernel->values, kernel->values_size);
    local_place(kernel, on, block);
}
