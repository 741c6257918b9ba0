#define _GNU_SOURCE // MAP_ANONYMOUS
#include "loader.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    PAGE = 4096,
    PLT_BYTES = 8, // of an entry: jmp *address(%rip), padded
    SECTIONS_MAX = 4096,
    SYMBOLS_MAX = 1 << 16,
    SIZE_MAX_ALL = 64 << 20, // bytes of memory; an object's code is a hundredth of it
};

// An object and where its parts go. Memory is, from its start on: sections with instructions, a procedure
// linkage table, and from the next page on the other sections, a global offset table; each table has an entry
// a symbol.
struct object {
    const unsigned char *bytes;
    size_t size;
    Elf64_Shdr *sections;
    uint64_t *place; // of each section that goes to memory, from its start; PLACE_NONE
    size_t section_count;
    Elf64_Sym *symbols;
    size_t symbol_count;
    const char *names; // of symbols; the last byte is a NUL
    size_t names_size;
    loader_resolve_fn *resolve;
    char *memory;
    uint64_t plt, got, executable, total;
};

static const uint64_t place_none = UINT64_MAX;

static bool within(uint64_t offset, uint64_t length, uint64_t size)
{
    return offset <= size && length <= size - offset;
}

static uint64_t round_up(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

// --- reading ---

static const char *header_read(struct object *o, Elf64_Ehdr *header)
{
    if (o->size < sizeof *header) return "too small for an ELF header";
    memcpy(header, o->bytes, sizeof *header);
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return "not an ELF file";
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB)
        return "not a 64-bit little-endian ELF file";
    if (header->e_machine != EM_X86_64) return "not for x86-64";
    if (header->e_type != ET_REL) return "not a relocatable object";
    if (header->e_shentsize != sizeof(Elf64_Shdr) || !header->e_shnum || header->e_shnum > SECTIONS_MAX ||
        !within(header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr), o->size))
        return "section headers outside the file";
    return NULL;
}

static bool goes_to_memory(const Elf64_Shdr *s) { return s->sh_flags & SHF_ALLOC && s->sh_size; }

static const char *section_check(const struct object *o, const Elf64_Shdr *s)
{
    if (s->sh_type != SHT_NOBITS && s->sh_type != SHT_NULL && !within(s->sh_offset, s->sh_size, o->size))
        return "a section outside the file";
    if (!goes_to_memory(s)) return NULL;
    if (s->sh_flags & SHF_TLS) return "thread-local data";
    if (s->sh_addralign > PAGE || (s->sh_addralign & (s->sh_addralign - 1)) != 0)
        return "an alignment that is none";
    return s->sh_size > SIZE_MAX_ALL ? "too large" : NULL;
}

static const char *sections_read(struct object *o)
{
    Elf64_Ehdr header;
    const char *why = header_read(o, &header);
    if (why) return why;
    o->section_count = header.e_shnum;
    o->sections = malloc(o->section_count * sizeof *o->sections);
    o->place = malloc(o->section_count * sizeof *o->place);
    if (!o->sections || !o->place) return "out of memory";
    memcpy(o->sections, o->bytes + header.e_shoff, o->section_count * sizeof *o->sections);
    for (size_t i = 0; i < o->section_count && !why; i++) why = section_check(o, &o->sections[i]);
    return why;
}

static const char *symbols_read(struct object *o)
{
    const Elf64_Shdr *table = NULL;
    for (size_t i = 0; i < o->section_count; i++)
        if (o->sections[i].sh_type == SHT_SYMTAB) table = &o->sections[i];
    if (!table) return "no symbols";
    o->symbol_count = table->sh_size / sizeof *o->symbols;
    if (o->symbol_count > SYMBOLS_MAX || table->sh_link >= o->section_count)
        return "a damaged table of symbols";
    const Elf64_Shdr *names = &o->sections[table->sh_link];
    o->names = (const char *)o->bytes + names->sh_offset;
    o->names_size = names->sh_size;
    if (names->sh_type != SHT_STRTAB || !o->names_size || o->names[o->names_size - 1])
        return "damaged names of symbols";
    o->symbols = malloc(o->symbol_count * sizeof *o->symbols + 1);
    if (!o->symbols) return "out of memory";
    memcpy(o->symbols, o->bytes + table->sh_offset, o->symbol_count * sizeof *o->symbols);
    return NULL;
}

// --- placing ---

static uint64_t sections_place(struct object *o, bool executable, uint64_t at)
{
    for (size_t i = 0; i < o->section_count; i++) {
        const Elf64_Shdr *s = &o->sections[i];
        if (!goes_to_memory(s) || !(s->sh_flags & SHF_EXECINSTR) == executable) continue;
        if (at > SIZE_MAX_ALL) return at; // too large anyhow
        o->place[i] = round_up(at, s->sh_addralign ? s->sh_addralign : 1);
        at = o->place[i] + s->sh_size;
    }
    return at;
}

static const char *memory_make(struct object *o)
{
    for (size_t i = 0; i < o->section_count; i++) o->place[i] = place_none;
    o->plt = round_up(sections_place(o, true, 0), PLT_BYTES);
    o->executable = round_up(o->plt + o->symbol_count * PLT_BYTES, PAGE);
    o->got = round_up(sections_place(o, false, o->executable), sizeof(uint64_t));
    o->total = round_up(o->got + o->symbol_count * sizeof(uint64_t), PAGE);
    if (o->total > SIZE_MAX_ALL) return "too large";
    if (!o->total) return "empty";
    void *memory = mmap(NULL, o->total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return "no memory to map";
    o->memory = memory;
    for (size_t i = 0; i < o->section_count; i++) {
        const Elf64_Shdr *s = &o->sections[i];
        if (o->place[i] != place_none && s->sh_type != SHT_NOBITS)
            memcpy(o->memory + o->place[i], o->bytes + s->sh_offset, s->sh_size);
    }
    return NULL;
}

// --- symbols ---

// NULL where the name is damaged.
static const char *symbol_name(const struct object *o, const Elf64_Sym *symbol)
{
    return symbol->st_name < o->names_size ? o->names + symbol->st_name : NULL;
}

static bool symbol_defined(const struct object *o, const Elf64_Sym *symbol)
{
    return symbol->st_shndx < o->section_count && o->place[symbol->st_shndx] != place_none &&
           within(symbol->st_value, symbol->st_size, o->sections[symbol->st_shndx].sh_size);
}

static const char *symbol_value(const struct object *o, const Elf64_Sym *symbol, uint64_t *value)
{
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    if (type == STT_TLS || type == STT_GNU_IFUNC) return "a symbol of a kind that is not loaded";
    if (symbol->st_shndx == SHN_UNDEF) {
        const char *name = symbol_name(o, symbol);
        *value = name && *name ? (uintptr_t)o->resolve(name) : 0;
        return *value ? NULL : "it refers to what is not there";
    }
    if (!symbol_defined(o, symbol)) return "a symbol outside the sections that are loaded";
    *value = (uintptr_t)o->memory + o->place[symbol->st_shndx] + symbol->st_value;
    return NULL;
}

// --- relocations ---

static const struct kind {
    enum { UNKNOWN, ABSOLUTE, RELATIVE, CALL, GOT } what;
    unsigned bytes; // 4: to be had in 32 bits
    bool is_signed;
} kinds[] = {
    [R_X86_64_64] = {ABSOLUTE, 8, false},      [R_X86_64_32] = {ABSOLUTE, 4, false},
    [R_X86_64_32S] = {ABSOLUTE, 4, true},      [R_X86_64_PC32] = {RELATIVE, 4, true},
    [R_X86_64_PC64] = {RELATIVE, 8, true},     [R_X86_64_PLT32] = {CALL, 4, true},
    [R_X86_64_GOTPCREL] = {GOT, 4, true},      [R_X86_64_GOTPCRELX] = {GOT, 4, true},
    [R_X86_64_REX_GOTPCRELX] = {GOT, 4, true},
};

static bool fits(const struct kind *kind, uint64_t value)
{
    if (kind->bytes == 8) return true;
    return kind->is_signed ? (int64_t)value == (int32_t)value : value == (uint32_t)value;
}

// The entry with a symbol's address.
static uint64_t got_fill(const struct object *o, size_t symbol, uint64_t value)
{
    char *entry = o->memory + o->got + symbol * sizeof value;
    memcpy(entry, &value, sizeof value);
    return (uintptr_t)entry;
}

// What is called may be further away than an instruction reaches.
static uint64_t plt_fill(const struct object *o, size_t symbol, uint64_t value)
{
    static const unsigned char jump[PLT_BYTES] = {0xff, 0x25, 0, 0, 0, 0, 0xcc, 0xcc};
    enum { DISTANCE = 2, END = 6 };
    char *entry = o->memory + o->plt + symbol * PLT_BYTES;
    uint64_t distance = got_fill(o, symbol, value) - (uintptr_t)(entry + END);
    memcpy(entry, jump, sizeof jump);
    memcpy(entry + DISTANCE, &distance, sizeof(uint32_t));
    return (uintptr_t)entry;
}

static const char *relocate(const struct object *o, const Elf64_Shdr *target, char *section,
                            const Elf64_Rela *rela)
{
    size_t type = ELF64_R_TYPE(rela->r_info), number = ELF64_R_SYM(rela->r_info);
    if (type == R_X86_64_NONE) return NULL;
    const struct kind *kind = type < sizeof kinds / sizeof *kinds ? &kinds[type] : &kinds[0];
    if (kind->what == UNKNOWN) return "a relocation of a kind that is not known";
    if (number >= o->symbol_count || !within(rela->r_offset, kind->bytes, target->sh_size))
        return "a relocation outside its section";
    const Elf64_Sym *symbol = &o->symbols[number];
    char *where = section + rela->r_offset;
    uint64_t value;
    const char *why = symbol_value(o, symbol, &value);
    if (why) return why;
    if (kind->what == GOT) value = got_fill(o, number, value);
    if (kind->what == CALL && symbol->st_shndx == SHN_UNDEF) value = plt_fill(o, number, value);
    value += (uint64_t)rela->r_addend;
    if (kind->what != ABSOLUTE) value -= (uintptr_t)where;
    if (!fits(kind, value)) return "a relocation that does not fit";
    memcpy(where, &value, kind->bytes);
    return NULL;
}

static const char *section_relocate(const struct object *o, const Elf64_Shdr *relocations)
{
    bool wanted = relocations->sh_type == SHT_RELA || relocations->sh_type == SHT_REL;
    if (!wanted || relocations->sh_info >= o->section_count || o->place[relocations->sh_info] == place_none)
        return NULL;
    const Elf64_Shdr *target = &o->sections[relocations->sh_info];
    if (relocations->sh_type == SHT_REL || target->sh_type == SHT_NOBITS)
        return "relocations where none can be";
    const char *why = NULL;
    for (uint64_t at = 0; relocations->sh_size - at >= sizeof(Elf64_Rela) && !why; at += sizeof(Elf64_Rela)) {
        Elf64_Rela rela;
        memcpy(&rela, o->bytes + relocations->sh_offset + at, sizeof rela);
        why = relocate(o, target, o->memory + o->place[relocations->sh_info], &rela);
    }
    return why;
}

// --- the whole ---

static bool is_exported(const struct object *o, const Elf64_Sym *symbol)
{
    return ELF64_ST_BIND(symbol->st_info) == STB_GLOBAL && symbol_defined(o, symbol) &&
           symbol_name(o, symbol);
}

static const char *symbols_keep(const struct object *o, struct loaded *loaded)
{
    loaded->symbols = calloc(o->symbol_count + 1, sizeof *loaded->symbols);
    loaded->names = malloc(o->names_size);
    if (!loaded->symbols || !loaded->names) return "out of memory";
    memcpy(loaded->names, o->names, o->names_size);
    for (size_t i = 0; i < o->symbol_count; i++) {
        const Elf64_Sym *symbol = &o->symbols[i];
        if (!is_exported(o, symbol)) continue;
        loaded->symbols[loaded->symbol_count++] = (struct loaded_symbol){
            .name = loaded->names + symbol->st_name,
            .address = o->memory + o->place[symbol->st_shndx] + symbol->st_value,
            .size = symbol->st_size,
            .function = o->sections[symbol->st_shndx].sh_flags & SHF_EXECINSTR,
        };
    }
    return NULL;
}

static const char *memory_protect(const struct object *o)
{
    bool done = !mprotect(o->memory + o->executable, o->total - o->executable, PROT_READ) &&
                !mprotect(o->memory, o->executable, PROT_READ | PROT_EXEC);
    return done ? NULL : "the system lets no memory become executable";
}

static const char *object_load(struct object *o, struct loaded *loaded)
{
    const char *why = sections_read(o);
    if (!why) why = symbols_read(o);
    if (!why) why = memory_make(o);
    loaded->memory = o->memory;
    loaded->size = o->total;
    loaded->executable = o->executable;
    for (size_t i = 0; i < o->section_count && !why; i++) why = section_relocate(o, &o->sections[i]);
    if (!why) why = symbols_keep(o, loaded);
    return why ? why : memory_protect(o);
}

const char *loader_load(const void *bytes, size_t size, loader_resolve_fn *resolve, struct loaded *loaded)
{
    struct object object = {.bytes = bytes, .size = size, .resolve = resolve};
    *loaded = (struct loaded){0};
    const char *why = object_load(&object, loaded);
    free(object.sections);
    free(object.place);
    free(object.symbols);
    if (why) loader_free(loaded);
    return why;
}

void loader_free(struct loaded *loaded)
{
    if (loaded->memory) munmap(loaded->memory, loaded->size);
    free(loaded->symbols);
    free(loaded->names);
    *loaded = (struct loaded){0};
}

const struct loaded_symbol *loader_find(const struct loaded *loaded, const char *name, bool function)
{
    for (size_t i = 0; i < loaded->symbol_count; i++) {
        const struct loaded_symbol *symbol = &loaded->symbols[i];
        if (symbol->function == function && !strcmp(symbol->name, name)) return symbol;
    }
    return NULL;
}
