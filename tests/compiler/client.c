// The driver's client when kilnc is missing, dies, hangs, babbles or eats memory, and when the application
// has made children and descriptors its own business. A shell script stands in for kilnc; each test is a
// process of its own, since the options are read once.
#define _GNU_SOURCE
#include "base/sanitizer.h"
#include "child.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

static const char source[] = "kernel void k(global int *p) { p[0] = 1; }\n";
static char folder[] = "/tmp/kiln-client-XXXXXX";
static const char *real_libdir;

static void kilnc_write(const char *script, mode_t mode)
{
    char path[64];
    snprintf(path, sizeof path, "%s/kilnc", folder);
    unlink(path);
    if (!script) return;
    FILE *file = fopen(path, "w");
    check(file != NULL, path);
    fputs(script, file);
    fclose(file);
    chmod(path, mode);
}

static void build_check(enum compiler_status status, const char *words)
{
    struct compiler_result result;
    struct compiler_job job = job_of(COMPILER_BUILD, "", source);
    compiler_run(&job, &result);
    if (result.status != status) fprintf(stderr, "status %d, log: %s\n", result.status, result.log);
    check(result.status == status, "status");
    check(strstr(result.log, words) != NULL, result.log);
    check((result.binary != NULL) == (status == COMPILER_OK), "binary");
    compiler_result_free(&result);
}

static void script_check(const char *script, enum compiler_status status, const char *words)
{
    kilnc_write(script, 0755);
    setenv("KILN_LIBDIR", folder, 1);
    build_check(status, words);
}

static void missing_body(void)
{
    char why[256];
    script_check(NULL, COMPILER_UNAVAILABLE, "kilnc: No such file or directory");
    check(!compiler_available(why, sizeof why) && strstr(why, "kilnc"), "compiler_available");
}

static void unrunnable_body(void)
{
    script_check("#!/no/such/interpreter\n", COMPILER_UNAVAILABLE, "cannot start");
}

static void signal_body(void)
{
    script_check("#!/bin/sh\necho last words >&2\nkill -SEGV $$\n", COMPILER_CRASHED, "gave no answer");
    build_check(COMPILER_CRASHED, "last words");
}

static void exit_body(void) { script_check("#!/bin/sh\nexit 7\n", COMPILER_CRASHED, "gave no answer"); }

static void hang_body(void)
{
    setenv("KILN_COMPILE_SECONDS", "1", 1);
    script_check("#!/bin/sh\nexec sleep 1000\n", COMPILER_CRASHED, "did not finish within 1 s");
}

static void garbage_body(void)
{
    script_check("#!/bin/sh\necho this is no answer to anything at all\nexec sleep 1000\n", COMPILER_CRASHED,
                 "not this driver's protocol");
}

static void flood_body(void)
{
    script_check("#!/bin/sh\nhead -c 5000000 /dev/zero | tr '\\0' x >&2\nexit 1\n", COMPILER_CRASHED,
                 "gave no answer");
}

// The worker reads nothing and closes its end while a large request is on its way: no SIGPIPE.
static void deaf_body(void)
{
    size_t size = 16 << 20;
    char *large = malloc(size);
    struct compiler_job job = {.action = COMPILER_BUILD,
                               .isa = ISA,
                               .options = "",
                               .defines = "",
                               .source = large,
                               .source_size = size};
    struct compiler_result result;
    memset(large, ' ', size);
    kilnc_write("#!/bin/sh\nexec 0<&- 1>&-\nexec sleep 1000\n", 0755);
    setenv("KILN_LIBDIR", folder, 1);
    compiler_run(&job, &result);
    check(result.status == COMPILER_CRASHED, "status");
    compiler_result_free(&result);
    free(large);
}

// The limits that the worker sets itself. A sanitizer's shadow rules out a limit of memory.
static void memory_body(void)
{
    setenv("KILN_LIBDIR", real_libdir, 1);
    setenv("KILN_COMPILE_MEMORY_MB", "100", 1);
    if (!SANITIZER_SHADOWS_MEMORY)
        build_check(COMPILER_CRASHED, "ran out of memory (KILN_COMPILE_MEMORY_MB)");
}

// 10^9 terms.
static void endless_body(void)
{
    struct compiler_result result;
    struct compiler_job job = job_of(COMPILER_BUILD, "",
                                     "#define T(x) x x x x x x x x x x\n#define A T(T(T(1 +)))\n"
                                     "#define B T(A) T(A) T(A)\n#define C B B B B B B B B B B\n"
                                     "#define D C C C C C C C C C C\n#define E D D D D D D D D D D\n"
                                     "kernel void k(global int *p) { p[0] = E E E E E E E E E E 1; }\n");
    setenv("KILN_LIBDIR", real_libdir, 1);
    setenv("KILN_COMPILE_SECONDS", "2", 1);
    compiler_run(&job, &result);
    check(result.status == COMPILER_CRASHED, "status");
    check(strstr(result.log, "within 2 s") != NULL, result.log);
    compiler_result_free(&result);
}

// Nested deeper than any stack: the worker's end, not ours.
static void deep_body(void)
{
    size_t size = 2 << 20;
    char *deep = malloc(size);
    struct compiler_job job = {.action = COMPILER_BUILD,
                               .isa = ISA,
                               .options = "",
                               .defines = "",
                               .source = deep,
                               .source_size = size};
    struct compiler_result result;
    for (size_t i = 0; i < size; i++) deep[i] = i % 2 ? '-' : ' ';
    size_t start = (size_t)sprintf(deep, "constant int x =");
    deep[start] = ' ';
    deep[size - 2] = '1';
    deep[size - 1] = ';';
    setenv("KILN_LIBDIR", real_libdir, 1);
    compiler_run(&job, &result);
    check(result.status == COMPILER_CRASHED, result.log);
    compiler_result_free(&result);
    free(deep);
}

static int descriptor_count(void)
{
    int count = 0;
    DIR *list = opendir("/proc/self/fd");
    check(list != NULL, "/proc/self/fd");
    while (readdir(list)) count++;
    closedir(list);
    return count;
}

static void leak_body(void)
{
    setenv("KILN_LIBDIR", real_libdir, 1);
    build_check(COMPILER_OK, "");
    int before = descriptor_count();
    build_check(COMPILER_OK, "");
    check(descriptor_count() == before, "descriptors");
    check(waitpid(-1, NULL, WNOHANG) < 0, "no child is left");
}

static void ignored_children_body(void)
{
    signal(SIGCHLD, SIG_IGN);
    setenv("KILN_LIBDIR", real_libdir, 1);
    build_check(COMPILER_OK, "");
}

static void ignored_crash_body(void)
{
    signal(SIGCHLD, SIG_IGN);
    script_check("#!/bin/sh\nexit 7\n", COMPILER_CRASHED, "gave no answer");
}

static void *reap(void *unused)
{
    struct timespec pause = {0, 1000000};
    (void)unused;
    for (;;) {
        while (waitpid(-1, NULL, 0) > 0) {
        }
        nanosleep(&pause, NULL);
    }
    return NULL;
}

// An application that waits for every child there is.
static void reaped_body(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, reap, NULL);
    setenv("KILN_LIBDIR", real_libdir, 1);
    for (int i = 0; i < 4; i++) build_check(COMPILER_OK, "");
}

static void closed_body(void)
{
    setenv("KILN_LIBDIR", real_libdir, 1);
    close(0);
    close(1);
    int saved = fcntl(2, F_DUPFD_CLOEXEC, 100);
    close(2);
    struct compiler_result result;
    struct compiler_job job = job_of(COMPILER_BUILD, "", source);
    compiler_run(&job, &result);
    dup2(saved, 2);
    check(result.status == COMPILER_OK, "status");
    compiler_result_free(&result);
}

static void removed_folder_body(void)
{
    char gone[] = "/tmp/kiln-gone-XXXXXX";
    check(mkdtemp(gone) && !chdir(gone) && !rmdir(gone), "folder");
    setenv("KILN_LIBDIR", real_libdir, 1);
    build_check(COMPILER_OK, "");
}

// What is in the application's environment is meant for the application.
static void environment_body(void)
{
    static const char *const names[] = {
        "LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH",   "LD_BIND_NOW", "GLIBC_TUNABLES", "MALLOC_PERTURB_",
        "HOME",       "TMPDIR",   "SOURCE_DATE_EPOCH", "LC_ALL",      "CPATH",          "PATH"};
    char script[512], text[65536] = "", path[64];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) setenv(names[i], "/no/such/thing", 1);
    setenv("KILN_COMPILE_SECONDS", "200", 1);
    snprintf(script, sizeof script, "#!/bin/sh\n/bin/cat /proc/$$/environ >%s/seen\nexec %s/kilnc \"$@\"\n",
             folder, real_libdir);
    script_check(script, COMPILER_OK, "");
    snprintf(path, sizeof path, "%s/seen", folder);
    FILE *file = fopen(path, "r");
    check(file != NULL, path);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    unlink(path);
    for (const char *seen = text; seen < text + size; seen += strlen(seen) + 1)
        check(strstr(seen, "/no/such/thing") == NULL, seen);
    check(memmem(text, size, "GLIBC_TUNABLES=glibc.malloc.hugetlb=1", 38) != NULL, "huge pages");
    check(memmem(text, size, "KILN_COMPILE_SECONDS=200", 24) != NULL, "Kiln's own options");
}

// An application that preloads what kilnc cannot live with.
static void preload_body(void)
{
    setenv("LD_PRELOAD", KILN_TEST_PRELOADED, 1);
    setenv("KILN_LIBDIR", real_libdir, 1);
    build_check(COMPILER_OK, "");
}

// --- where the application stands ---

// Makes root, too, subject to what folders allow.
static void powers_drop(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct powers[2];
    static const int unwanted[] = {CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH};
    check(!syscall(SYS_capget, &header, powers), "capget");
    for (int i = 0; i < 2; i++) {
        prctl(PR_CAPBSET_DROP, unwanted[i], 0, 0, 0); // for kilnc; a user has nothing to drop
        powers[0].effective &= ~(1u << unwanted[i]);
        powers[0].permitted &= ~(1u << unwanted[i]);
    }
    check(!syscall(SYS_capset, &header, powers), "capset");
}

// Builds in a folder with this mode, inside one with this mode, with a cache and without.
static void build_in(mode_t outer, mode_t inner)
{
    char above[] = "/tmp/kiln-stand-XXXXXX", below[64];
    check(mkdtemp(above) != NULL, above);
    snprintf(below, sizeof below, "%s/below", above);
    check(!mkdir(below, 0700) && !chdir(below) && !chmod(below, inner) && !chmod(above, outer), below);
    powers_drop();
    for (int i = 0; i < 2; i++) build_check(COMPILER_OK, ""); // the second from the cache, if there is one
    check(!chmod(above, 0700) && !chmod(below, 0700) && !chdir("/") && !rmdir(below) && !rmdir(above), above);
}

static void folders_body(void)
{
    static const mode_t modes[] = {0, 0111, 0333, 0444, 0555, 0700};
    setenv("KILN_LIBDIR", real_libdir, 1);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        build_in(0700, modes[i]);
        build_in(modes[i], 0700);
    }
}

static void folders_uncached_body(void)
{
    setenv("KILN_CACHE", "off", 1);
    folders_body();
}

// A header that lies there is found where the folder lets it be found, and missed where it does not.
static void folder_header_body(void)
{
    char here[] = "/tmp/kiln-stand-XXXXXX", header[64];
    static const char includer[] = "#include \"here.h\"\n";
    struct compiler_job job = job_of(COMPILER_BUILD, "", includer);
    struct compiler_result result;
    setenv("KILN_LIBDIR", real_libdir, 1);
    check(mkdtemp(here) && !chdir(here), here);
    snprintf(header, sizeof header, "%s/here.h", here);
    FILE *file = fopen(header, "w");
    check(file && fputs(source, file) >= 0 && !fclose(file), header);
    powers_drop();
    for (int closed = 0; closed < 2; closed++) {
        check(!chmod(here, closed ? 0 : 0500), here);
        compiler_run(&job, &result);
        check(result.status == (closed ? COMPILER_FAILED : COMPILER_OK), result.log);
        check(!closed || strstr(result.log, "here.h"), result.log);
        compiler_result_free(&result);
    }
    check(!chmod(here, 0700) && !unlink(header) && !chdir("/") && !rmdir(here), here);
}

// No home, one that is not there, one that cannot be written, and no place for temporary files.
static void homes_body(void)
{
    static const char *const homes[] = {NULL, "/no/such/home", "/proc", "", "here"};
    setenv("KILN_LIBDIR", real_libdir, 1);
    setenv("TMPDIR", "/no/such/folder", 1);
    unsetenv("XDG_CACHE_HOME");
    unsetenv("KILN_CACHE_DIR");
    for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
        pid_t child = fork(); // options are read once
        if (child == 0) {
            if (homes[i])
                setenv("HOME", homes[i], 1);
            else
                unsetenv("HOME");
            for (int k = 0; k < 2; k++) build_check(COMPILER_OK, "");
            _exit(0);
        }
        int status;
        check(waitpid(child, &status, 0) == child && !status, homes[i] ? homes[i] : "no HOME");
    }
}

static void *build_repeatedly(void *unused)
{
    (void)unused;
    for (int i = 0; i < 3; i++) build_check(COMPILER_OK, "");
    return NULL;
}

static void threads_body(void)
{
    pthread_t threads[4];
    setenv("KILN_LIBDIR", real_libdir, 1);
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, build_repeatedly, NULL);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
}

CHILD_TEST(missing)
CHILD_TEST(unrunnable)
CHILD_TEST(signal)
CHILD_TEST(exit)
CHILD_TEST(hang)
CHILD_TEST(garbage)
CHILD_TEST(flood)
CHILD_TEST(deaf)
CHILD_TEST(memory)
CHILD_TEST(endless)
CHILD_TEST(deep)
CHILD_TEST(leak)
CHILD_TEST(ignored_children)
CHILD_TEST(ignored_crash)
CHILD_TEST(reaped)
CHILD_TEST(closed)
CHILD_TEST(removed_folder)
CHILD_TEST(environment)
CHILD_TEST(preload)
CHILD_TEST(folders)
CHILD_TEST(folders_uncached)
CHILD_TEST(folder_header)
CHILD_TEST(homes)
CHILD_TEST(threads)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_test),
        cmocka_unit_test(unrunnable_test),
        cmocka_unit_test(signal_test),
        cmocka_unit_test(exit_test),
        cmocka_unit_test(hang_test),
        cmocka_unit_test(garbage_test),
        cmocka_unit_test(flood_test),
        cmocka_unit_test(deaf_test),
        cmocka_unit_test(memory_test),
        cmocka_unit_test(endless_test),
        cmocka_unit_test(deep_test),
        cmocka_unit_test(leak_test),
        cmocka_unit_test(ignored_children_test),
        cmocka_unit_test(ignored_crash_test),
        cmocka_unit_test(reaped_test),
        cmocka_unit_test(closed_test),
        cmocka_unit_test(removed_folder_test),
        cmocka_unit_test(environment_test),
        cmocka_unit_test(preload_test),
        cmocka_unit_test(folders_test),
        cmocka_unit_test(folders_uncached_test),
        cmocka_unit_test(folder_header_test),
        cmocka_unit_test(homes_test),
        cmocka_unit_test(threads_test),
    };
    real_libdir = getenv("KILN_LIBDIR");
    if (!real_libdir || !mkdtemp(folder)) return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    kilnc_write(NULL, 0);
    rmdir(folder);
    return failed;
}
