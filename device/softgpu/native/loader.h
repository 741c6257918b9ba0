// Brings native code from an object file into memory: an x86-64 ELF relocatable as LLVM makes it with
// position independent code of the small model. The bytes are not trusted: whatever they are, loading them
// reads and writes nothing but them and the memory it makes. (What the code does once it is run is another
// matter.)
//
// Source: System V ABI, AMD64 supplement, 4.4 "Relocation".
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The address that an undefined symbol stands for; NULL: there is none.
typedef const void *loader_resolve_fn(const char *name);

// Loaded code: sections that hold instructions can be read and run, all others can be read. No memory of it
// is ever writable and executable, at once or under two addresses.
struct loaded {
    char *memory;
    size_t size, executable; // bytes in all; of those, from the start on
    struct loaded_symbol {
        const char *name; // in `names`
        const void *address;
        size_t size;
        bool function; // it lies among instructions
    } *symbols;        // that are global and defined
    size_t symbol_count;
    char *names;
};

// Fills `loaded`. Returns NULL, or in a few words what is wrong (a constant string), and nothing is to be
// freed.
const char *loader_load(const void *object, size_t size, loader_resolve_fn *resolve, struct loaded *loaded);
void loader_free(struct loaded *loaded);

// NULL: there is none of this name, or it is not of this kind.
const struct loaded_symbol *loader_find(const struct loaded *loaded, const char *name, bool function);
