#include "translate_task.h"

#include "field.h"

void translate_task_encode(const struct translate_task *task, struct buffer *out)
{
    blob_write(out, task->code, task->code_size);
    number_write(out, task->entry);
    number_write(out, task->mode);
    number_write(out, task->wave64);
    number_write(out, task->whole);
    string_write(out, task->level);
}

int translate_task_decode(const void *payload, size_t size, struct translate_task *out)
{
    struct reader reader = {.next = payload, .left = size};
    struct compiler_blob code = blob_read(&reader);
    uint64_t entry = number_read(&reader), mode = number_read(&reader), wave64 = number_read(&reader);
    uint64_t whole = number_read(&reader);
    const char *level = string_read(&reader);
    if (reader.bad || reader.left || entry >= code.size || mode > UINT32_MAX || wave64 > 1 || whole > 1)
        return -1;
    *out =
        (struct translate_task){code.data, code.size, (uint32_t)entry, (uint32_t)mode, wave64, whole, level};
    return 0;
}
