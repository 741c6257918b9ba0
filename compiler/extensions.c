#include "compiler/extensions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const cl_name_version extensions[] = {
#define EXTENSION(name, ...) {CL_MAKE_VERSION(__VA_ARGS__), #name},
#define FEATURE(...)
#include "compiler/extensions.def"
#undef EXTENSION
#undef FEATURE
};

static const cl_name_version features[] = {
#define EXTENSION(...)
#define FEATURE(name, ...) {CL_MAKE_VERSION(__VA_ARGS__), #name},
#include "compiler/extensions.def"
#undef EXTENSION
#undef FEATURE
};

// From which generation on processors have what begins so, and whether that takes images; all have the rest.
// Source: LLVM's AMDGPUUsage and GCN.td.
static const struct need {
    const char *beginning;
    unsigned generation;
    bool images;
} needs[] = {
    {"__opencl_c_generic_address_space", 7, false},           // flat addresses
    {"cl_ext_cxx_for_opencl", 7, false},                      // likewise, for each `this`
    {"cl_khr_fp16", 8, false},                                // arithmetic on half
    {"__opencl_c_ext_fp16_", 8, false},                       // likewise
    {"cl_khr_subgroup", 8, false},                            // ds_bpermute_b32
    {"__opencl_c_subgroups", 8, false},                       // likewise
    {"__opencl_c_work_group_collective_functions", 8, false}, // likewise
    {"cl_khr_work_group_uniform_arithmetic", 8, false},       // likewise
    {"cl_intel_required_subgroup_size", 8, false},            // likewise
    {"__opencl_c_kernel_clock_scope_device", 8, false},       // s_memrealtime
    {"__opencl_c_images", 0, true},
    {"__opencl_c_3d_image_writes", 0, true},
    {"__opencl_c_read_write_images", 0, true},
    {"cl_khr_3d_image_writes", 0, true},
    {"cl_khr_depth_images", 0, true},
    {"cl_khr_image2d_from_buffer", 0, true},
    {"cl_ext_image_", 0, true},
    {"cl_intel_subgroups", 10, true},       // blocks of images: descriptors of which Kiln knows the bits
    {"cl_intel_spirv_subgroups", 10, true}, // likewise
    {"cl_khr_mipmap_image", 10,
     true}, // HSA's runtime has no levels: descriptors of which Kiln knows the bits
    {"cl_khr_srgb_image_writes", 10, true}, // likewise
};

unsigned processor_generation(const char *processor)
{
    static const char family[] = "gfx";
    size_t length = strcspn(processor, ":");
    if (strncmp(processor, family, sizeof family - 1) != 0 || length < sizeof family + 2) return 0;
    // The last two digits are minor version and stepping.
    const char major[] = {processor[3], length > sizeof family + 2 ? processor[4] : '\0', '\0'};
    return (unsigned)strtoul(major, NULL, 10);
}

static bool has(unsigned generation, bool images, const char *name)
{
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        if ((generation < needs[i].generation || (needs[i].images && !images)) &&
            !strncmp(name, needs[i].beginning, strlen(needs[i].beginning)))
            return false;
    }
    return true;
}

static size_t keep(const cl_name_version *all, size_t count, unsigned generation, bool images,
                   cl_name_version *selected)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (has(generation, images, all[i].name)) selected[used++] = all[i];
    return used;
}

// Appends each name, with what stands before it, to a text that has room for all there are.
static size_t names_append(char *text, size_t used, const char *before, const cl_name_version *list,
                           size_t count)
{
    for (size_t i = 0; i < count; i++)
        used +=
            (size_t)snprintf(text + used, CL_NAME_VERSION_MAX_NAME_SIZE + 2, "%s%s", before, list[i].name);
    return used;
}

void extensions_of(struct extensions *of, unsigned generation, bool images)
{
    // __OPENCL_VERSION__ is the device's version, whatever version of OpenCL C a program is in.
    const char *version = has(generation, images, "__opencl_c_subgroups")
                              ? "-D__OPENCL_VERSION__=310 -DCL_VERSION_3_1=310"
                              : "-D__OPENCL_VERSION__=300";
    *of = (struct extensions){0};
    of->extension_count = keep(extensions, EXTENSIONS_MAX, generation, images, of->extensions);
    of->feature_count = keep(features, FEATURES_MAX, generation, images, of->features);
    size_t used = names_append(of->names, 0, "", of->extensions, 1);
    names_append(of->names, used, " ", of->extensions + 1, of->extension_count - 1);
    used = (size_t)snprintf(of->defines, sizeof of->defines, "%s%s -cl-ext=-all", version,
                            images ? " -D__IMAGE_SUPPORT__=1" : "");
    used = names_append(of->defines, used, ",+", of->extensions, of->extension_count);
    names_append(of->defines, used, ",+", of->features, of->feature_count);
}

bool extensions_have(const struct extensions *of, const char *name)
{
    for (size_t i = 0; i < of->extension_count; i++)
        if (!strcmp(of->extensions[i].name, name)) return true;
    for (size_t i = 0; i < of->feature_count; i++)
        if (!strcmp(of->features[i].name, name)) return true;
    return false;
}

bool extensions_name(const char *defines, const char *name)
{
    size_t length = strlen(name);
    for (const char *found = defines; (found = strstr(found, name)); found += length) {
        char after = found[length];
        if (found > defines && found[-1] == '+' && (!after || after == ',' || after == ' ')) return true;
    }
    return false;
}
