# Copyright (c) COMNet contributors. All rights reserved.
"""What the matching saw in pictures, as drawings and as a page."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from .overlay import heatmap
from .page import (
    TEMPLATES,
    PagePicture,
    Row,
    heat_picture,
    photo_picture,
    render_page,
)

# told apart by their shape as well
CHOSEN, MATCHED = (213, 94, 0), (86, 180, 233)
WHITE, BLACK = (255, 255, 255), (0, 0, 0)

Place = tuple[float, float]  # x and y in pixels


@dataclass(frozen=True)
class PointMatches:
    """A point and those that intra-matching found for it.

    Attributes:
        kind: 'object' or 'background': what it was chosen as.
        point: Its place.
        matched: Their places, the most similar first.
    """
    kind: str
    point: Place
    matched: Sequence[Place]


@dataclass(frozen=True)
class ImageMatching:
    """What the matching saw in a picture.

    Attributes:
        name: Of the picture.
        image: RGB, uint8, (H, W, 3).
        score: The classifier's of the class, in [0, 1].
        before: The CAM without matching, in [0, 1], (H, W).
        after: The CAM with matching, in [0, 1], (H, W).
        strength: M*, above 0 where it co-occurs, (H, W); None without
            inter-matching.
        points: Points with their matches; none without intra-matching.
    """
    name: str
    image: np.ndarray
    score: float
    before: np.ndarray
    after: np.ndarray
    strength: np.ndarray | None = None
    points: Sequence[PointMatches] = field(default_factory=tuple)


def draw_strength(image: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Lay M* (H, W) over an image (H, W, 3), with a line where it is 0."""
    largest = float(np.abs(strength).max()) or 1.0
    drawn = heatmap(image, 0.5 + strength / (2 * largest))
    lines, _ = cv2.findContours(
        (strength > 0).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(drawn, lines, -1, WHITE, _width(image))


def draw_points(image: np.ndarray, points: PointMatches) -> np.ndarray:
    """Draw a cross at a point and rings at its matches."""
    drawn = image.copy()
    width = _width(image)
    for color, thickness in ((BLACK, 4 * width), (MATCHED, 2 * width)):
        for place in points.matched:
            cv2.circle(drawn, _pixel(place), 5 * width, color, thickness)
    for color, thickness in ((WHITE, 4 * width), (CHOSEN, 2 * width)):
        cv2.drawMarker(drawn, _pixel(points.point), color,
                       cv2.MARKER_TILTED_CROSS, 16 * width, thickness)
    return drawn


def render_explanation(label: str, images: Sequence[ImageMatching]) -> str:
    """Return a page of what the matching saw of a class in a group."""
    return render_page(
        TEMPLATES / 'explanation.html', label=label,
        names=[each.name for each in images],
        rows=[Row(each.name, _pictures(label, each),
                  f'The classifier scores {label} {each.score:.2f} here.')
              for each in images])


def _pictures(label: str, seen: ImageMatching) -> list[PagePicture]:
    name, image = seen.name, seen.image
    pictures = [photo_picture('image', image, f'photograph {name}')]
    if seen.strength is not None:
        share = 100 * (seen.strength > 0).mean()
        pictures.append(photo_picture(
            f'M*: {share:.0f} % co-occur', draw_strength(image, seen.strength),
            f'M* of {name}'))
    for points in seen.points:
        pictures.append(photo_picture(
            f'matched points: {points.kind}', draw_points(image, points),
            f'a point on the {points.kind} of {name} and the '
            f'{len(points.matched)} that match it'))
    for title, cam in (('without', seen.before), ('with', seen.after)):
        pictures.append(heat_picture(
            f'CAM {title} matching', image, cam,
            f'CAM of {label} in {name} {title} matching'))
    return pictures


def _width(image: np.ndarray) -> int:
    """Return the width of a line in a picture of this size."""
    return max(1, round(max(image.shape[:2]) / 500))


def _pixel(place: Place) -> tuple[int, int]:
    return int(place[0]), int(place[1])
