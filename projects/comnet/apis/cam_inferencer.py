# Copyright (c) COMNet contributors. All rights reserved.
"""Class activation maps of any pictures by a trained classifier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.dataset import Compose
from torch import Tensor

from ..engine.config import cam_hook
from ..engine.model import load_trained, scope_of
from ..engine.model_index import given_model
from ..models import CAMExtractor
from ..utils import InputError
from ..visualization import named_heatmap
from .pictures import (
    Picture,
    Source,
    check_results,
    pipeline_input,
    save_picture,
    shrink,
    sources,
)
from .run_network import OfRun

MAX_SIDE = 512
FILE_SETTINGS = ('type', 'priority', 'out_dir', 'skip_existing')


@dataclass
class ImageCAMs:
    """Class activation maps of a picture.

    Attributes:
        classes: Names of its K classes.
        scores: The classifier's scores of them, in [0, 1], (K,).
        maps: Their maps in [0, 1], upright, (K, H, W), float32.
    """
    classes: tuple[str, ...]
    scores: np.ndarray
    maps: np.ndarray


class CAMInferencer(OfRun):
    """Computes class activation maps (CAMs) of pictures.

    They are those of :class:`CAMHook` with the config's settings, but that a
    picture has no partners: it is matched with itself at most. The training's
    data need not be there.

    Args:
        config: Config file of the classifier, with a ``CAMHook``; or alone,
            its checkpoint, or the name of a model that comes with this
            package.
        checkpoint: Its checkpoint, which carries a config of its own.
        options: Settings that override those of the config.
        threshold: Score from which on a class is taken as shown where the
            labels of a picture are not given.
        max_side: Longer side in pixels from which on a picture is shrunk to
            it for the network. None never shrinks.

    Attributes:
        classes: Names, without background.
        extractor: What computes the maps.

    Raises:
        InputError: Something given is missing or wrong.
    """

    role = 'classifier'

    def __init__(self,
                 config: str | Path | None,
                 checkpoint: str | Path | None = None,
                 options: Mapping[str, Any] | None = None,
                 threshold: float = 0.5,
                 max_side: int | None = MAX_SIDE) -> None:
        given = given_model(config, checkpoint, options, self.role)
        cfg, self.model, self.classes = load_trained(
            given.config, given.checkpoint, given.options)
        settings = cam_hook(cfg)
        with scope_of(cfg):
            self.extractor = CAMExtractor(self.model, **{
                key: value for key, value in settings.items()
                if key not in FILE_SETTINGS})
            self.pipeline = Compose(cfg.test_dataloader.dataset.pipeline)
        self.threshold = threshold
        self.max_side = max_side

    def __call__(self,
                 inputs: Picture | Sequence[Picture],
                 labels: Sequence[Sequence[str]] | None = None,
                 out_dir: str | Path | None = None) -> list[ImageCAMs]:
        """Compute the CAMs of pictures.

        Args:
            inputs: As in :meth:`SegmentationInferencer.stream`.
            labels: The classes of each picture; those that the classifier
                finds without it.
            out_dir: Folder to write heat maps ``NAME_CLASS.jpg`` to, with
                class and score below.

        Returns:
            The CAMs of each picture; none where no class is found.

        Raises:
            InputError: A picture or a label is no good, or a result would
                overwrite a picture.
        """
        found = sources(inputs)
        if out_dir is not None:
            check_results(inputs, found, out_dir, lambda name: (
                _file_name(name, class_name) for class_name in self.classes))
        if labels is not None and len(labels) != len(found):
            raise InputError(f'labels of {len(labels)} pictures, but there '
                             f'are {len(found)}; give those of each')
        return [self._infer(source, None if labels is None else labels[index],
                            out_dir)
                for index, source in enumerate(found)]

    def network_input(self, image: np.ndarray, name: str) -> Tensor:
        """Return what ``extractor`` takes, (3, H', W'), of RGB (H, W, 3)."""
        inputs: Tensor = self.pipeline(pipeline_input(image, name))['inputs']
        return inputs

    def _infer(self, source: Source, names: Sequence[str] | None,
               out_dir: str | Path | None) -> ImageCAMs:
        """Return the CAMs of a picture, and write its heat maps."""
        given = None if names is None else self._indices(source, names)
        image = source.load()
        cams = self._compute(image, source.name, given)
        if out_dir is not None:
            for name, score, heat in zip(
                    cams.classes, cams.scores, cams.maps, strict=True):
                save_picture(
                    Path(out_dir) / _file_name(source.name, name),
                    named_heatmap(image, heat, f'{name} {score:.2f}'))
        return cams

    def _indices(self, source: Source, names: Sequence[str]) -> list[int]:
        for name in names:
            if name not in self.classes:
                raise InputError(f'{source.name}: label {name!r} is no class; '
                                 f'there are {", ".join(self.classes)}')
        return [self.classes.index(name) for name in names]

    def _compute(self, image: np.ndarray, name: str,
                 given: Sequence[int] | None) -> ImageCAMs:
        """Return the CAMs of an RGB image (H, W, 3)."""
        wanted = range(len(self.classes)) if given is None else given
        shown = shrink(image, self.max_side)
        file = self.extractor(self.network_input(shown, name), wanted,
                              size=shown.shape[:2], name=name)
        assert file.scores is not None  # they are a classifier's own
        scores = file.scores[file.keys]  # (K,)
        least = self.threshold if given is None else 0
        kept = np.flatnonzero(scores >= least)
        file = replace(file, keys=file.keys[kept], cam=file.cam[kept],
                       size=image.shape[:2])
        return ImageCAMs(tuple(self.classes[key] for key in file.keys),
                         scores[kept], file.full_size())


def _file_name(name: str, class_name: str) -> str:
    """Return the file of a picture's heat map for a class."""
    return f'{name}_{class_name.replace("/", "_")}.jpg'
