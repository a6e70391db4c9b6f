# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from mmengine.config import Config
from mmengine.dataset import BaseDataset
from mmengine.dist import (
    all_reduce,
    broadcast,
    get_rank,
    get_world_size,
    is_main_process,
)
from mmengine.model import BaseModel
from mmengine.registry import DATASETS
from torch import Tensor

from ..datasets.directions_file import FILE_NAME, DirectionsFile
from ..datasets.voc_folder import read_classes
from ..engine.model import trained_model
from ..engine.settings import prediction_settings
from ..ops import ClassMoments, class_directions, principal_components
from ..registry import STEPS
from ..step_settings import DirectionSettings
from ..utils.progress import tell, track
from .fields import made_by, place, same_as
from .network import ClassifierNetwork, predict_features
from .step import Step

NUM_SAMPLED = 256  # images that the principal directions are of


@STEPS.register_module()
@dataclass(frozen=True)
class Directions(DirectionSettings, ClassifierNetwork, Step):
    """What all images of a class have in common, a direction a class.

    One pass over the config's test images, whose labels say which classes
    they show; see :func:`comnet.ops.class_directions`. Memory does not depend
    on their number. ``ClassMatching`` strengthens CAMs by it.

    Attributes:
        config: Config file of the classifier.
        checkpoint: Its checkpoint, or the folder of its training.
        out_dir: Folder of the file, ``directions.npz``.
        options: Settings that override those of the config.
    """
    makes: ClassVar[str] = FILE_NAME
    config: str | Path | Config = same_as('classifier', 'config')
    checkpoint: str | Path = made_by('classifier')
    out_dir: str | Path = place()
    options: Mapping[str, Any] = same_as('classifier', 'options', {})

    def settings(self) -> dict[str, Any]:
        return dict(prediction_settings(self.cfg, self.loader),
                    **super().settings())

    def prepare(self, launcher: str) -> tuple[BaseDataset, BaseModel]:
        super().prepare(launcher)
        return (DATASETS.build(self.dataset),
                trained_model(self.cfg, self.weights))

    def todo(self) -> Sequence[str]:
        return [] if (self.folder / FILE_NAME).is_file() else [self.kind]

    def make(self, built: tuple[BaseDataset, BaseModel], todo: Sequence[str],
             workers: int | None) -> dict[str, Any]:
        dataset, model = built
        classes = read_classes(self.data_root)
        _, feat = next(predict_features(model, dataset, [0], self.scale))
        number = min(len(dataset), NUM_SAMPLED)
        tell(f'principal directions of {number} images')
        sample = ClassMoments.empty(1, len(feat))
        sampled = np.linspace(0, len(dataset) - 1, number).round().astype(int)
        for points, _ in self._positions(built, sampled.tolist()):
            sample.add(points, [0])
        _sum_up(sample)
        projection = principal_components(
            sample.second[0], self.num_components)  # (c, k)
        broadcast(projection)  # that of one machine
        tell(f'directions of {len(classes)} classes in {len(dataset)} images')
        moments = ClassMoments.empty(len(classes), projection.shape[1])
        for points, labels in self._positions(built, range(len(dataset))):
            moments.add(points, labels, projection)
        _sum_up(moments)
        if is_main_process():
            a, b = class_directions(moments)  # (C, k), (C,)
            DirectionsFile((a @ projection.T).numpy(), b.numpy(),
                           classes).save(self.folder)
        return {}

    def _positions(self, built: tuple[BaseDataset, BaseModel],
                   indices: Sequence[int]
                   ) -> Iterator[tuple[Tensor, list[int]]]:
        """Yield features (n, c) and labels of this process's images."""
        dataset, model = built
        share = indices[get_rank()::get_world_size()]
        found = predict_features(model, dataset, share, self.scale,
                                 self.cfg[self.loader].num_workers)
        for sample, feat in track(found, len(share)):
            yield feat.flatten(1).T[::self.stride], sample.gt_label.tolist()


def _sum_up(moments: ClassMoments) -> None:
    """Add the sums of all processes, in place."""
    for each in moments.sums():
        all_reduce(each)
