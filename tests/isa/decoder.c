// The decoder and the disassembler against LLVM's: every instruction in every form it has,
// what is next to it, what compilers of several versions wrote (corpus/), and random words.
//
// usage: test_isa_decoder corpus/words.txt [random words [seed]]
#include "generate.h"
#include "oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_WORDS = 1000000, TRIES_A_FORM = 60, NEIGHBOURHOODS_A_FORM = 4, REPORTED_DIFFERENCES = 40 };

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

// Words that LLVM's own disassembler misreads, does not check, or has undefined behaviour for.
static bool breaks_llvm(const uint32_t *words)
{
    uint32_t low = words[0], high = words[1];
    if (low >> 26 == 0x35) { // VOP3 lane masks, sources and destinations, may be anything
        unsigned number = low >> 16 & 0x3ff, source = high >> 18 & 0x1ff, destination = low & 0xff;
        bool has_source = number == 0x101 || (number >= 0x128 && number <= 0x12a);
        bool writes_exec = number < 0x100 && number & 0x10; // v_cmpx: nothing reads the field
        bool has_destination = (number < 0x100 && !writes_exec) || number == 0x360;
        return (has_source && source > 107) || (has_destination && destination > 127);
    }
    if (low == 0) return true; // v_illegal, a name for any such word
    if (low & 0x80000000) return false;
    if (low >> 25 == 0x3f && (low >> 9 & 0xff) == 2 && low >> 24 & 1)
        return true; // v_readfirstlane's destination
    unsigned vop2 = low >> 25;
    if ((vop2 == 0x2c || vop2 == 0x2d || vop2 == 0x37 || vop2 == 0x38) && high < 512)
        return true; // v_fmamk, v_fmaak: a small literal is taken for the code of an operand
    switch (low & 0x1ff) {
    case 0xf9: // SDWA selects of 7, unused of 3
        return (high >> 8 & 7) == 7 || (high >> 16 & 7) == 7 || (high >> 24 & 7) == 7 ||
               (high >> 11 & 3) == 3;
    case 0xe9: // DPP8: small lane selections are taken for the code of an inline constant or a literal
    case 0xea:
        return high >> 8 < 256;
    default:
        return false;
    }
}

// VGPRs of an operand as printed: "v1", "v[1:2]" or "[v1, v5]".
static unsigned printed_vgprs(const char *text)
{
    unsigned count = 1;
    if (text[0] == 'v') {
        char *colon;
        unsigned long first = strtoul(text + 2, &colon, 10);
        return text[1] == '[' ? (unsigned)(strtoul(colon + 1, NULL, 10) - first) + 1 : 1;
    }
    for (; *text && *text != ']'; text++) count += *text == ',';
    return count;
}

static unsigned has(const struct opcode *row, uint32_t flag) { return !!(row->flags & flag); }

// Whether LLVM printed an image instruction's data and address in the sizes that DMASK, DIM and the opcode
// ask for. Where it has no instruction of these sizes it prints the smallest or the largest it has.
static bool image_sizes_agree(const uint32_t *words, const char *text)
{
    static const uint8_t coordinates[] = {1, 2, 3, 3, 2, 3, 3, 4}, gradients[] = {2, 4, 6, 4, 2, 4, 4, 4};
    uint32_t low = words[0], dim = low >> 3 & 7;
    char name[64] = "";
    const struct opcode *row = opcodes;
    memcpy(name, text, strcspn(text, " "));
    while (strcmp(row->name, name) != 0) row++;
    if (has(row, OPCODE_BVH)) return true;
    bool a16 = words[1] >> 30 & 1, d16 = words[1] >> 31, tfe = low >> 16 & 1,
         resinfo = strstr(name, "get_resinfo");

    unsigned data = has(row, OPCODE_GATHER4) ? 4 : (unsigned)__builtin_popcount(low & 0xf00);
    if (data == 0) data = 1;
    data = (d16 ? (data + 1) / 2 : data) + tfe;
    unsigned components = resinfo ? 1 : coordinates[dim] + has(row, OPCODE_LOD);
    unsigned address = (a16 ? (components + 1) / 2 : components) + has(row, OPCODE_OFFSET) +
                       has(row, OPCODE_BIAS) + has(row, OPCODE_COMPARE);
    if (has(row, OPCODE_G16))
        address += dim == 2 ? 4 : 2;
    else if (has(row, OPCODE_GRADIENTS))
        address += gradients[dim];

    const char *operand = text + strlen(name) + strspn(text + strlen(name), " ");
    const char *next = strstr(operand, ", ") + 2;
    return printed_vgprs(operand) == data && printed_vgprs(next) == address;
}

// Returns whether both accept.
static bool compare(const uint32_t words[GENERATED_WORDS], bool wave64)
{
    struct instruction in;
    char text[ORACLE_TEXT_SIZE] = "", text_llvm[ORACLE_TEXT_SIZE] = "";
    size_t available = GENERATED_WORDS * sizeof *words;
    if (breaks_llvm(words)) return false;
    size_t size_llvm = oracle_disassemble(words, available, wave64, text_llvm);
    if (size_llvm && strncmp(text_llvm, "image_", 6) == 0 && !image_sizes_agree(words, text_llvm)) {
        size_llvm = 0;
        text_llvm[0] = '\0';
    }
    size_t size = instruction_decode(&in, words, available, wave64);
    if (size) instruction_print(text, sizeof text, &in, wave64);
    if (size != size_llvm || strcmp(text, text_llvm) != 0)
        report(words, wave64, size, text, size_llvm, text_llvm);
    return size && size_llvm;
}

// Words that are cut off are the same instruction if it ends before, else none. LLVM crashes on many of
// these.
static void check_truncated(const uint32_t words[GENERATED_WORDS], size_t available, bool wave64)
{
    struct instruction whole, part;
    size_t size_whole = instruction_decode(&whole, words, GENERATED_WORDS * sizeof *words, wave64);
    size_t size = instruction_decode(&part, words, available, wave64);
    bool shrinks = size == sizeof *words && part.opcode->id == OPCODE_ID_v_nop__VOP1; // no more of it counts
    if (size == (size_whole <= available ? size_whole : 0) || shrinks) return;
    differences++;
    printf("%08x %08x: %zu bytes, of the first %zu bytes %zu\n", words[0], words[1], size_whole, available,
           size);
}

// An instruction and what differs from it in one bit, or in a field set to 0 or to all ones: what each field
// must hold, and what is ignored, shows only so.
static void compare_neighbours(const uint32_t words[GENERATED_WORDS], bool wave64)
{
    struct instruction in;
    unsigned bits = 8 * (unsigned)instruction_decode(&in, words, GENERATED_WORDS * sizeof *words, wave64);
    uint32_t changed[GENERATED_WORDS];
    for (unsigned bit = 0; bit < bits; bit++) {
        memcpy(changed, words, sizeof changed);
        changed[bit / 32] ^= 1u << bit % 32;
        compare(changed, wave64);
        if (bit % 32 + 8 > 32) continue;
        changed[bit / 32] = words[bit / 32] & ~(0xffu << bit % 32);
        compare(changed, wave64);
        changed[bit / 32] = words[bit / 32] | 0xffu << bit % 32;
        compare(changed, wave64);
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
                bool valid = compare(words, i & 1);
                if (valid && accepted++ < NEIGHBOURHOODS_A_FORM) compare_neighbours(words, i & 1);
            }
            forms++;
            if (accepted == 0) {
                printf("%s, form %u: no valid instruction among %d\n", opcodes[id].name, form, TRIES_A_FORM);
                differences++;
            }
        }
    return forms;
}

// A line: the wave's size and the words. False: there is no more.
static bool corpus_read(FILE *file, uint32_t words[GENERATED_WORDS], bool *wave64)
{
    char line[128], *at = line;
    if (!fgets(line, sizeof line, file)) return false;
    memset(words, 0, GENERATED_WORDS * sizeof *words);
    *wave64 = strtoul(at, &at, 10) == 64;
    for (unsigned i = 0; i < GENERATED_WORDS; i++) words[i] = (uint32_t)strtoul(at, &at, 16);
    return true;
}

// Both accept what compilers write.
static unsigned compare_corpus(const char *path)
{
    uint32_t words[GENERATED_WORDS];
    bool wave64;
    unsigned count = 0;
    FILE *file = fopen(path, "r");
    for (; file && corpus_read(file, words, &wave64); count++) {
        if (!compare(words, wave64)) {
            differences++;
            printf("wave%d %08x %08x is not accepted\n", wave64 ? 64 : 32, words[0], words[1]);
        }
        compare_neighbours(words, wave64);
    }
    if (file) fclose(file);
    return count;
}

int main(int argc, char **argv)
{
    struct generator g = {.state = argc > 3 ? strtoul(argv[3], NULL, 10) : 1030};
    unsigned long random_words = argc > 2 ? strtoul(argv[2], NULL, 10) : RANDOM_WORDS, accepted = 0;
    unsigned compiled = argc > 1 ? compare_corpus(argv[1]) : 0;
    unsigned forms = compare_rows(&g);
    for (unsigned long i = 0; i < random_words; i++) {
        uint32_t words[GENERATED_WORDS];
        const struct opcode *row = &opcodes[generate_u32(&g) % OPCODE_ID_COUNT];
        enum vector_form form = generate_u32(&g) % 5;
        if (i % 4 == 0 || !form_exists(row, form))
            generate_words(&g, words);
        else
            generate_instruction(&g, row, form, words);
        bool wave64 = generate_u32(&g) & 1;
        accepted += compare(words, wave64);
        check_truncated(words, generate_u32(&g) % sizeof words, wave64);
    }
    printf("%u instructions, %u forms, %u compiled, %lu random words of which %lu valid: %u differences\n",
           (unsigned)OPCODE_ID_COUNT, forms, compiled, random_words, accepted, differences);
    return differences || !compiled;
}
