#include "printf.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>

#include "compiler/printf_conversion.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

namespace
{

std::optional<std::string> literal(const llvm::Value *value)
{
    llvm::StringRef text;
    if (llvm::isa<llvm::ConstantPointerNull>(value->stripPointerCasts())) return "(null)";
    if (!llvm::getConstantStringInfo(value, text)) return std::nullopt;
    return text.str();
}

// The text that the conversion makes of a string.
std::string formatted(const printf_conversion &conversion, std::string text)
{
    if (conversion.precision >= 0)
        text.resize(std::min(text.size(), static_cast<size_t>(conversion.precision)));
    const size_t width = conversion.width < 0 ? 0 : static_cast<size_t>(conversion.width);
    bool left = strchr(conversion.flags, '-');
    if (text.size() < width) text.insert(left ? text.size() : 0, width - text.size(), ' ');
    return text;
}

// A call whose format has nothing but what LLVM's lowering and the driver read alike.
class Folded
{
  public:
    std::string format;
    std::vector<llvm::Value *> arguments; // but the format

    // False where the call is so already.
    bool read(const std::string &original, const llvm::CallInst &call)
    {
        const char *text = original.c_str();
        while (*text) {
            const char *begin = text++;
            if (*begin != '%') {
                text_add({*begin}, call);
            } else if (*text == '%') {
                format += "%%";
                text++;
            } else {
                conversion_add(text, call);
            }
        }
        if (format == original) return false;
        for (; next < call.arg_size(); next++) arguments.push_back(call.getArgOperand(next)); // unused ones
        return true;
    }

  private:
    unsigned next = 1; // argument of the call

    // LLVM escapes characters with backslashes, but not those themselves: they are printed as arguments.
    void text_add(const std::string &text, const llvm::CallInst &call)
    {
        for (char character : text) {
            if (character == '%') {
                format += "%%";
            } else if (character == '\\') {
                format += "%c";
                arguments.push_back(llvm::ConstantInt::get(llvm::Type::getInt32Ty(call.getContext()), '\\'));
            } else {
                format += character;
            }
        }
    }

    // `text` is behind the '%', and moves behind what has been read. What is no conversion, or has no
    // argument, is text.
    void conversion_add(const char *&text, const llvm::CallInst &call)
    {
        const char *begin = text;
        printf_conversion conversion;
        bool understood = printf_conversion_parse(&text, &conversion);
        if (!understood || next == call.arg_size()) {
            text = begin;
            format += "%%";
            next = std::min(next + conversion.arguments, call.arg_size());
            return;
        }
        llvm::Value *argument = call.getArgOperand(next++);
        std::optional<std::string> string;
        if (conversion.specifier == 's') string = literal(argument);
        if (string) {
            text_add(formatted(conversion, *string), call);
        } else {
            format.append("%").append(begin, text);
            arguments.push_back(argument);
        }
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
    if (!folded.read(format.str(), call)) return;
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
