// Keeps the folder of kept results within KILN_CACHE_MB.
//
// The length of the file `ledger` is the sum of what is kept, a byte for each block: appending to it needs no
// lock, and reading the sum no look at the folder. Only when it exceeds the bound is the folder looked
// through; then the results not used for longest go until a quarter of the bound is free, and the ledger's
// length becomes what is left. What processes do to each other meanwhile makes the sum inexact until then.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Whether a result of this size may be kept: within the bound, and within the process's limit on files,
// beyond which a write would end the application. If not, the log says so.
bool cache_limit_allows(size_t size);

// Notes that a file of this size was added, and makes room where that was too much.
void cache_limit_add(int folder, size_t size);
