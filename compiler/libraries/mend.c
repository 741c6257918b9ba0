// Run when Kiln is built: makes clang 22 and ROCm's older opencl.bc agree on the names of builtin functions,
// mends what is wrong in it, and puts math.cl between it and ocml.bc.
//
// A pointer to the generic address space was mangled PU3AS0…; clang 22 writes plain P…, and numbers
// substitutions as before, so that dropping "U3AS0" gives the name it asks for. In OpenCL C 3.0 clang 22 also
// declares the C11 atomics for pointers to global and to local memory, which the library has for generic ones
// only: for these it gets functions that cast and call, which vanish when inlined.
#include <CL/cl.h>
#include <llvm-c/BitReader.h>
#include <llvm-c/BitWriter.h>
#include <llvm-c/Core.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 256, GENERIC_POINTERS = 2 }; // no builtin takes more of these

static const char mark[] = "U3AS0";

struct spelling {
    const char *text;
    unsigned space;
};

// What a generic pointer to an atomic object, and the pointer to an expected value that comes after it, may
// point to.
static const struct spelling object_spellings[] = {{"", 0}, {"U3AS1", 1}, {"U3AS3", 3}};
static const struct spelling expected_spellings[] = {{"", 0}, {"U3AS1", 1}, {"U3AS3", 3}, {"U3AS5", 5}};

// The library's function under the name that it had.
struct builtin {
    LLVMValueRef function;
    char name[NAME_SIZE];
};

static void stop(const char *what, const char *why)
{
    fprintf(stderr, "mend: %s: %s\n", what, why);
    exit(1);
}

// Writes `name` with the n-th mark replaced by spellings[n].
static void name_spell(const char *name, const struct spelling *const spellings[], char out[NAME_SIZE])
{
    size_t used = 0;
    for (int n = 0;; n++) {
        const char *found = strstr(name, mark);
        int length = found ? (int)(found - name) : (int)strlen(name);
        if (found && n == GENERIC_POINTERS) stop(name, "too many generic pointers");
        used += (size_t)snprintf(out + used, NAME_SIZE - used, "%.*s%s", length, name,
                                 found ? spellings[n]->text : "");
        if (used >= NAME_SIZE) stop(name, "name too long");
        if (!found) return;
        name = found + strlen(mark);
    }
}

// Defines `name` as a call of the builtin with its generic pointers cast from the spellings' address spaces.
static void wrapper_add(LLVMModuleRef module, const struct builtin *builtin, const char *name,
                        const struct spelling *const spellings[])
{
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMTypeRef type = LLVMGlobalGetValueType(builtin->function);
    unsigned count = LLVMCountParamTypes(type), pointer = 0;
    LLVMTypeRef parameters[8];
    LLVMValueRef arguments[8];
    if (count > 8) stop(name, "too many parameters");
    LLVMGetParamTypes(type, parameters);
    for (unsigned i = 0; i < count; i++) {
        bool generic = LLVMGetTypeKind(parameters[i]) == LLVMPointerTypeKind;
        if (generic && pointer == GENERIC_POINTERS) stop(name, "too many pointers");
        if (generic) parameters[i] = LLVMPointerTypeInContext(context, spellings[pointer++]->space);
    }
    LLVMTypeRef wrapper_type = LLVMFunctionType(LLVMGetReturnType(type), parameters, count, false);
    LLVMValueRef wrapper = LLVMAddFunction(module, name, wrapper_type);
    LLVMSetLinkage(wrapper, LLVMGetLinkage(builtin->function));
    LLVMSetVisibility(wrapper, LLVMGetVisibility(builtin->function));
    unsigned always_inline = LLVMGetEnumAttributeKindForName("alwaysinline", strlen("alwaysinline"));
    LLVMAddAttributeAtIndex(wrapper, LLVMAttributeFunctionIndex,
                            LLVMCreateEnumAttribute(context, always_inline, 0));

    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
    LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(context, wrapper, ""));
    for (unsigned i = 0; i < count; i++) {
        arguments[i] = LLVMGetParam(wrapper, i);
        if (LLVMGetTypeKind(parameters[i]) == LLVMPointerTypeKind)
            arguments[i] =
                LLVMBuildAddrSpaceCast(builder, arguments[i], LLVMPointerTypeInContext(context, 0), "");
    }
    LLVMValueRef call = LLVMBuildCall2(builder, type, builtin->function, arguments, count, "");
    bool empty = LLVMGetTypeKind(LLVMGetReturnType(type)) == LLVMVoidTypeKind;
    if (empty)
        LLVMBuildRetVoid(builder);
    else
        LLVMBuildRet(builder, call);
    LLVMDisposeBuilder(builder);
}

static void builtin_mend(LLVMModuleRef module, const struct builtin *builtin)
{
    char name[NAME_SIZE];
    const struct spelling *spellings[GENERIC_POINTERS] = {&object_spellings[0], &expected_spellings[0]};
    name_spell(builtin->name, spellings, name);
    LLVMSetValueName2(builtin->function, name, strlen(name));
    const char *second = strstr(strstr(builtin->name, mark) + 1, mark);
    if (!strstr(builtin->name, "VU7_Atomic")) return;
    for (size_t o = 0; o < sizeof object_spellings / sizeof *object_spellings; o++) {
        for (size_t e = 0; e < (second ? sizeof expected_spellings / sizeof *expected_spellings : 1); e++) {
            spellings[0] = &object_spellings[o];
            spellings[1] = &expected_spellings[e];
            name_spell(builtin->name, spellings, name);
            if (!LLVMGetNamedFunction(module, name)) wrapper_add(module, builtin, name, spellings);
        }
    }
}

static LLVMModuleRef module_read(const char *path)
{
    LLVMContextRef context = LLVMContextCreate();
    LLVMMemoryBufferRef file;
    LLVMModuleRef module;
    char *message = NULL;
    if (LLVMCreateMemoryBufferWithContentsOfFile(path, &file, &message)) stop(path, message);
    if (LLVMParseBitcodeInContext2(context, file, &module)) stop(path, "not LLVM bitcode");
    LLVMDisposeMemoryBuffer(file);
    return module;
}

// The library's printf does nothing but fail. LLVM lowers calls of a printf that it knows to be declared
// only.
static void printf_remove(LLVMModuleRef module)
{
    LLVMValueRef function = LLVMGetNamedFunction(module, "printf");
    if (!function || LLVMGetFirstUse(function)) stop("printf", "not the library's unused function");
    LLVMDeleteFunction(function);
}

// The library's abs_diff promises that a difference of signed numbers does not overflow, which LLVM believes.
static void abs_diff_mend(LLVMModuleRef module)
{
    bool found = false;
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        size_t length;
        if (LLVMIsDeclaration(f) || !strstr(LLVMGetValueName2(f, &length), "abs_diff")) continue;
        for (LLVMBasicBlockRef b = LLVMGetFirstBasicBlock(f); b; b = LLVMGetNextBasicBlock(b))
            for (LLVMValueRef i = LLVMGetFirstInstruction(b); i; i = LLVMGetNextInstruction(i)) {
                if (LLVMGetInstructionOpcode(i) != LLVMSub) continue;
                found |= LLVMGetNSW(i);
                LLVMSetNSW(i, false);
            }
    }
    if (!found) stop("abs_diff", "not as in ROCm 5.2.3's library");
}

// Replaces a store of four components, of which the last is nothing, by stores of the first three.
static void store_three(LLVMValueRef store)
{
    LLVMValueRef vector = LLVMGetOperand(store, 0), pointer = LLVMGetOperand(store, 1);
    LLVMTypeRef element = LLVMGetElementType(LLVMTypeOf(vector));
    LLVMContextRef context = LLVMGetTypeContext(element);
    LLVMTypeRef i32 = LLVMInt32TypeInContext(context);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
    LLVMPositionBuilderBefore(builder, store);
    for (unsigned i = 0; i < 3; i++) {
        LLVMValueRef index = LLVMConstInt(i32, i, false);
        LLVMValueRef address = LLVMBuildInBoundsGEP2(builder, element, pointer, &index, 1, "");
        LLVMValueRef part =
            LLVMBuildStore(builder, LLVMBuildExtractElement(builder, vector, index, ""), address);
        LLVMSetAlignment(part, i ? 2 * i : LLVMGetAlignment(store));
    }
    LLVMDisposeBuilder(builder);
    LLVMInstructionEraseFromParent(store);
}

// The library's vstorea_half3 writes a fourth half, which is not its to write.
static void vstorea_half3_mend(LLVMModuleRef module)
{
    unsigned count = 0;
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        size_t length;
        if (LLVMIsDeclaration(f) || !strstr(LLVMGetValueName2(f, &length), "vstorea_half3")) continue;
        LLVMValueRef i = LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(f));
        while (i && LLVMGetInstructionOpcode(i) != LLVMStore) i = LLVMGetNextInstruction(i);
        if (!i || LLVMGetVectorSize(LLVMTypeOf(LLVMGetOperand(i, 0))) != 4) continue;
        store_three(i);
        count++;
    }
    if (!count) stop("vstorea_half3", "not as in ROCm 5.2.3's library");
}

// The functions to mend, gathered before the module is changed.
static size_t builtins_find(LLVMModuleRef module, struct builtin **builtins)
{
    size_t count = 0, capacity = 0;
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        size_t length;
        const char *name = LLVMGetValueName2(f, &length);
        if (LLVMIsDeclaration(f) || !strstr(name, mark)) continue;
        if (length >= NAME_SIZE) stop(name, "name too long");
        if (count == capacity) {
            capacity = capacity ? 2 * capacity : 256;
            *builtins = realloc(*builtins, capacity * sizeof **builtins);
            if (!*builtins) stop("builtins", "out of memory");
        }
        (*builtins)[count].function = f;
        memcpy((*builtins)[count++].name, name, length + 1);
    }
    return count;
}

// An array of numbers with one of them changed; where there is no such index, as it is.
static LLVMValueRef array_change(LLVMValueRef array, unsigned index, unsigned value)
{
    enum { NUMBERS_MAX = 64 };
    LLVMTypeRef type = LLVMGetElementType(LLVMTypeOf(array));
    LLVMValueRef numbers[NUMBERS_MAX];
    unsigned count = (unsigned)LLVMGetArrayLength2(LLVMTypeOf(array));
    if (index >= count || count > NUMBERS_MAX) return array;
    for (unsigned i = 0; i < count; i++) numbers[i] = LLVMGetAggregateElement(array, i);
    numbers[index] = LLVMConstInt(type, value, false);
    return LLVMConstArray2(type, numbers, count);
}

// The library's tables of what kernels are told of images lack CL_ABGR and CL_UNORM_INT_101010_2, by HSA's
// numbers and one that Kiln adds (device/hsa). Such a table is two arrays, the second of zeros; it has no
// name and is known by its first number.
static void table_mend(LLVMModuleRef module, unsigned first, unsigned index, unsigned value)
{
    bool found = false;
    for (LLVMValueRef table = LLVMGetFirstGlobal(module); table; table = LLVMGetNextGlobal(table)) {
        LLVMValueRef whole = LLVMGetInitializer(table);
        if (!whole || LLVMGetTypeKind(LLVMTypeOf(whole)) != LLVMStructTypeKind) continue;
        LLVMValueRef parts[] = {LLVMGetAggregateElement(whole, 0), LLVMGetAggregateElement(whole, 1)};
        if (LLVMConstIntGetZExtValue(LLVMGetAggregateElement(parts[0], 0)) != first) continue;
        unsigned length = (unsigned)LLVMGetArrayLength2(LLVMTypeOf(parts[0]));
        parts[index >= length] = array_change(parts[index >= length], index % length, value);
        LLVMSetInitializer(table, LLVMConstStructInContext(LLVMGetModuleContext(module), parts, 2, true));
        found = true;
    }
    if (!found) stop("image formats", "not as in ROCm 5.2.3's library");
}

static void image_tables_mend(LLVMModuleRef module)
{
    table_mend(module, CL_A, 11, CL_ABGR);
    table_mend(module, CL_SNORM_INT8, 16, CL_UNORM_INT_101010_2);
}

// A sampler is four words. Word 3 has the border. Word 2 has the filters: plain coordinates have one level.
// Source: AMD's RDNA 2 ISA, "Image Sampler".
static void sampler_change(LLVMValueRef words[4])
{
    enum { FORCE_UNNORMALIZED = 1 << 15, MIP_POINT = 1 << 26 };
    LLVMTypeRef type = LLVMTypeOf(words[0]);
    uint64_t filters = LLVMConstIntGetZExtValue(words[2]);
    if (!(LLVMConstIntGetZExtValue(words[0]) & FORCE_UNNORMALIZED)) filters |= MIP_POINT;
    words[2] = LLVMConstInt(type, filters, false);
    words[3] = LLVMConstInt(type, 0, false);
}

// What lies beyond the edge of an image is black and opaque in the library's samplers for gfx10 and later,
// which kernels have as constants: it is to be transparent (OpenCL C, 6.15.15.1.1). And they are of no
// mipmap, of which they are to take the nearest level (OpenCL 3.0, "clCreateSamplerWithProperties").
static void samplers_mend(LLVMModuleRef module)
{
    enum { WORDS = 4, NUMBERS_MAX = 256, FIRST_WORD = 0x1000b1b6, OPAQUE_BLACK = 1 << 30 };
    bool found = false;
    for (LLVMValueRef table = LLVMGetFirstGlobal(module); table; table = LLVMGetNextGlobal(table)) {
        LLVMValueRef whole = LLVMGetInitializer(table), numbers[NUMBERS_MAX];
        if (!whole || LLVMGetTypeKind(LLVMTypeOf(whole)) != LLVMArrayTypeKind) continue;
        LLVMTypeRef type = LLVMGetElementType(LLVMTypeOf(whole));
        unsigned count = (unsigned)LLVMGetArrayLength2(LLVMTypeOf(whole));
        if (LLVMGetTypeKind(type) != LLVMIntegerTypeKind || count < WORDS || count > NUMBERS_MAX) continue;
        for (unsigned i = 0; i < count; i++) numbers[i] = LLVMGetAggregateElement(whole, i);
        if (LLVMConstIntGetZExtValue(numbers[0]) != FIRST_WORD) continue;
        if (LLVMConstIntGetZExtValue(numbers[WORDS - 1]) != OPAQUE_BLACK) continue;
        for (unsigned i = 0; i < count; i += WORDS) sampler_change(&numbers[i]);
        LLVMSetInitializer(table, LLVMConstArray2(type, numbers, count));
        found = true;
    }
    if (!found) stop("samplers", "not as in ROCm 5.2.3's library");
}

static void module_write(LLVMModuleRef module, const char *path)
{
    if (LLVMWriteBitcodeToFile(module, path)) stop(path, "cannot be written");
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMDisposeModule(module);
    LLVMContextDispose(context);
}

static void opencl_mend(const char *from, const char *to)
{
    struct builtin *builtins = NULL;
    LLVMModuleRef module = module_read(from);
    size_t count = builtins_find(module, &builtins);
    if (!count) stop(from, "no function with a generic pointer: is this ROCm 5.2.3's library?");
    for (size_t i = 0; i < count; i++) builtin_mend(module, &builtins[i]);
    printf_remove(module);
    abs_diff_mend(module);
    vstorea_half3_mend(module);
    image_tables_mend(module);
    samplers_mend(module);
    module_write(module, to);
    free(builtins);
}

// What math.cl defines and calls: ROCm's own becomes __rocm_…, and who called it calls math.cl's.
static const char *const wrapped[] = {
    "cospi_f16",     "cospi_f32",     "cospi_f64",     "expm1_f16", "expm1_f32", "expm1_f64", "fract_f16",
    "fract_f32",     "fract_f64",     "log1p_f64",     "sinh_f16",  "sinpi_f16", "sinpi_f32", "sinpi_f64",
    "nextafter_f16", "nextafter_f32", "nextafter_f64", "tanh_f16",  "tgamma_f32"};

static void ocml_mend(const char *from, const char *to)
{
    LLVMModuleRef module = module_read(from);
    for (size_t i = 0; i < sizeof wrapped / sizeof *wrapped; i++) {
        char name[NAME_SIZE], own[NAME_SIZE];
        snprintf(name, sizeof name, "__ocml_%s", wrapped[i]);
        int length = snprintf(own, sizeof own, "__rocm_%s", wrapped[i]);
        LLVMValueRef function = LLVMGetNamedFunction(module, name);
        if (!function) stop(name, "not in ROCm 5.2.3's library");
        LLVMSetValueName2(function, own, (size_t)length);
        LLVMSetLinkage(function,
                       LLVMExternalLinkage); // else it is dropped: nothing in ROCm's library calls it
        LLVMSetVisibility(function, LLVMHiddenVisibility);
        LLVMReplaceAllUsesWith(function, LLVMAddFunction(module, name, LLVMGlobalGetValueType(function)));
    }
    module_write(module, to);
}

int main(int argc, char **argv)
{
    if (argc != 5) stop("usage", "mend OPENCL.BC OUTPUT.BC OCML.BC OUTPUT.BC");
    opencl_mend(argv[1], argv[2]);
    ocml_mend(argv[3], argv[4]);
    return 0;
}
