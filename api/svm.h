// Shared virtual memory: what clSVMAlloc allocated and has not been freed, by address. All of it is reached
// by all devices of its context, always.
#pragma once

#include "api/context.h"

struct svm_allocation {
    uint8_t *begin;
    size_t size;                   // bytes
    struct device_memory *storage; // begins at `begin`
    _Atomic(unsigned) references;  // the context's list, and buffers that use the memory
};

// CL_DEVICE_SVM_CAPABILITIES.
cl_device_svm_capabilities svm_device_capabilities(const struct device_info *);

// The allocation that has the byte at `address`, retained; NULL: none of this context has it.
struct svm_allocation *svm_find(struct kiln_context *, const void *address);
void svm_release(struct svm_allocation *);

// Whether the allocation has all of these bytes. Sums that overflow do not.
bool svm_contains(const struct svm_allocation *, const void *address, size_t size);

// clSVMFree: ends the allocation that begins at `address`. False: there is none.
bool svm_free(struct kiln_context *, void *address);

// Ends all allocations of a context that is no more.
void svm_free_all(struct kiln_context *);
