// Builds with the real kilnc and a cache: what is compiled again, and what is not. A script in kilnc's place
// counts its starts.
#define _GNU_SOURCE
#include "cache_support.h"

#include <fcntl.h>
#include <sys/stat.h>

static char work[] = "/tmp/kiln-cached-XXXXXX"; // counts, sources and folders

static const char *real_libdir;

static void text_write(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", work, name);
    FILE *file = fopen(path, "w");
    check(file && fputs(text, file) >= 0 && !fclose(file), path);
}

static int starts(void)
{
    char path[256];
    struct stat status;
    snprintf(path, sizeof path, "%s/starts", work);
    return stat(path, &status) ? 0 : (int)status.st_size;
}

static void run_and_tell(const struct compiler_job *job, int output)
{
    struct compiler_result result;
    compiler_run(job, &result);
    check(result.status == COMPILER_OK, result.log);
    struct digest made = digest_of(result.binary, result.binary_size);
    check(write(output, &made, sizeof made) == sizeof made, "pipe");
    compiler_result_free(&result);
    _exit(0);
}

// Runs the job in a process of its own. Returns whether that started the compiler, and the binary's digest.
static bool compiles(const struct compiler_job *job, struct digest *made)
{
    int before = starts(), output[2], status;
    struct digest digest;
    check(!pipe(output), "pipe");
    pid_t child = fork();
    if (child == 0) run_and_tell(job, output[1]);
    check(waitpid(child, &status, 0) == child && !status, "the build's process");
    check(read(output[0], &digest, sizeof digest) == sizeof digest, "pipe");
    close(output[0]);
    close(output[1]);
    if (made) *made = digest;
    return starts() > before;
}

static bool builds(const char *options, const char *source, struct digest *made)
{
    struct compiler_job job = job_of(COMPILER_COMPILE, options, source);
    return compiles(&job, made);
}

static bool same(const struct digest *a, const struct digest *b) { return !memcmp(a, b, sizeof *a); }

static const char plain[] = "kernel void k(global int *p) { int unused_and_said_so; p[0] = 1; }\n";

static void found_body(void)
{
    struct compiler_job job =
        job_of(COMPILER_BUILD, "", "#warning mind this\nkernel void k(global int *p) { *p = 1; }");
    check(compiles(&job, NULL), "compiled");
    int before = starts();
    struct compiler_result result = job_expect_ok(&job);
    check(starts() == before, "a second build starts nothing");
    check(strstr(result.log, "mind this") != NULL, "the log is kept");
    check(result.binary_size > 4 && !memcmp(result.binary, "\177ELF", 4), "the binary is kept");
    compiler_result_free(&result);
    check(builds("", plain, NULL) && !chdir("/") && !builds("", plain, NULL),
          "a program without #include is the same in any folder");
}

// Each differs from the first in one thing.
static void told_apart_body(void)
{
    static const struct compiler_header headers[] = {{"a.h", "#define A 1"}},
                                        changed[] = {{"a.h", "#define A 2"}};
    struct compiler_job base = job_of(COMPILER_COMPILE, "-DX=1 -DX=2", plain);
    base.headers = headers;
    base.header_count = 1;
    struct compiler_job variants[] = {base, base, base, base, base, base, base};
    variants[1].options = "-DX=2 -DX=1";
    variants[2].action = COMPILER_BUILD;
    variants[3].isa = "amdgcn-amd-amdhsa--gfx1010";
    variants[4].defines = "-DY";
    variants[5].headers = changed;
    variants[6].source_size--;
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        check(compiles(&variants[i], NULL), "compiled once");
        check(!compiles(&variants[i], NULL), "and then found");
    }
}

static void fails_body(void)
{
    build_expect(COMPILER_FAILED, "", "kernel void k(", "error");
    check(kept_count(NULL) == 0, "failures are not kept");
}

static void clock_body(void)
{
    static const char *const sources[] = {
        "constant char t[] = __TIME__; kernel void k(global char *p) { p[0] = t[0]; }",
        "#define NOW __DATE__\nconstant char t[] = NOW; kernel void k(global char *p) { p[0] = t[0]; }",
        "kernel void k(global char *p) { p[0] = __TIMESTAMP__[0]; }",
    };
    for (size_t i = 0; i < 3; i++)
        check(builds("", sources[i], NULL) && builds("", sources[i], NULL), "the time is never kept");
}

static const char includer[] = "#include \"x.h\"\nkernel void k(global int *p) { p[0] = X; }\n";

static void times_copy(const char *name, const struct stat *from)
{
    char path[256];
    struct timespec times[2] = {from->st_atim, from->st_mtim};
    snprintf(path, sizeof path, "%s/%s", work, name);
    check(!utimensat(AT_FDCWD, path, times, 0), path);
}

static void included_body(void)
{
    struct digest one, two, again;
    struct stat before;
    char path[256];
    text_write("late/x.h", "#define X 1\n");
    check(builds("-I early -I late", includer, &one), "compiled");
    check(!builds("-I early -I late", includer, &again) && same(&one, &again), "found");
    snprintf(path, sizeof path, "%s/late/x.h", work);
    check(!stat(path, &before), path);
    text_write("late/x.h", "#define X 2\n"); // as long as before, and as old
    times_copy("late/x.h", &before);
    check(builds("-I early -I late", includer, &two) && !same(&one, &two), "a changed header");
    check(!builds("-I early -I late", includer, NULL), "found");
    text_write("early/x.h", "#define X 3\n");
    check(builds("-I early -I late", includer, &again) && !same(&two, &again),
          "a header that comes before it");
    check(builds("-I late -I early", includer, &again) && same(&two, &again), "the other order");
    snprintf(path, sizeof path, "%s/early/x.h", work);
    unlink(path);
    check(builds("-I early -I late", includer, &again) && same(&two, &again), "one that is gone");
    text_write("late/x.h", "#error gone\n");
    build_expect(COMPILER_FAILED, "-I early -I late", includer, "gone");
}

static void asked_for_body(void)
{
    static const char asking[] = "#if __has_include(\"maybe.h\")\n#define X 1\n#else\n#define X 2\n#endif\n"
                                 "kernel void k(global int *p) { p[0] = X; }\n";
    struct digest without, with;
    check(builds("-I late", asking, &without) && !builds("-I late", asking, NULL), "compiled and found");
    text_write("late/maybe.h", "");
    check(builds("-I late", asking, &with) && !same(&with, &without), "a header now there");
    check(!builds("-I late", asking, NULL), "found");
}

static void elsewhere_body(void)
{
    struct digest one, two;
    text_write("early/x.h", "#define X 1\n");
    text_write("late/x.h", "#define X 2\n");
    check(!chdir("early") && builds("", includer, &one), "compiled");
    check(!chdir("../late") && builds("", includer, &two) && !same(&one, &two), "another folder's header");
    check(!builds("", includer, NULL) && !chdir("../early") && !builds("", includer, NULL), "both found");
    check(builds("-g", plain, NULL) && !chdir("../late") && builds("-g", plain, NULL),
          "debug information names the folder");
}

static void base_header_body(void)
{
    text_write("opencl-c-base.h", "#error not this one\n");
    check(builds("", plain, NULL), "compiled");
}

static void eight_processes_body(void)
{
    pid_t children[8];
    for (int i = 0; i < 8; i++) {
        children[i] = fork();
        if (children[i]) continue;
        char source[128];
        for (int number = 0; number < 2; number++) {
            snprintf(source, sizeof source, "kernel void k(global int *p) { p[0] = %d; }", number);
            builds("", source, NULL);
        }
        _exit(0);
    }
    for (int i = 0; i < 8; i++) {
        int status;
        check(waitpid(children[i], &status, 0) == children[i] && !status, "one of the eight");
    }
    check(kept_count(NULL) == 2, "two results, nothing unfinished");
    check(!builds("", "kernel void k(global int *p) { p[0] = 1; }", NULL), "found");
}

// Environment variables that compilers look at would have to be part of the key.
static void environment_body(void)
{
    char folder[256];
    snprintf(folder, sizeof folder, "%s/late", work);
    text_write("late/x.h", "#define X 1\n");
    setenv("CPATH", folder, 1);
    setenv("C_INCLUDE_PATH", folder, 1);
    build_expect(COMPILER_FAILED, "", includer, "file not found");
}

// A folder of kilnc's own that a test can change. Each shell command must succeed.
static void copy_make(char libdir[256])
{
    char command[1024];
    snprintf(libdir, 256, "%s/copy", work);
    snprintf(command, sizeof command,
             "mkdir %s && cp -r %s/bitcode %s && cp %s/kilnc %s/kilnc.real && "
             "printf '#!/bin/sh\\nprintf x >>%s/starts\\nexec %s/kilnc.real \"$@\"\\n' >%s/kilnc && "
             "chmod +x %s/kilnc",
             libdir, real_libdir, libdir, real_libdir, libdir, work, libdir, libdir, libdir);
    check(shell(command) == 0, command);
    setenv("KILN_LIBDIR", libdir, 1);
}

static void touch(const char *libdir, const char *file)
{
    char command[512];
    snprintf(command, sizeof command, "touch %s/%s", libdir, file);
    check(shell(command) == 0, command);
}

// A compiler that is not what it was: nothing that it made holds any more.
static void upgraded_body(void)
{
    struct compiler_job job = job_of(COMPILER_BUILD, "", plain);
    char libdir[256];
    copy_make(libdir);
    check(compiles(&job, NULL) && !compiles(&job, NULL), "compiled and found");
    touch(libdir, "bitcode/*");
    check(compiles(&job, NULL) && !compiles(&job, NULL), "other device libraries");
    touch(libdir, "kilnc.real");
    check(compiles(&job, NULL) && !compiles(&job, NULL), "another compiler");
}

// The worker goes on with what it was started with: that is right for its process, but is not kept.
static void upgraded_meanwhile_body(void)
{
    struct compiler_job first = job_of(COMPILER_BUILD, "", plain),
                        second = job_of(COMPILER_BUILD, "-DX", plain);
    struct compiler_result result;
    char libdir[256];
    copy_make(libdir);
    result = job_expect_ok(&first);
    compiler_result_free(&result);
    check(kept_count(NULL) == 1, "kept");
    touch(libdir, "bitcode/*");
    result = job_expect_ok(&second);
    compiler_result_free(&result);
    check(kept_count(NULL) == 1, "not kept");
}

CHILD_TEST(found)
CHILD_TEST(told_apart)
CHILD_TEST(fails)
CHILD_TEST(clock)
CHILD_TEST(included)
CHILD_TEST(asked_for)
CHILD_TEST(elsewhere)
CHILD_TEST(base_header)
CHILD_TEST(eight_processes)
CHILD_TEST(environment)
CHILD_TEST(upgraded)
CHILD_TEST(upgraded_meanwhile)

static int work_make(void **state)
{
    char command[1024];
    snprintf(work, sizeof work, "/tmp/kiln-cached-XXXXXX");
    if (folder_make(state) || !mkdtemp(work) || chdir(work)) return -1;
    snprintf(
        command, sizeof command,
        "mkdir early late && printf '#!/bin/sh\\nprintf x >>%s/starts\\nexec %s/kilnc \"$@\"\\n' >kilnc && "
        "chmod +x kilnc",
        work, real_libdir);
    return shell(command) || setenv("KILN_LIBDIR", work, 1);
}

static int work_remove(void **state)
{
    char command[160];
    snprintf(command, sizeof command, "rm -rf %s", work);
    return chdir("/") || folder_remove(state) || shell(command);
}

#define IN_WORK(test) cmocka_unit_test_setup_teardown(test, work_make, work_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORK(found_test),       IN_WORK(told_apart_test),  IN_WORK(fails_test),
        IN_WORK(clock_test),       IN_WORK(included_test),    IN_WORK(asked_for_test),
        IN_WORK(elsewhere_test),   IN_WORK(base_header_test), IN_WORK(eight_processes_test),
        IN_WORK(environment_test), IN_WORK(upgraded_test),    IN_WORK(upgraded_meanwhile_test),
    };
    const char *libdir = getenv("KILN_LIBDIR"); // which each test replaces
    real_libdir = libdir ? strdup(libdir) : NULL;
    if (!real_libdir) return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
