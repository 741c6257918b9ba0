#include "api/machinery/info.h"

#include <string.h>

cl_int info_bytes(const struct info_out *out, const void *data, size_t size)
{
    if (out->value && out->size < size) return CL_INVALID_VALUE;
    if (out->value && size) memcpy(out->value, data, size);
    if (out->size_ret) *out->size_ret = size;
    return CL_SUCCESS;
}

cl_int info_string(const struct info_out *out, const char *text)
{
    if (!text) text = "";
    return info_bytes(out, text, strlen(text) + 1);
}

void *error_return(cl_int *out, cl_int error)
{
    if (out) *out = error;
    return NULL;
}
