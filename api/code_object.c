#include "api/code_object.h"

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct image {
    const uint8_t *bytes;
    size_t size;
    Elf64_Ehdr header;
};

static bool image_read(const struct image *image, uint64_t offset, void *to, size_t size)
{
    if (offset > image->size || size > image->size - offset) return false;
    memcpy(to, image->bytes + offset, size);
    return true;
}

static bool section_read(const struct image *image, unsigned index, Elf64_Shdr *section)
{
    if (index >= image->header.e_shnum) return false;
    uint64_t offset = (uint64_t)index * sizeof *section;
    return image->header.e_shoff <= image->size &&
           image_read(image, image->header.e_shoff + offset, section, sizeof *section);
}

// Bytes of the data symbols of one symbol table that lie in writable sections: constants do not count.
static size_t symbols_size(const struct image *image, const Elf64_Shdr *table)
{
    size_t total = 0;
    for (uint64_t i = 0; i < table->sh_size / sizeof(Elf64_Sym); i++) {
        Elf64_Sym symbol;
        Elf64_Shdr section;
        if (table->sh_offset > image->size ||
            !image_read(image, table->sh_offset + i * sizeof symbol, &symbol, sizeof symbol))
            break;
        if (ELF64_ST_TYPE(symbol.st_info) != STT_OBJECT) continue;
        if (section_read(image, symbol.st_shndx, &section) && (section.sh_flags & SHF_WRITE))
            total += symbol.st_size;
    }
    return total;
}

size_t code_object_variables_size(const void *code_object, size_t size)
{
    struct image image = {code_object, size, {0}};
    if (!image_read(&image, 0, &image.header, sizeof image.header)) return 0;
    if (image.header.e_shentsize != sizeof(Elf64_Shdr)) return 0;
    for (unsigned i = 0; i < image.header.e_shnum; i++) {
        Elf64_Shdr section;
        if (!section_read(&image, i, &section)) return 0;
        if (section.sh_type == SHT_SYMTAB) return symbols_size(&image, &section);
    }
    return 0;
}
