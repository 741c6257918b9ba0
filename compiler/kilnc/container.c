#include "container.h"

#include <stdlib.h>
#include <string.h>

enum { CONTAINER_VERSION = 1, CONTAINER_LIBRARY = 1, CONTAINER_LINK_OPTIONS = 2 };

static const char container_magic[8] = "KILNobj";

struct container_header {
    char magic[8];
    uint32_t version, flags;
    char isa[112]; // NUL-terminated
    uint64_t count;
};

struct entry_header {
    uint32_t math, optimisation;
    uint64_t size; // of the bitcode that follows, padded to 8 bytes
};

static size_t padding(size_t size) { return -size & 7; }

void container_write(const char *isa, const struct object *objects, size_t count, bool library,
                     bool link_options, struct buffer *out)
{
    static const char zeros[8];
    struct container_header header = {.version = CONTAINER_VERSION, .count = count};
    memcpy(header.magic, container_magic, sizeof header.magic);
    header.flags = (library ? CONTAINER_LIBRARY : 0) | (link_options ? CONTAINER_LINK_OPTIONS : 0);
    strncpy(header.isa, isa, sizeof header.isa - 1);
    buffer_append(out, &header, sizeof header);
    for (size_t i = 0; i < count; i++) {
        const struct object *object = &objects[i];
        struct entry_header entry = {object->math, object->optimisation, object->bitcode.size};
        buffer_append(out, &entry, sizeof entry);
        buffer_append(out, object->bitcode.data, object->bitcode.size);
        buffer_append(out, zeros, padding(object->bitcode.size));
    }
}

static int refuse(struct buffer *log, const char *why)
{
    buffer_printf(log, "error: an input of the linker is no object of this compiler: %s\n", why);
    return -1;
}

static void object_add(struct object_list *list, const struct object *object)
{
    struct object *objects = realloc(list->objects, (list->count + 1) * sizeof *objects);
    if (!objects) abort(); // the driver reports it
    list->objects = objects;
    list->objects[list->count++] = *object;
}

static int entries_read(const char *next, size_t left, uint64_t count, struct object_list *list,
                        struct buffer *log)
{
    for (uint64_t i = 0; i < count; i++) {
        struct entry_header entry;
        if (left < sizeof entry) return refuse(log, "truncated");
        memcpy(&entry, next, sizeof entry);
        next += sizeof entry;
        left -= sizeof entry;
        if (entry.size > left || padding(entry.size) > left - entry.size) return refuse(log, "truncated");
        if (entry.optimisation > 3) return refuse(log, "malformed");
        object_add(list, &(struct object){{next, entry.size}, entry.math, entry.optimisation});
        next += entry.size + padding(entry.size);
        left -= entry.size + padding(entry.size);
    }
    return left ? refuse(log, "bytes after its end") : 0;
}

int container_read(const struct compiler_blob *blob, const char *isa, struct object_list *list,
                   struct buffer *log)
{
    struct container_header header;
    if (blob->size < sizeof header) return refuse(log, "too small");
    memcpy(&header, blob->data, sizeof header);
    if (memcmp(header.magic, container_magic, sizeof header.magic) != 0) return refuse(log, "unknown format");
    if (header.version != CONTAINER_VERSION) return refuse(log, "another version's");
    if (strnlen(header.isa, sizeof header.isa) == sizeof header.isa) return refuse(log, "malformed");
    if (strcmp(header.isa, isa) != 0) {
        buffer_printf(log, "error: an input of the linker is for %s, this device is %s\n", header.isa, isa);
        return -1;
    }
    if ((header.flags & CONTAINER_LIBRARY) && !(header.flags & CONTAINER_LINK_OPTIONS))
        list->link_options_enabled = false;
    return entries_read((const char *)blob->data + sizeof header, blob->size - sizeof header, header.count,
                        list, log);
}

void object_list_free(struct object_list *list)
{
    free(list->objects);
    *list = (struct object_list){0};
}
