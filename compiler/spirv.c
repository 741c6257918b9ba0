#include "compiler/spirv.h"

#include "compiler/extensions.h"

// The space before a version makes the first one's the only one too many.
static const char versions[] =
#define VERSION(major, minor) " SPIR-V_" #major "." #minor
#include "compiler/spirv.def"
    ;
const char *const spirv_versions = versions + 1;

const cl_name_version spirv_version_list[] = {
#define VERSION(major, minor) {CL_MAKE_VERSION(major, minor, 0), "SPIR-V"},
#include "compiler/spirv.def"
};

const char *const spirv_sets[] = {
#define SET(name) name,
#include "compiler/spirv.def"
};
const size_t spirv_sets_size = sizeof spirv_sets;

const char *const spirv_extensions[] = {
#define SPIRV_EXTENSION(name) name,
#include "compiler/spirv.def"
};
const size_t spirv_extensions_size = sizeof spirv_extensions;

static const struct spirv_capability capabilities[] = {
#define CAPABILITY(number, name, state, extension) {number, #name, SPIRV_##state, extension},
#include "compiler/spirv.def"
};

const struct spirv_capability *spirv_capability_find(unsigned number)
{
    for (size_t i = 0; i < SPIRV_CAPABILITY_COUNT; i++)
        if (capabilities[i].number == number) return &capabilities[i];
    return NULL;
}

size_t spirv_capability_list(const char *defines, cl_uint numbers[SPIRV_CAPABILITY_COUNT])
{
    size_t count = 0;
    for (size_t i = 0; i < SPIRV_CAPABILITY_COUNT; i++) {
        const struct spirv_capability *row = &capabilities[i];
        bool there = !row->extension[0] || extensions_name(defines, row->extension);
        if (row->state == SPIRV_READ && there) numbers[count++] = row->number;
    }
    return count;
}
