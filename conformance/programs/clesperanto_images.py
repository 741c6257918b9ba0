"""pyclesperanto: filters and segmentation of a volume, compared with SciPy."""
import numpy as np
import pyclesperanto as cle
from scipy import ndimage

cle.select_device("gfx")
volume = np.random.default_rng(0).random((40, 50, 60), np.float32)
pushed = cle.push(volume)
box, cube = {"radius_x": 1, "radius_y": 1, "radius_z": 1, "connectivity": "box"}, {"size": 3, "mode": "nearest"}

blurred = cle.pull(cle.gaussian_blur(pushed, sigma_x=2, sigma_y=2, sigma_z=2))
np.testing.assert_allclose(blurred, ndimage.gaussian_filter(volume, 2, mode="nearest"), rtol=1e-5)
for name in "maximum", "minimum", "median":
    filtered = cle.pull(getattr(cle, name if name == "median" else f"{name}_filter")(pushed, **box))
    np.testing.assert_array_equal(filtered, getattr(ndimage, f"{name}_filter")(volume, **cube))
np.testing.assert_allclose(cle.sum_of_all_pixels(pushed), volume.sum(dtype=np.float64), rtol=1e-5)

blobs = ndimage.gaussian_filter(volume, 1.5) > 0.54
labels, (others, count) = cle.pull(cle.connected_component_labeling(cle.push(blobs.astype(np.uint8)), connectivity="box")), \
    ndimage.label(blobs, np.ones((3, 3, 3)))
assert count > 3 and labels.max() == count, (labels.max(), count)
assert len(set(zip(labels.ravel(), others.ravel()))) == count + 1  # the same parts, perhaps by other numbers
print("as SciPy has it:", count, "parts")
