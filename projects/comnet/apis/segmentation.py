# Copyright (c) COMNet contributors. All rights reserved.
"""Segmentation of any images by a trained segmentor."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.device import get_device
from mmseg.registry import MODELS

from ..datasets.voc_folder import save_mask
from ..engine.checkpoint import load_weights
from ..engine.config import load_config
from ..engine.scope import scope_of
from ..utils import InputError


def segment_images(config: str | Path,
                   checkpoint: str | Path,
                   images: Sequence[str | Path],
                   out_dir: str | Path | None = None,
                   options: Mapping[str, Any] | None = None,
                   tta: bool = False) -> Iterator[np.ndarray]:
    """Segment images that need neither labels nor a list.

    Args:
        config: Config file of the segmentor.
        checkpoint: Its checkpoint.
        images: Image files.
        out_dir: Folder to write the masks to, ``NAME.png`` in VOC's colours.
        options: Settings that override those of the config.
        tta: Whether to use the augmentations of its ``tta_pipeline``.

    Yields:
        The mask of each image, (H, W), uint8: 0 background, class index + 1
        an object.

    Raises:
        InputError: Something given is missing or wrong.
    """
    cfg = load_config(config, options)
    if tta and 'tta_pipeline' not in cfg:
        raise InputError(f'{config}: no tta_pipeline; do without tta')
    cfg.model.backbone.init_cfg = None  # all weights are in the checkpoint
    network = dict(**cfg.tta_model, module=cfg.model) if tta else cfg.model
    steps = cfg.tta_pipeline if tta else cfg.test_dataloader.dataset.pipeline
    with scope_of(cfg):
        model = MODELS.build(network)
        pipeline = Compose(_without_masks(steps))
    load_weights(model, checkpoint)
    model.to(get_device()).eval()
    for path in images:
        batch = pseudo_collate([pipeline(dict(img_path=str(path)))])
        with torch.no_grad():
            sample, = model.test_step(batch)
        mask = sample.pred_sem_seg.data[0].byte().cpu().numpy()  # (H, W)
        if out_dir is not None:
            save_mask(Path(out_dir) / f'{Path(path).stem}.png', mask)
        yield mask


def _without_masks(steps: Sequence[Config]) -> list:
    """Return the transforms of a pipeline that need no true mask."""
    kept = []
    for step in steps:
        if step['type'] == 'TestTimeAug':
            groups = [_without_masks(group) for group in step['transforms']]
            step = dict(step, transforms=[group for group in groups if group])
        if step['type'] != 'LoadVOCMask':
            kept.append(step)
    return kept
