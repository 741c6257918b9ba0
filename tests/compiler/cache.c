// The cache's folder and files, with results that no compiler made.
#define _GNU_SOURCE
#include "cache_support.h"

#include "compiler/client/cache_entry.h"
#include "compiler/compile_task.h"
#include "compiler/field.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

// --- results ---

enum { RESULT_SIZE = 200000 };

static struct compiler_job numbered_job(unsigned number, char source[32])
{
    snprintf(source, 32, "program %u", number);
    return job_of(COMPILER_BUILD, "", source);
}

static struct cache_key compile_key(const struct compiler_job *job)
{
    struct buffer material = {0};
    compile_task_encode(job, "", &material);
    struct cache_key key = cache_key_of(&material, "/kilnc", "/");
    buffer_clear(&material);
    return key;
}

static struct cache_key numbered_key(unsigned number)
{
    char source[32];
    struct compiler_job job = numbered_job(number, source);
    return compile_key(&job);
}

// Each number's result differs in every part.
static struct compiler_result numbered_result(unsigned number)
{
    struct compiler_result result = {.status = COMPILER_OK, .binary_size = RESULT_SIZE};
    struct evidence evidence = {0};
    struct buffer encoded = {0};
    unsigned char *bytes = malloc(RESULT_SIZE);
    for (size_t i = 0; i < RESULT_SIZE; i++) bytes[i] = (unsigned char)(number * 31 + i);
    evidence_add(&evidence, EVIDENCE_FOLDER, "/tmp", NULL);
    evidence_encode(&evidence, &encoded);
    evidence_clear(&evidence);
    result.binary = bytes;
    result.log = malloc(32);
    snprintf(result.log, 32, "log of %u", number);
    result.evidence = encoded.data;
    result.evidence_size = encoded.size;
    return result;
}

static void keep(unsigned number)
{
    struct cache_key key = numbered_key(number);
    struct compiler_result result = numbered_result(number);
    cache_keep(&key, &result);
    compiler_result_free(&result);
}

// Whether it is found; what is found must be right.
static bool found(unsigned number)
{
    struct cache_key key = numbered_key(number);
    struct compiler_result result, right = numbered_result(number);
    bool there = cache_find(&key, &result);
    if (there) {
        check(result.status == COMPILER_OK && !strcmp(result.log, right.log), "log");
        check(result.binary_size == RESULT_SIZE && !memcmp(result.binary, right.binary, RESULT_SIZE),
              "binary");
        compiler_result_free(&result);
    }
    compiler_result_free(&right);
    return there;
}

static void kept_body(void)
{
    check(!found(1), "nothing is there at first");
    keep(1);
    check(found(1) && !found(2), "what was kept is found, and nothing else");
    check(kept_count(NULL) == 1, "one file");
}

// In a process of its own, as the program's next run.
static bool next_run_guesses(bool then_found)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        bool likely = cache_likely();
        cache_learn(then_found);
        cache_learn(!then_found); // later builds do not count
        _exit(likely);
    }
    check(waitpid(child, &status, 0) == child && WIFEXITED(status), "next run");
    return WEXITSTATUS(status) == 1;
}

static void guessed_body(void)
{
    check(!next_run_guesses(false), "the first run is expected to compile");
    check(next_run_guesses(true) && next_run_guesses(true), "then its builds are kept");
    check(next_run_guesses(false), "a wrong guess");
    check(!next_run_guesses(true) && next_run_guesses(true), "is corrected, twice");
}

static void off_body(void)
{
    setenv("KILN_CACHE", "off", 1);
    keep(1);
    check(!found(1) && kept_count(NULL) == 0, "off");
}

static void default_place_body(void)
{
    char path[128];
    struct stat status;
    unsetenv("KILN_CACHE_DIR");
    unsetenv("XDG_CACHE_HOME");
    setenv("HOME", cache_folder, 1);
    keep(1);
    snprintf(path, sizeof path, "%s/.cache/kiln", cache_folder);
    check(!stat(path, &status) && (status.st_mode & 0777) == 0700, path);
    check(found(1), "in ~/.cache/kiln");
}

static void xdg_place_body(void)
{
    char path[128];
    unsetenv("KILN_CACHE_DIR");
    setenv("XDG_CACHE_HOME", cache_folder, 1);
    keep(1);
    snprintf(path, sizeof path, "%s/kiln", cache_folder);
    check(!access(path, F_OK) && found(1), path);
}

static void failed_body(void)
{
    struct cache_key key = numbered_key(1);
    struct compiler_result result = numbered_result(1);
    result.status = COMPILER_FAILED;
    cache_keep(&key, &result);
    result.status = COMPILER_OK;
    result.evidence_size = 0; // as of a result that rests on the time of day
    cache_keep(&key, &result);
    check(kept_count(NULL) == 0, "neither is kept");
    compiler_result_free(&result);
}

// --- damage ---

static char *file_read(const char *path, size_t *size)
{
    struct stat status;
    int fd = open(path, O_RDONLY);
    check(fd >= 0 && !fstat(fd, &status), path);
    *size = (size_t)status.st_size;
    char *bytes = malloc(*size + 1);
    check(read(fd, bytes, *size) == (ssize_t)*size, path);
    close(fd);
    return bytes;
}

static void file_write(const char *path, const char *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    check(fd >= 0 && write(fd, bytes, size) == (ssize_t)size, path);
    close(fd);
}

// On the file itself: found damaged, replaced, found again.
static void damaged_file_body(void)
{
    char path[512];
    size_t size;
    keep(1);
    check(kept_count(path) == 1, "one file");
    char *bytes = file_read(path, &size);
    for (size_t step = 0; step < 4; step++) {
        bytes[size / 4 * step] ^= 1;
        file_write(path, bytes, size);
        bytes[size / 4 * step] ^= 1;
        check(!found(1), "a changed byte");
        file_write(path, bytes, size / 4 * step);
        check(!found(1), "a cut file");
        keep(1);
        check(found(1), "replaced");
    }
    free(bytes);
}

static bool decodes(const struct digest *name, const char *bytes, size_t size)
{
    struct compiler_result result;
    char *copy = malloc(size ? size : 1); // of exactly this size, for AddressSanitizer
    memcpy(copy, bytes, size);
    bool valid = cache_entry_decode(name, copy, size, &result);
    if (valid) compiler_result_free(&result);
    free(copy);
    return valid;
}

static void every_byte_counts(void **state)
{
    (void)state;
    struct digest name = digest_of("name", 4), other = digest_of("other", 5);
    struct compiler_result result = {COMPILER_OK, "log", "binary", 6, "evidence", 8};
    struct buffer entry = {0};
    cache_entry_encode(&name, &result, &entry);
    assert_true(decodes(&name, entry.data, entry.size));
    assert_false(decodes(&other, entry.data, entry.size));
    for (size_t cut = 0; cut < entry.size; cut++) assert_false(decodes(&name, entry.data, cut));
    for (size_t bit = 0; bit < entry.size * 8; bit++) {
        entry.data[bit / 8] ^= (char)(1 << bit % 8);
        assert_false(decodes(&name, entry.data, entry.size));
        entry.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    buffer_append(&entry, "", 1);
    assert_false(decodes(&name, entry.data, entry.size));
    buffer_clear(&entry);
}

// Evidence is behind the digest, but its reader trusts nothing all the same.
static void damaged_evidence(void **state)
{
    (void)state;
    struct evidence evidence = {0};
    struct buffer encoded = {0};
    evidence_add(&evidence, EVIDENCE_FOLDER, "/tmp", NULL);
    evidence_add(&evidence, EVIDENCE_NOTHING, "/no/such/file", NULL);
    evidence_add_identity(&evidence, "/proc/self/exe");
    evidence_encode(&evidence, &encoded);
    assert_true(evidence_holds(encoded.data, encoded.size));
    for (size_t size = 1; size < encoded.size; size++) {
        char *copy = malloc(size);
        memcpy(copy, encoded.data, size);
        assert_false(evidence_holds(copy, size));
        free(copy);
    }
    unsigned seed = 1;
    for (int round = 0; round < 20000; round++) {
        char *copy = malloc(encoded.size + 1);
        memcpy(copy, encoded.data, encoded.size);
        for (int change = 0; change < 3; change++) {
            seed = seed * 1664525 + 1013904223;
            copy[(seed >> 8) % encoded.size] = (char)(seed >> 24);
        }
        evidence_holds(copy, encoded.size); // no crash, no step too far
        free(copy);
    }
    evidence_clear(&evidence);
    buffer_clear(&encoded);
}

static void fleeting_evidence(void **state)
{
    (void)state;
    struct evidence evidence = {0};
    struct buffer encoded = {0};
    evidence_add_identity(&evidence, "/no/such/file");
    evidence_encode(&evidence, &encoded);
    assert_int_equal(encoded.size, 0);
    assert_false(evidence_holds(encoded.data, encoded.size));
    evidence_clear(&evidence);
}

// --- folders that are no good ---

// What the bodies print, to count lines.
static int complaints(void (*body)(void))
{
    char text[4096] = "";
    size_t size = 0;
    int output[2], status, lines = 0;
    assert_int_equal(pipe(output), 0);
    setenv("KILN_LOG", "info", 1);
    pid_t child = fork();
    if (child == 0) {
        dup2(output[1], STDERR_FILENO);
        body();
        _exit(0);
    }
    close(output[1]);
    ssize_t got;
    while ((got = read(output[0], text + size, sizeof text - size - 1)) > 0) size += (size_t)got;
    close(output[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (status) fail_msg("%s", text);
    for (const char *line = text; (line = strstr(line, "are not kept: ")); line++) lines++;
    return lines;
}

// Root, too, then obeys permissions.
static void privileges_drop(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {0};
    check(!syscall(SYS_capset, &header, none), "capset");
}

static void useless_body(void)
{
    keep(11);
    keep(12);
    check(!found(11) && !found(12), "nothing is kept");
}

static void readonly_body(void)
{
    keep(1);
    chmod(cache_folder, 0500);
    privileges_drop();
    keep(2);
    keep(3);
    check(found(1) && !found(2), "what is there is used");
}

static void missing_folder_body(void)
{
    setenv("KILN_CACHE_DIR", "/proc/kiln", 1); // where nothing can be made
    useless_body();
}

static void no_folder_body(void)
{
    unsetenv("KILN_CACHE_DIR");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    useless_body();
}

static void foreign_folder_body(void)
{
    keep(1);
    chmod(cache_folder, 0777);
    check(!found(1), "others could have written it");
    useless_body();
}

static void others_folder_body(void)
{
    keep(1);
    check(!chown(cache_folder, 12345, (gid_t)-1), "chown");
    check(!found(1), "it is somebody else's");
    useless_body();
}

static void file_limit_body(void)
{
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, 4096});
    useless_body();
}

static void large_body(void)
{
    setenv("KILN_CACHE_MB", "0", 1);
    useless_body();
}

static void bad_folders_cost_the_keeping(void **state)
{
    (void)state;
    assert_int_equal(complaints(readonly_body), 1);
    chmod(cache_folder, 0700);
    assert_int_equal(complaints(missing_folder_body), 1);
    assert_int_equal(complaints(no_folder_body), 1);
    assert_int_equal(complaints(file_limit_body), 1);
    assert_int_equal(complaints(large_body), 0);
    assert_int_equal(complaints(foreign_folder_body), 1);
    chmod(cache_folder, 0700);
    if (geteuid() == 0) assert_int_equal(complaints(others_folder_body), 1);
}

// A file system of 64 KiB on the folder, that only this process sees. Needs root, and a root file system.
static bool small_disk_mount(void)
{
    return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
           !mount("tmpfs", cache_folder, "tmpfs", 0, "size=64k,mode=0700");
}

static void full_disk_body(void)
{
    check(small_disk_mount(), "mount");
    useless_body();
    check(kept_count(NULL) == 0, "nothing unfinished is left");
}

static void a_full_disk_costs_the_keeping(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) _exit(!small_disk_mount());
    int status;
    waitpid(child, &status, 0);
    if (status) skip();
    assert_int_equal(complaints(full_disk_body), 1);
}

static void foreign_entry_body(void)
{
    char path[512], link[600];
    keep(1);
    check(kept_count(path) == 1, "one file");
    chmod(path, 0666);
    check(!found(1), "others could have written it");
    keep(1);
    check(found(1), "replaced");
    snprintf(link, sizeof link, "%s.moved", path);
    check(!rename(path, link) && !symlink(link, path), "link");
    check(!found(1), "a link leads elsewhere");
    check(!unlink(path) && !mkdir(path, 0700), "folder");
    check(!found(1), "a folder");
    keep(1); // cannot be replaced, and costs nothing else
    check(!rmdir(path) && !mkfifo(path, 0600), "pipe");
    check(!found(1), "a pipe does not block");
    if (geteuid() != 0) return;
    unlink(path);
    keep(1);
    check(!chown(path, 12345, (gid_t)-1) && !found(1), "somebody else's");
}

// --- the bound ---

static void age(const char *path, int seconds)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= seconds;
    struct timespec times[2] = {now, now};
    check(!utimensat(AT_FDCWD, path, times, 0), path);
}

// Four of the results fit into 1 MB, with a quarter free three: those used last stay.
static void evicted_body(void)
{
    char path[512];
    setenv("KILN_CACHE_MB", "1", 1);
    keep(0);
    check(kept_count(path) == 1, "one file");
    for (unsigned i = 1; i < 20; i++) {
        age(path, 1000);
        check(found(0), "what is used stays");
        keep(i);
    }
    check(found(19) && !found(1) && kept_count(NULL) <= 5, "the oldest go");
}

static void bad_ledger_body(void)
{
    char ledger[128];
    setenv("KILN_CACHE_MB", "1", 1);
    snprintf(ledger, sizeof ledger, "%s/ledger", cache_folder);
    file_write(ledger, "?", 1);
    check(!truncate(ledger, 1 << 20), "ledger"); // more than was ever kept
    keep(1);
    check(found(1), "a ledger too long is put right");
    struct stat status;
    check(!stat(ledger, &status) && status.st_size < 100, "length");
    check(!unlink(ledger) && !mkdir(ledger, 0700), "folder");
    keep(2);
    check(found(2), "a ledger that is none");
}

// --- many at once ---

static void crowd_body(void)
{
    pid_t children[8];
    setenv("KILN_CACHE_MB", "2", 1);
    for (unsigned i = 0; i < 8; i++) {
        children[i] = fork();
        if (children[i]) continue;
        for (unsigned round = 0; round < 40; round++) {
            unsigned number = (round * 7 + i) % 16;
            if (!found(number)) keep(number);
        }
        _exit(0);
    }
    for (unsigned i = 0; i < 8; i++) {
        int status;
        check(waitpid(children[i], &status, 0) == children[i] && !status, "one of the crowd");
    }
    keep(1);
    check(found(1), "kept");
    check(kept_count(NULL) <= 16, "nothing unfinished is left");
}

CHILD_TEST(kept)
CHILD_TEST(guessed)
CHILD_TEST(off)
CHILD_TEST(default_place)
CHILD_TEST(xdg_place)
CHILD_TEST(failed)
CHILD_TEST(damaged_file)
CHILD_TEST(foreign_entry)
CHILD_TEST(evicted)
CHILD_TEST(bad_ledger)
CHILD_TEST(crowd)

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(kept_test),
        IN_FOLDER(guessed_test),
        IN_FOLDER(off_test),
        IN_FOLDER(default_place_test),
        IN_FOLDER(xdg_place_test),
        IN_FOLDER(failed_test),
        IN_FOLDER(damaged_file_test),
        cmocka_unit_test(every_byte_counts),
        cmocka_unit_test(damaged_evidence),
        cmocka_unit_test(fleeting_evidence),
        IN_FOLDER(bad_folders_cost_the_keeping),
        IN_FOLDER(a_full_disk_costs_the_keeping),
        IN_FOLDER(foreign_entry_test),
        IN_FOLDER(evicted_test),
        IN_FOLDER(bad_ledger_test),
        IN_FOLDER(crowd_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
