#define _GNU_SOURCE
#include "share_freeze.h"

#include "base/log.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int share_freeze(void *base, uint64_t size)
{
    int freeze = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
    struct uffdio_api api = {.api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP};
    struct uffdio_register range = {.range = {(uint64_t)base, size}, .mode = UFFDIO_REGISTER_MODE_WP};
    struct uffdio_writeprotect protect = {.range = range.range, .mode = UFFDIO_WRITEPROTECT_MODE_WP};
    // Only pages that are there can be protected.
    if (freeze >= 0 && madvise(base, size, MADV_POPULATE_WRITE) == 0 &&
        ioctl(freeze, UFFDIO_API, &api) == 0 && ioctl(freeze, UFFDIO_REGISTER, &range) == 0 &&
        ioctl(freeze, UFFDIO_WRITEPROTECT, &protect) == 0)
        return freeze;
    log_error("cannot share device memory: userfaultfd is not available here (%m)");
    share_thaw(freeze);
    return -1;
}

// Closing it lets all that wait try again.
void share_thaw(int freeze)
{
    if (freeze >= 0) close(freeze);
}
