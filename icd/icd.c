// The dispatch table, look-up by name, and the few names that the library exports.
// Sources: cl_khr_icd 2.0.0; OpenCL 3.0, "clGetExtensionFunctionAddressForPlatform".
#include "api/command_buffer_khr.h"
#include "api/device_address.h"
#include "api/global_variable.h"
#include "api/object.h"
#include "api/platform.h"

#include <CL/cl_egl.h>
#include <CL/cl_ext.h>
#include <CL/cl_gl.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default"))) CL_API_ENTRY

// ICD 2.0: a loader that knows these tags in the slots of two functions which it never calls dispatches
// through a table of its own, kept in the second word of every object. Debian's headers do not have it yet.
#define ICD2_TAG ((intptr_t)0x4F50454E434C3331)

// The sharing extensions of Windows: nothing to call.
static cl_int not_on_this_system(void) { return CL_INVALID_OPERATION; }
static void *object_not_on_this_system(void) { return NULL; }

// OpenCL 3.1 has one more slot behind those of 3.0, with which this system's headers end.
static const struct {
    cl_icd_dispatch to_3_0;
    void *clGetKernelSuggestedLocalWorkSize;
} dispatch = {
#define FUNCTION(name)       .to_3_0.name = name,
#define WINDOWS(name)        .to_3_0.name = (void *)not_on_this_system,
#define WINDOWS_OBJECT(name) .to_3_0.name = (void *)object_not_on_this_system,
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Winitializer-overrides"
#include "icd/functions.def"
    .to_3_0.clGetPlatformIDs = (void *)ICD2_TAG,
    .to_3_0.clUnloadCompiler = (void *)ICD2_TAG,
#pragma clang diagnostic pop
#undef FUNCTION
#undef WINDOWS
#undef WINDOWS_OBJECT
    .clGetKernelSuggestedLocalWorkSize = (void *)clGetKernelSuggestedLocalWorkSizeKHR,
};

const void *const object_dispatch = &dispatch;

EXPORT cl_int CL_API_CALL clIcdGetPlatformIDsKHR(cl_uint entries, cl_platform_id *platforms, cl_uint *count)
{
    return clGetPlatformIDs(entries, platforms, count);
}

static void *function_find(const char *name);

EXPORT void *CL_API_CALL clIcdGetFunctionAddressForPlatformKHR(cl_platform_id platform, const char *name)
{
    return platform_is(platform) && name ? function_find(name) : NULL;
}

EXPORT cl_int CL_API_CALL clIcdSetPlatformDispatchDataKHR(cl_platform_id platform, void *data)
{
    if (!platform_is(platform)) return CL_INVALID_PLATFORM;
    object_loader_data_set(data);
    platform_loader_data_set(data);
    return CL_SUCCESS;
}

static const struct {
    const char *name;
    void *function;
} functions[] = {
#define FUNCTION(name) {#name, (void *)name},
#define WINDOWS(name)
#define WINDOWS_OBJECT(name)
#include "icd/functions.def"
#undef FUNCTION
#undef WINDOWS
#undef WINDOWS_OBJECT
    {"clIcdGetPlatformIDsKHR", (void *)clIcdGetPlatformIDsKHR},
    {"clIcdGetFunctionAddressForPlatformKHR", (void *)clIcdGetFunctionAddressForPlatformKHR},
    {"clIcdSetPlatformDispatchDataKHR", (void *)clIcdSetPlatformDispatchDataKHR},
    {"clCreateProgramWithILKHR", (void *)clCreateProgramWithIL},
    {"clCreateCommandQueueWithPropertiesKHR", (void *)clCreateCommandQueueWithProperties},
    {"clHostMemAllocINTEL", (void *)clHostMemAllocINTEL},
    {"clDeviceMemAllocINTEL", (void *)clDeviceMemAllocINTEL},
    {"clSharedMemAllocINTEL", (void *)clSharedMemAllocINTEL},
    {"clMemFreeINTEL", (void *)clMemFreeINTEL},
    {"clMemBlockingFreeINTEL", (void *)clMemBlockingFreeINTEL},
    {"clGetMemAllocInfoINTEL", (void *)clGetMemAllocInfoINTEL},
    {"clSetKernelArgMemPointerINTEL", (void *)clSetKernelArgMemPointerINTEL},
    {"clEnqueueMemFillINTEL", (void *)clEnqueueMemFillINTEL},
    {"clEnqueueMemcpyINTEL", (void *)clEnqueueMemcpyINTEL},
    {"clEnqueueMigrateMemINTEL", (void *)clEnqueueMigrateMemINTEL},
    {"clEnqueueMemAdviseINTEL", (void *)clEnqueueMemAdviseINTEL},
    {"clEnqueueReadGlobalVariableINTEL", (void *)clEnqueueReadGlobalVariableINTEL},
    {"clEnqueueWriteGlobalVariableINTEL", (void *)clEnqueueWriteGlobalVariableINTEL},
    {"clGetDeviceGlobalVariablePointerINTEL", (void *)clGetDeviceGlobalVariablePointerINTEL},
    {"clGetImageRequirementsInfoEXT", (void *)clGetImageRequirementsInfoEXT},
    {"clSetKernelArgDevicePointerEXT", (void *)clSetKernelArgDevicePointerEXT},
    {"clCreateCommandBufferKHR", (void *)clCreateCommandBufferKHR},
    {"clRetainCommandBufferKHR", (void *)clRetainCommandBufferKHR},
    {"clReleaseCommandBufferKHR", (void *)clReleaseCommandBufferKHR},
    {"clFinalizeCommandBufferKHR", (void *)clFinalizeCommandBufferKHR},
    {"clEnqueueCommandBufferKHR", (void *)clEnqueueCommandBufferKHR},
    {"clGetCommandBufferInfoKHR", (void *)clGetCommandBufferInfoKHR},
    {"clCommandBarrierWithWaitListKHR", (void *)clCommandBarrierWithWaitListKHR},
    {"clCommandCopyBufferKHR", (void *)clCommandCopyBufferKHR},
    {"clCommandCopyBufferRectKHR", (void *)clCommandCopyBufferRectKHR},
    {"clCommandCopyBufferToImageKHR", (void *)clCommandCopyBufferToImageKHR},
    {"clCommandCopyImageKHR", (void *)clCommandCopyImageKHR},
    {"clCommandCopyImageToBufferKHR", (void *)clCommandCopyImageToBufferKHR},
    {"clCommandFillBufferKHR", (void *)clCommandFillBufferKHR},
    {"clCommandFillImageKHR", (void *)clCommandFillImageKHR},
    {"clCommandNDRangeKernelKHR", (void *)clCommandNDRangeKernelKHR},
    {"clCommandSVMMemcpyKHR", (void *)clCommandSVMMemcpyKHR},
    {"clCommandSVMMemFillKHR", (void *)clCommandSVMMemFillKHR},
    {"clUpdateMutableCommandsKHR", (void *)clUpdateMutableCommandsKHR},
    {"clGetMutableCommandInfoKHR", (void *)clGetMutableCommandInfoKHR},
    {"clCreateSemaphoreWithPropertiesKHR", (void *)clCreateSemaphoreWithPropertiesKHR},
    {"clRetainSemaphoreKHR", (void *)clRetainSemaphoreKHR},
    {"clReleaseSemaphoreKHR", (void *)clReleaseSemaphoreKHR},
    {"clGetSemaphoreInfoKHR", (void *)clGetSemaphoreInfoKHR},
    {"clGetSemaphoreHandleForTypeKHR", (void *)clGetSemaphoreHandleForTypeKHR},
    {"clEnqueueWaitSemaphoresKHR", (void *)clEnqueueWaitSemaphoresKHR},
    {"clEnqueueSignalSemaphoresKHR", (void *)clEnqueueSignalSemaphoresKHR},
    {"clEnqueueAcquireExternalMemObjectsKHR", (void *)clEnqueueAcquireExternalMemObjectsKHR},
    {"clEnqueueReleaseExternalMemObjectsKHR", (void *)clEnqueueReleaseExternalMemObjectsKHR},
    {"clGetKernelSuggestedLocalWorkSizeKHR", (void *)clGetKernelSuggestedLocalWorkSizeKHR},
    {"clGetKernelSuggestedLocalWorkSize", (void *)clGetKernelSuggestedLocalWorkSizeKHR}, // OpenCL 3.1
};

static void *function_find(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (!strcmp(functions[i].name, name)) return functions[i].function;
    return NULL;
}

EXPORT void *CL_API_CALL clGetExtensionFunctionAddress(const char *name)
{
    return name ? function_find(name) : NULL;
}

CL_API_ENTRY void *CL_API_CALL clGetExtensionFunctionAddressForPlatform(cl_platform_id platform,
                                                                        const char *name)
{
    return platform_is(platform) && name ? function_find(name) : NULL;
}
