// A compute unit's resources.
#pragma once

#include "code_cache.h"

enum { LOOKUP_SIZE = 256 }; // recently found jump targets

struct compute_unit {
    struct wave *waves; // WAVES_MAX
    uint8_t *lds;
    uint8_t *scratch;
    size_t scratch_size;
    struct code_cache *cache;
    struct lookup {
        uint64_t key;
        const struct op *op;
    } lookups[LOOKUP_SIZE];
};

// The op at `pc`; NULL when memory is short.
const struct op *compute_unit_find(struct compute_unit *cu, uint64_t pc, bool wave64);

// Lets go of code that has been invalidated. Returns false when memory is short.
bool compute_unit_refresh(struct compute_unit *cu);

// At least `size` bytes of scratch. Returns false when memory is short.
bool compute_unit_reserve_scratch(struct compute_unit *cu, size_t size);
