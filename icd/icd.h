// What the OpenCL loader sees of Kiln.
#pragma once

#include "api/object.h"

// Fills in the two words that every object begins with: the dispatch table and the loader's data
// (cl_khr_icd 2.0.0).
void icd_object_init(struct object *);

// The entry point of this name, core or extension; NULL where there is none.
void *icd_function(const char *name);
