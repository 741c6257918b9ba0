#include "kernel_name.h"

#include "device/softgpu/interpreter/fault.h"

#include <elf.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { PAGE = 4096, PAGES_MAX = 4096, SYMBOLS_MAX = 1 << 16, HEADERS_MAX = 64, DYNAMIC_MAX = 64 };

// A code object as it lies in memory, with addresses as its own.
struct image {
    uint64_t base;
    uint64_t symbols, names, symbol_count;
};

static bool read_at(const struct image *image, uint64_t offset, void *to, size_t size)
{
    return guarded_read_anywhere(to, image->base + offset, size) == size;
}

// The nearest page before the code that begins as an ELF file does.
static bool image_find(uint64_t address, struct image *image)
{
    uint64_t page = address / PAGE * PAGE;
    for (unsigned i = 0; i < PAGES_MAX && page; i++, page -= PAGE) {
        char magic[SELFMAG];
        image->base = page;
        if (!read_at(image, 0, magic, sizeof magic)) return false;
        if (!memcmp(magic, ELFMAG, SELFMAG)) return true;
    }
    return false;
}

static bool dynamic_read(struct image *image, uint64_t at)
{
    uint64_t hash = 0;
    for (unsigned i = 0; i < DYNAMIC_MAX; i++) {
        Elf64_Dyn entry;
        if (!read_at(image, at + i * sizeof entry, &entry, sizeof entry) || entry.d_tag == DT_NULL) break;
        // ROCr leaves these as they are in the file: relative to its start.
        if (entry.d_tag == DT_SYMTAB) image->symbols = entry.d_un.d_ptr;
        if (entry.d_tag == DT_STRTAB) image->names = entry.d_un.d_ptr;
        if (entry.d_tag == DT_HASH) hash = entry.d_un.d_ptr;
    }
    uint32_t counts[2]; // of buckets and of chains: one a symbol
    if (!image->symbols || !image->names || !hash || hash % 4 || !read_at(image, hash, counts, sizeof counts))
        return false;
    image->symbol_count = counts[1];
    return image->symbol_count <= SYMBOLS_MAX && image->symbols % 4 == 0;
}

static bool image_read(struct image *image)
{
    Elf64_Ehdr header;
    if (!read_at(image, 0, &header, sizeof header) || header.e_phnum > HEADERS_MAX || header.e_phoff % 4)
        return false;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        if (!read_at(image, header.e_phoff + i * sizeof segment, &segment, sizeof segment)) return false;
        if (segment.p_type == PT_DYNAMIC)
            return segment.p_vaddr % 4 == 0 && dynamic_read(image, segment.p_vaddr);
    }
    return false;
}

static bool name_read(const struct image *image, uint64_t at, char *name, size_t size)
{
    uint32_t word, skip = at % 4;
    for (size_t length = 0; length + 1 < size;) {
        if (!read_at(image, at / 4 * 4, &word, sizeof word)) return false;
        for (; skip < 4 && length + 1 < size; skip++) {
            char c = (char)(word >> 8 * skip);
            name[length++] = c;
            if (!c) return length > 1;
            if (c <= ' ' || c > '~') return false;
        }
        skip = 0;
        at = at / 4 * 4 + 4;
    }
    name[size - 1] = '\0';
    return true;
}

static bool symbol_find(const struct image *image, uint64_t address, char *name, size_t size)
{
    for (uint64_t i = 0; i < image->symbol_count; i++) {
        Elf64_Sym symbol;
        if (!read_at(image, image->symbols + i * sizeof symbol, &symbol, sizeof symbol)) return false;
        if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && image->base + symbol.st_value == address)
            return name_read(image, image->names + symbol.st_name, name, size);
    }
    return false;
}

void kernel_name(uint64_t address, char *name, size_t size)
{
    struct image image = {0};
    if (image_find(address, &image) && image_read(&image) && symbol_find(&image, address, name, size)) return;
    snprintf(name, size, "gfx1030_0x%" PRIx64, address);
}
