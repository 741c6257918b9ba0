# usage: hip.py alone|beside|before|after HSACO. HIP through its C interface (Debian's libamdhip64-5, unmodified), and OpenCL beside it.
# alone: over the software GPU, as kiln-run shows it: memory, kernels, streams, events, peer copies, managed memory.
# before, after: the real thunk is loaded by HIP before or after Kiln has looked for its devices; Kiln computes either way.
# beside: as kiln-run shows it, both compute in turns.
import ctypes
import sys
from array import array

N = 1 << 14
TO_DEVICE, TO_HOST = 1, 2
SOURCE = "kernel void square(global int *p) { size_t i = get_global_id(0); p[i] = p[i] * p[i]; }"


def bundle(code):
    """What HIP takes for a module: clang's offload bundle, an empty entry for the host and one for the device."""
    entries = [(b"host-x86_64-unknown-linux", b""), (b"hipv4-amdgcn-amd-amdhsa--gfx1030", code)]
    header = b"__CLANG_OFFLOAD_BUNDLE__" + len(entries).to_bytes(8, "little")
    for name, content in entries:
        header += b"".join(n.to_bytes(8, "little") for n in (4096, len(content), len(name))) + name
    return header.ljust(4096, b"\0") + code


class Hip:
    def __init__(self):
        self.library = ctypes.CDLL("libamdhip64.so.5")
        self.library.hipGetErrorString.restype = ctypes.c_char_p

    def __getattr__(self, name):
        def call(*arguments):
            status = getattr(self.library, name)(*arguments)
            assert status == 0, (name, status, self.library.hipGetErrorString(status))

        return call

    def devices(self):
        count = ctypes.c_int()
        status = self.library.hipGetDeviceCount(ctypes.byref(count))
        return count.value if status == 0 else 0

    def handle(self, name, *arguments):
        value = ctypes.c_void_p()
        getattr(self, name)(ctypes.byref(value), *arguments)
        return value

    def memory(self, size):
        return self.handle("hipMalloc", ctypes.c_size_t(size))

    def write(self, device, values):
        self.hipMemcpy(device, ctypes.c_void_p(values.buffer_info()[0]),
                       ctypes.c_size_t(len(values) * values.itemsize), TO_DEVICE)

    def read(self, device, kind, count):
        values = array(kind, bytes(4 * count))
        self.hipMemcpy(ctypes.c_void_p(values.buffer_info()[0]), device, ctypes.c_size_t(4 * count), TO_HOST)
        return values

    def launch(self, kernel, items, *arguments, stream=None):
        addresses = (ctypes.c_void_p * len(arguments))(*(ctypes.addressof(argument) for argument in arguments))
        self.hipModuleLaunchKernel(kernel, items // 256, 1, 1, 256, 1, 1, 0, stream, addresses, None)


def hip_computes(hip, module):
    increment, saxpy, total = (hip.handle("hipModuleGetFunction", module, name) for name in (b"increment", b"saxpy", b"sum"))
    x, y, out = hip.memory(4 * N), hip.memory(4 * N), hip.memory(4)

    hip.write(x, array("f", range(N)))
    hip.write(y, array("f", [2.0] * N))
    hip.launch(saxpy, N, ctypes.c_float(3), x, y)
    assert list(hip.read(y, "f", N)) == [3.0 * i + 2 for i in range(N)], "saxpy"

    hip.write(x, array("i", range(N)))
    hip.hipMemset(out, 0, ctypes.c_size_t(4))
    hip.launch(total, N, x, out)
    assert hip.read(out, "i", 1)[0] == N * (N - 1) // 2, "shared memory and atomics"

    # Several streams, one after another by an event.
    streams = [hip.handle("hipStreamCreate") for _ in range(4)]
    event = hip.handle("hipEventCreate")
    hip.hipMemset(x, 0, ctypes.c_size_t(4 * N))
    hip.hipDeviceSynchronize()
    for i, stream in enumerate(streams):
        if i:
            hip.hipStreamWaitEvent(stream, event, 0)
        hip.launch(increment, N, x, ctypes.c_int(10), stream=stream)
        hip.hipEventRecord(event, stream)
    hip.hipEventSynchronize(event)
    assert set(hip.read(x, "i", N)) == {40}, "streams"

    hip.hipMemcpyPeer(y, 0, x, 0, ctypes.c_size_t(4 * N))
    assert set(hip.read(y, "i", N)) == {40}, "peer copy"

    managed = hip.handle("hipMallocManaged", ctypes.c_size_t(4 * N), 1)
    numbers = (ctypes.c_int * N).from_address(managed.value)
    numbers[:] = range(N)
    hip.launch(increment, N, managed, ctypes.c_int(5))
    hip.hipDeviceSynchronize()
    assert list(numbers) == list(range(5, N + 5)), "managed memory"
    for memory in (x, y, out, managed):
        hip.hipFree(memory)
    for stream in streams:
        hip.hipStreamDestroy(stream)
    hip.hipEventDestroy(event)


def opencl():
    import pyopencl as cl

    context = cl.Context(cl.get_platforms()[0].get_devices())
    return cl, context, cl.CommandQueue(context), cl.Program(context, SOURCE).build(cache_dir=False)


def opencl_computes(cl, context, queue, program):
    values = array("i", range(1000))
    buffer = cl.Buffer(context, cl.mem_flags.COPY_HOST_PTR, hostbuf=values)
    program.square(queue, (1000,), None, buffer)
    cl.enqueue_copy(queue, values, buffer)
    assert list(values) == [i * i for i in range(1000)], "OpenCL"


def main(how, code):
    if how == "after":
        kiln = opencl()
        opencl_computes(*kiln)
    hip = Hip()
    if how in ("before", "after"):
        hip.devices()
        kiln = opencl() if how == "before" else kiln
        opencl_computes(*kiln)
        return
    assert hip.devices() == 1
    with open(code, "rb") as file:
        module = hip.handle("hipModuleLoadData", bundle(file.read()))
    hip_computes(hip, module)
    if how == "beside":
        kiln = opencl()
        for _ in range(3):
            opencl_computes(*kiln)
            hip_computes(hip, module)


main(*sys.argv[1:])
