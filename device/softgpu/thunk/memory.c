#define _GNU_SOURCE
#include "memory.h"

#include "base/log.h"
#include "device/softgpu/machine/block.h"
#include "topology.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const uint64_t huge_page = UINT64_C(2) << 20;
#define MEMORY_FILE_NAME "kiln-vram"
// Its size is for ever: what is mapped is there.
enum { MEMORY_FILE_SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW };

static uint64_t vram_used; // guarded by blocks_lock

uint64_t memory_alignment(uint64_t size) { return size >= huge_page ? huge_page : PAGE_SIZE; }

void *memory_map(uint64_t size, uint64_t alignment, int file)
{
    uint64_t slack = alignment - PAGE_SIZE;
    uint8_t *reserved =
        mmap(NULL, size + slack, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reserved == MAP_FAILED) return NULL;
    uint8_t *base = reserved + (-(uint64_t)reserved & (alignment - 1));
    if (base > reserved) munmap(reserved, (size_t)(base - reserved));
    uint64_t tail = slack - (uint64_t)(base - reserved);
    if (tail) munmap(base + size, tail);

    int flags = MAP_FIXED | (file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE : MAP_SHARED);
    if (mmap(base, size, PROT_READ | PROT_WRITE, flags, file, 0) == MAP_FAILED) {
        munmap(base, size);
        return NULL;
    }
    // A wish: it may be declined. ROCr's blocks for small buffers are of one huge page, of which most
    // programs use little: to clear it would take longer than the rest of their allocation.
    if (size > huge_page) madvise(base, size, MADV_HUGEPAGE);
    return base;
}

int memory_file_create(uint64_t size)
{
    int file = memfd_create(MEMORY_FILE_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) return -1;
    if (ftruncate(file, (off_t)size) == 0 && fcntl(file, F_ADD_SEALS, MEMORY_FILE_SEALS) == 0) return file;
    close(file);
    return -1;
}

bool memory_file_is(int file)
{
    static const char name[] = "/memfd:" MEMORY_FILE_NAME " (deleted)";
    char path[64], target[sizeof name];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    ssize_t length = readlink(path, target, sizeof target);
    return length == sizeof name - 1 && !memcmp(target, name, sizeof name - 1) &&
           fcntl(file, F_GET_SEALS) == MEMORY_FILE_SEALS;
}

static bool is_vram(const struct block *block)
{
    return block->node == NODE_GPU && !block->flags.ui32.Scratch;
}

static bool vram_claim(const struct block *block)
{
    if (!is_vram(block)) return true;
    if (block->size > topology_vram_size() - vram_used) return false;
    vram_used += block->size;
    return true;
}

static void vram_return(const struct block *block)
{
    if (is_vram(block) && block->type == HSA_POINTER_ALLOCATED) vram_used -= block->size;
}

// Gives the block its memory and makes it known. Called with the blocks locked.
static HSAKMT_STATUS block_back(struct block *block)
{
    if (!vram_claim(block)) return HSAKMT_STATUS_NO_MEMORY;
    // System memory that asks to be non-paged is meant for other processes (ROCr's IPC signals).
    if (block->node == NODE_CPU && block->flags.ui32.NonPaged) block->file = memory_file_create(block->size);
    block->base = memory_map(block->size, memory_alignment(block->size), block->file);
    if (block->base && block_add(&blocks_allocated, block)) return HSAKMT_STATUS_SUCCESS;

    if (block->base) munmap(block->base, block->size);
    if (block->file >= 0) close(block->file);
    vram_return(block);
    return HSAKMT_STATUS_NO_MEMORY;
}

HSAKMT_STATUS hsaKmtAllocMemory(HSAuint32 node, HSAuint64 size, HsaMemFlags flags, void **address)
{
    REQUIRE_OPEN();
    if (!address || size == 0 || size % PAGE_SIZE) return HSAKMT_STATUS_INVALID_PARAMETER;
    if (node >= NODE_COUNT) return HSAKMT_STATUS_INVALID_NODE_UNIT;
    if (flags.ui32.GDSMemory || flags.ui32.FixedAddress) return HSAKMT_STATUS_NOT_SUPPORTED;
    struct block *block = calloc(1, sizeof *block);
    if (!block) return HSAKMT_STATUS_NO_MEMORY;
    *block =
        (struct block){.size = size, .type = HSA_POINTER_ALLOCATED, .node = node, .flags = flags, .file = -1};

    blocks_lock();
    HSAKMT_STATUS status = block_back(block);
    blocks_unlock();
    if (status != HSAKMT_STATUS_SUCCESS) {
        log_debug("no %llu bytes of memory on node %u: %s", (unsigned long long)size, node, strerror(errno));
        free(block);
        return status;
    }
    *address = block->base;
    return HSAKMT_STATUS_SUCCESS;
}

// Works without the device: a forked child may tidy up what it inherited.
HSAKMT_STATUS hsaKmtFreeMemory(void *address, HSAuint64 size)
{
    if (!address) return HSAKMT_STATUS_INVALID_PARAMETER;
    (void)size; // the block knows its own
    blocks_lock();
    struct block *block = block_at(&blocks_allocated, address);
    if (block && block->type == HSA_POINTER_ALLOCATED) {
        block_remove(&blocks_allocated, block);
        vram_return(block);
    } else {
        block = NULL;
    }
    blocks_unlock();
    if (!block) return HSAKMT_STATUS_MEMORY_NOT_REGISTERED;
    munmap(block->base, block->size);
    if (block->file >= 0) close(block->file);
    free(block);
    return HSAKMT_STATUS_SUCCESS;
}
