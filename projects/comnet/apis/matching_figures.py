# Copyright (c) COMNet contributors. All rights reserved.
"""Figures of the matching, as in the paper: Fig. 4 and 5."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..datasets.picture_files import IMAGE_DIR, MASK_DIR
from ..datasets.voc_folder import load_mask
from ..utils import InputError
from ..visualization import (
    colored,
    draw_points,
    draw_strength,
    heatmap,
    write_figure,
)
from .matching import MatchingExplainer
from .pictures import sources


def draw_matched_points(config: str | Path,
                        checkpoint: str | Path,
                        pictures: Sequence[str | Path],
                        out: str | Path,
                        label: str | None = None,
                        options: Mapping[str, Any] | None = None
                        ) -> list[Path]:
    """Draw a point of object and background and their matches (Fig. 4).

    Args:
        config: Config file of a classifier with IntraMatching.
        checkpoint: Its checkpoint.
        pictures: Files or folders, each picture matched with itself.
        out: File to write, as PNG and PDF.
        label: See :meth:`MatchingExplainer.__call__`.
        options: Settings that override those of the config.

    Returns:
        The files.

    Raises:
        InputError: Something given is missing or wrong.
    """
    explainer = MatchingExplainer(config, checkpoint, options)
    rows = []
    for picture in _files(pictures):
        _, (seen, ) = explainer([picture], label)
        if not seen.points:
            raise InputError(f'{config}: no IntraMatching, whose points are '
                             'drawn; give the config of COMNet')
        rows.append([seen.image, *(draw_points(seen.image, points)
                                   for points in seen.points)])
    return write_figure(out, ['image', 'object', 'background'], rows)


def draw_pair(config: str | Path,
              checkpoint: str | Path,
              pictures: Sequence[str | Path],
              out: str | Path,
              label: str | None = None,
              options: Mapping[str, Any] | None = None) -> list[Path]:
    """Draw what the matching of a pair saw, and what came out (Fig. 5).

    Args:
        config: Config file of a classifier with matching modules.
        checkpoint: Its checkpoint.
        pictures: Two files, or more in a group; where they lie in VOC layout
            and have a true mask, it is drawn.
        out: File to write, as PNG and PDF.
        label: See :meth:`MatchingExplainer.__call__`.
        options: Settings that override those of the config.

    Returns:
        The files.

    Raises:
        InputError: Something given is missing or wrong.
    """
    explainer = MatchingExplainer(config, checkpoint, options)
    files = _files(pictures)
    label, seen = explainer(files, label)
    columns: dict[str, list[np.ndarray | None]] = {
        'image': [each.image for each in seen],
        'truth': [_truth(file) for file in files],
        'M*': [None if each.strength is None else draw_strength(
            each.image, each.strength) for each in seen],
        'matched points': [draw_points(each.image, each.points[0])
                           if each.points else None for each in seen],
        f'CAM: {label}': [heatmap(each.image, each.after) for each in seen]}
    columns = {title: cells for title, cells in columns.items()
               if any(cell is not None for cell in cells)}
    return write_figure(
        out, list(columns), list(zip(*columns.values(), strict=True)))


def _files(pictures: Sequence[str | Path]) -> list[Path]:
    """Return the files, those of folders among them."""
    return [Path(source.content) for source in sources(list(pictures))
            if not isinstance(source.content, np.ndarray)]


def _truth(picture: Path) -> np.ndarray | None:
    """Return the true mask of a picture in VOC layout, in VOC's colours."""
    parts = list(picture.parts)
    if IMAGE_DIR not in parts:
        return None
    place = len(parts) - 1 - parts[::-1].index(IMAGE_DIR)
    parts[place] = MASK_DIR
    path = Path(*parts).with_suffix('.png')
    return colored(load_mask(path)) if path.is_file() else None
