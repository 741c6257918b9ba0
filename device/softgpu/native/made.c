#include "made.h"

#include "helpers.h"
#include "kernel_name.h"
#include "loader.h"
#include "tell.h"

#include <stdlib.h>
#include <string.h>

struct made {
    struct native native;
    struct loaded loaded;
    struct told *told;
};

enum { NAME_SIZE = 200 };

static void made_release(struct native *native)
{
    struct made *made = (struct made *)((char *)native - offsetof(struct made, native));
    tell_no_more(made->told);
    loader_free(&made->loaded);
    free(made);
}

static void made_tell(struct made *made, const struct region *region, const struct loaded_symbol *run)
{
    char name[NAME_SIZE];
    const struct tier_code *code = tier_code(region);
    kernel_name(code->base + code->entry, name, sizeof name);
    made->told = tell(name, run->address, run->size);
}

static bool is_whole(const struct loaded_symbol *written)
{
    const struct translated_written *of = written ? written->address : NULL;
    if (!of || written->size < sizeof *of || (uintptr_t)of % sizeof(uint64_t)) return false;
    if (of->row_count > (written->size - sizeof *of) / sizeof *of->rows) return false;
    for (uint64_t i = 0; i < of->row_count; i++)
        if (of->rows[i].index < of->rows[i].upper || of->rows[i].index >= VGPR_SLOTS) return false;
    return true;
}

// What translated.h asks for. `run`: the function.
static const char *native_find(struct native *native, const struct loaded *loaded,
                               const struct loaded_symbol **run)
{
    const struct loaded_symbol *wave = loader_find(loaded, "translated", true);
    const struct loaded_symbol *group = loader_find(loaded, "translated_group", true);
    const struct loaded_symbol *written = loader_find(loaded, "translated_written", false);
    const struct loaded_symbol *table = loader_find(loaded, "translated_entries", false);
    uint32_t count;
    *run = wave ? wave : group;
    if (!*run || !table || table->size < sizeof count || (uintptr_t)table->address % sizeof count)
        return "the object is no translation";
    memcpy(&count, table->address, sizeof count);
    if (count > table->size / sizeof count - 1) return "the object's table of entries is damaged";
    native->entries = (const uint32_t *)table->address + 1;
    native->entry_count = count;
    if (wave) {
        native->run = (translated_fn *)(uintptr_t)wave->address;
        return NULL;
    }
    if (!is_whole(written)) return "the object does not tell which registers it writes";
    native->run_group = (translated_group_fn *)(uintptr_t)group->address;
    native->written = written->address;
    return NULL;
}

const char *made_load(struct region *region, uint32_t mode, const void *object, size_t size)
{
    struct made *made = calloc(1, sizeof *made);
    if (!made) return "out of memory";
    const char *why = loader_load(object, size, helper_find, &made->loaded);
    if (why) {
        free(made);
        return why;
    }
    const struct loaded_symbol *run;
    why = native_find(&made->native, &made->loaded, &run);
    made->native.mode = mode;
    made->native.release = made_release;
    if (!why && tier_has(region, made->native.run ? TIER_WAVES : TIER_GROUPS))
        why = "it runs such code already";
    if (!why) made_tell(made, region, run);
    if (!why && !tier_switch(region, &made->native)) why = "the object's entries are not the code's";
    if (why) made_release(&made->native);
    return why;
}
