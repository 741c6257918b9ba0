"""darktable exports a photograph through some of its modules, on the OpenCL device and on the CPU; the pictures are compared.

usage: darktable_export.py PHOTOGRAPH.png FOLDER [MODULE…]

FOLDER keeps the exports and darktable's settings. Left out are modules that compute something else in OpenCL (bloom and highpass
blur with a Gaussian there, and with boxes on the CPU; the vignette falls off otherwise).
"""
import pathlib
import re
import shutil
import struct
import subprocess
import sys

import numpy as np
from PIL import Image

# Module; version of its parameters, and they; how far samples may differ; the share of them that may differ more; the width of the
# border that is not compared (on the CPU some modules leave it as it is).
MODULES = {
    "sharpen": (1, struct.pack("<3f", 3, 1, 0.5), 1, 0, 12),
    "soften": (1, struct.pack("<4f", 30, 100, 0.33, 50), 2, 5e-3, 0),
    "lowpass": (4, struct.pack("<I4f2I", 0, 8, 1, 0, 1, 0, 1), 1, 1e-3, 0),
    "shadhi": (5, struct.pack("<I8fIfI", 0, 30, 50, 0, -50, 0, 50, 100, 50, 127, 1e-6, 0), 1, 1e-3, 0),
    "bilat": (3, struct.pack("<I4f", 0, 20, 40, 1.5, 0.5), 1, 0, 0),
    "bilat@laplacian": (3, struct.pack("<I4f", 1, 0.5, 0.5, 1.5, 0.3), 1, 0, 0),
    "nlmeans": (2, struct.pack("<4f", 2, 60, 0.6, 0.8), 2, 1e-3, 0),
    "hazeremoval": (1, struct.pack("<2f", 0.5, 0.25), 1, 1e-3, 0),
    "velvia": (2, struct.pack("<2f", 50, 1), 1, 0, 0),
    "vibrance": (2, struct.pack("<f", 100), 1, 0, 0),
    "colisa": (1, struct.pack("<3f", 0.3, 0.2, 0.4), 1, 0, 0),
    "colorcorrection": (1, struct.pack("<5f", 10, -5, 3, 8, 1.2), 1, 0, 0),
    "relight": (1, struct.pack("<3f", 0.8, 0.3, 4), 1, 0, 0),
    "exposure": (6, struct.pack("<i4fi", 0, 0.01, 0.7, 50, -4, 0), 1, 0, 0),
    "monochrome": (2, struct.pack("<4f", 10, -10, 2, 0.3), 1, 0, 0),
    "splittoning": (1, struct.pack("<6f", 0.1, 0.5, 0.6, 0.5, 0.5, 33), 1, 0, 0),
    "flip": (2, struct.pack("<i", 6), 1, 0, 0),
    "crop": (1, struct.pack("<4f2i", 0.1, 0.1, 0.9, 0.8, -1, -1), 0, 0, 0),
}
XMP = """<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:darktable="http://darktable.sf.net/" darktable:xmp_version="5" darktable:auto_presets_applied="1"
 darktable:history_end="1" darktable:iop_order_version="2"><darktable:history><rdf:Seq>
<rdf:li darktable:num="0" darktable:operation="{}" darktable:enabled="1" darktable:modversion="{}" darktable:params="{}"
 darktable:multi_name="" darktable:multi_priority="0"/>
</rdf:Seq></darktable:history></rdf:Description></rdf:RDF></x:xmpmeta>
"""
SETTINGS = ["--library", ":memory:", "--conf", "opencl=TRUE", "--conf", "opencl_checksum=OFF"]  # else it times the device, and may not use it


def picture(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def export(folder, name, how, *options):
    """The exported picture, and what darktable logs of it."""
    output = folder / f"{name}.{how}.png"
    output.unlink(missing_ok=True)
    command = ["darktable-cli", folder / "photograph.png", folder / f"{name}.xmp", output, "--core", "--configdir", folder / "settings",
               *SETTINGS, "-d", "opencl", "-d", "perf", *options]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    assert run.returncode == 0 and output.exists(), run.stdout
    return picture(output), run.stdout


def module_check(folder, name):
    """Returns whether the module worked on the device, did something, and did the same as on the CPU."""
    version, parameters, tolerance, share, border = MODULES[name]
    (folder / f"{name}.xmp").write_text(XMP.format(name.partition("@")[0], version, parameters.hex()))
    got, log = export(folder, name, "device")
    expected, _ = export(folder, name, "cpu", "--disable-opencl")
    original = picture(folder / "photograph.png")
    changed = got.shape != original.shape or np.abs(got - original).mean() > 1
    on_device = len(re.findall("processed `.*' on GPU", log))
    inner = np.s_[border:-border or None, border:-border or None]
    difference = np.abs(got[inner] - expected[inner])
    beyond = np.mean(difference > tolerance)
    print(f"{name}: {on_device} modules on the device, {difference.max()} at most, {difference.mean():.4f} on average, {beyond:.6f} by more "
          f"than {tolerance}{'' if changed else ', but nothing changed'}", flush=True)
    return changed and on_device > 2 and beyond <= share


photograph, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
shutil.copy(photograph, folder / "photograph.png")
results = [module_check(folder, name) for name in sys.argv[3:] or MODULES]
sys.exit(not all(results))
