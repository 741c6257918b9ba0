// Starting, stopping, idling, exiting, forking. Each scene runs in a process of its own, whose exit status
// counts.
#include "support.h"
#include "tests/session/idle.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct device device;

static int entries_count(const char *folder)
{
    int count = 0;
    DIR *directory = opendir(folder);
    if (!directory) return -1;
    while (readdir(directory)) count++;
    closedir(directory);
    return count;
}

static void one_kernel(void)
{
    uint32_t *word = vram_alloc(&device, 4);
    *word = 1;
    hsa_signal_t done = signal_make(1);
    launch(&device, device.queue, &(struct launch){"add_one", 1, 1, (uint64_t)word, done});
    signal_wait(done);
    assert_int_equal(*word, 2);
    CHECK(hsa.amd_memory_pool_free(word));
}

static void endless_kernel(void)
{
    uint32_t *word = vram_alloc(&device, 4);
    *word = 0;
    launch(&device, device.queue, &(struct launch){"wait_for", 100, 64, (uint64_t)word, {0}});
    work_wait();
}

static int cycles(void)
{
    int threads = 0, files = 0;
    for (int i = 0; i < 20; i++) {
        device_open(&device);
        one_kernel();
        device_close(&device);
        if (i == 1) {
            threads = entries_count("/proc/self/task");
            files = entries_count("/proc/self/fd");
        }
    }
    while (entries_count("/proc/self/task") > threads)
        usleep(1000); // one that was joined may still be listed
    assert_int_equal(entries_count("/proc/self/fd"), files);
    return 7;
}

static int shut_down_under_kernel(void)
{
    device_open(&device);
    endless_kernel();
    CHECK(hsa.shut_down());
    device_open(&device);
    one_kernel();
    return 7;
}

static int exit_under_kernel(void)
{
    device_open(&device);
    endless_kernel();
    return 7;
}

static int exit_under_barrier(void)
{
    device_open(&device);
    hsa_signal_t gate = signal_make(1);
    barrier_push(device.queue, &gate, 1, (hsa_signal_t){0});
    idle_wait();
    return 7;
}

// What a forked child inherits of threads that it does not have is no leak.
static bool inherited;
int __lsan_is_turned_off(void) { return inherited; }

// The child of an application that uses the device has no device, and may still exit in good order.
static int fork_then_exit(void)
{
    device_open(&device);
    one_kernel();
    for (int i = 0; i < 2; i++) {
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            alarm(SCENE_SECONDS / 2);
            inherited = true;
            if (i == 1) {
                void *memory;
                if (hsa.amd_memory_pool_allocate(device.vram, 64 << 20, 0, &memory) == HSA_STATUS_SUCCESS)
                    _exit(8);
            }
            exit(5);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 5);
        one_kernel();
    }
    return 7;
}

static int idle(void)
{
    device_open(&device);
    one_kernel();
    uint32_t *words = vram_alloc(&device, 1 << 20), *host = host_alloc(&device, 1 << 20);
    CHECK(hsa.memory_copy(host, words, 1 << 20));
    hsa_signal_t done = signal_make(1);
    CHECK(hsa.amd_memory_async_copy(words, device.gpu, host, device.cpu, 1 << 20, 0, NULL, done));
    signal_wait(done);
    idle_wait();
    hsa_signal_t gate = signal_make(1);
    barrier_push(device.queue, &gate, 1, (hsa_signal_t){0});
    idle_wait(); // while the barrier waits
    return 7;
}

// ---- A refused thread ---------------------------------------------------------------------------------

// Threads of the process with such a name.
static int threads_count(const char *begins)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/task");
    if (!folder) abort();
    for (const struct dirent *entry; (entry = readdir(folder));) {
        char path[300], name[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        FILE *file = fopen(path, "r");
        if (!file) continue;
        count += fgets(name, sizeof name, file) && !strncmp(name, begins, strlen(begins));
        fclose(file);
    }
    closedir(folder);
    return count;
}

static void many_groups(uint32_t *word)
{
    enum { GROUPS = 20000 };
    *word = 0;
    hsa_signal_t done = signal_make(1);
    launch(&device, device.queue, &(struct launch){"count", GROUPS, 64, (uint64_t)word, done});
    signal_wait(done);
    assert_int_equal(*word, GROUPS * 64);
}

enum { ROOM_LEFT = 6, BLOCKS_MOST = 1024 }; // MiB

// Leaves room for little: a thread's stack takes 8 MiB. What other threads have mapped just now, and will
// give back, makes the first limit too high: so what is left of it is taken.
static unsigned space_fill(void *blocks[BLOCKS_MOST])
{
    const size_t size = 1 << 20;
    struct rlimit limit;
    char text[64] = "";
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || !fgets(text, sizeof text, file) || getrlimit(RLIMIT_AS, &limit)) abort();
    fclose(file);
    limit.rlim_cur = (rlim_t)strtoul(text, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE) + ROOM_LEFT * size;
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    unsigned count = 0;
    while (count < BLOCKS_MOST) {
        blocks[count] = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (blocks[count] == MAP_FAILED) break;
        count++;
    }
    assert_in_range(count, ROOM_LEFT / 2, BLOCKS_MOST - 1);
    for (unsigned i = 0; i < ROOM_LEFT && count; i++) munmap(blocks[--count], size);
    return count;
}

// Without the threads that it wanted the device works on; it has them when there is room again.
static int refused_threads(void)
{
    enum { THREADS = 4, LAUNCHES_MAX = 1000 };
    if (SANITIZER_SHADOWS_MEMORY) return 7; // that rules out a limit
    assert_int_equal(setenv("KILN_CPUS", "4", 1), 0);
    // The thread that asks for native code begins with the name of the one that starts it, which is counted.
    assert_int_equal(setenv("KILN_TRANSLATE", "off", 1), 0);
    device_open_empty(&device);
    uint32_t *word = vram_alloc(&device, 4);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    void *blocks[BLOCKS_MOST];
    unsigned taken = space_fill(blocks);
    kernels_load(&device);
    many_groups(word);
    assert_int_equal(threads_count("kiln-cu"), 0);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    while (taken) munmap(blocks[--taken], 1 << 20);
    for (int i = 0; i < LAUNCHES_MAX && threads_count("kiln-cu") < THREADS - 1; i++) many_groups(word);
    assert_int_equal(threads_count("kiln-cu"), THREADS - 1);
    device_close(&device);
    return 7;
}

SCENE(cycles)
SCENE(shut_down_under_kernel)
SCENE(exit_under_kernel)
SCENE(exit_under_barrier)
SCENE(fork_then_exit)
SCENE(idle)
SCENE(refused_threads)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scene_cycles),
        cmocka_unit_test(scene_shut_down_under_kernel),
        cmocka_unit_test(scene_exit_under_kernel),
        cmocka_unit_test(scene_exit_under_barrier),
        cmocka_unit_test(scene_fork_then_exit),
        cmocka_unit_test(scene_idle),
        cmocka_unit_test(scene_refused_threads),
    };
    return cmocka_run_group_tests_name("softgpu lifecycle", tests, NULL, NULL);
}
