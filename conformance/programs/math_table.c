// What conformance/measure asks: OpenCL C that calls every math function; or, a JSON object a line, how far
// each one's results are off and how long it takes.
//
// usage: math_table source FORMAT
//        math_table run FORMAT SAMPLES PROGRAM-BINARY|- [FUNCTION…]      -: built here from that source
//        math_table run-flushed …                                        subnormal numbers may count as zeros
#include "tests/builtins/math_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAUNCHES = 3 };

static int format_find(const char *name)
{
    for (int i = 0; i < MATH_FORMATS; i++)
        if (!strcmp(math_formats[i].name, name)) return i;
    fprintf(stderr, "math_table: no format '%s'\n", name);
    exit(2);
}

static cl_program program_load(const struct session *session, const char *path)
{
    cl_int status = CL_INVALID_BINARY;
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = NULL;
    size_t size = 0;
    FILE *copy = open_memstream((char **)&bytes, &size);
    for (int c; file && (c = getc(file)) != EOF;) putc(c, copy);
    fclose(copy);
    if (file) fclose(file);
    cl_program program = clCreateProgramWithBinary(session->context, 1, &session->device, &size,
                                                   (const unsigned char **)&bytes, NULL, &status);
    if (status || clBuildProgram(program, 1, &session->device, "", NULL, NULL)) {
        fprintf(stderr, "math_table: cannot load %s\n", path);
        exit(1);
    }
    free(bytes);
    return program;
}

static cl_program program_build(const struct session *session, int format)
{
    char *source = math_source(format), options[64];
    snprintf(options, sizeof options, "-cl-std=CL3.0 -DTYPE=%s", math_formats[format].name);
    cl_program program = session_program(session, source, options);
    free(source);
    return program;
}

static bool wanted(const char *name, int count, char **names)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(names[i], name)) return true;
    return !count;
}

static void function_print(struct math_run *run, size_t function, cl_program program)
{
    const struct math_function *row = &math_functions[function];
    const struct math_outcome outcome = math_run_function(run, function, program);
    const struct math_operands *in = &outcome.operands;
    double limit = row->limits[run->format];
    printf("{\"function\": \"%s\", \"worst\": %s%.4g%s, \"limit\": %s%g%s, \"wrong\": %zu, \"nanoseconds\": "
           "%.3g, "
           "\"signature\": \"%s\", \"at\": \"%a %a %a %d\"}\n",
           row->name, isinf(outcome.worst) ? "\"" : "", outcome.worst, isinf(outcome.worst) ? "\"" : "",
           isinf(limit) ? "\"" : "", limit, isinf(limit) ? "\"" : "", outcome.wrong, outcome.nanoseconds,
           row->signature, in->x, in->y, in->z, in->n);
    fflush(stdout);
}

int main(int count, char **arguments)
{
    struct session session;
    struct math_run run;
    if (count == 3 && !strcmp(arguments[1], "source"))
        return fputs(math_source(format_find(arguments[2])), stdout) < 0; // NOLINT: the process ends
    bool flushed = count > 1 && !strcmp(arguments[1], "run-flushed");
    if (count < 5 || (!flushed && strcmp(arguments[1], "run") != 0)) {
        fputs("usage: math_table source FORMAT\n"
              "       math_table run|run-flushed FORMAT SAMPLES BINARY|- [FUNCTION…]\n",
              stderr);
        return 2;
    }
    int format = format_find(arguments[2]);
    session_open(&session);
    clReleaseCommandQueue(session.queue);
    session.queue = clCreateCommandQueueWithProperties(
        session.context, session.device,
        (const cl_queue_properties[]){CL_QUEUE_PROPERTIES, CL_QUEUE_PROFILING_ENABLE, 0}, NULL);
    cl_program program = strcmp(arguments[4], "-") != 0 ? program_load(&session, arguments[4])
                                                        : program_build(&session, format);
    math_run_open(&run, &session, format, strtoul(arguments[3], NULL, 10));
    run.launches = LAUNCHES;
    run.flushed = flushed;
    for (size_t f = 0; f < math_function_count; f++)
        if (wanted(math_functions[f].name, count - 5, arguments + 5)) function_print(&run, f, program);
    math_run_close(&run);
    clReleaseProgram(program);
    session_close(&session);
    mpfr_free_cache();
    return 0;
}
