#include "api/machinery/code_object.h"

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    MACHINE_AMDGPU = 224,
    ABI_AMDHSA = 64,
    KERNEL_DESCRIPTOR_SIZE = 64,
    RELOCATION_SIZE_MAX = 8, // bytes that one writes
    LOAD_SIZE_SHIFT = 32,    // what is loaded must be smaller than 1 << LOAD_SIZE_SHIFT
};

struct image {
    const uint8_t *bytes;
    size_t size;
    Elf64_Ehdr header;
    Elf64_Shdr names;  // the section of section names
    uint64_t load_end; // virtual addresses from 0 to here are loaded
};

static bool within(uint64_t offset, uint64_t size, uint64_t limit)
{
    return offset <= limit && size <= limit - offset;
}

static bool image_read(const struct image *image, uint64_t offset, void *to, size_t size)
{
    if (!within(offset, size, image->size)) return false;
    memcpy(to, image->bytes + offset, size);
    return true;
}

// Entry `index` of a table that is known to lie within the file.
static void entry_read(const struct image *image, uint64_t table, uint64_t index, void *to, size_t size)
{
    memcpy(to, image->bytes + table + index * size, size);
}

static bool is_loaded(const struct image *image, uint64_t address, uint64_t size)
{
    return within(address, size, image->load_end);
}

// ---- Header and segments ------------------------------------------------------------------------------

static bool header_sound(struct image *image)
{
    Elf64_Ehdr *header = &image->header;
    if (!image_read(image, 0, header, sizeof *header) || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return false;
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB) return false;
    if (header->e_ident[EI_VERSION] != EV_CURRENT || header->e_version != EV_CURRENT) return false;
    if (header->e_ident[EI_OSABI] != ABI_AMDHSA || header->e_machine != MACHINE_AMDGPU) return false;
    return header->e_type == ET_DYN && header->e_ehsize == sizeof *header &&
           header->e_phentsize == sizeof(Elf64_Phdr) && header->e_shentsize == sizeof(Elf64_Shdr) &&
           within(header->e_phoff, (uint64_t)header->e_phnum * sizeof(Elf64_Phdr), image->size) &&
           within(header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr), image->size) &&
           header->e_shstrndx < header->e_shnum;
}

// Segments to load: within the file, in ascending order from address 0, without overlap. The loader makes one
// block of them all.
static bool segments_sound(struct image *image)
{
    bool any = false;
    for (unsigned i = 0; i < image->header.e_phnum; i++) {
        Elf64_Phdr segment;
        entry_read(image, image->header.e_phoff, i, &segment, sizeof segment);
        if (segment.p_type != PT_LOAD) continue;
        if (!within(segment.p_offset, segment.p_filesz, image->size) || segment.p_filesz > segment.p_memsz)
            return false;
        if (any ? segment.p_vaddr < image->load_end : segment.p_vaddr) return false;
        if (!within(segment.p_vaddr, segment.p_memsz, UINT64_C(1) << LOAD_SIZE_SHIFT)) return false;
        image->load_end = segment.p_vaddr + segment.p_memsz;
        any = true;
    }
    return any;
}

// ---- Sections -----------------------------------------------------------------------------------------

static bool section_read(const struct image *image, unsigned index, Elf64_Shdr *section)
{
    if (index >= image->header.e_shnum) return false;
    entry_read(image, image->header.e_shoff, index, section, sizeof *section);
    return true;
}

static bool is_symbol_table(const Elf64_Shdr *section)
{
    return section->sh_type == SHT_SYMTAB || section->sh_type == SHT_DYNSYM;
}

// A string's start; every string table is known to end with NUL. NULL: outside of it.
static const char *string_at(const struct image *image, const Elf64_Shdr *table, uint64_t offset)
{
    return offset < table->sh_size ? (const char *)image->bytes + table->sh_offset + offset : NULL;
}

static bool strings_sound(const struct image *image, const Elf64_Shdr *section)
{
    return section->sh_size && !image->bytes[section->sh_offset + section->sh_size - 1];
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && !strcmp(text + length - end_length, end);
}

// A variable or kernel descriptor that the loader publishes.
static bool object_sound(const struct image *image, const Elf64_Sym *symbol, const char *name)
{
    Elf64_Shdr section;
    if (symbol->st_shndx == SHN_UNDEF || !section_read(image, symbol->st_shndx, &section)) return false;
    if (section.sh_type == SHT_NULL || !is_loaded(image, section.sh_addr, 1)) return false;
    if (!is_loaded(image, symbol->st_value, symbol->st_size ? symbol->st_size : 1)) return false;
    if (!ends_with(name, ".kd")) return true;
    return section.sh_type == SHT_PROGBITS && symbol->st_value >= section.sh_addr &&
           within(symbol->st_value - section.sh_addr, KERNEL_DESCRIPTOR_SIZE, section.sh_size);
}

static bool symbols_sound(const struct image *image, const Elf64_Shdr *table)
{
    Elf64_Shdr strings;
    if (!section_read(image, table->sh_link, &strings) || strings.sh_type != SHT_STRTAB) return false;
    if (!table->sh_size || table->sh_size % sizeof(Elf64_Sym)) return false;
    for (uint64_t i = 0; i < table->sh_size / sizeof(Elf64_Sym); i++) {
        Elf64_Sym symbol;
        entry_read(image, table->sh_offset, i, &symbol, sizeof symbol);
        const char *name = string_at(image, &strings, symbol.st_name);
        unsigned type = ELF64_ST_TYPE(symbol.st_info);
        if (!name || type == STT_COMMON || type >= STT_LOOS) return false; // code objects before version 3
        if (type == STT_OBJECT && !object_sound(image, &symbol, name)) return false;
    }
    return true;
}

static bool relocations_sound(const struct image *image, const Elf64_Shdr *table)
{
    Elf64_Shdr symbols;
    if (table->sh_info || table->sh_size % sizeof(Elf64_Rela)) return false; // dynamic ones only
    if (!section_read(image, table->sh_link, &symbols) || !is_symbol_table(&symbols)) return false;
    for (uint64_t i = 0; i < table->sh_size / sizeof(Elf64_Rela); i++) {
        Elf64_Rela relocation;
        Elf64_Sym symbol;
        entry_read(image, table->sh_offset, i, &relocation, sizeof relocation);
        uint64_t index = ELF64_R_SYM(relocation.r_info);
        if (index >= symbols.sh_size / sizeof symbol) return false;
        if (!is_loaded(image, relocation.r_offset, RELOCATION_SIZE_MAX)) return false;
        entry_read(image, symbols.sh_offset, index, &symbol, sizeof symbol);
        if (ELF64_ST_TYPE(symbol.st_info) != STT_NOTYPE && !is_loaded(image, symbol.st_value, 1))
            return false;
    }
    return true;
}

static bool notes_sound(const struct image *image, const Elf64_Shdr *section)
{
    uint64_t offset = 0;
    while (offset < section->sh_size) {
        Elf64_Nhdr note;
        if (!within(offset, sizeof note, section->sh_size)) return false;
        memcpy(&note, image->bytes + section->sh_offset + offset, sizeof note);
        uint64_t length =
            (((uint64_t)note.n_namesz + 3) & ~UINT64_C(3)) + (((uint64_t)note.n_descsz + 3) & ~UINT64_C(3));
        offset += sizeof note;
        if (!within(offset, length, section->sh_size)) return false;
        offset += length;
    }
    return true;
}

// The loader finds some sections by their names and takes their types for granted.
static bool name_sound(const struct image *image, const Elf64_Shdr *section, bool *has_symbols)
{
    static const struct {
        const char *name;
        uint32_t type;
    } names[] = {{".symtab", SHT_SYMTAB}, {".strtab", SHT_STRTAB}, {".note", SHT_NOTE}};
    const char *name = string_at(image, &image->names, section->sh_name);
    if (!name) return false;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i].name) && section->sh_type != names[i].type) return false;
    *has_symbols |= !strcmp(name, ".symtab");
    return true;
}

static bool extents_sound(const struct image *image)
{
    for (unsigned i = 0; i < image->header.e_shnum; i++) {
        Elf64_Shdr section;
        section_read(image, i, &section);
        if (section.sh_type == SHT_NULL || section.sh_type == SHT_NOBITS) continue;
        if (!within(section.sh_offset, section.sh_size, image->size)) return false;
        if (section.sh_type == SHT_STRTAB && !strings_sound(image, &section)) return false;
    }
    return true;
}

static bool contents_sound(const struct image *image)
{
    bool has_symbols = false;
    for (unsigned i = 1; i < image->header.e_shnum; i++) {
        Elf64_Shdr section;
        section_read(image, i, &section);
        if (section.sh_type == SHT_NULL || !name_sound(image, &section, &has_symbols)) return false;
        if (is_symbol_table(&section) && !symbols_sound(image, &section)) return false;
        if (section.sh_type == SHT_RELA && !relocations_sound(image, &section)) return false;
        if (section.sh_type == SHT_NOTE && !notes_sound(image, &section)) return false;
    }
    return has_symbols;
}

const char *code_object_check(const void *code_object, size_t size)
{
    struct image image = {.bytes = code_object, .size = size};
    if (!header_sound(&image)) return "it is no code object for AMD GPUs, or its header is damaged";
    if (!segments_sound(&image)) return "its segments are damaged";
    if (!extents_sound(&image)) return "a section lies outside of it";
    section_read(&image, image.header.e_shstrndx, &image.names);
    if (image.names.sh_type != SHT_STRTAB) return "its section names are damaged";
    return contents_sound(&image) ? NULL : "a section is damaged";
}

// ---- Variables ----------------------------------------------------------------------------------------

// Constants that hold addresses are written by the loader, and not after.
static bool is_read_only(const struct image *image, const Elf64_Sym *symbol)
{
    Elf64_Shdr section;
    if (!section_read(image, symbol->st_shndx, &section) || !(section.sh_flags & SHF_WRITE)) return true;
    for (unsigned i = 0; i < image->header.e_phnum; i++) {
        Elf64_Phdr segment;
        entry_read(image, image->header.e_phoff, i, &segment, sizeof segment);
        if (segment.p_type == PT_GNU_RELRO && symbol->st_value >= segment.p_vaddr &&
            symbol->st_value - segment.p_vaddr < segment.p_memsz)
            return true;
    }
    return false;
}

static size_t table_variables_size(const struct image *image, const Elf64_Shdr *table)
{
    size_t total = 0;
    for (uint64_t i = 0; i < table->sh_size / sizeof(Elf64_Sym); i++) {
        Elf64_Sym symbol;
        entry_read(image, table->sh_offset, i, &symbol, sizeof symbol);
        // Kernels' descriptors are objects too, but not writable.
        if (ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT && !is_read_only(image, &symbol))
            total += symbol.st_size;
    }
    return total;
}

size_t code_object_variables_size(const void *code_object, size_t size)
{
    struct image image = {.bytes = code_object, .size = size};
    size_t total = 0;
    image_read(&image, 0, &image.header, sizeof image.header);
    for (unsigned i = 0; i < image.header.e_shnum; i++) {
        Elf64_Shdr table;
        section_read(&image, i, &table);
        if (table.sh_type == SHT_SYMTAB) total += table_variables_size(&image, &table);
    }
    return total;
}
