// A growing array of bytes. One failed allocation marks the buffer; later appends do nothing, so callers
// check once.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct buffer {
    char *data; // NUL-terminated once anything was appended; the NUL is not counted
    size_t size, capacity;
    bool failed; // out of memory: the contents are incomplete
};

void buffer_append(struct buffer *, const void *bytes, size_t count);
void buffer_append_string(struct buffer *, const char *);
void buffer_printf(struct buffer *, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Makes room for `count` more bytes and returns where they go; the caller adds to size what it wrote. NULL:
// out of memory.
void *buffer_reserve(struct buffer *, size_t count);

// Appends the next `size` bytes of a file. Returns false where it has fewer, or reading or memory fails.
bool buffer_read(struct buffer *, int fd, size_t size);

// Frees the contents; the buffer is empty and usable again.
void buffer_clear(struct buffer *);

#ifdef __cplusplus
}
#endif
