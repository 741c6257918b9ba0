#include "helpers.h"

#include <stddef.h>
#include <string.h>

// Under names of their own, for their types do not matter here.
#define HELPER(name) extern const char helper_##name[] __asm__(#name);
#include "device/softgpu/translator/helpers.def"
#undef HELPER

static const struct helper {
    const char *name;
    const void *address;
} helpers[] = {
#define HELPER(name) {#name, helper_##name},
#include "device/softgpu/translator/helpers.def"
#undef HELPER
};

const void *helper_find(const char *name)
{
    for (size_t i = 0; i < sizeof helpers / sizeof *helpers; i++)
        if (!strcmp(helpers[i].name, name)) return helpers[i].address;
    return NULL;
}
