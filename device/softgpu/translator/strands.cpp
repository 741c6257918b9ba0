// Slices of a wave compute the same, each for itself, and are emitted in turns; but what is used in another
// block LLVM moves there, all of one slice's before the other's. Where that is long, no host looks so far
// ahead that it finds work for the second while the first waits for results. So they are made to take turns
// again.
#include "pipeline.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/IntEqClasses.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

using llvm::Instruction;
using llvm::Value;

namespace
{

enum { STRAND_LEAST = 64 }; // instructions: of fewer, hosts see both

// Vectors that are computed with each other, in the block's order.
struct Strand {
    std::vector<Instruction *> at;
    std::vector<size_t> places; // in the stretch
    size_t done = 0;

    bool ends_before(const Strand &next) const
    {
        return places[places.size() * 3 / 4] < next.places[next.places.size() / 4];
    }
};

// Instructions, one behind the other in a block, that may go in any order that their operands allow.
struct Stretch {
    std::vector<Instruction *> at;
    llvm::DenseMap<const Value *, llvm::SmallVector<Instruction *, 4>> operands; // of these, once a use
    llvm::DenseSet<const Value *> waiting;      // for their place in the new order
    llvm::DenseSet<const Value *> taking_turns; // of two strands
    llvm::DenseMap<const Value *, unsigned>
        depends; // on these: for how many operands it waits that do so, too
    Instruction *behind = nullptr;

    void add(Instruction &each);
    llvm::ArrayRef<Instruction *> operands_of(const Instruction &each) const;
    std::vector<Strand> strands() const;
    void take(Instruction &each);
    bool step(Strand *first, Strand *second);
    void pair(Strand &first, Strand &second);
    bool interleave(Instruction &end);
};

bool is_free(const Instruction &at)
{
    if (at.isTerminator() || llvm::isa<llvm::PHINode>(at) || llvm::isa<llvm::AllocaInst>(at)) return false;
    auto *load = llvm::dyn_cast<llvm::LoadInst>(&at);
    return load ? load->isSimple() : !at.mayReadOrWriteMemory() && !at.mayHaveSideEffects();
}

void Stretch::add(Instruction &each)
{
    at.push_back(&each);
    for (llvm::User *user : each.users()) operands[user].push_back(&each);
}

llvm::ArrayRef<Instruction *> Stretch::operands_of(const Instruction &each) const
{
    auto found = operands.find(&each);
    return found == operands.end() ? llvm::ArrayRef<Instruction *>() : found->second;
}

// In the order in which they begin; without short ones.
std::vector<Strand> Stretch::strands() const
{
    // EquivalenceClasses would bring allocators of LLVM here, which code with AddressSanitizer cannot share
    // with LLVM without.
    llvm::IntEqClasses joined((unsigned)at.size());
    llvm::DenseMap<const Value *, unsigned> place; // of vectors
    for (unsigned i = 0; i < at.size(); i++) {
        if (!at[i]->getType()->isVectorTy()) continue;
        place[at[i]] = i;
        for (Instruction *operand : operands_of(*at[i]))
            if (auto found = place.find(operand); found != place.end()) joined.join(i, found->second);
    }
    std::vector<Strand> all;
    llvm::DenseMap<unsigned, size_t> number;
    for (unsigned i = 0; i < at.size(); i++) {
        if (!place.contains(at[i])) continue;
        auto [found, first] = number.try_emplace(joined.findLeader(i), all.size());
        if (first) all.emplace_back();
        all[found->second].at.push_back(at[i]);
        all[found->second].places.push_back(i);
    }
    llvm::erase_if(all, [](const Strand &strand) { return strand.at.size() < STRAND_LEAST; });
    return all;
}

// Behind what it needs and nobody needed so far. Others that waited for it alone follow: conditions, mostly.
void Stretch::take(Instruction &each)
{
    for (Instruction *operand : operands_of(each))
        if (waiting.contains(operand)) take(*operand);
    waiting.erase(&each);
    each.moveBefore(behind->getIterator());
    if (!depends.contains(&each)) return;
    for (llvm::User *user : each.users()) {
        auto found = depends.find(user);
        if (found == depends.end() || --found->second || taking_turns.contains(user)) continue;
        take(*llvm::cast<Instruction>(user));
    }
}

// Takes the next of the one that has less behind it, where possible.
bool Stretch::step(Strand *first, Strand *second)
{
    if (first->done * second->at.size() > second->done * first->at.size()) std::swap(first, second);
    for (Strand *strand : {first, second}) {
        while (strand->done < strand->at.size() && !waiting.contains(strand->at[strand->done]))
            strand->done++;
        if (strand->done == strand->at.size() || depends.lookup(strand->at[strand->done])) continue;
        take(*strand->at[strand->done++]);
        return true;
    }
    return false;
}

void Stretch::pair(Strand &first, Strand &second)
{
    taking_turns.clear();
    depends.clear();
    for (const Strand *strand : {&first, &second}) taking_turns.insert(strand->at.begin(), strand->at.end());
    for (Instruction *each : at) {
        if (!waiting.contains(each)) continue;
        auto count =
            (unsigned)llvm::count_if(operands_of(*each), [&](auto *one) { return depends.contains(one); });
        if (count || taking_turns.contains(each)) depends[each] = count;
    }
    while (step(&first, &second)) {
    }
}

bool Stretch::interleave(Instruction &end)
{
    std::vector<Strand> all = strands();
    auto apart = [&](size_t i) { return i + 1 < all.size() && all[i].ends_before(all[i + 1]); };
    size_t next = 0;
    while (next < all.size() && !apart(next)) next++;
    if (next == all.size()) return false;
    behind = &end;
    waiting.insert(at.begin(), at.end());
    for (; next < all.size(); next++)
        if (apart(next)) {
            pair(all[next], all[next + 1]);
            next++;
        }
    depends.clear();
    for (Instruction *each : at)
        if (waiting.contains(each)) take(*each);
    return true;
}

} // namespace

bool strands_interleave(llvm::Function &function)
{
    if (!function.getFnAttribute("target-features").getValueAsString().contains("+avx512f")) return false;
    bool changed = false;
    Stretch stretch;
    for (Instruction &at : llvm::instructions(function)) {
        if (is_free(at)) {
            stretch.add(at);
        } else {
            changed |= stretch.interleave(at);
            stretch = Stretch();
        }
    }
    return changed;
}
