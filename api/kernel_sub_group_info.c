// clGetKernelSubGroupInfo: how a kernel's work-groups fall into sub-groups, which are waves.
#include "api/cl_device.h"
#include "api/kernel.h"
#include "api/machinery/info.h"
#include "api/machinery/work_group.h"

#include <CL/cl_ext.h>

// A query about a kernel on a device, its input and where the answer goes.
struct sub_group_query {
    const struct kernel_device *kernel;
    size_t input_size;
    const size_t *input;
    struct info_out out;
};

typedef cl_int query_fn(const struct sub_group_query *);

static size_t lanes(const struct sub_group_query *query) { return query->kernel->metadata->wavefront_size; }

// Work-items of a group whose size in 1 to 3 dimensions is the input; 0 where it is no such thing.
static size_t input_items(const struct sub_group_query *query)
{
    size_t dimensions = query->input_size / sizeof(size_t), items = 1;
    if (!query->input || query->input_size % sizeof(size_t) || dimensions < 1 || dimensions > 3) return 0;
    for (size_t i = 0; i < dimensions; i++) items *= query->input[i];
    return items;
}

static cl_int query_max_size(const struct sub_group_query *query)
{
    size_t items = input_items(query);
    if (!items) return CL_INVALID_VALUE;
    return INFO_SCALAR(&query->out, size_t, items < lanes(query) ? items : lanes(query));
}

static cl_int query_count(const struct sub_group_query *query)
{
    size_t items = input_items(query);
    if (!items) return CL_INVALID_VALUE;
    return INFO_SCALAR(&query->out, size_t, (items - 1) / lanes(query) + 1);
}

// A group of whole waves in one dimension; zeros where the kernel cannot have that many.
static cl_int query_local_size(const struct sub_group_query *query)
{
    if (!query->input || query->input_size != sizeof(size_t)) return CL_INVALID_VALUE;
    const struct info_out *out = &query->out;
    const uint32_t *required = query->kernel->metadata->reqd_workgroup_size;
    size_t count = query->input[0], most = work_group_limit(query->kernel) / lanes(query);
    size_t items = count <= most ? count * lanes(query) : 0;
    if (required[0] && (required[0] != items || required[1] != 1 || required[2] != 1)) items = 0;
    const size_t local[3] = {items, items ? 1 : 0, items ? 1 : 0};
    size_t dimensions = out->value ? out->size / sizeof(size_t) : 3; // as many as there is room for
    return dimensions ? info_bytes(out, local, (dimensions < 3 ? dimensions : 3) * sizeof(size_t))
                      : CL_INVALID_VALUE;
}

static cl_int query_max_count(const struct sub_group_query *query)
{
    size_t limit = work_group_limit(query->kernel);
    return INFO_SCALAR(&query->out, size_t, (limit - 1) / lanes(query) + 1);
}

static cl_int query_compiled_count(const struct sub_group_query *query)
{
    return INFO_SCALAR(&query->out, size_t, query->kernel->metadata->reqd_sub_group_count);
}

static cl_int query_compiled_size(const struct sub_group_query *query)
{
    return INFO_SCALAR(&query->out, size_t, query->kernel->metadata->reqd_sub_group_size);
}

static const struct {
    cl_kernel_sub_group_info name;
    query_fn *answer;
} queries[] = {
    {CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE, query_max_size},
    {CL_KERNEL_SUB_GROUP_COUNT_FOR_NDRANGE, query_count},
    {CL_KERNEL_LOCAL_SIZE_FOR_SUB_GROUP_COUNT, query_local_size},
    {CL_KERNEL_MAX_NUM_SUB_GROUPS, query_max_count},
    {CL_KERNEL_COMPILE_NUM_SUB_GROUPS, query_compiled_count},
    {CL_KERNEL_COMPILE_SUB_GROUP_SIZE_INTEL, query_compiled_size},
};

CL_API_ENTRY cl_int CL_API_CALL clGetKernelSubGroupInfo(cl_kernel handle, cl_device_id device,
                                                        cl_kernel_sub_group_info name, size_t input_size,
                                                        const void *input, size_t size, void *value,
                                                        size_t *size_out)
{
    if (!kernel_is(handle)) return CL_INVALID_KERNEL;
    const struct kernel_device *on;
    cl_int error = kernel_device_find(kernel_from(handle), device, &on);
    if (error) return error;
    const struct sub_group_query query = {on, input_size, input, {size, value, size_out}};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        if (queries[i].name == name) return queries[i].answer(&query);
    return CL_INVALID_VALUE;
}

CL_API_ENTRY cl_int CL_API_CALL clGetKernelSubGroupInfoKHR(cl_kernel kernel, cl_device_id device,
                                                           cl_kernel_sub_group_info name, size_t input_size,
                                                           const void *input, size_t size, void *value,
                                                           size_t *size_out)
{
    return clGetKernelSubGroupInfo(kernel, device, name, input_size, input, size, value, size_out);
}
