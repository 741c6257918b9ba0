// What depends on the process: which device it gets by KILN_DEVICE and why it gets none, exit, and fork. Each
// case runs in a child, since a process looks for devices once.
#include "base/sanitizer.h"
#include "device/device.h"
#include "sanitizers.h"
#include "tests/session/idle.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct device *device_first(void)
{
    struct device *const *devices;
    unsigned count;
    return devices_find(&devices, &count) == CL_SUCCESS && count ? devices[0] : NULL;
}

enum { CHILD_SECONDS = 120 }; // what ends a child that hangs

// Runs `body` in a child, and returns its exit status (-1: killed). What it prints to standard
// output is in `text`.
static int child_run(void (*body)(void), char *text, size_t size)
{
    int ends[2], status;
    size_t used = 0;
    assert_int_equal(pipe(ends), 0);
    fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        alarm(CHILD_SECONDS);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        body();
        exit(0);
    }
    close(ends[1]);
    for (ssize_t got; used + 1 < size && (got = read(ends[0], text + used, size - used - 1)) > 0;)
        used += (size_t)got;
    text[used] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void print_device(void)
{
    struct device *device = device_first();
    printf("%s", device ? device_info(device)->name : device_missing_reason());
}

static void with_soft(void)
{
    setenv("KILN_DEVICE", "soft", 1);
    print_device();
}

static void with_auto(void)
{
    setenv("KILN_DEVICE", "auto", 1);
    print_device();
}

static void with_gpu(void)
{
    setenv("KILN_DEVICE", "gpu", 1);
    print_device();
}

// The driver and the software GPU read this both: one of them says that it is wrong.
static void with_nonsense(void)
{
    dup2(STDOUT_FILENO, STDERR_FILENO);
    setenv("KILN_DEVICE", "soft", 1);
    setenv("KILN_CPUS", "abc", 1);
    print_device();
}

static void with_empty_folder(void)
{
    setenv("KILN_DEVICE", "soft", 1);
    setenv("KILN_LIBDIR", "/nonexistent", 1);
    print_device();
}

static void the_software_gpu_is_found(void **state)
{
    (void)state;
    char text[2048];
    assert_int_equal(child_run(with_soft, text, sizeof text), 0);
    assert_string_equal(text, "gfx1030");
    assert_int_equal(child_run(with_nonsense, text, sizeof text), 0);
    assert_string_equal(text, "kiln: KILN_CPUS=abc is no number from 0 to 1024; 0 is taken\ngfx1030");
    if (access("/dev/kfd", F_OK)) {
        assert_int_equal(child_run(with_auto, text, sizeof text), 0);
        assert_string_equal(text, "gfx1030");
    }
}

// A process that has ROCr already, over the kernel driver's thunk.
static void with_rocr_loaded(void)
{
    setenv("KILN_DEVICE", "soft", 1);
    if (!dlopen("libhsa-runtime64.so.1", RTLD_NOW)) exit(1);
    print_device();
}

static void the_reason_is_one_line(const char *text, const char *part)
{
    assert_null(strchr(text, '\n'));
    if (!strstr(text, part)) fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static void reasons_for_no_device(void **state)
{
    (void)state;
    char text[2048];
    assert_int_equal(child_run(with_empty_folder, text, sizeof text), 0);
    the_reason_is_one_line(text, "/nonexistent/softgpu");
    the_reason_is_one_line(text, "No such file or directory");
    if (!access("/dev/kfd", F_OK)) return;
    assert_int_equal(child_run(with_gpu, text, sizeof text), 0);
    the_reason_is_one_line(text, "/dev/kfd: No such file or directory");
}

// A sanitizer's build has no place in a namespace of its own, and says so.
static void beside_a_loaded_rocr(void **state)
{
    (void)state;
    char text[2048];
    assert_int_equal(child_run(with_rocr_loaded, text, sizeof text), 0);
#if SANITIZER_BUILD
    the_reason_is_one_line(text, "the software GPU does not load");
#else
    assert_string_equal(text, "gfx1030");
#endif
}

static void block(void *argument)
{
    (void)argument;
    for (;;) pause();
}

// A process may end with commands under way, and its late destructors may still call us.
static struct device_queue *left_queue;
static struct device_signal *left_signal;

static void late_calls(void)
{
    device_queue_destroy(left_queue);
    if (device_signal_wait(left_signal) != CL_DEVICE_NOT_AVAILABLE) _exit(3);
    device_signal_release(left_signal);
}

static void exit_with_work_left(void)
{
    setenv("KILN_DEVICE", "soft", 1);
    atexit(late_calls); // before the device layer's own
    struct device *device = device_first();
    struct device_queue_options options = {0};
    struct device_signal *gate;
    if (!device || device_queue_create(device, &options, &left_queue) || device_signal_create(&gate) ||
        device_signal_create(&left_signal))
        exit(1);
    if (device_queue_barrier(left_queue, &(struct device_command){&gate, 1, left_signal, false}) ||
        device_queue_host(left_queue, &(struct device_command){0}, block, NULL))
        exit(2);
}

// A kernel that would take minutes.
static void exit_with_kernel_running(void)
{
    static char code[1 << 20];
    uint8_t kernarg[16] = {0};
    static struct device_program *program; // never given back
    static struct device_memory *memory;
    struct device_code kernel;
    setenv("KILN_DEVICE", "soft", 1);
    struct device *device = device_first();
    FILE *file = fopen(KERNELS, "rb");
    size_t size = file ? fread(code, 1, sizeof code, file) : 0;
    if (file) fclose(file);
    if (!device || device_queue_create(device, NULL, &left_queue) ||
        device_program_create(device, code, size, &program, NULL) ||
        device_program_kernel(program, "slow.kd", &kernel) || kernel.kernarg_size != 12 ||
        device_memory_create(&device, 1, 256, DEVICE_MEMORY_LOCAL, NULL, &memory))
        exit(1);
    void *address = device_memory_address(memory);
    memcpy(kernarg, &address, sizeof address);
    memset(kernarg + sizeof address, 0xff, 4);
    struct device_dispatch dispatch = {&kernel, kernarg, 1, {64, 1, 1}, {64, 1, 1}, 0};
    if (device_queue_dispatch(left_queue, &(struct device_command){0}, &dispatch)) exit(2);
    work_wait();
}

static void exit_does_not_wait(void **state)
{
    (void)state;
    char text[256];
    assert_int_equal(child_run(exit_with_kernel_running, text, sizeof text), 0);
    assert_int_equal(child_run(exit_with_work_left, text, sizeof text), 0);
}

static int grandchild_status(int use)
{
    int status;
    pid_t child = fork();
    if (!child) {
        struct device_signal *signal;
        alarm(CHILD_SECONDS / 2);
        sanitizers_leaks_ignored = true;
        exit(use && device_signal_create(&signal) != CL_DEVICE_NOT_AVAILABLE);
    }
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void fork_after_use(void)
{
    setenv("KILN_DEVICE", "soft", 1);
    struct device *device = device_first();
    struct device_queue_options options = {0};
    struct device_queue *queue;
    if (!device || device_queue_create(device, &options, &queue)) exit(1);
    if (device_queue_barrier(queue, &(struct device_command){0})) exit(2);
    if (grandchild_status(0)) exit(3);
    if (grandchild_status(1)) exit(4);
    if (device_queue_finish(queue)) exit(5); // the parent goes on
    device_queue_destroy(queue);
}

static void forked_children_end(void **state)
{
    (void)state;
    char text[256];
    assert_int_equal(child_run(fork_after_use, text, sizeof text), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons_for_no_device),     cmocka_unit_test(beside_a_loaded_rocr),
        cmocka_unit_test(the_software_gpu_is_found), cmocka_unit_test(exit_does_not_wait),
        cmocka_unit_test(forked_children_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
