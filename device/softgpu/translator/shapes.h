// What memory instructions access.
#pragma once

#include "emitter.h"

#include <string>

struct Shape {
    unsigned id;
    const char *suffix; // of the semantics' functions for it
    unsigned bytes;     // of each piece
    bool store;
    unsigned pieces; // LDS: two of them lie `step` times the offset's bytes on
    unsigned step;
};

// NULL where it has no simple one.
const Shape *shape_of(const instruction &in);

// Bytes from what the register says.
inline uint32_t piece_offset(const instruction &in, const Shape &shape, unsigned piece)
{
    uint32_t offset = (uint16_t)in.offset;
    return shape.pieces > 1 ? (offset >> 8 * piece & 0xff) * shape.step : offset;
}

// Of the semantics' function.
std::string shape_name(const char *kind, const char *suffix);
