"""piglit's OpenCL profile, from Debian's package. piglit itself gives each test a process of its own and a time limit."""
import bz2
import json
import os
import subprocess

SECONDS_PER_TEST = 300
PACKAGES = ["piglit"]


def run(arguments, environment, output):
    """Yields (name, result) when the whole profile has run."""
    seconds = arguments.timeout or SECONDS_PER_TEST
    command = ["piglit", "run", "cl", output, "-o", "--timeout", str(seconds)]
    for pattern in arguments.tests:
        command += ["-t", pattern]
    subprocess.run(command, check=True, env={**os.environ, **environment})
    with bz2.open(output / "results.json.bz2") as file:
        tests = json.load(file)["tests"]
    for name, test in sorted(tests.items()):
        elapsed = test["time"]["end"] - test["time"]["start"]
        yield name, {"verdict": test["result"], "seconds": round(elapsed, 2)}
