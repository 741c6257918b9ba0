// Sections 5.9 and 5.10: kernels and their execution.
#include "table.h"

#include <stdlib.h>

static size_t size;
static char text[256];

// 5.9.1 Creating Kernel Objects, 5.9.3 Copying Kernel Objects
void kernels(void **state)
{
    (void)state;
    cl_kernel made[4];
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM, cl->clCreateKernel(bad, "add", error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateKernel(program, NULL, error_out));
    BAD(CL_INVALID_KERNEL_NAME, cl->clCreateKernel(program, "", error_out));
    BAD(CL_INVALID_KERNEL_NAME, cl->clCreateKernel(program, "subtract", error_out));
    BAD(CL_INVALID_PROGRAM_EXECUTABLE, cl->clCreateKernel(unbuilt, "add", error_out));
    BAD(CL_INVALID_PROGRAM_EXECUTABLE, cl->clCreateKernel(broken, "broken", error_out));
    BAD(CL_INVALID_PROGRAM_EXECUTABLE, cl->clCreateKernel(object, "add", error_out));
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM, cl->clCreateKernelsInProgram(bad, 4, made, NULL));
    BAD(CL_INVALID_VALUE, cl->clCreateKernelsInProgram(program, 1, made, NULL));
    BAD(CL_INVALID_PROGRAM_EXECUTABLE, cl->clCreateKernelsInProgram(unbuilt, 4, made, NULL));
    BAD_HANDLES(cl_kernel, CL_INVALID_KERNEL, cl->clCloneKernel(bad, error_out));
    BAD_HANDLES(cl_kernel, CL_INVALID_KERNEL, cl->clRetainKernel(bad));
    BAD_HANDLES(cl_kernel, CL_INVALID_KERNEL, cl->clReleaseKernel(bad));
}

#define BAD_ARGUMENT(expected, ...) BAD(expected, cl->clSetKernelArg(plain, __VA_ARGS__))

// 5.9.2 Setting Kernel Arguments. The kernel's: a buffer, local memory, an int.
void arguments(void **state)
{
    (void)state;
    const cl_int value = 1;
    const cl_bool yes = CL_TRUE;
    BAD_HANDLES(cl_kernel, CL_INVALID_KERNEL, cl->clSetKernelArg(bad, 2, sizeof value, &value));
    BAD_ARGUMENT(CL_INVALID_ARG_INDEX, 3, sizeof value, &value);
    BAD_ARGUMENT(CL_INVALID_ARG_INDEX, UINT32_MAX, sizeof value, &value);
    BAD_ARGUMENT(CL_INVALID_ARG_VALUE, 2, sizeof value, NULL);
    BAD_ARGUMENT(CL_INVALID_ARG_SIZE, 2, 0, &value);
    BAD_ARGUMENT(CL_INVALID_ARG_SIZE, 2, 2, &value);
    BAD_ARGUMENT(CL_INVALID_ARG_SIZE, 2, SIZE_MAX, &value);
    if (is_before_3_1) BAD_ARGUMENT(CL_INVALID_ARG_SIZE, 1, 0, NULL);
    BAD_ARGUMENT(CL_INVALID_ARG_VALUE, 1, 64, &value);
    BAD_ARGUMENT(CL_INVALID_ARG_SIZE, 0, 4, &buffer);
    BAD_ARGUMENT(CL_INVALID_CONTEXT, 0, sizeof(cl_mem), &other.buffer);
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT, // but for NULL, which is no buffer, and allowed
                bad ? cl->clSetKernelArg(plain, 0, sizeof bad, &bad) : CL_INVALID_MEM_OBJECT);
    BAD_HANDLES(cl_kernel, CL_INVALID_KERNEL, cl->clSetKernelArgSVMPointer(bad, 0, host));
    BAD(has_svm ? CL_INVALID_ARG_INDEX : CL_INVALID_OPERATION, cl->clSetKernelArgSVMPointer(plain, 3, NULL));
    BAD_HANDLES(cl_kernel, CL_INVALID_KERNEL,
                cl->clSetKernelExecInfo(bad, CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM, sizeof yes, &yes));
    if (!has_svm) {
        BAD(CL_INVALID_OPERATION,
            cl->clSetKernelExecInfo(plain, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(void *), (void *[]){host}));
        return;
    }
    BAD(CL_INVALID_VALUE, cl->clSetKernelExecInfo(plain, 0, sizeof yes, &yes));
    BAD(CL_INVALID_VALUE,
        cl->clSetKernelExecInfo(plain, CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM, sizeof yes, NULL));
    BAD(CL_INVALID_VALUE, cl->clSetKernelExecInfo(plain, CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM, 1, &yes));
    BAD(CL_INVALID_VALUE, cl->clSetKernelExecInfo(plain, CL_KERNEL_EXEC_INFO_SVM_PTRS, 8, NULL));
    BAD(CL_INVALID_VALUE, cl->clSetKernelExecInfo(plain, CL_KERNEL_EXEC_INFO_SVM_PTRS, 3, (void *[]){host}));
}

// What a kernel that takes images is given.
void image_arguments(void **state)
{
    (void)state;
    if (!has_images) return;
    cl_mem null = NULL;
    BAD(CL_INVALID_ARG_SIZE, cl->clSetKernelArg(pictured, 0, 4, &image));
    BAD(CL_INVALID_ARG_SIZE, cl->clSetKernelArg(pictured, 2, 2 * sizeof sampler, &sampler));
    BAD(CL_INVALID_MEM_OBJECT, cl->clSetKernelArg(pictured, 0, sizeof image, NULL));
    BAD(CL_INVALID_MEM_OBJECT, cl->clSetKernelArg(pictured, 0, sizeof null, &null));
    BAD_HANDLES(image_mem, CL_INVALID_MEM_OBJECT, cl->clSetKernelArg(pictured, 0, sizeof bad, &bad));
    BAD(CL_INVALID_MEM_OBJECT, cl->clSetKernelArg(pictured, 0, sizeof cube, &cube));
    BAD(CL_INVALID_MEM_OBJECT, cl->clSetKernelArg(pictured, 1, sizeof lines, &lines));
    BAD(CL_INVALID_CONTEXT, cl->clSetKernelArg(pictured, 0, sizeof other.image, &other.image));
    BAD(CL_INVALID_ARG_VALUE, cl->clSetKernelArg(pictured, 0, sizeof image, &image_written));
    BAD(CL_INVALID_ARG_VALUE, cl->clSetKernelArg(pictured, 1, sizeof image, &image_read));
    BAD(CL_INVALID_SAMPLER, cl->clSetKernelArg(pictured, 2, sizeof sampler, NULL));
    BAD_HANDLES(cl_sampler, CL_INVALID_SAMPLER, cl->clSetKernelArg(pictured, 2, sizeof bad, &bad));
    BAD(CL_INVALID_CONTEXT, cl->clSetKernelArg(pictured, 2, sizeof sampler, &other.sampler));
}

// Kernels do not keep their arguments.
void arguments_released(void **state)
{
    (void)state;
    if (!has_images) return;
    const size_t one = 1;
    const cl_image_format format = {CL_RGBA, CL_FLOAT};
    const cl_image_desc square = {.image_type = CL_MEM_OBJECT_IMAGE2D, .image_width = 4, .image_height = 4};
    cl_mem gone = cl->clCreateImage(context, 0, &format, &square, NULL, NULL);
    cl_sampler gone_too = cl->clCreateSampler(context, CL_TRUE, CL_ADDRESS_CLAMP, CL_FILTER_LINEAR, NULL);
    cl->clSetKernelArg(pictured, 0, sizeof gone, &gone);
    cl->clReleaseMemObject(gone);
    BAD(CL_INVALID_KERNEL_ARGS,
        cl->clEnqueueNDRangeKernel(queue, pictured, 1, NULL, &one, NULL, 0, NULL, NULL));
    cl->clSetKernelArg(pictured, 0, sizeof image, &image);
    cl->clSetKernelArg(pictured, 2, sizeof gone_too, &gone_too);
    cl->clReleaseSampler(gone_too);
    BAD(CL_INVALID_KERNEL_ARGS,
        cl->clEnqueueNDRangeKernel(queue, pictured, 1, NULL, &one, NULL, 0, NULL, NULL));
    cl->clSetKernelArg(pictured, 2, sizeof sampler, &sampler);
}

// 5.9.4 Kernel Object Queries
void kernel_queries(void **state)
{
    (void)state;
    const size_t local = 64;
    BAD_HANDLES(cl_kernel, CL_INVALID_KERNEL,
                cl->clGetKernelInfo(bad, CL_KERNEL_FUNCTION_NAME, 0, NULL, &size));
    BAD(CL_INVALID_VALUE, cl->clGetKernelInfo(kernel, 0, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetKernelInfo(kernel, CL_KERNEL_FUNCTION_NAME, 1, text, &size));
    BAD_HANDLES(cl_kernel, CL_INVALID_KERNEL,
                cl->clGetKernelArgInfo(bad, 0, CL_KERNEL_ARG_NAME, 0, NULL, &size));
    BAD(CL_INVALID_ARG_INDEX, cl->clGetKernelArgInfo(kernel, 3, CL_KERNEL_ARG_NAME, 0, NULL, &size));
    BAD(CL_INVALID_VALUE, cl->clGetKernelArgInfo(kernel, 0, 0, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetKernelArgInfo(kernel, 0, CL_KERNEL_ARG_NAME, 1, text, &size));
    BAD_HANDLES(cl_kernel, CL_INVALID_KERNEL,
                cl->clGetKernelWorkGroupInfo(bad, device, CL_KERNEL_WORK_GROUP_SIZE, 0, NULL, &size));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, // but for NULL: the kernel's only device
                bad ? cl->clGetKernelWorkGroupInfo(kernel, bad, CL_KERNEL_WORK_GROUP_SIZE, 0, NULL, &size)
                    : CL_INVALID_DEVICE);
    BAD(CL_INVALID_VALUE, cl->clGetKernelWorkGroupInfo(kernel, device, 0, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE,
        cl->clGetKernelWorkGroupInfo(kernel, device, CL_KERNEL_WORK_GROUP_SIZE, 4, text, &size));
    BAD(CL_INVALID_VALUE, // of built-in kernels and custom devices
        cl->clGetKernelWorkGroupInfo(kernel, device, CL_KERNEL_GLOBAL_WORK_SIZE, sizeof text, text, &size));
    enum { LOCAL = CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE };
    BAD_HANDLES(
        cl_kernel, CL_INVALID_KERNEL,
        cl->clGetKernelSubGroupInfo(bad, device, LOCAL, sizeof local, &local, sizeof text, text, &size));
    BAD_HANDLES(
        cl_kernel, CL_INVALID_KERNEL,
        cl->clGetKernelSubGroupInfoKHR(bad, device, LOCAL, sizeof local, &local, sizeof text, text, &size));
#define BAD_SUB_GROUP(expected, ...)                                                                         \
    BAD(has_sub_groups ? (expected) : CL_INVALID_OPERATION,                                                  \
        cl->clGetKernelSubGroupInfo(kernel, device, __VA_ARGS__, text, &size))
    BAD_SUB_GROUP(CL_INVALID_VALUE, 0, sizeof local, &local, sizeof text);
    BAD_SUB_GROUP(CL_INVALID_VALUE, LOCAL, sizeof local, NULL, sizeof text);
    BAD_SUB_GROUP(CL_INVALID_VALUE, LOCAL, 0, &local, sizeof text);
    BAD_SUB_GROUP(CL_INVALID_VALUE, LOCAL, 3, &local, sizeof text);
    BAD_SUB_GROUP(CL_INVALID_VALUE, LOCAL, sizeof local, &local, 4);
}

#define SIZES(...)                                                                                           \
    (const size_t[3]) { __VA_ARGS__ }
#define BAD_LAUNCH(expected, ...) BAD(expected, cl->clEnqueueNDRangeKernel(queue, __VA_ARGS__, WAIT, NULL))

// 5.10 Executing Kernels
void launches(void **state)
{
    (void)state;
    BAD_COMMAND(cl->clEnqueueNDRangeKernel(on, kernel, 1, NULL, SIZES(64), NULL, WAIT, NULL));
    BAD_HANDLES(cl_kernel, CL_INVALID_KERNEL,
                cl->clEnqueueNDRangeKernel(queue, bad, 1, NULL, SIZES(64), NULL, 0, NULL, NULL));
    BAD_LAUNCH(CL_INVALID_CONTEXT, other.kernel, 1, NULL, SIZES(64), NULL);
    BAD_LAUNCH(CL_INVALID_KERNEL_ARGS, plain, 1, NULL, SIZES(64), NULL);
    BAD_LAUNCH(CL_INVALID_WORK_DIMENSION, kernel, 0, NULL, SIZES(64), NULL);
    BAD_LAUNCH(CL_INVALID_WORK_DIMENSION, kernel, 4, NULL, SIZES(64), NULL);
    BAD_LAUNCH(CL_INVALID_WORK_DIMENSION, kernel, UINT32_MAX, NULL, SIZES(64), NULL);
    BAD_LAUNCH(CL_INVALID_GLOBAL_OFFSET, kernel, 1, SIZES(SIZE_MAX), SIZES(64), NULL);
    BAD_LAUNCH(CL_INVALID_WORK_GROUP_SIZE, kernel, 1, NULL, SIZES(64), SIZES(0));
    BAD_LAUNCH(CL_INVALID_WORK_GROUP_SIZE, kernel, 3, NULL, SIZES(64, 64, 64), SIZES(64, 64, 64));
    BAD_LAUNCH(CL_INVALID_WORK_ITEM_SIZE, kernel, 1, NULL, SIZES(1 << 20), SIZES(1 << 20));
    BAD_LAUNCH(CL_INVALID_WORK_ITEM_SIZE, kernel, 1, NULL, SIZES(64), SIZES(SIZE_MAX));
    BAD_LAUNCH(CL_INVALID_WORK_GROUP_SIZE, sized, 1, NULL, SIZES(64), SIZES(4));
    BAD_LAUNCH(CL_INVALID_WORK_GROUP_SIZE, sized, 2, NULL, SIZES(64, 64), SIZES(8, 2));
    BAD_COMMAND(cl->clEnqueueTask(on, kernel, WAIT, NULL));
    BAD_HANDLES(cl_kernel, CL_INVALID_KERNEL, cl->clEnqueueTask(queue, bad, 0, NULL, NULL));
    BAD(CL_INVALID_CONTEXT, cl->clEnqueueTask(queue, other.kernel, WAIT, NULL));
    BAD(CL_INVALID_KERNEL_ARGS, cl->clEnqueueTask(queue, plain, WAIT, NULL));
    BAD(CL_INVALID_WORK_GROUP_SIZE, cl->clEnqueueTask(queue, sized, WAIT, NULL)); // a task has one item
}

static void CL_CALLBACK not_called(void *arguments_of)
{
    (void)arguments_of;
    abort();
}

#define BAD_NATIVE(expected, ...) BAD(expected, cl->clEnqueueNativeKernel(queue, __VA_ARGS__, WAIT, NULL))

// 5.10 Executing Kernels: native kernels, which a GPU has not
void native_kernels(void **state)
{
    (void)state;
    const void *places[] = {text};
    BAD_COMMAND(cl->clEnqueueNativeKernel(on, not_called, text, 8, 1, &buffer, places, WAIT, NULL));
    BAD_NATIVE(CL_INVALID_VALUE, NULL, text, 8, 1, &buffer, places);
    BAD_NATIVE(CL_INVALID_VALUE, not_called, NULL, 8, 0, NULL, NULL);
    BAD_NATIVE(CL_INVALID_VALUE, not_called, NULL, 0, 1, &buffer, places);
    BAD_NATIVE(CL_INVALID_VALUE, not_called, text, 0, 0, NULL, NULL);
    BAD_NATIVE(CL_INVALID_VALUE, not_called, text, 8, 1, NULL, places);
    BAD_NATIVE(CL_INVALID_VALUE, not_called, text, 8, 1, &buffer, NULL);
    BAD_NATIVE(CL_INVALID_VALUE, not_called, text, 8, 0, &buffer, places);
    BAD_NATIVE(CL_INVALID_OPERATION, not_called, text, 8, 1, &buffer, places);
}
