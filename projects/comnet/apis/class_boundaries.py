# Copyright (c) COMNet contributors. All rights reserved.
"""The class boundaries and activation maps of images, side by side."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.dataset import BaseDataset, pseudo_collate
from mmengine.device import get_device
from mmseg.registry import DATASETS, MODELS
from mmseg.structures import SegDataSample
from torch.utils.data import DataLoader

from ..datasets.cam_file import CAMFile
from ..datasets.with_cam import WithCAM
from ..engine.checkpoint import load_weights
from ..engine.config import load_config
from ..engine.scope import scope_of


def predict_boundaries(
        config: str | Path,
        checkpoint: str | Path,
        cam_dir: str | Path,
        options: Mapping[str, Any] | None = None,
        indices: Sequence[int] | None = None
) -> Iterator[tuple[SegDataSample, CAMFile]]:
    """Run an IRNet over the images of its config's ``predict_dataloader``.

    Args:
        config: Config file of the IRNet.
        checkpoint: Its checkpoint.
        cam_dir: Folder of the CAMs.
        options: Settings that override those of the config.
        indices: Positions of the images in their list, by default all.

    Yields:
        For each image its sample with the field ``boundary``, a PixelData of
        shape (1, h, w) on the model's device, and its CAMs.

    Raises:
        InputError: Something given is missing or wrong.
    """
    cfg = load_config(config, options)
    cfg.model.backbone.init_cfg = None  # all weights are in the checkpoint
    with scope_of(cfg):
        dataset = build_dataset(cfg, indices)
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


def build_dataset(cfg: Config,
                  indices: Sequence[int] | None = None) -> BaseDataset:
    """Build the images of a config's ``predict_dataloader``."""
    dataset = DATASETS.build(cfg.predict_dataloader.dataset)
    if indices is not None:
        dataset.get_subset_(list(indices))
    return dataset
