# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence

from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import Runner
from mmpretrain.structures import DataSample

from ..datasets.voc_folder import load_image


@HOOKS.register_module()
class CAMPictureHook(Hook):
    """Shows some of the maps of :class:`CAMHook`, such as in TensorBoard.

    They are evenly spread over the test images, each under a name of its own,
    and drawn by the config's :class:`CAMVisualizer`.

    Args:
        num_pictures: How many, about.
    """

    def __init__(self, num_pictures: int = 16) -> None:
        self.num_pictures = num_pictures

    def after_test_iter(self, runner: Runner, batch_idx: int, data_batch: dict,
                        outputs: Sequence[DataSample]) -> None:
        """Show the first image of every so many batches."""
        interval = -(-len(runner.test_dataloader) // self.num_pictures)
        if batch_idx % interval == 0:
            sample = outputs[0]
            name = sample.img_id.replace('/', '_')
            runner.visualizer.add_datasample(
                f'cam_{name}', load_image(sample.img_path), sample)
