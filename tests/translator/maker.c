// Makes every region's translation before it runs first, in this process: linked into a test of the
// interpreter's, all its code runs translated. The semantics' file is in the environment, TEST_SEMANTICS.
#include "device/softgpu/interpreter/tier.h"
#include "device/softgpu/native/helpers.h"
#include "device/softgpu/native/loader.h"
#include "device/softgpu/translator/translator.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct made {
    struct native native;
    struct loaded loaded;
};

static void made_release(struct native *native)
{
    struct made *made = (struct made *)native;
    loader_free(&made->loaded);
    free(made);
}

__attribute__((noreturn)) static void fail(const char *what)
{
    fprintf(stderr, "translation: %s\n", what);
    abort();
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void begun(struct region *region, uint32_t mode, enum tier_form form)
{
    if (tier_has(region, form)) return;
    const struct tier_code *code = tier_code(region);
    struct translation_request request = {code->bytes,
                                          code->size,
                                          code->entry,
                                          code->wave64,
                                          form == TIER_GROUPS,
                                          mode,
                                          getenv("TEST_SEMANTICS")};
    struct translation t;
    double start = seconds();
    bool done = translator_run(&request, &t);
    if (getenv("TEST_VERBOSE"))
        fprintf(stderr, "%u instructions, %u untranslated: %s; %zu bytes, %.1f ms %s\n", t.instructions,
                t.untranslated, t.kinds, t.size, 1e3 * (seconds() - start), t.error);
    if (!done) return;
    struct made *made = calloc(1, sizeof *made);
    const char *error = made ? loader_load(t.object, t.size, helper_find, &made->loaded) : "no memory";
    if (error) fail(error);
    free(t.object);
    const uint32_t *entries = loader_find(&made->loaded, "translated_entries", false)->address;
    made->native = (struct native){
        .entries = entries + 1,
        .entry_count = entries[0],
        .mode = mode,
        .release = made_release,
    };
    const struct loaded_symbol *wave = loader_find(&made->loaded, "translated", true);
    if (wave) made->native.run = (translated_fn *)(uintptr_t)wave->address;
    const struct loaded_symbol *group = loader_find(&made->loaded, "translated_group", true);
    if (group) {
        made->native.run_group = (translated_group_fn *)(uintptr_t)group->address;
        made->native.written = loader_find(&made->loaded, "translated_written", false)->address;
    }
    if (!tier_switch(region, &made->native)) fail("not taken");
}

static void hot(struct region *region, uint32_t mode, enum tier_form form)
{
    (void)region, (void)mode, (void)form;
}

static const struct tier_maker maker = {begun, hot};

__attribute__((constructor)) static void maker_set(void)
{
    if (getenv("TEST_SEMANTICS")) tier_set_maker(&maker);
}
