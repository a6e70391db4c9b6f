# Copyright (c) COMNet contributors. All rights reserved.
"""A grid of pictures with titled columns."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from ..datasets.voc_folder import voc_palette
from ..utils.atomic_file import write_atomically

HEIGHT = 120  # of a picture in the grid, in pixels
HEADER = 20
WHITE = 255
PALETTE = np.array(voc_palette(256), dtype=np.uint8)

Column = tuple[str, Sequence[np.ndarray]]  # title, pictures (H, W, 3)


def write_grid(path: str | Path, blocks: Sequence[Sequence[Column]]) -> None:
    """Write blocks of columns, one below the other, as a PNG.

    Args:
        path: File to write.
        blocks: The columns of each block, all with as many pictures: RGB,
            uint8, (H, W, 3) of any size.
    """
    rows = [np.hstack([_column(*column) for column in block])
            for block in blocks]
    width = max(row.shape[1] for row in rows)
    grid = np.vstack([
        np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0)),
               constant_values=WHITE) for row in rows])
    write_atomically(
        path, lambda file: Image.fromarray(grid).save(file, format='PNG'))


def colored(mask: np.ndarray) -> np.ndarray:
    """Paint a mask (H, W) in the colours of VOC, (H, W, 3)."""
    return PALETTE[mask]


def heatmap(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Lay heat (H, W) in [0, 1] over an image (H, W, 3)."""
    colors = cv2.applyColorMap(np.uint8(255 * heat), cv2.COLORMAP_JET)
    return cv2.addWeighted(image, 0.4, colors[..., ::-1].copy(), 0.6, 0)


def _column(title: str, cells: Sequence[np.ndarray]) -> np.ndarray:
    """Put pictures of about the same shape below a title."""
    ratio = max(cell.shape[1] / cell.shape[0] for cell in cells)
    width = round(HEIGHT * ratio)
    header = np.full((HEADER, width, 3), WHITE, dtype=np.uint8)
    cv2.putText(header, title, (3, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.38,
                (0, 0, 0), 1, cv2.LINE_AA)
    return np.vstack([header, *[_framed(cell, width) for cell in cells]])


def _framed(cell: np.ndarray, width: int) -> np.ndarray:
    """Scale a picture to the height of the grid, in a white frame."""
    inner = (min(width - 4, round((HEIGHT - 4) * cell.shape[1]
                                  / cell.shape[0])), HEIGHT - 4)
    frame = np.full((HEIGHT, width, 3), WHITE, dtype=np.uint8)
    scaled = cv2.resize(cell, inner, interpolation=cv2.INTER_NEAREST)
    frame[2:2 + inner[1], 2:2 + inner[0]] = scaled
    return frame
