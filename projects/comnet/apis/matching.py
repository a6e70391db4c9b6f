# Copyright (c) COMNet contributors. All rights reserved.
"""What the matching of a trained classifier sees in pictures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from torch import Tensor

from ..datasets.picture_files import IMAGE_DIR, MASK_DIR
from ..datasets.voc_folder import load_mask
from ..models import CAMExtractor
from ..utils import InputError
from ..utils.atomic_file import write_bytes
from ..visualization import (
    ImageMatching,
    PointMatches,
    colored,
    draw_points,
    draw_strength,
    heatmap,
    render_explanation,
    write_figure,
)
from .cam_inferencer import CAMInferencer
from .pictures import Picture, shrink, sources
from .run_network import OfRun


class MatchingExplainer(OfRun):
    """Tells what the matching sees in a group of pictures.

    M* and the matched points are those at the pictures' own scale, the CAMs
    those of the config's :class:`CAMHook` with and without matching. All
    pictures are stretched to the size of the one that is mapped, as at CAM
    time. The arguments are those of :class:`CAMInferencer`.

    Attributes:
        classes: Names, without background.

    Raises:
        InputError: Something given is missing or wrong, or there is no
            matching in it.
    """

    role = 'classifier'

    def __init__(self, config: str | Path | None, checkpoint: str | Path,
                 options: Mapping[str, Any] | None = None) -> None:
        self.inferencer = CAMInferencer(config, checkpoint, options)
        self.classes = self.inferencer.classes
        extractor = self.inferencer.extractor
        self.model = extractor.model
        self.necks = (self.model.neck_modules() if extractor.necks is None
                      else extractor.necks)
        if not self.necks:
            raise InputError(f'{config or checkpoint}: a classifier without '
                             'matching; give one with InterMatching or '
                             'IntraMatching')
        self.before, self.after = (
            CAMExtractor(self.model, extractor.scales, extractor.flip,
                         matching, necks)
            for matching, necks in (('nothing', []),
                                    ('partners', extractor.necks)))

    def __call__(self, pictures: Sequence[Picture], label: str | None = None
                 ) -> tuple[str, list[ImageMatching]]:
        """Look at pictures, matched with each other; a single one by itself.

        Args:
            pictures: As in :meth:`SegmentationInferencer.stream`, one or
                more.
            label: The class to map; by default the one whose lowest score in
                the pictures is highest.

        Returns:
            The class, and what was seen in each picture.

        Raises:
            InputError: A picture is no good, or there is no such class.
        """
        found = sources(pictures)
        images = [shrink(source.load(), self.inferencer.max_side)
                  for source in found]
        inputs = [self.inferencer.network_input(image, source.name)
                  for image, source in zip(images, found, strict=True)]
        scores = np.array([
            self.after(one, [], size=image.shape[:2], name=source.name).scores
            for one, image, source in zip(inputs, images, found, strict=True)
        ])  # (N, C)
        index = self._index(label, scores)
        return self.classes[index], [
            self._look(source.name, image, inputs[place],
                       # those that it is matched with
                       [*inputs[:place], *inputs[place + 1:]], index,
                       float(scores[place, index]))
            for place, (source, image) in enumerate(
                zip(found, images, strict=True))]

    def _index(self, label: str | None, scores: np.ndarray) -> int:
        """Return the class to map."""
        if label is None:
            return int(scores.min(axis=0).argmax())
        if label not in self.classes:
            raise InputError(f'label {label!r} is no class; there are '
                             f'{", ".join(self.classes)}')
        return self.classes.index(label)

    def _look(self, name: str, image: np.ndarray, inputs: Tensor,
              partners: Sequence[Tensor], index: int, score: float
              ) -> ImageMatching:
        """Return what is seen in a picture beside its partners."""
        size = image.shape[:2]
        before, after = (
            extractor(inputs, [index], others, size, name).full_size()[0]
            for extractor, others in ((self.before, ()),
                                      (self.after, partners)))
        found = self.after.matches(inputs, [index], partners)
        strength, neighbors = (
            None if each is None else each[0].cpu().numpy()
            for each in (found.strength, found.neighbors))
        if strength is not None:
            strength = strength[0]  # (h, w)
        points: list[PointMatches] = []
        if neighbors is not None:  # (h, w, k)
            points = _points(neighbors, strength, after)
        return ImageMatching(
            name, image, score, before, after,
            None if strength is None else cv2.resize(
                strength, size[::-1], interpolation=cv2.INTER_LINEAR), points)


def explain_matching(config: str | Path | None, checkpoint: str | Path,
                     pictures: Sequence[Picture], out: str | Path,
                     label: str | None = None,
                     options: Mapping[str, Any] | None = None) -> None:
    """Write what the matching sees in pictures as a page.

    Args:
        config: Config file of a classifier with matching modules.
        checkpoint: Its checkpoint.
        pictures: One or more, matched with each other.
        out: HTML file to write.
        label: See :meth:`MatchingExplainer.__call__`.
        options: Settings that override those of the config.

    Raises:
        InputError: Something given is missing or wrong.
    """
    explainer = MatchingExplainer(config, checkpoint, options)
    page = render_explanation(*explainer(pictures, label))
    write_bytes(out, page.encode())


def draw_matched_points(config: str | Path | None, checkpoint: str | Path,
                        pictures: Sequence[str | Path], out: str | Path,
                        label: str | None = None,
                        options: Mapping[str, Any] | None = None
                        ) -> list[Path]:
    """Draw a point of object and background and their matches (Fig. 4).

    The arguments are those of :func:`explain_matching`, but that each of the
    ``pictures``, files or folders, is matched with itself, and ``out`` is
    written as PNG and PDF: the files that are returned.
    """
    explainer = MatchingExplainer(config, checkpoint, options)
    rows = []
    for picture in _files(pictures):
        _, (seen, ) = explainer([picture], label)
        if not seen.points:
            raise InputError(
                f'{config or checkpoint}: no IntraMatching, whose points are '
                'drawn; give the config of COMNet')
        rows.append([seen.image, *(draw_points(seen.image, points)
                                   for points in seen.points)])
    return write_figure(out, ['image', 'object', 'background'], rows)


def draw_pair(config: str | Path | None, checkpoint: str | Path,
              pictures: Sequence[str | Path], out: str | Path,
              label: str | None = None,
              options: Mapping[str, Any] | None = None) -> list[Path]:
    """Draw what the matching of a pair saw, and what came out (Fig. 5).

    The arguments are those of :func:`explain_matching`, but that ``pictures``
    are files or folders, with their true masks where they lie in VOC layout,
    and ``out`` is written as PNG and PDF: the files that are returned.
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


def _points(neighbors: np.ndarray, strength: np.ndarray | None,
            cam: np.ndarray) -> list[PointMatches]:
    """Choose a point of the object and one of the background.

    Args:
        neighbors: Matched points, (h, w, k).
        strength: M*, (h, w); None without inter-matching.
        cam: The CAM, (H, W). Its highest point is the object; background is
            the one with the lowest M* of its lowest points.
    """
    rows, columns = neighbors.shape[:2]
    small = cv2.resize(cam, (columns, rows), interpolation=cv2.INTER_AREA)
    common = np.zeros_like(small) if strength is None else strength
    chosen = dict(object=small.argmax(), background=np.lexsort(
        (common.ravel(), small.ravel()))[0])  # by the CAM first
    step = np.array([cam.shape[1] / columns, cam.shape[0] / rows])

    def place(point: int) -> tuple[float, float]:
        row, column = divmod(int(point), columns)
        x, y = (np.array([column, row]) + 0.5) * step
        return float(x), float(y)

    return [PointMatches(kind, place(point), [
        place(other) for other in neighbors.reshape(rows * columns, -1)[point]
    ]) for kind, point in chosen.items()]


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
