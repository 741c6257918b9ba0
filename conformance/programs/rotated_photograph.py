"""Rotates and enlarges a photograph with pyopencl and a linear sampler, and compares with numpy's own result.

usage: rotated_photograph.py PHOTOGRAPH.png
"""
import sys

import numpy as np
import pyopencl as cl
from PIL import Image

SOURCE = """
kernel void rotate_unnormalised(read_only image2d_t in, write_only image2d_t out, float4 turn, float2 middle)
{
    const sampler_t sampler = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP | CLK_FILTER_LINEAR;
    int2 at = (int2)(get_global_id(0), get_global_id(1));
    float2 p = convert_float2(at) + 0.5f - middle;
    float2 q = (float2)(turn.x * p.x + turn.y * p.y, turn.z * p.x + turn.w * p.y) + middle;
    write_imagef(out, at, read_imagef(in, sampler, q));
}

kernel void rotate_mirrored(read_only image2d_t in, write_only image2d_t out, float4 turn, float2 middle)
{
    const sampler_t sampler = CLK_NORMALIZED_COORDS_TRUE | CLK_ADDRESS_MIRRORED_REPEAT | CLK_FILTER_LINEAR;
    int2 at = (int2)(get_global_id(0), get_global_id(1));
    float2 p = convert_float2(at) + 0.5f - middle;
    float2 q = (float2)(turn.x * p.x + turn.y * p.y, turn.z * p.x + turn.w * p.y) + middle;
    write_imagef(out, at, read_imagef(in, sampler, q / convert_float2(get_image_dim(in))));
}
"""
ANGLE, SCALE = 0.3, 1.7
TOLERANCE = 1.5 / 255  # weights have 8 bits


def rotate_opencl(rgba, order, kind, kernel, turn):
    context = cl.create_some_context(interactive=False)
    queue = cl.CommandQueue(context)
    height, width, _ = rgba.shape
    form = cl.ImageFormat(order, kind)
    assert form in cl.get_supported_image_formats(context, cl.mem_flags.READ_ONLY, cl.mem_object_type.IMAGE2D)
    source = cl.Image(context, cl.mem_flags.READ_ONLY | cl.mem_flags.COPY_HOST_PTR, form, hostbuf=rgba, shape=(width, height))
    result = cl.Image(context, cl.mem_flags.WRITE_ONLY, form, shape=(width, height))
    middle = np.array([width / 2, height / 2], np.float32)
    getattr(cl.Program(context, SOURCE).build(), kernel)(queue, (width, height), None, source, result, turn, middle)
    rotated = np.empty_like(rgba)
    cl.enqueue_copy(queue, rotated, result, origin=(0, 0), region=(width, height))
    return rotated


def texels(rgba, x, y, mirrored):
    """Texels of any place: outside it is transparent black, or the photograph, mirrored."""
    height, width, _ = rgba.shape
    if mirrored:
        x, y = x % (2 * width), y % (2 * height)
        x, y = np.minimum(x, 2 * width - 1 - x), np.minimum(y, 2 * height - 1 - y)
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return np.where(inside[..., None], rgba[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)], 0)


def rotate_numpy(rgba, mirrored, turn):
    height, width, _ = rgba.shape
    y, x = np.mgrid[:height, :width] + 0.5
    x, y = x - width / 2, y - height / 2
    x, y = turn[0] * x + turn[1] * y + width / 2 - 0.5, turn[2] * x + turn[3] * y + height / 2 - 0.5
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    across, down = (x - left)[..., None], (y - top)[..., None]
    rows = [texels(rgba, left, top + i, mirrored) * (1 - across) + texels(rgba, left + 1, top + i, mirrored) * across
            for i in (0, 1)]
    return rows[0] * (1 - down) + rows[1] * down


photograph = np.asarray(Image.open(sys.argv[1]).convert("RGBA"))
turn = np.array([np.cos(ANGLE), np.sin(ANGLE), -np.sin(ANGLE), np.cos(ANGLE)], np.float32) * np.float32(SCALE)
for mirrored, kernel in enumerate(("rotate_unnormalised", "rotate_mirrored")):
    for name, kind, data in (("UNORM_INT8", cl.channel_type.UNORM_INT8, photograph),
                             ("HALF_FLOAT", cl.channel_type.HALF_FLOAT, (photograph / 255).astype(np.float16)),
                             ("FLOAT", cl.channel_type.FLOAT, (photograph / 255).astype(np.float32))):
        unit = 255 if data.dtype == np.uint8 else 1
        got = rotate_opencl(np.ascontiguousarray(data), cl.channel_order.RGBA, kind, kernel, turn) / unit
        difference = np.abs(got - rotate_numpy(data.astype(float) / unit, mirrored, turn.astype(float)))
        print(f"{kernel} {name}: {255 * difference.max():.3f} of 255 at most, {255 * difference.mean():.4f} on average")
        if difference.max() > TOLERANCE or got.std() < 0.01:
            sys.exit(1)
