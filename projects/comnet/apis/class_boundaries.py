# Copyright (c) COMNet contributors. All rights reserved.
"""The class boundaries and activation maps of images, side by side."""

from collections.abc import Iterator
from pathlib import Path

from mmengine import Config
from mmengine.dataset import BaseDataset, pseudo_collate
from mmengine.device import get_device
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample
from torch.utils.data import DataLoader

from ..datasets.cam_file import CAMFile
from ..datasets.with_cam import WithCAM
from ..engine.checkpoint import load_weights


def predict_boundaries(
        cfg: Config, checkpoint: str, dataset: BaseDataset,
        cam_dir: str | Path) -> Iterator[tuple[SegDataSample, CAMFile]]:
    """Run an IRNet over a data set.

    Args:
        cfg: Config of the IRNet.
        checkpoint: Its checkpoint.
        dataset: Images.
        cam_dir: Folder of the files that :class:`CAMHook` wrote.

    Yields:
        For each image its sample with the field ``boundary``, a PixelData of
        shape (1, h, w) on the model's device, and its maps.
    """
    model = MODELS.build(cfg.model)
    load_weights(model, checkpoint)
    model.to(get_device()).eval()
    loader = DataLoader(  # one by one: images have several sizes
        WithCAM(dataset, cam_dir),
        batch_size=None,
        num_workers=cfg.predict_dataloader.num_workers)
    for item, cam in loader:
        sample, = model.test_step(pseudo_collate([item]))
        yield sample, cam
