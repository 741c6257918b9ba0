"""LuxCore: a small scene by its OpenCL path tracer, compared with its CPU's.

With Sobol's buckets of 16 pixels, as they are by default, each of 2^19 OpenCL tasks begins one of its own: a small picture has its
mean of samples before any bucket is done, and is black where nobody has come yet. So the buckets here are of one pixel.
"""
import array
import time

import numpy as np
import pyluxcore

WIDTH, HEIGHT, BLOCK = 64, 48, 8
SCENE = """
scene.camera.lookat.orig = 0.0 -4.0 2.0
scene.camera.lookat.target = 0.0 0.0 0.5
scene.camera.fieldofview = 50
scene.lights.sky.type = constantinfinite
scene.lights.sky.color = 0.4 0.5 0.6
scene.lights.sun.type = distant
scene.lights.sun.direction = 0.5 0.5 -1
scene.materials.white.type = matte
scene.materials.white.kd = 0.7 0.7 0.7
scene.materials.red.type = matte
scene.materials.red.kd = 0.8 0.2 0.1
"""
RENDER = f"""
sampler.type = SOBOL
sampler.sobol.bucketsize = 1
opencl.gpu.use = 1
opencl.cpu.use = 0
opencl.native.threads.count = 0
opencl.task.count = 8192
context.cuda.enable = 0
film.width = {WIDTH}
film.height = {HEIGHT}
film.hw.enable = 0
film.outputs.0.type = RGB
film.outputs.0.filename = unused.exr
film.imagepipelines.0.0.type = NOP
path.pathdepth.total = 3
"""
CUBE = [(x, y, z) for z in (0, 1) for y in (-0.5, 0.5) for x in (-0.5, 0.5)]
CUBE_SIDES = [(0, 2, 1), (1, 2, 3), (4, 5, 6), (5, 7, 6), (0, 1, 4), (1, 5, 4), (2, 6, 3), (3, 6, 7), (0, 4, 2), (2, 4, 6), (1, 3, 5), (3, 7, 5)]


def properties(text):
    made = pyluxcore.Properties()
    made.SetFromString(text)
    return made


def scene_make():
    scene = pyluxcore.Scene()
    scene.Parse(properties(SCENE))
    floor = [(-4, -4, 0), (4, -4, 0), (4, 4, 0), (-4, 4, 0)]
    for name, points, sides, material in ("floor", floor, [(0, 1, 2), (0, 2, 3)], "white"), ("box", CUBE, CUBE_SIDES, "red"):
        scene.DefineMesh(name, points, sides, None, None, None, None)
        scene.Parse(properties(f"scene.objects.{name}.shape = {name}\nscene.objects.{name}.material = {material}\n"))
    return scene


def render(engine, samples):
    """The picture, of `samples` a pixel."""
    config = pyluxcore.RenderConfig(properties(f"{RENDER}renderengine.type = {engine}\nbatch.haltspp = {samples}\n"), scene_make())
    session = pyluxcore.RenderSession(config)
    session.Start()
    while not session.HasDone():
        time.sleep(0.2)
        session.UpdateStats()
    picture = array.array("f", [0.0] * (WIDTH * HEIGHT * 3))
    session.GetFilm().GetOutputFloat(pyluxcore.FilmOutputType.RGB, picture)
    session.Stop()
    return np.array(picture).reshape(HEIGHT, WIDTH, 3)


def blocks(picture):
    return picture.reshape(HEIGHT // BLOCK, BLOCK, WIDTH // BLOCK, BLOCK, 3).mean(axis=(1, 3))


pyluxcore.Init()
mine, reference = render("PATHOCL", 64), render("PATHCPU", 256)
assert mine.min() > 0, "black pixels"
np.testing.assert_allclose(blocks(mine), blocks(reference), atol=0.01)
print("as LuxCore's CPU engine has it: mean", mine.mean(), "and", reference.mean())
