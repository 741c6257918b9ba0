#include "api/program_binary.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

struct binary_header {
    char magic[8];
    uint32_t version, type;
};

enum { BINARY_VERSION = 1 };
static const char binary_magic[8] = "KILNPRG";

static struct program_binary *binary_allocate(cl_program_binary_type type, size_t header, size_t content)
{
    struct program_binary *binary = malloc(sizeof *binary + header + content);
    if (!binary) return NULL;
    binary->references = 1;
    binary->type = type;
    binary->size = header + content;
    binary->header = header;
    return binary;
}

struct program_binary *program_binary_create(cl_program_binary_type type, const void *content, size_t size)
{
    struct binary_header header = {.version = BINARY_VERSION, .type = type};
    memcpy(header.magic, binary_magic, sizeof header.magic);
    size_t header_size = type == CL_PROGRAM_BINARY_TYPE_EXECUTABLE ? 0 : sizeof header;
    struct program_binary *binary = binary_allocate(type, header_size, size);
    if (!binary) return NULL;
    memcpy(binary->bytes, &header, header_size);
    if (size) memcpy(binary->bytes + header_size, content, size);
    return binary;
}

static cl_int type_read(const void *bytes, size_t size, cl_program_binary_type *type, size_t *header_size)
{
    struct binary_header header;
    *header_size = 0;
    *type = CL_PROGRAM_BINARY_TYPE_EXECUTABLE;
    if (size >= SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG)) return CL_SUCCESS;
    if (size < sizeof header) return CL_INVALID_BINARY;
    memcpy(&header, bytes, sizeof header);
    if (memcmp(header.magic, binary_magic, sizeof header.magic) != 0) return CL_INVALID_BINARY;
    if (header.version != BINARY_VERSION) return CL_INVALID_BINARY;
    *header_size = sizeof header;
    *type = header.type;
    return *type == CL_PROGRAM_BINARY_TYPE_COMPILED_OBJECT || *type == CL_PROGRAM_BINARY_TYPE_LIBRARY
               ? CL_SUCCESS
               : CL_INVALID_BINARY;
}

cl_int program_binary_parse(const void *bytes, size_t size, struct program_binary **result)
{
    cl_program_binary_type type;
    size_t header;
    cl_int error = type_read(bytes, size, &type, &header);
    if (error) return error;
    struct program_binary *binary = binary_allocate(type, header, size - header);
    if (!binary) return CL_OUT_OF_HOST_MEMORY;
    memcpy(binary->bytes, bytes, size);
    *result = binary;
    return CL_SUCCESS;
}

struct program_binary *program_binary_retain(struct program_binary *binary)
{
    if (binary) binary->references++;
    return binary;
}

void program_binary_release(struct program_binary *binary)
{
    if (binary && !--binary->references) free(binary);
}
