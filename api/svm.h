// Shared virtual memory: what clSVMAlloc and the functions of cl_intel_unified_shared_memory allocated and
// has not been freed, by address. All of it is reached by all devices of its context, always.
#pragma once

#include "api/context.h"

#include <CL/cl_ext.h>

// Who allocated it.
struct svm_origin {
    cl_unified_shared_memory_type_intel type; // CL_MEM_TYPE_UNKNOWN_INTEL: clSVMAlloc
    cl_mem_alloc_flags_intel flags;
    struct kiln_device *device; // that it is meant for; NULL: none
};

struct svm_allocation {
    struct svm_origin origin;
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

// An allocation of `size` bytes, aligned to pages. CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_HOST_MEMORY
// and the like.
cl_int svm_allocate(struct kiln_context *, size_t size, enum device_memory_kind, const struct svm_origin *,
                    void **address);

// Whether memory is aligned to this without any care: a power of two up to a page, or 0.
bool svm_alignment_valid(cl_uint alignment);

// Ends the allocation that begins at `address`: clSVMAlloc's or (`usm`) the extension's. False: there is
// none.
bool svm_free(struct kiln_context *, void *address, bool usm);

// Ends all allocations of a context that is no more.
void svm_free_all(struct kiln_context *);
