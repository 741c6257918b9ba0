#include "device/softgpu/machine/event.h"

#include "thunk.h"

HSAKMT_STATUS hsaKmtCreateEvent(HsaEventDescriptor *descriptor, bool manual, bool raised, HsaEvent **out)
{
    REQUIRE_OPEN();
    if (!descriptor || !out || descriptor->EventType >= HSA_EVENTTYPE_MAXID)
        return HSAKMT_STATUS_INVALID_PARAMETER;
    struct event *event = event_create(descriptor, manual, raised);
    if (!event) return HSAKMT_STATUS_NO_MEMORY;
    *out = event_shared(event);
    return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtDestroyEvent(HsaEvent *event)
{
    if (!event || !event_destroy(event_of(event))) return HSAKMT_STATUS_INVALID_HANDLE;
    return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtSetEvent(HsaEvent *event)
{
    if (!event) return HSAKMT_STATUS_INVALID_HANDLE;
    REQUIRE_OPEN();
    event_raise(event->EventId);
    return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtResetEvent(HsaEvent *event)
{
    if (!event) return HSAKMT_STATUS_INVALID_HANDLE;
    REQUIRE_OPEN();
    event_reset(event_of(event));
    return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtQueryEventState(HsaEvent *event)
{
    if (!event) return HSAKMT_STATUS_INVALID_HANDLE;
    REQUIRE_OPEN();
    return event_is_raised(event_of(event)) ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_WAIT_TIMEOUT;
}

HSAKMT_STATUS hsaKmtWaitOnMultipleEvents(HsaEvent *events[], HSAuint32 count, bool all,
                                         HSAuint32 milliseconds)
{
    static const HSAKMT_STATUS statuses[] = {
        [EVENT_WAIT_CAME] = HSAKMT_STATUS_SUCCESS,
        [EVENT_WAIT_TIMEOUT] = HSAKMT_STATUS_WAIT_TIMEOUT,
        [EVENT_WAIT_NO_MEMORY] = HSAKMT_STATUS_NO_MEMORY,
    };
    REQUIRE_OPEN();
    if (!events || count == 0) return HSAKMT_STATUS_INVALID_PARAMETER;
    for (HSAuint32 i = 0; i < count; i++)
        if (!events[i]) return HSAKMT_STATUS_INVALID_HANDLE;
    return statuses[events_wait(events, count, all, milliseconds)];
}

HSAKMT_STATUS hsaKmtWaitOnEvent(HsaEvent *event, HSAuint32 milliseconds)
{
    if (!event) return HSAKMT_STATUS_INVALID_HANDLE;
    return hsaKmtWaitOnMultipleEvents(&event, 1, true, milliseconds);
}
