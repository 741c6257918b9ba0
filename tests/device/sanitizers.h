// How the sanitizers judge the tests of this room.
#pragma once

#include <stdbool.h>

// Set in a forked child, which lacks the threads that hold its memory.
extern bool sanitizers_leaks_ignored;
