# Copyright (c) COMNet contributors. All rights reserved.
"""What the matching of a trained classifier sees in pictures."""

from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from mmpretrain.structures import DataSample
from torch import Tensor

from ..models import InterMatching, IntraMatching
from ..ops import nearest_neighbors, resize_images
from ..utils import InputError
from ..utils.atomic_file import write_bytes
from ..visualization import ImageMatching, PointMatches, render_explanation
from .cam_inferencer import CAMInferencer
from .pictures import Picture, pipeline_input, shrink, sources


class MatchingExplainer:
    """Tells what the matching sees in a group of pictures.

    M* and the matched points are those at the pictures' own scale, the CAMs
    those of the config's :class:`CAMHook` with and without matching. All
    pictures are stretched to the size of the one that is mapped, as at CAM
    time.

    Args:
        config: Config file of a classifier with matching modules.
        checkpoint: Its checkpoint.
        options: Settings that override those of the config.

    Attributes:
        classes: Names, without background.

    Raises:
        InputError: Something given is missing or wrong, or there is no
            matching in it.
    """

    def __init__(self,
                 config: str | Path,
                 checkpoint: str | Path,
                 options: Mapping[str, Any] | None = None) -> None:
        self.inferencer = CAMInferencer(config, checkpoint, options)
        self.classes = self.inferencer.classes
        hook, self.model = self.inferencer.hook, self.inferencer.model
        self.necks = (self.model.neck_modules() if hook.necks is None
                      else hook.necks)
        if not self.necks:
            raise InputError(f'{config}: a classifier without matching; give '
                             'one with InterMatching or IntraMatching')
        self.before, self.after = copy(hook), copy(hook)
        self.before.necks, self.before.matching = [], 'nothing'
        self.after.matching = 'self'

    @torch.no_grad()
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
        packed = [self.inferencer.pipeline(pipeline_input(image, source.name))
                  for image, source in zip(images, found, strict=True)]
        inputs = [each['inputs'] for each in packed]
        samples = [each['data_samples'] for each in packed]
        scores = np.stack([
            self._map(self.after, [one], [sample], 0).scores
            for one, sample in zip(inputs, samples, strict=True)])  # (N, C)
        index = self._index(label, scores)
        seen = []
        for place, source in enumerate(found):
            # the picture first, those that it is matched with behind it
            order = [place, *(each for each in range(len(found))
                              if each != place)]
            seen.append(self._look(
                source.name, images[place], [inputs[each] for each in order],
                [samples[each] for each in order], index,
                float(scores[place, index])))
        return self.classes[index], seen

    def _index(self, label: str | None, scores: np.ndarray) -> int:
        """Return the class to map."""
        if label is None:
            return int(scores.min(axis=0).argmax())
        if label not in self.classes:
            raise InputError(f'label {label!r} is no class; there are '
                             f'{", ".join(self.classes)}')
        return self.classes.index(label)

    def _look(self, name: str, image: np.ndarray, inputs: Sequence[Tensor],
              samples: Sequence[DataSample], index: int, score: float
              ) -> ImageMatching:
        """Return what is seen in the first picture of a group."""
        size = image.shape[:2]
        before, after = (
            self._map(hook, group, samples[:len(group)], index).full_size()[0]
            for hook, group in ((self.before, inputs[:1]),
                                (self.after, inputs)))
        strength, neighbors = self._match(inputs)
        points: list[PointMatches] = []
        if neighbors is not None:
            points = _points(neighbors, strength, after)
        return ImageMatching(
            name, image, score, before, after,
            None if strength is None else cv2.resize(
                strength, size[::-1], interpolation=cv2.INTER_LINEAR), points)

    def _map(self, hook: Any, inputs: Sequence[Tensor],
             samples: Sequence[DataSample], index: int) -> Any:
        """Return the CAMs of the first picture of a group."""
        samples = [sample.new().set_gt_label([index]) for sample in samples]
        return hook.compute(self.model, list(inputs), samples)

    def _match(self, inputs: Sequence[Tensor]
               ) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Run the matching modules on a group.

        Returns:
            M* (h, w) and the matched points (h, w, k) of the first picture.
        """
        first, *partners = [
            self.model.data_preprocessor(dict(inputs=[each]), training=False)[
                'inputs'] for each in inputs]  # (1, 3, H, W) each
        batch = torch.cat([first, *(
            resize_images(each, first.shape[2:]) for each in partners)])
        feats = self.model.extract_feat(batch, stage='backbone')
        strength = neighbors = None
        for neck in self.necks:
            feat = feats[-1]  # (N, c, h, w)
            if isinstance(neck, InterMatching):
                strength = neck.match(feat, len(batch))[0, 0]
                feats = neck(feats, len(batch))
                continue
            if isinstance(neck, IntraMatching):
                own = feat[:1].flatten(2).transpose(1, 2)  # (1, h w, c)
                neighbors = nearest_neighbors(
                    own, neck.num_neighbors, neck.similarity)[0].unflatten(
                        0, feat.shape[2:])
            feats = neck(feats)
        return (None if strength is None else strength.cpu().numpy(),
                None if neighbors is None else neighbors.cpu().numpy())


def explain_matching(config: str | Path,
                     checkpoint: str | Path,
                     pictures: Sequence[Picture],
                     out: str | Path,
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
