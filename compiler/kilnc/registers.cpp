// How many registers a kernel uses, of which LLVM's code generation for AMD's GPUs asks once a function. Its
// own answer goes from the last register down until one is used in any way, and has to find out which
// registers overlap each of these: for a first small kernel that is a fifth of the whole compilation. Used
// registers are few. The linker puts this in place of LLVM's function (--wrap); were that called or declared
// otherwise, it would stay.
#include <llvm/CodeGen/MachineRegisterInfo.h>
#include <llvm/CodeGen/TargetRegisterInfo.h>

using namespace llvm;

// NOLINTBEGIN(bugprone-reserved-identifier): the linker's names

#define NUMBER_OF_USED                                                                                       \
    _ZNK4llvm14SIRegisterInfo18getNumUsedPhysRegsERKNS_19MachineRegisterInfoERKNS_19TargetRegisterClassEb
#define JOINED(a, b) a##b
#define NAMED(a, b)  JOINED(a, b)

extern "C" {
unsigned NAMED(__real_, NUMBER_OF_USED)(const TargetRegisterInfo *, const MachineRegisterInfo &,
                                        const TargetRegisterClass &, bool calls);
unsigned NAMED(__wrap_, NUMBER_OF_USED)(const TargetRegisterInfo *, const MachineRegisterInfo &,
                                        const TargetRegisterClass &, bool calls);
}

static BitVector units_used(const TargetRegisterInfo &registers, const MachineRegisterInfo &function)
{
    BitVector units(registers.getNumRegUnits());
    for (unsigned i = 1; i < registers.getNumRegs(); i++)
        if (!function.reg_nodbg_empty(MCRegister(i)))
            for (MCRegUnit unit : registers.regunits(MCRegister(i))) units.set(static_cast<unsigned>(unit));
    return units;
}

unsigned NAMED(__wrap_, NUMBER_OF_USED)(const TargetRegisterInfo *registers,
                                        const MachineRegisterInfo &function, const TargetRegisterClass &all,
                                        bool calls)
{
    constexpr unsigned index_mask = 0xff; // of an encoding that tells no more than 256 registers apart
    if (calls) return NAMED(__real_, NUMBER_OF_USED)(registers, function, all, calls);
    BitVector units = units_used(*registers, function);
    ArrayRef<MCPhysReg> members(all.begin(), all.end());
    for (size_t i = members.size(); i-- > 0;)
        for (MCRegUnit unit : registers->regunits(members[i]))
            if (units.test(static_cast<unsigned>(unit))) {
                if (i > index_mask) return NAMED(__real_, NUMBER_OF_USED)(registers, function, all, calls);
                return (registers->getEncodingValue(members[i]) & index_mask) + 1;
            }
    return 0;
}
// NOLINTEND(bugprone-reserved-identifier)
