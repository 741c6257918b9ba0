// The two nodes that the software GPU and its host are, in the thunk's words.
#pragma once

#pragma GCC visibility push(default)
#include <hsakmt.h>
#pragma GCC visibility pop

enum { NODE_CPU, NODE_GPU, NODE_COUNT };

enum { PAGE_SIZE = 4096 };
