# Copyright (c) COMNet contributors. All rights reserved.
"""A check of the pixels of pictures and masks, image by image."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np

from ..utils import InputError
from ..utils.constants import MIN_CAM_SIDE
from ..utils.parallel import run_jobs
from ..utils.progress import track
from .check_lists import Listed
from .check_losses import Loss, loss_lines, loss_of
from .data_report import ERROR, WARNING, DataReport, Finding
from .decoding import as_rgb, open_upright
from .voc_folder import IGNORE_INDEX, check_mask, load_mask


@dataclass
class Look:
    """What was seen of an image.

    Attributes:
        findings: About it alone.
        size: Width and height, None where it cannot be read.
        digest: Of its pixels.
        loss: What is lost as it becomes 8 bits of RGB, if it is much.
    """
    findings: list[Finding] = field(default_factory=list)
    size: tuple[int, int] | None = None
    digest: str = ''
    loss: Loss | None = None


def check_pixels(listed: Listed, workers: int, report: DataReport) -> None:
    """Decode all pictures and masks once; ``report`` takes the findings."""
    jobs = ((path, listed.masks.get(image_id), listed.classes,
             listed.labels.get(image_id))
            for image_id, path in listed.pictures.items())
    looks = dict(zip(listed.pictures, track(
        run_jobs(look_at, jobs, workers), len(listed.pictures)), strict=True))
    for look in looks.values():
        report.findings += look.findings
    report.add(WARNING, loss_lines({
        listed.pictures[image_id]: look.loss
        for image_id, look in looks.items() if look.loss}))
    report.add(WARNING, _duplicates(listed, looks))
    sizes = sorted((look.size for look in looks.values() if look.size),
                   key=lambda size: size[0] * size[1])
    if sizes:
        report.sizes = dict(smallest=sizes[0], median=sizes[len(sizes) // 2],
                            largest=sizes[-1])


def look_at(picture: Path, mask: Path | None, classes: Sequence[str],
            labels: Sequence[str] | None) -> Look:
    """Look at an image and at its mask and labels, where they are known."""
    look = Look()
    try:
        file = open_upright(picture, 'image')
        image = as_rgb(file, picture)  # (H, W, 3)
    except InputError as error:
        look.findings.append(Finding(ERROR, str(error)))
        return look
    look.size = (image.shape[1], image.shape[0])
    look.loss = loss_of(file, image)
    look.digest = sha256(
        str(look.size).encode() + image.tobytes()).hexdigest()
    if min(look.size) < MIN_CAM_SIDE:
        look.findings.append(Finding(
            WARNING, f'{picture}: only {look.size[0]} x {look.size[1]} pixels;'
            f' enlarge it to {MIN_CAM_SIDE} or more, or take it out of the '
            'list'))
    if mask is not None:
        look.findings += _look_at_mask(mask, image.shape[:2], classes, labels)
    return look


def _look_at_mask(path: Path, size: tuple[int, int], classes: Sequence[str],
                  labels: Sequence[str] | None) -> Iterator[Finding]:
    """Yield what is wrong with a mask of an image of size (H, W)."""
    try:
        mask = load_mask(path)  # (H, W)
        check_mask(path, mask, size, len(classes) + 1)
    except InputError as error:
        yield Finding(ERROR, str(error))
        return
    found = {*np.unique(mask).tolist()}
    if found == {0, IGNORE_INDEX} or found == {IGNORE_INDEX}:
        yield Finding(WARNING, f'{path}: no class, only 0 and 255 (ignored); '
                      'if 255 is the object, save the number of its class in '
                      'its place, see docs/data.md')
    elif labels is not None:
        shown = {classes[label - 1] for label in found - {0, IGNORE_INDEX}}
        parts = [f'{what} {", ".join(map(repr, sorted(names)))}'
                 for what, names in (
                     ('the mask alone has', shown - {*labels}),
                     ('the labels alone have', {*labels} - shown)) if names]
        if parts:
            yield Finding(WARNING, f'{path}: {"; ".join(parts)}; mend the '
                          'mask or the labels')


def _duplicates(listed: Listed, looks: dict[str, Look]) -> Iterator[str]:
    """Yield a line for each group of pictures with the same pixels."""
    groups: dict[str, list[str]] = {}
    for image_id, look in looks.items():
        if look.digest:
            groups.setdefault(look.digest, []).append(image_id)
    val, train = (set(listed.ids.get(name, ())) for name in ('val', 'train'))
    for ids in groups.values():
        if len(ids) > 1:
            both = ', in train and val' * bool(
                val.intersection(ids) and train.intersection(ids))
            yield (f'{listed.pictures[ids[0]]}: the same picture as '
                   f'{", ".join(ids[1:])}{both}; keep one of them')
