#include "note.h"

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { MACHINE_AMDGPU = 224, NOTE_METADATA = 32 };

static bool range_inside(uint64_t offset, uint64_t length, size_t size)
{
    return offset <= size && length <= size - offset;
}

static uint64_t align4(uint64_t value) { return (value + 3) & ~(uint64_t)3; }

static const char *header_check(const void *image, size_t size, Elf64_Ehdr *header)
{
    if (size < sizeof *header) return "too small for an ELF header";
    memcpy(header, image, sizeof *header);
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return "not an ELF file";
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB)
        return "not a 64-bit little-endian ELF file";
    if (header->e_machine != MACHINE_AMDGPU) return "not for an AMD GPU";
    if (header->e_type != ET_DYN) return "not a shared object";
    if (header->e_phentsize != sizeof(Elf64_Phdr)) return "unknown size of program headers";
    if (!range_inside(header->e_phoff, (uint64_t)header->e_phnum * sizeof(Elf64_Phdr), size))
        return "program headers outside the file";
    return NULL;
}

// Looks through one segment of notes. Returns whether it holds the metadata; a malformed note ends the
// segment.
static bool segment_search(const char *next, uint64_t left, const char **description,
                           size_t *description_size)
{
    static const char owner[] = "AMDGPU";
    Elf64_Nhdr note;
    while (left >= sizeof note) {
        memcpy(&note, next, sizeof note);
        next += sizeof note;
        left -= sizeof note;
        uint64_t name = align4(note.n_namesz), body = align4(note.n_descsz);
        if (name > left || note.n_descsz > left - name) return false;
        if (note.n_type == NOTE_METADATA && note.n_namesz == sizeof owner &&
            !memcmp(next, owner, sizeof owner)) {
            *description = next + name;
            *description_size = note.n_descsz;
            return true;
        }
        if (body > left - name) return false;
        next += name + body;
        left -= name + body;
    }
    return false;
}

int note_find(const void *image, size_t size, const char **description, size_t *description_size,
              const char **why)
{
    Elf64_Ehdr header;
    *why = header_check(image, size, &header);
    if (*why) return -1;
    const char *bytes = image;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        memcpy(&segment, bytes + header.e_phoff + i * sizeof segment, sizeof segment);
        if (segment.p_type != PT_NOTE || !range_inside(segment.p_offset, segment.p_filesz, size)) continue;
        if (segment_search(bytes + segment.p_offset, segment.p_filesz, description, description_size))
            return 0;
    }
    *why = "no metadata note";
    return -1;
}
