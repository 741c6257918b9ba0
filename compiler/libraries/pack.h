// The device library in pieces: what kilnc links programs with. Parsing ROCm's three libraries takes longer
// than all the rest of a build, since clang's module reader looks at each of their 15,000 functions; so they
// are taken apart when Kiln is built. A piece is the bitcode of all functions of one name (the overloads of
// `sin`) or of one variable. A pack file is a pack_header, its pieces sorted by key, then keys and bitcode.
#pragma once

#include <llvm/ADT/StringRef.h>

#include <cstdint>

inline constexpr char pack_magic[8] = {'K', 'I', 'L', 'N', 'L', 'I', 'B', '1'};

struct pack_header {
    char magic[8];
    uint32_t piece_count, reserved;
};

// Offsets count bytes from the file's beginning. Bitcode is aligned to 4.
struct pack_piece {
    uint32_t key, key_size, bitcode, bitcode_size;
};

// The key of the piece that defines a symbol: "sin" for "_Z3sinDv4_f"; a name that is not mangled is its own.
inline llvm::StringRef pack_key(llvm::StringRef symbol)
{
    llvm::StringRef rest = symbol;
    size_t length;
    if (rest.consume_front("_Z") && !rest.consumeInteger(10, length) && length && length <= rest.size())
        return rest.take_front(length);
    return symbol;
}
