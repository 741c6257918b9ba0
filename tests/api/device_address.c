// cl_ext_buffer_device_address.
#include "api/device_address.h"
#include "group.h"

#include <stdint.h>

typedef cl_int CL_API_CALL set_pointer_fn(cl_kernel, cl_uint, cl_mem_device_address_ext);

static const char source[] =
    "kernel void store(global uint *out, local uint *scratch, uint value) { *out = value; }\n"
    "kernel void follow(global const ulong *addresses, uint value)\n"
    "{ *(global uint *)addresses[get_global_id(0)] = value; }\n"
    "kernel void tell(global uint *of, global ulong *address) { *address = (ulong)of; }\n";

static cl_mem buffer_new(const cl_mem_properties *properties, cl_mem_flags flags, void *host)
{
    cl_int status;
    cl_mem buffer = clCreateBufferWithProperties(session.context, properties, flags, 64, host, &status);
    assert_int_equal(status, CL_SUCCESS);
    return buffer;
}

static cl_mem addressed_new(void)
{
    return buffer_new((cl_mem_properties[]){CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT, CL_TRUE, 0}, 0, NULL);
}

static cl_ulong address_of(cl_mem buffer)
{
    cl_mem_device_address_ext address = 0;
    size_t size;
    assert_int_equal(clGetMemObjectInfo(buffer, CL_MEM_DEVICE_ADDRESS_EXT, sizeof address, &address, &size),
                     CL_SUCCESS);
    assert_int_equal(size, sizeof address);
    assert_int_not_equal(address, 0);
    return address;
}

static void run(cl_kernel kernel)
{
    assert_int_equal(
        clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &(size_t){1}, NULL, 0, NULL, NULL),
        CL_SUCCESS);
}

static cl_ulong word_at(cl_mem buffer, size_t offset, size_t size)
{
    cl_ulong word = 0;
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, offset, size, &word, 0, NULL, NULL),
                     CL_SUCCESS);
    return word;
}

static void kernels_see_the_same_address(void **state)
{
    (void)state;
    cl_mem buffer = addressed_new(), told = buffer_new(NULL, 0, NULL);
    cl_kernel kernel = session_kernel(&session, source, "tell", "");
    clSetKernelArg(kernel, 0, sizeof buffer, &buffer);
    clSetKernelArg(kernel, 1, sizeof told, &told);
    run(kernel);
    assert_int_equal(word_at(told, 0, sizeof(cl_ulong)), address_of(buffer));
    clReleaseKernel(kernel);
    clReleaseMemObject(buffer);
    clReleaseMemObject(told);
}

static void an_address_within_is_an_argument(void **state)
{
    (void)state;
    set_pointer_fn *set = (set_pointer_fn *)clGetExtensionFunctionAddressForPlatform(
        session_platform(&session), "clSetKernelArgDevicePointerEXT");
    assert_non_null(set);
    cl_mem buffer = addressed_new();
    cl_kernel kernel = session_kernel(&session, source, "store", "");
    assert_int_equal(set(NULL, 0, 0), CL_INVALID_KERNEL);
    assert_int_equal(set((cl_kernel)session.queue, 0, 0), CL_INVALID_KERNEL);
    for (cl_uint i = 1; i < 4; i++) // local, a value, none
        assert_int_equal(set(kernel, i, address_of(buffer)), CL_INVALID_ARG_INDEX);
    assert_int_equal(set(kernel, 0, 0), CL_SUCCESS);
    assert_int_equal(set(kernel, 0, address_of(buffer) + 8), CL_SUCCESS);
    clSetKernelArg(kernel, 1, 4, NULL);
    clSetKernelArg(kernel, 2, sizeof(cl_uint), &(cl_uint){1234});
    run(kernel);
    assert_int_equal(word_at(buffer, 8, sizeof(cl_uint)), 1234);
    clReleaseKernel(kernel);
    clReleaseMemObject(buffer);
}

static void an_address_can_lie_in_memory(void **state)
{
    (void)state;
    cl_mem buffer = addressed_new(), addresses = buffer_new(NULL, 0, NULL);
    cl_ulong address = address_of(buffer);
    cl_kernel kernel = session_kernel(&session, source, "follow", "");
    assert_int_equal(
        clEnqueueWriteBuffer(session.queue, addresses, CL_TRUE, 0, sizeof address, &address, 0, NULL, NULL),
        CL_SUCCESS);
    clSetKernelArg(kernel, 0, sizeof addresses, &addresses);
    clSetKernelArg(kernel, 1, sizeof(cl_uint), &(cl_uint){4321});
    cl_kernel_exec_info pointers = CL_KERNEL_EXEC_INFO_DEVICE_PTRS_EXT;
    assert_int_equal(clSetKernelExecInfo(kernel, pointers, 3, &address), CL_INVALID_VALUE);
    assert_int_equal(clSetKernelExecInfo(kernel, pointers, sizeof address, NULL), CL_INVALID_VALUE);
    assert_int_equal(clSetKernelExecInfo(kernel, pointers, sizeof address, &address), CL_SUCCESS);
    run(kernel);
    assert_int_equal(word_at(buffer, 0, sizeof(cl_uint)), 4321);
    clReleaseKernel(kernel);
    clReleaseMemObject(buffer);
    clReleaseMemObject(addresses);
}

static void shared_memory_keeps_its_address(void **state)
{
    (void)state;
    void *shared = clSVMAlloc(session.context, CL_MEM_READ_WRITE, 64, 0);
    assert_non_null(shared);
    cl_mem buffer = buffer_new((cl_mem_properties[]){CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT, CL_TRUE, 0},
                               CL_MEM_USE_HOST_PTR, shared);
    assert_int_equal(address_of(buffer), (uintptr_t)shared);
    clReleaseMemObject(buffer);
    clSVMFree(session.context, shared);
}

static void only_who_asked_gets_one(void **state)
{
    (void)state;
    const cl_mem_properties off[] = {CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT, CL_FALSE, 0};
    cl_mem buffers[] = {buffer_new(NULL, 0, NULL), buffer_new(off, 0, NULL)};
    cl_mem_properties kept[4];
    cl_ulong address;
    size_t size;
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(
            clGetMemObjectInfo(buffers[i], CL_MEM_DEVICE_ADDRESS_EXT, sizeof address, &address, NULL),
            CL_INVALID_OPERATION);
    assert_int_equal(clGetMemObjectInfo(buffers[1], CL_MEM_PROPERTIES, sizeof kept, kept, &size), CL_SUCCESS);
    assert_int_equal(size, sizeof off);
    assert_memory_equal(kept, off, sizeof off);
    for (unsigned i = 0; i < 2; i++) clReleaseMemObject(buffers[i]);
    const cl_mem_properties wrong[][5] = {
        {CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT, 2, 0},
        {CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT, CL_TRUE, 0x9999, 0},
        {CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT, CL_TRUE, CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT, CL_TRUE, 0},
    };
    cl_int status;
    for (unsigned i = 0; i < 3; i++) {
        assert_null(clCreateBufferWithProperties(session.context, wrong[i], 0, 64, NULL, &status));
        assert_int_equal(status, CL_INVALID_PROPERTY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_see_the_same_address), cmocka_unit_test(an_address_within_is_an_argument),
        cmocka_unit_test(an_address_can_lie_in_memory), cmocka_unit_test(shared_memory_keeps_its_address),
        cmocka_unit_test(only_who_asked_gets_one),
    };
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
