// What the math functions of OpenCL C are to return, computed with MPFR, and how far a result is from it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <mpfr.h>

// A binary format: digits, and the exponents of the largest number and of the smallest normal one.
struct math_format {
    const char *name;
    int digits, largest, smallest;
    int precision; // bits that the oracle computes with
};

enum { MATH_FLOAT, MATH_DOUBLE, MATH_HALF, MATH_FORMATS };
extern const struct math_format math_formats[MATH_FORMATS];

struct math_operands {
    double x, y, z; // numbers of the format
    int n;
};

struct math_results {
    double value, second; // `second` of fract, modf and sincos
    int integer;          // of frexp, ilogb, lgamma_r and remquo
};

struct math_function {
    const char *name, *signature;
    double limits[MATH_FORMATS]; // ULP; 0: correctly rounded
};
extern const struct math_function math_functions[];
extern const size_t math_function_count;

// How far the results are off, in ULP of what is right; 0 of a correctly rounded result where the limit is 0.
// Infinity: not the number, the zero or the integer that it has to be.
double math_error(size_t function, int format, double limit, const struct math_operands *,
                  const struct math_results *);

// The same where subnormal operands may be taken for zeros, and zeros be returned for subnormal results
// (OpenCL C 3.0, 7.5.3).
double math_error_flushed(size_t function, int format, double limit, const struct math_operands *,
                          const struct math_results *);

// What is right, for a person.
void math_expected(size_t function, int format, const struct math_operands *, char *text, size_t size);
