// Every option of config.def: what it can be is taken, anything else told in one line and its default taken.
// Each case runs in a child, since a process reads its options once.
#include "base/config.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum kind { KIND_CHOICE, KIND_NUMBER, KIND_TEXT };

struct option {
    const char *variable;
    enum kind kind;
    const char *fallback, *words; // of a choice; of a text
    uint64_t number, least, most; // of a number
    uint64_t (*value)(void);      // of a text: its address
};

#define CHOICE(field, type, variable, fallback, words, documentation)                                        \
    static uint64_t value_of_##field(void) { return (uint64_t)config_get()->field; }
#define NUMBER(field, variable, fallback, least, most, documentation)                                        \
    static uint64_t value_of_##field(void) { return config_get()->field; }
#define TEXT(field, variable, fallback, documentation)                                                       \
    static uint64_t value_of_##field(void) { return (uintptr_t)config_get()->field; }
#include "base/config.def"
#undef CHOICE
#undef NUMBER
#undef TEXT

static const struct option options[] = {
#define CHOICE(field, type, variable, fallback, words, documentation)                                        \
    {variable, KIND_CHOICE, fallback, words, 0, 0, 0, value_of_##field},
#define NUMBER(field, variable, fallback, least, most, documentation)                                        \
    {variable, KIND_NUMBER, NULL, NULL, fallback, least, most, value_of_##field},
#define TEXT(field, variable, fallback, documentation)                                                       \
    {variable, KIND_TEXT, fallback, NULL, 0, 0, 0, value_of_##field},
#include "base/config.def"
#undef CHOICE
#undef NUMBER
#undef TEXT
};

enum { OPTIONS = sizeof options / sizeof *options };

// What an option becomes in a process that has this value for it (NULL: none), and what that prints.
static uint64_t option_read(const struct option *option, const char *value, char *said, size_t size)
{
    int output[2], result[2], status;
    size_t used = 0;
    uint64_t read_value = 0;
    assert_int_equal(pipe(output), 0);
    assert_int_equal(pipe(result), 0);
    pid_t child = fork();
    if (!child) {
        for (size_t i = 0; i < OPTIONS; i++) unsetenv(options[i].variable);
        if (value) setenv(option->variable, value, 1);
        dup2(output[1], STDERR_FILENO);
        uint64_t own = option->value();
        if (option->kind == KIND_TEXT) {                     // whether it is the one given
            const char *text = (const char *)(uintptr_t)own; // NOLINT(performance-no-int-to-ptr)
            own = !strcmp(text, value ? value : option->fallback);
        }
        _exit(write(result[1], &own, sizeof own) != sizeof own);
    }
    close(output[1]);
    close(result[1]);
    for (ssize_t got; used + 1 < size && (got = read(output[0], said + used, size - used - 1)) > 0;)
        used += (size_t)got;
    said[used] = '\0';
    assert_int_equal(read(result[0], &read_value, sizeof read_value), sizeof read_value);
    close(output[0]);
    close(result[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    return read_value;
}

static void expect_taken(const struct option *option, const char *value, uint64_t expected)
{
    char said[1024];
    uint64_t read_value = option_read(option, value, said, sizeof said);
    if (read_value != expected || *said)
        fail_msg("%s=%s is taken as %llu; %s", option->variable, value ? value : "(none)",
                 (unsigned long long)read_value, said);
}

static void expect_refused(const struct option *option, const char *value, uint64_t fallback)
{
    char said[1024];
    uint64_t read_value = option_read(option, value, said, sizeof said);
    const char *end = strchr(said, '\n');
    if (read_value != fallback || !end || end[1] || !strstr(said, option->variable))
        fail_msg("%s=%.100s is taken as %llu; it says \"%s\"", option->variable, value,
                 (unsigned long long)read_value, said);
}

static void choice_check(const struct option *option)
{
    char words[128], *state;
    uint64_t index = 0, fallback = UINT64_MAX;
    snprintf(words, sizeof words, "%s", option->words);
    for (char *word = strtok_r(words, ", ", &state); word; word = strtok_r(NULL, ", ", &state), index++) {
        if (!strcmp(word, option->fallback)) fallback = index;
        expect_taken(option, word, index);
    }
    if (fallback == UINT64_MAX) fail_msg("the default of %s is none of its words", option->variable);
    expect_taken(option, NULL, fallback);
    expect_taken(option, "", fallback);
    static const char *const wrong[] = {"toaster", "0",  "AUTO", ",",      " ",
                                        "on ",     "of", "no",   "error,", "two\nlines"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) expect_refused(option, wrong[i], fallback);
    expect_refused(option, option->words, fallback);
}

static void number_check(const struct option *option)
{
    char text[32];
    assert_in_range(option->number, option->least, option->most);
    expect_taken(option, NULL, option->number);
    expect_taken(option, "", option->number);
    const uint64_t right[] = {option->least, option->most, option->least + 1};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        snprintf(text, sizeof text, "%llu", (unsigned long long)right[i]);
        expect_taken(option, text, right[i]);
    }
    snprintf(text, sizeof text, "%llu", (unsigned long long)option->most + 1);
    expect_refused(option, text, option->number);
    static const char *const wrong[] = {
        "abc", "-1", "+1", " 1", "1 ", "1x", "0x1", "1.5", "99999999999999999999", "-0"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        expect_refused(option, wrong[i], option->number);
}

static void text_check(const struct option *option)
{
    static char text[PATH_MAX + 1];
    expect_taken(option, NULL, 1);
    expect_taken(option, "/some/where", 1);
    memset(text, 'x', PATH_MAX - 1);
    text[PATH_MAX - 1] = '\0';
    expect_taken(option, text, 1);
    text[PATH_MAX - 1] = 'x';
    expect_refused(option, text, 0);
}

static void values_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct option *option = &options[i];
        if (option->kind == KIND_CHOICE) choice_check(option);
        if (option->kind == KIND_NUMBER) number_check(option);
        if (option->kind == KIND_TEXT) text_check(option);
    }
}

static const struct option *option_find(const char *variable)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        if (!strcmp(options[i].variable, variable)) return &options[i];
    }
    fail_msg("there is no %s", variable);
    return NULL;
}

// What is wrong is not told where KILN_LOG asks for silence, and where another library of the process tells
// it.
static uint64_t silent(void)
{
    setenv("KILN_LOG", "none", 1);
    return config_get()->cpus;
}

static uint64_t hushed(void)
{
    config_hush();
    return config_get()->cpus;
}

static void silence_is_kept(void **state)
{
    (void)state;
    struct option option = *option_find("KILN_CPUS");
    option.value = silent;
    expect_taken(&option, "abc", 0);
    option.value = hushed;
    expect_taken(&option, "abc", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_checked),
        cmocka_unit_test(silence_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
