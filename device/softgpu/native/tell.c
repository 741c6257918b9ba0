#define _GNU_SOURCE
#include "tell.h"

#include "base/config.h"

#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_SIZE = 256 };

// --- GDB ---
//
// Source: GDB's manual, "JIT Compilation Interface", whose names these are.

struct jit_code_entry {
    struct jit_code_entry *next_entry, *prev_entry;
    const char *symfile_addr;
    uint64_t symfile_size;
};

struct jit_descriptor {
    uint32_t version, action_flag;
    struct jit_code_entry *relevant_entry, *first_entry;
};

enum { JIT_NOACTION, JIT_REGISTER, JIT_UNREGISTER };

// Other libraries of the process have these too: ours are ours.
#define OURS __attribute__((used, visibility("protected")))

OURS void __jit_debug_register_code(void);
OURS struct jit_descriptor __jit_debug_descriptor = {.version = 1};

// GDB has a breakpoint here.
__attribute__((noinline)) void __jit_debug_register_code(void) { __asm__ volatile("" ::: "memory"); }

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // of the descriptor, and of the list

// An object file with one symbol: sections nothing, the code (which is not in the file), symbols, names.
struct told {
    struct jit_code_entry entry;
    struct file {
        Elf64_Ehdr header;
        Elf64_Shdr sections[4];
        Elf64_Sym symbols[2];
        char names[NAME_SIZE + 32];
    } file;
};

static void file_fill(struct file *file, const char *name, const void *code, size_t size)
{
    enum { CODE = 1, SYMBOLS, NAMES };
    static const char section_names[] = "\0.text\0.symtab\0.strtab"; // at 1, 7, 15
    memcpy(file->names, section_names, sizeof section_names);
    snprintf(file->names + sizeof section_names, NAME_SIZE, "%s", name);
    file->header = (Elf64_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_shoff = offsetof(struct file, sections),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = 4,
        .e_shstrndx = NAMES,
    };
    file->sections[CODE] = (Elf64_Shdr){
        .sh_name = 1,
        .sh_type = SHT_NOBITS,
        .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
        .sh_addr = (uintptr_t)code,
        .sh_size = size,
        .sh_addralign = 1,
    };
    file->sections[SYMBOLS] = (Elf64_Shdr){
        .sh_name = 7,
        .sh_type = SHT_SYMTAB,
        .sh_offset = offsetof(struct file, symbols),
        .sh_size = sizeof file->symbols,
        .sh_link = NAMES,
        .sh_info = 1,
        .sh_addralign = 8,
        .sh_entsize = sizeof(Elf64_Sym),
    };
    file->sections[NAMES] = (Elf64_Shdr){
        .sh_name = 15,
        .sh_type = SHT_STRTAB,
        .sh_offset = offsetof(struct file, names),
        .sh_size = sizeof file->names,
        .sh_addralign = 1,
    };
    file->symbols[1] = (Elf64_Sym){
        .st_name = sizeof section_names,
        .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
        .st_shndx = CODE,
        .st_value = (uintptr_t)code,
        .st_size = size,
    };
}

// With the lock held.
static void debugger_tell(struct jit_code_entry *entry, uint32_t action)
{
    __jit_debug_descriptor.relevant_entry = entry;
    __jit_debug_descriptor.action_flag = action;
    __jit_debug_register_code();
    __jit_debug_descriptor.action_flag = JIT_NOACTION;
}

static void entry_add(struct jit_code_entry *entry)
{
    pthread_mutex_lock(&lock);
    entry->next_entry = __jit_debug_descriptor.first_entry;
    if (entry->next_entry) entry->next_entry->prev_entry = entry;
    __jit_debug_descriptor.first_entry = entry;
    debugger_tell(entry, JIT_REGISTER);
    pthread_mutex_unlock(&lock);
}

static void entry_remove(struct jit_code_entry *entry)
{
    pthread_mutex_lock(&lock);
    if (entry->next_entry) entry->next_entry->prev_entry = entry->prev_entry;
    if (entry->prev_entry)
        entry->prev_entry->next_entry = entry->next_entry;
    else
        __jit_debug_descriptor.first_entry = entry->next_entry;
    debugger_tell(entry, JIT_UNREGISTER);
    pthread_mutex_unlock(&lock);
}

// --- perf ---

static void profiler_tell(const char *name, const void *code, size_t size)
{
    char path[64], line[NAME_SIZE + 64];
    snprintf(path, sizeof path, "/tmp/perf-%ld.map", (long)getpid());
    int length = snprintf(line, sizeof line, "%lx %zx %.*s\n", (unsigned long)code, size, NAME_SIZE, name);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return;
    ssize_t ignored = write(file, line, (size_t)length);
    (void)ignored;
    close(file);
}

// --- both ---

struct told *tell(const char *name, const void *code, size_t size)
{
    struct told *told = calloc(1, sizeof *told);
    if (config_get()->perf_map) profiler_tell(name, code, size);
    if (!told) return NULL;
    file_fill(&told->file, name, code, size);
    told->entry = (struct jit_code_entry){NULL, NULL, (const char *)&told->file, sizeof told->file};
    entry_add(&told->entry);
    return told;
}

void tell_no_more(struct told *told)
{
    if (told) entry_remove(&told->entry);
    free(told);
}
