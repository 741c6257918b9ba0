// Kiln beside a rival, PoCL or another driver, in one process: both take turns at every figure, so that
// whatever else the machine does falls on both, and the ratio of the two means something where neither time
// does.
#pragma once

#include <CL/cl.h>
#include <stdbool.h>
#include <stddef.h>

enum { KILN, RIVAL, TARGETS };

struct target {
    const char *name;  // in tables, and of the folder with its .icd file
    char platform[64]; // CL_PLATFORM_NAME
    cl_device_id device;
    cl_context context;
    cl_command_queue queue; // in order, without profiling
};

extern const char *const target_names[TARGETS];

// Opens the platform's first device. The loader's variables must be set. Ends the process where there is
// none.
void target_open(struct target *, unsigned which);
void target_close(struct target *);

// A built program. A build error ends the process with the log; `name` is what that calls it.
cl_program target_program(const struct target *, const char *source, const char *options, const char *name);

// The one kernel of a program. A build error ends the process with the log.
cl_kernel target_kernel(const struct target *, const char *source, const char *options, const char *name);

// A read-write buffer of `size` bytes, filled from `data` unless that is NULL.
cl_mem target_buffer(const struct target *, size_t size, const void *data);

// What one operation took, in seconds. `cpu` is that of all threads of the process.
struct cost {
    double wall, cpu;
};

struct cost cost_now(void);
struct cost cost_since(struct cost begin, unsigned operations); // of one of the operations done since `begin`

// One line of the table.
struct figure {
    const char *name;
    const void *detail; // handed to `open`, which makes the state that the others work on
    void *(*open)(const struct target *, const void *detail);
    bool (*verify)(const struct target *, void *state); // whether results are the host's; called once, first
    struct cost (*sample)(const struct target *, void *state);
    void (*close)(void *state);
    unsigned most_pairs;   // where a sample takes long; 0: as many as are asked for
    const char *unit;      // of `wall`, which then is no time; NULL: seconds
    bool alone;            // Kiln's only: the other takes minutes
    const char *extension; // Kiln's only where the other lacks it; NULL: none is needed
};

struct figures {
    const struct figure *first;
    size_t count;
};

extern const struct figures latency_figures, replay_figures, scaling_figures, transfer_figures, start_figures,
    kernel_figures, function_figures, image_figures, image_transfer_figures, growth_figures, limit_figures;

// `folder` holds a folder of .icd files for each target and one, `both`, for all. Chooses one of them, and
// the drivers' cache folder (NULL: an empty one), for this process. To be called before any OpenCL function.
void drivers_choose(const char *folder, const char *drivers, const char *cache);
extern const char *drivers_folder; // the last one chosen from

// One figure's measurements: samples[target][pair].
struct result {
    const struct figure *figure;
    unsigned pairs;
    struct cost *samples[TARGETS]; // NULL: it was left out, as only the rival is
    bool wrong[TARGETS];           // its results were not the host's: no samples
};

double median(double *values, unsigned count); // sorts them

void report_heading(const struct target targets[TARGETS], unsigned pairs);
void report_row(const struct result *);
void report_summary(const struct result *, size_t count); // of the ratios: geometric mean, highest
void report_json(const struct target targets[TARGETS], const struct result *, size_t count);

// Prints a message and ends the process with status 2.
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *alloc(size_t size); // or ends the process

// Every OpenCL call goes through this: an error ends the process with the call's text.
#define CL(call) cl_check((call), #call)
void cl_check(cl_int status, const char *call);
