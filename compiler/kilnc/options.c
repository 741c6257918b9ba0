#include "options.h"

#include <stdlib.h>
#include <string.h>

// --- lists of words ---

// kilnc is a process for this one purpose: out of memory ends it, and the driver reports that.
static void *memory_or_exit(void *memory)
{
    if (!memory) abort();
    return memory;
}

void word_list_add(struct word_list *list, const char *word)
{
    if (list->count + 1 >= list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 32;
        list->words = memory_or_exit(realloc(list->words, list->capacity * sizeof *list->words));
    }
    list->words[list->count++] = memory_or_exit(strdup(word));
    list->words[list->count] = NULL;
}

void word_list_free(struct word_list *list)
{
    for (size_t i = 0; i < list->count; i++) free(list->words[i]);
    free(list->words);
    *list = (struct word_list){0};
}

// --- splitting ---

static const char *const blanks = " \t\n\r\f\v";

// Appends what `text` quotes from its opening quote on; returns what follows the closing one, NULL where
// there is none.
static const char *quotation_read(const char *text, struct buffer *word)
{
    char quote = *text++;
    while (*text && *text != quote) {
        if (quote == '"' && *text == '\\' && text[1] && strchr("\"\\$`", text[1])) text++;
        buffer_append(word, text++, 1);
    }
    return *text ? text + 1 : NULL;
}

static const char *word_read(const char *text, struct buffer *word)
{
    buffer_append(word, "", 0);
    while (text && *text && !strchr(blanks, *text)) {
        if (*text == '\'' || *text == '"') {
            text = quotation_read(text, word);
            continue;
        }
        if (*text == '\\' && text[1]) text++;
        buffer_append(word, text++, 1);
    }
    return text;
}

int options_split(const char *text, struct word_list *words)
{
    while (text && *(text += strspn(text, blanks))) {
        struct buffer word = {0};
        text = word_read(text, &word);
        if (text && memory_or_exit(word.data)) word_list_add(words, word.data);
        buffer_clear(&word);
    }
    return text ? 0 : -1;
}

// --- the options ---

enum value {
    VALUE_NONE,
    VALUE_JOINED,   // all that follows the name
    VALUE_ANYWHERE, // joined, or the next word
};

struct rule {
    const char *name;
    unsigned contexts;
    enum value value;
    uint32_t math;
    int optimisation;      // -1: leaves it
    const char *clang;     // what clang gets; NULL: nothing
    const char *clang_too; // and this
};

enum {
    ANYWHERE = OPTIONS_OF_COMPILE | OPTIONS_OF_LINK,
    DEVICE = OPTIONS_OF_DEVICE,
    COMPILE = OPTIONS_OF_COMPILE,
    LIBRARY = OPTIONS_OF_LIBRARY,
};

// clang-format off
static const struct rule rules[] = {
    {"-D", COMPILE | DEVICE, VALUE_ANYWHERE, 0, -1, "-D", NULL},
    {"-I", COMPILE, VALUE_ANYWHERE, 0, -1, "-I", NULL},
    {"-cl-ext=", DEVICE, VALUE_JOINED, 0, -1, "-cl-ext=", NULL},
    {"-cl-std=", COMPILE, VALUE_JOINED, 0, -1, "-cl-std=", NULL},
    {"-cl-single-precision-constant", COMPILE, VALUE_NONE, 0, -1, "-cl-single-precision-constant", NULL},
    {"-cl-denorms-are-zero", ANYWHERE, VALUE_NONE, MATH_DENORMALS_ZERO, -1, NULL, NULL}, // link.cpp
    {"-cl-fp32-correctly-rounded-divide-sqrt", COMPILE, VALUE_NONE, MATH_CORRECTLY_ROUNDED, -1,
        "-cl-fp32-correctly-rounded-divide-sqrt", NULL},
    {"-cl-opt-disable", ANYWHERE, VALUE_NONE, 0, 0, NULL, NULL},
    {"-cl-strict-aliasing", COMPILE, VALUE_NONE, 0, -1, NULL, NULL},
    {"-cl-mad-enable", COMPILE, VALUE_NONE, 0, -1, "-cl-mad-enable", NULL},
    {"-cl-no-signed-zeros", ANYWHERE, VALUE_NONE, 0, -1, "-cl-no-signed-zeros", NULL},
    {"-cl-unsafe-math-optimizations", ANYWHERE, VALUE_NONE, MATH_UNSAFE, -1, "-cl-unsafe-math-optimizations", NULL},
    {"-cl-finite-math-only", ANYWHERE, VALUE_NONE, MATH_FINITE, -1, "-cl-finite-math-only", NULL},
    {"-cl-fast-relaxed-math", ANYWHERE, VALUE_NONE, MATH_UNSAFE | MATH_FINITE, -1, "-cl-fast-relaxed-math", NULL},
    {"-cl-uniform-work-group-size", COMPILE, VALUE_NONE, 0, -1, "-cl-uniform-work-group-size", NULL},
    // What these allow is not made use of: sub-groups make independent progress, and kernel argument information is
    // kept, in any case.
    {"-cl-no-subgroup-ifp", ANYWHERE, VALUE_NONE, 0, -1, NULL, NULL},
    {"-cl-kernel-arg-info", COMPILE, VALUE_NONE, 0, -1, NULL, NULL},
    {"-create-library", LIBRARY, VALUE_NONE, 0, -1, NULL, NULL},
    {"-enable-link-options", LIBRARY, VALUE_NONE, 0, -1, NULL, NULL},
    {"-w", COMPILE, VALUE_NONE, 0, -1, "-w", NULL},
    {"-W", COMPILE, VALUE_JOINED, 0, -1, "-W", NULL}, // clang's warnings; -Werror too
    {"-g", COMPILE, VALUE_NONE, 0, -1, "-debug-info-kind=constructor", "-dwarf-version=5"},
    {"-O0", ANYWHERE, VALUE_NONE, 0, 0, NULL, NULL},
    {"-O1", ANYWHERE, VALUE_NONE, 0, 1, NULL, NULL},
    {"-O2", ANYWHERE, VALUE_NONE, 0, 2, NULL, NULL},
    {"-O3", ANYWHERE, VALUE_NONE, 0, 3, NULL, NULL},
    // What programs for AMD's drivers use besides. Parts of binaries that these ask for or against, Kiln's have not.
    {"-O4", ANYWHERE, VALUE_NONE, 0, 3, NULL, NULL},
    {"-O5", ANYWHERE, VALUE_NONE, 0, 3, NULL, NULL},
    {"-U", COMPILE | DEVICE, VALUE_ANYWHERE, 0, -1, "-U", NULL},
    {"-fbin-", ANYWHERE, VALUE_JOINED, 0, -1, NULL, NULL},
    {"-fno-bin-", ANYWHERE, VALUE_JOINED, 0, -1, NULL, NULL},
    {"-ffp-contract=", COMPILE, VALUE_JOINED, 0, -1, "-ffp-contract=", NULL},
    {"-fno-strict-aliasing", COMPILE, VALUE_NONE, 0, -1, NULL, NULL},
    {"-fno-unroll-loops", COMPILE, VALUE_NONE, 0, -1, "-fno-unroll-loops", NULL},
    {"-funroll-loops", COMPILE, VALUE_NONE, 0, -1, "-funroll-loops", NULL},
};
// clang-format on

// What no driver can take as it is meant, by how it begins, and why this one does not.
static const struct refusal {
    const char *name, *why;
} refusals[] = {
    {"-save-temps", "no temporary files are written; kilnc --emit shows what a program becomes"},
    {"-x", "-cl-std= says what a program is in"},
};

// Versions of OpenCL C and C++ for OpenCL, and what clang 22 is told for them: to it, 3.1 is 3.0 with another
// number (declarations.c).
#define NUMBER "__kiln_opencl_c_version"
static const struct language_version {
    const char *name, *standard, *number;
} language_versions[] = {
    {"CL1.0", "-cl-std=CL1.0", "-U" NUMBER},         {"CL1.1", "-cl-std=CL1.1", "-U" NUMBER},
    {"CL1.2", "-cl-std=CL1.2", "-U" NUMBER},         {"CL2.0", "-cl-std=CL2.0", "-U" NUMBER},
    {"CL3.0", "-cl-std=CL3.0", "-U" NUMBER},         {"CL3.1", "-cl-std=CL3.0", "-D" NUMBER "=310"},
    {"CLC++", "-cl-std=CLC++1.0", "-U" NUMBER},      {"CLC++1.0", "-cl-std=CLC++1.0", "-U" NUMBER},
    {"CLC++2021", "-cl-std=CLC++2021", "-U" NUMBER}, {"clc++", "-cl-std=CLC++1.0", "-U" NUMBER},
    {"clc++1.0", "-cl-std=CLC++1.0", "-U" NUMBER},   {"clc++2021", "-cl-std=CLC++2021", "-U" NUMBER},
};
#undef NUMBER

static const struct rule *rule_find(const char *word, enum option_context context)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct rule *rule = &rules[i];
        bool joined = rule->value != VALUE_NONE;
        bool named = joined ? !strncmp(word, rule->name, strlen(rule->name)) : !strcmp(word, rule->name);
        if (named && (rule->contexts & context)) return rule;
    }
    return NULL;
}

static const char *refusal_find(const char *word)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (!strncmp(word, refusals[i].name, strlen(refusals[i].name))) return refusals[i].why;
    }
    return NULL;
}

static const struct language_version *language_version_find(const char *value)
{
    for (size_t i = 0; i < sizeof language_versions / sizeof *language_versions; i++) {
        if (!strcmp(value, language_versions[i].name)) return &language_versions[i];
    }
    return NULL;
}

static void language_version_apply(const struct language_version *version, struct build_options *out)
{
    word_list_add(&out->clang, version->standard);
    word_list_add(&out->clang, version->number);
}

static void rule_apply(const struct rule *rule, const char *value, struct build_options *out)
{
    out->math |= rule->math;
    if (rule->optimisation >= 0) out->optimisation = rule->optimisation;
    if (!strcmp(rule->name, "-g")) out->debug = true;
    if (!strcmp(rule->name, "-cl-strict-aliasing")) out->strict_aliasing = true;
    if (!strcmp(rule->name, "-enable-link-options")) out->enable_link_options = true;
    if (rule->clang) {
        struct buffer word = {0};
        buffer_append_string(&word, rule->clang);
        if (value) buffer_append_string(&word, value);
        word_list_add(&out->clang, memory_or_exit(word.data));
        buffer_clear(&word);
    }
    if (rule->clang_too) word_list_add(&out->clang, rule->clang_too);
}

int options_parse(const char *const *words, size_t count, enum option_context context,
                  struct build_options *out, struct buffer *log)
{
    for (size_t i = 0; i < count; i++) {
        const struct rule *rule = rule_find(words[i], context);
        const char *why = refusal_find(words[i]);
        if (why) {
            buffer_printf(log, "error: option '%s': %s\n", words[i], why);
            return -1;
        }
        if (!rule) {
            buffer_printf(log, "error: unknown option '%s'\n", words[i]);
            return -1;
        }
        const char *value = rule->value == VALUE_NONE ? NULL : words[i] + strlen(rule->name);
        if (rule->value == VALUE_ANYWHERE && !*value) value = i + 1 < count ? words[++i] : "";
        if (value && !*value) {
            buffer_printf(log, "error: option '%s' needs a value\n", rule->name);
            return -1;
        }
        if (value && !strcmp(rule->name, "-cl-std=")) {
            const struct language_version *version = language_version_find(value);
            if (version) {
                language_version_apply(version, out);
                continue;
            }
            buffer_printf(log, "error: unknown language version in '-cl-std=%s'\n", value);
            return -1;
        }
        rule_apply(rule, value, out);
    }
    return 0;
}

int options_parse_text(const char *text, enum option_context context, struct build_options *out,
                       struct buffer *log)
{
    struct word_list words = {0};
    int status = options_split(text, &words);
    if (status)
        buffer_printf(log, "error: a quotation in the options does not end: %s\n", text);
    else
        status = options_parse((const char *const *)words.words, words.count, context, out, log);
    word_list_free(&words);
    return status;
}

void options_init(struct build_options *options) { *options = (struct build_options){.optimisation = 3}; }

void options_free(struct build_options *options) { word_list_free(&options->clang); }
