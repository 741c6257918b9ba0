// ROCr finds its thunk (libhsakmt.so.1) through the dynamic linker, by SONAME: when the software GPU's
// library of that SONAME is already loaded, ROCr binds to it, unmodified. So the choice of device is the
// choice of which library is opened first, and it has to be made before either is in the process.
#define _GNU_SOURCE
#include "loader.h"

#include "hardware.h"
#include "kick.h"
#include "software.h"
#include "base/config.h"
#include "base/log.h"
#include "base/thread.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

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

// Opens ROCr over whichever thunk the dynamic linker gives it.
static bool runtime_open(char *reason, size_t size)
{
    void *runtime = dlopen(RUNTIME_FILE, RTLD_NOW | RTLD_LOCAL);
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

// A thunk or runtime that somebody else brought into the process is the one that ROCr is bound to.
static bool thunk_is_free(char *reason, size_t size)
{
    char path[PATH_MAX];
    static const char *const files[] = {THUNK_FILE, RUNTIME_FILE};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        void *library = library_loaded(files[i], path, sizeof path);
        if (!library) continue;
        dlclose(library);
        snprintf(reason, size,
                 "%s is already loaded by this process, so the software GPU cannot take its place", path);
        return false;
    }
    return true;
}

static bool softgpu_open(char *reason, size_t size)
{
    char path[PATH_MAX];
    void *library = library_loaded(THUNK_FILE, path, sizeof path);
    if (library && kick_bind(library)) { // another Kiln of this process opened it
        if (runtime_open(reason, size)) return true;
        dlclose(library);
        return false;
    }
    if (library) dlclose(library);
    if (!thunk_is_free(reason, size)) return false;
    if (!software_find(config_libdir(), path, sizeof path, reason, size)) return false;
    if (!(library = dlopen(path, RTLD_NOW | RTLD_LOCAL))) {
        snprintf(reason, size, "the software GPU does not load: %s", dlerror());
        return false;
    }
    if (!kick_bind(library)) {
        snprintf(reason, size, "%s lacks what Kiln's own exports", path);
    } else if (runtime_open(reason, size)) {
        log_debug("device: software GPU, %s", path);
        return true;
    }
    kick_unbind();
    dlclose(library);
    return false;
}

bool loader_open(char *reason, size_t size)
{
    enum device_choice wanted = config_get()->device;
    char why[512] = "";
    if (wanted != DEVICE_SOFT) {
        if (hardware_present(why, sizeof why) && runtime_open(why, sizeof why)) return true;
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
