"""Halide's OpenCL target: pipelines scheduled onto the GPU, compared with numpy."""
import halide as hl
import numpy as np

TARGET = hl.get_jit_target_from_environment()
for feature in "OpenCL", "CLDoubles", "CLHalf", "CLAtomics64":
    TARGET = TARGET.with_feature(getattr(hl.TargetFeature, feature))
random = np.random.default_rng(0)
x, y, xi, yi = map(hl.Var, ("x", "y", "xi", "yi"))


def realised(function, shape):
    result = function.realize(shape[::-1], TARGET)
    result.copy_to_host()
    return np.array(result)


def blur(kind):
    """Rows are computed for each tile, and kept in local memory."""
    image = (random.random((256, 320)) * 255).astype(kind)
    source, across, down = hl.BoundaryConditions.repeat_edge(hl.Buffer(image)), hl.Func(), hl.Func()
    across[x, y] = hl.f32(source[x - 1, y]) + 2 * hl.f32(source[x, y]) + hl.f32(source[x + 1, y])
    down[x, y] = (across[x, y - 1] + 2 * across[x, y] + across[x, y + 1]) / 16
    down.gpu_tile(x, y, xi, yi, 8, 8)
    across.compute_at(down, x).gpu_threads(x, y)
    padded = np.pad(image.astype(np.float32), 1, mode="edge")
    rows = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    np.testing.assert_allclose(realised(down, image.shape), (rows[:-2] + 2 * rows[1:-1] + rows[2:]) / 16, rtol=1e-6)


def product():
    a, b = random.random((2, 192, 192), np.float32)
    left, right, step, product, result = hl.Buffer(a), hl.Buffer(b), hl.RDom([(0, 192)]), hl.Func(), hl.Func()
    product[x, y] = 0.0
    product[x, y] += left[step, y] * right[x, step]
    result[x, y] = product[x, y]
    result.gpu_tile(x, y, xi, yi, 16, 8)
    product.compute_at(result, xi)
    np.testing.assert_allclose(realised(result, a.shape), a @ b, rtol=1e-5)


def elementwise(function, expected, kind, tolerance):
    values = np.linspace(-20, 20, 4096).astype(kind)
    source, result = hl.Buffer(values), hl.Func()
    result[x] = function(source[x])
    result.gpu_tile(x, xi, 64)
    np.testing.assert_allclose(realised(result, values.shape), expected(values), rtol=tolerance, atol=tolerance)


for kind in np.uint8, np.uint16, np.float32:
    blur(kind)
product()
for name, other in ("sin", np.sin), ("exp", np.exp), ("tanh", np.tanh), ("atan", np.arctan):
    elementwise(getattr(hl, name), other, np.float32, 1e-6)
for kind, tolerance in (np.int8, 0), (np.int64, 0), (np.float16, 2e-3), (np.float64, 1e-15):
    elementwise(lambda value: value * value + value, lambda value: value * value + value, kind, tolerance)
print("as numpy has it")
