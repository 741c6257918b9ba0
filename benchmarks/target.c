#include "benchmark.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const target_names[TARGETS] = {[KILN] = "Kiln", [RIVAL] = "rival"};

const char *drivers_folder;

void drivers_choose(const char *folder, const char *drivers, const char *cache)
{
    char vendors[4096], empty[4096];
    drivers_folder = folder;
    int written = snprintf(vendors, sizeof vendors, "%s/%s", folder, drivers);
    if (written < 0 || (size_t)written >= sizeof vendors - sizeof "/cache.XXXXXX")
        die("the name of the drivers' folder is too long");
    snprintf(empty, sizeof empty, "%s/cache.XXXXXX", folder);
    if (!cache && !(cache = mkdtemp(empty))) die("cannot make a folder in %s", folder);
    setenv("OCL_ICD_VENDORS", vendors, 1);
    unsetenv("OCL_ICD_FILENAMES"); // the Khronos loader would add these
    setenv("POCL_CACHE_DIR", cache, 1);
    setenv("KILN_CACHE_DIR", cache, 1);
    setenv("KILN_CACHE", "on", 1);
    unsetenv("POCL_KERNEL_CACHE");
}

// Kiln's, or the first one that is not.
static cl_platform_id platform_find(struct target *target, bool kiln)
{
    cl_platform_id platforms[16];
    cl_uint count = 0;
    if (clGetPlatformIDs(16, platforms, &count) != CL_SUCCESS) count = 0;
    for (cl_uint i = 0; i < count && i < 16; i++) {
        if (clGetPlatformInfo(platforms[i], CL_PLATFORM_NAME, sizeof target->platform, target->platform,
                              NULL))
            continue;
        if (!strcmp(target->platform, "Kiln") == kiln) return platforms[i];
    }
    die("the OpenCL loader found no platform of %s", target->name);
}

void target_open(struct target *target, unsigned which)
{
    cl_int status;
    *target = (struct target){.name = target_names[which]};
    cl_platform_id platform = platform_find(target, which == KILN);
    if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &target->device, NULL) != CL_SUCCESS)
        die("%s has no device", target->platform);
    target->context = clCreateContext(NULL, 1, &target->device, NULL, NULL, &status);
    cl_check(status, "clCreateContext");
    target->queue = clCreateCommandQueueWithProperties(target->context, target->device, NULL, &status);
    cl_check(status, "clCreateCommandQueueWithProperties");
}

void target_close(struct target *target)
{
    CL(clReleaseCommandQueue(target->queue));
    CL(clReleaseContext(target->context));
}

static _Noreturn void build_failed(const struct target *target, cl_program program, const char *name)
{
    size_t size = 0;
    CL(clGetProgramBuildInfo(program, target->device, CL_PROGRAM_BUILD_LOG, 0, NULL, &size));
    char *log = alloc(size + 1);
    CL(clGetProgramBuildInfo(program, target->device, CL_PROGRAM_BUILD_LOG, size, log, NULL));
    log[size] = '\0';
    die("%s does not build %s:\n%s", target->name, name, log);
}

cl_program target_program(const struct target *target, const char *source, const char *options,
                          const char *name)
{
    cl_int status;
    cl_program program = clCreateProgramWithSource(target->context, 1, &source, NULL, &status);
    cl_check(status, "clCreateProgramWithSource");
    if (clBuildProgram(program, 1, &target->device, options, NULL, NULL) != CL_SUCCESS)
        build_failed(target, program, name);
    return program;
}

cl_kernel target_kernel(const struct target *target, const char *source, const char *options,
                        const char *name)
{
    cl_int status;
    cl_program program = target_program(target, source, options, name);
    cl_kernel kernel = clCreateKernel(program, name, &status);
    cl_check(status, "clCreateKernel");
    CL(clReleaseProgram(program));
    return kernel;
}

cl_mem target_buffer(const struct target *target, size_t size, const void *data)
{
    cl_int status;
    cl_mem_flags flags = CL_MEM_READ_WRITE | (data ? CL_MEM_COPY_HOST_PTR : 0);
    cl_mem buffer = clCreateBuffer(target->context, flags, size, (void *)(uintptr_t)data, &status);
    cl_check(status, "clCreateBuffer");
    return buffer;
}
