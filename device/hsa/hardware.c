#define _GNU_SOURCE
#include "hardware.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define KFD_DEVICE "/dev/kfd"
#define KFD_NODES  "/sys/class/kfd/kfd/topology/nodes"

// A node of the topology is a GPU when its gpu_id is not 0 (CPUs have 0).
static bool node_is_gpu(const char *node)
{
    char path[sizeof KFD_NODES + 300], id[32] = "";
    snprintf(path, sizeof path, KFD_NODES "/%s/gpu_id", node);
    FILE *file = fopen(path, "re");
    if (!file) return false;
    bool is_gpu = fgets(id, sizeof id, file) && strtoul(id, NULL, 10) != 0;
    fclose(file);
    return is_gpu;
}

static bool topology_has_gpu(char *reason, size_t size)
{
    bool found = false;
    DIR *nodes = opendir(KFD_NODES);
    if (!nodes) {
        snprintf(reason, size, KFD_NODES ": %m");
        return false;
    }
    for (struct dirent *node; !found && (node = readdir(nodes));)
        found = node->d_name[0] != '.' && node_is_gpu(node->d_name);
    closedir(nodes);
    if (!found) snprintf(reason, size, KFD_NODES " lists no GPU");
    return found;
}

// What to do about a device file that is there and may not be opened.
static void reason_permission(char *reason, size_t size)
{
    struct stat status;
    struct group group, *found = NULL;
    char buffer[4096];
    if (!stat(KFD_DEVICE, &status) && !getgrgid_r(status.st_gid, &group, buffer, sizeof buffer, &found) &&
        found)
        snprintf(reason, size,
                 KFD_DEVICE ": Permission denied; join the group that owns it: sudo usermod -aG %s $USER",
                 found->gr_name);
    else
        snprintf(reason, size, KFD_DEVICE ": Permission denied (owned by group %u, which has no name here)",
                 (unsigned)status.st_gid);
}

bool hardware_present(char *reason, size_t size)
{
    int file = open(KFD_DEVICE, O_RDWR | O_CLOEXEC);
    if (file >= 0) {
        close(file);
        return topology_has_gpu(reason, size);
    }
    if (errno == EACCES || errno == EPERM)
        reason_permission(reason, size);
    else if (errno == ENOENT)
        snprintf(reason, size, KFD_DEVICE ": %m (no AMD GPU, or its amdgpu kernel driver is not loaded)");
    else
        snprintf(reason, size, KFD_DEVICE ": %m");
    return false;
}
