// Records the bits that a GPU gives for the instructions of which AMD's manuals tell no more than a bound,
// and compares two records. No table of those bits is public: who has an AMD GPU is asked to record its and
// to send the file (2.5 MB, less with xz).
//
// usage: instruction_bits record FILE [DEVICE]
//        instruction_bits compare FILE FILE
//
// DEVICE: part of a device's name, where there are several. Of f16 all arguments are recorded; of f32 and f64
// some with each exponent, and many around 1: the same every time. compare prints a table; its exit status is
// 1 where bits differ, and 2 on an error.
//
// It takes an OpenCL driver that compiles for AMD GPUs, Kiln or AMD's own, and nothing else of Kiln's:
//     cc instruction_bits.c -lOpenCL -o instruction_bits
#undef CL_TARGET_OPENCL_VERSION
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("instruction_bits: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory) fail("no memory");
    return memory;
}

// ---- Instructions and their arguments
// -----------------------------------------------------------------------

static const struct format {
    const char *type; // OpenCL's, with as many bits
    unsigned bytes, exponent_bits, significand_bits;
    unsigned each; // how many significands with each exponent and sign; 0: all
} f16 = {"ushort", 2, 5, 10, 0}, f32 = {"uint", 4, 8, 23, 16}, f64 = {"ulong", 8, 11, 52, 4};

static const struct instruction {
    const char *name;
    const struct format *format;
} instructions[] = {
    {"v_rcp_f16", &f16}, {"v_rsq_f16", &f16},       {"v_sqrt_f16", &f16}, {"v_exp_f16", &f16},
    {"v_log_f16", &f16}, {"v_sin_f16", &f16},       {"v_cos_f16", &f16},  {"v_rcp_f32", &f32},
    {"v_rsq_f32", &f32}, {"v_rcp_iflag_f32", &f32}, {"v_sqrt_f32", &f32}, {"v_exp_f32", &f32},
    {"v_log_f32", &f32}, {"v_sin_f32", &f32},       {"v_cos_f32", &f32},  {"v_rcp_f64", &f64},
    {"v_rsq_f64", &f64}, {"v_sqrt_f64", &f64},
};

// The exponents around 1, and the highest bits of their significands, all of which are taken.
enum { NEAR_BELOW = 4, NEAR_EXPONENTS = 8, NEAR_BITS = 11, NEAR_COUNT = NEAR_EXPONENTS << NEAR_BITS };

static size_t arguments_count(const struct format *f)
{
    return f->each ? ((size_t)2 << f->exponent_bits) * f->each + NEAR_COUNT : (size_t)1 << 8 * f->bytes;
}

// SplitMix64.
static uint64_t random_bits(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static uint64_t *arguments_make(const struct format *f)
{
    const uint64_t ones = ((uint64_t)1 << f->significand_bits) - 1, edges[] = {0, 1, ones};
    const uint64_t one = ((uint64_t)1 << (f->exponent_bits - 1)) - 1; // its exponent
    const unsigned rest = f->significand_bits - NEAR_BITS;
    uint64_t *arguments = allocate(arguments_count(f) * sizeof *arguments), state = f->bytes;
    size_t n = 0;
    if (!f->each) {
        for (; n < arguments_count(f); n++) arguments[n] = n;
        return arguments;
    }
    for (uint64_t head = 0; head < (uint64_t)2 << f->exponent_bits; head++)
        for (unsigned i = 0; i < f->each; i++)
            arguments[n++] =
                head << f->significand_bits | (i < COUNT(edges) ? edges[i] : random_bits(&state) & ones);
    for (uint64_t i = 0; i < NEAR_COUNT; i++) // counts on from the significands to the exponents
        arguments[n++] = (((one - NEAR_BELOW) << NEAR_BITS) + i) << rest | random_bits(&state) >> (64 - rest);
    return arguments;
}

// In memory of a device, and in files: little-endian.
static unsigned char *pack(const struct format *f, const uint64_t *values)
{
    unsigned char *bytes = allocate(arguments_count(f) * f->bytes), *next = bytes;
    for (size_t i = 0; i < arguments_count(f); i++)
        for (unsigned k = 0; k < f->bytes; k++) *next++ = (unsigned char)(values[i] >> 8 * k);
    return bytes;
}

static uint64_t value_at(const struct format *f, const unsigned char *bytes, size_t i)
{
    uint64_t value = 0;
    for (unsigned k = f->bytes; k-- > 0;) value = value << 8 | bytes[i * f->bytes + k];
    return value;
}

// FNV-1a.
static uint64_t digest(const unsigned char *bytes, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 0x100000001b3;
    return hash;
}

// ---- The device
// ---------------------------------------------------------------------------------------------

struct session {
    cl_platform_id platform;
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
};

static void check(cl_int status, const char *what)
{
    if (status != CL_SUCCESS) fail("%s: OpenCL's error %d", what, status);
}

static void device_text(const struct session *s, cl_device_info info, char text[256])
{
    if (clGetDeviceInfo(s->device, info, 255, text, NULL) != CL_SUCCESS) memcpy(text, "?", 2);
    text[strcspn(text, "\r\n")] = 0;
}

static bool device_fits(struct session *s, cl_device_id device, const char *wanted)
{
    char name[256] = "";
    s->device = device;
    device_text(s, CL_DEVICE_NAME, name);
    return !wanted || strstr(name, wanted);
}

static void device_find(struct session *s, const char *wanted)
{
    cl_platform_id platforms[16];
    cl_device_id devices[64];
    cl_uint platform_count = 0, count;
    clGetPlatformIDs(COUNT(platforms), platforms, &platform_count);
    for (cl_uint p = 0; p < platform_count && p < COUNT(platforms); p++) {
        s->platform = platforms[p];
        count = 0;
        clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_GPU, COUNT(devices), devices, &count);
        for (cl_uint d = 0; d < count && d < COUNT(devices); d++)
            if (device_fits(s, devices[d], wanted)) return;
    }
    fail("no OpenCL GPU%s%s", wanted ? " with a name like " : "", wanted ? wanted : "");
}

static void session_open(struct session *s, const char *wanted)
{
    cl_int status;
    device_find(s, wanted);
    s->context = clCreateContext(NULL, 1, &s->device, NULL, NULL, &status);
    check(status, "clCreateContext");
    s->queue = clCreateCommandQueue(s->context, s->device, 0, &status);
    check(status, "clCreateCommandQueue");
}

static void session_close(const struct session *s)
{
    clReleaseCommandQueue(s->queue);
    clReleaseContext(s->context);
}

// NULL: the compiler does not know the instruction.
static cl_kernel kernel_make(const struct session *s, const char *type, const char *operation)
{
    char source[512];
    const char *text = source;
    cl_int status;
    snprintf(source, sizeof source,
             "kernel void run(global const %s *x, global %s *y)\n"
             "{\n"
             "    %s argument = x[get_global_id(0)], result;\n"
             "    %s\n"
             "    y[get_global_id(0)] = (%s)result;\n"
             "}\n",
             type, type, strcmp(type, "ulong") == 0 ? "ulong" : "uint", operation, type);
    cl_program program = clCreateProgramWithSource(s->context, 1, &text, NULL, &status);
    check(status, "clCreateProgramWithSource");
    cl_kernel kernel = NULL;
    if (clBuildProgram(program, 1, &s->device, "", NULL, NULL) == CL_SUCCESS)
        kernel = clCreateKernel(program, "run", &status);
    clReleaseProgram(program);
    return kernel;
}

// Where assemblers know halves of registers, f16 is in one.
static cl_kernel instruction_kernel(const struct session *s, const struct instruction *instruction)
{
    static const char *const operands[] = {"%0, %1", "%0.l, %1.l"};
    cl_kernel kernel = NULL;
    for (size_t i = 0; !kernel && i < COUNT(operands); i++) {
        char operation[128];
        snprintf(operation, sizeof operation,
                 "__asm__ volatile(\"%s %s\" : \"=v\"(result) : \"v\"(argument));", instruction->name,
                 operands[i]);
        kernel = kernel_make(s, instruction->format->type, operation);
    }
    return kernel;
}

// Runs the kernel over `count` items; `bytes` are the arguments, then the results.
static void kernel_run(const struct session *s, cl_kernel kernel, unsigned char *bytes, size_t size,
                       size_t count)
{
    cl_int status;
    cl_mem x = clCreateBuffer(s->context, CL_MEM_COPY_HOST_PTR, size, bytes, &status);
    check(status, "clCreateBuffer");
    cl_mem y = clCreateBuffer(s->context, 0, size, NULL, &status);
    check(status, "clCreateBuffer");
    clSetKernelArg(kernel, 0, sizeof x, &x);
    clSetKernelArg(kernel, 1, sizeof y, &y);
    check(clEnqueueNDRangeKernel(s->queue, kernel, 1, NULL, &count, NULL, 0, NULL, NULL), "a kernel");
    check(clEnqueueReadBuffer(s->queue, y, CL_TRUE, 0, size, bytes, 0, NULL, NULL), "clEnqueueReadBuffer");
    clReleaseMemObject(x);
    clReleaseMemObject(y);
    clReleaseKernel(kernel);
}

// ---- Recording
// ----------------------------------------------------------------------------------------------

static const char first_line[] = "instruction bits 1\n";

static void mode_write(FILE *file, const struct session *s)
{
    unsigned char bytes[4] = {0};
    cl_kernel kernel = kernel_make(s, "uint", "result = argument + __builtin_amdgcn_s_getreg(0xf801);");
    if (!kernel) {
        fprintf(file, "mode: ?\n");
        return;
    }
    kernel_run(s, kernel, bytes, sizeof bytes, 1);
    fprintf(file, "mode: %#x\n", (unsigned)value_at(&f32, bytes, 0));
}

static void device_write(FILE *file, const struct session *s)
{
    enum { BOARD_NAME_AMD = 0x4038 };
    static const struct {
        const char *name;
        cl_device_info info;
    } lines[] = {
        {"device", CL_DEVICE_NAME},     {"board", BOARD_NAME_AMD},     {"vendor", CL_DEVICE_VENDOR},
        {"version", CL_DEVICE_VERSION}, {"driver", CL_DRIVER_VERSION},
    };
    char text[256] = "?";
    clGetPlatformInfo(s->platform, CL_PLATFORM_NAME, sizeof text - 1, text, NULL);
    fprintf(file, "platform: %s\n", text);
    for (size_t i = 0; i < COUNT(lines); i++) {
        memset(text, 0, sizeof text);
        device_text(s, lines[i].info, text);
        fprintf(file, "%s: %s\n", lines[i].name, text);
    }
}

// Returns the results; NULL: there is no such instruction.
static unsigned char *instruction_record(FILE *file, const struct session *s, const struct instruction *in)
{
    size_t count = arguments_count(in->format), size = count * in->format->bytes;
    cl_kernel kernel = instruction_kernel(s, in);
    if (!kernel) {
        fprintf(file, "%s absent\n", in->name);
        return NULL;
    }
    uint64_t *arguments = arguments_make(in->format);
    unsigned char *bytes = pack(in->format, arguments);
    uint64_t before = digest(bytes, size);
    kernel_run(s, kernel, bytes, size, count);
    fprintf(file, "%s arguments %016llx results %016llx\n", in->name, (unsigned long long)before,
            (unsigned long long)digest(bytes, size));
    free(arguments);
    return bytes;
}

static int record(const char *path, const char *wanted)
{
    struct session s;
    unsigned char *results[COUNT(instructions)];
    size_t present = 0;
    session_open(&s, wanted);
    FILE *file = fopen(path, "wb");
    if (!file) fail("%s cannot be written", path);
    fputs(first_line, file);
    device_write(file, &s);
    mode_write(file, &s);
    for (size_t i = 0; i < COUNT(instructions); i++) {
        results[i] = instruction_record(file, &s, &instructions[i]);
        present += results[i] != NULL;
    }
    fputc('\n', file);
    for (size_t i = 0; i < COUNT(instructions); i++) {
        const struct format *f = instructions[i].format;
        if (results[i]) fwrite(results[i], f->bytes, arguments_count(f), file);
        free(results[i]);
    }
    session_close(&s);
    if (ferror(file) | fclose(file)) fail("%s could not be written", path);
    if (!present) fail("the device has none of the instructions: is it one of AMD's?");
    printf("%zu of %zu instructions are in %s\n", present, COUNT(instructions), path);
    return 0;
}

// ---- Comparing
// ----------------------------------------------------------------------------------------------

struct recorded {
    char device[256];
    unsigned char *results[COUNT(instructions)]; // NULL: absent
    uint64_t digests[COUNT(instructions)];
};

static bool arguments_are(const struct format *f, uint64_t wanted)
{
    uint64_t *arguments = arguments_make(f);
    unsigned char *bytes = pack(f, arguments);
    bool same = digest(bytes, arguments_count(f) * f->bytes) == wanted;
    free(arguments);
    free(bytes);
    return same;
}

// The hexadecimal number behind a word of a line; 0: there is none.
static uint64_t number_behind(const char *line, const char *word)
{
    const char *at = strstr(line, word);
    return at ? strtoull(at + strlen(word), NULL, 16) : 0;
}

static size_t instruction_find(const char *path, const char *line)
{
    int length = (int)strcspn(line, " \n");
    for (size_t i = 0; i < COUNT(instructions); i++)
        if ((int)strlen(instructions[i].name) == length &&
            !strncmp(line, instructions[i].name, (size_t)length))
            return i;
    fail("%s: %.*s is not known here", path, length, line);
}

// A line of the header. The results' place is made; they come later.
static void line_read(struct recorded *r, const char *path, const char *line)
{
    static const char device[] = "device: ";
    if (!strncmp(line, device, strlen(device)))
        snprintf(r->device, sizeof r->device, "%.*s", (int)strcspn(line, "\n") - (int)strlen(device),
                 line + strlen(device));
    if (strncmp(line, "v_", 2) != 0 || strstr(line, " absent")) return;
    size_t i = instruction_find(path, line);
    const struct format *f = instructions[i].format;
    if (!arguments_are(f, number_behind(line, " arguments ")))
        fail("%s: %s has other arguments", path, instructions[i].name);
    if (!r->results[i]) r->results[i] = allocate(arguments_count(f) * f->bytes);
    r->digests[i] = number_behind(line, " results ");
}

static void header_read(struct recorded *r, const char *path, FILE *file)
{
    char line[512];
    if (!fgets(line, sizeof line, file) || strcmp(line, first_line) != 0) fail("%s is no record", path);
    for (;;) {
        if (!fgets(line, sizeof line, file)) fail("%s ends early", path);
        if (!strcmp(line, "\n")) return;
        line_read(r, path, line);
    }
}

static void recorded_read(struct recorded *r, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) fail("%s cannot be read", path);
    memset(r, 0, sizeof *r);
    header_read(r, path, file);
    for (size_t i = 0; i < COUNT(instructions); i++) {
        const struct format *f = instructions[i].format;
        size_t count = arguments_count(f);
        if (!r->results[i]) continue;
        if (fread(r->results[i], f->bytes, count, file) != count) fail("%s ends early", path);
        if (digest(r->results[i], count * f->bytes) != r->digests[i])
            fail("%s: the results of %s are damaged", path, instructions[i].name);
    }
    fclose(file);
}

static void recorded_free(struct recorded *r)
{
    for (size_t i = 0; i < COUNT(instructions); i++) free(r->results[i]);
}

// On the line of numbers, in units in the last place: both zeros are at 0.
static int64_t position(const struct format *f, uint64_t value)
{
    uint64_t sign = (uint64_t)1 << (8 * f->bytes - 1);
    return value & sign ? -(int64_t)(value & ~sign) : (int64_t)value;
}

static bool is_nan(const struct format *f, uint64_t value)
{
    uint64_t infinity = (((uint64_t)1 << f->exponent_bits) - 1) << f->significand_bits;
    return (value & (((uint64_t)1 << (8 * f->bytes - 1)) - 1)) > infinity;
}

struct tally {
    size_t differ, nans, unlike; // of those that differ: two NaNs; a NaN and a number
    uint64_t farthest;           // of the others
    size_t first[3];
};

static void pair_count(struct tally *t, const struct format *f, size_t i, uint64_t ours, uint64_t theirs)
{
    if (ours == theirs) return;
    if (t->differ < COUNT(t->first)) t->first[t->differ] = i;
    t->differ++;
    int nans = is_nan(f, ours) + is_nan(f, theirs);
    t->nans += nans == 2;
    t->unlike += nans == 1;
    if (nans) return;
    int64_t a = position(f, ours), b = position(f, theirs);
    uint64_t apart = a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
    if (apart > t->farthest) t->farthest = apart;
}

static size_t instruction_compare(const struct instruction *in, const unsigned char *ours,
                                  const unsigned char *theirs)
{
    const struct format *f = in->format;
    struct tally t = {0};
    if (!ours || !theirs) {
        printf("| %s | %s |\n", in->name, ours || theirs ? "in one only" : "in neither");
        return 0;
    }
    for (size_t i = 0; i < arguments_count(f); i++)
        pair_count(&t, f, i, value_at(f, ours, i), value_at(f, theirs, i));
    printf("| %s | %zu | %zu | %zu | %zu | %llu |", in->name, arguments_count(f), t.differ, t.nans, t.unlike,
           (unsigned long long)t.farthest);
    uint64_t *arguments = arguments_make(f);
    for (size_t k = 0; k < COUNT(t.first) && k < t.differ; k++) {
        size_t i = t.first[k];
        printf(" %llx: %llx, %llx;", (unsigned long long)arguments[i],
               (unsigned long long)value_at(f, ours, i), (unsigned long long)value_at(f, theirs, i));
    }
    printf("%s |\n", t.differ ? "" : " none");
    free(arguments);
    return t.differ;
}

static int compare(const char *our_path, const char *their_path)
{
    struct recorded ours, theirs;
    size_t differ = 0;
    recorded_read(&ours, our_path);
    recorded_read(&theirs, their_path);
    printf("A: %s, %s\nB: %s, %s\n\n", our_path, ours.device, their_path, theirs.device);
    printf("| instruction | arguments | differ | NaNs | NaN and number | farthest, ulp | first: argument: A, "
           "B |\n"
           "|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < COUNT(instructions); i++)
        differ += instruction_compare(&instructions[i], ours.results[i], theirs.results[i]);
    recorded_free(&ours);
    recorded_free(&theirs);
    return differ != 0;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    if (!strcmp(mode, "record") && (argc == 3 || argc == 4))
        return record(argv[2], argc > 3 ? argv[3] : NULL);
    if (!strcmp(mode, "compare") && argc == 4) return compare(argv[2], argv[3]);
    fail("usage: instruction_bits record FILE [DEVICE]\n"
         "       instruction_bits compare FILE FILE");
}
