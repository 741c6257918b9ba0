// A compute unit's resources.
#pragma once

#include "code_cache.h"
#include "images_kept.h"
#include "wave.h"

// The ids of a work-group's items, kept from one work-group to the next: mostly they have the same shape.
struct item_ids {
    uint32_t size[3];
    u32x16 id[3][GROUP_ITEMS_MAX / SLICE_LANES]; // x, y, z of each row of 16 items
};

enum { LOOKUP_SIZE = 256 }; // recently found jump targets

struct compute_unit {
    struct wave *waves; // WAVES_MAX
    struct wave *model; // that they start as copies of; behind them
    uint8_t *lds;
    uint8_t *scratch;
    size_t scratch_size;
    struct code_cache *cache;
    struct group group; // that runs, or is to be gone on with
    struct item_ids *ids;
    struct image_kept images[1 << IMAGES_KEPT_LOG2];
    struct lookup {
        uint64_t key;
        struct found found;
    } lookups[LOOKUP_SIZE];
};

struct found compute_unit_find(struct compute_unit *cu, uint64_t pc, bool wave64);

// Lets go of code that has been invalidated. Returns false when memory is short.
bool compute_unit_refresh(struct compute_unit *cu);

// Fills `ids` for work-groups of this size, of at most GROUP_ITEMS_MAX items.
void compute_unit_set_items(struct compute_unit *cu, const uint32_t size[3]);

// At least `size` bytes of scratch. Returns false when memory is short.
bool compute_unit_reserve_scratch(struct compute_unit *cu, size_t size);
