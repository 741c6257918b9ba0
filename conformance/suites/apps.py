"""Applications of others, unmodified, that verify what they compute.

A test's name is <application>@<what it does>; conformance/run apps NAME… runs those whose names begin so. Most are in Debian
packages. Those that are not come from PyPI, into a virtual environment in the output folder.
"""
import hashlib
import os
import re
import subprocess
import sys
import xml.etree.ElementTree
from dataclasses import dataclass
from pathlib import Path

from . import process

SECONDS_PER_PROGRAM = 1800
PACKAGES = ["clblast-tests", "clfft-client", "clpeak", "darktable", "ffmpeg", "g++", "gegl", "hashcat", "hcxkeys", "libviennacl-dev",
            "ocl-icd-opencl-dev", "python3-opencv", "python3-pil", "python3-pyopencl", "python3-venv",
            "hipcc", "libamdhip64-dev", "libhiprand-dev", "librocrand-dev", "libhiprand1",
            "clang-16", "clang-tools-16", "lld-16", "llvm-16", "libomp-16-dev", "starpu-examples"]
PYPI = ["pyopencl==2026.1.4", "pytest", "numpy", "mako", "openmm==8.6.1", "silx==3.1.3", "tinygrad==0.14.0", "halide==21.0.0",
        "pyclesperanto==0.25.1", "scipy", "pyluxcore==2.11.2"]
PYPI_SYCL = ["dpctl==0.22.1", "dpnp==0.20.0", "numpy==2.4.6", "pytest", "cython==3.3.1"]  # with DPC++'s runtime, half a GB
TOP = Path(__file__).resolve().parents[2]
KILN_RUN = Path(os.environ.get("KILN_BUILD_DIR", TOP / "build")) / "lib" / "kiln" / "kiln-run"


@dataclass
class Program:
    """One run of a program. `expected` must be found in its output, `forbidden` must not; `parts` splits a run into the
    verdicts of the tests that the program itself names."""

    name: str
    command: list
    expected: str = ""
    forbidden: str = r"(?!)"
    folder: Path | None = None
    parts: object = None

    def results(self, run):
        verdict = run.verdict()
        if verdict == "pass" and (not re.search(self.expected, run.output) or re.search(self.forbidden, run.output)):
            verdict = "fail"
        return [(self.name, {"verdict": verdict, "seconds": run.seconds})]


def clblast_parts(run):
    """{routine: verdict}: a program tests one routine in each precision, and says how many of its tests passed."""
    text = re.sub(r"\x1b\[\d*m", "", run.output)
    parts = {}
    for routine, report in re.findall(r"tests for the '(\w+)' routine\.(.*?)(?=Running on OpenCL device|\Z)", text, re.S):
        if "Unsupported precision\n" in report and "Results:" not in report:
            verdict = "skip"
        else:
            passed = sum(map(int, re.findall(r"(\d+) test\(s\) passed", report)))
            failed = sum(map(int, re.findall(r"(\d+) test\(s\) failed", report)))
            verdict = "pass" if passed and not failed else "fail"
        parts[routine] = "fail" if parts.get(routine) == "fail" else verdict  # it may be tested in several ways
    return parts


def clblast():
    """Each routine of BLAS against a CPU's, in single, double, half and complex."""
    for path in sorted(Path("/usr/bin").glob("clblast_test_*")):
        routine = path.name.removeprefix("clblast_test_")
        yield Program(f"clblast@{routine}", [path, "-platform", "0", "-device", "0"], parts=clblast_parts)


# No factors 11 and 13: there the client says FAIL on PoCL as well.
CLFFT = ["-x 1024 -o", "-x 1024 --inv", "-x 4096 -b 16", "-x 243 --inLayout 5 --outLayout 3 -o", "-x 64 -y 64", "-x 100 -y 75 -o",
         "-x 16 -y 16 -z 16 --inv", "-x 1024 --inLayout 2 --outLayout 1 -o", "-x 65536"]


def clfft():
    """Transforms of several sizes, layouts and directions, compared with what is known of their result."""
    for options in CLFFT + [f"{options} --double" for options in CLFFT]:
        yield Program(f"clfft@{options}", ["clFFT-client", "-g", *options.split()], expected=r"\*PASS\*")


def clpeak():
    """It measures, and does not verify: what counts is that every part ends with a figure."""
    for part in ("compute-sp", "compute-integer", "compute-intfast", "global-bandwidth", "transfer-bandwidth", "kernel-latency"):
        yield Program(f"clpeak@{part}", ["clpeak", "-p", "0", f"--{part}"], expected=r"(?m): [\d.]+( us)?$", forbidden="clCreate|-[0-9]")


def hashcat():
    """It finds a known word."""
    for mode in (0, 100, 1400):  # MD5, SHA-1, SHA-256
        yield Program(f"hashcat@{mode}", [TOP / "tests" / "apps" / "hashcat.sh", str(mode)])


def hcxkeys():
    """Keys of a wireless network: 4096 rounds of SHA-1 for each."""
    for password in ("password123", "correct horse battery staple"):
        key = hashlib.pbkdf2_hmac("sha1", password.encode(), b"kilnnet", 4096, 32).hex()
        yield Program(f"hcxkeys@{password}", ["wlangenpmkocl", "-e", "kilnnet", "-p", password], expected=key)


def starpu():
    """The examples that bring their kernels along, with workers on the OpenCL device only."""
    environment = ["env", "STARPU_SILENT=1", "STARPU_NCPU=0", "STARPU_HOME=/nonexistent"]
    for name, expected in (("variable", "result is correct"), ("vector_scal", "Computation is correct"), ("matvecmult", "TEST PASSED"),
                           ("incrementer", r"5\.0+, 0\.0+, 0\.0+, 5\.0+")):
        yield Program(f"starpu@{name}", [*environment, f"/usr/lib/x86_64-linux-gnu/starpu/examples/{name}"], expected=expected)


def opencv():
    """Filters and matrix functions, compared with those on the CPU."""
    yield Program("opencv@umat", ["env", "OPENCV_OPENCL_RAISE_ERROR=1", "/usr/bin/python3",
                                 TOP / "conformance" / "programs" / "opencv_umat.py"])


def ffmpeg():
    """Filters of video, which read and write images, compared with those on the CPU."""
    yield Program("ffmpeg@filters", ["/usr/bin/python3", TOP / "conformance" / "programs" / "ffmpeg_filters.py"])


PHOTOGRAPH = "usr/share/doc/fitspng/images/IMG_5952_photo.png"


def darktable(output):
    """A photograph exported through modules with kernels, compared with the export on the CPU."""
    yield Program("darktable@export", ["/usr/bin/python3", TOP / "conformance" / "programs" / "darktable_export.py",
                                       output / "photograph" / PHOTOGRAPH, output / "darktable"])


def gegl(output):
    """Operations on a picture, compared with those on the CPU."""
    yield Program("gegl@operations", ["/usr/bin/python3", TOP / "conformance" / "programs" / "gegl_operations.py", output / "gegl"])


def photograph(output):
    """The same photograph turned by a linear sampler, compared with numpy's."""
    yield Program("photograph@rotated", ["env", "PYOPENCL_NO_CACHE=1", "/usr/bin/python3",
                                         TOP / "conformance" / "programs" / "rotated_photograph.py",
                                         output / "photograph" / PHOTOGRAPH])


def viennacl(output):
    """Vectors, matrices and solvers in float and double, against loops on the host."""
    yield Program("viennacl@blas", [output / "viennacl_blas"], expected="PASS")


def rocm():
    """HIP, hipRAND and OpenMP, which use ROCr by themselves. A program that its compiler is missing for has failed here."""
    for name in ("hipcc", "openmp"):
        yield Program(f"rocm@{name}", [TOP / "tests" / "apps" / f"{name}.sh", KILN_RUN])


def junit_cases(path):
    """(test case, verdict) of a run of pytest."""
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        kinds = {child.tag for child in case}
        yield case, "fail" if kinds & {"failure", "error"} else "skip" if "skipped" in kinds else "pass"


def junit_parts(path):
    """{test: verdict} of a run of pytest."""
    verdicts = {}
    for case, verdict in junit_cases(path):
        name = re.sub(r"<context factory .*?>>-?", "", case.get("name")).replace("[]", "")
        verdicts[name] = verdict
    return verdicts


# The examples that need neither images nor a window, and what they print where they compute right.
EXAMPLES = {
    "demo": r"Norm: 0\.0", "demo_array": r"^0\.0\s*$", "demo_array_svm": r"^0\.0\s*$", "demo_elementwise": r"\b0\.0\s*$",
    "demo_elementwise_complex": r"e-0[67]\s*$", "demo_meta_template": "", "demo-struct-reduce": "", "narray": r"\[1 1 1 1 1\]\s*$",
    "pi-monte-carlo": "", "svm": "done",
}


def pyopencl(output):
    """Its own tests and examples, from the source package."""
    source = next((output / "source").glob("pyopencl-*/"))
    python = output / "venv" / "bin" / "python"
    for path in sorted((source / "test").glob("test_*.py")):
        report = output / f"{path.stem}.xml"
        yield Program(f"pyopencl@{path.stem}", [python, "-m", "pytest", "-q", f"--junitxml={report}", path.name],
                      folder=path.parent, parts=lambda run, report=report: junit_parts(report))
    for name, expected in EXAMPLES.items():
        yield Program(f"pyopencl@examples/{name}", [python, f"{name}.py"], expected=expected, folder=source / "examples")


def openmm(output):
    """Forces of a molecule, compared with those of its CPU platforms."""
    yield Program("openmm@testInstallation", [output / "venv" / "bin" / "python", "-m", "openmm.testInstallation"],
                  expected="OpenCL[^\n]*\n?[^\n]*Successfully computed forces(.|\n)*within tolerance")
    for precision in ("single", "mixed", "double"):
        yield Program(f"openmm@{precision}", [output / "venv" / "bin" / "python", TOP / "conformance" / "programs" / "openmm_precision.py",
                                              precision], expected="PASS")


def silx(output):
    """Its own tests of what it does in OpenCL: image processing, sparse matrices, reconstruction."""
    report = output / "silx.xml"
    yield Program("silx@opencl", [output / "venv" / "bin" / "python", "-m", "pytest", "-q", f"--junitxml={report}", "--pyargs", "silx.opencl"],
                  parts=lambda run: junit_parts(report))


def tinygrad(output):
    """Its OpenCL device: layers of a network, compared with numpy."""
    yield Program("tinygrad@layers", ["env", "DEV=CL", output / "venv" / "bin" / "python", TOP / "conformance" / "programs" / "tinygrad_layers.py"])


def halide(output):
    """Pipelines of its OpenCL target, compared with numpy."""
    yield Program("halide@pipelines", [output / "venv" / "bin" / "python", TOP / "conformance" / "programs" / "halide_pipelines.py"])


def clesperanto(output):
    """Filters and segmentation of a volume, compared with SciPy's."""
    yield Program("clesperanto@images", [output / "venv" / "bin" / "python", TOP / "conformance" / "programs" / "clesperanto_images.py"])


def luxcore(output):
    """A scene by its path tracer, compared with its CPU engine's."""
    yield Program("luxcore@scene", [output / "venv" / "bin" / "python", TOP / "conformance" / "programs" / "luxcore_scene.py"],
                  expected="as LuxCore's CPU engine has it")


def failures_by_name(path):
    """Of thousands of tests in a file those that fail by their names, and whether the others pass."""
    cases = list(junit_cases(path))
    failed = {f"{case.get('classname').rpartition('.')[2]}.{case.get('name')}": "fail" for case, verdict in cases if verdict == "fail"}
    others = {verdict for _, verdict in cases} - {"fail"}
    return failed | ({"others": "pass" if "pass" in others else "skip"} if others else {})


def sycl(output, package):
    """A package's own tests, a program a file, on DPC++'s runtime as it comes with the package."""
    venv = output / "sycl"
    folder = next(venv.glob(f"lib/python*/site-packages/{package}/tests"))
    for path in sorted(folder.rglob("test_*.py")):
        name = str(path.relative_to(folder).with_suffix(""))
        report = output / f"{package}_{name.replace('/', '_')}.xml"
        yield Program(f"{package}@{name}",
                      ["env", f"LD_LIBRARY_PATH={venv / 'lib'}", "ONEAPI_DEVICE_SELECTOR=opencl:gpu", venv / "bin" / "python", "-m", "pytest",
                       "-q", "-p", "no:cacheprovider", f"--junitxml={report}", path],
                      folder=folder.parents[1], parts=lambda run, report=report: failures_by_name(report))


def dpctl(output):
    """SYCL's devices, queues, memory and programs from Python."""
    return sycl(output, "dpctl")


def dpnp(output):
    """numpy's functions as SYCL kernels, compared with numpy's."""
    return sycl(output, "dpnp")


def venv_install(venv, packages):
    pip = [venv / "bin" / "python", "-m", "pip", "-q", "--disable-pip-version-check"]
    if not venv.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run([*pip, "install", *packages], check=True)
    return pip


def sycl_install(output):
    venv_install(output / "sycl", PYPI_SYCL)


def pypi_install(output):
    pip = venv_install(output / "venv", PYPI)
    source = output / "source"
    if not source.exists():
        source.mkdir()
        subprocess.run([*pip, "download", "--no-deps", "--no-binary", "pyopencl", "-d", source, PYPI[0]], check=True)
        subprocess.run(["tar", "-xf", next(source.glob("*.tar.gz")), "-C", source], check=True)


def photograph_fetch(output):
    subprocess.run([TOP / "tests" / "apps" / "photograph.sh", output / "photograph"], check=True)


def viennacl_build(output):
    source = TOP / "conformance" / "programs" / "viennacl_blas.cpp"
    subprocess.run(["g++", "-O1", "-w", "-DCL_TARGET_OPENCL_VERSION=120", "-o", output / "viennacl_blas", source, "-lOpenCL"], check=True)


def programs(output, wanted):
    debian = [clblast, clfft, clpeak, ffmpeg, hashcat, hcxkeys, opencv, rocm, starpu]
    prepared = {clesperanto: pypi_install, darktable: photograph_fetch, dpctl: sycl_install, dpnp: sycl_install, gegl: lambda output: None,
                halide: pypi_install, luxcore: pypi_install, photograph: photograph_fetch, pyopencl: pypi_install,
                openmm: pypi_install, silx: pypi_install, tinygrad: pypi_install, viennacl: viennacl_build}
    for application in [*debian, *prepared]:
        name = application.__name__
        if wanted and not any(word.startswith(name) for word in wanted):
            continue
        if application in prepared:
            prepared[application](output)
        for program in application(output) if application in prepared else application():
            if not wanted or program.name.startswith(tuple(wanted)):
                yield program


def run(arguments, environment, output):
    """Yields (name, result) as the programs end. Their output is kept in a file each."""
    seconds = arguments.timeout or SECONDS_PER_PROGRAM
    for program in programs(output, arguments.tests):
        ended = process.run(program.command, seconds, folder=program.folder, environment=environment)
        (output / (program.name.replace("/", "_").replace(" ", "_") + ".log")).write_text(ended.output)
        try:
            parts = program.parts(ended) if program.parts and ended.status in (0, 1) else {}
        except (OSError, xml.etree.ElementTree.ParseError):
            parts = {}
        if not parts:
            yield from program.results(ended)
        for part, verdict in parts.items():  # the program's time, shared among them
            yield f"{program.name}@{part}", {"verdict": verdict, "seconds": round(ended.seconds / len(parts), 2)}
