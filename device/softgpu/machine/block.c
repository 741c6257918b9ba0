#include "block.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct block_set blocks_allocated, blocks_registered;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void blocks_lock(void) { pthread_mutex_lock(&lock); }
void blocks_unlock(void) { pthread_mutex_unlock(&lock); }
void blocks_reset_after_fork(void) { pthread_mutex_init(&lock, NULL); }

// The number of blocks that begin at or below `address`.
static size_t blocks_below(const struct block_set *set, const void *address)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((uint64_t)set->blocks[middle]->base <= (uint64_t)address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool block_add(struct block_set *set, struct block *block)
{
    if (set->count == set->room) {
        size_t room = set->room ? 2 * set->room : 64;
        struct block **grown = realloc(set->blocks, room * sizeof *grown);
        if (!grown) return false;
        set->blocks = grown;
        set->room = room;
    }
    size_t at = blocks_below(set, block->base);
    memmove(&set->blocks[at + 1], &set->blocks[at], (set->count - at) * sizeof *set->blocks);
    set->blocks[at] = block;
    set->count++;
    return true;
}

void block_remove(struct block_set *set, const struct block *block)
{
    size_t at = blocks_below(set, block->base);
    while (at > 0 && set->blocks[at - 1] != block) at--;
    if (at == 0) return;
    memmove(&set->blocks[at - 1], &set->blocks[at], (set->count - at) * sizeof *set->blocks);
    set->count--;
}

struct block *block_at(const struct block_set *set, const void *address)
{
    size_t at = blocks_below(set, address);
    return at > 0 && set->blocks[at - 1]->base == address ? set->blocks[at - 1] : NULL;
}

struct block *block_around(const struct block_set *set, const void *address)
{
    for (size_t at = blocks_below(set, address); at > 0; at--) {
        struct block *block = set->blocks[at - 1];
        if ((uint64_t)address - (uint64_t)block->base < block->size) return block;
        if (set == &blocks_allocated) return NULL; // these do not overlap: no earlier one reaches as far
    }
    return NULL;
}

struct block *block_lookup(const void *address)
{
    struct block *block = block_around(&blocks_allocated, address);
    return block ? block : block_around(&blocks_registered, address);
}

static bool block_holds(const struct block *block, uint64_t address, size_t size)
{
    return block && block->size - (address - (uint64_t)block->base) >= size;
}

bool block_read(void *to, uint64_t address, size_t size, guarded_read_fn *guarded)
{
    const void *from = (const void *)address;
    blocks_lock();
    const struct block *block = block_around(&blocks_allocated, from);
    bool ours = block,
         whole = block_holds(ours ? block : block_around(&blocks_registered, from), address, size);
    if (ours && whole) memcpy(to, from, size);
    blocks_unlock();
    return whole && (ours || guarded(to, address, size) == size);
}
