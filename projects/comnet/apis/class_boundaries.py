# Copyright (c) COMNet contributors. All rights reserved.
"""The class boundaries and activation maps of images, side by side."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmengine.dataset import pseudo_collate
from mmseg.registry import DATASETS
from mmseg.structures import SegDataSample
from torch.utils.data import DataLoader

from ..datasets.cam_file import CAMFile
from ..datasets.with_cam import WithCAM
from ..engine.config import load_config
from ..engine.model import trained_model
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
    with scope_of(cfg):
        dataset = DATASETS.build(cfg.predict_dataloader.dataset)
        model = trained_model(cfg, checkpoint)
    if indices is not None:
        dataset.get_subset_(list(indices))
    loader = DataLoader(  # one by one: images have several sizes
        WithCAM(dataset, cam_dir),
        batch_size=None,
        num_workers=cfg.predict_dataloader.num_workers)
    for item, cam in loader:
        sample, = model.test_step(pseudo_collate([item]))
        yield sample, cam
