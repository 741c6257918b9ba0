#include "images_kept.h"

#include <string.h>

const char *images_kept_find(struct image_kept kept[1 << IMAGES_KEPT_LOG2], const uint32_t words[IMAGE_WORDS],
                             struct image_kept **found)
{
    struct image_kept *k = *found = &kept[(words[0] * 0x9e3779b1u) >> (32 - IMAGES_KEPT_LOG2)];
    if (k->valid && !memcmp(k->words, words, sizeof k->words)) return NULL;
    const char *lacks = image_decode(&k->image, words);
    k->valid = !lacks;
    k->levels.found = 0;
    k->has_rows = k->valid && image_rows_find(&k->rows, &k->image);
    k->sampler_valid = false;
    memcpy(k->words, words, sizeof k->words);
    return lacks;
}

const struct rows_sampler *image_kept_sampler(struct image_kept *k, const uint32_t words[SAMPLER_WORDS])
{
    if (!k->has_rows) return NULL;
    if (!k->sampler_valid || memcmp(k->sampler_words, words, sizeof k->sampler_words) != 0) {
        struct sampler sampler;
        k->sampler_has_rows =
            !sampler_decode(&sampler, words) && rows_sampler_find(&k->sampler, &sampler, &k->image);
        k->sampler_valid = true;
        memcpy(k->sampler_words, words, sizeof k->sampler_words);
    }
    return k->sampler_has_rows ? &k->sampler : NULL;
}
