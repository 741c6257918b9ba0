#include "launch.h"

#include <string.h>

const cl_uint masks[MASKS] = {0xffffffff, 0x00000001, 0x55555555, 0x0ff0f00e, 0x80018000, 0xfffe7fff};

const struct shape shapes[] = {
    {1, {128, 1, 1}, {64, 1, 1}},
    {1, {60, 1, 1}, {20, 1, 1}},
    {3, {7, 5, 3}, {7, 5, 3}},
    {1, {150, 1, 1}, {64, 1, 1}}, // groups of 64, 64 and 22 items
};
const unsigned shape_count = sizeof shapes / sizeof *shapes;

// Only launches in one dimension have several groups.
const char prelude[] =
    "#define INDEX (get_group_id(0) * get_enqueued_local_size(0) + get_local_linear_id())\n"
    "#define ITEMS (get_global_size(0) * get_global_size(1) * get_global_size(2))\n"
    "#define MASKS 6\n"
    "#define PUT(n, value) out[((n) * MASKS + m) * ITEMS + INDEX] = value\n"
    "#define FOR_MASKS for (uint m = 0; m < MASKS; m++) if (masks[m] >> get_sub_group_local_id() & 1)\n";

unsigned shape_items(const struct shape *shape)
{
    return (unsigned)(shape->global[0] * shape->global[1] * shape->global[2]);
}

unsigned shape_sub_groups(const struct shape *shape, struct sub_group sub_groups[ITEMS_MAX])
{
    unsigned items = shape_items(shape), count = 0;
    unsigned group = (unsigned)(shape->local[0] * shape->local[1] * shape->local[2]);
    for (unsigned start = 0; start < items; start += group) {
        unsigned end = start + group < items ? start + group : items;
        for (unsigned i = start; i < end; i += SUB_GROUP)
            sub_groups[count++] = (struct sub_group){i, end - i < SUB_GROUP ? end - i : SUB_GROUP};
    }
    return count;
}

void kernel_launch(const struct session *session, cl_kernel kernel, const struct shape *shape, size_t element,
                   unsigned results, const void *in, void *out)
{
    cl_int status[3];
    size_t in_size = shape_items(shape) * element, out_size = results * MASKS * in_size;
    memset(out, 0xee, out_size);
    cl_mem buffers[3] = {
        clCreateBuffer(session->context, CL_MEM_COPY_HOST_PTR, in_size, (void *)in, &status[0]),
        clCreateBuffer(session->context, CL_MEM_COPY_HOST_PTR, out_size, out, &status[1]),
        clCreateBuffer(session->context, CL_MEM_COPY_HOST_PTR, sizeof masks, (void *)masks, &status[2]),
    };
    for (cl_uint i = 0; i < 3; i++) {
        assert_int_equal(status[i], CL_SUCCESS);
        assert_int_equal(clSetKernelArg(kernel, i, sizeof(cl_mem), &buffers[i]), CL_SUCCESS);
    }
    assert_int_equal(clEnqueueNDRangeKernel(session->queue, kernel, shape->dimensions, NULL, shape->global,
                                            shape->local, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        clEnqueueReadBuffer(session->queue, buffers[1], CL_TRUE, 0, out_size, out, 0, NULL, NULL),
        CL_SUCCESS);
    for (int i = 0; i < 3; i++) assert_int_equal(clReleaseMemObject(buffers[i]), CL_SUCCESS);
}
