// Commands on shared virtual memory. It has one address, so that mapping moves nothing and copies and fills
// are the device layer's own; with fine-grained system sharing the pointers may be anyone's.
#include "api/machinery/fill.h"
#include "api/machinery/memory_flags.h"
#include "api/machinery/transfer.h"
#include "api/svm.h"

#include <stdlib.h>
#include <string.h>

// ---- Freeing ------------------------------------------------------------------------------------------

typedef void(CL_CALLBACK svm_free_function)(cl_command_queue, cl_uint, void *[], void *);

struct svm_freeing {
    struct kiln_queue *queue; // its commands keep it from being destroyed
    svm_free_function *function;
    void *argument;
    cl_uint count;
    void *pointers[];
};

static void freeing_run(void *payload)
{
    struct svm_freeing *freeing = payload;
    if (freeing->function) {
        freeing->function(queue_handle(freeing->queue), freeing->count, freeing->pointers, freeing->argument);
        return;
    }
    for (cl_uint i = 0; i < freeing->count; i++) svm_free(freeing->queue->context, freeing->pointers[i]);
}

static cl_int freeing_submit(void *payload, struct device_queue *queue, const struct device_command *command)
{
    return device_queue_host(queue, command, freeing_run, payload);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMFree(cl_command_queue queue, cl_uint count, void *pointers[],
                                                 svm_free_function *function, void *argument,
                                                 cl_uint wait_count, const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_SVM_FREE, wait_count, wait, event);
    if (!error && !count != !pointers) error = CL_INVALID_VALUE;
    if (error) return error;
    static const struct command_kind kind = {freeing_submit, NULL};
    struct command *command;
    void *payload;
    error = command_create(&request, &kind, sizeof(struct svm_freeing) + count * sizeof *pointers, &command,
                           &payload);
    if (error) return error;
    struct svm_freeing *freeing = payload;
    *freeing = (struct svm_freeing){request.queue, function, argument, count};
    if (count) memcpy(freeing->pointers, pointers, count * sizeof *pointers);
    return command_enqueue(&request, command);
}

// ---- Copying and filling ------------------------------------------------------------------------------

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMMemcpy(cl_command_queue queue, cl_bool blocking, void *to,
                                                   const void *from, size_t size, cl_uint wait_count,
                                                   const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_SVM_MEMCPY, wait_count, wait, event);
    if (!error && (!to || !from)) error = CL_INVALID_VALUE;
    uintptr_t a = (uintptr_t)to, b = (uintptr_t)from;
    if (!error && (a > b ? a - b : b - a) < size) error = CL_MEM_COPY_OVERLAP;
    if (error) return error;
    request.blocking = blocking;
    struct transfer transfer = {
        .to = {.base = to}, .from = {.base = (uint8_t *)(uintptr_t)from}, .extent = {size, 1, 1}};
    return transfer_enqueue(&request, &transfer);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMMemFill(cl_command_queue queue, void *to, const void *pattern,
                                                    size_t pattern_size, size_t size, cl_uint wait_count,
                                                    const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_SVM_MEMFILL, wait_count, wait, event);
    if (!error && (!to || !fill_is_valid(pattern, pattern_size, (uintptr_t)to, size)))
        error = CL_INVALID_VALUE;
    return error ? error : fill_enqueue(&request, NULL, to, pattern, pattern_size, size);
}

// ---- Mapping and migrating: they only keep their place in the queue -----------------------------------

static cl_int place_enqueue(const struct command_request *request)
{
    const struct transfer nothing = {.extent = {0, 1, 1}};
    return transfer_enqueue(request, &nothing);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMMap(cl_command_queue queue, cl_bool blocking, cl_map_flags flags,
                                                void *pointer, size_t size, cl_uint wait_count,
                                                const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_SVM_MAP, wait_count, wait, event);
    if (!error && (!pointer || !size || !map_flags_valid(flags))) error = CL_INVALID_VALUE;
    if (error) return error;
    request.blocking = blocking;
    return place_enqueue(&request);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMUnmap(cl_command_queue queue, void *pointer, cl_uint wait_count,
                                                  const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_SVM_UNMAP, wait_count, wait, event);
    if (!error && !pointer) error = CL_INVALID_VALUE;
    if (error) return error;
    struct svm_allocation *allocation = svm_find(request.queue->context, pointer);
    if (allocation) {
        device_memory_host_wrote(allocation->storage);
        svm_release(allocation);
    }
    return place_enqueue(&request);
}

// CL_INVALID_VALUE where a range does not lie within an allocation. Without a size only its first byte has
// to.
static cl_int range_check(struct kiln_context *context, const void *pointer, size_t size)
{
    struct svm_allocation *allocation = svm_find(context, pointer);
    if (!allocation) return CL_INVALID_VALUE;
    bool within = svm_contains(allocation, pointer, size);
    svm_release(allocation);
    return within ? CL_SUCCESS : CL_INVALID_VALUE;
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMMigrateMem(cl_command_queue queue, cl_uint count,
                                                       const void **pointers, const size_t *sizes,
                                                       cl_mem_migration_flags flags, cl_uint wait_count,
                                                       const cl_event *wait, cl_event *event)
{
    const cl_mem_migration_flags known = CL_MIGRATE_MEM_OBJECT_HOST | CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED;
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_SVM_MIGRATE_MEM, wait_count, wait, event);
    if (!error && (!count || !pointers || (flags & ~known))) error = CL_INVALID_VALUE;
    for (cl_uint i = 0; !error && i < count; i++)
        error = range_check(request.queue->context, pointers[i], sizes ? sizes[i] : 0);
    return error ? error : place_enqueue(&request);
}
