#define _GNU_SOURCE
#include "compute_unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// Native code loads from LDS under a mask. Where the lanes that it masks lie in no page, that takes hundreds
// of cycles.
enum { LDS_BELOW = 4096 };

static void *pages_map(size_t size)
{
    void *pages =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

struct compute_unit *compute_unit_create(void)
{
    struct compute_unit *cu = calloc(1, sizeof *cu);
    if (!cu) return NULL;
    cu->waves = pages_map((WAVES_MAX + 1) * sizeof *cu->waves);
    char *lds = pages_map(LDS_BELOW + LDS_BYTES_MAX);
    if (lds) {
        memset(lds, 0, 1);
        cu->lds = (uint8_t *)lds + LDS_BELOW;
    }
    cu->ids = pages_map(sizeof *cu->ids);
    if (cu->waves) cu->model = cu->waves + WAVES_MAX;
    if (cu->waves && cu->lds && cu->ids) return cu;
    compute_unit_destroy(cu);
    return NULL;
}

void compute_unit_destroy(struct compute_unit *cu)
{
    if (!cu) return;
    if (cu->waves) munmap(cu->waves, (WAVES_MAX + 1) * sizeof *cu->waves);
    if (cu->lds) munmap(cu->lds - LDS_BELOW, LDS_BELOW + LDS_BYTES_MAX);
    if (cu->ids) munmap(cu->ids, sizeof *cu->ids);
    if (cu->scratch) munmap(cu->scratch, cu->scratch_size);
    code_cache_release(cu->cache);
    free(cu);
}

void compute_unit_set_items(struct compute_unit *cu, const uint32_t size[3])
{
    struct item_ids *ids = cu->ids;
    if (memcmp(ids->size, size, sizeof ids->size) == 0) return;
    memcpy(ids->size, size, sizeof ids->size);
    uint32_t *x = (uint32_t *)ids->id[0], *y = (uint32_t *)ids->id[1], *z = (uint32_t *)ids->id[2];
    for (uint32_t i = 0; i < size[0] * size[1] * size[2]; i++) {
        x[i] = i % size[0];
        y[i] = i / size[0] % size[1];
        z[i] = i / size[0] / size[1];
    }
}

bool compute_unit_reserve_scratch(struct compute_unit *cu, size_t size)
{
    if (size <= cu->scratch_size) return true;
    void *grown = pages_map(size);
    if (!grown) return false;
    if (cu->scratch) munmap(cu->scratch, cu->scratch_size);
    cu->scratch = grown;
    cu->scratch_size = size;
    return true;
}

bool compute_unit_refresh(struct compute_unit *cu)
{
    if (code_cache_current(cu->cache)) return true;
    code_cache_release(cu->cache);
    memset(cu->lookups, 0, sizeof cu->lookups);
    cu->cache = code_cache_acquire();
    return cu->cache;
}

struct found compute_unit_find(struct compute_unit *cu, uint64_t pc, bool wave64)
{
    uint64_t key = pc << 1 | wave64;
    struct lookup *lookup = &cu->lookups[(key >> 3 ^ key >> 11) % LOOKUP_SIZE];
    if (lookup->key != key || !lookup->found.op)
        *lookup = (struct lookup){key, code_cache_find(cu->cache, pc, wave64)};
    return lookup->found;
}
