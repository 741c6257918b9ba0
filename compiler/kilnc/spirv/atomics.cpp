// Atomics, barriers and fences. LLVM's orders and scopes are SPIR-V's.
//
// Source: SPIR-V 1.6, "Memory Semantics", "Scope"; LLVM AMDGPUUsage, "Memory Scopes".
#include "opcode.h"

#include <llvm/IR/IntrinsicsAMDGPU.h>

namespace spirv
{

enum Scope { CROSS_DEVICE, DEVICE, WORK_GROUP, SUB_GROUP, INVOCATION };
enum { ACQUIRE = 2, RELEASE = 4, ACQUIRE_RELEASE = 8, SEQUENTIALLY_CONSISTENT = 16 };

// What is not known when it is compiled is taken for the widest.
unsigned constant_scope(Reader &reader, uint32_t id)
{
    Value scope = reader.value(id);
    require(scope.llvm->getType()->isIntegerTy(), "a scope is not an integer");
    if (!llvm::isa<llvm::ConstantInt>(scope.llvm)) return CROSS_DEVICE;
    uint64_t number = reader.integer(id);
    require(number <= INVOCATION, "there is no such scope");
    return number;
}

llvm::SyncScope::ID scope_of(Reader &reader, uint32_t id)
{
    static const char *const names[] = {"", "agent", "workgroup", "wavefront", "singlethread"};
    return reader.context.getOrInsertSyncScopeID(names[constant_scope(reader, id)]);
}

llvm::AtomicOrdering ordering_of(Reader &reader, uint32_t id)
{
    Value semantics = reader.value(id);
    require(semantics.llvm->getType()->isIntegerTy(), "memory semantics are not an integer");
    if (!llvm::isa<llvm::ConstantInt>(semantics.llvm)) return llvm::AtomicOrdering::SequentiallyConsistent;
    uint64_t bits = reader.integer(id);
    if (bits & SEQUENTIALLY_CONSISTENT) return llvm::AtomicOrdering::SequentiallyConsistent;
    if (bits & ACQUIRE_RELEASE) return llvm::AtomicOrdering::AcquireRelease;
    if (bits & ACQUIRE && bits & RELEASE) return llvm::AtomicOrdering::AcquireRelease;
    if (bits & RELEASE) return llvm::AtomicOrdering::Release;
    if (bits & ACQUIRE) return llvm::AtomicOrdering::Acquire;
    return llvm::AtomicOrdering::Monotonic;
}

// ---- Atomics --------------------------------------------------------------------------------------------

// Every opcode's words: pointer, scope, semantics, …
struct Atomic {
    Value pointer;
    const Type *type;
    llvm::SyncScope::ID scope;
    llvm::AtomicOrdering ordering;
};

static Atomic atomic_of(Reader &reader, const Operation &operation)
{
    Value pointer = reader.value(operation.words[0]);
    return {pointer, pointee_of(reader, pointer), scope_of(reader, operation.words[1]),
            ordering_of(reader, operation.words[2])};
}

static void object_check(const Type *type, bool floats)
{
    bool fits = (type->kind == Kind::INT && type->size >= 4) || (floats && type->kind == Kind::FLOAT);
    require(fits, "the pointer does not lead to a number that atomics take");
}

void atomic_load(Reader &reader, const Operation &operation)
{
    Atomic atomic = atomic_of(reader, operation);
    object_check(atomic.type, true);
    llvm::AtomicOrdering order = atomic.ordering;
    if (order == llvm::AtomicOrdering::AcquireRelease) order = llvm::AtomicOrdering::Acquire;
    require(order != llvm::AtomicOrdering::Release, "a load does not release");
    llvm::LoadInst *load = reader.build.CreateAlignedLoad(atomic.type->llvm, atomic.pointer.llvm,
                                                          llvm::Align(atomic.type->size));
    load->setAtomic(order, atomic.scope);
    reader.define(operation, load);
}

static void atomic_store_make(Reader &reader, const Atomic &atomic, llvm::Value *value)
{
    llvm::AtomicOrdering order = atomic.ordering;
    if (order == llvm::AtomicOrdering::AcquireRelease) order = llvm::AtomicOrdering::Release;
    require(order != llvm::AtomicOrdering::Acquire, "a store does not acquire");
    llvm::StoreInst *store =
        reader.build.CreateAlignedStore(value, atomic.pointer.llvm, llvm::Align(atomic.type->size));
    store->setAtomic(order, atomic.scope);
}

void atomic_store(Reader &reader, const Operation &operation)
{
    Atomic atomic = atomic_of(reader, operation);
    object_check(atomic.type, true);
    llvm::Value *value = reader.value(operation.words[3]).llvm;
    require(value->getType() == atomic.type->llvm, "the value is not of the object's type");
    atomic_store_make(reader, atomic, value);
}

static llvm::Value *modify(Reader &reader, llvm::AtomicRMWInst::BinOp what, const Atomic &atomic,
                           llvm::Value *value)
{
    require(value->getType() == atomic.type->llvm, "the value is not of the object's type");
    return reader.build.CreateAtomicRMW(what, atomic.pointer.llvm, value, llvm::Align(atomic.type->size),
                                        atomic.ordering, atomic.scope);
}

void atomic_exchange(Reader &reader, const Operation &operation)
{
    Atomic atomic = atomic_of(reader, operation);
    object_check(atomic.type, true);
    reader.define(operation,
                  modify(reader, llvm::AtomicRMWInst::Xchg, atomic, reader.value(operation.words[3]).llvm));
}

void atomic_integer(Reader &reader, const Operation &operation)
{
    Atomic atomic = atomic_of(reader, operation);
    object_check(atomic.type, false);
    auto what = (llvm::AtomicRMWInst::BinOp)operation.row->code;
    reader.define(operation, modify(reader, what, atomic, reader.value(operation.words[3]).llvm));
}

void atomic_float(Reader &reader, const Operation &operation)
{
    Atomic atomic = atomic_of(reader, operation);
    require(atomic.type->kind == Kind::FLOAT, "the pointer does not lead to a floating-point number");
    auto what = (llvm::AtomicRMWInst::BinOp)operation.row->code;
    reader.define(operation, modify(reader, what, atomic, reader.value(operation.words[3]).llvm));
}

void atomic_step(Reader &reader, const Operation &operation)
{
    Atomic atomic = atomic_of(reader, operation);
    object_check(atomic.type, false);
    auto what = (llvm::AtomicRMWInst::BinOp)operation.row->code;
    reader.define(operation, modify(reader, what, atomic, llvm::ConstantInt::get(atomic.type->llvm, 1)));
}

// Pointer, scope, semantics where equal and where not, value, comparator.
void atomic_compare_exchange(Reader &reader, const Operation &operation)
{
    Atomic atomic = atomic_of(reader, operation);
    object_check(atomic.type, false);
    llvm::Value *value = reader.value(operation.words[4]).llvm,
                *expected = reader.value(operation.words[5]).llvm;
    require(value->getType() == atomic.type->llvm && expected->getType() == atomic.type->llvm,
            "a value is not of the object's type");
    llvm::AtomicOrdering failure = ordering_of(reader, operation.words[3]);
    if (failure == llvm::AtomicOrdering::AcquireRelease) failure = llvm::AtomicOrdering::Acquire;
    if (failure == llvm::AtomicOrdering::Release) failure = llvm::AtomicOrdering::Monotonic;
    llvm::Value *both =
        reader.build.CreateAtomicCmpXchg(atomic.pointer.llvm, expected, value, llvm::Align(atomic.type->size),
                                         atomic.ordering, failure, atomic.scope);
    reader.define(operation, reader.build.CreateExtractValue(both, 0));
}

void atomic_flag_set(Reader &reader, const Operation &operation)
{
    Atomic atomic = atomic_of(reader, operation);
    require(atomic.type->llvm && atomic.type->llvm->isIntegerTy(32), "a flag has 32 bits");
    llvm::Value *old = modify(reader, llvm::AtomicRMWInst::Xchg, atomic, reader.build.getInt32(1));
    reader.define(operation, reader.build.CreateICmpNE(old, reader.build.getInt32(0)));
}

void atomic_flag_clear(Reader &reader, const Operation &operation)
{
    Atomic atomic = atomic_of(reader, operation);
    require(atomic.type->llvm && atomic.type->llvm->isIntegerTy(32), "a flag has 32 bits");
    atomic_store_make(reader, atomic, reader.build.getInt32(0));
}

// ---- Fences and barriers --------------------------------------------------------------------------------

static bool fences(llvm::AtomicOrdering order) { return order != llvm::AtomicOrdering::Monotonic; }

void memory_barrier(Reader &reader, const Operation &operation)
{
    llvm::AtomicOrdering order = ordering_of(reader, operation.words[1]);
    llvm::SyncScope::ID scope = scope_of(reader, operation.words[0]);
    if (fences(order)) reader.build.CreateFence(order, scope);
}

// As the library's barrier() is: what was written before is seen after.
void control_barrier(Reader &reader, const Operation &operation)
{
    unsigned execution = constant_scope(reader, operation.words[0]);
    require(execution >= WORK_GROUP, "only the work-items of a work-group wait for each other");
    llvm::SyncScope::ID scope = scope_of(reader, operation.words[1]);
    llvm::AtomicOrdering order = ordering_of(reader, operation.words[2]);
    bool strict = order == llvm::AtomicOrdering::SequentiallyConsistent;
    if (fences(order)) reader.build.CreateFence(strict ? order : llvm::AtomicOrdering::Release, scope);
    if (execution == WORK_GROUP)
        reader.build.CreateIntrinsic(llvm::Intrinsic::amdgcn_s_barrier, llvm::ArrayRef<llvm::Value *>());
    if (execution == SUB_GROUP)
        reader.build.CreateIntrinsic(llvm::Intrinsic::amdgcn_wave_barrier, llvm::ArrayRef<llvm::Value *>());
    if (fences(order)) reader.build.CreateFence(strict ? order : llvm::AtomicOrdering::Acquire, scope);
}

// Of the whole device, of a work-group, of a sub-group.
void read_clock(Reader &reader, const Operation &operation)
{
    static const char *const names[] = {nullptr, "device", "work_group", "sub_group"};
    unsigned scope = constant_scope(reader, operation.words[0]);
    require(scope >= DEVICE && scope <= SUB_GROUP, "there is no clock of this scope");
    bool two = operation.type->kind == Kind::VECTOR;
    std::string name = std::string(two ? "clock_read_hilo_" : "clock_read_") + names[scope];
    reader.define(operation,
                  reader.call("_Z" + std::to_string(name.size()) + name + "v", operation.type->llvm, {}));
}

} // namespace spirv
