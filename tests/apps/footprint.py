# What Kiln adds to an application: less than 10 MB, no LLVM, also while and after it compiles.
import os

os.environ["PYOPENCL_NO_CACHE"] = "1"

import numpy as np
import pyopencl as cl

SOURCE = "kernel void square(global int *p) { size_t i = get_global_id(0); p[i] = p[i] * p[i]; }"


def resident_megabytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def libraries():
    with open("/proc/self/maps") as file:
        return {line.split()[-1] for line in file if "/" in line}


def run():
    context = cl.create_some_context(interactive=False)
    queue = cl.CommandQueue(context)
    data = np.arange(256, dtype=np.int32)
    buffer = cl.Buffer(context, cl.mem_flags.COPY_HOST_PTR, hostbuf=data)
    cl.Program(context, SOURCE).build().square(queue, data.shape, None, buffer)
    result = np.empty_like(data)
    cl.enqueue_copy(queue, result, buffer)
    assert (result == data * data).all()


before, libraries_before = resident_megabytes(), libraries()
run()
added = resident_megabytes() - before
loaded = libraries() - libraries_before
print(f"{added:.1f} MB resident, new libraries:", *sorted(loaded), sep="\n  ")
assert any("libkiln.so" in name for name in loaded)
assert not any(word in name for name in loaded for word in ("LLVM", "clang", "kilnc"))
assert added < 10
