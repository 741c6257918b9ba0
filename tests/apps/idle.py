"""A process that only waits, or has finished its work, uses no CPU: measured over 5 seconds each.

The measure is the process's own CPU time over wall time. Limit: 1 % of one core.
"""
import resource
import sys
import threading
import time

import numpy as np
import pyopencl as cl

SECONDS, LIMIT = 5.0, 0.01


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure(what):
    time.sleep(0.1)
    begin = cpu_seconds()
    time.sleep(SECONDS)
    share = (cpu_seconds() - begin) / SECONDS
    print(f"{what}: {100 * share:.2f} % of a core")
    return share <= LIMIT


def main():
    device = next(p for p in cl.get_platforms() if p.name == "Kiln").get_devices()[0]
    context = cl.Context([device])
    queue = cl.CommandQueue(context)
    program = cl.Program(context, "kernel void touch(global int *a) { a[get_global_id(0)] += 1; }").build()
    data = np.zeros(1024, np.int32)
    buffer = cl.Buffer(context, cl.mem_flags.COPY_HOST_PTR, hostbuf=data)
    program.touch(queue, (1024,), None, buffer)
    cl.enqueue_copy(queue, data, buffer)
    right = (data == 1).all() and measure("after work")

    gate = cl.UserEvent(context)
    waiting = program.touch(queue, (1024,), None, buffer, wait_for=[gate])
    queue.flush()
    waiter = threading.Thread(target=waiting.wait)
    waiter.start()
    right = measure("a thread waiting for a kernel that waits for a user event") and right
    gate.set_status(cl.command_execution_status.COMPLETE)
    waiter.join()
    cl.enqueue_copy(queue, data, buffer)
    right = right and (data == 2).all()
    sys.exit(0 if right else 1)


main()
