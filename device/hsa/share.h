// Work in parts, done by the calling thread and by others of ours that have nothing else to do.
#pragma once

#include <stddef.h>

// Calls part(argument, index) for each index below `count`, in any order and at the same time, and returns
// when all parts are done. Where no other thread is to be had the calling one does all.
void share_parts(size_t count, void (*part)(void *argument, size_t index), void *argument);
