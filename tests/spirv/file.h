// A file whole, in memory: a module's words, or a text.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct file {
    uint32_t *words; // malloc'd
    size_t size;     // in bytes
};

static inline struct file file_read(const char *path)
{
    struct stat facts;
    FILE *stream = fopen(path, "rb");
    if (!stream || fstat(fileno(stream), &facts)) abort();
    struct file file = {.words = malloc((size_t)facts.st_size), .size = (size_t)facts.st_size};
    if (!file.words || fread(file.words, file.size, 1, stream) != 1) abort();
    fclose(stream);
    return file;
}
