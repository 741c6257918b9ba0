// What debuggers and profilers see of native code, and what code is called.
#include "device/softgpu/native/tell.h"
#include "device/softgpu/native/kernel_name.h"
#include "tests/compiler/child.h"
#include "tests/interpreter/code_object.h"

#include <elf.h>
#include <sys/mman.h>

// As GDB knows them.
struct jit_code_entry {
    struct jit_code_entry *next_entry, *prev_entry;
    const char *symfile_addr;
    uint64_t symfile_size;
};

struct jit_descriptor {
    uint32_t version, action_flag;
    struct jit_code_entry *relevant_entry, *first_entry;
};

extern struct jit_descriptor __jit_debug_descriptor;

static const char *object_path;
static char code[3][64];

// The name that an entry's file has for an address; NULL: none.
static const char *name_in(const struct jit_code_entry *entry, const void *address)
{
    const char *file = entry->symfile_addr;
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(file + header->e_shoff);
    assert_memory_equal(header->e_ident, ELFMAG, SELFMAG);
    for (unsigned i = 0; i < header->e_shnum; i++) {
        const Elf64_Shdr *s = &sections[i];
        if (s->sh_type != SHT_NOBITS) assert_true(s->sh_offset + s->sh_size <= entry->symfile_size);
        if (s->sh_type != SHT_SYMTAB) continue;
        const Elf64_Sym *symbol = (const Elf64_Sym *)(file + s->sh_offset) + s->sh_info;
        assert_int_equal(sections[symbol->st_shndx].sh_addr, symbol->st_value);
        assert_int_equal(sections[symbol->st_shndx].sh_size, symbol->st_size);
        if (symbol->st_value == (uintptr_t)address)
            return file + sections[s->sh_link].sh_offset + symbol->st_name;
    }
    return NULL;
}

static const char *name_seen(const void *address)
{
    const struct jit_code_entry *before = NULL;
    const char *name = NULL;
    for (const struct jit_code_entry *entry = __jit_debug_descriptor.first_entry; entry;
         before = entry, entry = entry->next_entry) {
        assert_ptr_equal(entry->prev_entry, before);
        if (!name) name = name_in(entry, address);
    }
    return name;
}

static void debuggers_see_what_is_there(void **state)
{
    (void)state;
    static const char *const names[] = {"one", "two", "three"};
    struct told *told[3];
    for (int i = 0; i < 3; i++) told[i] = tell(names[i], code[i], sizeof code[i]);
    for (int i = 0; i < 3; i++) assert_string_equal(name_seen(code[i]), names[i]);
    static const int order[] = {1, 2, 0};
    for (int i = 0; i < 3; i++) {
        tell_no_more(told[order[i]]);
        assert_null(name_seen(code[order[i]]));
        if (order[i] != 0) assert_string_equal(name_seen(code[0]), "one");
    }
    assert_null(__jit_debug_descriptor.first_entry);
}

static void profiled_body(void)
{
    char path[64], line[128] = "", right[128];
    setenv("KILN_PERF_MAP", "on", 1);
    tell_no_more(tell("kernel", code[0], sizeof code[0]));
    snprintf(path, sizeof path, "/tmp/perf-%d.map", getpid());
    snprintf(right, sizeof right, "%lx 40 kernel\n", (unsigned long)code[0]);
    FILE *map = fopen(path, "r");
    check(map && fgets(line, sizeof line, map), "a map");
    check(!strcmp(line, right), line);
    if (map) fclose(map);
    unlink(path);
}
CHILD_TEST(profiled)

static void not_profiled_body(void)
{
    char path[64];
    tell_no_more(tell("kernel", code[0], sizeof code[0]));
    snprintf(path, sizeof path, "/tmp/perf-%d.map", getpid());
    check(access(path, F_OK) != 0, "no map");
}
CHILD_TEST(not_profiled)

static void kernels_have_their_names(void **state)
{
    (void)state;
    char name[100], short_name[6];
    struct code_object *object = code_object_load(object_path);
    uint64_t address = code_object_symbol(object, "vector_f32");
    kernel_name(address, name, sizeof name);
    assert_string_equal(name, "vector_f32");
    kernel_name(address, short_name, sizeof short_name);
    assert_string_equal(short_name, "vecto");
    kernel_name(address + 4, name, sizeof name);
    assert_memory_equal(name, "gfx1030_0x", 10);
    code_object_free(object);
}

static void code_of_nowhere_has_an_address(void **state)
{
    (void)state;
    char name[100];
    kernel_name(0x1230, name, sizeof name);
    assert_string_equal(name, "gfx1030_0x1230");
    kernel_name(UINT64_MAX - 3, name, sizeof name);
    assert_string_equal(name, "gfx1030_0xfffffffffffffffc");
}

// Anything may lie before code.
static void damaged_images_do_no_harm(void **state)
{
    (void)state;
    enum { SIZE = 4096 };
    char name[100];
    unsigned char *page = mmap(NULL, 2 * SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(page, MAP_FAILED);
    assert_int_equal(munmap(page + SIZE, SIZE), 0);
    FILE *file = fopen(object_path, "rb");
    size_t size = file ? fread(page, 1, SIZE, file) : 0;
    if (file) fclose(file);
    for (size_t i = 4; i < size && i < 2048; i++) {
        for (int bit = 0; bit < 8; bit++) {
            page[i] ^= (unsigned char)(1 << bit);
            kernel_name((uintptr_t)page + SIZE - 4, name, sizeof name);
            page[i] ^= (unsigned char)(1 << bit);
        }
    }
    munmap(page, SIZE);
}

int main(int count, char **arguments)
{
    if (count != 2) return 2;
    object_path = arguments[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profiled_test),
        cmocka_unit_test(not_profiled_test),
        cmocka_unit_test(debuggers_see_what_is_there),
        cmocka_unit_test(kernels_have_their_names),
        cmocka_unit_test(code_of_nowhere_has_an_address),
        cmocka_unit_test(damaged_images_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
