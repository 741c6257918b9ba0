// Damaged SPIR-V modules: each is read or refused with the place and a reason, and never crashes the reader.
// Of the small modules every word is changed in many ways and every length tried, of the large ones a sample.
//
// usage: test_spirv_damaged MODULE…
#include "file.h"
#include "read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

enum { SMALL = 16384, SAMPLES = 400, HEADER_WORDS = 5 };

static const char *const *paths;
static int path_count;

// A refusal tells why; past the header also where.
static void read_or_refuse(const uint32_t *words, size_t count)
{
    struct buffer log = {0};
    bool read = module_reads(words, count * sizeof *words, &log);
    buffer_append(&log, "", 1);
    const char *text = (const char *)log.data;
    if (!read && !strstr(text, "error: SPIR-V: ")) fail_msg("no reason: %s", text);
    buffer_clear(&log);
}

static size_t words_of(const struct file *file) { return file->size / sizeof *file->words; }

static struct file module_of(int index, size_t *step)
{
    struct file file = file_read(paths[index]);
    struct buffer log = {0};
    assert_true(module_reads(file.words, file.size, &log));
    size_t count = words_of(&file);
    *step = file.size <= SMALL ? 1 : count / SAMPLES;
    return file;
}

static void changed_words(void **state)
{
    (void)state;
    for (int i = 0; i < path_count; i++) {
        size_t step;
        struct file file = module_of(i, &step);
        uint32_t *words = file.words;
        size_t count = words_of(&file);
        for (size_t k = 0; k < count; k += step) {
            const uint32_t word = words[k];
            const uint32_t others[] = {
                0,        1,        word + 1,      word - 1,       UINT32_MAX,      0x7fffffff,
                word ^ 2, word ^ 4, word ^ 0x8000, word ^ 0x10000, word ^ 1u << 31, words[count / 2]};
            for (size_t n = 0; n < sizeof others / sizeof *others; n += step > 1 ? 5 : 1) {
                words[k] = others[n];
                read_or_refuse(words, count);
            }
            words[k] = word;
        }
        free(file.words);
    }
}

static void exchanged_words(void **state)
{
    (void)state;
    for (int i = 0; i < path_count; i++) {
        size_t step;
        struct file file = module_of(i, &step);
        uint32_t *words = file.words;
        size_t count = words_of(&file);
        uint32_t seed = 1;
        for (size_t k = HEADER_WORDS; k < count; k += step) {
            seed = seed * 1664525 + 1013904223;
            const uint32_t word = words[k];
            words[k] = words[HEADER_WORDS + (seed >> 8) % (count - HEADER_WORDS)];
            read_or_refuse(words, count);
            words[k] = word;
        }
        free(file.words);
    }
}

static void cut_short(void **state)
{
    (void)state;
    for (int i = 0; i < path_count; i++) {
        size_t step;
        struct file file = module_of(i, &step);
        for (size_t k = 0; k < words_of(&file); k += step) {
            uint32_t *words = malloc(k * sizeof *words + 1); // its end is the sanitizer's
            assert_non_null(words);
            memcpy(words, file.words, k * sizeof *words);
            read_or_refuse(words, k);
            free(words);
        }
        free(file.words);
    }
}

static void either_byte_order(void **state)
{
    (void)state;
    for (int i = 0; i < path_count; i++) {
        size_t step;
        struct file file = module_of(i, &step);
        uint32_t *words = file.words;
        for (size_t k = 0; k < words_of(&file); k++) words[k] = __builtin_bswap32(words[k]);
        struct buffer log = {0};
        assert_true(module_reads(words, file.size, &log));
        free(file.words);
    }
}

int main(int count, char **arguments)
{
    if (count < 2) return 2;
    paths = (const char *const *)arguments + 1;
    path_count = count - 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changed_words),
        cmocka_unit_test(exchanged_words),
        cmocka_unit_test(cut_short),
        cmocka_unit_test(either_byte_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
