#include "report.h"

#include "fault.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { DISASSEMBLY_SIZE = 120 };

static void disassemble(char *text, const struct op *op, bool wave64)
{
    uint32_t word;
    if (op->in && op->in->opcode)
        instruction_print(text, DISASSEMBLY_SIZE, op->in, wave64);
    else if (guarded_read((unsigned char *)&word, op->pc, sizeof word) == sizeof word)
        snprintf(text, DISASSEMBLY_SIZE, "0x%08" PRIx32 " is no gfx1030 instruction", word);
    else
        snprintf(text, DISASSEMBLY_SIZE, "no code that can be read");
}

enum wave_state wave_stop(struct wave *w, const struct op *op, enum fault_kind kind, const char *format, ...)
{
    struct fault *fault = w->group->fault;
    char what[80], text[DISASSEMBLY_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    disassemble(text, op, w->wave64);
    fault->kind = kind;
    fault->pc = op->pc;
    snprintf(fault->text, sizeof fault->text, "%s: %s at 0x%" PRIx64 " (entry%+" PRId64 ")", what, text,
             op->pc, (int64_t)(op->pc - w->group->dispatch->entry));
    return WAVE_STOPPED;
}

enum wave_state wave_stop_memory(struct wave *w, const struct op *op, uint64_t address)
{
    bool write = op->in && op->in->opcode && op->in->opcode->flags & (OPCODE_STORE | OPCODE_ATOMIC);
    w->group->fault->address = address;
    w->group->fault->write = write;
    return wave_stop(w, op, FAULT_MEMORY, "memory access fault %s 0x%" PRIx64, write ? "writing" : "reading",
                     address);
}

void fault_invalid_dispatch(struct fault *fault, const struct dispatch *dispatch, const char *what)
{
    *fault = (struct fault){.kind = FAULT_INVALID_DISPATCH, .pc = dispatch->entry};
    snprintf(fault->text, sizeof fault->text, "invalid dispatch: %s", what);
}
