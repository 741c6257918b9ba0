// Pulls values out of MessagePack bytes, one by one, over libmpack's tokens. The first thing that does not
// fit marks the reader as bad; from then on every function returns nothing, so that callers check once.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unpack {
    const char *next;
    size_t left;
    const char *bad; // NULL, or what is wrong: a constant string
};

struct text {
    const char *start; // not NUL-terminated; holds no NUL
    size_t length;
};

// The number of pairs or elements that follow; 0 when bad.
uint32_t unpack_map(struct unpack *);
uint32_t unpack_array(struct unpack *);
struct text unpack_text(struct unpack *);
uint32_t unpack_number(struct unpack *); // not negative, at most 32 bits
bool unpack_bool(struct unpack *);       // a boolean, or a number 0 or 1
void unpack_skip(struct unpack *);       // any value, with all inside it
