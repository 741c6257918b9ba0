// clSetEventCallback: the application's functions run on a thread of their own, so that they may call OpenCL.
#pragma once

#include "api/event.h"

// With the event's lock held: the event has become CL_SUBMITTED.
void event_callbacks_submitted(struct kiln_event *);

// Frees what was never called, with the event.
void event_callbacks_free(struct kiln_event *);
