// Memory for small objects that come and go with every command. Each thread keeps what it gave back for what
// it takes next; under a sanitizer, which has to see each of them end, it is malloc's.
#pragma once

#include <stddef.h>

// Uninitialised memory of `size` bytes, aligned for anything. NULL: there is none.
void *recycle_take(size_t size);
// Gives it back; `size` as it was taken. NULL is nothing.
void recycle_give(void *, size_t size);
