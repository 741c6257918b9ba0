// What kernels print: records as LLVM 22 lays them out (taken from its code for gfx1030), and damaged ones.
#include "api/machinery/printf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint32_t unwritten = PRINTF_UNWRITTEN * 0x01010101u;

static const char *formats[] = {
    "7:3:4:4:8:%d %u %ld\\n",          // scalars
    "1:4:4:8:4:4:%f %.3f %c|%5d|\\72", // a float kept as float, a double, a colon
    "2:2:8:4:%s|%d",                   // a string
    "3:3:8:8:4:%s%s%d",                // two strings
    "4:2:16:8:%v3f %v2hhd",            // vectors: three floats in four, two chars widened to ints
    "5:1:4:%s.",                       // the empty string
    "6:0:100%%\\n",                    // no arguments
    "8:2:4:%d",                        // an argument that nothing prints
    "9:2:8:4:%v4hx %hhd",
    "10:1:8:%p",
    "11:1:4:%999999999d",
    "12:3:8:4:4:%s %s %d",
    // As other compilers leave them: LLVM stores one argument for each specifier that a '%' comes before.
    "13:2:8:4:%lld|%d",
    "14:3:4:4:%*d|%d",
    "15:2:4:4:%y yes|%d",
    "16:2:16:4:%d|%d",
    "17:2:4:4:%wi|%v4f",
    "18:3:8:4:4:%ls|%ys|%d",
};

static char text[1 << 16];

static bool render(const void *records, size_t size)
{
    const struct program_metadata metadata = {.printf_formats = (char **)formats,
                                              .printf_count = sizeof formats / sizeof *formats};
    memset(text, 0, sizeof text);
    FILE *out = fmemopen(text, sizeof text, "w");
    bool sound = printf_render(&metadata, records, size, out);
    fclose(out);
    return sound;
}

#define expect(expected, ...)                                                                                \
    do {                                                                                                     \
        const uint32_t words_[] = {__VA_ARGS__};                                                             \
        assert_true(render(words_, sizeof words_));                                                          \
        assert_string_equal(text, expected);                                                                 \
    } while (0)

static uint32_t word(const char *characters)
{
    uint32_t value = 0;
    memcpy(&value, characters, strnlen(characters, 4));
    return value;
}

static uint32_t bits(float value)
{
    uint32_t result;
    memcpy(&result, &value, sizeof result);
    return result;
}

static void values(void **state)
{
    (void)state;
    expect("-5 4294967295 4294967297\n", 7, (uint32_t)-5, 0xffffffff, 1, 1);
    expect("1.500000 2.500 x|   -3|:", 1, bits(1.5f), 0, 0x40040000, 'x', (uint32_t)-3);
    expect("1.000000,2.000000,3.000000 -1,4", 4, bits(1), bits(2), bits(3), unwritten, 0x1ff, 0x104);
    expect("100%\n", 6);
    expect("12", 8, 12);
    expect("1,2,3,ffff -1", 9, 0x00020001, 0xffff0003, 0x1ff);
    expect("0x1234", 10, 0x1234, 0);
    expect("100%\n-5 1 2\n", 6, 7, (uint32_t)-5, 1, 2, 0);
}

static void unknown_conversions(void **state)
{
    (void)state;
    expect("4294967297|5", 13, 1, 1, 5);
    expect("%*d|5", 14, 7, 5);
    expect("%y yes|5", 15, 7, 5);
    expect("%d|5", 16, 1, 2, 3, 4, 5);
    expect("%wi|%v4f", 17, 7, 5);
    expect("abcd|%ys|5", 18, word("abcd"), word("s"), 5, unwritten);
    expect("%*d|5%d|6", 14, 7, 5, 16, 1, 2, 3, 4, 6); // what comes behind goes on
}

static void strings(void **state)
{
    (void)state;
    expect("abcd|5", 2, word("abcd"), 5, unwritten);      // four: the number follows at once
    expect("abcdefg|5", 2, word("abcd"), word("efg"), 5); // seven: the NUL fits
    expect("abcde|5", 2, word("abcd"), word("e"), 5);
    expect("abcdefghi65", 3, word("abcd"), word("efgh"), word("i"), 65, unwritten);
    expect("abcdeefgh66", 3, word("abcd"), word("e"), word("efgh"), 66, unwritten);
    expect("abcdefgh7", 3, word("abcd"), word("efgh"), 7, unwritten, unwritten);
    expect("abcd xy 7", 12, word("abcd"), word("xy"), 7, unwritten);
    expect("abcdef xy 7", 12, word("abcd"), word("ef"), word("xy"), 7);
    expect(".", 5, 0xffffff00);
}

static void damage(void **state)
{
    (void)state;
    static const uint32_t unknown[] = {99, 1}, cut[] = {7, 1, 2};
    assert_false(render(unknown, sizeof unknown));
    assert_false(render(cut, sizeof cut));
    assert_false(render(cut, 3));
    // A width that nobody can want is cut.
    static const uint32_t wide[] = {11, 1};
    assert_true(render(wide, sizeof wide));
    assert_true(strlen(text) < 10000);
    // Any bytes at all.
    for (unsigned i = 0; i < 20000; i++) {
        uint32_t words[16];
        for (unsigned k = 0; k < 16; k++) words[k] = rand() % 3 ? (uint32_t)rand() % 20 : (uint32_t)rand();
        render(words, 4 * (size_t)(rand() % 16));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values), cmocka_unit_test(unknown_conversions),
                                       cmocka_unit_test(strings), cmocka_unit_test(damage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
