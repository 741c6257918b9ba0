#include "translate.h"

#include "device/softgpu/translator/translator.h"
#include "installation.h"
#include "installed.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The file with the instructions' meanings. Returns 0, or -1 and a line in `log`.
static int semantics_find(const char *level, char *path, size_t size, struct buffer *log)
{
    char name[64];
    bool plain =
        strspn(level, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(level) && strlen(level) < 32;
    snprintf(name, sizeof name, "softgpu/%s/semantics.bc", plain ? level : "");
    if (plain) return installed_file(name, path, size, log);
    buffer_printf(log, "error: no level of CPUs\n");
    return -1;
}

static void done(struct translation *translation, struct evidence *evidence, struct compiler_result *result,
                 struct buffer *log)
{
    struct buffer encoded = {0};
    buffer_printf(log, "%u instructions, %u of them interpreted%s%s\n", translation->instructions,
                  translation->untranslated, translation->untranslated ? ": " : "", translation->kinds);
    installation_tell(evidence);
    evidence_encode(evidence, &encoded);
    *result = (struct compiler_result){
        .status = COMPILER_OK,
        .binary = translation->object,
        .binary_size = translation->size,
        .evidence = encoded.data,
        .evidence_size = encoded.size,
    };
}

void translate_run(const struct translate_task *task, struct compiler_result *result)
{
    char semantics[PATH_MAX];
    struct buffer log = {0};
    struct evidence evidence = {0};
    struct translation translation = {0};
    *result = (struct compiler_result){.status = COMPILER_FAILED};
    if (!semantics_find(task->level, semantics, sizeof semantics, &log)) {
        evidence_add_identity(&evidence, semantics);
        struct translation_request request = {
            .code = task->code,
            .size = task->code_size,
            .entry = task->entry,
            .wave64 = task->wave64,
            .whole = task->whole,
            .mode = task->mode,
            .semantics = semantics,
        };
        if (translator_run(&request, &translation))
            done(&translation, &evidence, result, &log);
        else
            buffer_printf(&log, "%s\n", translation.error);
    }
    buffer_append(&log, "", 0);
    result->log = log.data;
    evidence_clear(&evidence);
}
