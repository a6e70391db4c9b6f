# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from mmengine.config import Config, ConfigDict
from mmengine.runner import Runner

from ..datasets.identity import folder_identity, images_identity
from ..datasets.picture_files import MASK_DIR, files_of
from ..datasets.voc_folder import read_split
from ..engine.config import augment_test, draw_test
from ..engine.model_weights import load_weights
from ..engine.runner import build_runner
from ..engine.settings import prediction_settings
from ..models.refiners import Refiner, build_refiner
from ..registry import STEPS
from ..utils import InputError
from ..utils.atomic_file import remove_partial_files
from ..utils.record import Record, file_identity
from .fields import made_by, place, same_as
from .network import Network
from .step import Measure, Step

MASKS = 'masks'  # folder in the out_dir
METRICS = ('VOCIoUMetric', 'IoUMetric')  # that write the masks


@STEPS.register_module()
@dataclass(frozen=True)
class Evaluation(Network, Step):
    """Test of a segmentor on the config's test images.

    Attributes:
        config: Config file.
        checkpoint: Its checkpoint, or the folder of its training.
        out_dir: Folder of the log, the record and ``masks/ID.png``.
        options: Settings that override those of the config.
        tta: Whether to test with the augmentations of its ``tta_pipeline``.
        refine: What refines the probabilities, such as 'DeepLabCRF', or its
            settings; None leaves it to the config's ``test_evaluator``.
        show_dir: Folder to draw the masks into, beside the true ones.
    """
    makes: ClassVar[str] = f'{MASKS}/*.png'
    measure: ClassVar[Measure | None] = Measure('segmentation', 'val')
    config: str | Path | Config = same_as('segmentor', 'config')
    checkpoint: str | Path = made_by('segmentor')
    out_dir: str | Path = place()
    options: Mapping[str, Any] = same_as('segmentor', 'options', {})
    tta: bool = False
    refine: str | Mapping[str, Any] | None = None
    show_dir: str | Path | None = place(None)

    def __post_init__(self) -> None:
        super().__post_init__()
        build_refiner(self.refine)

    @cached_property
    def cfg(self) -> Config:
        """The config with its options; to be copied before it is changed."""
        cfg = super().cfg
        if self.refine is not None:
            cfg.test_evaluator.refine = self.refine
        return cfg

    def settings(self) -> dict[str, Any]:
        settings = prediction_settings(self.cfg, self.loader)
        if self.tta:
            settings['tta_pipeline'] = self.cfg.get('tta_pipeline')
            settings['tta_model'] = self.cfg.get('tta_model')
        if refiner := self._refiner():
            settings['refine'] = refiner.settings
            if self.tta and self.cfg.tta_model.type == 'SegTTAModel':
                raise InputError(
                    f'{self.config}: SegTTAModel keeps no probabilities to be '
                    'refined; set tta_model.type=AveragedTTAModel')
        return settings

    def inputs(self) -> dict[str, str]:
        inputs = dict(checkpoint=file_identity(self.weights))
        if 'image_set_path' in self.dataset:  # a data set of this project
            inputs['images'] = images_identity(self.data_root, self.image_list)
            masks = Path(self.data_root) / self.dataset.get(
                'seg_map_dir', MASK_DIR)
            ids = read_split(self.data_root, self.image_list)
            present = files_of(masks, ids, '.png')
            inputs['masks'] = folder_identity(
                masks, [image_id for image_id in ids if image_id in present],
                '.png')
        return inputs

    def check(self) -> None:
        if refiner := self._refiner():
            refiner.require()

    def begin(self, remake: bool) -> Record:
        """Return a new record: a test is always done anew."""
        before = Record.read(self.folder)
        if before is not None and before.kind != self.kind:
            raise InputError(f'{self.folder}: holds something else than a '
                             'test; give another --work-dir')
        record = self.record()
        remove_partial_files(self.folder)
        return record

    def prepare(self, launcher: str) -> Runner:
        cfg = deepcopy(self.cfg)
        if self.tta:
            augment_test(cfg)
        evaluator = _mask_metric(cfg)
        if evaluator is not None:
            # mmseg's main process makes it, while others may write already
            (self.folder / MASKS).mkdir(parents=True, exist_ok=True)
            evaluator['output_dir'] = str(self.folder / MASKS)
        if self.show_dir is not None and self._refiner() is not None:
            draw_test(cfg, self.show_dir, 'SegLocalVisualizer', dict(
                type='WrittenMaskHook', mask_dir=str(self.folder / MASKS)))
        elif self.show_dir is not None:
            draw_test(cfg, self.show_dir, 'SegLocalVisualizer')
        return build_runner(cfg, self.folder, launcher)

    def make(self, built: Runner, todo: Sequence[str],
             workers: int | None) -> dict[str, Any]:
        load_weights(built.model, self.weights)
        metrics: dict[str, Any] = built.test()
        metrics.setdefault('num_images', len(built.test_dataloader.dataset))
        return metrics

    def _refiner(self) -> Refiner | None:
        """Return what refines the probabilities."""
        return build_refiner((_mask_metric(self.cfg) or {}).get('refine'),
                             'test_evaluator.refine')


def _mask_metric(cfg: Config) -> ConfigDict | None:
    """Return the metric of a config's test that writes the masks, if any."""
    evaluator = cfg.test_evaluator
    if isinstance(evaluator, dict) and evaluator.get('type') in METRICS:
        return evaluator
    return None
