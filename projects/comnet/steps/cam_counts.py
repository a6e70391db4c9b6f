# Copyright (c) COMNet contributors. All rights reserved.
"""How the values of CAMs are spread over many images."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..datasets.cam_file import CAMFile
from ..ops import score_counts


def cam_counts(cam_dir: str | Path, ids: Sequence[str]) -> np.ndarray:
    """Count the positions of images by their CAMs, (B,).

    See :func:`comnet.ops.score_counts`.

    Raises:
        InputError: A file is no good.
    """
    total: np.ndarray = sum((score_counts(CAMFile.load(
        Path(cam_dir) / f'{image_id}.npz').cam) for image_id in ids),
        start=np.zeros((), np.int64))
    return total
