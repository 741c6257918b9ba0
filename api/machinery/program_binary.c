#include "api/machinery/program_binary.h"
#include "compiler/envelope.h"

#include <assert.h>
#include <elf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static_assert(CL_PROGRAM_BINARY_TYPE_COMPILED_OBJECT == ENVELOPE_OBJECT, "");
static_assert(CL_PROGRAM_BINARY_TYPE_LIBRARY == ENVELOPE_LIBRARY, "");
static_assert(CL_PROGRAM_BINARY_TYPE_EXECUTABLE == ENVELOPE_EXECUTABLE, "");

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

struct program_binary *program_binary_create(cl_program_binary_type type, const char *isa,
                                             const void *content, size_t size)
{
    struct program_binary *binary = binary_allocate(type, sizeof(struct envelope), size);
    if (!binary) return NULL;
    if (size) memcpy(binary->bytes + binary->header, content, size);
    envelope_seal(binary->bytes, binary->size, (enum envelope_type)type, isa);
    return binary;
}

// What this driver sealed for this ISA, or a code object as other tools make them.
static bool type_read(const void *bytes, size_t size, const char *isa, cl_program_binary_type *type,
                      size_t *header)
{
    struct envelope envelope;
    bool sealed = !envelope_read(bytes, size, &envelope);
    *type = sealed ? envelope.type : CL_PROGRAM_BINARY_TYPE_EXECUTABLE;
    *header = sealed ? sizeof envelope : 0;
    return sealed ? !strcmp(envelope.isa, isa) : size >= SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG);
}

cl_int program_binary_parse(const void *bytes, size_t size, const char *isa, struct program_binary **result)
{
    cl_program_binary_type type;
    size_t header;
    if (!type_read(bytes, size, isa, &type, &header)) return CL_INVALID_BINARY;
    struct program_binary *binary = binary_allocate(type, header, size - header);
    if (!binary) return CL_OUT_OF_HOST_MEMORY;
    memcpy(binary->bytes, bytes, size);
    *result = binary;
    return CL_SUCCESS;
}

struct compiler_blob program_binary_content(const struct program_binary *binary)
{
    return (struct compiler_blob){binary->bytes + binary->header, binary->size - binary->header};
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
