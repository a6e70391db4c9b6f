# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from mmengine.dist import all_gather_object, is_main_process
from mmengine.registry import HOOKS
from mmengine.runner import Runner
from mmengine.structures import PixelData
from mmseg.engine import SegVisualizationHook
from mmseg.structures import SegDataSample

from ..datasets.picture_files import id_of_path
from ..datasets.voc_folder import load_mask


@HOOKS.register_module()
class WrittenMaskHook(SegVisualizationHook):
    """Draws the masks that a test has written, once all of them are.

    Its base class draws what the network found while the refiner
    of :class:`VOCIoUMetric` is still at work in other processes.

    Args:
        mask_dir: Folder of the masks, ``ID.png``: the metric's
            ``output_dir``.
    """

    def __init__(self, mask_dir: str) -> None:
        super().__init__(draw=True)
        self.mask_dir = Path(mask_dir)
        self._tested: list[tuple[str, str | None]] = []

    def after_test_iter(self, runner: Runner, batch_idx: int, data_batch: dict,
                        outputs: Sequence[SegDataSample]) -> None:
        """Remember the images of a batch, and where their true masks are."""
        self._tested += [(sample.img_path, sample.get('seg_map_path'))
                         for sample in outputs]

    def after_test_epoch(self,
                         runner: Runner,
                         metrics: dict | None = None) -> None:
        """Draw all images of all processes, named as by the base class."""
        parts = all_gather_object(self._tested)
        self._tested = []
        if is_main_process():
            self._draw(runner, {
                image: true for part in parts for image, true in part})

    def _draw(self, runner: Runner,
              tested: Mapping[str, str | None]) -> None:
        """Draw images, with the true masks that there are."""
        for img_path, true_path in tested.items():
            sample = SegDataSample(metainfo=dict(img_path=img_path))
            sample.pred_sem_seg = _labels(
                self.mask_dir / f'{id_of_path(img_path)}.png')
            if true_path is not None:
                sample.gt_sem_seg = _labels(true_path)
            super().after_test_iter(runner, 0, {}, [sample])


def _labels(path: str | Path) -> PixelData:
    return PixelData(data=torch.from_numpy(load_mask(path)).long()[None])
