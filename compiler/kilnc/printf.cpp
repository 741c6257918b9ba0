#include "printf.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>

#include <algorithm>
#include <optional>
#include <string>

namespace
{

enum { FIELD_MAX = 4096 }; // wider ones are left to whoever prints the record

// A conversion specification, from its '%' to its specifier.
struct Conversion {
    llvm::StringRef text;
    bool left = false; // the flag '-'
    unsigned width = 0;
    std::optional<unsigned> precision;
    char specifier = 0;
};

unsigned number_take(llvm::StringRef &rest)
{
    llvm::StringRef digits = rest.take_while(llvm::isDigit);
    rest = rest.drop_front(digits.size());
    unsigned number = 0;
    if (!digits.empty() && digits.getAsInteger(10, number)) return FIELD_MAX + 1;
    return number;
}

// What begins with a '%'. None where it is no conversion, or one whose width or precision is an argument.
std::optional<Conversion> conversion_parse(llvm::StringRef text)
{
    Conversion conversion;
    llvm::StringRef rest = text.drop_front();
    llvm::StringRef flags = rest.take_while([](char c) { return llvm::StringRef("-+ #0").contains(c); });
    rest = rest.drop_front(flags.size());
    conversion.left = flags.contains('-');
    conversion.width = number_take(rest);
    if (rest.consume_front(".")) conversion.precision = number_take(rest);
    if (rest.consume_front("v")) number_take(rest);
    rest = rest.drop_while([](char c) { return llvm::StringRef("hlLjztq").contains(c); });
    if (rest.empty() || !llvm::isAlpha(rest.front())) return std::nullopt;
    if (conversion.width > FIELD_MAX || conversion.precision.value_or(0) > FIELD_MAX) return std::nullopt;
    conversion.specifier = rest.front();
    conversion.text = text.take_front(text.size() - rest.size() + 1);
    return conversion;
}

std::optional<std::string> literal(const llvm::Value *value)
{
    llvm::StringRef text;
    if (llvm::isa<llvm::ConstantPointerNull>(value->stripPointerCasts())) return "(null)";
    if (!llvm::getConstantStringInfo(value, text)) return std::nullopt;
    return text.str();
}

// The text that the conversion makes of a string, as part of a format.
std::string formatted(const Conversion &conversion, std::string text)
{
    if (conversion.precision) text.resize(std::min<size_t>(text.size(), *conversion.precision));
    if (text.size() < conversion.width)
        text.insert(conversion.left ? text.size() : 0, conversion.width - text.size(), ' ');
    std::string out;
    for (char character : text) out.append(character == '%' ? 2 : 1, character);
    return out;
}

// A call with another format and fewer arguments.
struct Folded {
    std::string format;
    std::vector<llvm::Value *> arguments; // but the format
    bool changed = false;

    void conversion_add(const Conversion &conversion, llvm::Value *argument)
    {
        std::optional<std::string> text;
        if (conversion.specifier == 's') text = literal(argument);
        if (text) {
            format += formatted(conversion, *text);
            changed = true;
        } else {
            format += conversion.text;
            arguments.push_back(argument);
        }
    }

    // False where the format is not understood.
    bool read(llvm::StringRef text, const llvm::CallInst &call)
    {
        unsigned next = 1;
        while (!text.empty()) {
            llvm::StringRef plain = text.take_until([](char c) { return c == '%'; });
            format += plain;
            text = text.drop_front(plain.size());
            if (text.consume_front("%%")) {
                format += "%%";
            } else if (!text.empty()) {
                std::optional<Conversion> conversion = conversion_parse(text);
                if (!conversion || next == call.arg_size()) return false;
                conversion_add(*conversion, call.getArgOperand(next++));
                text = text.drop_front(conversion->text.size());
            }
        }
        for (; next < call.arg_size(); next++) arguments.push_back(call.getArgOperand(next)); // unused ones
        return true;
    }
};

llvm::Value *format_create(llvm::Module &module, const std::string &text, llvm::Type *type)
{
    auto *value = llvm::ConstantDataArray::getString(module.getContext(), text);
    auto *variable = new llvm::GlobalVariable(
        module, value->getType(), true, llvm::GlobalValue::PrivateLinkage, value, "printf.format", nullptr,
        llvm::GlobalValue::NotThreadLocal, type->getPointerAddressSpace());
    variable->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    return variable;
}

void call_fold(llvm::CallInst &call)
{
    llvm::StringRef format;
    Folded folded;
    if (!call.arg_size() || !llvm::getConstantStringInfo(call.getArgOperand(0), format)) return;
    if (!folded.read(format, call) || !folded.changed) return;
    llvm::Type *type = call.getArgOperand(0)->getType();
    folded.arguments.insert(folded.arguments.begin(), format_create(*call.getModule(), folded.format, type));
    auto *shorter = llvm::CallInst::Create(call.getFunctionType(), call.getCalledOperand(), folded.arguments,
                                           "", call.getIterator());
    shorter->setCallingConv(call.getCallingConv());
    shorter->setDebugLoc(call.getDebugLoc());
    shorter->takeName(&call);
    call.replaceAllUsesWith(shorter);
    call.eraseFromParent();
}

// LLVM's lowering passes every constant as a float. What that would change must not look constant to it.
void doubles_keep(llvm::CallInst &call)
{
    for (llvm::Use &argument : call.args()) {
        auto *constant = llvm::dyn_cast<llvm::ConstantFP>(argument);
        if (!constant || !constant->getType()->isDoubleTy()) continue;
        llvm::APFloat value = constant->getValueAPF();
        bool loses = false;
        value.convert(llvm::APFloat::IEEEsingle(), llvm::APFloat::rmNearestTiesToEven, &loses);
        if (loses)
            argument.set(llvm::IRBuilder<>(&call).CreateArithmeticFence(constant, constant->getType()));
    }
}

} // namespace

void printf_arguments_prepare(llvm::Module &module)
{
    llvm::Function *function = module.getFunction("printf");
    if (!function) return;
    for (llvm::User *user : llvm::make_early_inc_range(function->users())) {
        auto *call = llvm::dyn_cast<llvm::CallInst>(user);
        if (!call || call->getCalledFunction() != function) continue;
        doubles_keep(*call);
        call_fold(*call);
    }
}
