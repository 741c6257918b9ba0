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

// Calls `damage` for each module with its words, which it may change, and the step for a sample of them.
static void each_module(void (*damage)(uint32_t *words, size_t count, size_t step))
{
    for (int i = 0; i < path_count; i++) {
        struct file file = file_read(paths[i]);
        struct buffer log = {0};
        assert_true(module_reads(file.words, file.size, &log));
        size_t count = file.size / sizeof *file.words;
        damage(file.words, count, file.size <= SMALL ? 1 : count / SAMPLES);
        free(file.words);
    }
}

static void words_change(uint32_t *words, size_t count, size_t step)
{
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
}

static void words_exchange(uint32_t *words, size_t count, size_t step)
{
    uint32_t seed = 1;
    for (size_t k = HEADER_WORDS; k < count; k += step) {
        seed = seed * 1664525 + 1013904223;
        const uint32_t word = words[k];
        words[k] = words[HEADER_WORDS + (seed >> 8) % (count - HEADER_WORDS)];
        read_or_refuse(words, count);
        words[k] = word;
    }
}

static void words_cut(uint32_t *words, size_t count, size_t step)
{
    for (size_t k = 0; k < count; k += step) {
        uint32_t *few = malloc(k * sizeof *few + 1); // its end is the sanitizer's
        assert_non_null(few);
        memcpy(few, words, k * sizeof *few);
        read_or_refuse(few, k);
        free(few);
    }
}

static void words_swap(uint32_t *words, size_t count, size_t step)
{
    (void)step;
    for (size_t k = 0; k < count; k++) words[k] = __builtin_bswap32(words[k]);
    struct buffer log = {0};
    assert_true(module_reads(words, count * sizeof *words, &log));
}

static void changed_words(void **state) { (void)state, each_module(words_change); }
static void exchanged_words(void **state) { (void)state, each_module(words_exchange); }
static void cut_short(void **state) { (void)state, each_module(words_cut); }
static void either_byte_order(void **state) { (void)state, each_module(words_swap); }

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
