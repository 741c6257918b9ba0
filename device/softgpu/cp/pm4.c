// Source: the amdgpu kernel driver's packet definitions (nvd.h) for type 3 packets of gfx10.
#include "pm4.h"

#include "device/softgpu/interpreter/fault.h"
#include "device/softgpu/interpreter/interpreter.h"
#include "device/softgpu/machine/block.h"

#include <stdio.h>

enum { NOP = 0x10, INDIRECT_BUFFER = 0x3f, ACQUIRE_MEM = 0x58 };
enum { INDIRECT_SIZE_MASK = (1 << 20) - 1, INDIRECT_DWORDS_MAX = 1024 };

static bool process(const uint32_t *packets, size_t count, bool indirect, char *why, size_t size);

// Packets elsewhere in memory, one level deep.
static bool indirect_process(const uint32_t *packet, char *why, size_t size)
{
    uint32_t packets[INDIRECT_DWORDS_MAX];
    uint64_t base = (uint64_t)packet[2] << 32 | (packet[1] & ~3u);
    size_t count = packet[3] & INDIRECT_SIZE_MASK;
    if (count <= INDIRECT_DWORDS_MAX &&
        block_read(packets, base, count * sizeof *packets, guarded_read_anywhere))
        return process(packets, count, true, why, size);
    snprintf(why, size, "PM4 packets at 0x%llx, %zu dwords, cannot be read", (unsigned long long)base, count);
    return false;
}

static bool process(const uint32_t *packets, size_t count, bool indirect, char *why, size_t size)
{
    for (size_t at = 0; at < count;) {
        uint32_t header = packets[at];
        unsigned type = header >> 30, opcode = header >> 8 & 0xff;
        size_t length = (header >> 16 & 0x3fff) + 2; // dwords, the header included
        bool whole = type == 3 && length <= count - at;
        if (whole && opcode == ACQUIRE_MEM) {
            interpreter_invalidate_code(); // the other caches are the host's, which keeps them coherent
        } else if (whole && opcode == INDIRECT_BUFFER && length == 4 && !indirect) {
            if (!indirect_process(&packets[at], why, size)) return false;
        } else if (!(whole && opcode == NOP)) {
            snprintf(why, size, "PM4 packet 0x%08x is not supported", header);
            return false;
        }
        at += length;
    }
    return true;
}

bool pm4_process(const uint32_t *packets, size_t count, char *why, size_t size)
{
    return process(packets, count, false, why, size);
}
