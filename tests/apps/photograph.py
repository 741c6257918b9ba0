"""Filters a photograph with pyopencl and compares every pixel with numpy's own result.

usage: photograph.py PHOTOGRAPH.png OUTPUT.png

Three kernels, each run on the previous one's output: luminance (integer weights), a 5x5 binomial blur tiled through local
memory, and Sobel edges (integers). All arithmetic is exact, so the pictures must be equal, not similar.
"""
import sys

import numpy as np
import pyopencl as cl
from PIL import Image

SOURCE = """
kernel void luminance(global const uchar *rgb, global uchar *gray, int count)
{
    int i = get_global_id(0);
    if (i >= count) return;
    uchar3 c = vload3(i, rgb);
    gray[i] = (77 * c.x + 150 * c.y + 29 * c.z + 128) >> 8;
}

#define SIDE 16
#define HALO 2
#define TILE (SIDE + 2 * HALO)

kernel void blur(global const uchar *in, global uchar *out, int width, int height)
{
    local ushort tile[TILE][TILE];
    int x = get_global_id(0), y = get_global_id(1);
    int left = get_group_id(0) * SIDE - HALO, top = get_group_id(1) * SIDE - HALO;
    for (int ty = get_local_id(1); ty < TILE; ty += SIDE)
        for (int tx = get_local_id(0); tx < TILE; tx += SIDE)
            tile[ty][tx] = in[clamp(top + ty, 0, height - 1) * width + clamp(left + tx, 0, width - 1)];
    barrier(CLK_LOCAL_MEM_FENCE);
    if (x >= width || y >= height) return;
    const int weight[5] = {1, 4, 6, 4, 1};
    int sum = 128;
    for (int j = 0; j < 5; j++)
        for (int i = 0; i < 5; i++)
            sum += weight[i] * weight[j] * tile[get_local_id(1) + j][get_local_id(0) + i];
    out[y * width + x] = sum >> 8;
}

int at(global const uchar *in, int x, int y, int width, int height)
{
    return in[clamp(y, 0, height - 1) * width + clamp(x, 0, width - 1)];
}

kernel void edges(global const uchar *in, global uchar *out, int width, int height)
{
    int x = get_global_id(0), y = get_global_id(1);
    int gx = 0, gy = 0;
    for (int j = -1; j <= 1; j++) {
        gx += (2 - abs(j)) * (at(in, x + 1, y + j, width, height) - at(in, x - 1, y + j, width, height));
        gy += (2 - abs(j)) * (at(in, x + j, y + 1, width, height) - at(in, x + j, y - 1, width, height));
    }
    out[y * width + x] = convert_uchar_sat(abs(gx) + abs(gy));
}
"""


def kiln_device():
    for platform in cl.get_platforms():
        if platform.name == "Kiln":
            return platform.get_devices()[0]
    sys.exit("photograph.py: no platform called Kiln")


def filter_opencl(rgb):
    """The three pictures, computed on Kiln. rgb: (height, width, 3) uint8."""
    height, width, _ = rgb.shape
    context = cl.Context([kiln_device()])
    queue = cl.CommandQueue(context)
    program = cl.Program(context, SOURCE).build()
    flags = cl.mem_flags
    source = cl.Buffer(context, flags.READ_ONLY | flags.COPY_HOST_PTR, hostbuf=rgb)
    buffers = [cl.Buffer(context, flags.READ_WRITE, width * height) for _ in range(3)]
    size = [np.int32(width), np.int32(height)]

    def round_up(value, step):
        return (value + step - 1) // step * step

    program.luminance(queue, (round_up(width * height, 64),), (64,), source, buffers[0], np.int32(width * height))
    program.blur(queue, (round_up(width, 16), round_up(height, 16)), (16, 16), buffers[0], buffers[1], *size)
    program.edges(queue, (width, height), None, buffers[1], buffers[2], *size)
    pictures = [np.empty((height, width), np.uint8) for _ in buffers]
    for picture, buffer in zip(pictures, buffers):
        cl.enqueue_copy(queue, picture, buffer)
    return pictures


def filter_numpy(rgb):
    """The same three pictures, computed by numpy."""
    wide = rgb.astype(np.int32)
    gray = (77 * wide[..., 0] + 150 * wide[..., 1] + 29 * wide[..., 2] + 128) >> 8
    height, width = gray.shape

    def shifted(picture, dx, dy):
        rows = np.clip(np.arange(height) + dy, 0, height - 1)
        columns = np.clip(np.arange(width) + dx, 0, width - 1)
        return picture[np.ix_(rows, columns)]

    weight = (1, 4, 6, 4, 1)
    blur = (128 + sum(weight[i] * weight[j] * shifted(gray, i - 2, j - 2) for i in range(5) for j in range(5))) >> 8
    gx = sum((2 - abs(j)) * (shifted(blur, 1, j) - shifted(blur, -1, j)) for j in (-1, 0, 1))
    gy = sum((2 - abs(j)) * (shifted(blur, j, 1) - shifted(blur, j, -1)) for j in (-1, 0, 1))
    return [picture.astype(np.uint8) for picture in (gray, blur, np.clip(abs(gx) + abs(gy), 0, 255))]


def main():
    photograph, output = sys.argv[1:]
    rgb = np.ascontiguousarray(Image.open(photograph).convert("RGB"))
    pictures, expected = filter_opencl(rgb), filter_numpy(rgb)
    for name, picture, reference in zip(("luminance", "blur", "edges"), pictures, expected):
        different = np.count_nonzero(picture != reference)
        print(f"{name}: {different} of {picture.size} pixels differ, {len(np.unique(picture))} grey levels")
        if different or len(np.unique(picture)) < 16:
            sys.exit(1)
    Image.fromarray(pictures[2]).save(output)


main()
