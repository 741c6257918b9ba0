// The loader: an object of clang's runs, and no damaged one does harm (under sanitizers: reads or writes what
// it must not).
#include "device/softgpu/native/loader.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned char object[1 << 16];
static size_t object_size;

static uint64_t helper_twice(uint64_t value) { return 2 * value; }
static const uint32_t helper_table[4] = {100, 200, 300, 400};

static const void *resolve(const char *name)
{
    if (!strcmp(name, "helper_twice")) return (const void *)helper_twice;
    return !strcmp(name, "helper_table") ? helper_table : NULL;
}

static const void *resolve_nothing(const char *name)
{
    (void)name;
    return NULL;
}

static bool object_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    object_size = fread(object, 1, sizeof object, file);
    fclose(file);
    return object_size && object_size < sizeof object;
}

#define FUNCTION(loaded, type, name) ((__typeof__(type) *)(uintptr_t)loader_find(loaded, name, true)->address)

// The object has no type in front of its functions to be checked.
__attribute__((no_sanitize("function"))) static void all_references_resolve(void **state)
{
    (void)state;
    struct loaded loaded;
    assert_null(loader_load(object, object_size, resolve, &loaded));
    uint64_t (*apply)(unsigned, uint64_t) = FUNCTION(&loaded, uint64_t(unsigned, uint64_t), "apply");
    assert_int_equal(apply(0, 5), 26);
    assert_int_equal(apply(1, 50), 25);
    assert_int_equal(apply(2, 50), 100);
    uint64_t (*call)(uint64_t) = FUNCTION(&loaded, uint64_t(uint64_t), "call");
    assert_int_equal(call(21), 43);
    uint64_t (*look)(unsigned) = FUNCTION(&loaded, uint64_t(unsigned), "look");
    assert_int_equal(look(3), 420);
    double (*constant)(double) = FUNCTION(&loaded, double(double), "constant");
    assert_true(constant(100) == 37.0);
    int (*choose)(int) = FUNCTION(&loaded, int(int), "choose");
    static const int chosen[] = {14, -3, 82, 77, 10, 1234, 0};
    for (int i = 0; i < 7; i++) assert_int_equal(choose(i), chosen[i]);
    const struct loaded_symbol *numbers = loader_find(&loaded, "numbers", false);
    assert_int_equal(numbers->size, 12);
    assert_int_equal(((const uint32_t *)numbers->address)[2], 20);
    assert_null(loader_find(&loaded, "numbers", true));
    assert_null(loader_find(&loaded, "apply", false));
    assert_null(loader_find(&loaded, "square", true)); // not global
    loader_free(&loaded);
}

// Calls `check` for each mapping that overlaps the memory. Returns how many there are.
static unsigned mappings_check(const struct loaded *loaded, void (*check)(const char *permissions, bool code))
{
    char line[512];
    unsigned count = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        char *end, permissions[5] = "";
        uintptr_t from = strtoull(line, &end, 16), to = strtoull(end + 1, &end, 16);
        memcpy(permissions, end + 1, 4);
        uintptr_t start = (uintptr_t)loaded->memory;
        if (to <= start || from >= start + loaded->size) continue;
        check(permissions, from < start + loaded->executable);
        count++;
    }
    if (maps) fclose(maps);
    return count;
}

static void not_writable(const char *permissions, bool code)
{
    assert_int_equal(permissions[0], 'r');
    assert_int_equal(permissions[1], '-');
    assert_int_equal(permissions[2], code ? 'x' : '-');
}

static void memory_is_never_writable_and_executable(void **state)
{
    (void)state;
    struct loaded loaded;
    assert_null(loader_load(object, object_size, resolve, &loaded));
    assert_true(mappings_check(&loaded, not_writable) >= 2);
    loader_free(&loaded);
}

static void what_is_missing_is_told(void **state)
{
    (void)state;
    struct loaded loaded;
    assert_string_equal(loader_load(object, object_size, resolve_nothing, &loaded),
                        "it refers to what is not there");
    assert_string_equal(loader_load("no ELF at all, though it is long enough for a header of that format....",
                                    64, resolve, &loaded),
                        "not an ELF file");
}

// A copy whose end is the end of an allocation.
static void load_copy(const unsigned char *bytes, size_t size, unsigned *loads)
{
    struct loaded loaded;
    unsigned char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    if (!loader_load(copy, size, resolve, &loaded)) {
        (*loads)++;
        loader_find(&loaded, "apply", true);
        loader_free(&loaded);
    }
    free(copy);
}

static void truncated_objects_are_refused(void **state)
{
    (void)state;
    unsigned loads = 0;
    for (size_t size = 0; size < object_size; size++) load_copy(object, size, &loads);
    assert_int_equal(loads, 0); // the section headers are at the end
}

static void damaged_bytes_do_no_harm(void **state)
{
    (void)state;
    static const unsigned char changes[] = {0x01, 0x80, 0xff};
    unsigned loads = 0;
    for (size_t i = 0; i < object_size; i++) {
        for (size_t k = 0; k < sizeof changes; k++) {
            object[i] ^= changes[k];
            load_copy(object, object_size, &loads);
            object[i] ^= changes[k];
        }
    }
    assert_true(loads > 0); // instructions, debugging sections: not the loader's business
}

// Every field of 32 and 64 bits that headers, symbols and relocations have, at its extremes.
static void extreme_fields_do_no_harm(void **state)
{
    (void)state;
    static const uint64_t extremes[] = {0,          1,         0x7fffffff, 0x80000000,
                                        0xffffffff, INT64_MAX, UINT64_MAX, UINT64_MAX - 7};
    unsigned loads = 0;
    for (size_t i = 0; i + 8 <= object_size; i += 4) {
        for (size_t k = 0; k < sizeof extremes / sizeof *extremes; k++) {
            for (size_t bytes = 4; bytes <= 8; bytes += 4) {
                unsigned char saved[8];
                memcpy(saved, object + i, bytes);
                memcpy(object + i, &extremes[k], bytes);
                load_copy(object, object_size, &loads);
                memcpy(object + i, saved, bytes);
            }
        }
    }
}

static void many_loads_leave_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) { // mappings would run out
        struct loaded loaded;
        assert_null(loader_load(object, object_size, resolve, &loaded));
        loader_free(&loaded);
        assert_non_null(loader_load(object, object_size, resolve_nothing, &loaded));
    }
}

int main(int count, char **arguments)
{
    if (count != 2 || !object_read(arguments[1])) return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_references_resolve),   cmocka_unit_test(memory_is_never_writable_and_executable),
        cmocka_unit_test(what_is_missing_is_told),  cmocka_unit_test(truncated_objects_are_refused),
        cmocka_unit_test(damaged_bytes_do_no_harm), cmocka_unit_test(extreme_fields_do_no_harm),
        cmocka_unit_test(many_loads_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
