// Ways that ROCr, the system or the user may have things done differently; and memory shared between
// processes.
#define _GNU_SOURCE // memfd_create, O_TMPFILE
#include "support.h"
#include "tests/session/idle.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct device device;

// Kernels, dependencies, copies both ways, with pauses that let everything go to sleep.
static int exercise(void)
{
    enum { SIZE = 3 << 20 };
    device_open(&device);
    uint32_t *word = vram_alloc(&device, 4);
    uint8_t *here = host_alloc(&device, SIZE), *there = vram_alloc(&device, SIZE);
    *word = 0;
    for (unsigned i = 0; i < 5; i++) {
        hsa_signal_t ran = signal_make(1), up = signal_make(1), down = signal_make(1);
        launch(&device, device.queue, &(struct launch){"add_one", 1, 1, (uint64_t)word, ran});
        memset(here, (int)i + 1, SIZE);
        CHECK(hsa.amd_memory_async_copy(there, device.gpu, here, device.cpu, SIZE, 1, &ran, up));
        signal_wait(up);
        memset(here, 0, SIZE);
        CHECK(hsa.amd_memory_async_copy(here, device.cpu, there, device.gpu, SIZE, 1, &up, down));
        signal_wait(down);
        assert_int_equal(*word, i + 1);
        for (size_t n = 0; n < SIZE; n++) assert_int_equal(here[n], i + 1);
        usleep(i * 3000);
    }
    device_close(&device);
    return 7;
}

static int without_interrupts(void)
{
    setenv("HSA_ENABLE_INTERRUPT", "0", 1);
    return exercise();
}

static int without_sdma(void)
{
    setenv("HSA_ENABLE_SDMA", "0", 1);
    return exercise();
}

static int one_thread(void)
{
    setenv("KILN_CPUS", "1", 1);
    return exercise();
}

static int many_threads(void)
{
    setenv("KILN_CPUS", "7", 1);
    int result = exercise();
    device_open(&device);
    assert_int_equal(compute_units(device.gpu), 7);
    device_close(&device);
    return result;
}

// As containers do.
static void userfaultfd_forbid(void)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_userfaultfd, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
    assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
    assert_int_equal(syscall(SYS_userfaultfd, 0), -1);
}

static int without_userfaultfd(void)
{
    userfaultfd_forbid();
    int result = exercise();
    device_open(&device);
    idle_wait();
    return result;
}

static void fault_seen(int *seen, uint64_t address) { *seen = address >> 12 == 0x591234567 ? 1 : -1; }

static hsa_status_t system_event(const hsa_amd_event_t *event, void *data)
{
    if (event->event_type == HSA_AMD_GPU_MEMORY_FAULT_EVENT)
        fault_seen(data, event->memory_fault.virtual_address);
    return HSA_STATUS_SUCCESS;
}

// A copy has no queue whose error it could be: it is the process's, as on a GPU.
static int copy_to_nowhere(void)
{
    int seen = 0;
    device_open(&device);
    CHECK(hsa.amd_register_system_event_handler(system_event, &seen));
    void *here = host_alloc(&device, 4096);
    hsa_signal_t done = signal_make(1);
    CHECK(
        hsa.amd_memory_async_copy((void *)0x591234567000, device.gpu, here, device.cpu, 4096, 0, NULL, done));
    while (!__atomic_load_n(&seen, __ATOMIC_ACQUIRE)) usleep(1000);
    assert_int_equal(seen, 1);
    assert_int_equal(hsa.signal_load_scacquire(done), 1);
    return 7;
}

static int to_importer[2], to_exporter[2];

enum { SHARED_SIZE = 64 << 10 };

static void pipe_write(int pipe, const void *data, size_t size)
{
    assert_int_equal(write(pipe, data, size), size);
}

static void pipe_read(int pipe, void *data, size_t size) { assert_int_equal(read(pipe, data, size), size); }

// A handle that names a file of this process is refused, with the inode right, unless the file is the
// device's. What ROCr keeps in the handle is as in a good one.
static void file_is_refused(const hsa_amd_ipc_memory_t *good, int file)
{
    hsa_amd_ipc_memory_t handle = *good;
    struct stat facts;
    void *memory;
    if (file < 0) {
        fail();
        return;
    }
    if (ftruncate(file, SHARED_SIZE) != 0) assert_int_equal(errno, EINVAL); // a pipe
    assert_int_equal(fstat(file, &facts), 0);
    handle.handle[1] = (uint32_t)getpid();
    handle.handle[2] = (uint32_t)file;
    handle.handle[4] = (uint32_t)facts.st_ino;
    handle.handle[5] = (uint32_t)(facts.st_ino >> 32);
    assert_int_not_equal(hsa.amd_ipc_memory_attach(&handle, SHARED_SIZE, 1, &device.gpu, &memory),
                         HSA_STATUS_SUCCESS);
    close(file);
}

static void other_files_are_refused(const hsa_amd_ipc_memory_t *good)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    file_is_refused(good, ends[0]);
    file_is_refused(good, open("/tmp", O_TMPFILE | O_RDWR, 0600));
    file_is_refused(good, memfd_create("kiln-vram", 0));
    int sealed = memfd_create("other", MFD_ALLOW_SEALING);
    assert_int_equal(ftruncate(sealed, SHARED_SIZE), 0);
    assert_int_equal(fcntl(sealed, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW), 0);
    file_is_refused(good, sealed);
}

static void import_memory(void)
{
    hsa_amd_ipc_memory_t handle;
    uint32_t *memory;
    libraries_open();
    device_open(&device);
    pipe_read(to_importer[0], &handle, sizeof handle);
    CHECK(hsa.amd_ipc_memory_attach(&handle, SHARED_SIZE, 1, &device.gpu, (void **)&memory));
    for (uint32_t i = 0; i < SHARED_SIZE / 4; i++) assert_int_equal(memory[i], i * 5);
    hsa_signal_t done = signal_make(1);
    launch(&device, device.queue,
           &(struct launch){"fill_ids", SHARED_SIZE / 4 / 64, 64, (uint64_t)memory, done});
    signal_wait(done);
    CHECK(hsa.amd_ipc_memory_detach(memory));
    assert_int_not_equal(
        hsa.amd_ipc_memory_attach(&(hsa_amd_ipc_memory_t){0}, SHARED_SIZE, 1, &device.gpu, (void **)&memory),
        HSA_STATUS_SUCCESS);
    other_files_are_refused(&handle);
    pipe_write(to_exporter[1], "", 1);
    device_close(&device);
}

static int shared_memory(void)
{
    char byte;
    assert_int_equal(pipe(to_importer), 0);
    assert_int_equal(pipe(to_exporter), 0);
    if (fork() == 0) {
        alarm(SCENE_SECONDS / 2);
        import_memory();
        exit(0);
    }
    device_open(&device);
    hsa_amd_ipc_memory_t handle;
    uint32_t *beside = vram_alloc(&device, SHARED_SIZE), *memory = vram_alloc(&device, SHARED_SIZE);
    for (uint32_t i = 0; i < SHARED_SIZE / 4; i++) {
        memory[i] = i * 5;
        beside[i] = i * 7;
    }
    CHECK(hsa.amd_ipc_memory_create(memory, SHARED_SIZE, &handle));
    pipe_write(to_importer[1], &handle, sizeof handle);
    pipe_read(to_exporter[0], &byte, 1);
    for (uint32_t i = 0; i < SHARED_SIZE / 4; i++) {
        assert_int_equal(memory[i], 3 * i + 1);
        assert_int_equal(beside[i], i * 7);
    }
    device_close(&device);
    return 7;
}

SCENE(without_interrupts)
SCENE(without_sdma)
SCENE(one_thread)
SCENE(many_threads)
SCENE(without_userfaultfd)
SCENE(copy_to_nowhere)

// The exporter serves its pages through userfaultfd.
static void scene_shared_memory(void **state)
{
    (void)state;
    int file = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
    if (file < 0) skip();
    close(file);
    assert_int_equal(scene_run(shared_memory), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scene_without_interrupts),  cmocka_unit_test(scene_without_sdma),
        cmocka_unit_test(scene_one_thread),          cmocka_unit_test(scene_many_threads),
        cmocka_unit_test(scene_without_userfaultfd), cmocka_unit_test(scene_copy_to_nowhere),
        cmocka_unit_test(scene_shared_memory),
    };
    return cmocka_run_group_tests_name("softgpu modes", tests, NULL, NULL);
}
