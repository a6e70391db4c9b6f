# Copyright (c) COMNet contributors. All rights reserved.
"""What masks explain after several walks."""

from pathlib import Path

import cv2
import numpy as np
import torch
from helpers.tiny import TINY, TRAIN_IDS

from comnet.datasets.voc_folder import load_image
from comnet.ops import colour_fit, walk_scores
from comnet.steps import WalkedMasks, predict_boundaries
from comnet.steps.walk_fits import THRESHOLDS, Walk, walk_fits


def test_each_image_counts_alike(
        demo_root: Path, irnet_work: Path) -> None:
    step = WalkedMasks(
        TINY / 'irnet_tiny.py', irnet_work / 'irnet.pth', irnet_work / 'cam',
        'masks', {'data_root': str(demo_root),
                  'predict_dataloader.num_workers': 0}, radius=4)
    walks = [Walk(10, 16, 'mean'), Walk(5, 64, 'maximum')]
    fits, counts = walk_fits(step, [TRAIN_IDS[7], TRAIN_IDS[2]], walks)
    assert fits.shape == (2, len(THRESHOLDS))

    expected = np.zeros_like(fits)
    positions = np.zeros((2, 100))
    for sample, cam in predict_boundaries(
            step.cfg, step.weights, step.cam_dir, [2, 7]):
        edges = sample.boundary.data[0]
        image = load_image(sample.img_path)  # 96 x 72 pixels
        small = cv2.resize(image, (24, 18), interpolation=cv2.INTER_AREA)
        image_fits = []
        for total, (beta, length, normalize) in zip(positions, (
                (10, 16, 'mean'), (5, 64, 'maximum')), strict=True):
            scores = walk_scores(torch.from_numpy(cam.cam), edges,
                                 tuple(edges.shape), 4, beta,
                                 length, normalize).numpy()
            total += np.histogram(scores.max(0), 100, (0, 1))[0]
            image_fits.append(colour_fit(small, scores, THRESHOLDS))
        expected += np.array(image_fits) / np.max(image_fits) / 2
    np.testing.assert_allclose(fits, expected, atol=1e-9)
    assert (counts == positions).all()
    assert (fits.max(1) > 0.01).all()
