# Copyright (c) COMNet contributors. All rights reserved.
"""A picture of what each stage made of some images."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import DefaultScope
from mmseg.registry import MODELS

from ..datasets.cam_file import CAMFile
from ..datasets.voc_folder import (
    load_image,
    load_mask,
    read_split,
    voc_palette,
)
from ..engine.checkpoint import load_weights
from ..pipeline import Method

HEIGHT = 120  # of a picture in the grid, in pixels
HEADER = 20
PALETTE = np.array(voc_palette(256), dtype=np.uint8)


def draw_grid(methods: Sequence[Method], path: str | Path,
              num_images: int) -> None:
    """Draw image, truth, CAM, pseudo mask and segmentation of some images.

    Args:
        methods: Methods whose stages are all done.
        path: PNG to write.
        num_images: Number of rows, spread over the training images.
    """
    cfg = methods[0].cfg
    root = Path(cfg.data_root)
    dataset = Config.fromfile(methods[0].classifier).test_dataloader.dataset
    ids = read_split(root, dataset.image_set_path)
    ids = ids[::max(1, len(ids) // num_images)][:num_images]
    images = {name: load_image(root / f'JPEGImages/{name}.jpg')
              for name in ids}
    columns = [('image', list(images.values()))]
    truths = [root / f'SegmentationClass/{name}.png' for name in ids]
    if all(truth.is_file() for truth in truths):
        columns.append(('truth', [_colored(load_mask(p)) for p in truths]))
    for method in methods:
        cams = [CAMFile.load(method.folder / f'cam/cam/{name}.npz')
                for name in ids]
        columns.append((f'{method.name}: CAM', [
            _heatmap(images[name], cam.high_res.max(axis=0))
            for name, cam in zip(ids, cams, strict=True)]))
        columns.append((f'{method.name}: pseudo mask', [
            _colored(load_mask(method.folder / f'pseudo/masks/{name}.png'))
            for name in ids]))
        columns.append((f'{method.name}: segmentation', [
            _colored(mask) for mask in _segment(
                method, [root / f'JPEGImages/{name}.jpg' for name in ids])]))
    grid = np.hstack([_column(title, cells) for title, cells in columns])
    cv2.imwrite(str(path), grid[..., ::-1])


def _segment(method: Method, paths: Sequence[Path]) -> list[np.ndarray]:
    """Segment images with a method's segmentor, masks of (H, W)."""
    folder = method.folder / 'segmentor'
    cfg = Config.fromfile(folder / Path(method.cfg.segmentor).name)
    cfg.model.backbone.init_cfg = None  # all weights are in the checkpoint
    with DefaultScope.overwrite_default_scope('mmseg'):
        model = MODELS.build(cfg.model)
        pipeline = Compose([dict(type='LoadVOCImage'),
                            dict(type='PackSegInputs')])
        checkpoint = (folder / 'last_checkpoint').read_text().strip()
        load_weights(model, checkpoint)
        model.eval()
        masks = []
        for path in paths:
            batch = pseudo_collate([pipeline(dict(img_path=str(path)))])
            with torch.no_grad():
                sample = model.test_step(batch)[0]
            masks.append(sample.pred_sem_seg.data[0].numpy())
    return masks


def _colored(mask: np.ndarray) -> np.ndarray:
    """Paint a mask (H, W) in the colours of VOC, (H, W, 3)."""
    return PALETTE[mask]


def _heatmap(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Lay heat (H, W) in [0, 1] over an image (H, W, 3)."""
    colors = cv2.applyColorMap(np.uint8(255 * heat), cv2.COLORMAP_JET)
    return cv2.addWeighted(image, 0.4, colors[..., ::-1].copy(), 0.6, 0)


def _column(title: str, cells: Sequence[np.ndarray]) -> np.ndarray:
    """Put pictures of about the same shape below a title."""
    ratio = max(cell.shape[1] / cell.shape[0] for cell in cells)
    width = round(HEIGHT * ratio)
    header = np.full((HEADER, width, 3), 255, dtype=np.uint8)
    cv2.putText(header, title, (3, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.38,
                (0, 0, 0), 1, cv2.LINE_AA)
    return np.vstack([header, *[_framed(cell, width) for cell in cells]])


def _framed(cell: np.ndarray, width: int) -> np.ndarray:
    """Scale a picture to the height of the grid, in a white frame."""
    inner = (min(width - 4, round((HEIGHT - 4) * cell.shape[1]
                                  / cell.shape[0])), HEIGHT - 4)
    frame = np.full((HEIGHT, width, 3), 255, dtype=np.uint8)
    scaled = cv2.resize(cell, inner, interpolation=cv2.INTER_NEAREST)
    frame[2:2 + inner[1], 2:2 + inner[0]] = scaled
    return frame
