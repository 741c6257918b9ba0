"""tinygrad on its OpenCL device: layers of a network, forward and backward, compared with numpy."""
import numpy as np
from tinygrad import Device, Tensor

assert Device.DEFAULT == "CL", Device.DEFAULT
random = np.random.default_rng(0)


def check(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


def dense():
    a, b = random.random((64, 48), np.float32), random.random((48, 32), np.float32)
    exponentials = np.exp(a @ b - (a @ b).max(1, keepdims=True))
    check((Tensor(a) @ Tensor(b)).softmax().numpy(), exponentials / exponentials.sum(1, keepdims=True))


def convolution():
    image, kernel = random.random((1, 3, 16, 16), np.float32), random.random((8, 3, 3, 3), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image[0], ((0, 0), (1, 1), (1, 1))), (3, 3), (1, 2))
    check(Tensor(image).conv2d(Tensor(kernel), padding=1).numpy()[0], np.einsum("cyxij,kcij->kyx", windows, kernel))


def gradient():
    a = random.random((16, 16), np.float32)
    x = Tensor(a)
    check((x * x).sin().sum().gradient(x)[0].numpy(), 2 * a * np.cos(a * a))


for layer in (dense, convolution, gradient):
    layer()
    print(layer.__name__, "as numpy has it")
