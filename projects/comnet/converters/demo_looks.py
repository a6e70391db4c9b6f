# Copyright (c) COMNet contributors. All rights reserved.
"""How the classes of the generated data set look.

Every object is a large muted body with a small part of a pattern that no
other class has. A classifier needs the part alone, so its plain activation
maps miss most of the body: the gap that co-occurrence matching is to close.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# Shared by backgrounds, distractors and bodies: colour alone names no class.
MUTED = np.array([(118, 130, 98), (166, 150, 118), (112, 124, 138),
                  (148, 116, 98), (140, 140, 134)], np.float32)

Polygon = np.ndarray  # (P, 2) points (x, y), object within [-1, 1], y down


@dataclass(frozen=True)
class Look:
    """How a class is drawn, in the object's own unit coordinates.

    Attributes:
        body: Polygons of the muted body.
        part: Polygon of the distinctive part, inside of the body.
        muted: Row of ``MUTED`` that the body is painted in.
        grain: Direction (degrees) and period of the body's faint stripes.
        colours: The part's two RGB colours.
        pattern: From the distances (x, y) to the part's centre to a value
            whose sign chooses between the two colours.
        tilt: Largest rotation, in degrees.
    """
    body: tuple[Polygon, ...]
    part: Polygon
    muted: int
    grain: tuple[float, float]
    colours: tuple[tuple[int, int, int], tuple[int, int, int]]
    pattern: Callable[[np.ndarray, np.ndarray], np.ndarray]
    tilt: float


def points(*pairs: tuple[float, float]) -> Polygon:
    """Join corners (x, y) to a polygon."""
    return np.array(pairs, np.float32)


def ellipse(x: float, y: float, rx: float, ry: float, start: float = 0,
            end: float = 360) -> Polygon:
    """Points of an ellipse's arc between two angles in degrees."""
    angle = np.deg2rad(np.linspace(start, end, 32, dtype=np.float32))
    return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], 1)


def _legs() -> tuple[Polygon, ...]:
    """Three pairs of a beetle's legs, left and right."""
    legs = []
    for y in (-0.25, 0.15, 0.5):
        for side in (-1, 1):
            legs.append(points(
                (0.3 * side, y - 0.06), (0.85 * side, y - 0.06),
                (0.95 * side, y + 0.22), (0.8 * side, y + 0.06),
                (0.3 * side, y + 0.08)))
    return tuple(legs)


LOOKS = {
    'fish': Look(
        body=(ellipse(0.1, 0, 0.85, 0.48),
              points((-0.6, 0), (-1, -0.5), (-0.9, 0), (-1, 0.5)),
              points((-0.2, -0.35), (0.1, -0.75), (0.35, -0.35))),
        part=ellipse(0.58, 0, 0.2, 0.24), muted=2, grain=(0, 0.3),
        colours=((245, 120, 20), (250, 245, 235)),
        pattern=lambda x, y: np.sin(x * 30), tilt=35),
    'house': Look(
        body=(points((-0.7, -0.2), (0.7, -0.2), (0.7, 0.8), (-0.7, 0.8)),
              points((-0.95, -0.15), (0, -0.9), (0.95, -0.15)),
              points((0.35, -0.9), (0.6, -0.9), (0.6, -0.3), (0.35, -0.6))),
        part=points((-0.6, 0.25), (-0.2, 0.25), (-0.2, 0.7), (-0.6, 0.7)),
        muted=1, grain=(90, 0.22), colours=((30, 60, 220), (250, 225, 40)),
        pattern=lambda x, y: np.sin(x * 22) * np.sin(y * 22), tilt=12),
    'mushroom': Look(
        body=(ellipse(0, 0.05, 0.95, 0.9, 180, 360),
              points((-0.28, 0), (0.28, 0), (0.4, 0.9), (-0.4, 0.9))),
        part=ellipse(0.45, -0.3, 0.24, 0.22), muted=1, grain=(45, 0.4),
        colours=((250, 235, 235), (205, 20, 30)),
        pattern=lambda x, y: np.cos(x * 28) + np.cos(y * 28) - 0.5, tilt=20),
    'beetle': Look(
        body=(ellipse(0, 0.15, 0.58, 0.75), ellipse(0, -0.6, 0.36, 0.35),
              *_legs()),
        part=ellipse(0, -0.6, 0.25, 0.25), muted=2, grain=(90, 0.45),
        colours=((20, 20, 25), (70, 230, 60)),
        pattern=lambda x, y: np.sin(np.hypot(x, y) * 40), tilt=180),
    'kite': Look(
        body=(points((0, -1), (0.68, -0.25), (0, 0.7), (-0.68, -0.25)),
              points((0, 0.65), (0.2, 0.85), (0.05, 1), (-0.1, 0.85))),
        part=points((0, -0.85), (0.26, -0.55), (0, -0.25), (-0.26, -0.55)),
        muted=4, grain=(0, 0.5), colours=((225, 30, 190), (40, 225, 225)),
        pattern=lambda x, y: x * y, tilt=60),
}
CLASSES = tuple(LOOKS)
