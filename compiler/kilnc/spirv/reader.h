// A SPIR-V module becoming LLVM IR: what is known of each id, and where code is being written. One object
// reads one module. What the opcodes mean is in files of their own, a function an opcode or a kind of
// opcodes; opcodes.def names it for each.
//
// Everything read is checked when it is read; what is wrong with it is thrown as a Refusal.
#pragma once

#include "compiler/kilnc/bridge.h"
#include "words.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/TargetFolder.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <deque>
#include <unordered_map>

namespace spirv
{

enum Storage {
    UNIFORM_CONSTANT = 0,
    INPUT = 1,
    WORKGROUP = 4,
    CROSS_WORKGROUP = 5,
    PRIVATE = 6,
    FUNCTION_STORAGE = 7,
    GENERIC = 8,
};

// LLVM's address spaces of AMD GPUs.
enum Space { SPACE_GENERIC = 0, SPACE_GLOBAL = 1, SPACE_LOCAL = 3, SPACE_CONSTANT = 4, SPACE_PRIVATE = 5 };

enum class Kind {
    VOID,
    BOOL,
    INT,
    FLOAT,
    VECTOR,
    ARRAY,
    STRUCT,
    POINTER,
    FUNCTION,
    IMAGE,
    SAMPLER,
    SAMPLED_IMAGE,
    EVENT,
    OPAQUE,
};

struct Type {
    Kind kind = Kind::VOID;
    llvm::Type *llvm = nullptr; // NULL where there is none: FUNCTION has its own, SAMPLED_IMAGE is two values
    llvm::Type *stored = nullptr;      // what it is in memory, and in structures and arrays: see in_memory()
    const Type *element = nullptr;     // of VECTOR, ARRAY, POINTER; FUNCTION's result
    uint64_t count = 0;                // of VECTOR, ARRAY
    std::vector<const Type *> members; // of STRUCT; FUNCTION's parameters
    unsigned storage = 0;              // POINTER's
    uint32_t awaited = 0;              // POINTER's: the type it points to, while that is only announced
    std::string image;                 // IMAGE's name in functions' names: "ocl_image2d_ro"
    std::string name;                  // for kernel argument information
    unsigned access = 0;               // IMAGE's
    unsigned coordinates = 0;          // IMAGE's: how many numbers name a texel
    uint64_t size = 0, parts = 1;      // bytes; scalars, an array's elements counted once each
    unsigned depth = 0;                // of nesting
};

struct Value {
    const Type *type;
    llvm::Value *llvm;
};

// What an id stands for.
struct Id {
    enum What { NOTHING, TYPE, VALUE, LABEL, FUNCTION, STRING, SET, BUILT_IN, SAMPLER, SAMPLED_IMAGE, NOTE };

    What what = NOTHING;
    const Type *type = nullptr;
    llvm::Value *value = nullptr;  // VALUE; SAMPLED_IMAGE's image; LABEL's block; FUNCTION's body
    llvm::Value *second = nullptr; // SAMPLED_IMAGE's sampler
    uint32_t number = 0;           // BUILT_IN's kind, SAMPLER's bits, SET's kind, STRING's place in `strings`
    bool placed = false;           // LABEL: its block has begun
};

enum InstructionSet { SET_IGNORED, SET_OPENCL, SET_DEBUG_OPENCL, SET_DEBUG_SHADER };

struct Decoration {
    unsigned kind;
    int member; // -1: of the whole
    llvm::ArrayRef<uint32_t> words;
};

struct Opcode;
class Lines;

struct Operation {
    const Opcode *row;
    size_t offset; // of the instruction, in words
    const Type *type;
    uint32_t result;
    llvm::ArrayRef<uint32_t> words; // what comes after type and result
};

struct Mode {
    unsigned mode;
    llvm::ArrayRef<uint32_t> words;
    bool ids; // its operands are constants, not literals
};

struct EntryPoint {
    uint32_t function;
    std::string name;
};

// A function, declared when the first one is met.
struct Function {
    llvm::Function *body;
    const Type *type;
    uint32_t id;
    size_t offset; // of its OpFunction, in words
    std::vector<uint32_t> parameters;
    std::vector<uint32_t> calls;  // ids of functions
    bool contraction_off = false; // in a kernel that says so, or calls it
};

struct Phi {
    llvm::PHINode *node;
    Operation operation;
};

class Reader
{
  public:
    Reader(const bridge_spirv_module &source, llvm::Module &module, Words words);

    // Throws Refusal, with the place in its reason.
    void run();

    const bridge_spirv_module &source;
    llvm::Module &module;
    llvm::LLVMContext &context;
    const llvm::DataLayout &layout;
    Words words;
    llvm::IRBuilder<llvm::TargetFolder> build;    // the current block
    llvm::IRBuilder<llvm::TargetFolder> prologue; // what a function begins with: stack slots, built-in values

    // ---- ids ----
    Id &id(uint32_t number);
    Id &define(uint32_t number, Id::What what); // throws where there is one already
    void define(const Operation &operation, llvm::Value *value);
    const Type *type(uint32_t number);
    Value value(uint32_t number);
    llvm::Constant *constant(uint32_t number);
    uint64_t integer(uint32_t number); // a constant's value

    // ---- decorations and names ----
    const Decoration *decoration(uint32_t number, unsigned kind, int member = -1) const;
    bool decorated(uint32_t number, unsigned kind) const { return decoration(number, kind); }
    llvm::StringRef name(uint32_t number) const;
    void name_free(llvm::StringRef name, const char *reason); // throws where something else is seen by it

    // ---- library functions ----
    llvm::Value *call(llvm::StringRef name, llvm::Type *result, llvm::ArrayRef<llvm::Value *> arguments);

    // Carries an instruction out. `operands` are its row's letters after type and result.
    void run_instruction(const RawInstruction &instruction);
    void apply(const Operation &operation, llvm::StringRef operands);

    // ---- the module so far ---- (no DenseMap: it crashes on two keys, which a module may name)
    std::unordered_map<uint32_t, std::vector<Decoration>> decorations;
    std::unordered_map<uint32_t, std::string> names;
    std::vector<std::string> strings; // of OpString: names of files, kernels' argument types
    std::vector<EntryPoint> entry_points;
    std::unordered_map<uint32_t, std::vector<Mode>> modes;
    std::deque<Function> functions;
    std::deque<Type> types;
    bool float_controls = false; // decorations of arithmetic say all that it may do
    std::unordered_map<const llvm::Type *, uint32_t> fast_math; // fast_math.cpp's defaults, once asked for
    Lines *lines = nullptr; // where its source's lines are told: set before run()

    // ---- the current function ----
    Function *function = nullptr;
    size_t parameters_seen = 0;
    llvm::BasicBlock *first_block = nullptr;
    std::vector<uint32_t> locals; // ids that end with it
    std::vector<uint32_t> labels; // of them
    std::vector<Phi> phis;
    std::unordered_map<uint32_t, llvm::Value *> prologue_values; // BUILT_IN's and SAMPLER's

  private:
    std::vector<uint32_t> slots; // of each id in `ids`, 0: none
    std::deque<Id> ids;
};

inline void require(bool condition, const char *reason)
{
    if (!condition) throw Refusal{reason};
}

// ---- what the files offer each other ----
unsigned space_of_storage(unsigned storage);
unsigned space_of(const llvm::Value *pointer);
llvm::Constant *null_of(Reader &reader, const Type *type);
llvm::Value *in_memory(Reader &reader, llvm::Value *value); // of any type
llvm::Value *from_memory(Reader &reader, llvm::Value *stored, llvm::Type *type);
llvm::Constant *in_memory(Reader &reader, llvm::Constant *constant);
void require_arithmetic(const Reader &reader, const llvm::Type *type); // on floating-point numbers
llvm::FastMathFlags fast_math_flags(Reader &reader, uint32_t result, llvm::Type *type);
void error_check(const Reader &reader, uint32_t result,
                 double promised); // in ULP: throws where less is asked for
void division_accuracy(Reader &reader, uint32_t result, llvm::Value *value);
bool first_class(const Type *type);                        // a value can be of it
void pointee_resolve(Reader &reader, const Type *pointer); // throws where the announced type never came
const Type *pointee_of(Reader &reader, const Value &pointer);
llvm::Value *built_in_pointer(Reader &reader, const Id &id);
llvm::Value *sampler_of(Reader &reader, uint32_t bits);
void functions_declare(Reader &reader);
void function_attributes(Reader &reader, llvm::Function &function);
void entry_points_make(Reader &reader);
void host_access_apply(Reader &reader);
llvm::SyncScope::ID scope_of(Reader &reader, uint32_t id);
llvm::AtomicOrdering ordering_of(Reader &reader, uint32_t id);
unsigned constant_scope(Reader &reader, uint32_t id);
void fence_make(Reader &reader, uint32_t scope, uint32_t semantics, bool release, bool acquire);
void extended_run(Reader &reader, const Operation &operation);
Type &type_add(Reader &reader, Kind kind, llvm::Type *llvm);
llvm::Value *integer_resize(Reader &reader, llvm::Value *value, llvm::Type *to, bool is_signed);

} // namespace spirv
