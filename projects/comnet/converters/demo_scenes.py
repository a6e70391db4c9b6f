# Copyright (c) COMNet contributors. All rights reserved.
"""Small cluttered scenes, drawn from random numbers."""

from dataclasses import dataclass

import cv2
import numpy as np

from .demo_looks import CLASSES, LOOKS, MUTED, Look, Polygon, ellipse, points


@dataclass(frozen=True)
class SceneObject:
    """A drawn object: class, VOC box and visible areas in pixels.

    The box is (xmin, ymin, xmax, ymax), counted from 1, ends included.
    """
    name: str
    box: tuple[int, int, int, int]
    area: int
    part_area: int


@dataclass(frozen=True)
class Scene:
    """An RGB image (H, W, 3), its mask (H, W), both uint8, and objects."""
    image: np.ndarray
    mask: np.ndarray
    objects: tuple[SceneObject, ...]


def _coverage(polygons: tuple[Polygon, ...], shape: tuple[int, int]
              ) -> np.ndarray:
    """Anti-aliased coverage (H, W) in [0, 1] of polygons in pixels."""
    alpha = np.zeros(shape, np.uint8)
    for polygon in polygons:
        # 4 fractional bits: subpixel corners
        cv2.fillPoly(alpha, [np.round(polygon * 16).astype(np.int32)], 255,
                     cv2.LINE_AA, shift=4)
    return alpha.astype(np.float32) / 255


def _blend(image: np.ndarray, alpha: np.ndarray, colour: np.ndarray) -> None:
    """Paint a colour (3,) or (H, W, 3) onto an image in place."""
    image += alpha[..., None] * (colour - image)


def draw_background(rng: np.random.Generator, shape: tuple[int, int]
                    ) -> np.ndarray:
    """Draw textured ground with shapes that belong to no class.

    Returns:
        RGB float32 image of (H, W, 3).
    """
    height, width = shape
    far, near = MUTED[rng.permutation(len(MUTED))[:2]]
    ramp = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    image = np.tile(far + ramp * (near - far), (1, width, 1))
    for cells, strength in ((3, 26), (8, 16), (30, 12)):  # coarse to fine
        noise = rng.normal(0, strength, (cells, cells, 3)).astype(np.float32)
        # mostly grey: the mean over colours is sqrt(3) times weaker
        noise = 1.3 * noise.mean(2, keepdims=True) + 0.25 * noise
        image += cv2.resize(noise, (width, height),
                            interpolation=cv2.INTER_CUBIC)
    for _ in range(rng.integers(10, 18)):
        _draw_distractor(rng, image)
    return image


def _draw_distractor(rng: np.random.Generator, image: np.ndarray) -> None:
    """Draw a blob, a shard or a twig of a muted or a strong flat colour."""
    height, width = image.shape[:2]
    strong = rng.random() < 0.25
    radius = min(height, width) * rng.uniform(0.02, 0.06 if strong else 0.15)
    centre = rng.uniform(0, (width, height))
    kind = rng.integers(3)
    if kind == 0:
        outline = ellipse(0, 0, 1, rng.uniform(0.4, 1))
    elif kind == 1:
        angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 6)))
        outline = np.stack([np.cos(angles), np.sin(angles)], 1)
    else:
        outline = points((-2, -0.08), (2, -0.15), (2, 0.15), (-2, 0.08))
    turn = _turn(rng.uniform(0, 360))
    colour = (rng.uniform(30, 230, 3) if strong else
              MUTED[rng.integers(len(MUTED))] + rng.normal(0, 28))
    alpha = _coverage((outline @ turn.T * radius + centre,), (height, width))
    _blend(image, alpha * rng.uniform(0.6, 1), colour.astype(np.float32))


def _turn(degrees: float) -> np.ndarray:
    """Rotation matrix (2, 2)."""
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([(cos, -sin), (sin, cos)], np.float32)


def _pose(rng: np.random.Generator, look: Look, shape: tuple[int, int]
          ) -> tuple[np.ndarray, np.ndarray]:
    """Draw a random matrix (2, 2) and centre (2,) in pixels."""
    radius = min(shape) * rng.uniform(0.24, 0.46)
    mirror = np.diag([rng.choice([-1, 1]), 1])
    matrix = radius * _turn(rng.uniform(-look.tilt, look.tilt)) @ mirror
    margin = 0.75 * radius  # up to a quarter may leave the image
    centre = rng.uniform(margin, (shape[1] - margin, shape[0] - margin))
    return matrix, centre


def _paint_object(rng: np.random.Generator, image: np.ndarray, look: Look,
                  matrix: np.ndarray, centre: np.ndarray, body: np.ndarray,
                  part: np.ndarray) -> None:
    """Paint body and part, whose coverages (H, W) are given, in place."""
    height, width = image.shape[:2]
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1)
    # pixel to object coordinates: textures turn and scale with the object
    x, y = np.moveaxis((grid - centre) @ np.linalg.inv(matrix).T, -1, 0)
    angle, period = np.deg2rad(look.grain[0]), look.grain[1]
    grain = np.sin((x * np.cos(angle) + y * np.sin(angle))
                   * 2 * np.pi / period)
    colour = (MUTED[look.muted] + rng.normal(0, 6, 3) + rng.normal(0, 10)
              + (9 * grain - 12 * y)[..., None])
    _blend(image, body, colour)
    # a dark rim on the inner side of the outline lets the eye find the body
    rim = body - cv2.erode(body, np.ones((3, 3), np.uint8))
    _blend(image, 0.45 * rim, np.full(3, 40))
    middle = look.part.mean(0)
    sign = look.pattern(x - middle[0], y - middle[1]) > 0
    first, second = np.array(look.colours)
    _blend(image, part, np.where(sign[..., None], first, second))


def _draw_object(rng: np.random.Generator, image: np.ndarray,
                 owner: np.ndarray, parts: np.ndarray, name: str,
                 number: int) -> bool:
    """Draw one object where it hides little.

    Args:
        rng: Source of all randomness.
        image: RGB float32 (H, W, 3), painted in place.
        owner: Object numbers (H, W), 0 is background, written in place.
        parts: Bool (H, W), parts that nothing may hide, extended in place.
        name: The object's class.
        number: The object's number, from 1.

    Returns:
        False where no room was found and nothing was drawn.
    """
    look = LOOKS[name]
    for _ in range(50):
        matrix, centre = _pose(rng, look, owner.shape)
        body, part = (
            _coverage(tuple(p @ matrix.T + centre for p in polygons),
                      owner.shape) for polygons in (look.body, (look.part,)))
        inside, marked = body > 0.5, part > 0.5
        whole = cv2.contourArea((look.part @ matrix.T).astype(np.float32))
        if (marked.sum() < 0.8 * whole or (inside & parts).any()
                or (inside & (owner > 0)).sum() > 0.08 * inside.sum()):
            continue
        _paint_object(rng, image, look, matrix, centre, body, part)
        owner[inside] = number
        parts |= marked
        return True
    return False


def _describe(name: str, visible: np.ndarray, parts: np.ndarray
              ) -> SceneObject:
    """Measure an object from its visible pixels, bool (H, W)."""
    x, y, width, height = cv2.boundingRect(visible.astype(np.uint8))
    return SceneObject(name, (x + 1, y + 1, x + width, y + height),
                       int(visible.sum()), int((visible & parts).sum()))


def draw_scene(rng: np.random.Generator, size: tuple[int, int],
               first: str | None = None) -> Scene:
    """Draw one to three objects of one to three classes amid clutter.

    Args:
        rng: Source of all randomness.
        size: Width and height of the image, in pixels.
        first: Class that the scene shows for certain; random if None.

    Returns:
        The scene. In its mask 0 is background, i + 1 the i-th of
        ``CLASSES`` and 255 the one-pixel band on either side of a border.
    """
    shape = (size[1], size[0])
    image = draw_background(rng, shape)
    owner, parts = np.zeros(shape, np.uint8), np.zeros(shape, bool)
    names = [first or str(rng.choice(CLASSES))]
    for _ in range(rng.choice(3, p=(0.35, 0.4, 0.25))):
        same = rng.random() < 0.35
        names.append(names[0] if same else str(rng.choice(CLASSES)))
    # the first object has the image to itself: it is always drawn
    drawn = {number: name for number, name in enumerate(names, 1)
             if _draw_object(rng, image, owner, parts, name, number)}
    labels = np.zeros(shape, np.uint8)
    for number, name in drawn.items():
        labels[owner == number] = CLASSES.index(name) + 1
    border = cv2.morphologyEx(labels, cv2.MORPH_GRADIENT,
                              np.ones((3, 3), np.uint8)) > 0
    light = rng.uniform(0.75, 1.2)
    image = image * light + rng.normal(0, 5, image.shape)
    return Scene(image=np.clip(image, 0, 255).astype(np.uint8),
                 mask=np.where(border, 255, labels).astype(np.uint8),
                 objects=tuple(_describe(name, owner == number, parts)
                               for number, name in drawn.items()))
