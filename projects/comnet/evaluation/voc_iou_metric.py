# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.logging import MMLogger
from mmseg.evaluation import IoUMetric
from mmseg.registry import METRICS
from torch import Tensor

from ..datasets.picture_files import id_of_path
from ..datasets.voc_folder import load_image, save_mask
from ..ops.pseudo_mask import Refine
from ..registry import REFINERS
from ..utils import InputError
from ..utils.parallel import JobPool, default_workers

# of an image, none without a true mask; None is what mmengine drops before it
# tells the images that a sampler has repeated
Areas = tuple[Tensor, ...]


@METRICS.register_module()
class VOCIoUMetric(IoUMetric):
    """mIoU of the images that have a true mask; the masks of all of them.

    Beside :class:`mmseg.evaluation.IoUMetric`, whose arguments it takes, it
    leaves out images without a true mask and says how many it measured. It
    writes ``OUTPUT_DIR/ID.png``, in VOC's colours, of ids with folders, too.

    With ``refine`` the softmax of each sample's ``seg_logits`` is refined, in
    worker processes while the network goes on; the refined masks are measured
    and written. A test with augmentations takes :class:`AveragedTTAModel`,
    which keeps the average.

    Args:
        refine: A registered refiner, such as 'DeepLabCRF' (DeepLab v2, Sec.
            3.3), or a dict of its ``type`` and settings.
        refine_workers: Processes for it, by default one a core. An image of
            many classes takes each of them a gigabyte.
        kwargs: Those of the base class.

    Raises:
        InputError: There is no such refiner or setting, or what it takes is
            not installed.
    """

    def __init__(self,
                 refine: str | Mapping[str, Any] | None = None,
                 refine_workers: int | None = None,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.refine_workers = refine_workers
        self.refiner = None if refine is None else REFINERS.build(
            refine, 'test_evaluator.refine')
        if self.refiner is not None:
            self.refiner.require()
        self._pool: JobPool[list[np.ndarray]] | None = None

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        """Compare the masks of a batch with the true ones, and write them.

        Raises:
            InputError: There is no score a class to refine.
        """
        num_labels = len(self.dataset_meta['classes'])
        for sample in data_samples:
            mask = sample['pred_sem_seg']['data'].squeeze(0)  # (H, W)
            truth = None
            if 'gt_sem_seg' in sample:
                truth = sample['gt_sem_seg']['data'].squeeze(0).to(mask)
            path = None
            if self.output_dir is not None:
                image_id = id_of_path(sample['img_path'])
                path = Path(self.output_dir) / f'{image_id}.png'
            target = truth, num_labels, self.ignore_index, path
            if self.refiner is None:
                # one result an image: samplers repeat the last ones
                self.results.append(finish(mask, *target))
            else:
                self._refine(sample, target)

    def _refine(self, sample: dict, target: tuple) -> None:
        """Hand a sample to the workers, and take what they have done."""
        truth, num_labels, *_ = target
        logits = sample['seg_logits']['data']  # (C, H, W)
        if len(logits) != num_labels:
            raise InputError(
                f'VOCIoUMetric: refine takes a score for each of {num_labels} '
                f'classes, the model gives {len(logits)}; do without refine')
        if self._pool is None:
            self._pool = JobPool(
                refine_mask, self.refine_workers or default_workers())
        self.results += map(_as_areas, self._pool.push(
            sample['img_path'], logits.float().softmax(0).cpu().numpy(),
            self.refiner, None if truth is None else truth.cpu().numpy(),
            *target[1:]))

    def evaluate(self, size: int) -> dict:
        """Wait for the workers, and compute what the base class does."""
        if self._pool is not None:
            self.results += map(_as_areas, self._pool.rest())
            self._pool.close()
            self._pool = None
        return super().evaluate(size)

    def compute_metrics(self, results: list) -> dict[str, Any]:
        """Sum up all images.

        Returns:
            What the base class does, ``num_images`` and ``IoU`` in per cent
            (a class, None where it is nowhere); only ``num_images``, 0, where
            there is no true mask.
        """
        measured = [areas for areas in results if areas]
        if not measured:
            MMLogger.get_current_instance().warning(
                'no true masks: the segmentation is not evaluated')
            return dict(num_images=0)
        return dict(super().compute_metrics(measured),
                    num_images=len(measured), IoU=self._class_iou(measured))

    def _class_iou(self, measured: list) -> dict[str, float | None]:
        """Return the IoU of each class over all images."""
        inter, union = (sum(areas) for areas in [*zip(
            *measured, strict=True)][:2])
        return {name: round(100 * part / whole, 2) if whole else None
                for name, part, whole in zip(
                    self.dataset_meta['classes'], inter.tolist(),
                    union.tolist(), strict=True)}


def refine_mask(img_path: str, probs: np.ndarray, refiner: Refine,
                truth: np.ndarray | None,
                *target: Any) -> list[np.ndarray]:
    """Refine the probabilities (C, H, W) of an image, see :func:`finish`.

    It takes and returns arrays: between processes each of PyTorch's tensors
    would keep a file open.

    Returns:
        The areas, (C,) each.
    """
    refined, = refiner(load_image(img_path), probs[None])
    areas = finish(torch.from_numpy(refined.argmax(0)),
                   None if truth is None else torch.from_numpy(truth), *target)
    return [each.numpy() for each in areas]


def _as_areas(result: list[np.ndarray]) -> Areas:
    return tuple(map(torch.from_numpy, result))


def finish(mask: Tensor, truth: Tensor | None, num_labels: int,
           ignore_index: int, path: Path | None) -> Areas:
    """Compare a mask (H, W) with the true one, if it is known, and write it.

    Returns:
        What :meth:`IoUMetric.intersect_and_union` does; nothing where the
        true mask is not known.
    """
    if path is not None:
        save_mask(path, mask.cpu().numpy())
    if truth is None:
        return ()
    return IoUMetric.intersect_and_union(
        mask, truth, num_labels, ignore_index)
