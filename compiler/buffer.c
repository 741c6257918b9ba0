#include "buffer.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *buffer_reserve(struct buffer *buffer, size_t count)
{
    if (buffer->failed) return NULL;
    if (count >= SIZE_MAX / 2 - buffer->size) {
        buffer->failed = true;
        return NULL;
    }
    size_t needed = buffer->size + count + 1;
    if (needed > buffer->capacity) {
        size_t capacity = buffer->capacity ? buffer->capacity : 256;
        while (capacity < needed) capacity *= 2;
        char *data = realloc(buffer->data, capacity);
        if (!data) {
            buffer->failed = true;
            return NULL;
        }
        buffer->data = data;
        buffer->capacity = capacity;
    }
    return buffer->data + buffer->size;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t count)
{
    char *end = buffer_reserve(buffer, count);
    if (!end) return;
    if (count) memcpy(end, bytes, count);
    end[count] = '\0';
    buffer->size += count;
}

void buffer_append_string(struct buffer *buffer, const char *string)
{
    buffer_append(buffer, string, strlen(string));
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *end = length < 0 ? NULL : buffer_reserve(buffer, (size_t)length);
    if (!end) return;
    va_start(arguments, format);
    vsnprintf(end, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->size += (size_t)length;
}

bool buffer_read(struct buffer *buffer, int fd, size_t size)
{
    char *next = buffer_reserve(buffer, size);
    for (size_t left = size; next && left;) {
        ssize_t got = read(fd, next, left);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        next += got;
        left -= (size_t)got;
        buffer->size += (size_t)got;
    }
    if (next) *next = '\0';
    return next;
}

void buffer_clear(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}
