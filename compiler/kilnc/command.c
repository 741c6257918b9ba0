#define _GNU_SOURCE
#include "command.h"

#include "bridge.h"
#include "compiler/envelope.h"
#include "compiler/extensions.h"
#include "job.h"
#include "options.h"
#include "target.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_PROGRAM = 1, EXIT_USAGE = 2 };

static const char usage[] =
    "Usage: kilnc [OPTION]... FILE...\n"
    "Compiles OpenCL C or a SPIR-V module for an AMD GPU, as Kiln's driver does. FILE - is standard input.\n"
    "\n"
    "  -o FILE           where the output goes; - is standard output. Default: the first FILE with another "
    "ending\n"
    "  --device NAME     the GPU, such as gfx1030 (the default) or gfx90a:sramecc+:xnack-\n"
    "  --list-devices    the GPUs that kilnc compiles for, and the features that may follow their names\n"
    "\n"
    "What is done with the FILEs; by default one source, OpenCL C or SPIR-V, becomes an executable program:\n"
    "  --compile         one source becomes an object, as clCompileProgram makes it\n"
    "  --link            objects and libraries become an executable program\n"
    "  --library         objects become a library (-create-library)\n"
    "\n"
    "What comes out, with its ending:\n"
    "  --emit program    .kiln: what clCreateProgramWithBinary takes (the default; .o of --compile, .lib of "
    "--library)\n"
    "  --emit co         .co: the bare code object, an ELF file for ROCr and other tools\n"
    "  --emit asm        .s: its assembly\n"
    "  --emit llvm       .ll: its optimised LLVM IR\n"
    "\n"
    "  --version, --help\n"
    "  any other option  is one of clBuildProgram's: -D NAME[=VALUE], -I FOLDER, -cl-std=CL3.0, "
    "-cl-opt-disable, -g, -w,\n"
    "                    -Werror, -O0 to -O3, ...\n"
    "\n"
    "Exit status: 0 done; 1 the program has errors; 2 kilnc was called wrongly, or a file cannot be read or "
    "written.\n";

struct command {
    const char *output, *device, *emit;
    struct word_list files, options;
    enum compiler_action action;
};

struct emission {
    const char *name, *ending;
    enum bridge_output output;
};

static const struct emission emissions[] = {
    {"program", ".kiln", BRIDGE_CODE_OBJECT},
    {"co", ".co", BRIDGE_CODE_OBJECT},
    {"asm", ".s", BRIDGE_ASSEMBLY},
    {"llvm", ".ll", BRIDGE_IR},
};

// What each action makes.
static const struct product {
    enum envelope_type type;
    const char *ending;
    bool from_source;
} products[] = {
    [COMPILER_BUILD] = {ENVELOPE_EXECUTABLE, ".kiln", true},
    [COMPILER_COMPILE] = {ENVELOPE_OBJECT, ".o", true},
    [COMPILER_LINK] = {ENVELOPE_EXECUTABLE, ".kiln", false},
    [COMPILER_LIBRARY] = {ENVELOPE_LIBRARY, ".lib", false},
};

static _Noreturn void refuse(const char *what, const char *argument)
{
    fprintf(stderr, "kilnc: %s %s\nTry 'kilnc --help'.\n", what, argument);
    exit(EXIT_USAGE);
}

// ---- Arguments ----------------------------------------------------------------------------------------

static const struct emission *emission_find(const char *name)
{
    for (size_t i = 0; i < sizeof emissions / sizeof *emissions; i++) {
        if (!strcmp(name, emissions[i].name)) return &emissions[i];
    }
    refuse("unknown kind of output:", name);
}

static int devices_print(void)
{
    struct word_list names = {0};
    target_list(&names);
    for (size_t i = 0; i < names.count; i++) puts(names.words[i]);
    word_list_free(&names);
    return fflush(stdout) ? EXIT_USAGE : 0;
}

static void action_set(struct command *command, enum compiler_action action, const char *name)
{
    if (command->action != COMPILER_BUILD) refuse("one of --compile, --link and --library, not also", name);
    command->action = action;
}

// Takes an option of kilnc's own. Returns how many arguments it used; 0: it is not kilnc's.
static int own_option_parse(struct command *command, char **arguments)
{
    const struct {
        const char *name, **value;
        enum compiler_action action;
    } own[] = {
        {"-o", &command->output, 0},     {"--device", &command->device, 0},
        {"--emit", &command->emit, 0},   {"--compile", NULL, COMPILER_COMPILE},
        {"--link", NULL, COMPILER_LINK}, {"--library", NULL, COMPILER_LIBRARY},
    };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (strcmp(arguments[0], own[i].name) != 0) continue;
        if (own[i].value && !arguments[1]) refuse("a value is missing after", arguments[0]);
        if (own[i].value)
            *own[i].value = arguments[1];
        else
            action_set(command, own[i].action, arguments[0]);
        return own[i].value ? 2 : 1;
    }
    if (!strncmp(arguments[0], "--", 2)) refuse("unknown option", arguments[0]);
    return 0;
}

static void command_parse(struct command *command, int count, char **arguments)
{
    for (int i = 1; i < count;) {
        const char *word = arguments[i];
        int used = own_option_parse(command, arguments + i);
        i += used;
        if (used) continue;
        bool option = word[0] == '-' && word[1];
        word_list_add(option ? &command->options : &command->files, word);
        if (option && (!strcmp(word, "-D") || !strcmp(word, "-I")) && i + 1 < count)
            word_list_add(&command->options, arguments[++i]);
        i++;
    }
    const struct product *product = &products[command->action];
    if (!command->files.count) refuse("no input", "file");
    if (product->from_source && command->files.count > 1)
        refuse("one source at a time, not also", command->files.words[1]);
    if (product->type != ENVELOPE_EXECUTABLE && strcmp(emission_find(command->emit)->name, "program") != 0)
        refuse("an object or library has no form", command->emit);
    if (command->action == COMPILER_LIBRARY) word_list_add(&command->options, "-create-library");
}

// ---- Files --------------------------------------------------------------------------------------------

static _Noreturn void file_fail(const char *name)
{
    fprintf(stderr, "kilnc: %s: %s\n", name, strerror(errno));
    exit(EXIT_USAGE);
}

static void file_read(const char *name, struct buffer *out)
{
    static const size_t chunk = 65536;
    FILE *file = strcmp(name, "-") ? fopen(name, "rb") : stdin;
    size_t got = chunk;
    if (!file) file_fail(name);
    buffer_append(out, "", 0);
    while (got == chunk) {
        void *end = buffer_reserve(out, chunk);
        got = end ? fread(end, 1, chunk, file) : 0;
        out->size += got;
    }
    if (ferror(file) || out->failed) file_fail(name);
    fclose(file);
}

static void file_write(const char *name, const void *data, size_t size)
{
    FILE *file = strcmp(name, "-") ? fopen(name, "wb") : stdout;
    if (!file) file_fail(name);
    bool written = fwrite(data, 1, size, file) == size;
    if (fclose(file) || !written) file_fail(name);
}

// The shell has split the options already; job_run splits again, so each is quoted for it.
static void options_join(const struct word_list *words, struct buffer *out)
{
    buffer_append(out, "", 0);
    for (size_t i = 0; i < words->count; i++) {
        buffer_append_string(out, " '");
        for (const char *c = words->words[i]; *c; c++)
            buffer_append_string(out, *c == '\'' ? "'\\''" : (char[]){*c, 0});
        buffer_append_string(out, "'");
    }
}

static void input_read(const struct command *command, const char *name, struct buffer *file,
                       struct compiler_blob *input)
{
    struct envelope envelope;
    file_read(name, file);
    *input = (struct compiler_blob){file->data, file->size};
    if (products[command->action].from_source) return;
    if (envelope_read(file->data, file->size, &envelope) || envelope.type == ENVELOPE_EXECUTABLE)
        refuse("neither an object nor a library of Kiln's, or damaged:", name);
    *input = (struct compiler_blob){file->data + sizeof envelope, file->size - sizeof envelope};
}

// The first word tells, in either byte order; no text begins so.
static enum compiler_language language_of(const struct compiler_blob *input)
{
    static const unsigned char magic[][4] = {{3, 2, 0x23, 7}, {7, 0x23, 2, 3}};
    for (size_t i = 0; i < 2; i++)
        if (input->size >= sizeof magic[i] && !memcmp(input->data, magic[i], sizeof magic[i]))
            return COMPILER_SPIRV;
    return COMPILER_OPENCL_C;
}

static const char *output_name(const struct command *command)
{
    static char name[PATH_MAX];
    if (command->output) return command->output;
    const char *input = command->files.words[0];
    const struct emission *emission = emission_find(command->emit);
    const char *ending =
        strcmp(emission->name, "program") ? emission->ending : products[command->action].ending;
    const char *slash = strrchr(input, '/'), *dot = strrchr(input, '.');
    if (!strcmp(input, "-")) return "-";
    int stem = dot && dot > slash ? (int)(dot - input) : (int)strlen(input);
    snprintf(name, sizeof name, "%.*s%s", stem, input, ending);
    return name;
}

static void output_write(const struct command *command, const char *isa, const struct compiler_result *result)
{
    struct buffer out = {0};
    bool sealed = !strcmp(command->emit, "program");
    if (sealed) buffer_append(&out, &(struct envelope){0}, sizeof(struct envelope));
    buffer_append(&out, result->binary, result->binary_size);
    if (out.failed) refuse("out of memory for", output_name(command));
    if (sealed) envelope_seal(out.data, out.size, products[command->action].type, isa);
    file_write(output_name(command), out.data, out.size);
    buffer_clear(&out);
}

// ---- The job ------------------------------------------------------------------------------------------

static void fatal_print(const char *message)
{
    fprintf(stderr, "error: LLVM: %s\n", message);
    _exit(EXIT_PROGRAM);
}

static void no_memory_print(void)
{
    fputs("kilnc: out of memory\n", stderr);
    _exit(EXIT_USAGE);
}

static int command_run(const struct command *command)
{
    char directory[PATH_MAX], isa[128];
    const struct product *product = &products[command->action];
    size_t count = command->files.count;
    struct buffer options = {0}, *files = calloc(count, sizeof *files);
    struct compiler_blob *inputs = calloc(count, sizeof *inputs);
    struct compiler_result result;
    struct extensions extensions;
    if (!files || !inputs || !getcwd(directory, sizeof directory)) refuse("cannot start:", strerror(errno));
    for (size_t i = 0; i < count; i++) input_read(command, command->files.words[i], &files[i], &inputs[i]);
    options_join(&command->options, &options);
    snprintf(isa, sizeof isa, "amdgcn-amd-amdhsa--%s", command->device);
    extensions_of(&extensions, processor_generation(command->device), target_has_images(isa));
    struct compiler_job job = {
        .action = command->action,
        .isa = isa,
        .options = options.data,
        .defines = extensions.defines,
        .source = product->from_source ? inputs[0].data : NULL,
        .source_size = product->from_source ? inputs[0].size : 0,
        .language = product->from_source ? language_of(&inputs[0]) : COMPILER_OPENCL_C,
        .inputs = product->from_source ? NULL : inputs,
        .input_count = product->from_source ? 0 : count,
    };
    bridge_on_fatal(fatal_print, no_memory_print, NULL);
    struct job_setting setting = {
        .directory = directory,
        .file = strcmp(command->files.words[0], "-") ? command->files.words[0] : "stdin.cl",
        .output = emission_find(command->emit)->output,
        .threads = 1, // a source gives the same file on every machine
    };
    job_run(&job, &setting, &result);
    fputs(result.log ? result.log : "", stderr);
    int status = result.status == COMPILER_OK                ? 0
                 : result.status == COMPILER_INVALID_OPTIONS ? EXIT_USAGE
                                                             : EXIT_PROGRAM;
    if (!status) output_write(command, isa, &result);
    for (size_t i = 0; i < count; i++) buffer_clear(&files[i]);
    free(files);
    free(inputs);
    buffer_clear(&options);
    compiler_result_free(&result);
    return status;
}

int command_main(int count, char **arguments)
{
    struct command command = {.device = "gfx1030", .emit = "program", .action = COMPILER_BUILD};
    const char *only = count == 2 ? arguments[1] : "";
    if (!strcmp(only, "--help")) return fputs(usage, stdout) < 0;
    if (!strcmp(only, "--version")) return printf("kilnc %s (%s)\n", KILN_VERSION, bridge_version()) < 0;
    if (!strcmp(only, "--list-devices")) return devices_print();
    command_parse(&command, count, arguments);
    int status = command_run(&command);
    word_list_free(&command.options);
    word_list_free(&command.files);
    return status;
}
