// Opening and closing the device, and what a fork leaves of it.
#include "device/softgpu/cp/queue.h"
#include "device/softgpu/machine/block.h"
#include "device/softgpu/machine/event.h"
#include "device/softgpu/native/native.h"
#include "thunk.h"

#include <pthread.h>

enum { INTERFACE_MAJOR = 1, INTERFACE_MINOR = 10 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int opened;

bool device_is_open(void) { return __atomic_load_n(&opened, __ATOMIC_ACQUIRE) > 0; }

// The child has memory but no threads of ours: its device is closed, and nothing in it may wait for them.
static void child_forget(void)
{
    pthread_mutex_init(&lock, NULL);
    opened = 0;
    event_reset_after_fork();
    blocks_reset_after_fork();
    queues_reset_after_fork();
    native_reset_after_fork();
}

static int fork_error; // an errno: forks go unseen, and nothing may be opened

static void fork_watch(void) { fork_error = pthread_atfork(NULL, NULL, child_forget); }

HSAKMT_STATUS hsaKmtOpenKFD(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fork_watch);
    pthread_mutex_lock(&lock);
    bool first = opened == 0;
    bool ready = !first || (!fork_error && queues_start());
    if (ready && first) native_start();
    if (ready) __atomic_add_fetch(&opened, 1, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&lock);
    if (!ready) return HSAKMT_STATUS_NO_MEMORY;
    return first ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_KERNEL_ALREADY_OPENED;
}

HSAKMT_STATUS hsaKmtCloseKFD(void)
{
    pthread_mutex_lock(&lock);
    bool was_open = opened > 0;
    if (was_open && __atomic_sub_fetch(&opened, 1, __ATOMIC_ACQ_REL) == 0) {
        queues_stop();
        native_stop();
    }
    pthread_mutex_unlock(&lock);
    return was_open ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
}

HSAKMT_STATUS hsaKmtGetVersion(HsaVersionInfo *version)
{
    REQUIRE_OPEN();
    if (!version) return HSAKMT_STATUS_INVALID_PARAMETER;
    *version = (HsaVersionInfo){INTERFACE_MAJOR, INTERFACE_MINOR};
    return HSAKMT_STATUS_SUCCESS;
}

// Success tells ROCr that queues report errors of their own (HsaQueueResource.ErrorReason).
HSAKMT_STATUS hsaKmtRuntimeEnable(void *debug, bool setup_ttmp)
{
    REQUIRE_OPEN();
    (void)debug, (void)setup_ttmp;
    return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtRuntimeDisable(void)
{
    REQUIRE_OPEN();
    return HSAKMT_STATUS_SUCCESS;
}

// Traps end in a queue error without a handler running.
HSAKMT_STATUS hsaKmtSetTrapHandler(HSAuint32 node, void *code, HSAuint64 code_size, void *buffer,
                                   HSAuint64 buffer_size)
{
    REQUIRE_OPEN();
    (void)code, (void)code_size, (void)buffer, (void)buffer_size;
    return node == NODE_GPU ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_NODE_UNIT;
}
