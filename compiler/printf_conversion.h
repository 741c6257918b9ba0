// Conversion specifications of printf's: "%-08.3v4hld" and so on. kilnc reads them before LLVM lowers a call,
// and the driver when it prints the record.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct printf_conversion {
    char flags[8];        // as given
    int width, precision; // -1: not given
    unsigned lanes;       // of a vector; 1: scalar
    size_t integer_size;  // what the length modifier cuts integers to, in bytes; 0: to nothing
    char specifier;
    unsigned arguments; // how many it takes: in C one more for each '*'
};

// Reads what follows a '%'. True: it is one, which takes an argument, and *text is past it. False where
// OpenCL C knows none such: then *text stays where it is, for the '%' and what follows it are printed as they
// stand. Even so it takes as many arguments as C would have it take: none, if its specifier is unknown, too.
bool printf_conversion_parse(const char **text, struct printf_conversion *);

#ifdef __cplusplus
}
#endif
