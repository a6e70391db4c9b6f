# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger
from mmpretrain.registry import METRICS

from ..datasets.cam_file import CAMFile
from ..datasets.voc_folder import check_mask, load_mask
from ..ops import normalize_cam, resize_cam
from .threshold_sweep import sweep_areas, sweep_iou


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

    Args:
        thresholds (Sequence[float]): Defaults to 0.05, 0.06, …, 0.60.
        collect_device (str): 'cpu' or 'gpu'. Defaults to 'cpu'.
        prefix (str, optional): Defaults to 'cam'.
    """

    default_prefix = 'cam'

    def __init__(self,
                 thresholds: Sequence[float] = tuple(
                     round(0.05 + 0.01 * step, 2) for step in range(56)),
                 collect_device: str = 'cpu',
                 prefix: str | None = None) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.thresholds = np.array(thresholds, dtype=np.float32)

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        """Count the pixels of each label, for each threshold.

        Raises:
            InputError: A true mask is unreadable, of another size than its
                image, or holds a label outside of the classes.
        """
        num_labels = len(self.dataset_meta['classes']) + 1
        for sample in data_samples:
            if 'seg_map_path' not in sample:
                # keeps the number of results equal to that of the images
                self.results.append(0)
                continue
            truth = load_mask(sample['seg_map_path'])  # (H, W)
            keys, cam = self._maps(sample, truth.shape)  # (K,), (K, H, W)
            check_mask(sample['seg_map_path'], truth, cam.shape[1:],
                       num_labels)
            self.results.append(sweep_areas(
                truth, keys, cam, self.thresholds, num_labels))

    @staticmethod
    def _maps(sample: dict,
              size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        if 'cam_path' in sample:
            file = CAMFile.load(sample['cam_path'])
            return file.keys, file.high_res
        keys = sample['gt_label'].cpu()
        cam = resize_cam(sample['cam'].cpu()[keys].float(), size)
        return keys.numpy(), normalize_cam(cam).numpy()

    def compute_metrics(self, results: list) -> dict:
        """Turn the counts of all images into the sweep.

        Returns:
            dict: mIoU in per cent, threshold, num_images, IoU (a class),
            sweep (mIoU a threshold).
        """
        counted = [areas for areas in results if np.ndim(areas)]
        if not counted:
            MMLogger.get_current_instance().warning(
                'no true masks: the class activation maps are not evaluated')
            return dict(num_images=0)
        iou = sweep_iou(sum(counted))  # (C + 1, T)
        mean = np.nanmean(iou, axis=0)  # (T,)
        best = int(mean.argmax())
        names = ('background', *self.dataset_meta['classes'])
        return dict(
            mIoU=round(float(mean[best]), 2),
            threshold=round(float(self.thresholds[best]), 2),
            num_images=len(counted),
            IoU={name: None if np.isnan(value) else round(float(value), 2)
                 for name, value in zip(names, iou[:, best], strict=True)},
            sweep={f'{threshold:.2f}': round(float(value), 2)
                   for threshold, value in zip(
                       self.thresholds, mean, strict=True)})
