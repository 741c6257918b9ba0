// kilnc: Kiln's compiler, as the driver's worker and as a command.
#define _GNU_SOURCE
#include "bridge.h"
#include "job.h"
#include "options.h"
#include "worker.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EXIT_PROGRAM = 1, EXIT_USAGE = 2 };

static const char usage[] =
    "Usage: kilnc [OPTIONS] FILE\n"
    "Compiles OpenCL C to an AMDGPU code object (version 5), as Kiln's driver does.\n"
    "\n"
    "  -o FILE           where the output goes (default: FILE with the ending .co, .s, .ll or .o; -: "
    "standard output)\n"
    "  --device NAME     processor, such as gfx1030 (the default) or gfx90a:xnack-\n"
    "  --emit KIND       co: code object (default); asm: assembly; llvm: optimised IR; object: what "
    "clCompileProgram\n"
    "                    makes, for a later --link\n"
    "  --link            the FILEs are objects; link them\n"
    "  --library         the FILEs are objects; make a library of them (-create-library)\n"
    "  --version, --help\n"
    "  anything else     an option of clBuildProgram: -D NAME, -I FOLDER, -cl-std=CL2.0, …\n"
    "\n"
    "Exit status: 0 done, 1 the program has errors, 2 kilnc was called wrongly or a file cannot be read or "
    "written.\n"
    "`kilnc --worker` serves Kiln's driver on standard input and output.\n";

struct command {
    const char *output, *device, *emit;
    struct word_list files, options;
    enum compiler_action action;
    bool worker;
    long memory_mb, seconds;
};

struct emission {
    const char *name, *ending;
    enum bridge_output output;
};

static const struct emission emissions[] = {
    {"co", ".co", BRIDGE_OBJECT},
    {"asm", ".s", BRIDGE_ASSEMBLY},
    {"llvm", ".ll", BRIDGE_IR},
    {"object", ".o", BRIDGE_OBJECT},
};

static const struct emission *emission_find(const char *name)
{
    for (size_t i = 0; i < sizeof emissions / sizeof *emissions; i++) {
        if (!strcmp(name, emissions[i].name)) return &emissions[i];
    }
    return NULL;
}

static void refuse(const char *what, const char *argument)
{
    fprintf(stderr, "kilnc: %s %s\nTry 'kilnc --help'.\n", what, argument);
    exit(EXIT_USAGE);
}

static long number_parse(const char *text)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno || *end || end == text || number < 0 || number > INT_MAX) refuse("not a number:", text);
    return number;
}

// Takes an option of kilnc's own. Returns how many arguments it used; 0: it is not kilnc's.
static int own_option_parse(struct command *command, char **arguments)
{
    const char *name = arguments[0], *value = arguments[1];
    const char **text = !strcmp(name, "-o")         ? &command->output
                        : !strcmp(name, "--device") ? &command->device
                        : !strcmp(name, "--emit")   ? &command->emit
                                                    : NULL;
    long *number = !strcmp(name, "--memory")    ? &command->memory_mb
                   : !strcmp(name, "--seconds") ? &command->seconds
                                                : NULL;
    if ((text || number) && !value) refuse("a value is missing after", name);
    if (text) *text = value;
    if (number) *number = number_parse(value);
    if (text || number) return 2;
    if (!strcmp(name, "--worker"))
        command->worker = true;
    else if (!strcmp(name, "--link"))
        command->action = COMPILER_LINK;
    else if (!strcmp(name, "--library"))
        command->action = COMPILER_LIBRARY;
    else if (!strncmp(name, "--", 2))
        refuse("unknown option", name);
    else
        return 0;
    return 1;
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
    if (!emission_find(command->emit)) refuse("unknown kind of output:", command->emit);
    if (command->action == COMPILER_BUILD && !strcmp(command->emit, "object"))
        command->action = COMPILER_COMPILE;
}

static void file_fail(const char *name)
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

static char *output_name(const struct command *command)
{
    static char name[PATH_MAX];
    const char *input = command->files.words[0];
    const char *slash = strrchr(input, '/'), *dot = strrchr(input, '.');
    int stem = dot && dot > slash ? (int)(dot - input) : (int)strlen(input);
    snprintf(name, sizeof name, "%.*s%s", stem, input, emission_find(command->emit)->ending);
    return name;
}

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
    bool source = command->action == COMPILER_BUILD || command->action == COMPILER_COMPILE;
    if (!command->files.count) refuse("no input", "file");
    struct buffer options = {0}, *files = calloc(command->files.count, sizeof *files);
    struct compiler_blob *inputs = calloc(command->files.count, sizeof *inputs);
    if (source && command->files.count > 1) refuse("one source at a time, not also", command->files.words[1]);
    if (!files || !inputs || !getcwd(directory, sizeof directory)) refuse("cannot start:", strerror(errno));

    for (size_t i = 0; i < command->files.count; i++) {
        file_read(command->files.words[i], &files[i]);
        inputs[i] = (struct compiler_blob){files[i].data, files[i].size};
    }
    options_join(&command->options, &options);
    snprintf(isa, sizeof isa, "amdgcn-amd-amdhsa--%s", command->device);
    struct compiler_job job = {.action = command->action, .isa = isa, .options = options.data, .defines = ""};
    job.source = source ? files[0].data : NULL;
    job.source_size = source ? files[0].size : 0;
    job.inputs = source ? NULL : inputs;
    job.input_count = source ? 0 : command->files.count;

    struct compiler_result result;
    bridge_on_fatal(fatal_print, no_memory_print);
    const char *name = strcmp(command->files.words[0], "-") ? command->files.words[0] : "stdin.cl";
    job_run(&job, directory, name, emission_find(command->emit)->output, &result);
    fputs(result.log ? result.log : "", stderr);
    if (result.status == COMPILER_OK)
        file_write(command->output ? command->output : output_name(command), result.binary,
                   result.binary_size);
    return result.status == COMPILER_OK                ? 0
           : result.status == COMPILER_INVALID_OPTIONS ? EXIT_USAGE
                                                       : EXIT_PROGRAM;
}

// clang recurses once for each nested parenthesis, of which it allows 2048: more than the usual 8 MB.
static void stack_grow(void)
{
    struct rlimit stack;
    rlim_t wanted = (rlim_t)64 << 20;
    if (getrlimit(RLIMIT_STACK, &stack) || stack.rlim_cur >= wanted) return;
    stack.rlim_cur = stack.rlim_max < wanted ? stack.rlim_max : wanted;
    setrlimit(RLIMIT_STACK, &stack);
}

int main(int count, char **arguments)
{
    struct command command = {.device = "gfx1030", .emit = "co", .action = COMPILER_BUILD};
    if (count == 2 && !strcmp(arguments[1], "--help")) return fputs(usage, stdout) < 0;
    if (count == 2 && !strcmp(arguments[1], "--version"))
        return printf("kilnc %s (%s)\n", KILN_VERSION, bridge_version()) < 0;
    command_parse(&command, count, arguments);
    stack_grow();
    return command.worker ? worker_serve(command.memory_mb, command.seconds) : command_run(&command);
}
