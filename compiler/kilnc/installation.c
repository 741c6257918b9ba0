#define _GNU_SOURCE
#include "installation.h"

#include "target.h"

#include <limits.h>
#include <link.h>
#include <unistd.h>

static struct evidence installation;

static int object_note(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    // The program itself has no name here, and the kernel's page is no file.
    if (info->dlpi_name[0] == '/') evidence_add_identity(&installation, info->dlpi_name);
    return 0;
}

// Through the link, which leads to what was started even where another file has taken its name since.
static void program_note(void)
{
    static const char self[] = "/proc/self/exe";
    char path[PATH_MAX];
    struct digest identity;
    ssize_t length = readlink(self, path, sizeof path - 1);
    if (length < 0 || evidence_identity(self, &identity)) {
        installation.fleeting = true;
        return;
    }
    path[length] = '\0';
    evidence_add(&installation, EVIDENCE_IDENTITY, path, &identity);
}

static void library_note(void)
{
    char path[PATH_MAX];
    struct buffer log = {0};
    if (!target_library(path, sizeof path, &log)) evidence_add_identity(&installation, path);
    buffer_clear(&log); // a job that needs the library will say so
}

void installation_note(void)
{
    if (installation.count) return;
    program_note();
    dl_iterate_phdr(object_note, NULL);
    library_note();
}

void installation_tell(struct evidence *evidence)
{
    installation_note();
    buffer_append(&evidence->records, installation.records.data, installation.records.size);
    evidence->count += installation.count;
    evidence->fleeting |= installation.fleeting || installation.records.failed;
}
