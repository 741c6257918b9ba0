"""OpenCV's transparent API: filters and matrix functions on the OpenCL device, compared with OpenCV's own on the CPU."""
import cv2
import numpy as np

cv2.ocl.setUseOpenCL(True)
assert cv2.ocl.useOpenCL() and cv2.ocl.Device_getDefault().vendorName(), "OpenCV finds no OpenCL device"
random = np.random.default_rng(0)
image = random.integers(0, 256, (240, 320, 3), np.uint8)
matrix = random.random((64, 64), np.float32)
turned = np.float32([[0.9, 0.1, 3], [-0.1, 0.9, 5]])
tilted = np.float32([[0.9, 0.1, 3], [-0.1, 0.9, 5], [1e-4, 2e-4, 1]])
smooth = cv2.GaussianBlur(image, (0, 0), 4)
grey = cv2.cvtColor(smooth, cv2.COLOR_BGR2GRAY)
moved = cv2.warpAffine(grey, np.float32([[1, 0, 1.5], [0, 1, -0.75]]), (320, 240))
there_x, there_y = np.float32(np.meshgrid(np.linspace(310, 5, 320), np.linspace(3, 230, 240)))
points = np.float32([[[x, y]] for x in range(40, 300, 40) for y in range(40, 220, 40)])


def flow(x):
    """Where some points of the picture went, as pyramids of Lucas and Kanade tell."""
    return cv2.calcOpticalFlowPyrLK(x, cv2.UMat(moved) if isinstance(x, cv2.UMat) else moved, points, None)[0]

# What is done to which data, and how far the two may differ.
FUNCTIONS = {
    "grey": (image, 1, lambda x: cv2.cvtColor(x, cv2.COLOR_BGR2GRAY)),
    "Gaussian": (image, 1, lambda x: cv2.GaussianBlur(x, (5, 5), 1.5)),
    "median": (image, 0, lambda x: cv2.medianBlur(x, 3)),
    "bilateral": (image, 1, lambda x: cv2.bilateralFilter(x, 5, 50, 50)),
    "Sobel": (image, 1e-3, lambda x: cv2.Sobel(x, cv2.CV_32F, 1, 0)),
    "erode": (image, 0, lambda x: cv2.erode(x, np.ones((3, 3), np.uint8))),
    "threshold": (image, 0, lambda x: cv2.threshold(x, 127, 255, cv2.THRESH_BINARY)[1]),
    "resize": (image, 1, lambda x: cv2.resize(x, (160, 100))),
    "resize to area": (image, 1, lambda x: cv2.resize(x, (160, 120), interpolation=cv2.INTER_AREA)),
    "resize, cubic": (image, 2, lambda x: cv2.resize(x, (500, 300), interpolation=cv2.INTER_CUBIC)),
    "resize, floats": (matrix, 1e-4, lambda x: cv2.resize(x, (100, 90))),
    "warp": (image, 2, lambda x: cv2.warpAffine(x, turned, (320, 240))),
    "warp, nearest": (image, 0, lambda x: cv2.warpAffine(x, turned, (320, 240), flags=cv2.INTER_NEAREST)),
    "warp, cubic": (smooth, 2, lambda x: cv2.warpAffine(x, turned, (320, 240), flags=cv2.INTER_CUBIC)),
    "perspective": (smooth, 2, lambda x: cv2.warpPerspective(x, tilted, (320, 240))),
    "remap": (image, 2, lambda x: cv2.remap(x, there_x, there_y, cv2.INTER_LINEAR)),
    "remap, nearest": (image, 0, lambda x: cv2.remap(x, there_x, there_y, cv2.INTER_NEAREST)),
    "pyramid down": (image, 1, cv2.pyrDown),
    "pyramid up": (image, 1, cv2.pyrUp),
    "optical flow": (grey, 0.02, flow),
    "product": (matrix, 1e-4, lambda x: cv2.gemm(x, x, 1, None, 0)),
    "Fourier": (matrix, 1e-3, lambda x: cv2.dft(x, flags=cv2.DFT_COMPLEX_OUTPUT)),
    "square root": (matrix, 1e-6, lambda x: cv2.sqrt(x)),
}

for name, (data, tolerance, function) in FUNCTIONS.items():
    got, expected = function(cv2.UMat(data)).get(), function(data)
    difference = np.abs(got.astype(np.float64) - expected).max()
    print(f"{name}: {difference}")
    assert difference <= tolerance, name
