# Copyright (c) COMNet contributors. All rights reserved.
"""Pseudo masks over settings of the walk."""

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from measuring import print_head, print_row
from mmengine import Config
from torch import Tensor

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.picture_files import MASK_DIR
from comnet.datasets.voc_folder import (
    check_mask,
    load_mask,
    read_classes,
    read_split,
    require_files,
)
from comnet.engine.config import load_config
from comnet.evaluation.threshold_sweep import sweep_areas, sweep_iou
from comnet.ops import walk_scores
from comnet.steps import WalkedMasks, predict_boundaries
from comnet.utils import InputError
from comnet.utils.progress import track

THRESHOLDS = np.arange(0.10, 0.70, 0.02)


def walk_areas(cam: CAMFile, boundary: Tensor, truth: np.ndarray,
               num_labels: int, walk: Mapping[str, Any],
               args: Namespace) -> np.ndarray:
    """Count pixels for each setting of the walk on one image.

    Returns:
        Shape (betas, lengths, 3, num_labels, thresholds).
    """
    areas = []
    for beta in args.betas:
        for num_steps in args.num_steps:
            scores = walk_scores(
                torch.from_numpy(cam.cam).to(boundary), boundary, truth.shape,
                walk.get('radius', WalkedMasks.radius), beta, num_steps,
                walk.get('normalize', WalkedMasks.normalize))  # (K, H, W)
            areas.append(sweep_areas(truth, cam.keys, scores.cpu().numpy(),
                                     THRESHOLDS, num_labels))
    return np.reshape(
        areas, (len(args.betas), len(args.num_steps), *areas[0].shape))


def total_areas(args: Namespace, cfg: Config) -> np.ndarray:
    """Sum the counts of all images that have a true mask."""
    dataset = cfg.predict_dataloader.dataset
    folder = Path(dataset.data_root) / MASK_DIR
    ids = read_split(dataset.data_root, dataset.image_set_path)
    known = [index for index, image_id in enumerate(ids)
             if (folder / f'{image_id}.png').exists()]
    if not known:
        raise InputError(f'{folder}: no true masks of the images; there is '
                         'nothing to measure')
    require_files(args.cam_dir, [ids[index] for index in known], '.npz',
                  'CAM file')
    num_labels = len(read_classes(dataset.data_root)) + 1
    total = 0
    for sample, cam in track(predict_boundaries(
            cfg, args.checkpoint, args.cam_dir, known), len(known)):
        path = folder / f'{sample.img_id}.png'
        truth = load_mask(path)
        check_mask(path, truth, sample.ori_shape, num_labels)
        total = total + walk_areas(cam, sample.boundary.data[0], truth,
                                   num_labels, cfg.get('pseudo') or {}, args)
    return total


def run(args: Namespace) -> None:
    """Print the tables."""
    cfg = load_config(args.config, args.cfg_options)
    areas = total_areas(args, cfg)
    print_head('mIoU at the best threshold (threshold)', 'beta',
               *(f'{number} steps' for number in args.num_steps))
    for beta, lengths in zip(args.betas, areas, strict=True):
        mean = np.array([np.nanmean(sweep_iou(each), axis=0)
                         for each in lengths])  # (lengths, thresholds)
        best = mean.argmax(axis=1)
        print_row(f'{beta:g}', *(
            f'{row[index]:.1f} ({THRESHOLDS[index]:.2f})'
            for row, index in zip(mean, best, strict=True)))
