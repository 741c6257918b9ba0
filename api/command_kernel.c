// Recording kernels.
#include "api/command_buffer.h"
#include "api/enqueue_kernel.h"
#include "api/machinery/recording.h"

#include <stdlib.h>
#include <string.h>

struct dispatch_properties {
    cl_bitfield fields, asserts;
    size_t count; // elements of the list with its terminating 0; 0: there was none
};

static cl_int properties_read(const command_properties *list, struct dispatch_properties *properties)
{
    bool fields = false, asserts = false;
    *properties = (struct dispatch_properties){.fields = MUTABLE_DISPATCH_FIELDS, .count = list ? 1 : 0};
    for (const command_properties *p = list; p && *p; p += 2, properties->count += 2) {
        bool *seen = *p == CL_MUTABLE_DISPATCH_UPDATABLE_FIELDS_KHR ? &fields : &asserts;
        if (*seen || (seen == &asserts && *p != CL_MUTABLE_DISPATCH_ASSERTS_KHR)) return CL_INVALID_VALUE;
        *seen = true;
        *(seen == &fields ? &properties->fields : &properties->asserts) = p[1];
    }
    if (properties->asserts & ~(cl_bitfield)CL_MUTABLE_DISPATCH_ASSERT_NO_ADDITIONAL_WORK_GROUPS_KHR)
        return CL_INVALID_VALUE;
    return properties->fields & ~(cl_bitfield)MUTABLE_DISPATCH_FIELDS ? CL_INVALID_OPERATION : CL_SUCCESS;
}

static void range_keep(const struct range *range, struct dispatch_range *kept)
{
    size_t size = range->dimensions * sizeof(size_t);
    *kept = (struct dispatch_range){.dimensions = range->dimensions, .local_given = range->local != NULL};
    if (range->offset) memcpy(kept->offset, range->offset, size);
    if (range->global) memcpy(kept->global, range->global, size);
    if (range->local) memcpy(kept->local, range->local, size);
}

// A handle for the command that is recorded next.
static cl_int mutable_command_create(struct kiln_command_buffer *buffer, struct kiln_kernel *kernel,
                                     const struct range *range, const struct dispatch_properties *properties,
                                     const command_properties *list, struct kiln_mutable_command **out)
{
    struct kiln_mutable_command *command = calloc(1, sizeof *command);
    if (!command) return CL_OUT_OF_HOST_MEMORY;
    kernel_retain(command->kernel = kernel);
    command->buffer = buffer;
    command->index = buffer->count;
    command->fields = properties->fields;
    range_keep(range, &command->range);
    if (properties->count) command->property_list = malloc(properties->count * sizeof *list);
    cl_int error = properties->count && !command->property_list ? CL_OUT_OF_HOST_MEMORY : CL_SUCCESS;
    if (!error) error = kernel_clone(kernel, &command->state);
    if (!error && !object_init(&command->object, OBJECT_MUTABLE_COMMAND)) error = CL_OUT_OF_HOST_MEMORY;
    if (error) {
        mutable_commands_free(command);
        return error;
    }
    if (properties->count) memcpy(command->property_list, list, properties->count * sizeof *list);
    command->property_count = properties->count;
    *out = command;
    return CL_SUCCESS;
}

// Whether arguments that are not set yet may be set by an update.
static bool arguments_may_follow(const struct recording *recording,
                                 const struct dispatch_properties *properties, bool handle)
{
    return handle && recording->buffer->flags & CL_COMMAND_BUFFER_MUTABLE_KHR &&
           properties->fields & CL_MUTABLE_DISPATCH_ARGUMENTS_KHR;
}

static cl_int kernel_record(struct recording *recording, const struct recording_terms *terms,
                            cl_kernel kernel, const struct range *range,
                            struct kiln_mutable_command **command)
{
    struct dispatch_properties properties;
    cl_int error = properties_read(terms->properties, &properties);
    bool asserted = (properties.asserts | recording->buffer->asserts) != 0;
    if (!error && asserted && !range->local) error = CL_INVALID_VALUE;
    if (!error) error = kernel_enqueue(&recording->request, kernel, range);
    if (error == CL_INVALID_KERNEL_ARGS && arguments_may_follow(recording, &properties, terms->handle))
        error = kernel_range_check(recording->request.queue, kernel, range);
    if (error || !terms->handle) return error;
    return mutable_command_create(recording->buffer, kernel_from(kernel), range, &properties,
                                  terms->properties, command);
}

CL_API_ENTRY cl_int CL_API_CALL clCommandNDRangeKernelKHR(
    cl_command_buffer_khr buffer, cl_command_queue queue, const command_properties *properties,
    cl_kernel kernel, cl_uint dimensions, const size_t *offset, const size_t *global, const size_t *local,
    cl_uint wait_count, const cl_sync_point_khr *wait, cl_sync_point_khr *sync_point,
    cl_mutable_command_khr *handle)
{
    const struct recording_terms terms = {buffer, queue, properties, wait_count, wait, sync_point, handle};
    const struct range range = {dimensions, offset, global, local};
    struct kiln_mutable_command *command = NULL;
    struct recording recording;
    cl_int error = recording_begin_mutable(&recording, &terms, CL_COMMAND_NDRANGE_KERNEL);
    if (!error) error = kernel_record(&recording, &terms, kernel, &range, &command);
    error = recording_end_mutable(&recording, error, command);
    if (!error && handle) *handle = mutable_command_handle(command);
    return error;
}
