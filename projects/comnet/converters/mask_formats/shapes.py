# Copyright (c) COMNet contributors. All rights reserved.
"""What lies on a picture, and where masks and outlines become each other.

Outlines run along the edges of pixels: the pixel in column x covers x to
x + 1. A pixel is inside where its centre is, (x + 0.5, y + 0.5), by the
even-odd rule. So an outline that nobody has changed gives its mask again,
pixel by pixel. A hole is joined to the outline by a seam, there and back,
which encloses nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from ...datasets.voc_folder import IGNORE_INDEX
from ...utils import InputError

IGNORED = '__ignored__'  # what label 255 is called
OUTSIDE = 0.5  # pixels that a point may lie beside the picture


@dataclass(frozen=True)
class Item:
    """A picture that is written, with its mask.

    Attributes:
        image_id: Its id.
        picture: Its file, which the format's folder gets.
        mask: Label ids, shape (H, W), uint8.
        tolerance: Pixels by which outlines may be simplified.
    """
    image_id: str
    picture: Path
    mask: np.ndarray
    tolerance: float = 0

    @property
    def file_name(self) -> str:
        """Its name in a folder of pictures."""
        return f'{self.image_id}{self.picture.suffix}'

    def regions(self, classes: Sequence[str]
                ) -> Iterator[tuple[int, str, np.ndarray]]:
        """Yield label, name and pixels (H, W) of what is on it."""
        for label in np.unique(self.mask).tolist():
            if label:
                yield (label, IGNORED if label == IGNORE_INDEX
                       else classes[label - 1], self.mask == label)


@dataclass(frozen=True)
class Shape:
    """A region that was read.

    Attributes:
        name: Name of its class.
        pixels: Which pixels of a picture of size (H, W) it covers, bool of
            that shape; a ValueError says why it cannot be.
    """
    name: str
    pixels: Callable[[tuple[int, int]], np.ndarray]


@dataclass
class Drawing:
    """What was read of a picture.

    Attributes:
        name: What the file calls it.
        place: Where it stands, for messages.
        size: Height and width, where the file tells them.
        shapes: In their order: later ones lie above earlier ones.
        problem: What is wrong with it, one line; the first thing.
    """
    name: str
    place: str
    size: tuple[int, int] | None = None
    shapes: list[Shape] = field(default_factory=list)
    problem: str = ''

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note an InputError of the block: those of others are told, too."""
        try:
            yield
        except InputError as error:
            self.problem = self.problem or str(error)


def outlines(region: np.ndarray, tolerance: float = 0
             ) -> Iterator[np.ndarray]:
    """Yield the outline of each part of a region, with seams to its holes.

    Args:
        region: Shape (H, W), bool.
        tolerance: Pixels by which it may be simplified.

    Yields:
        Points (x, y) along the edges of pixels, shape (n, 2), float64.
    """
    twice = np.kron(region.astype(np.uint8), np.ones((2, 2), np.uint8))
    found, tree = cv2.findContours(
        twice, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    for index, contour in enumerate(found):
        if tree[0][index][3] >= 0:  # a hole
            continue
        rings = [_corners(contour, tolerance)]
        hole = tree[0][index][2]
        while hole >= 0:
            rings.append(_corners(found[hole], tolerance))
            hole = tree[0][hole][0]
        rings = [ring for ring in rings if len(ring) > 2]
        if rings:
            yield _joined(rings)


def _corners(contour: np.ndarray, tolerance: float) -> np.ndarray:
    """Return the corners (n, 2) of a contour of a region of twice the size.

    It runs through the outermost pixels, of which the one behind an edge has
    an even coordinate, the one before it an odd one.
    """
    points = (contour[:, 0] + 1) // 2
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    if tolerance and len(points):
        return cv2.approxPolyDP(
            points.astype(np.int32), tolerance, True)[:, 0].astype(float)
    step = np.sign(np.roll(points, -1, axis=0) - points)
    turns = (step != np.roll(step, 1, axis=0)).any(axis=1)
    return points[turns].astype(float)


def _joined(rings: list[np.ndarray]) -> np.ndarray:
    """Join holes to the outline, from its first point and back to it."""
    first, *holes = rings
    parts = [first, first[:1]]
    for hole in holes:
        parts += [hole, hole[:1], first[:1]]
    return first if not holes else np.concatenate(parts)


def polygon(name: str, points: object) -> Shape:
    """Return a shape of an outline.

    Args:
        name: Name of its class.
        points: Numbers x, y of each corner, in pixels, in any nesting.
    """
    return Shape(name, lambda size: fill(_points(points), size))


def _points(points: object) -> np.ndarray:
    """Return points (n, 2), or raise a ValueError."""
    try:
        found = np.asarray(points, dtype=float).reshape(-1, 2)
    except (ValueError, TypeError) as error:
        raise ValueError('its points are no pairs of numbers') from error
    if len(found) < 3 or not np.isfinite(found).all():
        raise ValueError('an outline of less than three points')
    return found


def fill(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the pixels whose centre an outline encloses.

    Args:
        points: Its corners (x, y), shape (n, 2).
        size: Height and width of the picture.

    Returns:
        bool of shape (H, W).

    Raises:
        ValueError: A point lies beside the picture.
    """
    height, width = size
    beside = ((points < -OUTSIDE)
              | (points > np.array([width, height]) + OUTSIDE)).any(axis=1)
    if beside.any():
        x, y = points[beside.argmax()]
        raise ValueError(f'the point ({x:g}, {y:g}) lies beside the picture '
                         f'of {width} x {height} pixels')
    crossed = np.zeros((height, width + 1), dtype=np.int64)
    for start, end in zip(points, np.roll(points, -1, 0), strict=True):
        # downwards: a seam, there and back, is the same number twice
        (y, x), (y2, x2) = sorted((start[::-1].tolist(), end[::-1].tolist()))
        rows = np.arange(max(0, int(np.ceil(y - 0.5))),
                         min(height, int(np.ceil(y2 - 0.5))))
        if len(rows):
            at = x + (rows + 0.5 - y) * (x2 - x) / (y2 - y)
            columns = np.ceil(at - 0.5).astype(int).clip(0, width)
            crossed[rows, columns] += 1  # each row once an edge
    return crossed.cumsum(axis=1)[:, :width] % 2 == 1


def draw(drawing: Drawing, size: tuple[int, int],
         classes: Sequence[str]) -> np.ndarray:
    """Return the mask of a drawing, shape (H, W), uint8.

    Raises:
        InputError: Something is wrong with it, it is of another size, or a
            shape is of no class or none.
    """
    if drawing.problem:
        raise InputError(drawing.problem)
    if drawing.size is not None and drawing.size != size:
        raise InputError(
            f'{drawing.place}: {drawing.size[1]} x {drawing.size[0]} pixels, '
            f'its picture has {size[1]} x {size[0]}; draw on the exported '
            'picture, as it is')
    labels = {name: label for label, name in enumerate(classes, 1)}
    labels[IGNORED] = IGNORE_INDEX
    mask = np.zeros(size, dtype=np.uint8)
    for shape in drawing.shapes:
        if shape.name not in labels:
            raise InputError(
                f'{drawing.place}: class {shape.name!r} is not in classes.txt;'
                ' mend the name, or add the class there')
        try:
            mask[shape.pixels(size)] = labels[shape.name]
        except ValueError as error:
            raise InputError(f'{drawing.place}: {shape.name!r}: {error}; mend '
                             'it') from error
    return mask
