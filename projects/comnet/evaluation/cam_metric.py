# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence
from functools import reduce
from pathlib import Path

import numpy as np
from mmengine.dist import get_dist_info
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger
from mmpretrain.registry import METRICS

from ..datasets.cam_file import CAMFile
from ..datasets.picture_files import MASK_DIR
from ..datasets.voc_folder import (
    check_mask,
    load_mask,
    read_classes,
    read_split,
)
from ..ops import normalize_cam, resize_cam
from ..utils import InputError
from .threshold_sweep import sweep_areas, sweep_iou

# 0.05, 0.06, …, 0.60
THRESHOLDS = tuple(round(0.05 + 0.01 * step, 2) for step in range(56))


@METRICS.register_module()
class CAMMetric(BaseMetric):
    """mIoU of class activation maps, over thresholds of the background.

    A position is the class with the highest map if that exceeds the
    threshold, else background. ``mIoU`` is over background and classes at
    the threshold that is best on the images evaluated, the convention of
    the field; the whole sweep is logged and returned.

    It evaluates the files of :class:`CAMHook` where that ran, and elsewhere
    (validation while training) the single-scale maps of the head. Images
    without a true mask are left out.

    It keeps sums over images alone, one number a label and threshold.

    Args:
        thresholds: Of the background, whole hundredths, by default 0.05,
            0.06, …, 0.60.
        collect_device: 'cpu' or 'gpu', where processes exchange their sums.
        prefix: Of the names of the results, by default 'cam'.
    """

    default_prefix = 'cam'

    def __init__(self,
                 thresholds: Sequence[float] = THRESHOLDS,
                 collect_device: str = 'cpu',
                 prefix: str | None = None) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.thresholds = np.array(thresholds, dtype=np.float32)  # (T,)
        if not self.thresholds.size or (np.diff(self.thresholds) <= 0).any():
            raise InputError(f'CAMMetric: thresholds is {tuple(thresholds)}; '
                             'give numbers in ascending order')
        if not np.allclose(self.thresholds, self.thresholds.round(2),
                           rtol=0, atol=1e-6):
            raise InputError(f'CAMMetric: thresholds is {tuple(thresholds)}; '
                             'give whole hundredths such as 0.25')
        self._reset()

    def _reset(self) -> None:
        self._num_seen = 0
        self._num_images = 0
        self._areas: np.ndarray | int = 0  # (3, C + 1, T), of all but the last
        self._last: np.ndarray | None = None  # (3, C + 1, T)

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        """Count the pixels of each label, for each threshold.

        Raises:
            InputError: A true mask is unreadable, of another size than its
                image, or holds a label outside of the classes.
        """
        for sample in data_samples:
            self._add_last()
            self._num_seen += 1
            if 'seg_map_path' in sample:
                self._last = self._count(sample)

    def evaluate(self, size: int) -> dict:
        """Compute the metrics of all processes' images, each counted once.

        Samplers deal the images out to the processes in turn and fill up the
        last round with images dealt out before. So a repeated image is the
        last one of its process, which is kept apart until here, and its place
        in that order is beyond the data set.

        Args:
            size: Number of images in the data set.

        Returns:
            What :meth:`compute_metrics` returns, with the prefix.
        """
        rank, world_size = get_dist_info()
        if (self._num_seen - 1) * world_size + rank < size:
            self._add_last()
        self.results = [(self._areas, self._num_images)]
        self._reset()
        return super().evaluate(world_size)  # one result a process

    def _add_last(self) -> None:
        if self._last is not None:
            self._areas = self._areas + self._last
            self._num_images += 1
            self._last = None

    def _count(self, sample: dict) -> np.ndarray:
        """Count the pixels of an image, (3, C + 1, T)."""
        num_labels = len(self.dataset_meta['classes']) + 1
        truth = load_mask(sample['seg_map_path'])  # (H, W)
        keys, cam = self._maps(sample, truth.shape)  # (K,), (K, H, W)
        check_mask(sample['seg_map_path'], truth, cam.shape[1:], num_labels)
        return sweep_areas(truth, keys, cam, self.thresholds, num_labels)

    def _maps(self, sample: dict,
              size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        if 'cam_path' in sample:
            file = CAMFile.load(sample['cam_path'])
            file.check_classes(
                sample['cam_path'], len(self.dataset_meta['classes']))
            return file.keys, file.full_size()
        keys = sample['gt_label'].cpu()
        cam = resize_cam(sample['cam'].cpu()[keys].float(), size)
        return keys.numpy(), normalize_cam(cam).numpy()

    def compute_metrics(
            self, results: list[tuple[np.ndarray | int, int]]) -> dict:
        """Turn the sums of :func:`sweep_areas` of all images into the sweep.

        Returns:
            dict: mIoU in per cent, threshold, num_images, IoU (a class),
            sweep (mIoU a threshold).
        """
        areas, counts = zip(*results, strict=True)
        if not sum(counts):
            MMLogger.get_current_instance().warning(
                'no true masks: the class activation maps are not evaluated')
            return dict(num_images=0)
        iou = sweep_iou(reduce(np.add, areas))  # (C + 1, T)
        mean = np.nanmean(iou, axis=0)  # (T,)
        best = int(mean.argmax())
        names = ('background', *self.dataset_meta['classes'])
        return dict(
            mIoU=round(float(mean[best]), 2),
            threshold=round(float(self.thresholds[best]), 2),
            num_images=sum(counts),
            IoU={name: None if np.isnan(value) else round(float(value), 2)
                 for name, value in zip(names, iou[:, best], strict=True)},
            sweep={f'{threshold:.2f}': round(float(value), 2)
                   for threshold, value in zip(
                       self.thresholds, mean, strict=True)})


def evaluate_cams(data_root: str | Path, image_list: str,
                  cam_dir: str | Path) -> dict:
    """Compare CAMs with the true masks, in so far as there are any.

    Args:
        data_root: Folder in VOC layout.
        image_list: List of image ids, relative to ``data_root``.
        cam_dir: Folder of the CAMs, ``ID.npz``.

    Returns:
        What :class:`CAMMetric` measures.

    Raises:
        InputError: A file is missing or no good.
    """
    metric = CAMMetric()
    metric.dataset_meta = dict(classes=read_classes(data_root))
    ids = read_split(data_root, image_list)
    for image_id in ids:
        sample = dict(cam_path=str(Path(cam_dir) / f'{image_id}.npz'))
        truth = Path(data_root) / MASK_DIR / f'{image_id}.png'
        if truth.is_file():
            sample['seg_map_path'] = str(truth)
        metric.process({}, [sample])
    results: dict = metric.evaluate(len(ids))
    return results
