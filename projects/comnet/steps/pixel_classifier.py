# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from mmpretrain.registry import DATASETS
from torch import Tensor

from ..datasets.cam_file import CAMFile
from ..datasets.identity import folder_identity
from ..datasets.picture_files import MASK_DIR
from ..datasets.voc_folder import read_classes, read_split, require_files
from ..engine.model import trained_model
from ..engine.settings import prediction_settings
from ..evaluation import evaluate_cams
from ..evaluation.threshold_sweep import sweep_iou
from ..ops import (
    fit_image_classifier,
    fit_pixel_classifier,
    otsu_threshold,
)
from ..ops.pixel_classifier import IGNORED
from ..registry import STEPS
from ..step_settings import PixelSettings
from ..utils import InputError
from ..utils.progress import tell, track
from .cam_counts import cam_counts
from .fields import made_by, place, same_as
from .network import ClassifierNetwork
from .pixel_checkpoint import Fitted
from .pixel_features import (
    Layer,
    PixelFeatures,
    argmax_areas,
    even_shares,
)
from .step import Measure, Step

FEATURES = 'features'
SURE_BACKGROUND = 0.8  # of Otsu's threshold


@STEPS.register_module()
@dataclass(frozen=True)
class PixelClassifier(PixelSettings, ClassifierNetwork, Step):
    """CAMs of a linear classifier of positions, taught by other CAMs.

    One linear layer on the features of the classifier's backbone learns what
    the CAMs are sure of, background included, in all images together. What it
    then finds in them, averaged over similar positions, teaches it again. The
    maps are :func:`comnet.ops.pixel_maps`: above 0.5 a class is the most
    probable one, and they are not divided by their maximum.

    The backbone sees each image once (up to 256 images twice, unless it is a
    :class:`CachedBackbone`). ``OUT_DIR/features`` holds the projected
    features in half precision and the neighbours, with 512 components and 32
    neighbours 1.2 KB a position (0.7 MB an image of 25 x 25 positions), until
    all files are written; a run that was cut off goes on with them. Memory
    holds ``num_positions`` at a time, however many images there are: each
    image gives an equal share of them, drawn from those with a label.

    ``OUT_DIR/pixel_classifier.pth`` is the last round's classifier, a
    checkpoint of the same backbone with a :class:`comnet.models.PixelHead`:
    a segmentor for pictures without labels.

    Attributes:
        config: Config file of the image classifier.
        checkpoint: Its checkpoint, or the folder of its training.
        cam_dir: Folder of the CAMs that teach it in the first round.
        out_dir: Folder of the files, ``ID.npz``.
        options: Settings that override those of the config.
    """
    files: ClassVar[str] = 'cams'
    makes: ClassVar[str] = '*.npz'
    shared: ClassVar[bool] = False
    measure: ClassVar[Measure | None] = Measure(
        'CAM, pixel classifier', 'train', 'cam/mIoU', 'cam/num_images')
    config: str | Path | Config = same_as('classifier', 'config')
    checkpoint: str | Path = made_by('classifier')
    cam_dir: str | Path = made_by('cam')
    out_dir: str | Path = place()
    options: Mapping[str, Any] = same_as('classifier', 'options', {})

    def __post_init__(self) -> None:
        super().__post_init__()
        if None not in (self.fg_threshold, self.bg_threshold):
            self.thresholds  # noqa: B018  # what is wrong is told now

    def settings(self) -> dict[str, Any]:
        """Return those of network and fit, see the base class."""
        return {**prediction_settings(self.cfg, self.loader),
                **super().settings()}

    def inputs(self) -> dict[str, str]:
        """Return the identity of network, images, labels and CAMs."""
        return dict(super().inputs(), cams=folder_identity(
            self.cam_dir, self.ids, '.npz'))

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the images."""
        return read_split(self.data_root, self.image_list)

    @cached_property
    def thresholds(self) -> tuple[float, float]:
        """What an object is above, and background below, in round one."""
        fg_threshold, bg_threshold = self.fg_threshold, self.bg_threshold
        if fg_threshold is None or bg_threshold is None:
            middle = otsu_threshold(cam_counts(self.cam_dir, self.ids))
            if fg_threshold is None:
                fg_threshold = (1 + middle) / 2
            if bg_threshold is None:
                bg_threshold = SURE_BACKGROUND * middle
        if bg_threshold > fg_threshold:
            raise InputError(
                f'bg_threshold {bg_threshold:g} is above fg_threshold '
                f'{fg_threshold:g}: a position would be both; give a lower '
                'one')
        return fg_threshold, bg_threshold

    @cached_property
    def num_labels(self) -> int:
        """The number of classes with background."""
        return 1 + len(read_classes(self.data_root))

    def prepare(self, launcher: str) -> BaseModel:
        """Build the network, see the base class."""
        super().prepare(launcher)
        require_files(Path(self.cam_dir), self.ids, '.npz', 'CAM file')
        return trained_model(self.cfg, self.weights)

    def missing(self) -> Sequence[str]:
        """Return the ids of the images without a file."""
        return [image_id for image_id in self.ids
                if not self._path(image_id).is_file()]

    def todo(self) -> Sequence[str]:
        """Return the same: what is fitted is read again."""
        return self.missing()

    def make(self, built: BaseModel, todo: Sequence[str],
             workers: int | None) -> dict[str, Any]:
        """Fit it unless that is done, and write what is left."""
        fitted = Fitted.load(self.folder)
        features = PixelFeatures(
            built, DATASETS.build(self.dataset), self.ids,
            self.folder / FEATURES, self.scale, self.num_components,
            self.num_neighbors, self.cfg[self.loader].get('num_workers', 0),
            self.seed, fitted.components if fitted else None)
        results: dict[str, Any] = {}
        if fitted is None:
            tell('objects above {:.2f}, background below {:.2f}'.format(
                *self.thresholds))  # a wrong one ends here, at once
            features.write(self.ids)
            layer, results = self._fitted(features)
            fitted = Fitted(features.components, *(
                each.cpu() for each in (*layer, *self._images(features))))
            fitted.save(self.folder, built, read_classes(self.data_root))
        features.write(todo)
        device = built.data_preprocessor.device
        layer = fitted.weight.to(device), fitted.bias.to(device)
        for image_id in track(todo, len(todo)):
            found, cams = features.read(image_id), self._cams(image_id)
            found.classified(cams, layer)[1].save(self._path(image_id))
        features.remove()
        return results

    def evaluate(self) -> dict[str, Any]:
        """Return mIoU of the CAMs where there are true masks."""
        return evaluate_cams(self.data_root, self.image_list, self.out_dir)

    def _fitted(self, features: PixelFeatures
                ) -> tuple[Layer, dict[str, Any]]:
        """Fit it round by round.

        Returns:
            Weight and bias, and the mIoU of all rounds but the last one, at
            stride 4.
        """
        layer: Layer | None = None
        results: dict[str, Any] = {}
        for number in range(self.num_rounds):
            tell(f'round {number + 1} of {self.num_rounds}')
            points, labels, areas = self._pool(features, layer)
            if areas.any():
                results[f'rounds/{number}'] = round(
                    float(np.nanmean(sweep_iou(areas))), 2)
            if not len(labels):
                fg_threshold, bg_threshold = self.thresholds
                raise InputError(
                    f'{self.cam_dir}: no position of any image is above '
                    f'fg_threshold {fg_threshold:g} or below bg_threshold '
                    f'{bg_threshold:g}; give others')
            layer = fit_pixel_classifier(
                points, labels, self.num_labels, self.seed)
        assert layer is not None
        return layer, results

    def _pool(self, features: PixelFeatures, layer: Layer | None
              ) -> tuple[Tensor, Tensor, np.ndarray]:
        """Draw positions with labels, by the CAMs or by the last round.

        Returns:
            Features (n, d), labels (n,), and the areas of what the last round
            has found, see :func:`sweep_areas`.
        """
        generator = torch.Generator().manual_seed(self.seed)
        shares = even_shares(self.num_positions, len(self.ids), generator)
        points, labels = [], []  # (n_i, d), (n_i,)
        areas = np.zeros((3, self.num_labels, 1), dtype=np.int64)
        masks = Path(self.data_root) / MASK_DIR
        for image_id, share in track(
                zip(self.ids, shares, strict=True), len(self.ids)):
            found, cams = features.read(image_id), self._cams(image_id)
            if layer is None:
                seeds = found.seeds(cams, *self.thresholds)
            else:
                seeds, file = found.classified(cams, layer)
                areas += argmax_areas(
                    file, masks / f'{image_id}.png', self.num_labels)
            known = (seeds != IGNORED).nonzero()[:, 0]
            chosen = known[
                torch.randperm(len(known), generator=generator)[:share]]
            points.append(found.features[chosen.to(found.features.device)])
            labels.append(seeds[chosen])
        pool = torch.cat(points)
        return pool, torch.cat(labels).to(pool.device), areas

    def _images(self, features: PixelFeatures) -> Layer:
        """Fit what tells the classes of an image as a whole."""
        shown = torch.zeros(len(self.ids), self.num_labels - 1)
        for row, image_id in zip(shown, self.ids, strict=True):
            row[self._cams(image_id).keys] = 1
        return fit_image_classifier(
            torch.stack([features.pooled(each) for each in self.ids]), shown,
            self.seed)

    def _cams(self, image_id: str) -> CAMFile:
        return CAMFile.load(Path(self.cam_dir) / f'{image_id}.npz')

    def _path(self, image_id: str) -> Path:
        return self.folder / f'{image_id}.npz'
