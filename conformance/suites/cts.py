"""A build of the Khronos suite that the user points at. Each subtest runs in a process of its own.

Of bruteforce (the math functions) one format can be had: acos.half is acos in half only, *.half all functions so;
float is without -cl-fast-relaxed-math, relaxed with it. Of the images suites a subtest may be followed by words that they
know: 2D.max_images.CL_RGBA.CL_FLOAT.
"""
import json
import os
import pathlib
import sys
import tempfile

from . import process

SECONDS_PER_SUBTEST = 1800
PACKAGES = []
FORMATS = {"float": "-dgr", "relaxed": "-dfg", "double": "-fgr", "half": "-fdr"}  # bruteforce: what leaves the others out
IMAGES = ["clCopyImage", "clFillImage", "clGetInfo", "clReadWriteImage", "kernel_image_methods", "kernel_read_write", "samplerlessReads"]
WIMPY = {  # of those that have no wimpy mode
    "test_c11_atomics": ["-maxDeviceThreads", "64", "-internalIterations", "100"],
    **{f"test_{suite}": ["small_images"] for suite in IMAGES},
}
CONVERTED = ["char", "uchar", "short", "ushort", "int", "uint", "long", "ulong", "half", "float", "double"]


def suites_find(folder, names):
    """{suite: program} for the programs test_* somewhere under the folder."""
    found = {path.name.removeprefix("test_"): path.resolve() for path in sorted(pathlib.Path(folder).rglob("test_*"))
             if path.is_file() and os.access(path, os.X_OK) and not path.suffix}
    if not found:
        sys.exit(f"no program test_* under {folder}")
    unknown = [name for name in names if name not in found]
    if unknown:
        sys.exit(f"no suite {', '.join(unknown)} under {folder}; there are {', '.join(found)}")
    return {name: found[name] for name in names} if names else found


def subtests_list(program):
    """The suite prints one name a line, indented; conversions' are formed of two types."""
    if program.name == "test_conversions":
        return [f"{to}_{of}" for to in CONVERTED for of in CONVERTED]
    run = process.run([program, "--list"], 60, folder=program.parent)
    names = [line.strip() for line in run.output.splitlines() if line.startswith("\t")]
    if run.status or not names:
        sys.exit(f"{program} --list gives no names:\n{run.output}")
    return names


def arguments_of(program, name):
    """What the suite calls a subtest. Of conversions: all roundings from one type to another, saturated or not."""
    if program.name == "test_bruteforce":
        function, _, of = name.partition(".")
        return [FORMATS[of], function] if of else [function]
    if program.name.removeprefix("test_") in IMAGES:
        return name.split(".")
    if program.name != "test_conversions":
        return [name]
    to, of = name.split("_")
    modes = [""] if to in ("half", "float", "double") else ["", "_sat"]
    return [f"{to}{mode}{rounding}_{of}" for mode in modes for rounding in ("", "_rte", "_rtz", "_rtp", "_rtn")]


def mode_of(program, arguments):
    """What the results say of how a subtest ran; nothing where in full."""
    words = {"wimpy": arguments.wimpy, "scalar": arguments.scalar and program.name == "test_bruteforce"}
    return ", ".join(word for word, holds in words.items() if holds)


def subtest_run(program, name, mode, seconds, environment, log):
    """One subtest's result: what the suite wrote down if it came to that, else how its process ended."""
    smaller = [*(WIMPY.get(program.name, ["--wimpy"]) if "wimpy" in mode else []), *(["-1"] if "scalar" in mode else [])]
    with tempfile.TemporaryDirectory() as folder:
        written = pathlib.Path(folder) / "result.json"
        run = process.run([program, *arguments_of(program, name), *smaller], seconds, folder=program.parent,
                          environment={**environment, "CL_CONFORMANCE_RESULTS_FILENAME": str(written)})
        log.write_text(run.output)
        verdict = run.verdict()
        if verdict in ("pass", "fail") and written.exists():
            verdict = json.loads(written.read_text())["results"].get(name.partition(".")[0], verdict)
    return {"verdict": verdict, "seconds": run.seconds, **({"mode": mode} if mode else {})}


def subtests_of(program, words):
    """The subtests that the words name; all of them without any."""
    names = words or ["*"]
    return [name + word[1:] for word in names if word.startswith("*") for name in subtests_list(program)] + \
           [word for word in names if not word.startswith("*")]


def run(arguments, environment, output):
    """Yields (name, result) as the subtests end. Their output is kept in a file each."""
    if not arguments.tests:
        sys.exit("usage: conformance/run cts FOLDER [SUITE | SUITE@SUBTEST…]")
    seconds = arguments.timeout or SECONDS_PER_SUBTEST
    folder, *words = arguments.tests
    wanted = {}
    for word in words:
        suite, _, subtest = word.partition("@")
        wanted.setdefault(suite, []).extend([subtest] if subtest else [])
    suites = suites_find(folder, list(wanted))
    for suite, program in suites.items():
        logs = output / suite
        logs.mkdir(parents=True, exist_ok=True)
        for name in subtests_of(program, wanted.get(suite)):
            yield f"{suite}@{name}", subtest_run(program, name, mode_of(program, arguments), seconds, environment,
                                                 logs / f"{name}.log")
