# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence
from pathlib import Path

from mmengine.logging import MMLogger
from mmseg.evaluation import IoUMetric
from mmseg.registry import METRICS

from ..datasets.picture_files import id_of_path
from ..datasets.voc_folder import save_mask


@METRICS.register_module()
class VOCIoUMetric(IoUMetric):
    """mIoU of the images that have a true mask; the masks of all of them.

    Beside :class:`mmseg.evaluation.IoUMetric`, whose arguments it takes, it
    leaves out images without a true mask and says how many it measured. It
    writes ``OUTPUT_DIR/ID.png``, in VOC's colours, of ids with folders, too.
    """

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        """Compare the masks of a batch with the true ones, and write them."""
        num_labels = len(self.dataset_meta['classes'])
        for sample in data_samples:
            mask = sample['pred_sem_seg']['data'].squeeze()  # (H, W)
            areas = None  # one result an image: samplers repeat the last ones
            if 'gt_sem_seg' in sample:
                truth = sample['gt_sem_seg']['data'].squeeze().to(mask)
                areas = self.intersect_and_union(
                    mask, truth, num_labels, self.ignore_index)
            self.results.append(areas)
            if self.output_dir is not None:
                save_mask(Path(self.output_dir) /
                          f'{id_of_path(sample["img_path"])}.png',
                          mask.cpu().numpy())

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Sum up all images.

        Returns:
            What the base class does, and ``num_images``; that alone, 0, where
            there is no true mask.
        """
        measured = [areas for areas in results if areas is not None]
        if not measured:
            MMLogger.get_current_instance().warning(
                'no true masks: the segmentation is not evaluated')
            return dict(num_images=0)
        return dict(super().compute_metrics(measured),
                    num_images=len(measured))
