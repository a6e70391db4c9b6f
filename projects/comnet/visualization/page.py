# Copyright (c) COMNet contributors. All rights reserved.
"""Pages from templates, and pictures, masks and maps as parts of them."""

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image, ImageDraw

from ..datasets.voc_folder import IGNORE_INDEX, mask_image
from ..version import __version__
from .overlay import Entry, heatmap, label_font, mask_legend

TEMPLATES = Path(__file__).parent / 'templates'
MAX_SIDE = 640  # of a picture in a page, in pixels
QUALITY = 80  # of JPEG


@dataclass(frozen=True)
class PagePicture:
    """A picture of a page.

    Attributes:
        title: Above it.
        uri: Its content.
        alt: What it shows, for those who do not see it.
        iou: Its mean IoU in per cent, where that is known.
        legend: The classes in it and their colours.
        size: Width and height in pixels.
        is_mask: Whether it can be laid over the photograph of its row.
    """
    title: str
    uri: str
    alt: str
    iou: float | None = None
    legend: Sequence[Entry] = field(default_factory=tuple)
    size: tuple[int, int] = (1, 1)
    is_mask: bool = False

    @property
    def blank(self) -> str:
        """A picture of this size that shows nothing."""
        svg = ('<svg xmlns="http://www.w3.org/2000/svg" width="{}" '
               'height="{}"/>').format(*self.size)
        return _data('svg+xml', svg.encode())


@dataclass(frozen=True)
class Row:
    """An image with all that belongs to it.

    Attributes:
        image_id: Its id.
        pictures: Image, truth and what was made of it.
        detail: Beside the id.
    """
    image_id: str
    pictures: Sequence[PagePicture]
    detail: str = ''


def render_page(template: Path, **content: Any) -> str:
    """Fill in a template; what is put into it is text, not markup.

    The template may take from those of this package.
    """
    environment = Environment(
        loader=FileSystemLoader([template.parent, TEMPLATES]),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True)
    return environment.get_template(template.name).render(
        **content, version=__version__)


def photo_picture(title: str, image: np.ndarray, alt: str,
                  iou: float | None = None) -> PagePicture:
    """Return an image (H, W, 3), RGB and uint8, shrunk where it is large."""
    size = _size(image)
    if size != (image.shape[1], image.shape[0]):
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return PagePicture(title, _uri(Image.fromarray(image), 'JPEG',
                                   quality=QUALITY), alt, _known(iou),
                       size=size)


def heat_picture(title: str, image: np.ndarray, heat: np.ndarray, alt: str,
                 iou: float | None = None) -> PagePicture:
    """Return heat (H, W) in [0, 1] over an image (H, W, 3)."""
    return photo_picture(title, heatmap(image, heat), alt, iou)


def mask_picture(title: str, mask: np.ndarray, classes: Sequence[str],
                 alt: str, iou: float | None = None) -> PagePicture:
    """Return a mask (H, W) in VOC's colours, with edges and names of classes.

    Some of the colours are hard to tell from black or from each other. The
    names of its classes are added to ``alt``.
    """
    legend = mask_legend(mask, classes)
    small = cv2.resize(mask, _size(mask), interpolation=cv2.INTER_NEAREST)
    names = ', '.join(name for name, _ in legend) or 'background alone'
    return PagePicture(title, _uri(_with_names(small, classes), 'PNG',
                                   optimize=True),
                       f'{alt}: {names}', _known(iou), legend, _size(mask),
                       is_mask=True)


def _with_names(mask: np.ndarray, classes: Sequence[str]) -> Image.Image:
    """Write the names of classes into the middle of their widest parts."""
    drawn = np.where(_edges(mask), IGNORE_INDEX, mask)
    height, width = mask.shape
    letters = max(12, width // 15)
    font = label_font(letters)
    for label, name in enumerate(classes, start=1):
        part = np.pad((mask == label).astype(np.uint8), 1)
        depth = cv2.distanceTransform(part, cv2.DIST_L2, 3)
        if depth.max() < letters / 2:
            continue  # the name would hide it
        top, left = np.unravel_index(depth.argmax(), depth.shape)
        half = font.getlength(name) / 2 + 2
        place = (min(max(float(left), half), max(half, width - half)),
                 min(max(float(top), letters), height - letters))
        for outline, ink in ((2, 0), (0, IGNORE_INDEX)):
            layer = Image.new('L', (width, height))
            ImageDraw.Draw(layer).text(
                place, name, font=font, anchor='mm', fill=255,
                stroke_width=outline)
            # no mixtures: they would be other labels' colours
            drawn[np.asarray(layer) > 127] = ink
    return mask_image(drawn)


def _edges(mask: np.ndarray) -> np.ndarray:
    """Find pixels that differ from the next one, right or below, (H, W)."""
    edges = np.zeros(mask.shape, dtype=bool)
    edges[:, :-1] |= mask[:, :-1] != mask[:, 1:]
    edges[:-1] |= mask[:-1] != mask[1:]
    return edges


def _size(image: np.ndarray) -> tuple[int, int]:
    """Return the width and height of a picture in a page."""
    height, width = image.shape[:2]
    scale = min(1.0, MAX_SIDE / max(height, width))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _uri(image: Image.Image, kind: str, **options: int) -> str:
    file = io.BytesIO()
    image.save(file, format=kind, **options)
    return _data(kind.lower(), file.getvalue())


def _data(kind: str, content: bytes) -> str:
    return f'data:image/{kind};base64,{base64.b64encode(content).decode()}'


def _known(iou: float | None) -> float | None:
    return None if iou is None or math.isnan(iou) else iou
