#include "job.h"

#include "container.h"
#include "declarations.h"
#include "installation.h"
#include "options.h"
#include "target.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

// A job under way.
struct work {
    const struct compiler_job *job;
    const struct job_setting *setting;
    struct target target;
    struct build_options options;
    struct evidence evidence;
    struct buffer log, binary;
};

// --- COMPILE ---

static const char base_header[] = KILN_CLANG_RESOURCES "/include/opencl-c-base.h";

// What every program is compiled with. Older programs pass pointers and integers for one another: clang 22
// made that an error where earlier ones only warned.
static const char *const clang_fixed[] = {
    "-triple",
    "amdgcn-amd-amdhsa",
    "-emit-llvm-bc",
    "-disable-llvm-passes",
    "-disable-free",
    "-resource-dir",
    KILN_CLANG_RESOURCES,
    "-x",
    "cl",
    "-nostdsysteminc", // the host's headers are none of a kernel's
    "-nobuiltininc",
    "-include", // by its place: an application's folder may hold one of this name
    base_header,
    "-include",
    DECLARATIONS_PATH,
    "-fdeclare-opencl-builtins",
    "-mcode-object-version=5",
    "-fno-threadsafe-statics",
    "-fc++-static-destructors=none", // nobody could run those of a program's objects
    "-fvisibility=hidden",
    "-fapply-global-visibility-to-externs",
    "-mrelocation-model",
    "pic",
    "-pic-level",
    "2",
    "-mframe-pointer=none",
    "-ffp-contract=on",
    "-fno-rounding-math",
    "-fgnuc-version=4.2.1",
    "-ferror-limit",
    "19",
    "-Wno-error=incompatible-pointer-types",
    "-Wno-error=int-conversion",
    "-cl-kernel-arg-info",
    "-cl-std=CL1.2",
    "-vectorize-loops",
    "-vectorize-slp",
};

static void features_add(struct word_list *arguments, const char *features)
{
    while (*features) {
        char feature[64];
        size_t length = strcspn(features, ",");
        memcpy(feature, features, length);
        feature[length] = '\0';
        word_list_add(arguments, "-target-feature");
        word_list_add(arguments, feature);
        features += length + (features[length] == ',');
    }
}

static void clang_arguments(const struct work *work, struct word_list *arguments)
{
    char level[] = {'-', 'O', (char)('0' + work->options.optimisation), '\0'};
    for (size_t i = 0; i < sizeof clang_fixed / sizeof *clang_fixed; i++)
        word_list_add(arguments, clang_fixed[i]);
    word_list_add(arguments, level);
    word_list_add(arguments, "-main-file-name");
    word_list_add(arguments, work->setting->file);
    if (!work->options.strict_aliasing) word_list_add(arguments, "-relaxed-aliasing");
    word_list_add(arguments, "-target-cpu");
    word_list_add(arguments, work->target.processor);
    features_add(arguments, work->target.features);
    for (size_t i = 0; i < work->options.clang.count; i++)
        word_list_add(arguments, work->options.clang.words[i]);
    word_list_add(arguments, "-I.");
}

static bool spirv_read(struct work *work, struct buffer *bitcode)
{
    const struct compiler_job *job = work->job;
    struct bridge_spirv_module module = {
        .words = job->source,
        .size = job->source_size,
        .name = work->setting->file,
        .constants = job->constants,
        .constant_count = job->constant_count,
        .processor = work->target.processor,
        .features = work->target.features,
        .extensions = job->defines,
        .lanes = (unsigned)target_lanes(&work->target),
        .correctly_rounded = work->options.math & MATH_CORRECTLY_ROUNDED,
        .unsafe_math = work->options.math & MATH_UNSAFE,
        .finite_math = work->options.math & MATH_FINITE,
        .debug = work->options.debug,
    };
    return bridge_spirv(&module, bitcode, &work->log);
}

static bool source_compile(struct work *work, struct buffer *bitcode)
{
    if (work->job->language == COMPILER_SPIRV) return spirv_read(work, bitcode);
    const struct compiler_job *job = work->job;
    struct word_list arguments = {0};
    clang_arguments(work, &arguments);
    struct bridge_source source = {
        .text = job->source,
        .size = job->source_size,
        .name = work->setting->file,
        .directory = work->setting->directory,
        .headers = job->headers,
        .header_count = job->header_count,
        .arguments = (const char *const *)arguments.words,
        .argument_count = arguments.count,
        .resources = KILN_CLANG_RESOURCES,
        .evidence = &work->evidence,
    };
    if (work->options.debug) work->evidence.local = true; // debug information names the folder
    bool done = bridge_compile(&source, bitcode, &work->log);
    word_list_free(&arguments);
    return done;
}

// --- LINK ---

// Options that loosen arithmetic hold for the whole program only where every object was compiled with them,
// or where the linker's own options say so.
static uint32_t math_of(const struct object_list *list, uint32_t link_math)
{
    uint32_t math = ~0u, rounded = 0;
    for (size_t i = 0; i < list->count; i++) {
        math &= list->objects[i].math;
        rounded |= list->objects[i].math & MATH_CORRECTLY_ROUNDED;
    }
    return (math & ~(uint32_t)MATH_CORRECTLY_ROUNDED) | rounded | link_math;
}

static int optimisation_of(const struct object_list *list, int link_optimisation)
{
    int level = link_optimisation;
    for (size_t i = 0; i < list->count; i++) {
        if ((int)list->objects[i].optimisation < level) level = (int)list->objects[i].optimisation;
    }
    return level;
}

static bool objects_link(struct work *work, const struct object_list *list,
                         const struct bridge_stream *stream)
{
    uint32_t math = math_of(list, work->options.math);
    struct word_list settings = {0};
    char library[PATH_MAX];
    struct compiler_blob *modules = calloc(list->count + 1, sizeof *modules);
    bool done = modules && !target_library(library, sizeof library, &work->log);
    for (size_t i = 0; i < list->count && done; i++) modules[i] = list->objects[i].bitcode;
    target_settings(&work->target, math, &settings);
    struct bridge_program program = {
        .modules = modules,
        .module_count = list->count,
        .library = library,
        .settings = (const char *const *)settings.words,
        .setting_count = settings.count,
        .processor = work->target.processor,
        .features = work->target.features,
        .lanes = (unsigned)target_lanes(&work->target),
        .optimisation = optimisation_of(list, work->options.optimisation),
        .denormals_zero = math & MATH_DENORMALS_ZERO,
        .threads = work->setting->threads,
        .output = work->setting->output,
        .stream = stream,
    };
    done = done && bridge_link(&program, &work->binary, &work->log);
    word_list_free(&settings);
    free(modules);
    return done;
}

static int inputs_read(struct work *work, struct object_list *list)
{
    list->link_options_enabled = true;
    for (size_t i = 0; i < work->job->input_count; i++) {
        if (container_read(&work->job->inputs[i], work->job->isa, list, &work->log)) return -1;
    }
    return 0;
}

// --- the four actions ---

static bool compile_run(struct work *work)
{
    struct buffer bitcode = {0};
    bool done = source_compile(work, &bitcode);
    struct object object = {
        {bitcode.data, bitcode.size}, work->options.math, (uint32_t)work->options.optimisation};
    if (done) container_write(work->job->isa, &object, 1, false, false, &work->binary);
    buffer_clear(&bitcode);
    return done;
}

static bool build_run(struct work *work)
{
    struct buffer bitcode = {0};
    bool done = source_compile(work, &bitcode);
    struct object object = {
        {bitcode.data, bitcode.size}, work->options.math, (uint32_t)work->options.optimisation};
    done = done && objects_link(work, &(struct object_list){&object, 1, true}, work->setting->stream);
    buffer_clear(&bitcode);
    return done;
}

static bool link_run(struct work *work)
{
    struct object_list list = {0};
    bool done = !inputs_read(work, &list);
    if (done && !list.link_options_enabled) work->options.math = 0;
    done = done && objects_link(work, &list, NULL);
    object_list_free(&list);
    return done;
}

static bool library_run(struct work *work)
{
    struct object_list list = {0};
    bool done = !inputs_read(work, &list);
    if (done)
        container_write(work->job->isa, list.objects, list.count, true, work->options.enable_link_options,
                        &work->binary);
    object_list_free(&list);
    return done;
}

static const struct {
    enum option_context context;
    bool (*run)(struct work *work);
} actions[] = {
    [COMPILER_COMPILE] = {OPTIONS_OF_COMPILE, compile_run},
    [COMPILER_LINK] = {OPTIONS_OF_LINK, link_run},
    [COMPILER_LIBRARY] = {OPTIONS_OF_LIBRARY, library_run},
    [COMPILER_BUILD] = {OPTIONS_OF_COMPILE, build_run},
};

static enum compiler_status work_run(struct work *work)
{
    const struct compiler_job *job = work->job;
    if (target_parse(job->isa, &work->target, &work->log)) return COMPILER_FAILED;
    if (options_parse_text(job->defines, OPTIONS_OF_DEVICE, &work->options, &work->log))
        return COMPILER_FAILED;
    if (options_parse_text(job->options, actions[job->action].context, &work->options, &work->log))
        return COMPILER_INVALID_OPTIONS;
    if (!actions[job->action].run(work)) return COMPILER_FAILED;
    return work->binary.failed ? COMPILER_OUT_OF_MEMORY : COMPILER_OK;
}

void job_run(const struct compiler_job *job, const struct job_setting *setting,
             struct compiler_result *result)
{
    struct work work = {.job = job, .setting = setting};
    struct buffer evidence = {0};
    options_init(&work.options);
    enum compiler_status status = work_run(&work);
    buffer_append(&work.log, "", 0);
    if (status != COMPILER_OK) buffer_clear(&work.binary);
    if (status == COMPILER_OK) {
        installation_tell(&work.evidence);
        evidence_encode(&work.evidence, &evidence);
    }
    evidence_clear(&work.evidence);
    *result = (struct compiler_result){
        .status = status,
        .log = work.log.data,
        .binary = work.binary.data,
        .binary_size = work.binary.size,
        .evidence = evidence.data,
        .evidence_size = evidence.size,
    };
    options_free(&work.options);
}
