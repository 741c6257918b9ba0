// Answering clGet*Info, and returning errors from functions that return an object.
#pragma once

#include <CL/cl.h>
#include <stddef.h>

// Where an answer goes: the last three parameters of every clGet*Info.
struct info_out {
    size_t size;
    void *value;
    size_t *size_ret;
};

// Copies `size` bytes of an answer. CL_INVALID_VALUE where there is a destination and it is too small.
cl_int info_bytes(const struct info_out *, const void *data, size_t size);

// A string with its NUL; NULL is "".
cl_int info_string(const struct info_out *, const char *text);

// One value of a type.
#define INFO_SCALAR(out, type, expression) info_bytes((out), &(type){(expression)}, sizeof(type))

// Stores `error` where `out` is not NULL; returns NULL, for `return error_return(…)`.
void *error_return(cl_int *out, cl_int error);
