"""ffmpeg's OpenCL filters on generated video, compared with its filters of the same names on the CPU.

usage: ffmpeg_filters.py [FILTER…]
"""
import subprocess
import sys

import numpy as np

WIDTH, HEIGHT, FRAMES = 320, 240, 4
MOVING = f"testsrc2=size={WIDTH}x{HEIGHT}:rate=4:duration=1"
FRACTAL = f"mandelbrot=size={WIDTH}x{HEIGHT}:rate=4,trim=end_frame={FRAMES}"
SHARPEN = ":".join(f"{plane}m=0 -1 0 -1 5 -1 0 -1 0" for plane in range(3))


def one(device, cpu=None, source=MOVING, form="yuv444p"):
    """Graphs of a filter on one video: on the device, and on the CPU."""
    source += f",format={form}"
    return f"{source},hwupload,{device},hwdownload,format={form}", f"{source},{cpu or device.replace('_opencl', '')}"


def two(device, cpu=None, form="yuv444p"):
    """The same of a filter on two."""
    sources = f"{MOVING},format={form}%s[a];{FRACTAL},format={form}%s[b];[a][b]"
    return (sources.replace("%s", ",hwupload") + f"{device},hwdownload,format={form}",
            sources.replace("%s", "") + (cpu or device.replace("_opencl", "")))


def remapped():
    """Mirrored, and its middle enlarged: the filter has two more videos, which say where samples come from."""
    maps = [f"nullsrc=size={WIDTH}x{HEIGHT}:rate=4:duration=1,format=gray16,geq='{formula}'" for formula in (f"{WIDTH - 1}-X", "Y/2+30")]
    sources = f"{MOVING},format=yuv444p%s[a];{maps[0]}%s[x];{maps[1]}%s[y];[a][x][y]"
    return (sources.replace("%s", ",hwupload") + "remap_opencl=interp=near,hwdownload,format=yuv444p",
            sources.replace("%s", "") + "remap")


# Graphs; how far samples may differ, and the share of them that may differ more; the width of the border that is not compared:
# there some filters on the CPU mirror the picture where those of OpenCL repeat its edge.
FILTERS = {
    "transpose": (one("transpose_opencl=dir=clock"), 0, 0, 0),
    "pad": (one("pad_opencl=w=400:h=300:x=20:y=10:color=black"), 0, 0, 0),
    "overlay": (two("overlay_opencl=x=30:y=20", "overlay=x=30:y=20:format=yuv444"), 1, 0, 0),
    "avgblur": (one("avgblur_opencl=sizeX=3:sizeY=5"), 1, 0, 8),
    "boxblur": (one("boxblur_opencl=lr=3:lp=2"), 2, 0, 8),
    "convolution": (one(f"convolution_opencl={SHARPEN}"), 1, 0, 1),
    "sobel": (one("sobel_opencl"), 1, 0, 1),
    "prewitt": (one("prewitt_opencl"), 1, 0, 1),
    "roberts": (one("roberts_opencl"), 1, 0, 1),
    "dilation": (one("dilation_opencl"), 0, 0, 0),
    "erosion": (one("erosion_opencl"), 0, 0, 0),
    "unsharp": (one("unsharp_opencl=lx=5:ly=5:la=1.0"), 16, 5e-3, 0),
    "colorkey": (one("colorkey_opencl=red:0.3:0.1", f"colorkey=red:{0.3 / 3 ** 0.5}:{0.1 / 3 ** 0.5}", form="rgba"), 1, 0, 0),
    "remap": (remapped(), 0, 0, 0),
    "nlmeans": (one("nlmeans_opencl=s=3:p=7:r=7", source=FRACTAL), 2, 1e-2, 12),
    "xfade": (two("xfade_opencl=transition=fade:duration=0.5:offset=0.25"), 1, 0, 0),
}
SIZES = {"transpose": (HEIGHT, WIDTH), "pad": (400, 300)}


def video(graph, size, options=()):
    """Its samples: a picture for each frame and plane."""
    command = ["ffmpeg", "-v", "error", *options, "-filter_complex", graph, "-f", "rawvideo", "-"]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.returncode == 0 and run.stdout, f"{graph}\n{run.stderr.decode()}"
    samples = np.frombuffer(run.stdout, np.uint8).astype(int)
    return samples.reshape(-1, size[1], size[0] * (4 if "rgba" in graph else 1))


failed = False
for name in sys.argv[1:] or FILTERS:
    (device, cpu), tolerance, share, border = FILTERS[name]
    size = SIZES.get(name, (WIDTH, HEIGHT))
    got = video(device, size, ["-init_hw_device", "opencl=device:0.0", "-filter_hw_device", "device"])
    expected = video(cpu, size)
    assert got.shape == expected.shape, f"{name}: {got.shape}, not {expected.shape}"
    inner = np.s_[:, border:size[1] - border, border:-border or None]
    difference = np.abs(got[inner] - expected[inner])
    beyond = np.mean(difference > tolerance)
    print(f"{name}: {difference.max()} at most, {difference.mean():.4f} on average, {beyond:.6f} by more than {tolerance}", flush=True)
    failed = failed or bool(beyond > share)
sys.exit(failed)
