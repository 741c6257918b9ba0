// Queues, as ROCr asks for them; the packet processors behind them are in cp/.
#include "device/softgpu/cp/queue.h"

#include "device/softgpu/machine/event.h"
#include "thunk.h"

static HSAKMT_STATUS setup_check(const struct queue_setup *setup)
{
    uint64_t size = setup->ring_size;
    if (!setup->ring || size < PAGE_SIZE || (size & (size - 1))) return HSAKMT_STATUS_INVALID_PARAMETER;
    if (setup->kind == QUEUE_AQL && (!setup->read || !setup->write)) return HSAKMT_STATUS_INVALID_PARAMETER;
    return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtCreateQueue(HSAuint32 node, HSA_QUEUE_TYPE type, HSAuint32 percentage,
                                HSA_QUEUE_PRIORITY priority, void *ring, HSAuint64 size, HsaEvent *event,
                                HsaQueueResource *resource)
{
    REQUIRE_OPEN();
    (void)percentage, (void)priority;
    if (!resource) return HSAKMT_STATUS_INVALID_PARAMETER;
    if (node != NODE_GPU) return HSAKMT_STATUS_INVALID_NODE_UNIT;
    if (type != HSA_QUEUE_COMPUTE_AQL && type != HSA_QUEUE_SDMA) return HSAKMT_STATUS_NOT_SUPPORTED;

    struct queue_setup setup = {
        .kind = type == HSA_QUEUE_SDMA ? QUEUE_SDMA : QUEUE_AQL, .ring = ring, .ring_size = size};
    if (setup.kind == QUEUE_AQL) {
        setup.read = resource->Queue_read_ptr_aql;
        setup.write = resource->Queue_write_ptr_aql;
        setup.error_reason = event ? resource->ErrorReason : NULL;
        setup.error_event = event ? event->EventId : 0;
    }
    HSAKMT_STATUS status = setup_check(&setup);
    if (status != HSAKMT_STATUS_SUCCESS) return status;

    struct queue *queue = queue_create(&setup);
    if (!queue) return HSAKMT_STATUS_NO_MEMORY;
    resource->QueueId = queue_id(queue);
    resource->Queue_DoorBell_aql = queue_doorbell(queue);
    if (setup.kind == QUEUE_SDMA) {
        uint64_t *read, *write; // the structure is packed
        queue_pointers(queue, &read, &write);
        resource->Queue_read_ptr_aql = read;
        resource->Queue_write_ptr_aql = write;
    }
    return HSAKMT_STATUS_SUCCESS;
}

// ROCr stops a queue by giving it 0 % of the device, and changes priorities, which are a hint here.
HSAKMT_STATUS hsaKmtUpdateQueue(HSA_QUEUEID id, HSAuint32 percentage, HSA_QUEUE_PRIORITY priority, void *ring,
                                HSAuint64 size, HsaEvent *event)
{
    REQUIRE_OPEN();
    (void)priority, (void)ring, (void)size, (void)event;
    return queue_suspend(id, percentage == 0) ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_HANDLE;
}

HSAKMT_STATUS hsaKmtDestroyQueue(HSA_QUEUEID id)
{
    if (!device_is_open()) return HSAKMT_STATUS_SUCCESS; // queues end with the device, and in a forked child
    return queue_destroy(id) ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_HANDLE;
}

// A queue's work-groups run on as many threads as it has compute units; on which, is for the scheduler to
// decide.
HSAKMT_STATUS hsaKmtSetQueueCUMask(HSA_QUEUEID id, HSAuint32 count, HSAuint32 *mask)
{
    REQUIRE_OPEN();
    if (!mask || count == 0 || count % 32) return HSAKMT_STATUS_INVALID_PARAMETER;
    unsigned units = 0;
    for (HSAuint32 i = 0; i < count / 32; i++) units += (unsigned)__builtin_popcount(mask[i]);
    if (!units) return HSAKMT_STATUS_INVALID_PARAMETER;
    return queue_confine(id, units) ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_HANDLE;
}

// There is no global wave synchronisation.
HSAKMT_STATUS hsaKmtAllocQueueGWS(HSA_QUEUEID id, HSAuint32 count, HSAuint32 *first)
{
    REQUIRE_OPEN();
    (void)id, (void)count, (void)first;
    return HSAKMT_STATUS_NOT_SUPPORTED;
}
