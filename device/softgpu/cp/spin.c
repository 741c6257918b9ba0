#include "spin.h"

#include "device/softgpu/machine/clock.h"

enum { LOOKS_A_CLOCK = 16 };

// So long, in nanoseconds, that this thread was not running all the while. It does not yield by itself:
// schedulers hold that against a thread when it is woken later.
static const uint64_t interrupted = 20 * 1000;

bool spin_on(struct spin *spin, uint64_t nanoseconds)
{
    __builtin_ia32_pause();
    if (spin->looks++ % LOOKS_A_CLOCK != 0) return true;
    uint64_t now = clock_ticks();
    bool kept_cpu = !spin->last || now - spin->last < interrupted;
    if (!spin->start) spin->start = now;
    spin->last = now;
    return kept_cpu && now - spin->start < nanoseconds;
}
