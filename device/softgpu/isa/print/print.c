// Text of an instruction, letter by letter as LLVM's gfx1030 disassembler prints it.
#include "print.h"

#include <stdarg.h>
#include <stdio.h>

void print_text(struct printer *p, const char *format, ...)
{
    va_list arguments;
    size_t room = p->length < p->size ? p->size - p->length : 0;
    va_start(arguments, format);
    p->length += (size_t)vsnprintf(room ? p->buffer + p->length : NULL, room, format, arguments);
    va_end(arguments);
}

void print_flag(struct printer *p, bool set, const char *name)
{
    if (set) print_text(p, " %s", name);
}

static void (*const printers[ENCODING_COUNT])(struct printer *p, const struct instruction *in) = {
    [ENCODING_SOP1] = print_scalar,  [ENCODING_SOP2] = print_scalar,  [ENCODING_SOPK] = print_scalar,
    [ENCODING_SOPC] = print_scalar,  [ENCODING_SOPP] = print_scalar,  [ENCODING_SMEM] = print_smem,
    [ENCODING_VOP1] = print_vector,  [ENCODING_VOP2] = print_vector,  [ENCODING_VOPC] = print_vector,
    [ENCODING_VOP3] = print_vector,  [ENCODING_VOP3P] = print_vector, [ENCODING_VINTRP] = print_vector,
    [ENCODING_DS] = print_ds,        [ENCODING_FLAT] = print_flat,    [ENCODING_GLOBAL] = print_flat,
    [ENCODING_SCRATCH] = print_flat, [ENCODING_MUBUF] = print_buffer, [ENCODING_MTBUF] = print_buffer,
    [ENCODING_MIMG] = print_image,   [ENCODING_EXP] = print_export,
};

int instruction_print(char *buffer, size_t size, const struct instruction *in, bool wave64)
{
    (void)wave64; // the operands know how wide lane masks are
    struct printer p = {.buffer = buffer, .size = size};
    print_text(&p, "%s", in->opcode->name);
    printers[in->opcode->encoding](&p, in);
    return (int)p.length;
}
