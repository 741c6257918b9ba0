// Shared virtual memory: all of the process's memory is the device's, coherently and at all times. Attributes
// that would move or restrict it are hints that change nothing; queries tell what holds.
#include "thunk.h"

enum { GRANULARITY_DEFAULT = 9 }; // log2 of pages: 2 MiB, the kernel driver's default

HSAKMT_STATUS hsaKmtSVMSetAttr(void *start, HSAuint64 size, unsigned int count, HSA_SVM_ATTRIBUTE *attributes)
{
    REQUIRE_OPEN();
    if ((uint64_t)start % PAGE_SIZE || size % PAGE_SIZE || (count && !attributes))
        return HSAKMT_STATUS_INVALID_PARAMETER;
    for (unsigned i = 0; i < count; i++)
        if (attributes[i].type > HSA_SVM_ATTR_GRANULARITY) return HSAKMT_STATUS_INVALID_PARAMETER;
    return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtSVMGetAttr(void *start, HSAuint64 size, unsigned int count, HSA_SVM_ATTRIBUTE *attributes)
{
    REQUIRE_OPEN();
    if ((uint64_t)start % PAGE_SIZE || size % PAGE_SIZE || (count && !attributes))
        return HSAKMT_STATUS_INVALID_PARAMETER;
    for (unsigned i = 0; i < count; i++) {
        HSA_SVM_ATTRIBUTE *attribute = &attributes[i];
        switch (attribute->type) {
        case HSA_SVM_ATTR_PREFERRED_LOC:
        case HSA_SVM_ATTR_PREFETCH_LOC:
            attribute->value = INVALID_NODEID;
            break;
        case HSA_SVM_ATTR_ACCESS:
        case HSA_SVM_ATTR_ACCESS_IN_PLACE:
        case HSA_SVM_ATTR_NO_ACCESS:
            attribute->type = HSA_SVM_ATTR_ACCESS_IN_PLACE; // of the node that was asked for
            break;
        case HSA_SVM_ATTR_SET_FLAGS:
            attribute->value = HSA_SVM_FLAG_HOST_ACCESS | HSA_SVM_FLAG_COHERENT | HSA_SVM_FLAG_GPU_EXEC;
            break;
        case HSA_SVM_ATTR_CLR_FLAGS:
            attribute->value = HSA_SVM_FLAG_HIVE_LOCAL | HSA_SVM_FLAG_GPU_RO | HSA_SVM_FLAG_GPU_READ_MOSTLY;
            break;
        case HSA_SVM_ATTR_GRANULARITY:
            attribute->value = GRANULARITY_DEFAULT;
            break;
        default:
            return HSAKMT_STATUS_INVALID_PARAMETER;
        }
    }
    return HSAKMT_STATUS_SUCCESS;
}

// Retrying a faulted access is not a gfx1030 feature.
HSAKMT_STATUS hsaKmtGetXNACKMode(HSAint32 *enable)
{
    REQUIRE_OPEN();
    if (!enable) return HSAKMT_STATUS_INVALID_PARAMETER;
    *enable = 0;
    return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtSetXNACKMode(HSAint32 enable)
{
    REQUIRE_OPEN();
    return enable ? HSAKMT_STATUS_NOT_SUPPORTED : HSAKMT_STATUS_SUCCESS;
}
