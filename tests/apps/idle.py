"""A process that only waits, or has finished its work, uses no CPU: it comes to use under 1 % of a core.

Each state is looked at until that is so; where it never is, the test's time-out tells.
"""
import sys
import threading
import time

import numpy as np
import pyopencl as cl

SECONDS, LIMIT = 1.0, 0.01


def idle_wait(what):
    share = 1
    while share > LIMIT:
        begin, used = time.monotonic(), time.process_time() - time.thread_time()
        time.sleep(SECONDS)
        share = (time.process_time() - time.thread_time() - used) / (time.monotonic() - begin)
        print(f"{what}: {100 * share:.2f} % of a core", flush=True)


def main():
    device = next(p for p in cl.get_platforms() if p.name == "Kiln").get_devices()[0]
    context = cl.Context([device])
    queue = cl.CommandQueue(context)
    program = cl.Program(context, "kernel void touch(global int *a) { a[get_global_id(0)] += 1; }").build()
    data = np.zeros(1024, np.int32)
    buffer = cl.Buffer(context, cl.mem_flags.COPY_HOST_PTR, hostbuf=data)
    program.touch(queue, (1024,), None, buffer)
    cl.enqueue_copy(queue, data, buffer)
    idle_wait("after work")
    right = (data == 1).all()

    gate = cl.UserEvent(context)
    waiting = program.touch(queue, (1024,), None, buffer, wait_for=[gate])
    queue.flush()
    waiter = threading.Thread(target=waiting.wait)
    waiter.start()
    idle_wait("a thread waiting for a kernel that waits for a user event")
    gate.set_status(cl.command_execution_status.COMPLETE)
    waiter.join()
    cl.enqueue_copy(queue, data, buffer)
    sys.exit(0 if right and (data == 2).all() else 1)


main()
