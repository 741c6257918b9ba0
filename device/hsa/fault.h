// What becomes of a queue whose command ended abnormally.
#pragma once

#include "runtime.h"

// HSA reports an error of this queue.
void fault_queue_error(struct device_queue *, hsa_status_t, hsa_queue_t *);

// HSA's callback for events of the system: a memory fault is an agent's, not a queue's, so all its queues die
// of it.
hsa_status_t fault_system_event(const hsa_amd_event_t *, void *argument);
