#include "signal.h"

#include "activity.h"
#include "device/softgpu/machine/event.h"

#include <hsa/amd_hsa_signal.h>
#include <stddef.h>

void signal_complete(uint64_t handle, const struct times *times)
{
    amd_signal_t *signal = (amd_signal_t *)handle;
    if (!signal) return;
    // Whoever waits may free the signal as soon as it is decremented; its event's mailbox stays.
    uint64_t mailbox = signal->event_mailbox_ptr;
    uint32_t event = signal->event_id;
    if (times) {
        signal->start_ts = times->start;
        signal->end_ts = times->end;
    }
    __atomic_sub_fetch(&signal->value, 1, __ATOMIC_SEQ_CST);
    if (mailbox) {
        __atomic_store_n((uint64_t *)mailbox, event, __ATOMIC_RELEASE);
        event_raise(event);
    }
    activity_announce();
}

int64_t signal_value(uint64_t handle)
{
    const amd_signal_t *signal = (const amd_signal_t *)handle;
    return __atomic_load_n(&signal->value, __ATOMIC_ACQUIRE);
}
