# Copyright (c) COMNet contributors. All rights reserved.
"""Segmentation of any images by a trained segmentor."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate

from ..datasets.voc_folder import save_mask
from ..engine.config import augment_test, load_config
from ..engine.model import trained_model
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
    _check_names(images, out_dir)
    cfg = load_config(config, options)
    if tta:
        augment_test(cfg)
    with scope_of(cfg):
        model = trained_model(cfg, checkpoint)
        pipeline = Compose(
            _without_masks(cfg.test_dataloader.dataset.pipeline))
    for path in images:
        batch = pseudo_collate([pipeline(dict(img_path=str(path)))])
        with torch.no_grad():
            sample, = model.test_step(batch)
        mask = sample.pred_sem_seg.data[0].byte().cpu().numpy()  # (H, W)
        if out_dir is not None:
            save_mask(Path(out_dir) / f'{Path(path).stem}.png', mask)
        yield mask


def _check_names(images: Sequence[str | Path],
                 out_dir: str | Path | None) -> None:
    """Raise an InputError if two images would share a mask's file."""
    first: dict[str, str | Path] = {}
    for path in images:
        other = first.setdefault(Path(path).stem, path)
        if out_dir is not None and other != path:
            raise InputError(f'{path}: has the name of {other}; write their '
                             'masks into two folders')


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
