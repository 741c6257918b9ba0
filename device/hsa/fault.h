// What becomes of a queue whose command ended abnormally.
#pragma once

#include "runtime.h"

// HSA's callback for errors of one queue; `argument` is the device_queue.
void fault_queue_error(hsa_status_t, hsa_queue_t *, void *argument);

// HSA's callback for events of the system: a memory fault is an agent's, not a queue's, so all its queues die
// of it.
hsa_status_t fault_system_event(const hsa_amd_event_t *, void *argument);
