// For tests whose every case is a process of its own, since options are read once.
#pragma once

#include "support.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

// What a body checks with, since cmocka's assertions belong to the parent.
static inline void check(int condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "failed: %s\n", what);
    _exit(1);
}

// Runs a test's body in a child; a failed check there shows as a non-zero exit.
static inline void in_child(void (*body)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        body();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

#define CHILD_TEST(name)                                                                                     \
    static void name##_test(void **state)                                                                    \
    {                                                                                                        \
        (void)state;                                                                                         \
        in_child(name##_body);                                                                               \
    }
