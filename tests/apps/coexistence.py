# An application that uses LLVM 14 itself, and PoCL (LLVM 15) beside Kiln: each compiles for itself, in any order.
# Exits with 77 (skipped) where Debian's pocl-opencl-icd or libllvm14 is not installed.
import ctypes
import os
import sys
import tempfile

KILN, POCL = os.environ["OCL_ICD_VENDORS"] + "/kiln.icd", "/etc/OpenCL/vendors/pocl.icd"
SOURCE = "kernel void square(global int *p) { size_t i = get_global_id(0); p[i] = p[i] * p[i] + %d; }"


def llvm_compiles(llvm):
    """Has LLVM 14 parse a module of ours and write it out again."""
    llvm.LLVMContextCreate.restype = llvm.LLVMModuleCreateWithNameInContext.restype = ctypes.c_void_p
    llvm.LLVMPrintModuleToString.restype = ctypes.c_char_p
    context = ctypes.c_void_p(llvm.LLVMContextCreate())
    module = ctypes.c_void_p(llvm.LLVMModuleCreateWithNameInContext(b"ours", context))
    assert b"ours" in llvm.LLVMPrintModuleToString(module)
    llvm.LLVMDisposeModule(module)
    llvm.LLVMContextDispose(context)


def runs(cl, platform, offset):
    context = cl.Context(platform.get_devices())
    queue = cl.CommandQueue(context)
    values = bytearray(4 * 64)
    numbers = memoryview(values).cast("i")
    for i in range(64):
        numbers[i] = i
    buffer = cl.Buffer(context, cl.mem_flags.READ_WRITE | cl.mem_flags.COPY_HOST_PTR, hostbuf=values)
    program = cl.Program(context, SOURCE % offset).build(cache_dir=False)
    program.square(queue, (64,), None, buffer)
    cl.enqueue_copy(queue, values, buffer)
    assert all(numbers[i] == i * i + offset for i in range(64)), platform.name


def main():
    try:
        llvm = ctypes.CDLL("libLLVM-14.so.1")
    except OSError:
        sys.exit(77)
    if not os.path.exists(POCL):
        sys.exit(77)
    with tempfile.TemporaryDirectory() as vendors:
        for driver in (KILN, POCL):
            os.symlink(driver, os.path.join(vendors, os.path.basename(driver)))
        os.environ["OCL_ICD_VENDORS"] = vendors
        import pyopencl as cl

        platforms = cl.get_platforms()
    assert len(platforms) == 2, platforms
    for offset in range(3):
        for platform in platforms if offset % 2 else platforms[::-1]:
            runs(cl, platform, offset)
            llvm_compiles(llvm)
    assert any("libLLVM-15" in line for line in open("/proc/self/maps")), "PoCL's LLVM is not the one expected"
    assert not any("libLLVM-22" in line for line in open("/proc/self/maps")), "Kiln brought LLVM along"


main()
