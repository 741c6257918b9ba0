// Commands on shared virtual memory, by their names of OpenCL 2.0 and of cl_intel_unified_shared_memory. It
// has one address, so that mapping moves nothing and copies and fills are the device layer's own; with
// fine-grained system sharing the pointers may be anyone's.
#include "api/machinery/fill.h"
#include "api/machinery/memory_flags.h"
#include "api/machinery/recording.h"
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
    for (cl_uint i = 0; i < freeing->count; i++)
        svm_free(freeing->queue->context, freeing->pointers[i], false);
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
    static const struct command_kind kind = {.submit = freeing_submit};
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

static cl_int copy_enqueue(struct command_request *request, cl_bool blocking, void *to, const void *from,
                           size_t size)
{
    uintptr_t a = (uintptr_t)to, b = (uintptr_t)from;
    if (!to || !from) return CL_INVALID_VALUE;
    if ((a > b ? a - b : b - a) < size) return CL_MEM_COPY_OVERLAP;
    request->blocking = blocking;
    const struct transfer transfer = {
        .to = {.base = to}, .from = {.base = (uint8_t *)(uintptr_t)from}, .extent = {size, 1, 1}};
    return transfer_enqueue(request, &transfer);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMMemcpy(cl_command_queue queue, cl_bool blocking, void *to,
                                                   const void *from, size_t size, cl_uint wait_count,
                                                   const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_SVM_MEMCPY, wait_count, wait, event);
    return error ? error : copy_enqueue(&request, blocking, to, from, size);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueMemcpyINTEL(cl_command_queue queue, cl_bool blocking, void *to,
                                                     const void *from, size_t size, cl_uint wait_count,
                                                     const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_MEMCPY_INTEL, wait_count, wait, event);
    return error ? error : copy_enqueue(&request, blocking, to, from, size);
}

static cl_int pattern_enqueue(const struct command_request *request, void *to, const void *pattern,
                              size_t pattern_size, size_t size)
{
    if (!to || !fill_is_valid(pattern, pattern_size, (uintptr_t)to, size)) return CL_INVALID_VALUE;
    return fill_enqueue(request, NULL, to, pattern, pattern_size, size);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMMemFill(cl_command_queue queue, void *to, const void *pattern,
                                                    size_t pattern_size, size_t size, cl_uint wait_count,
                                                    const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_SVM_MEMFILL, wait_count, wait, event);
    return error ? error : pattern_enqueue(&request, to, pattern, pattern_size, size);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueMemFillINTEL(cl_command_queue queue, void *to, const void *pattern,
                                                      size_t pattern_size, size_t size, cl_uint wait_count,
                                                      const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_MEMFILL_INTEL, wait_count, wait, event);
    return error ? error : pattern_enqueue(&request, to, pattern, pattern_size, size);
}

// ---- Recorded -----------------------------------------------------------------------------------------

CL_API_ENTRY cl_int CL_API_CALL clCommandSVMMemcpyKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
                                                      const command_properties *properties, void *to,
                                                      const void *from, size_t size, cl_uint wait_count,
                                                      const cl_sync_point_khr *wait,
                                                      cl_sync_point_khr *sync_point,
                                                      cl_mutable_command_khr *handle)
{
    const struct recording_terms terms = {buffer, queue, properties, wait_count, wait, sync_point, handle};
    struct recording recording;
    cl_int error = recording_begin(&recording, &terms, CL_COMMAND_SVM_MEMCPY);
    if (!error) error = copy_enqueue(&recording.request, CL_FALSE, to, from, size);
    return recording_end(&recording, error);
}

CL_API_ENTRY cl_int CL_API_CALL clCommandSVMMemFillKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
                                                       const command_properties *properties, void *to,
                                                       const void *pattern, size_t pattern_size, size_t size,
                                                       cl_uint wait_count, const cl_sync_point_khr *wait,
                                                       cl_sync_point_khr *sync_point,
                                                       cl_mutable_command_khr *handle)
{
    const struct recording_terms terms = {buffer, queue, properties, wait_count, wait, sync_point, handle};
    struct recording recording;
    cl_int error = recording_begin(&recording, &terms, CL_COMMAND_SVM_MEMFILL);
    if (!error) error = pattern_enqueue(&recording.request, to, pattern, pattern_size, size);
    return recording_end(&recording, error);
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

static const cl_mem_migration_flags migration_flags =
    CL_MIGRATE_MEM_OBJECT_HOST | CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED;

CL_API_ENTRY cl_int CL_API_CALL clEnqueueSVMMigrateMem(cl_command_queue queue, cl_uint count,
                                                       const void **pointers, const size_t *sizes,
                                                       cl_mem_migration_flags flags, cl_uint wait_count,
                                                       const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_SVM_MIGRATE_MEM, wait_count, wait, event);
    if (!error && (!count || !pointers || (flags & ~migration_flags))) error = CL_INVALID_VALUE;
    for (cl_uint i = 0; !error && i < count; i++)
        error = range_check(request.queue->context, pointers[i], sizes ? sizes[i] : 0);
    return error ? error : place_enqueue(&request);
}

// Memory does not move, and advice is taken as given.
CL_API_ENTRY cl_int CL_API_CALL clEnqueueMigrateMemINTEL(cl_command_queue queue, const void *pointer,
                                                         size_t size, cl_mem_migration_flags flags,
                                                         cl_uint wait_count, const cl_event *wait,
                                                         cl_event *event)
{
    struct command_request request;
    cl_int error =
        command_request_init(&request, queue, CL_COMMAND_MIGRATEMEM_INTEL, wait_count, wait, event);
    if (!error && (!pointer || !size || (flags & ~migration_flags))) error = CL_INVALID_VALUE;
    return error ? error : place_enqueue(&request);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueMemAdviseINTEL(cl_command_queue queue, const void *pointer,
                                                        size_t size, cl_mem_advice_intel advice,
                                                        cl_uint wait_count, const cl_event *wait,
                                                        cl_event *event)
{
    struct command_request request;
    (void)advice;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_MEMADVISE_INTEL, wait_count, wait, event);
    if (!error && (!pointer || !size)) error = CL_INVALID_VALUE;
    return error ? error : place_enqueue(&request);
}
