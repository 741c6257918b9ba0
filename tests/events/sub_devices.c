// Sub-devices: partitions equally and by counts, what they say of themselves, their references, and contexts,
// queues and programs on them. The device has at least two compute units wherever tests run with two
// processors.
#include "session.h"

#include <string.h>

static cl_uint units_of(cl_device_id device)
{
    cl_uint units = 0;
    assert_int_equal(clGetDeviceInfo(device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL),
                     CL_SUCCESS);
    return units;
}

// A session on a device that can be partitioned.
static bool session_open_partitionable(struct session *session)
{
    cl_uint most;
    session_open(session);
    assert_int_equal(
        clGetDeviceInfo(session->device, CL_DEVICE_PARTITION_MAX_SUB_DEVICES, sizeof most, &most, NULL),
        CL_SUCCESS);
    if (most) return true;
    const cl_device_partition_property halves[] = {CL_DEVICE_PARTITION_EQUALLY, 1, 0};
    assert_int_equal(units_of(session->device), 1);
    assert_int_equal(clCreateSubDevices(session->device, halves, 0, NULL, NULL), CL_DEVICE_PARTITION_FAILED);
    session_close(session);
    return false;
}

static void partition_info_check(cl_device_id sub, cl_device_id parent, const void *properties, size_t size)
{
    cl_device_partition_property made[8];
    size_t made_size;
    cl_device_id found;
    assert_int_equal(clGetDeviceInfo(sub, CL_DEVICE_PARTITION_TYPE, sizeof made, made, &made_size),
                     CL_SUCCESS);
    assert_int_equal(made_size, size);
    assert_memory_equal(made, properties, size);
    assert_int_equal(clGetDeviceInfo(sub, CL_DEVICE_PARENT_DEVICE, sizeof found, &found, NULL), CL_SUCCESS);
    assert_ptr_equal(found, parent);
}

static cl_uint references_of(cl_device_id device)
{
    cl_uint references;
    assert_int_equal(clGetDeviceInfo(device, CL_DEVICE_REFERENCE_COUNT, sizeof references, &references, NULL),
                     CL_SUCCESS);
    return references;
}

static void equally(void **state)
{
    struct session session;
    cl_device_id subs[256], child;
    cl_uint count = 0;
    (void)state;
    if (!session_open_partitionable(&session)) return;
    cl_uint units = units_of(session.device);
    const cl_device_partition_property ones[] = {CL_DEVICE_PARTITION_EQUALLY, 1, 0};
    assert_int_equal(clCreateSubDevices(session.device, ones, 0, NULL, &count), CL_SUCCESS);
    assert_int_equal(count, units);
    assert_int_equal(clCreateSubDevices(session.device, ones, units - 1, subs, NULL), CL_INVALID_VALUE);
    assert_int_equal(clCreateSubDevices(session.device, ones, 256, subs, &count), CL_SUCCESS);
    for (cl_uint i = 0; i < count; i++) {
        assert_int_equal(units_of(subs[i]), 1);
        partition_info_check(subs[i], session.device, ones, sizeof ones);
        assert_int_equal(clCreateSubDevices(subs[i], ones, 1, &child, NULL), CL_DEVICE_PARTITION_FAILED);
        assert_int_equal(clRetainDevice(subs[i]), CL_SUCCESS);
        assert_int_equal(references_of(subs[i]), 2);
        assert_int_equal(clReleaseDevice(subs[i]), CL_SUCCESS);
        assert_int_equal(clReleaseDevice(subs[i]), CL_SUCCESS);
    }
    session_close(&session);
}

static void by_counts_and_of_sub_devices(void **state)
{
    struct session session;
    cl_device_id subs[2], again;
    cl_uint count;
    (void)state;
    if (!session_open_partitionable(&session)) return;
    const cl_uint units = units_of(session.device);
    const cl_device_partition_property counts[] = {CL_DEVICE_PARTITION_BY_COUNTS, units - 1, 1,
                                                   CL_DEVICE_PARTITION_BY_COUNTS_LIST_END, 0};
    const cl_device_partition_property one[] = {CL_DEVICE_PARTITION_BY_COUNTS, 1, 0, 0};
    assert_int_equal(clCreateSubDevices(session.device, counts, 2, subs, &count), CL_SUCCESS);
    assert_int_equal(count, 2);
    assert_int_equal(units_of(subs[0]), units - 1);
    assert_int_equal(units_of(subs[1]), 1);
    partition_info_check(subs[0], session.device, counts, sizeof counts);
    if (units > 2) { // a part of a part, which outlives it
        assert_int_equal(clCreateSubDevices(subs[0], one, 1, &again, NULL), CL_SUCCESS);
        assert_int_equal(clReleaseDevice(subs[0]), CL_SUCCESS);
        assert_int_equal(units_of(again), 1);
        partition_info_check(again, subs[0], one, sizeof one);
        assert_int_equal(clReleaseDevice(again), CL_SUCCESS);
    } else {
        assert_int_equal(clReleaseDevice(subs[0]), CL_SUCCESS);
    }
    assert_int_equal(clReleaseDevice(subs[1]), CL_SUCCESS);
    session_close(&session);
}

static void errors(void **state)
{
    struct session session;
    cl_device_id subs[256];
    (void)state;
    if (!session_open_partitionable(&session)) return;
    const cl_uint units = units_of(session.device);
    const struct {
        cl_device_partition_property properties[6];
        cl_int error;
    } cases[] = {
        {{0}, CL_INVALID_VALUE},
        {{CL_DEVICE_PARTITION_EQUALLY, 0, 0}, CL_INVALID_VALUE},
        {{CL_DEVICE_PARTITION_EQUALLY, -1, 0}, CL_INVALID_VALUE},
        {{CL_DEVICE_PARTITION_EQUALLY, units, 0}, CL_DEVICE_PARTITION_FAILED},
        {{CL_DEVICE_PARTITION_EQUALLY, (cl_device_partition_property)units + 1, 0},
         CL_INVALID_DEVICE_PARTITION_COUNT},
        {{CL_DEVICE_PARTITION_EQUALLY, 1, CL_DEVICE_PARTITION_EQUALLY, 1, 0}, CL_INVALID_VALUE},
        {{CL_DEVICE_PARTITION_BY_COUNTS, 0, 0}, CL_INVALID_VALUE},
        {{CL_DEVICE_PARTITION_BY_COUNTS, 1, 0, CL_DEVICE_PARTITION_EQUALLY, 1, 0}, CL_INVALID_VALUE},
        {{CL_DEVICE_PARTITION_BY_COUNTS, -1, 0, 0}, CL_INVALID_DEVICE_PARTITION_COUNT},
        {{CL_DEVICE_PARTITION_BY_COUNTS, units, 1, 0, 0}, CL_INVALID_DEVICE_PARTITION_COUNT},
        {{CL_DEVICE_PARTITION_BY_AFFINITY_DOMAIN, CL_DEVICE_AFFINITY_DOMAIN_NUMA, 0}, CL_INVALID_VALUE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(clCreateSubDevices(session.device, cases[i].properties, 256, subs, NULL),
                         cases[i].error);
    assert_int_equal(clCreateSubDevices(session.device, NULL, 256, subs, NULL), CL_INVALID_VALUE);
    assert_int_equal(clCreateSubDevices(NULL, cases[1].properties, 256, subs, NULL), CL_INVALID_DEVICE);
    assert_int_equal(clRetainDevice(session.device), CL_SUCCESS);
    assert_int_equal(clReleaseDevice(session.device), CL_SUCCESS);
    assert_int_equal(clReleaseDevice(session.device), CL_SUCCESS); // the platform's go on
    assert_int_equal(references_of(session.device), 1);
    session_close(&session);
}

static const char source[] =
    "kernel void count(global uint *sums) { atomic_inc(&sums[get_group_id(0) & 63]); }";

// Both halves of the device count into one buffer of a context of theirs.
static void commands_on_sub_devices(void **state)
{
    const cl_device_partition_property ones[] = {CL_DEVICE_PARTITION_EQUALLY, 1, 0};
    struct session session;
    cl_device_id subs[256];
    cl_uint count, sums[64] = {0};
    cl_int status;
    (void)state;
    if (!session_open_partitionable(&session)) return;
    assert_int_equal(clCreateSubDevices(session.device, ones, 256, subs, &count), CL_SUCCESS);
    struct session halves[2] = {{.device = subs[0]}, {.device = subs[1]}};
    cl_context context = clCreateContext(NULL, 2, subs, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    for (cl_uint i = 0; i < count; i++)
        assert_int_equal(clReleaseDevice(subs[i]), CL_SUCCESS); // it keeps two
    cl_mem buffer = clCreateBuffer(context, CL_MEM_COPY_HOST_PTR, sizeof sums, sums, &status);
    assert_int_equal(status, CL_SUCCESS);
    const char *text = source;
    cl_program program = clCreateProgramWithSource(context, 1, &text, NULL, &status);
    assert_int_equal(clBuildProgram(program, 0, NULL, "", NULL, NULL), CL_SUCCESS);
    cl_kernel kernel = clCreateKernel(program, "count", &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof buffer, &buffer), CL_SUCCESS);
    const size_t global = 64 * 1024, local = 64;
    for (int i = 0; i < 2; i++) {
        halves[i].context = context;
        halves[i].queue = session_queue(&halves[i]);
        assert_int_equal(
            clEnqueueNDRangeKernel(halves[i].queue, kernel, 1, NULL, &global, &local, 0, NULL, NULL),
            CL_SUCCESS);
        assert_int_equal(clFlush(halves[i].queue), CL_SUCCESS);
    }
    assert_int_equal(clCreateCommandQueueWithProperties(context, session.device, NULL, &status), NULL);
    assert_int_equal(status, CL_INVALID_DEVICE);
    for (int i = 0; i < 2; i++) assert_int_equal(clFinish(halves[i].queue), CL_SUCCESS);
    assert_int_equal(
        clEnqueueReadBuffer(halves[0].queue, buffer, CL_TRUE, 0, sizeof sums, sums, 0, NULL, NULL),
        CL_SUCCESS);
    for (int i = 0; i < 64; i++) assert_int_equal(sums[i], 2 * 1024);
    for (int i = 0; i < 2; i++) assert_int_equal(clReleaseCommandQueue(halves[i].queue), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    assert_int_equal(clReleaseContext(context), CL_SUCCESS);
    session_close(&session);
}

// What is built for a device serves its parts, unless they have a build of their own.
static void programs_of_the_whole(void **state)
{
    const cl_device_partition_property ones[] = {CL_DEVICE_PARTITION_BY_COUNTS, 1, 0, 0};
    struct session session, part = {0};
    cl_build_status built;
    cl_int status;
    (void)state;
    if (!session_open_partitionable(&session)) return;
    assert_int_equal(clCreateSubDevices(session.device, ones, 1, &part.device, NULL), CL_SUCCESS);
    const cl_device_id both[] = {session.device, part.device};
    part.context = clCreateContext(NULL, 2, both, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    part.queue = session_queue(&part);
    const char *text = "kernel void k(global int *a) { a[0] = VALUE; }";
    cl_program program = clCreateProgramWithSource(part.context, 1, &text, NULL, &status);
    cl_mem buffer = clCreateBuffer(part.context, CL_MEM_READ_WRITE, sizeof(cl_int), NULL, &status);
    for (cl_int value = 1; value <= 2; value++) { // for the whole, then for the part too
        const size_t one = 1;
        cl_int result = 0;
        assert_int_equal(
            clBuildProgram(program, 1, &both[value - 1], value == 1 ? "-DVALUE=1" : "-DVALUE=2", NULL, NULL),
            CL_SUCCESS);
        assert_int_equal(
            clGetProgramBuildInfo(program, part.device, CL_PROGRAM_BUILD_STATUS, sizeof built, &built, NULL),
            CL_SUCCESS);
        assert_int_equal(built, CL_BUILD_SUCCESS);
        cl_kernel kernel = clCreateKernel(program, "k", &status);
        assert_int_equal(status, CL_SUCCESS);
        assert_int_equal(clSetKernelArg(kernel, 0, sizeof buffer, &buffer), CL_SUCCESS);
        assert_int_equal(clEnqueueNDRangeKernel(part.queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL),
                         CL_SUCCESS);
        assert_int_equal(
            clEnqueueReadBuffer(part.queue, buffer, CL_TRUE, 0, sizeof result, &result, 0, NULL, NULL),
            CL_SUCCESS);
        assert_int_equal(result, value);
        assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    }
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
    session_close(&part);
    assert_int_equal(clReleaseDevice(part.device), CL_SUCCESS);
    session_close(&session);
}

// A compute unit of the software GPU runs one work-group after the other: no two of a sub-device of one unit
// are ever there at once.
static void one_unit_runs_one_group_at_a_time(void **state)
{
    static const char together[] =
        "kernel void together(global int *now, global int *most) { if (get_local_id(0)) return;"
        " int there = atomic_inc(now) + 1; atomic_max(most, there);"
        " for (int i = 0; i < 200; i++) atomic_max(most, atomic_add(now, 0)); atomic_dec(now); }";
    const cl_device_partition_property one[] = {CL_DEVICE_PARTITION_BY_COUNTS, 1, 0, 0};
    struct session session, part = {0};
    cl_int status, values[2] = {0, 0};
    (void)state;
    if (!session_open_partitionable(&session)) return;
    assert_int_equal(clCreateSubDevices(session.device, one, 1, &part.device, NULL), CL_SUCCESS);
    part.context = clCreateContext(NULL, 1, &part.device, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    part.queue = session_queue(&part);
    cl_kernel kernel = session_kernel(&part, together, "together", "");
    cl_mem now = clCreateBuffer(part.context, CL_MEM_COPY_HOST_PTR, sizeof(cl_int), &values[0], NULL);
    cl_mem most = clCreateBuffer(part.context, CL_MEM_COPY_HOST_PTR, sizeof(cl_int), &values[1], NULL);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof now, &now), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof most, &most), CL_SUCCESS);
    const size_t global = 256 * 256, local = 256; // a group that fills a unit
    assert_int_equal(clEnqueueNDRangeKernel(part.queue, kernel, 1, NULL, &global, &local, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(part.queue, most, CL_TRUE, 0, sizeof(cl_int), values, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(values[0], 1);
    assert_int_equal(clReleaseMemObject(now), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(most), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    session_close(&part);
    assert_int_equal(clReleaseDevice(part.device), CL_SUCCESS);
    session_close(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equally),
        cmocka_unit_test(by_counts_and_of_sub_devices),
        cmocka_unit_test(errors),
        cmocka_unit_test(commands_on_sub_devices),
        cmocka_unit_test(programs_of_the_whole),
        cmocka_unit_test(one_unit_runs_one_group_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
