// Compiles, runs and verifies a handful of kernels on Kiln's device and prints what it found. Exit status: 0
// all is well, 1 a result is wrong or a call failed, 2 there is no device (the driver's own line says why).
#include "selfcheck.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct check *const checks[] = {&check_saxpy,     &check_matmul,    &check_mandelbrot,
                                             &check_histogram, &check_reduction, &check_nbody};
static double device_seconds; // of the check that is running

void check_status(cl_int status, const char *call)
{
    if (status == CL_SUCCESS) return;
    fprintf(stderr, "selfcheck: error %d from %s\n", status, call);
    exit(1);
}

void *check_alloc(size_t size)
{
    void *memory = malloc(size);
    if (!memory) {
        fprintf(stderr, "selfcheck: no memory for %zu bytes\n", size);
        exit(1);
    }
    return memory;
}

cl_mem check_buffer(const struct session *session, size_t size, const void *data)
{
    cl_int status;
    cl_mem_flags flags = CL_MEM_READ_WRITE | (data ? CL_MEM_COPY_HOST_PTR : 0);
    cl_mem buffer = clCreateBuffer(session->context, flags, size, (void *)(uintptr_t)data, &status);
    check_status(status, "clCreateBuffer");
    return buffer;
}

void check_read(const struct session *session, cl_mem buffer, void *data, size_t size)
{
    CL(clEnqueueReadBuffer(session->queue, buffer, CL_TRUE, 0, size, data, 0, NULL, NULL));
    CL(clReleaseMemObject(buffer));
}

void check_run(const struct session *session, cl_kernel kernel, unsigned dimensions, const size_t *global,
               const size_t *local)
{
    cl_event event;
    cl_ulong start, end;
    CL(clEnqueueNDRangeKernel(session->queue, kernel, dimensions, NULL, global, local, 0, NULL, &event));
    CL(clWaitForEvents(1, &event));
    CL(clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof start, &start, NULL));
    CL(clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end, &end, NULL));
    CL(clReleaseEvent(event));
    device_seconds += (double)(end - start) * 1e-9;
}

bool check_close(double value, double expected, double tolerance)
{
    return fabs(value - expected) <= tolerance * fmax(1, fabs(expected));
}

void check_random(float *values, size_t count, unsigned seed)
{
    uint64_t state = seed;
    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        values[i] = (float)(int32_t)(state >> 32) / 2147483648.0f;
    }
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void log_print(const struct session *session, cl_program program)
{
    size_t size = 0;
    CL(clGetProgramBuildInfo(program, session->device, CL_PROGRAM_BUILD_LOG, 0, NULL, &size));
    char *log = check_alloc(size + 1);
    CL(clGetProgramBuildInfo(program, session->device, CL_PROGRAM_BUILD_LOG, size, log, NULL));
    log[size] = '\0';
    fprintf(stderr, "%s\n", log);
    free(log);
}

static bool check_one(const struct session *session, const struct check *check)
{
    cl_int status;
    double begin = now();
    cl_program program =
        clCreateProgramWithSource(session->context, 1, (const char **)&check->source, NULL, &status);
    check_status(status, "clCreateProgramWithSource");
    if (clBuildProgram(program, 1, &session->device, session->options, NULL, NULL) != CL_SUCCESS) {
        printf("  %-12s does not build\n", check->name);
        log_print(session, program);
        CL(clReleaseProgram(program));
        return false;
    }
    cl_kernel kernel = clCreateKernel(program, check->name, &status);
    check_status(status, "clCreateKernel");
    double built = now();
    device_seconds = 0;
    bool right = check->run(session, kernel);
    printf("  %-12s compiled in %7.1f ms   ran %8.2f ms   %s\n", check->name, (built - begin) * 1e3,
           device_seconds * 1e3, right ? "verified" : "WRONG RESULT");
    fflush(stdout);
    CL(clReleaseKernel(kernel));
    CL(clReleaseProgram(program));
    return right;
}

static bool platform_find(cl_platform_id *platform)
{
    cl_platform_id platforms[16];
    cl_uint count = 0;
    if (clGetPlatformIDs(16, platforms, &count) != CL_SUCCESS) return false;
    for (cl_uint i = 0; i < count && i < 16; i++) {
        char name[64] = "";
        if (clGetPlatformInfo(platforms[i], CL_PLATFORM_NAME, sizeof name, name, NULL)) continue;
        if (strcmp(name, "Kiln") != 0) continue;
        *platform = platforms[i];
        return true;
    }
    return false;
}

static void describe(cl_platform_id platform, cl_device_id device)
{
    char platform_version[128], name[256], board[256] = "", version[128], driver[128];
    cl_uint units;
    cl_ulong memory;
    CL(clGetPlatformInfo(platform, CL_PLATFORM_VERSION, sizeof platform_version, platform_version, NULL));
    CL(clGetDeviceInfo(device, CL_DEVICE_NAME, sizeof name, name, NULL));
    CL(clGetDeviceInfo(device, CL_DEVICE_VERSION, sizeof version, version, NULL));
    CL(clGetDeviceInfo(device, CL_DRIVER_VERSION, sizeof driver, driver, NULL));
    CL(clGetDeviceInfo(device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL));
    CL(clGetDeviceInfo(device, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof memory, &memory, NULL));
    clGetDeviceInfo(device, 0x4038 /* CL_DEVICE_BOARD_NAME_AMD */, sizeof board - 1, board, NULL);
    printf("Kiln self-check\n  platform     %s\n  device       %s%s%s%s\n", platform_version, name,
           *board ? " (" : "", board, *board ? ")" : "");
    printf("  versions     %s, driver %s\n  resources    %u compute units, %.1f GiB\n\n", version, driver,
           units, (double)memory / (1 << 30));
    fflush(stdout);
}

static void session_open(struct session *session)
{
    cl_int status;
    const cl_queue_properties properties[] = {CL_QUEUE_PROPERTIES, CL_QUEUE_PROFILING_ENABLE, 0};
    session->context = clCreateContext(NULL, 1, &session->device, NULL, NULL, &status);
    check_status(status, "clCreateContext");
    session->queue =
        clCreateCommandQueueWithProperties(session->context, session->device, properties, &status);
    check_status(status, "clCreateCommandQueueWithProperties");
}

// usage: selfcheck [OPTIONS]: build options for the kernels.
int main(int argument_count, char **arguments)
{
    struct session session = {.options = argument_count > 1 ? arguments[1] : ""};
    cl_platform_id platform;
    unsigned failed = 0, count = sizeof checks / sizeof *checks;

    setenv("KILN_LOG", "info", 0); // a driver without a device then says why
    if (!platform_find(&platform)) {
        fprintf(stderr, "selfcheck: the OpenCL loader found no platform called Kiln\n");
        return 2;
    }
    if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &session.device, NULL) != CL_SUCCESS) {
        fprintf(stderr, "selfcheck: Kiln has no device\n");
        return 2;
    }
    describe(platform, session.device);
    session_open(&session);
    for (unsigned i = 0; i < count; i++) failed += !check_one(&session, checks[i]);
    CL(clReleaseCommandQueue(session.queue));
    CL(clReleaseContext(session.context));
    printf("\n%u of %u kernels verified\n", count - failed, count);
    return failed ? 1 : 0;
}
