#include "api/machinery/queue_properties.h"

#include <stdbool.h>

enum { HINTS = CL_QUEUE_PRIORITY_HIGH_KHR | CL_QUEUE_PRIORITY_MED_KHR | CL_QUEUE_PRIORITY_LOW_KHR };
_Static_assert(HINTS == (CL_QUEUE_THROTTLE_HIGH_KHR | CL_QUEUE_THROTTLE_MED_KHR | CL_QUEUE_THROTTLE_LOW_KHR),
               "the two kinds of hints have the same values");

static const cl_command_queue_properties host_flags =
    CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE | CL_QUEUE_PROFILING_ENABLE;
// Queues on the device need the out-of-order mode, and their other properties need CL_QUEUE_ON_DEVICE.
static const cl_command_queue_properties device_flags = CL_QUEUE_ON_DEVICE | CL_QUEUE_ON_DEVICE_DEFAULT;

static bool flags_valid(cl_queue_properties flags) { return !(flags & ~(host_flags | device_flags)); }

static bool hint_valid(cl_queue_properties hint)
{
    return hint && !(hint & (hint - 1)) && !(hint & ~(cl_queue_properties)HINTS);
}

static bool size_valid(cl_queue_properties size)
{
    (void)size;
    return true;
}

enum { FLAGS, PRIORITY, THROTTLE, SIZE, KINDS };

static const struct {
    cl_queue_properties name;
    bool (*valid)(cl_queue_properties value);
} kinds[KINDS] = {
    [FLAGS] = {CL_QUEUE_PROPERTIES, flags_valid},
    [PRIORITY] = {CL_QUEUE_PRIORITY_KHR, hint_valid},
    [THROTTLE] = {CL_QUEUE_THROTTLE_KHR, hint_valid},
    [SIZE] = {CL_QUEUE_SIZE, size_valid},
};

cl_int queue_properties_read(const cl_queue_properties *list, struct queue_properties *properties)
{
    cl_queue_properties values[KINDS] = {[PRIORITY] = CL_QUEUE_PRIORITY_MED_KHR,
                                         [THROTTLE] = CL_QUEUE_THROTTLE_MED_KHR};
    bool seen[KINDS] = {false};
    size_t count = list ? 1 : 0;
    for (const cl_queue_properties *p = list; p && *p; p += 2, count += 2) {
        unsigned kind = 0;
        while (kind < KINDS && kinds[kind].name != *p) kind++;
        if (kind == KINDS || seen[kind] || !kinds[kind].valid(p[1])) return CL_INVALID_VALUE;
        seen[kind] = true;
        values[kind] = p[1];
    }
    *properties = (struct queue_properties){values[FLAGS], (cl_queue_priority_khr)values[PRIORITY],
                                            (cl_queue_throttle_khr)values[THROTTLE], count};
    bool on_device = values[FLAGS] & CL_QUEUE_ON_DEVICE;
    if (on_device ? !(values[FLAGS] & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE)
                  : seen[SIZE] || values[FLAGS] & CL_QUEUE_ON_DEVICE_DEFAULT)
        return CL_INVALID_VALUE;
    return on_device ? CL_INVALID_QUEUE_PROPERTIES : CL_SUCCESS;
}
