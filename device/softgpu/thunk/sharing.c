// Memory that other processes map: a file that lives in memory, opened by them through the exporter's
// /proc/<pid>/fd. And memory of other drivers.
#define _GNU_SOURCE
#include "base/log.h"
#include "device/softgpu/machine/block.h"
#include "memory.h"
#include "share_freeze.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HANDLE_MAGIC = 0x4e4c494b }; // "KILN"

// What a HsaSharedMemoryHandle holds. ROCr keeps bits of its own in word 6.
struct handle {
    uint32_t magic;
    uint32_t process, file, reserved0;
    uint64_t inode; // tells a file descriptor number that has been used again
    uint32_t of_rocr;
    uint32_t reserved1;
};
_Static_assert(sizeof(struct handle) == sizeof(HsaSharedMemoryHandle), "");

// Moves the block's contents into a file mapped at the same address. Nothing may write meanwhile.
static bool contents_move(struct block *block, int file)
{
    if (block->size == 0) return false;
    for (uint64_t done = 0; done < block->size;) {
        ssize_t written = pwrite(file, block->base + done, block->size - done, (off_t)done);
        if (written <= 0) return false;
        done += (uint64_t)written;
    }
    return mmap(block->base, block->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) !=
           MAP_FAILED;
}

// Device memory is anonymous until it is first shared: that gets it huge pages, and no file descriptor each.
static bool block_make_shareable(struct block *block)
{
    if (block->file >= 0) return true;
    int file = memory_file_create(block->size);
    if (file < 0) return false;
    int freeze = share_freeze(block->base, block->size);
    bool moved = freeze >= 0 && contents_move(block, file);
    share_thaw(freeze);
    if (moved)
        block->file = file;
    else
        close(file);
    return moved;
}

HSAKMT_STATUS hsaKmtShareMemory(void *address, HSAuint64 size, HsaSharedMemoryHandle *out)
{
    REQUIRE_OPEN();
    if (!address || !out) return HSAKMT_STATUS_INVALID_PARAMETER;
    blocks_lock();
    struct block *block = block_at(&blocks_allocated, address);
    bool known = block && block->size == size;
    struct handle handle = {.magic = HANDLE_MAGIC, .process = (uint32_t)getpid()};
    bool shared = known && block_make_shareable(block);
    if (shared) {
        struct stat facts;
        shared = fstat(block->file, &facts) == 0;
        handle.inode = shared ? facts.st_ino : 0;
        handle.file = (uint32_t)block->file;
    }
    blocks_unlock();
    if (!known) return HSAKMT_STATUS_INVALID_PARAMETER;
    if (!shared) return HSAKMT_STATUS_OUT_OF_RESOURCES;
    memcpy(*out, &handle, sizeof handle);
    return HSAKMT_STATUS_SUCCESS;
}

// Opens the exporter's file; -1 if it is gone or not for us. *size gets its length.
static int handle_open(const struct handle *handle, uint64_t *size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%u/fd/%u", handle->process, handle->file);
    int file = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); // it may be anything
    struct stat facts;
    if (file < 0) {
        log_debug("cannot import memory of process %u: %m", handle->process);
        return -1;
    }
    if (!memory_file_is(file) || fstat(file, &facts) != 0 || facts.st_ino != handle->inode ||
        facts.st_size <= 0) {
        close(file);
        return -1;
    }
    *size = (uint64_t)facts.st_size;
    return file;
}

// Maps a file, which is the block's from now on (-1: there is none), for kernels to reach.
static HSAKMT_STATUS file_import(int file, uint64_t bytes, HSA_POINTER_TYPE type, void **address,
                                 HSAuint64 *size)
{
    if (file < 0) return HSAKMT_STATUS_INVALID_HANDLE;
    struct block *block = calloc(1, sizeof *block);
    void *base = block ? memory_map(bytes, memory_alignment(bytes), file) : NULL;
    if (block)
        *block = (struct block){.base = base, .size = bytes, .type = type, .node = NODE_GPU, .file = file};
    blocks_lock();
    bool added = base && block_add(&blocks_allocated, block);
    blocks_unlock();
    if (added) {
        *address = base;
        *size = bytes;
        return HSAKMT_STATUS_SUCCESS;
    }
    if (base) munmap(base, bytes);
    close(file);
    free(block);
    return HSAKMT_STATUS_NO_MEMORY;
}

HSAKMT_STATUS hsaKmtRegisterSharedHandle(const HsaSharedMemoryHandle *in, void **address, HSAuint64 *size)
{
    REQUIRE_OPEN();
    if (!in || !address || !size) return HSAKMT_STATUS_INVALID_PARAMETER;
    struct handle handle;
    memcpy(&handle, *in, sizeof handle);
    if (handle.magic != HANDLE_MAGIC) return HSAKMT_STATUS_INVALID_PARAMETER;
    uint64_t bytes = 0;
    int file = handle_open(&handle, &bytes);
    return file_import(file, bytes, HSA_POINTER_REGISTERED_SHARED, address, size);
}

HSAKMT_STATUS hsaKmtRegisterSharedHandleToNodes(const HsaSharedMemoryHandle *in, void **address,
                                                HSAuint64 *size, HSAuint64 count, HSAuint32 *nodes)
{
    for (HSAuint64 i = 0; i < count; i++)
        if (!nodes || nodes[i] >= NODE_COUNT) return HSAKMT_STATUS_INVALID_NODE_UNIT;
    return hsaKmtRegisterSharedHandle(in, address, size);
}

// Bytes of a file whose size cannot change under who maps it, as far as can be told: a dma_buf, or one that
// lives in memory, as drivers without a kernel's part share their memory. 0: it is none of these.
static uint64_t foreign_size(int file)
{
    struct stat facts;
    if (fstat(file, &facts) != 0) return 0;
    bool in_memory = fcntl(file, F_GET_SEALS) >= 0;
    if (in_memory) return facts.st_size > 0 ? (uint64_t)facts.st_size : 0;
    off_t end = S_ISREG(facts.st_mode) || S_ISCHR(facts.st_mode) ? 0 : lseek(file, 0, SEEK_END);
    return end > 0 ? (uint64_t)end : 0;
}

// Another driver's memory, by its file descriptor, which stays the caller's.
HSAKMT_STATUS hsaKmtRegisterGraphicsHandleToNodes(HSAuint64 handle, HsaGraphicsResourceInfo *info,
                                                  HSAuint64 count, HSAuint32 *nodes)
{
    REQUIRE_OPEN();
    if (!info || handle > INT_MAX) return HSAKMT_STATUS_INVALID_PARAMETER;
    for (HSAuint64 i = 0; i < count; i++)
        if (!nodes || nodes[i] >= NODE_COUNT) return HSAKMT_STATUS_INVALID_NODE_UNIT;
    *info = (HsaGraphicsResourceInfo){0};
    uint64_t bytes = foreign_size((int)handle);
    int file = bytes ? fcntl((int)handle, F_DUPFD_CLOEXEC, 0) : -1;
    return file_import(file, bytes, HSA_POINTER_REGISTERED_GRAPHICS, &info->MemoryAddress,
                       &info->SizeInBytes);
}
