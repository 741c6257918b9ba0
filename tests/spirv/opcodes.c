// Each opcode of the reader's table in a small kernel of a module written by hand (opcodes.def), which
// computes what it should; and no opcode of the table without one, here or in another test.
//
// usage: test_spirv_opcodes path/to/spirv-as FILE… (other tests' modules and sources)
#define _GNU_SOURCE // environ, memmem
#include "assemble.h"
#include "group.h"

#include <CL/cl_ext.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEMS = 64 };

static const char *assembler;
static struct file module;

// ---- What is expected ---------------------------------------------------------------------------------

static uint32_t power(uint32_t base, int exponent)
{
    uint32_t result = 1;
    while (exponent--) result *= base;
    return result;
}

static uint32_t or_until(int i)
{
    uint32_t bits = 0;
    for (int k = 0; k <= i; k++) bits |= (uint32_t)k;
    return bits;
}

static uint32_t bits_of_float(double number)
{
    const float f = (float)number;
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

#define RESULT_U(expected) ((uint32_t)(expected))
#define RESULT_B(expected) ((uint32_t)((expected) != 0))
#define RESULT_F(expected) bits_of_float(expected)
#define CASE(name, result, body, expected)                                                                   \
    static uint32_t expect_##name(int i)                                                                     \
    {                                                                                                        \
        (void)i;                                                                                             \
        return RESULT_##result(expected);                                                                    \
    }
#define DECORATE(line)
#include "opcodes.def"
#undef CASE
#undef DECORATE

static const struct kernel_case {
    const char *name, *result, *body;
    uint32_t (*expect)(int i);
} cases[] = {
#define CASE(name, result, body, expected) {#name, #result, body, expect_##name},
#define DECORATE(line)
#include "opcodes.def"
#undef CASE
#undef DECORATE
};
enum { CASES = sizeof cases / sizeof *cases };

// ---- The module ---------------------------------------------------------------------------------------

static const char head[] =
    "OpCapability Addresses;OpCapability Kernel;OpCapability Linkage;OpCapability Vector16;OpCapability Int8;"
    "OpCapability Int16;OpCapability Int64;OpCapability Float16;OpCapability Float64;OpCapability "
    "Int64Atomics;"
    "OpCapability GenericPointer;OpCapability Groups;OpCapability GroupNonUniform;OpCapability "
    "GroupNonUniformVote;OpCapability GroupNonUniformArithmetic;OpCapability GroupNonUniformBallot;"
    "OpCapability GroupNonUniformShuffle;OpCapability GroupNonUniformShuffleRelative;OpCapability "
    "GroupNonUniformClustered;OpCapability GroupNonUniformRotateKHR;OpCapability GroupUniformArithmeticKHR;"
    "OpCapability SubgroupShuffleINTEL;OpCapability SubgroupDispatch;OpCapability DotProduct;"
    "OpCapability DotProductInput4x8Bit;OpCapability DotProductInput4x8BitPacked;OpCapability "
    "BitInstructions;"
    "OpCapability AtomicFloat32AddEXT;OpCapability AtomicFloat32MinMaxEXT;OpCapability AtomicFloat64AddEXT;"
    "OpCapability AtomicFloat64MinMaxEXT;OpCapability AtomicFloat16AddEXT;OpCapability "
    "AtomicFloat16MinMaxEXT;"
    "OpCapability ExpectAssumeKHR;OpCapability ShaderClockKHR;OpCapability MemoryAccessAliasingINTEL;"
    "OpExtension \"SPV_KHR_subgroup_rotate\";%std = OpExtInstImport \"OpenCL.std\";"
    "OpMemoryModel Physical64 OpenCL;";

static const char debug[] =
    "%file = OpString \"opcodes\";OpSource OpenCL_C 300000 %file \"kernel\";OpSourceContinued "
    "\"void\";OpSourceExtension \"none\";"
    "OpModuleProcessed \"by hand\";OpName %twice \"twice\";OpName %out_IMul \"out\";OpMemberName %pair 0 "
    "\"first\";OpNop;"
    "OpDecorate %group Alignment 4;%group = OpDecorationGroup;OpGroupDecorate %group %shared;"
    "OpDecorate %member_group Alignment 4;%member_group = OpDecorationGroup;"
    "OpGroupMemberDecorate %member_group %pair 0 %pair 1;OpMemberDecorate %pair 0 Alignment 4;"
    "OpDecorateString %shared UserSemantic \"none\";OpMemberDecorateString %pair 1 UserSemantic \"none\";"
    "OpDecorate %special SpecId 0;OpDecorate %special_true SpecId 1;"
    "OpDecorate %item BuiltIn LocalInvocationIndex;OpDecorate %lane BuiltIn SubgroupLocalInvocationId;"
    "OpDecorate %packed CPacked;OpDecorateId %r_CopyObject UniformId %device;";

static const char types[] =
    "%void = OpTypeVoid;%bool = OpTypeBool;%uchar = OpTypeInt 8 0;%ushort = OpTypeInt 16 0;"
    "%uint = OpTypeInt 32 0;%ulong = OpTypeInt 64 0;%three_bits = OpTypeInt 3 0;%odd_bits = OpTypeInt 33 "
    "0;%half = OpTypeFloat 16;%float = OpTypeFloat 32;"
    "%double = OpTypeFloat 64;%v2bool = OpTypeVector %bool 2;%v2uint = OpTypeVector %uint 2;"
    "%v4uint = OpTypeVector %uint 4;%v4uchar = OpTypeVector %uchar 4;%v2float = OpTypeVector %float 2;"
    "%v8float = OpTypeVector %float 8;%v16double = OpTypeVector %double 16;%of_float = OpTypeFunction %float "
    "%float;"
    "%pair = OpTypeStruct %uint %uint;%pair_other = OpTypeStruct %uint %uint;%packed = OpTypeStruct %uchar "
    "%uint;%opaque = OpTypeOpaque \"none\";"
    "%event = OpTypeEvent;%u3 = OpConstant %uint 3;%three = OpTypeArray %uint %u3;"
    "%outer = OpTypeStruct %pair %three;%outer_other = OpTypeStruct %pair_other %three;"
    "%image = OpTypeImage %void 2D 0 0 0 0 Unknown ReadOnly;%sampler = OpTypeSampler;"
    "OpTypeForwardPointer %later CrossWorkgroup;"
    "%global_uint = OpTypePointer CrossWorkgroup %uint;%global_ulong = OpTypePointer CrossWorkgroup %ulong;"
    "%later = OpTypePointer CrossWorkgroup %pair;"
    "%global_half = OpTypePointer CrossWorkgroup %half;%global_float = OpTypePointer CrossWorkgroup %float;"
    "%global_double = OpTypePointer CrossWorkgroup %double;%generic_uint = OpTypePointer Generic %uint;"
    "%local_uint = OpTypePointer Function %uint;%pair_pointer = OpTypePointer Function %pair;"
    "%event_pointer = OpTypePointer Function %event;%input_uint = OpTypePointer Input %uint;"
    "%group_uint = OpTypePointer Workgroup %uint;%constant_uint = OpTypePointer UniformConstant %uint;"
    "%constant_three = OpTypePointer UniformConstant %three;"
    "%near = OpTypeStruct %group_uint %uint %local_uint %uint;"
    "%near_other = OpTypeStruct %group_uint %uint %local_uint %uint;%nears = OpTypeArray %near %u3;"
    "%group_three = OpTypeArray %group_uint %u3;%holder = OpTypeStruct %uint %group_three %nears;"
    "%near_pointer = OpTypePointer Function %near;%holder_pointer = OpTypePointer Function %holder;"
    "%slots_pointer = OpTypePointer Function %group_three;%slot_pointer = OpTypePointer Function %group_uint;"
    "%local_slot = OpTypePointer Function %local_uint;%byte_pointer = OpTypePointer Function %uchar;"
    "%long_pointer = OpTypePointer Function %ulong;%global_near = OpTypePointer CrossWorkgroup %near;"
    "%global_slot = OpTypePointer CrossWorkgroup %group_uint;%to_near = OpTypeFunction %near %near %uint;"
    "%kernel = OpTypeFunction %void %global_uint %global_uint %global_uint;%function = OpTypeFunction %uint "
    "%uint;";

static const char constants[] =
    "%u0 = OpConstant %uint 0;%u1 = OpConstant %uint 1;%u2 = OpConstant %uint 2;%u4 = OpConstant %uint 4;"
    "%u8 = OpConstant %uint 8;%u10 = OpConstant %uint 10;%u20 = OpConstant %uint 20;%u30 = OpConstant %uint "
    "30;"
    "%odd_one = OpConstant %odd_bits 1;%u13 = OpConstant %uint 13;%u32 = OpConstant %uint 32;%u33 = "
    "OpConstant %uint 33;%u64 = OpConstant "
    "%uint 64;"
    "%long0 = OpConstant %ulong 0;%long1 = OpConstant %ulong 1;%long4 = OpConstant %ulong 4;%long8 = "
    "OpConstant %ulong 8;%long24 = OpConstant %ulong 24;"
    "%most = OpConstant %uint 2147483647;%one = OpConstant %float 1;%two = OpConstant %float 2;"
    "%nan = OpConstant %float 0x1.8p+128;%true = OpConstantTrue %bool;%false = OpConstantFalse %bool;"
    "%c1 = OpConstant %uchar 1;%c2 = OpConstant %uchar 2;%c3 = OpConstant %uchar 3;%c255 = OpConstant %uchar "
    "255;"
    "%small = OpConstantComposite %v4uchar %c2 %c255 %c3 %c1;"
    "%numbers = OpConstantComposite %three %u10 %u20 %u30;%nothing = OpConstantNull %three;"
    "%no_event = OpConstantNull %event;%special = OpSpecConstant %uint 44;%special_true = OpSpecConstantTrue "
    "%bool;"
    "%special_false = OpSpecConstantFalse %bool;%special_both = OpSpecConstantComposite %pair %special %u3;"
    "%special_sum = OpSpecConstantOp %uint IAdd %special %u3;"
    "%device = OpConstant %uint 1;%work_group = OpConstant %uint 2;%sub_group = OpConstant %uint 3;"
    "%relaxed = OpConstant %uint 512;%acquire = OpConstant %uint 514;%release = OpConstant %uint 516;"
    "%both = OpConstant %uint 776;"
    "%literal = OpConstantSampler %sampler ClampToEdge 0 Nearest;"
    "%domain = OpAliasDomainDeclINTEL;%scope = OpAliasScopeDeclINTEL %domain;"
    "%scopes = OpAliasScopeListDeclINTEL %scope;"
    "%item = OpVariable %input_uint Input;%lane = OpVariable %constant_uint "
    "UniformConstant;"
    "%shared = OpVariable %group_uint Workgroup;%table = OpVariable %constant_three UniformConstant %numbers;"
    "%no_near = OpConstantNull %near;%no_holder = OpConstantNull %holder;%no_group = OpConstantNull "
    "%group_uint;"
    "%no_local = OpConstantNull %local_uint;%near_value = OpConstantComposite %near %shared %u3 %no_local "
    "%u4;"
    "%near_unset = OpConstantComposite %near %no_group %u20 %no_local %u30;"
    "%near_part = OpSpecConstantOp %group_uint CompositeExtract %near_value 0;"
    "%near_changed = OpSpecConstantOp %near CompositeInsert %no_group %near_value 0;"
    "%kept = OpVariable %global_near CrossWorkgroup %near_unset;%empty = OpVariable %global_near "
    "CrossWorkgroup;"
    "%near_swap = OpFunction %near DontInline %to_near;%given = OpFunctionParameter %near;"
    "%added = OpFunctionParameter %uint;%swap_begin = OpLabel;%first = OpCompositeExtract %uint %given 1;"
    "%swapped = OpIAdd %uint %first %added;%near_given = OpCompositeInsert %near %swapped %given 3;"
    "OpReturnValue %near_given;OpFunctionEnd;"
    "%more = OpConstant %float 0x1.7ff8p+0;%rounded = OpConstant %float 0x1.001p+0;"
    "%loose = OpFunction %float DontInline %of_float;%loose_x = OpFunctionParameter %float;%loose_begin = "
    "OpLabel;"
    "%loose_square = OpFMul %float %loose_x %loose_x;%loose_rest = OpFSub %float %loose_square %rounded;"
    "OpReturnValue %loose_rest;OpFunctionEnd;"
    "%strict = OpFunction %float DontInline %of_float;%strict_x = OpFunctionParameter %float;%strict_begin = "
    "OpLabel;"
    "%strict_rest = OpFunctionCall %float %inner %strict_x;OpReturnValue %strict_rest;OpFunctionEnd;"
    "%inner = OpFunction %float DontInline %of_float;%inner_x = OpFunctionParameter %float;%inner_begin = "
    "OpLabel;"
    "%inner_square = OpFMul %float %inner_x %inner_x;%inner_rest = OpFSub %float %inner_square %rounded;"
    "OpReturnValue %inner_rest;OpFunctionEnd;"
    "%twice = OpFunction %uint None %function;%number = OpFunctionParameter %uint;%begin = OpLabel;"
    "OpLine %file 3 1;%sum = OpIAdd %uint %number %number;OpNoLine;OpReturnValue %sum;OpFunctionEnd;";

// In every kernel.
static const char prelude[] =
    "%entry@ = OpFunction %void None %kernel;%out@ = OpFunctionParameter %global_uint;"
    "%in@ = OpFunctionParameter %global_uint;%scratch@ = OpFunctionParameter %global_uint;%start@ = OpLabel;"
    "%local@ = OpVariable %local_uint Function %u13;%events@ = OpVariable %event_pointer Function;"
    "%local_pair@ = OpVariable %pair_pointer Function;%holder@ = OpVariable %holder_pointer Function;"
    "%near@ = OpVariable %near_pointer Function;%near2@ = OpVariable %near_pointer Function %near_unset;"
    "%slots@ = OpVariable %slots_pointer Function;%slot@ = OpVariable %slot_pointer Function %no_group;"
    "%i@ = OpLoad %uint %item;%lane@ = OpLoad %uint %lane;"
    "%in1@ = OpPtrAccessChain %global_uint %in@ %u1;%in2@ = OpPtrAccessChain %global_uint %in@ %u2;"
    "%in3@ = OpPtrAccessChain %global_uint %in@ %u3;%in4@ = OpPtrAccessChain %global_uint %in@ %u4;"
    "%x@ = OpLoad %uint %in@ Aligned 4;%y@ = OpLoad %uint %in1@ Aligned 4;%m@ = OpLoad %uint %in2@ Aligned 4;"
    "%fbits@ = OpLoad %uint %in3@ Aligned 4;%gbits@ = OpLoad %uint %in4@ Aligned 4;"
    "%f@ = OpBitcast %float %fbits@;%g@ = OpBitcast %float %gbits@;%t@ = OpINotEqual %bool %x@ %u0;"
    "%n@ = OpIEqual %bool %x@ %u0;%low@ = OpBitwiseAnd %uint %i@ %u1;%odd@ = OpIEqual %bool %low@ %u1;"
    "%twice_i@ = OpIMul %uint %i@ %u2;%mine@ = OpPtrAccessChain %global_uint %scratch@ %twice_i@;"
    "%b0@ = OpUConvert %uchar %x@;%b1@ = OpUConvert %uchar %y@;%b2@ = OpUConvert %uchar %m@;"
    "%b3@ = OpUConvert %uchar %i@;%bytes@ = OpCompositeConstruct %v4uchar %b0@ %b1@ %b2@ %b3@;";

// Writes assembly: a line for each ";", and the case's name for each "@".
static void assembly_write(FILE *out, const char *text, const char *name)
{
    for (; *text; text++) {
        if (*text == ';')
            fputc('\n', out);
        else if (*text == '@')
            fprintf(out, "_%s", name);
        else
            fputc(*text, out);
    }
    fputc('\n', out);
}

static void kernel_write(FILE *out, const struct kernel_case *one)
{
    const char *name = one->name;
    assembly_write(out, prelude, name);
    assembly_write(out, one->body, name);
    if (*one->result == 'F') assembly_write(out, "%r@ = OpBitcast %uint %s@", name);
    if (*one->result == 'B') assembly_write(out, "%r@ = OpSelect %uint %b@ %u1 %u0", name);
    assembly_write(
        out,
        "%to@ = OpInBoundsPtrAccessChain %global_uint %out@ %i@;OpStore %to@ %r@ Aligned 4;OpReturn;"
        "OpFunctionEnd",
        name);
}

static void decorations_write(FILE *out)
{
#define CASE(...)
#define DECORATE(line) assembly_write(out, line, "");
#include "opcodes.def"
#undef CASE
#undef DECORATE
}

static void module_write(FILE *out)
{
    assembly_write(out, head, "");
    for (int i = 0; i < CASES; i++)
        fprintf(out, "OpEntryPoint Kernel %%entry_%s \"%s\" %%item %%lane\n", cases[i].name, cases[i].name);
    fputs("OpExecutionMode %entry_ContractionOff ContractionOff\n", out);
    fputs("OpExecutionMode %entry_ContractionOffCall ContractionOff\n", out);
    fprintf(out, "OpExecutionMode %%entry_IAdd LocalSize %d 1 1\n", ITEMS);
    fprintf(out, "OpExecutionModeId %%entry_ISub LocalSizeId %%u64 %%u1 %%u1\n");
    fprintf(out, "OpExecutionMode %%entry_IMul SubgroupSize 32\n");
    fprintf(out, "OpExecutionMode %%entry_IMul SubgroupsPerWorkgroup 2\n");
    fprintf(out, "OpExecutionModeId %%entry_UDiv SubgroupsPerWorkgroupId %%u2\n");
    fprintf(out, "OpExecutionMode %%entry_SDiv SubgroupsPerWorkgroup 1\n"); // of the size that follows
    fprintf(out, "OpExecutionMode %%entry_SDiv SubgroupSize 64\n");
    assembly_write(out, debug, "");
    decorations_write(out);
    assembly_write(out, types, "");
    assembly_write(out, constants, "");
    for (int i = 0; i < CASES; i++) kernel_write(out, &cases[i]);
}

// ---- The tests ----------------------------------------------------------------------------------------

static cl_mem buffer_of(size_t size, const void *data)
{
    cl_int error;
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, size, (void *)data, &error);
    assert_int_equal(error, CL_SUCCESS);
    return buffer;
}

static int case_run(cl_program program, const struct kernel_case *one, const cl_mem buffers[3])
{
    const size_t items = ITEMS;
    uint32_t got[ITEMS] = {0}, nothing[4 * ITEMS] = {0};
    int wrong = 0;
    cl_int error;
    cl_kernel kernel = clCreateKernel(program, one->name, &error);
    assert_int_equal(error, CL_SUCCESS);
    for (cl_uint k = 0; k < 3; k++)
        assert_int_equal(clSetKernelArg(kernel, k, sizeof *buffers, &buffers[k]), CL_SUCCESS);
    cl_command_queue queue = session.queue;
    clEnqueueWriteBuffer(queue, buffers[2], CL_TRUE, 0, sizeof nothing, nothing, 0, NULL, NULL);
    assert_int_equal(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, &items, 0, NULL, NULL),
                     CL_SUCCESS);
    error = clEnqueueReadBuffer(queue, buffers[0], CL_TRUE, 0, sizeof got, got, 0, NULL, NULL);
    if (error) print_error("%s: error %d\n", one->name, error);
    for (int i = 0; i < ITEMS; i++) {
        if (got[i] == one->expect(i)) continue;
        if (!wrong++) print_error("%s: item %d: %08x, not %08x\n", one->name, i, got[i], one->expect(i));
    }
    clReleaseKernel(kernel);
    return wrong || error;
}

static void sub_groups_of_64_are_told(cl_program program)
{
    cl_int error;
    size_t size = 0, count = 0;
    cl_kernel kernel = clCreateKernel(program, "SDiv", &error);
    assert_int_equal(error, CL_SUCCESS);
    clGetKernelSubGroupInfo(kernel, session.device, CL_KERNEL_COMPILE_SUB_GROUP_SIZE_INTEL, 0, NULL,
                            sizeof size, &size, NULL);
    clGetKernelSubGroupInfo(kernel, session.device, CL_KERNEL_MAX_NUM_SUB_GROUPS, 0, NULL, sizeof count,
                            &count, NULL);
    assert_int_equal(size, 64);
    assert_int_equal(count, 1);
    clReleaseKernel(kernel);
}

// IMul's work-groups have two sub-groups of 32, and no others can be launched.
static void sub_groups_are_told(cl_program program, const cl_mem buffers[3])
{
    const size_t items = 128, half = 32;
    const cl_kernel_sub_group_info names[] = {CL_KERNEL_COMPILE_NUM_SUB_GROUPS,
                                              CL_KERNEL_COMPILE_SUB_GROUP_SIZE_INTEL,
                                              CL_KERNEL_MAX_NUM_SUB_GROUPS};
    const size_t wanted[] = {2, 32, 2};
    cl_int error;
    cl_kernel kernel = clCreateKernel(program, "IMul", &error);
    assert_int_equal(error, CL_SUCCESS);
    for (int i = 0; i < 3; i++) {
        size_t got;
        clSetKernelArg(kernel, (cl_uint)i, sizeof *buffers, &buffers[i]);
        assert_int_equal(
            clGetKernelSubGroupInfo(kernel, session.device, names[i], 0, NULL, sizeof got, &got, NULL),
            CL_SUCCESS);
        assert_int_equal(got, wanted[i]);
    }
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, &half, 0, NULL, NULL),
                     CL_INVALID_WORK_GROUP_SIZE);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &half, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    clFinish(session.queue);
    clReleaseKernel(kernel);
}

// Only the first argument has a name.
static void arguments_are_told(cl_program program)
{
    char text[64] = "";
    cl_kernel_arg_address_qualifier space;
    cl_int error;
    cl_kernel kernel = clCreateKernel(program, "IMul", &error);
    assert_int_equal(error, CL_SUCCESS);
    assert_int_equal(clGetKernelArgInfo(kernel, 0, CL_KERNEL_ARG_NAME, sizeof text, text, NULL), CL_SUCCESS);
    assert_string_equal(text, "out");
    assert_int_equal(clGetKernelArgInfo(kernel, 1, CL_KERNEL_ARG_NAME, sizeof text, text, NULL),
                     CL_KERNEL_ARG_INFO_NOT_AVAILABLE);
    assert_int_equal(clGetKernelArgInfo(kernel, 1, CL_KERNEL_ARG_TYPE_NAME, sizeof text, text, NULL),
                     CL_SUCCESS);
    assert_non_null(strstr(text, "int*"));
    assert_int_equal(
        clGetKernelArgInfo(kernel, 1, CL_KERNEL_ARG_ADDRESS_QUALIFIER, sizeof space, &space, NULL),
        CL_SUCCESS);
    assert_int_equal(space, CL_KERNEL_ARG_ADDRESS_GLOBAL);
    clReleaseKernel(kernel);
}

static void every_kernel_computes_from(const struct file *file)
{
    const uint32_t in[] = {100, 7, (uint32_t)-5, bits_of_float(2.5), bits_of_float(-1.25)};
    const uint32_t room[4 * ITEMS] = {0};
    const cl_mem buffers[] = {buffer_of(sizeof(uint32_t) * ITEMS, room), buffer_of(sizeof in, in),
                              buffer_of(sizeof room, room)};
    cl_int error;
    int wrong = 0;
    cl_program program = clCreateProgramWithIL(session.context, file->words, file->size, &error);
    assert_int_equal(error, CL_SUCCESS);
    if (clBuildProgram(program, 1, &session.device, "", NULL, NULL)) {
        char log[4096] = "";
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
        fail_msg("%s", log);
    }
    for (int i = 0; i < CASES; i++) wrong += case_run(program, &cases[i], buffers);
    sub_groups_of_64_are_told(program);
    sub_groups_are_told(program, buffers);
    arguments_are_told(program);
    for (int i = 0; i < 3; i++) clReleaseMemObject(buffers[i]);
    clReleaseProgram(program);
    assert_int_equal(wrong, 0);
}

static void every_kernel_computes(void **state)
{
    (void)state;
    every_kernel_computes_from(&module);
}

// The instruction that an instruction's further operands may stand in (SPV_INTEL_long_composites), and how
// many stay.
static uint32_t continuation(uint32_t opcode, uint32_t *operands)
{
    static const uint32_t rows[][3] = {{30, 6090, 2}, {44, 6091, 3}, {51, 6092, 3}, {80, 6096, 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        *operands = rows[i][2];
        if (rows[i][0] == opcode) return rows[i][1];
    }
    return 0;
}

// Its composites are split into an instruction for each of their operands but the first.
static void long_composites_are_joined(void **state)
{
    (void)state;
    struct file split = {.words = malloc(2 * module.size)};
    size_t out = 5;
    assert_non_null(split.words);
    memcpy(split.words, module.words, 5 * sizeof *split.words);
    for (size_t at = 5, count; at < module.size / 4; at += count) {
        uint32_t stay, more = continuation(module.words[at] & 0xffff, &stay);
        count = module.words[at] >> 16;
        size_t begin = more && count > stay + 1 ? stay + 1 : count;
        memcpy(&split.words[out], &module.words[at], begin * sizeof *split.words);
        split.words[out] = (uint32_t)begin << 16 | (module.words[at] & 0xffff);
        out += begin;
        for (size_t i = begin; i < count; i++) {
            split.words[out++] = 2 << 16 | more;
            split.words[out++] = module.words[at + i];
        }
    }
    split.size = out * sizeof *split.words;
    assert_true(split.size > module.size);
    every_kernel_computes_from(&split);
    free(split.words);
}

struct row {
    unsigned number;
    const char *name, *handler;
};

static const struct row table[] = {
#define OPCODE(number, name, place, operands, handler, ...) {number, #name, #handler},
#include "compiler/kilnc/spirv/opcodes.def"
#undef OPCODE
};

static bool module_has(const struct file *words, unsigned opcode)
{
    for (size_t at = 5; at < words->size / 4; at += words->words[at] >> 16)
        if ((words->words[at] & 0xffff) == opcode) return true;
    return false;
}

// Other tests' modules, and sources of those that have assembly in them.
static char **others;
static int other_count;

static bool source_has(const struct file *source, const char *name)
{
    char whole[64];
    size_t length = (size_t)snprintf(whole, sizeof whole, "Op%s ", name);
    return memmem(source->words, source->size, whole, length);
}

static bool others_have(const struct row *row)
{
    bool found = false;
    for (int i = 0; i < other_count && !found; i++) {
        struct file file = file_read(others[i]);
        bool is_module = file.words[0] == module.words[0];
        found = is_module ? module_has(&file, row->number) : source_has(&file, row->name);
        free(file.words);
    }
    return found;
}

static void every_opcode_has_a_kernel(void **state)
{
    (void)state;
    int missing = 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct row *row = &table[i];
        if (!strcmp(row->handler, "unsupported") || module_has(&module, row->number) || others_have(row))
            continue;
        print_error("no kernel has Op%s\n", row->name);
        missing++;
    }
    assert_int_equal(missing, 0);
}

static int open(void **state)
{
    module = assemble(assembler, module_write);
    return module.words ? session_group_open(state) : -1;
}

static int close_all(void **state)
{
    free(module.words);
    return session_group_close(state);
}

int main(int count, char **arguments)
{
    if (count < 2) return 2;
    assembler = arguments[1];
    others = arguments + 2;
    other_count = count - 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_opcode_has_a_kernel),
        cmocka_unit_test(every_kernel_computes),
        cmocka_unit_test(long_composites_are_joined),
    };
    return cmocka_run_group_tests(tests, open, close_all);
}
