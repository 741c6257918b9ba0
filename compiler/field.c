#include "field.h"

#include <string.h>

void number_write(struct buffer *out, uint64_t number) { buffer_append(out, &number, sizeof number); }

void blob_write(struct buffer *out, const void *data, size_t size)
{
    number_write(out, size);
    buffer_append(out, data, size);
}

void string_write(struct buffer *out, const char *string) { blob_write(out, string, strlen(string) + 1); }

uint64_t number_read(struct reader *reader)
{
    uint64_t number;
    if (reader->bad || reader->left < sizeof number) {
        reader->bad = true;
        return 0;
    }
    memcpy(&number, reader->next, sizeof number);
    reader->next += sizeof number;
    reader->left -= sizeof number;
    return number;
}

struct compiler_blob blob_read(struct reader *reader)
{
    uint64_t size = number_read(reader);
    if (reader->bad || size > reader->left) {
        reader->bad = true;
        return (struct compiler_blob){"", 0};
    }
    struct compiler_blob blob = {reader->next, size};
    reader->next += size;
    reader->left -= size;
    return blob;
}

const char *string_read(struct reader *reader)
{
    struct compiler_blob blob = blob_read(reader);
    const char *string = blob.data;
    if (!reader->bad && blob.size && memchr(string, '\0', blob.size) == string + blob.size - 1) return string;
    reader->bad = true;
    return "";
}

size_t count_read(struct reader *reader, size_t least)
{
    uint64_t count = number_read(reader);
    if (count > reader->left / least) reader->bad = true;
    return reader->bad ? 0 : count;
}
