# Copyright (c) COMNet contributors. All rights reserved.
"""Which masks to look at first: those that are likely to be wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..datasets.cam_file import CAMFile
from ..datasets.voc_folder import IGNORE_INDEX

TINY, WHOLE = 0.005, 0.95  # share of the picture
LOW_SCORE = 0.3


@dataclass
class Suspicion:
    """What speaks against a mask.

    Attributes:
        image_id: Its image.
        reasons: A few words each, none where nothing does.
        score: Mean CAM of its objects' pixels, 1 where it is not known.
    """
    image_id: str
    reasons: list[str] = field(default_factory=list)
    score: float = 1.0

    @property
    def rank(self) -> tuple[int, float, str]:
        """What sorts masks, the most suspicious first."""
        return -len(self.reasons), self.score, self.image_id

    def __str__(self) -> str:
        plausible = 'plausible' + (
            f', mean score {self.score:.2f}' if self.score < 1 else '')
        return f'{self.image_id}: {"; ".join(self.reasons) or plausible}'


def suspect(image_id: str, mask: np.ndarray, classes: Sequence[str],
            labels: Sequence[str] | None, cams: Path | None) -> Suspicion:
    """Look at a mask.

    Args:
        image_id: Its image.
        mask: Label ids, shape (H, W).
        classes: Names of the classes.
        labels: Those that the image shows; None where they are not known.
        cams: File of the CAMs, if there is one.

    Returns:
        What speaks against it: it shows no class, although the image does; a
        class that it shows is no label, or a label has no pixel; what it
        shows is tiny, or the whole picture; its scores are low.

    Raises:
        InputError: The CAMs are no good, or of another picture.
    """
    found = Suspicion(image_id)
    sizes = {classes[label - 1]: int(count) for label, count in zip(
        *np.unique(mask, return_counts=True), strict=True)
        if label not in (0, IGNORE_INDEX)}
    share = sum(sizes.values()) / mask.size
    if labels is not None:
        found.reasons += [f'no pixel of {name}' for name in labels
                          if name not in sizes]
        found.reasons += [f'{name}, which is no label' for name in sizes
                          if name not in labels]
    if not sizes and labels != []:
        found.reasons.append('empty')
    elif sizes and share < TINY:
        found.reasons.append(f'tiny: {share:.2%} of the picture')
    elif share > WHOLE:
        found.reasons.append(f'the whole picture: {share:.0%}')
    if cams is not None and sizes:
        found.score = _mean_score(cams, mask, classes)
        if found.score < LOW_SCORE:
            found.reasons.append(f'low mean score: {found.score:.2f}')
    return found


def _mean_score(path: Path, mask: np.ndarray,
                classes: Sequence[str]) -> float:
    """Return the mean CAM of the pixels of objects, of their own class."""
    file = CAMFile.load(path)
    file.check_size(path, mask.shape)
    file.check_classes(path, len(classes))
    maps: Mapping[int, np.ndarray] = dict(zip(
        file.keys.tolist(), file.full_size(), strict=True))
    total = sum(float(heat[mask == key + 1].sum())
                for key, heat in maps.items())
    objects = (mask != 0) & (mask != IGNORE_INDEX)
    return total / int(objects.sum())
