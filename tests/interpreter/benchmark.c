// Wave-instructions a second, by kind of instruction. Not a test. The time is the CPU's.
//     benchmark <code object> [millions of wave-instructions a kernel]
#include "code_object.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *const kernels[] = {
    "vector_f32",   "vector_u32",    "vector_constant", "vector_scalar", "vector_modified",
    "vector_carry", "vector_select", "vector_compare",  "vector_wide",   "vector_dpp",
    "scalar_u32",   "scalar_exec",   "lds_read",        "lds_write",
};

enum { ROUND = 64 + 3, WAVES = 2, LANES = 32 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int count, char **arguments)
{
    if (count < 2) return 1;
    struct code_object *object = code_object_load(arguments[1]);
    double millions = count > 2 ? strtod(arguments[2], NULL) : 100;
    uint32_t rounds = (uint32_t)(millions * 1e6 / (ROUND * WAVES));
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        struct fault fault;
        double start = seconds();
        if (!kernel_run(object, kernels[i], (struct shape){{WAVES * LANES}, {WAVES * LANES}, 0}, &rounds,
                        sizeof rounds, &fault)) {
            fprintf(stderr, "%s\n", fault.text);
            return 1;
        }
        printf("%-16s %7.1f M/s\n", kernels[i], (double)rounds * ROUND * WAVES / (seconds() - start) / 1e6);
    }
    code_object_free(object);
    return 0;
}
