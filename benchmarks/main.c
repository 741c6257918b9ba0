// The pairing: for each figure, warm-up and verification on both drivers, then Kiln, rival, Kiln, rival, …
#include "start.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_FOLDER = 256, OPTION_CHILD, OPTION_TASK, OPTION_CACHE, OPTION_RIVAL };

struct options {
    const char *folder, *only;
    const char *task, *cache; // of a child
    unsigned pairs;
    bool json;
    int child; // the target whose new process this is, or -1
};

static const struct argp_option option_table[] = {
    {"pairs", 'n', "N", 0, "samples of each driver for each figure, 1 to 1000 (default: 11)", 0},
    {"only", 'o', "TEXT", 0, "only figures whose names contain TEXT", 0},
    {"json", 'j', NULL, 0, "print every sample as JSON instead of a table; times are in seconds", 0},
    {"rival", OPTION_RIVAL, "LIBRARY", 0, "the driver beside Kiln: an ICD's library (default: PoCL)", 0},
    {"folder", OPTION_FOLDER, "FOLDER", OPTION_HIDDEN, NULL, 0},
    {"child", OPTION_CHILD, "TARGET", OPTION_HIDDEN, NULL, 0},
    {"task", OPTION_TASK, "NAME", OPTION_HIDDEN, NULL, 0},
    {"cache", OPTION_CACHE, "FOLDER", OPTION_HIDDEN, NULL, 0},
    {0},
};

static unsigned pairs_parse(struct argp_state *state, const char *text)
{
    char *end;
    long pairs = strtol(text, &end, 10);
    if (*end || end == text || pairs < 1 || pairs > 1000) argp_error(state, "%s is not from 1 to 1000", text);
    return (unsigned)pairs;
}

static int target_parse(struct argp_state *state, const char *text)
{
    for (int i = 0; i < TARGETS; i++)
        if (!strcmp(text, target_names[i])) return i;
    argp_error(state, "no target is called %s", text);
    return -1;
}

static error_t option_parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'n':
        options->pairs = pairs_parse(state, argument);
        return 0;
    case 'o':
        options->only = argument;
        return 0;
    case 'j':
        options->json = true;
        return 0;
    case OPTION_FOLDER:
        options->folder = argument;
        return 0;
    case OPTION_RIVAL:
        return 0; // benchmarks/run has put it into the folder
    case OPTION_CHILD:
        options->child = target_parse(state, argument);
        return 0;
    case OPTION_TASK:
        options->task = argument;
        return 0;
    case OPTION_CACHE:
        options->cache = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct figures *const groups[] = {&latency_figures,  &replay_figures, &scaling_figures,
                                               &transfer_figures, &start_figures,  &kernel_figures,
                                               &function_figures, &image_figures,  &image_transfer_figures,
                                               &growth_figures,   &limit_figures};
enum { GROUPS = sizeof groups / sizeof *groups };

// The figures that the options ask for.
static size_t figures_choose(const struct options *options, const struct figure **chosen)
{
    size_t count = 0;
    for (size_t group = 0; group < GROUPS; group++)
        for (size_t i = 0; i < groups[group]->count; i++) {
            const struct figure *figure = &groups[group]->first[i];
            if (!strstr(figure->name, options->only)) continue;
            if (chosen) chosen[count] = figure;
            count++;
        }
    return count;
}

static bool target_has(const struct target *target, const char *extension)
{
    size_t size = 0;
    CL(clGetDeviceInfo(target->device, CL_DEVICE_EXTENSIONS, 0, NULL, &size));
    char *all = alloc(size);
    CL(clGetDeviceInfo(target->device, CL_DEVICE_EXTENSIONS, size, all, NULL));
    bool found = strstr(all, extension);
    free(all);
    return found;
}

static unsigned targets_of(const struct figure *figure, const struct target targets[TARGETS])
{
    bool alone = figure->alone || (figure->extension && !target_has(&targets[RIVAL], figure->extension));
    return alone ? KILN + 1 : TARGETS;
}

// Both take turns here too; long enough for what a driver does in the background after the first launches.
static void warm_up(const struct figure *figure, const struct target targets[], void *states[],
                    unsigned count)
{
    const double seconds = 0.1;
    struct cost begin = cost_now();
    do {
        for (unsigned i = 0; i < count; i++) figure->sample(&targets[i], states[i]);
    } while (cost_since(begin, 1).wall < seconds);
}

static void figure_measure(const struct figure *figure, const struct target targets[TARGETS], unsigned pairs,
                           struct result *result)
{
    void *states[TARGETS];
    const unsigned count = targets_of(figure, targets);
    bool wrong = false;
    if (figure->most_pairs && pairs > figure->most_pairs) pairs = figure->most_pairs;
    *result = (struct result){.figure = figure, .pairs = pairs};
    for (unsigned i = 0; i < count; i++) {
        states[i] = figure->open(&targets[i], figure->detail);
        result->wrong[i] = figure->verify && !figure->verify(&targets[i], states[i]);
        result->samples[i] = alloc(pairs * sizeof(struct cost));
        wrong |= result->wrong[i];
    }
    if (!wrong && !figure->most_pairs) warm_up(figure, targets, states, count);
    for (unsigned pair = 0; !wrong && pair < pairs; pair++)
        for (unsigned i = 0; i < count; i++)
            result->samples[i][pair] = figure->sample(&targets[i], states[i]);
    for (unsigned i = 0; i < count; i++) figure->close(states[i]);
}

static bool figures_measure(const struct options *options, const struct target targets[TARGETS])
{
    bool wrong = false;
    size_t count = figures_choose(options, NULL);
    if (!count) die("no figure's name contains \"%s\"", options->only);
    const struct figure **chosen = alloc(count * sizeof(*chosen));
    struct result *results = alloc(count * sizeof *results);
    figures_choose(options, chosen);
    if (!options->json) report_heading(targets, options->pairs);
    for (size_t i = 0; i < count; i++) {
        figure_measure(chosen[i], targets, options->pairs, &results[i]);
        for (unsigned target = 0; target < TARGETS; target++) wrong |= results[i].wrong[target];
        if (!options->json) report_row(&results[i]);
    }
    if (options->json)
        report_json(targets, results, count);
    else
        report_summary(results, count);
    for (size_t i = 0; i < count; i++)
        for (unsigned target = 0; target < TARGETS; target++) free(results[i].samples[target]);
    free(results);
    free(chosen);
    return !wrong;
}

int main(int count, char **arguments)
{
    const struct argp argp = {
        .options = option_table,
        .parser = option_parse,
        .doc =
            "Times Kiln and a rival in turns, and prints the medians of both and of the ratios of the pairs."
            "\vExit status: 0, or 1 where a result is wrong, or 2 where something fails.",
    };
    struct options options = {.only = "", .pairs = 11, .child = -1};
    struct target targets[TARGETS];
    argp_err_exit_status = 2;
    argp_parse(&argp, count, arguments, 0, NULL, &options);
    if (!options.folder) die("started without a folder of drivers: use benchmarks/run");
    if (options.child >= 0)
        return start_child(options.folder, (unsigned)options.child, options.task, options.cache);
    drivers_choose(options.folder, "both", NULL);
    for (unsigned i = 0; i < TARGETS; i++) target_open(&targets[i], i);
    bool right = figures_measure(&options, targets);
    for (unsigned i = 0; i < TARGETS; i++) target_close(&targets[i]);
    return right ? 0 : 1;
}
