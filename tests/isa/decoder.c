// The decoder and the disassembler against LLVM's: every instruction in every form it has, and random words.
//
// usage: test_isa_decoder [random words]
#include "generate.h"
#include "oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_WORDS = 1000000, TRIES_A_FORM = 60, REPORTED_DIFFERENCES = 40000 };

static unsigned differences;

static void report(const uint32_t *words, bool wave64, size_t size, const char *text, size_t size_llvm,
                   const char *text_llvm)
{
    if (++differences > REPORTED_DIFFERENCES) return;
    printf("wave%d %08x %08x %08x %08x %08x\n", wave64 ? 64 : 32, words[0], words[1], words[2], words[3],
           words[4]);
    printf("    Kiln: %zu %s\n    LLVM: %zu %s\n", size, size ? text : "rejected", size_llvm,
           size_llvm ? text_llvm : "rejected");
}

// Words that make LLVM's own disassembler run into undefined behaviour.
static bool breaks_llvm(const uint32_t *words)
{
    uint32_t low = words[0], high = words[1];
    if ((low & 0x80000000) == 0 && (low & 0x1ff) == 0xf9) // SDWA selects of 7, unused of 3
        return (high >> 8 & 7) == 7 || (high >> 16 & 7) == 7 || (high >> 24 & 7) == 7 ||
               (high >> 11 & 3) == 3;
    return false;
}

// Returns whether both accept.
static bool compare(const uint32_t words[GENERATED_WORDS], bool wave64)
{
    struct instruction in;
    char text[ORACLE_TEXT_SIZE] = "", text_llvm[ORACLE_TEXT_SIZE] = "";
    size_t available = GENERATED_WORDS * sizeof *words;
    if (breaks_llvm(words)) return false;
    size_t size_llvm = oracle_disassemble(words, available, wave64, text_llvm);
    size_t size = instruction_decode(&in, words, available, wave64);
    if (size) instruction_print(text, sizeof text, &in, wave64);
    if (size != size_llvm || strcmp(text, text_llvm)) report(words, wave64, size, text, size_llvm, text_llvm);
    return size && size_llvm;
}

static bool form_exists(const struct opcode *row, enum vector_form form)
{
    bool promotable =
        row->encoding == ENCODING_VOP1 || row->encoding == ENCODING_VOP2 || row->encoding == ENCODING_VOPC;
    switch (form) {
    case FORM_NATIVE:
        return true;
    case FORM_VOP3:
        return promotable && !(row->flags & OPCODE_NO_VOP3);
    case FORM_SDWA:
        return promotable && !(row->flags & OPCODE_NO_SDWA);
    default:
        return promotable && row->encoding != ENCODING_VOPC && !(row->flags & OPCODE_NO_DPP);
    }
}

static unsigned compare_rows(struct generator *g)
{
    unsigned forms = 0;
    for (unsigned id = 0; id < OPCODE_ID_COUNT; id++)
        for (unsigned form = FORM_NATIVE; form <= FORM_DPP8; form++) {
            if (!form_exists(&opcodes[id], form)) continue;
            unsigned accepted = 0;
            for (unsigned i = 0; i < TRIES_A_FORM; i++) {
                uint32_t words[GENERATED_WORDS];
                generate_instruction(g, &opcodes[id], form, words);
                accepted += compare(words, i & 1);
            }
            forms++;
            if (accepted == 0) {
                printf("%s, form %u: no valid instruction among %d\n", opcodes[id].name, form, TRIES_A_FORM);
                differences++;
            }
        }
    return forms;
}

int main(int argc, char **argv)
{
    struct generator g = {.state = 1030};
    unsigned long random_words = argc > 1 ? strtoul(argv[1], NULL, 10) : RANDOM_WORDS, accepted = 0;
    unsigned forms = compare_rows(&g);
    for (unsigned long i = 0; i < random_words; i++) {
        uint32_t words[GENERATED_WORDS];
        const struct opcode *row = &opcodes[generate_u32(&g) % OPCODE_ID_COUNT];
        enum vector_form form = generate_u32(&g) % 5;
        if (i % 4 == 0 || !form_exists(row, form))
            generate_words(&g, words);
        else
            generate_instruction(&g, row, form, words);
        accepted += compare(words, generate_u32(&g) & 1);
    }
    printf("%u instructions, %u forms, %lu random words of which %lu valid: %u differences\n",
           (unsigned)OPCODE_ID_COUNT, forms, random_words, accepted, differences);
    return differences != 0;
}
