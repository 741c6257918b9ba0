// Which instructions the software GPU does not execute, by form.
//
// usage: test_isa_coverage <list>
//
// The list names the forms known to be missing, one a line: "<mnemonic> <encoding> <form>". The test fails
// where another one is missing, and where one of the list is executed, or is no form of any instruction: it
// is to be struck from the list.
#include "generate.h"

#include "device/softgpu/interpreter/control.h"
#include "device/softgpu/interpreter/exec_lanes.h"
#include "device/softgpu/interpreter/exec_memory.h"
#include "device/softgpu/interpreter/exec_scalar.h"
#include "device/softgpu/interpreter/exec_vector.h"
#include "device/softgpu/interpreter/region.h"

#include <stdio.h>
#include <string.h>

enum { TRIES = 20000, INSTANCES = 50, NAME_SIZE = 96, LISTED_MAX = 2000 };

static char listed[LISTED_MAX][NAME_SIZE];
static bool met[LISTED_MAX]; // there is such a form
static unsigned listed_count;

static const char *const encodings[ENCODING_COUNT] = {
    "SOP1",  "SOP2",   "SOPK", "SOPC", "SOPP",   "SMEM",    "VOP1",  "VOP2",  "VOPC", "VOP3",
    "VOP3P", "VINTRP", "DS",   "FLAT", "GLOBAL", "SCRATCH", "MUBUF", "MTBUF", "MIMG", "EXP",
};
static const char *const forms[] = {"native", "VOP3", "SDWA", "DPP16", "DPP8"};

static bool is_executed(const struct instruction *in)
{
    return lower_count(in) == 0 || control_handler(in) || scalar_handler(in) || lanes_handler(in) ||
           memory_handler(in) || vector_executes(in);
}

// Modes that this device lacks in all instructions alike: they are left out.
static bool has_absent_mode(const struct instruction *in)
{
    return (in->gds && !(in->opcode->flags & OPCODE_GDS)) || in->lds || in->tfe;
}

// *executed: whether all of some instances of this form are executed. Returns false if none was found.
static bool instances_check(const struct opcode *row, enum vector_form form, bool *executed)
{
    struct generator g = {.state = row->id};
    unsigned instances = 0;
    *executed = true;
    for (unsigned i = 0; i < TRIES && instances < INSTANCES; i++) {
        struct instruction in;
        uint32_t words[GENERATED_WORDS];
        generate_instruction(&g, row, form, words);
        if (!instruction_decode(&in, words, sizeof words, i & 1) || in.opcode != row || in.form != form)
            continue;
        if (has_absent_mode(&in)) continue;
        instances++;
        *executed &= is_executed(&in);
    }
    return instances > 0;
}

static bool list_read(const char *path)
{
    char line[256];
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        return false;
    }
    while (listed_count < LISTED_MAX && fgets(line, sizeof line, file)) {
        char *end = strchr(line, '\n');
        if (end) *end = '\0';
        if (line[0] && line[0] != '#') snprintf(listed[listed_count++], NAME_SIZE, "%s", line);
    }
    fclose(file);
    return true;
}

static bool is_listed(const char *name)
{
    for (unsigned i = 0; i < listed_count; i++)
        if (strcmp(listed[i], name) == 0) return met[i] = true;
    return false;
}

// What there is of each instruction, against the list. Returns the number of faults.
static unsigned form_check(const struct opcode *row, enum vector_form form, unsigned *missing)
{
    char name[NAME_SIZE];
    bool executed;
    snprintf(name, sizeof name, "%s %s %s", row->name, encodings[row->encoding], forms[form]);
    if (!instances_check(row, form, &executed)) {
        printf("no instance: %s\n", name);
        return 1;
    }
    *missing += !executed;
    if (executed != is_listed(name)) return 0;
    printf(executed ? "executed, but listed: %s\n" : "not executed: %s\n", name);
    return 1;
}

static unsigned list_check(void)
{
    unsigned faults = 0;
    for (unsigned i = 0; i < listed_count; i++) {
        if (met[i]) continue;
        printf("listed, but no form of an instruction: %s\n", listed[i]);
        faults++;
    }
    return faults;
}

// An instruction is ABSENT in opcodes.def where no form of it is executed, and only there.
static unsigned absence_check(const struct opcode *row, bool executed)
{
    bool acts = row->flow != FLOW_ON && row->flow != FLOW_CODE_END; // padding stops what runs into it
    bool computes = row->scalar || row->vector || row->lanes;
    bool absent = !acts && !computes && !row->registers && !row->smem && !row->image && !row->formatted;
    if (absent != executed) return 0;
    printf("%s: %s\n", row->name, absent ? "ABSENT, but executed" : "not ABSENT, but no form is executed");
    return 1;
}

int main(int argc, char **argv)
{
    unsigned total = 0, missing = 0, faults = 0;
    if (argc != 2 || !list_read(argv[1])) return 2;
    for (unsigned id = 0; id < OPCODE_ID_COUNT; id++) {
        unsigned forms = 0, lacking = 0;
        for (unsigned form = FORM_NATIVE; form <= FORM_DPP8; form++) {
            if (!form_exists(&opcodes[id], form)) continue;
            forms++;
            faults += form_check(&opcodes[id], form, &lacking);
        }
        faults += absence_check(&opcodes[id], lacking < forms);
        total += forms;
        missing += lacking;
    }
    faults += list_check();
    printf("%u forms of %u instructions, %u not executed\n", total, (unsigned)OPCODE_ID_COUNT, missing);
    return faults != 0;
}
