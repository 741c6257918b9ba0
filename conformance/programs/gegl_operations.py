"""GEGL's operations that have kernels, on a picture, on the OpenCL device and on the CPU; the pictures are compared.

usage: gegl_operations.py FOLDER [OPERATION…]

FOLDER keeps the pictures, and the programs that Kiln compiles: an operation that has none compiled has not been on the device.
Left out are operations that compute something else in OpenCL (noise-reduction and snn-mean do so on PoCL, too; oilify does not run
there), or something else each time (c2g).
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import numpy as np
from PIL import Image

# Operation: its properties; how far samples may differ; the share of them that may differ more.
OPERATIONS = {
    "alien-map": ("cpn-1-frequency=2", 1, 0),
    "bilateral-filter": ("blur-radius=4", 1, 0),
    "box-blur": ("radius=5", 1, 0),
    "brightness-contrast": ("contrast=1.5 brightness=0.1", 1, 0),
    "color-exchange": ("from-color=rgb(0.5,0.5,0.5) to-color=rgb(1,0,0) red-threshold=0.4 green-threshold=0.4 blue-threshold=0.4", 1, 0),
    "color-temperature": ("intended-temperature=9000", 1, 0),
    "edge-laplace": ("", 1, 0),
    "exposure": ("exposure=0.7", 1, 0),
    "hue-chroma": ("hue=40 chroma=10", 1, 0),
    "invert-linear": ("", 1, 0),
    "levels": ("in-low=0.1 in-high=0.8", 1, 0),
    "mono-mixer": ("red=0.5", 1, 0),
    "motion-blur-linear": ("length=12 angle=30", 1, 0),
    "noise-hsv": ("", 1, 0),
    "noise-hurl": ("pct-random=20", 1, 0),
    "opacity": ("value=0.5", 1, 0),
    "pixelize": ("size-x=9 size-y=7", 1, 0),
    "posterize": ("levels=5", 1, 0),
    "red-eye-removal": ("", 1, 0),
    "shadows-highlights": ("shadows=60 highlights=-40", 1, 0),
    "stretch-contrast": ("keep-colors=false perceptual=true", 1, 0),
    "texturize-canvas": ("", 1, 0),
    "threshold": ("value=0.4", 1, 0),
    "value-invert": ("", 1, 0),
    "video-degradation": ("", 1, 0),
    "vignette": ("", 1, 0),
}


def picture_make(path):
    y, x = np.mgrid[0:200, 0:256]
    waves = np.stack([128 + 100 * np.sin(x / 9), 128 + 100 * np.cos(y / 7), x * y / 200 % 256], -1)
    noisy = waves + np.random.default_rng(1).normal(0, 6, waves.shape)
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(path)


def operate(folder, name, properties, how):
    """The picture after the operation, and how many programs were compiled for it."""
    output, cache = folder / f"{name}.{how}.png", folder / "cache"
    before = set(cache.iterdir())
    output.unlink(missing_ok=True)
    run = subprocess.run(["gegl", folder / "picture.png", "-o", output, "--", f"gegl:{name}", *properties.split()], text=True, check=False,
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
                         env={**os.environ, "GEGL_USE_OPENCL": "no" if how == "cpu" else "gpu", "KILN_CACHE_DIR": str(cache)})
    assert run.returncode == 0 and output.exists(), run.stdout
    compiled = [path for path in set(cache.iterdir()) - before if re.fullmatch("[0-9a-f]{64}", path.name)]
    return np.asarray(Image.open(output).convert("RGBA")).astype(int), len(compiled)


def operation_check(folder, name):
    """Returns whether the operation was on the device, did something, and did the same as on the CPU."""
    properties, tolerance, share = OPERATIONS[name]
    got, compiled = operate(folder, name, properties, "device")
    expected, _ = operate(folder, name, properties, "cpu")
    original = np.asarray(Image.open(folder / "picture.png").convert("RGBA")).astype(int)
    if got.shape != expected.shape:
        print(f"{name}: {got.shape} is not {expected.shape}")
        return False
    changed = got.shape != original.shape or np.abs(got - original).mean() > 0.1
    difference = np.abs(got - expected)
    beyond = np.mean(difference > tolerance)
    print(f"{name}: {compiled} programs compiled, {difference.max()} at most, {difference.mean():.4f} on average, {beyond:.6f} by more than "
          f"{tolerance}{'' if changed else ', but nothing changed'}", flush=True)
    return changed and compiled > 0 and beyond <= share


folder = pathlib.Path(sys.argv[1])
shutil.rmtree(folder, ignore_errors=True)
(folder / "cache").mkdir(parents=True)
picture_make(folder / "picture.png")
operate(folder, "nop", "", "device")  # compiles what all have
results = [operation_check(folder, name) for name in sys.argv[2:] or OPERATIONS]
sys.exit(not all(results))
