// printf in kernels against the host's: generated formats of every conversion, flag, width, precision and
// length modifier, strings of all lengths, scalars and vectors mixed; and what OpenCL C does not have.
#include "tests/session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KERNELS = 12, CALLS = 24, CONVERSIONS = 6 };

static struct session session;

// What a conversion may have beside it. `components`: it prints vectors, too.
struct kind {
    const char *specifiers, *flags;
    bool precision, components;
};
static const struct kind kinds[] = {
    {"di", "-+ 0", true, true},        {"u", "-0", true, true},  {"xXo", "-#0", true, true},
    {"fFeEgGaA", "-+ #0", true, true}, {"c", "-", false, false}, {"s", "-", true, false},
};
enum { SIGNED, UNSIGNED, HEXADECIMAL, FLOATING, CHARACTER, STRING, KINDS };

static uint64_t seed;
static uint32_t draw(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(seed >> 33) % below;
}

// Text that grows: the program's source, and what it is to print.
struct text {
    char bytes[1 << 17];
    size_t size;
};
static struct text source, expected;

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text->size +=
        (size_t)vsnprintf(text->bytes + text->size, sizeof text->bytes - text->size, format, arguments);
    va_end(arguments);
    assert_true(text->size < sizeof text->bytes);
}

// One call: its format and its arguments as the source has them.
struct call {
    char format[512], arguments[1024];
    size_t format_size, arguments_size;
};

__attribute__((format(printf, 2, 3))) static void call_format(struct call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    call->format_size += (size_t)vsprintf(call->format + call->format_size, format, arguments);
    va_end(arguments);
}

__attribute__((format(printf, 2, 3))) static void call_argument(struct call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    call->arguments_size += (size_t)vsprintf(call->arguments + call->arguments_size, format, arguments);
    va_end(arguments);
}

// "%-08.3", of the flags that the kind allows. (The host warns of none: it is not the compiler that sees it.)
static void specification_draw(const struct kind *kind, char out[64])
{
    char *end = out;
    *end++ = '%';
    for (const char *flag = kind->flags; *flag; flag++)
        if (!draw(4)) *end++ = *flag;
    if (draw(2)) end += sprintf(end, "%u", 1 + draw(24));
    if (kind->precision && draw(2)) end += sprintf(end, ".%u", draw(12));
    *end = '\0';
}

// Length modifiers of integers: OpenCL C's, and those of C and of its libraries that code brings along. What
// the host has for a number of the kernel's type.
static const struct {
    const char *kernel, *host;
    bool is_long;
} lengths[] = {{"", "", false},  {"hh", "hh", false}, {"h", "h", false}, {"hl", "", false},
               {"l", "l", true}, {"ll", "l", true},   {"j", "l", true},  {"z", "l", true},
               {"t", "l", true}, {"q", "l", true},    {"L", "l", true}};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"

static void integer_add(struct call *call, const struct kind *kind, const char *specification, char specifier,
                        unsigned length)
{
    static const char *const types[] = {"int", "uint", "uint"};
    const char *type = types[kind - kinds];
    char host[96];
    sprintf(host, "%s%s%c", specification, lengths[length].host, specifier);
    call_format(call, "%s%s%c", specification, lengths[length].kernel, specifier);
    uint32_t value = draw(3) ? draw(2000) - 1000 : draw(UINT32_MAX);
    if (lengths[length].is_long) {
        uint64_t wide = (uint64_t)value << draw(33);
        call_argument(call, ", (%s)0x%llxUL", type[0] == 'u' ? "ulong" : "long", (unsigned long long)wide);
        put(&expected, host, (unsigned long)wide);
    } else {
        call_argument(call, ", (%s)0x%xu", type, value);
        put(&expected, host, value);
    }
}

// The formats of floating point, and what a vector of them is printed with.
static const struct {
    const char *name, *length;
} floatings[] = {{"float", "hl"}, {"double", "l"}, {"half", "h"}};
enum { FLOAT, DOUBLE, HALF, FLOATINGS };

// What is left of a number in a format.
static double floating_round(unsigned format, double x)
{
    return format == DOUBLE ? x : format == FLOAT ? (double)(float)x : (double)(_Float16)x;
}

static void vector_add(struct call *call, const struct kind *kind, const char *specification, char specifier)
{
    static const unsigned sizes[] = {2, 3, 4, 8, 16};
    bool floating = kind == &kinds[FLOATING];
    unsigned count = sizes[draw(5)], format = draw(FLOATINGS);
    char host[96];
    sprintf(host, "%s%c", specification, specifier);
    call_format(call, "%sv%u%s%c", specification, count, floating ? floatings[format].length : "hl",
                specifier);
    call_argument(call, ", (%s%u)(",
                  floating                 ? floatings[format].name
                  : kind == &kinds[SIGNED] ? "int"
                                           : "uint",
                  count);
    for (unsigned i = 0; i < count; i++) {
        int value = (int)draw(20000) - 10000;
        call_argument(call, "%s%d%s", i ? ", " : "", value, floating ? ".25" : "");
        if (i) put(&expected, ",");
        double quarter = value < 0 ? value - .25 : value + .25;
        if (floating)
            put(&expected, host, floating_round(format, quarter));
        else
            put(&expected, host, value);
    }
    call_argument(call, ")");
}

static void float_add(struct call *call, const char *specification, const char *length, char specifier)
{
    static const char *const values[] = {"0.0",
                                         "-0.0",
                                         "1.5",
                                         "-123456.789",
                                         "1e-30",
                                         "3.4e38",
                                         "INFINITY",
                                         "-INFINITY",
                                         "0x1.8p-140",
                                         "99.995",
                                         "-1.7976931348623157e308",
                                         "5e-324",
                                         "5.97e-8",
                                         "65504.0"};
    static const double numbers[] = {0.0,
                                     -0.0,
                                     1.5,
                                     -123456.789,
                                     1e-30,
                                     3.4e38,
                                     __builtin_inf(),
                                     -__builtin_inf(),
                                     0x1.8p-140,
                                     99.995,
                                     -1.7976931348623157e308,
                                     5e-324,
                                     5.97e-8,
                                     65504.0};
    char host[96];
    unsigned which = draw(sizeof numbers / sizeof *numbers), format = draw(FLOATINGS);
    sprintf(host, "%s%c", specification, specifier);
    call_format(call, "%s%s%c", specification, length, specifier);
    call_argument(call, ", (%s)%s", floatings[format].name, values[which]);
    put(&expected, host, floating_round(format, numbers[which]));
}

static void string_add(struct call *call, const char *specification, const char *length)
{
    char host[96], string[64];
    unsigned size = draw(40);
    for (unsigned i = 0; i < size; i++) string[i] = "abcdefghij:%klmno pqrst=|"[draw(25)];
    string[size] = '\0';
    sprintf(host, "%ss", specification);
    call_format(call, "%s%ss", specification, length);
    if (draw(8)) {
        call_argument(call, ", \"%s\"", string);
        put(&expected, host, string);
    } else {
        call_argument(call, ", (constant char *)0");
        put(&expected, host, "(null)"); // the host's own would leave it out where it does not fit
    }
}

static void character_add(struct call *call, const char *specification, const char *length)
{
    char host[96], character = (char)('a' + draw(26));
    sprintf(host, "%sc", specification);
    call_format(call, "%s%sc", specification, length);
    call_argument(call, ", '%c'", character);
    put(&expected, host, character);
}

static void scalar_add(struct call *call, const struct kind *kind, const char *specification, char specifier,
                       unsigned length)
{
    const char *name = lengths[length].kernel; // of what is no integer: it changes nothing
    if (kind == &kinds[FLOATING])
        float_add(call, specification, name, specifier);
    else if (kind == &kinds[STRING])
        string_add(call, specification, name);
    else if (kind == &kinds[CHARACTER])
        character_add(call, specification, name);
    else
        integer_add(call, kind, specification, specifier, length);
}
#pragma clang diagnostic pop

static void conversion_add(struct call *call)
{
    const struct kind *kind = &kinds[draw(KINDS)];
    char specification[64], specifier = kind->specifiers[draw((uint32_t)strlen(kind->specifiers))];
    specification_draw(kind, specification);
    if (kind->components && !draw(4))
        vector_add(call, kind, specification, specifier);
    else
        scalar_add(call, kind, specification, specifier, draw(LENGTHS));
}

// Ends a call and its line.
static void call_end(const struct call *call)
{
    put(&expected, "\n");
    put(&source, "    printf(\"%s\\n\"%s);\n", call->format, call->arguments);
}

static void call_add(void)
{
    struct call call = {.format_size = 0};
    for (unsigned count = 1 + draw(CONVERSIONS); count; count--) {
        static const char *const between[] = {"", " ", "=", "%%", ": ", "size "};
        const char *plain = between[draw(6)];
        call_format(&call, "%s", plain);
        put(&expected, "%s", plain[0] == '%' ? "%" : plain);
        conversion_add(&call);
    }
    call_end(&call);
}

// Line by line, so that a difference is told with the call that made it.
static void compare(const char *program, const char *got, const char *wanted)
{
    while (*got || *wanted) {
        size_t is = strcspn(got, "\n"), should = strcspn(wanted, "\n");
        const char *call = strstr(program, "printf");
        if (call) program = call + 1;
        if (is != should || memcmp(got, wanted, is) != 0)
            fail_msg("p%.*s\nprinted %.*s\nnot     %.*s", (int)strcspn(program, "\n"), program, (int)is, got,
                     (int)should, wanted);
        got += is + (got[is] != '\0');
        wanted += should + (wanted[should] != '\0');
    }
}

static void source_begin(uint64_t first)
{
    seed = first;
    source.size = expected.size = 0;
    put(&source, "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\nkernel void k(void) {\n");
}

static void source_run(const char *options)
{
    put(&source, "}\n");
    cl_kernel kernel = session_kernel(&session, source.bytes, "k", options);
    compare(source.bytes, session_printed(&session, kernel, 1), expected.bytes);
    clReleaseKernel(kernel);
}

static const char *const options[] = {"", "-cl-std=CL3.0", "-cl-opt-disable"};

static void formats(void **state)
{
    (void)state;
    for (unsigned k = 0; k < KERNELS; k++) {
        source_begin(k);
        for (unsigned i = 0; i < CALLS; i++) call_add();
        source_run(options[k % 3]);
    }
}

// Every length modifier with every specifier, and a number behind it.
static void modifiers(void **state)
{
    (void)state;
    source_begin(0);
    for (unsigned length = 0; length < LENGTHS; length++)
        for (const struct kind *kind = kinds; kind < kinds + KINDS; kind++)
            for (const char *specifier = kind->specifiers; *specifier; specifier++) {
                struct call call = {.format_size = 0};
                scalar_add(&call, kind, "%", *specifier, length);
                call_format(&call, "|%%d");
                call_argument(&call, ", %u", length);
                put(&expected, "|%u", length);
                call_end(&call);
            }
    source_run("");
}

// What OpenCL C does not have is printed as it stands. It takes the arguments that C would have it take, so
// that those behind it are where they belong.
static void unknown(void **state)
{
    (void)state;
    static const struct {
        const char *format, *arguments, *printed;
    } calls[] = {
        {"%*d|%d", "7, 5, 1", "%*d|1"},
        {"%.*f|%d", "2, 1.5f, 1", "%.*f|1"},
        {"%-*.*s|%d", "9, 9, \"s\", 1", "%-*.*s|1"},
        {"%v5d|%d", "(int4)(1), 1", "%v5d|1"},
        {"%v4*d|%d", "1", "%v4*d|1"},
        {"%y done: %d", "1", "%y done: 1"},
        {"100% yes: %d", "1", "100% yes: 1"},
        {"%n|%d", "1", "%n|1"},
        {"%hhhd|%d", "1", "%hhhd|1"},
        {"%lll%d", "1", "%lll1"},
        {"%wd|%d", "1", "%wd|1"},
        {"%I64d|%d", "1", "%I64d|1"},
        {"%#%|%d", "1", "%#%|1"},
        {"%%lld|%d", "1", "%lld|1"},
        {"%d|%d", "1", "1|%d"},
        {"%d|%", "1", "1|%"},
        {"%d|%v4f", "(int4)(1), (float4)(1)", "%d|1.000000,1.000000,1.000000,1.000000"},
        {"%v4f|%d", "1.5f, 1", "%v4f|1"},
        {"\\\\n|\\\\72|%d", "1", "\\n|\\72|1"},
        {"%s|%d", "\"C:\\\\new\", 1", "C:\\new|1"},
    };
    for (unsigned k = 0; k < sizeof options / sizeof *options; k++) {
        source_begin(0);
        for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
            put(&source, "    printf(\"%s\\n\", %s);\n", calls[i].format, calls[i].arguments);
            put(&expected, "%s\n", calls[i].printed);
        }
        source_run(options[k]);
    }
}

static int session_begin(void **state) { return (void)state, session_open(&session), 0; }
static int session_end(void **state) { return (void)state, session_close(&session), 0; }

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(formats), cmocka_unit_test(modifiers),
                                       cmocka_unit_test(unknown)};
    return cmocka_run_group_tests(tests, session_begin, session_end);
}
