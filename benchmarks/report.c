#include "benchmark.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int double_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double median(double *values, unsigned count)
{
    qsort(values, count, sizeof *values, double_compare);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static double median_wall(const struct result *result, unsigned target)
{
    unsigned pairs = result->pairs;
    double *values = alloc(pairs * sizeof *values);
    for (unsigned i = 0; i < pairs; i++) values[i] = result->samples[target][i].wall;
    double value = median(values, pairs);
    free(values);
    return value;
}

// Of Kiln's time to the rival's, pair by pair.
static double median_ratio(const struct result *result, bool cpu)
{
    unsigned pairs = result->pairs;
    double *values = alloc(pairs * sizeof *values);
    for (unsigned i = 0; i < pairs; i++) {
        const struct cost *kiln = &result->samples[KILN][i], *rival = &result->samples[RIVAL][i];
        values[i] = cpu ? kiln->cpu / rival->cpu : kiln->wall / rival->wall;
    }
    double value = median(values, pairs);
    free(values);
    return value;
}

static bool is_alone(const struct result *result) { return !result->samples[RIVAL]; }
static bool is_wrong(const struct result *result) { return result->wrong[KILN] || result->wrong[RIVAL]; }

static void device_text(const struct target *target, cl_device_info info, char *text, size_t size)
{
    CL(clGetDeviceInfo(target->device, info, size, text, NULL));
}

void report_heading(const struct target targets[TARGETS], unsigned pairs)
{
    for (unsigned i = 0; i < TARGETS; i++) {
        char device[256], driver[128];
        device_text(&targets[i], CL_DEVICE_NAME, device, sizeof device);
        device_text(&targets[i], CL_DRIVER_VERSION, driver, sizeof driver);
        printf("%s (%s): %s, driver %s\n", targets[i].name, targets[i].platform, device, driver);
    }
    printf(
        "Medians of %u pairs; a ratio below 1 means that Kiln is faster, or takes less processor time.\n\n",
        pairs);
    printf("%-34s %11s %11s %10s %10s\n", "figure", "Kiln", "rival", "Kiln/rival", "CPU ratio");
    fflush(stdout);
}

static void print_value(double value, const char *unit)
{
    static const struct {
        double least, scale;
        const char *unit;
    } times[] = {{1, 1, "s"}, {1e-3, 1e3, "ms"}, {0, 1e6, "us"}};
    unsigned i = 0;
    while (value < times[i].least) i++;
    if (unit)
        printf(" %8.4g %-2s", value, unit);
    else
        printf(" %8.4g %-2s", value * times[i].scale, times[i].unit);
}

void report_row(const struct result *result)
{
    printf("%-34s", result->figure->name);
    if (is_wrong(result)) {
        for (unsigned i = 0; i < TARGETS; i++) printf(" %11s", result->wrong[i] ? "WRONG" : "-");
    } else if (is_alone(result)) {
        print_value(median_wall(result, KILN), result->figure->unit);
        printf(" %11s", "-");
    } else {
        for (unsigned i = 0; i < TARGETS; i++) print_value(median_wall(result, i), result->figure->unit);
        printf(" %10.3g %10.3g", median_ratio(result, false), median_ratio(result, true));
    }
    printf("\n");
    fflush(stdout);
}

void report_summary(const struct result *results, size_t count)
{
    double sums[2] = {0}, highest[2] = {0};
    unsigned counted = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_wrong(&results[i]) || is_alone(&results[i])) continue;
        counted++;
        for (unsigned cpu = 0; cpu < 2; cpu++) {
            double ratio = median_ratio(&results[i], cpu);
            sums[cpu] += log(ratio);
            highest[cpu] = fmax(highest[cpu], ratio);
        }
    }
    if (counted < 2) return;
    printf("\n%-34s %23s %10.3g %10.3g\n", "geometric mean", "", exp(sums[0] / counted),
           exp(sums[1] / counted));
    printf("%-34s %23s %10.3g %10.3g\n", "highest", "", highest[0], highest[1]);
}

static json_t *samples_json(const struct result *result, unsigned target)
{
    json_t *wall = json_array(), *cpu = json_array();
    for (unsigned i = 0; i < result->pairs; i++) {
        json_array_append_new(wall, json_real(result->samples[target][i].wall));
        json_array_append_new(cpu, json_real(result->samples[target][i].cpu));
    }
    return json_pack("{s:f, s:o, s:o}", "median", median_wall(result, target), "wall", wall, "cpu", cpu);
}

static json_t *result_json(const struct result *result)
{
    const char *unit = result->figure->unit ? result->figure->unit : "s";
    json_t *figure = json_pack("{s:s, s:s, s:i, s:b}", "name", result->figure->name, "unit", unit, "pairs",
                               (int)result->pairs, "wrong", is_wrong(result));
    if (is_wrong(result)) {
        for (unsigned i = 0; i < TARGETS; i++)
            json_object_set_new(figure, target_names[i], json_pack("{s:b}", "wrong", result->wrong[i]));
        return figure;
    }
    json_object_set_new(figure, target_names[KILN], samples_json(result, KILN));
    if (is_alone(result)) return figure;
    json_object_set_new(figure, target_names[RIVAL], samples_json(result, RIVAL));
    json_object_set_new(figure, "ratio", json_real(median_ratio(result, false)));
    json_object_set_new(figure, "cpu_ratio", json_real(median_ratio(result, true)));
    return figure;
}

static json_t *target_json(const struct target *target)
{
    char device[256], driver[128];
    device_text(target, CL_DEVICE_NAME, device, sizeof device);
    device_text(target, CL_DRIVER_VERSION, driver, sizeof driver);
    return json_pack("{s:s, s:s, s:s}", "platform", target->platform, "device", device, "driver", driver);
}

void report_json(const struct target targets[TARGETS], const struct result *results, size_t count)
{
    json_t *drivers = json_object(), *figures = json_array();
    for (unsigned i = 0; i < TARGETS; i++)
        json_object_set_new(drivers, targets[i].name, target_json(&targets[i]));
    for (size_t i = 0; i < count; i++) json_array_append_new(figures, result_json(&results[i]));
    json_t *report = json_pack("{s:o, s:o}", "drivers", drivers, "figures", figures);
    if (!report || json_dumpf(report, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) ||
        putchar('\n') == EOF)
        die("cannot write the JSON");
    json_decref(report);
}
