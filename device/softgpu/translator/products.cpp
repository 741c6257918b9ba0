// Products of 64 bits. gfx1030 computes them from 32-bit ones: that of the lower halves in full, the others
// added to its upper half. AVX-512 multiplies numbers of 64 bits, if their halves lie side by side: those of
// the even lanes in one vector, of the odd lanes in another. Where a product is a factor of the next one, or
// of itself in a loop's next turn, they are kept so; elsewhere to join the halves would cost what that saves.
#include "pipeline.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/PatternMatch.h>

using llvm::Value;
using namespace llvm::PatternMatch;

namespace
{

constexpr uint64_t LOWER = UINT32_MAX, UPPER = ~LOWER;
enum { PHIS_MOST = 3 }; // that a factor comes through

// Numbers of 16 lanes: their halves in two rows, or whole in two vectors.
struct Halves {
    Value *lower, *upper;
};

struct Numbers {
    Value *even, *odd;
};

using Terms = llvm::SmallVector<Value *, 4>;

// A sum that one product of lower halves is a term of.
struct LowProduct {
    Value *value = nullptr, *a = nullptr, *b = nullptr; // what lanes_of tells of the factors' rows
    Terms others;
};

struct Product {
    llvm::Instruction *sum; // its upper half
    Value *lower;           // its lower half, or NULL where nothing reads that
    LowProduct even, odd;
    Halves a, b;
    bool is_joined; // with other products
};

struct Products {
    llvm::DominatorTree &tree;
    llvm::IRBuilder<> ir;
    llvm::Type *row, *numbers;
    llvm::SmallVector<Product, 0> found;
    llvm::DenseMap<std::pair<const Value *, const Value *>, size_t> makers; // of what is found, by its halves
    llvm::SmallVector<Halves, 0> known; // of which LLVM finds the numbers again

    Products(llvm::Function &function, llvm::DominatorTree &tree)
        : tree(tree), ir(function.getContext()), row(llvm::FixedVectorType::get(ir.getInt32Ty(), 16)),
          numbers(llvm::FixedVectorType::get(ir.getInt64Ty(), 8))
    {
    }

    bool find(llvm::Instruction &sum);
    Product *maker(const Halves &factor, unsigned phis);
    void join_factor(Product &product, const Halves &factor);
    Numbers join(const Halves &halves);
    Halves part(const Numbers &numbers);
    void widen(const Product &product);
    bool carry(const Halves &halves);
    llvm::PHINode *phi(llvm::PHINode &lower, llvm::PHINode &upper, bool odd);
};

// --- What is found ---

// Whose lanes a vector is, of whichever type.
Value *lanes_of(Value *value)
{
    while (match(value, m_BitCast(m_Value(value)))) {
    }
    return value;
}

// Terms of a sum, in any order.
void terms_find(Value *sum, Terms &terms)
{
    Value *a, *b;
    if (match(sum, m_AddLike(m_Value(a), m_Value(b)))) {
        terms_find(a, terms);
        terms_find(b, terms);
    } else {
        terms.push_back(sum);
    }
}

bool upper_find(Value *value, Numbers &from)
{
    auto even = m_LShr(m_Value(from.even), m_SpecificInt(32));
    auto odd = m_And(m_Value(from.odd), m_SpecificInt(UPPER));
    return match(value, m_BitCast(m_c_Or(even, odd)));
}

// The row whose lower dwords (of even lanes), or upper ones (of odd lanes), a factor is.
Value *factor_row(Value *factor, bool odd, llvm::Type *row)
{
    const llvm::APInt *same;
    if (match(factor, m_APInt(same)) && same->isIntN(32))
        return llvm::ConstantInt::get(row, same->getZExtValue());
    Value *from;
    bool found = odd ? match(factor, m_LShr(m_Value(from), m_SpecificInt(32)))
                     : match(factor, m_And(m_Value(from), m_SpecificInt(LOWER)));
    return found ? lanes_of(from) : nullptr;
}

bool low_product_find(Value *sum, bool odd, llvm::Type *row, LowProduct &found)
{
    Terms terms;
    terms_find(sum, terms);
    for (Value *term : terms) {
        Value *x, *y;
        bool is = !found.value && match(term, m_Mul(m_Value(x), m_Value(y)));
        Value *a = is ? factor_row(x, odd, row) : nullptr, *b = is ? factor_row(y, odd, row) : nullptr;
        if (a && b)
            found.value = term, found.a = a, found.b = b;
        else
            found.others.push_back(term);
    }
    return found.value;
}

// The factor's upper half: what the other one's lower half is multiplied with in a term. Zero without one.
Value *upper_take(Terms &terms, const Value *other, llvm::Type *row)
{
    for (Value *&term : terms) {
        Value *x, *y;
        if (!match(term, m_Mul(m_Value(x), m_Value(y)))) continue;
        if (lanes_of(x) == other) std::swap(x, y);
        if (lanes_of(y) != other) continue;
        terms.erase(&term);
        return lanes_of(x);
    }
    return llvm::Constant::getNullValue(row);
}

bool is_upper_only(Value *term)
{
    const llvm::APInt *constant;
    if (match(term, m_APInt(constant))) return constant->countr_zero() >= 32;
    return match(term, m_Shl(m_Value(), m_SpecificInt(32)));
}

// Whether the sums of these terms have the same lower halves.
bool is_lower_same(Terms a, Terms b)
{
    llvm::erase_if(a, is_upper_only);
    llvm::erase_if(b, is_upper_only);
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](Value *x, Value *y) {
        const llvm::APInt *m, *n;
        bool constants = match(x, m_APInt(m)) && match(y, m_APInt(n));
        return constants ? m->trunc(32) == n->trunc(32) : x == y;
    });
}

// The lower half of what this is the upper half of, which is a sum of its own: it needs no carry.
Value *lower_find(const Numbers &narrow, const LowProduct &even, llvm::Type *row)
{
    for (llvm::User *above : narrow.odd->users()) {
        if (!match(above, m_Shl(m_Specific(narrow.odd), m_SpecificInt(32)))) continue;
        for (llvm::User *both : above->users()) {
            Value *sum;
            LowProduct same;
            if (!match(both, m_c_Or(m_And(m_Value(sum), m_SpecificInt(LOWER)), m_Specific(above)))) continue;
            if (!low_product_find(sum, false, row, same) || same.value != even.value) continue;
            if (is_lower_same(same.others, even.others)) return both;
        }
    }
    return nullptr;
}

bool Products::find(llvm::Instruction &sum)
{
    Terms terms;
    terms_find(&sum, terms);
    Numbers narrow;
    auto *upper = llvm::find_if(terms, [&](Value *term) { return upper_find(term, narrow); });
    if (upper == terms.end()) return false;
    terms.erase(upper);
    Product product = {&sum, nullptr, {}, {}, {}, {}, false};
    LowProduct &even = product.even, &odd = product.odd;
    if (!low_product_find(narrow.even, false, row, even) || !low_product_find(narrow.odd, true, row, odd))
        return false;
    if ((even.a != odd.a || even.b != odd.b) && (even.a != odd.b || even.b != odd.a)) return false;
    product.a = {even.a, upper_take(terms, even.b, row)};
    product.b = {even.b, upper_take(terms, even.a, row)};
    if (!terms.empty()) return false;
    product.lower = lower_find(narrow, even, row);
    makers[{product.lower, &sum}] = found.size();
    found.push_back(product);
    return true;
}

// --- Which of them go together ---

// The product that is this factor, or comes to be it in some way.
Product *Products::maker(const Halves &factor, unsigned phis)
{
    auto made = makers.find({factor.lower, factor.upper});
    if (made != makers.end()) return &found[made->second];
    auto *lower = llvm::dyn_cast<llvm::PHINode>(factor.lower),
         *upper = llvm::dyn_cast<llvm::PHINode>(factor.upper);
    if (!phis || !lower || !upper || lower->getParent() != upper->getParent()) return nullptr;
    for (llvm::BasicBlock *from : lower->blocks()) {
        Halves halves = {lanes_of(lower->getIncomingValueForBlock(from)),
                         lanes_of(upper->getIncomingValueForBlock(from))};
        if (Product *product = maker(halves, phis - 1)) return product;
    }
    return nullptr;
}

void Products::join_factor(Product &product, const Halves &factor)
{
    Product *made = maker(factor, PHIS_MOST);
    if (made) made->is_joined = product.is_joined = true;
}

// --- Products ---

Numbers Products::join(const Halves &halves)
{
    Value *lower = ir.CreateBitCast(halves.lower, numbers), *upper = ir.CreateBitCast(halves.upper, numbers);
    return {ir.CreateOr(ir.CreateAnd(lower, LOWER), ir.CreateShl(upper, 32)),
            ir.CreateOr(ir.CreateLShr(lower, 32), ir.CreateAnd(upper, UPPER))};
}

Halves Products::part(const Numbers &from)
{
    Value *lower = ir.CreateOr(ir.CreateAnd(from.even, LOWER), ir.CreateShl(from.odd, 32));
    Value *upper = ir.CreateOr(ir.CreateLShr(from.even, 32), ir.CreateAnd(from.odd, UPPER));
    return {ir.CreateBitCast(lower, row), ir.CreateBitCast(upper, row)};
}

void Products::widen(const Product &product)
{
    ir.SetInsertPoint(product.sum);
    auto sum_of = [&](Value *sum, const Terms &terms) {
        for (Value *term : terms) sum = ir.CreateAdd(sum, term);
        return sum;
    };
    Numbers x = join(product.a), y = join(product.b);
    Halves halves = part({sum_of(ir.CreateMul(x.even, y.even), product.even.others),
                          sum_of(ir.CreateMul(x.odd, y.odd), product.odd.others)});
    product.sum->replaceAllUsesWith(halves.upper);
    known.push_back(halves);
    if (!product.lower) return;
    auto replace = [&](Value *from, Value *to) {
        auto *at = llvm::cast<llvm::Instruction>(to);
        from->replaceUsesWithIf(to, [&](llvm::Use &use) { return tree.dominates(at, use); });
    };
    for (llvm::User *user : product.lower->users())
        if (user->getType() == row && llvm::isa<llvm::BitCastInst>(user)) replace(user, halves.lower);
    replace(product.lower, lanes_of(halves.lower));
}

// --- From turn to turn ---

llvm::PHINode *Products::phi(llvm::PHINode &lower, llvm::PHINode &upper, bool odd)
{
    llvm::PHINode *phi =
        llvm::PHINode::Create(numbers, lower.getNumIncomingValues(), "number", lower.getIterator());
    for (unsigned i = 0; i < lower.getNumIncomingValues(); i++) {
        llvm::BasicBlock *from = lower.getIncomingBlock(i);
        ir.SetInsertPoint(from->getTerminator());
        Numbers joined = join({lower.getIncomingValue(i), upper.getIncomingValueForBlock(from)});
        phi->addIncoming(odd ? joined.odd : joined.even, from);
    }
    return phi;
}

// Where both halves come into a block together, the numbers do.
bool Products::carry(const Halves &halves)
{
    for (llvm::User *user : halves.lower->users()) {
        auto *lower = llvm::dyn_cast<llvm::PHINode>(user);
        if (!lower) continue;
        for (llvm::User *other : halves.upper->users()) {
            auto *upper = llvm::dyn_cast<llvm::PHINode>(other);
            if (!upper || upper->getParent() != lower->getParent()) continue;
            bool together = llvm::all_of(lower->blocks(), [&](llvm::BasicBlock *from) {
                return (lower->getIncomingValueForBlock(from) == halves.lower) ==
                       (upper->getIncomingValueForBlock(from) == halves.upper);
            });
            if (!together) continue;
            llvm::PHINode *even = phi(*lower, *upper, false), *odd = phi(*lower, *upper, true);
            ir.SetInsertPoint(lower->getParent(), lower->getParent()->getFirstInsertionPt());
            Halves parts = part({even, odd});
            lower->replaceAllUsesWith(parts.lower);
            upper->replaceAllUsesWith(parts.upper);
            lower->eraseFromParent();
            upper->eraseFromParent();
            known.push_back(parts);
            return true;
        }
    }
    return false;
}

} // namespace

bool products_widen(llvm::Function &function, llvm::DominatorTree &tree)
{
    if (!function.getFnAttribute("target-features").getValueAsString().contains("+avx512dq")) return false;
    Products products(function, tree);
    // From the last to the first: of a long sum before its parts, and of what is made of another before that.
    llvm::DenseSet<const Value *> parts;
    llvm::SmallVector<llvm::Instruction *, 0> all;
    for (llvm::Instruction &at : llvm::instructions(function))
        if (at.getOpcode() == llvm::Instruction::Add && at.getType() == products.row) all.push_back(&at);
    for (llvm::Instruction *sum : llvm::reverse(all))
        if (parts.contains(sum) || products.find(*sum)) parts.insert(sum->op_begin(), sum->op_end());
    for (Product &product : products.found)
        for (const Halves &factor : {product.a, product.b}) products.join_factor(product, factor);
    for (const Product &product : products.found)
        if (product.is_joined) products.widen(product);
    for (unsigned i = 0; i < products.known.size(); i++)
        while (products.carry(Halves(products.known[i]))) {
        }
    return !products.known.empty();
}
