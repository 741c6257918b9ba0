"""Runs one program with a time limit; neither it nor its children outlive the call."""
import os
import signal
import subprocess
import time
from dataclasses import dataclass


@dataclass
class Run:
    """What became of a program. `status` is its exit status, negative the signal that ended it, None a time-out."""

    status: int | None
    seconds: float
    output: str

    def verdict(self):
        if self.status is None:
            return "timeout"
        if self.status < 0 or self.status in (128 + signal.SIGABRT, 128 + signal.SIGSEGV):  # of a shell's child
            return "crash"
        return "pass" if self.status == 0 else "fail"


def run(command, seconds, folder=None, environment=None):
    """Runs `command` in a session of its own and ends all of that after `seconds`."""
    start = time.monotonic()
    process = subprocess.Popen(
        [str(word) for word in command], cwd=folder, env={**os.environ, **(environment or {})}, text=True,
        errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True)
    try:
        output, _ = process.communicate(timeout=seconds)
        status = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        status = None
    return Run(status, round(time.monotonic() - start, 2), output)
