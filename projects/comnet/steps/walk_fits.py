# Copyright (c) COMNet contributors. All rights reserved.
"""What masks explain of their pictures' colours, by the walk before them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch

from ..datasets.cam_file import CAMFile
from ..datasets.voc_folder import load_image
from ..ops import colour_fit, score_counts, walk_scores
from ..utils.parallel import default_workers, run_jobs
from ..utils.progress import track
from .walked_masks import WalkedMasks

THRESHOLDS = np.arange(1, 48) / 50  # 0.02, 0.04, …, 0.94


@dataclass(frozen=True)
class Walk:
    """Settings of a walk, as :class:`WalkedMasks` has them."""
    beta: float
    num_steps: int
    normalize: str


class WalkFits(NamedTuple):
    """How well the masks after each of W walks fit, and their scores.

    Each image counts alike: its :func:`comnet.ops.colour_fit` is divided by
    the highest that any walk and threshold has there. Else the few pictures
    of one object before a plain background decide.

    Attributes:
        fits: Mean over the images at each of :data:`THRESHOLDS`, (W, T).
        counts: Positions of the images by score, see
            :func:`comnet.ops.score_counts`, (W, B).
    """
    fits: np.ndarray
    counts: np.ndarray


def walk_fits(step: WalkedMasks, ids: Sequence[str],
              walks: Sequence[Walk]) -> WalkFits:
    """Try walks on images.

    Args:
        step: Has images, CAMs and an IRNet.
        ids: Images to look at.
        walks: What to try.

    Raises:
        InputError: A picture, its CAMs or the IRNet are missing or no good.
    """
    jobs = run_jobs(_fits, _jobs(step, ids, walks), default_workers())
    fits: np.ndarray = np.zeros(())
    counts: np.ndarray = np.zeros((), np.int64)
    for one in track(jobs, len(ids)):
        fits, counts = fits + one.fits, counts + one.counts
    return WalkFits(fits / len(ids), counts)


def _jobs(step: WalkedMasks, ids: Sequence[str],
          walks: Sequence[Walk]) -> Iterator[tuple]:
    """Yield the arguments of :func:`_fits`."""
    for sample, cam in step.boundaries(ids):
        yield (sample.img_path, cam, sample.boundary.data[0].cpu().numpy(),
               step.radius, walks)


def _fits(picture: str | Path, cam: CAMFile, boundary: np.ndarray,
          radius: int, walks: Sequence[Walk]) -> WalkFits:
    """Try walks on an image."""
    image = cv2.resize(load_image(picture), boundary.shape[::-1],
                       interpolation=cv2.INTER_AREA)
    edges = torch.from_numpy(boundary)  # (h, w)
    maps = torch.from_numpy(cam.cam).to(edges)  # (K, h, w)
    walked = [walk_scores(
        maps, edges, boundary.shape, radius, walk.beta, walk.num_steps,
        walk.normalize).numpy() for walk in walks]
    fits = np.stack([
        colour_fit(image, scores, THRESHOLDS) for scores in walked])
    return WalkFits(fits / (fits.max() or 1),  # 0 of a negative
                    np.stack([score_counts(scores) for scores in walked]))
