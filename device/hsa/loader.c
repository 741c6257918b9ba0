// ROCr finds its thunk (libhsakmt.so.1) through the dynamic linker, by SONAME: when the software GPU's
// library of that SONAME is already loaded, ROCr binds to it, unmodified. So the choice of device is the
// choice of which library is opened first, and it has to be made before either is in the process.
#define _GNU_SOURCE
#include "loader.h"

#include "base/config.h"
#include "base/log.h"
#include "base/thread.h"
#include "hardware.h"
#include "kick.h"
#include "software.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define RUNTIME_FILE "libhsa-runtime64.so.1"

struct hsa_functions hsa;

static bool functions_resolve(void *runtime, char *reason, size_t size)
{
#define HSA_FUNCTION(member, name)                                                                           \
    if (!(hsa.member = (__typeof__(name) *)dlsym(runtime, #name))) {                                         \
        snprintf(reason, size, RUNTIME_FILE " lacks " #name " (Kiln needs ROCr 5.2 or newer)");              \
        return false;                                                                                        \
    }
#include "functions.def"
#undef HSA_FUNCTION
    return true;
}

static hsa_status_t agent_count_gpu(hsa_agent_t agent, void *argument)
{
    hsa_device_type_t type;
    hsa_status_t status = hsa.agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    if (status == HSA_STATUS_SUCCESS && type == HSA_DEVICE_TYPE_GPU) ++*(unsigned *)argument;
    return status;
}

// ROCr's threads are none of the application's either.
static hsa_status_t runtime_init(void)
{
    sigset_t before;
    thread_signals_block(&before);
    hsa_status_t status = hsa.init();
    thread_signals_restore(&before);
    return status;
}

// ROCr asserts that it gets the address space it asks for, which ends the process: so it is not started where
// there is little. It starts with 1.2 GB and asks for the rest until a first kernel has run.
static bool address_space_suffices(char *reason, size_t size)
{
    enum { NEEDED_MB = 1536 };
    struct rlimit limit;
    char statm[64] = ""; // of this process, in pages
    if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY) return true;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file) {
        if (!fgets(statm, sizeof statm, file)) statm[0] = '\0';
        fclose(file);
    }
    unsigned long long used = strtoull(statm, NULL, 10) * (unsigned long long)sysconf(_SC_PAGESIZE);
    if (limit.rlim_cur >= used + ((unsigned long long)NEEDED_MB << 20)) return true;
    snprintf(reason, size,
             "the HSA runtime needs %d MB of address space, and the limit (ulimit -v) is %llu MB of which "
             "%llu are used",
             NEEDED_MB, (unsigned long long)limit.rlim_cur >> 20, used >> 20);
    return false;
}

// Opens ROCr in a namespace of the dynamic linker, over whichever thunk it gives it there.
static bool runtime_open(Lmid_t names, char *reason, size_t size)
{
    if (!address_space_suffices(reason, size)) return false;
    void *runtime = dlmopen(names, RUNTIME_FILE, RTLD_NOW | RTLD_LOCAL);
    if (!runtime) {
        snprintf(reason, size, "the HSA runtime does not load: %s (Debian package libhsa-runtime64-1)",
                 dlerror());
        return false;
    }
    if (!functions_resolve(runtime, reason, size)) {
        dlclose(runtime);
        return false;
    }
    hsa_status_t status = runtime_init();
    unsigned count = 0;
    if (status == HSA_STATUS_SUCCESS) {
        status = hsa.iterate_agents(agent_count_gpu, &count);
        if (status == HSA_STATUS_SUCCESS && count > 0) return true;
        hsa.shut_down();
    }
    const char *text = "no GPU agent";
    if (status != HSA_STATUS_SUCCESS && hsa.status_string(status, &text) != HSA_STATUS_SUCCESS)
        text = "unknown error";
    snprintf(reason, size, "hsa_init of " RUNTIME_FILE " found no device: %s (0x%x)", text, (unsigned)status);
    dlclose(runtime);
    return false;
}

// Whether a library is in the process already, and from which file.
static void *library_loaded(const char *name, char *path, size_t size)
{
    void *library = dlopen(name, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
    if (!library) return NULL;
    struct link_map *map;
    bool known = !dlinfo(library, RTLD_DI_LINKMAP, &map);
    snprintf(path, size, "%s", known ? map->l_name : name);
    return library;
}

// Whether ROCr would be bound to a thunk that somebody else brought into the process.
static bool thunk_is_taken(void)
{
    char path[PATH_MAX];
    static const char *const files[] = {THUNK_FILE, RUNTIME_FILE};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        void *library = library_loaded(files[i], path, sizeof path);
        if (!library) continue;
        dlclose(library);
        log_info("%s is loaded already: the software GPU gets a ROCr of its own", path);
        return true;
    }
    return false;
}

// Where the process has the real thunk already (it uses HIP, say), the software GPU and a second ROCr live in
// a namespace of the dynamic linker's own. It costs a second libc and libstdc++ (1.2 MB). RTLD_DEEPBIND would
// not do: ROCr's dependency is found by its SONAME among what is loaded, and sanitizers end a process that
// asks for it. Libraries with sanitizers cannot be loaded so: these builds have no device then.
static bool softgpu_open_in(Lmid_t names, char *path, char *reason, size_t size)
{
    void *library = dlmopen(names, path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(reason, size, "the software GPU does not load: %s", dlerror());
        return false;
    }
    if (!kick_bind(library)) {
        snprintf(reason, size, "%s lacks what Kiln's own exports", path);
    } else if (dlinfo(library, RTLD_DI_LMID, &names)) {
        snprintf(reason, size, "%s: %s", path, dlerror());
    } else if (runtime_open(names, reason, size)) {
        log_debug("device: software GPU, %s", path);
        return true;
    }
    kick_unbind();
    dlclose(library);
    return false;
}

static bool softgpu_open(char *reason, size_t size)
{
    char path[PATH_MAX];
    void *library = library_loaded(THUNK_FILE, path, sizeof path);
    if (library && kick_bind(library)) { // another Kiln of this process opened it, or kiln-run showed it
        if (runtime_open(LM_ID_BASE, reason, size)) return true;
        dlclose(library);
        return false;
    }
    if (library) dlclose(library);
    return software_find(config_libdir(), path, sizeof path, reason, size) &&
           softgpu_open_in(thunk_is_taken() ? LM_ID_NEWLM : LM_ID_BASE, path, reason, size);
}

bool loader_open(char *reason, size_t size)
{
    enum device_choice wanted = config_get()->device;
    char why[512] = "";
    if (wanted != DEVICE_SOFT) {
        if (hardware_present(why, sizeof why) && runtime_open(LM_ID_BASE, why, sizeof why)) return true;
        log_info("no AMD GPU: %s", why);
        if (wanted == DEVICE_GPU) {
            snprintf(reason, size, "no AMD GPU: %s", why);
            return false;
        }
    }
    char soft_why[512];
    if (softgpu_open(soft_why, sizeof soft_why)) return true;
    if (*why)
        snprintf(reason, size, "no AMD GPU: %s; no software GPU: %s", why, soft_why);
    else
        snprintf(reason, size, "no software GPU: %s", soft_why);
    return false;
}
